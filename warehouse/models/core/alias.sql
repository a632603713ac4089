/*
doc: Every name under which a catalogue lists a model, and the model we take it for.
grain: a name in a catalogue
subject: releases
columns:
  catalogue: text - where the name stands, see core.catalogue_name
  alias_tag: text - the name exactly as the catalogue writes it
  alias_key: text - the name brought to a common form (see `rule`)
  model_id: text - the model it names; null where the name moves from model to model
  rule: text - hand (decided in reference.model_alias), hand_key (spelt like a hand-decided name), leading_key (spelt like the id of a leading model), name_key (the key itself is the model), moving_alias (`latest` without a date, joins to nothing)
  organisation_tag: text - maker as the catalogue states it or the name's prefix tells, in lower case; null where neither does
  first_observed_on: date - first day the name was seen in a kept vintage
warnings:
  - Names are joined by spelling. Two models of different makers that share a name are taken for one.
  - Sizes and dates stay part of the key; routing and region prefixes, -instruct or -chat endings, precision and effort do not, unless a person told two such names apart.
checks:
  - unique: [catalogue, alias_tag]
  - not_null: [catalogue, alias_tag, alias_key, rule, first_observed_on]
  - one_of: {rule: [hand, hand_key, leading_key, name_key, moving_alias]}
  - at_least: 1000
*/
with all_names as (
  select catalogue, alias_tag from core.catalogue_name
  union
  select catalogue, alias_tag from reference.model_alias
),
without_prefix as (
  select
    catalogue,
    alias_tag,
    regexp_replace(
      regexp_replace(
        regexp_replace(
          regexp_replace(lower(alias_tag), '^.*/', ''),
          '^(us|eu|apac|global|au|in|jp|ca|sa|me|uk|us-gov)\.',
          ''
        ),
        '^databricks-(claude|gpt|gemini|gemma|llama|meta|qwen)',
        '\1'
      ),
      '^(anthropic|meta|amazon|mistral|cohere|ai21|openai|qwen|google|moonshot|moonshotai|minimax|nvidia|zai|writer)\.',
      ''
    ) as bare_tag
  from all_names
),
without_route as (
  select
    catalogue,
    alias_tag,
    regexp_replace(
      regexp_replace(
        regexp_replace(bare_tag, '(:(free|beta|extended|nitro|online|thinking|batch|exacto|floor|self-moderated)|@default)$', ''),
        '(-v[0-9]+:0(:[0-9]+k)?)$',
        ''
      ),
      '-v([0-9]+)p([0-9]+)',
      '-\1-\2'
    ) as bare_tag
  from without_prefix
),
hyphenated as (
  select
    catalogue,
    alias_tag,
    regexp_replace(
      regexp_replace(
        regexp_replace(
          regexp_replace(regexp_replace(bare_tag, '[^a-z0-9+]+', '-', 'g'), '(^-+|-+$)', '', 'g'),
          '-(20[0-9][0-9])-([01][0-9])-([0-3][0-9])($|-)',
          '-\1\2\3\4'
        ),
        '^(meta-)?llama-?([0-9])',
        'llama-\2'
      ),
      '(-20[0-9]{6})-v[0-9]+$',
      '\1'
    ) as bare_tag
  from without_route
),
spelt as (
  select
    catalogue,
    alias_tag,
    regexp_replace(bare_tag, '(-(fp4|fp8|fp16|bf16|int4|int8|awq|gptq|gguf|nvfp4|hf|tee|free|maas))+$', '') as full_key
  from hyphenated
),
keyed as (
  select
    catalogue,
    alias_tag,
    full_key,
    regexp_replace(full_key, '(-(instruct|chat|it|instruct-v[0-9]+))+$', '') as plain_key,
    regexp_replace(
      full_key,
      '(-(instruct|chat|it|instruct-v[0-9]+|thinking|thinking-[0-9]+k|no-thinking|high|low|minimal|xhigh|max))+$',
      ''
    ) as alias_key
  from spelt
),
hand_spellings as (
  select keyed.full_key as spelling, model_alias.model_id
  from reference.model_alias
  inner join keyed on model_alias.catalogue = keyed.catalogue and model_alias.alias_tag = keyed.alias_tag
  union
  select keyed.plain_key, model_alias.model_id
  from reference.model_alias
  inner join keyed on model_alias.catalogue = keyed.catalogue and model_alias.alias_tag = keyed.alias_tag
),
hand_full as (
  select spelling, min(model_id) as model_id
  from hand_spellings
  group by spelling
  having count(distinct model_id) = 1
),
hand_loose as (
  select keyed.alias_key, min(model_alias.model_id) as model_id, count(distinct model_alias.model_id) as model_count
  from reference.model_alias
  inner join keyed on model_alias.catalogue = keyed.catalogue and model_alias.alias_tag = keyed.alias_tag
  group by keyed.alias_key
),
matched as (
  select
    catalogue_name.catalogue,
    catalogue_name.alias_tag,
    catalogue_name.organisation_tag,
    catalogue_name.first_observed_on,
    case when coalesce(hand_loose.model_count, 1) > 1 then keyed.plain_key else keyed.alias_key end as alias_key,
    model_alias.model_id as hand_model_id,
    keyed.full_key like '%latest%'
      and not regexp_matches(keyed.full_key, '-20[2-3][0-9][01][0-9][0-3][0-9]$') as is_moving,
    coalesce(hand_of_full.model_id, hand_of_plain.model_id) as spelt_model_id,
    coalesce(leading_of_full.model_id, leading_of_plain.model_id, leading_of_loose.model_id) as leading_model_id,
    case when hand_loose.model_count = 1 then hand_loose.model_id end as loose_model_id,
    leading_of_full.model_id is not null as is_leading_in_full
  from core.catalogue_name
  inner join keyed on catalogue_name.catalogue = keyed.catalogue and catalogue_name.alias_tag = keyed.alias_tag
  left join reference.model_alias
    on catalogue_name.catalogue = model_alias.catalogue and catalogue_name.alias_tag = model_alias.alias_tag
  left join hand_full as hand_of_full on keyed.full_key = hand_of_full.spelling
  left join hand_full as hand_of_plain on keyed.plain_key = hand_of_plain.spelling
  left join hand_loose on keyed.alias_key = hand_loose.alias_key
  left join reference.leading_model as leading_of_full on keyed.full_key = leading_of_full.model_id
  left join reference.leading_model as leading_of_plain on keyed.plain_key = leading_of_plain.model_id
  left join reference.leading_model as leading_of_loose
    on keyed.alias_key = leading_of_loose.model_id and coalesce(hand_loose.model_count, 1) = 1
)
select
  catalogue,
  alias_tag,
  alias_key,
  case
    when hand_model_id is not null then hand_model_id
    when is_moving then null
    when is_leading_in_full then leading_model_id
    else coalesce(spelt_model_id, leading_model_id, loose_model_id, alias_key)
  end as model_id,
  case
    when hand_model_id is not null then 'hand'
    when is_moving then 'moving_alias'
    when is_leading_in_full then 'leading_key'
    when spelt_model_id is not null then 'hand_key'
    when leading_model_id is not null then 'leading_key'
    when loose_model_id is not null then 'hand_key'
    else 'name_key'
  end as rule,
  organisation_tag,
  first_observed_on
from matched
