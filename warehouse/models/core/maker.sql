/*
doc: Who made each model, as far as names, leading models and the labs' own hosts tell.
grain: a model
subject: releases
columns:
  model_id: text - the model
  organisation_id: text - who made it
  source: text - leading_model, name_prefix (what stands before the slash, or the maker that the catalogue states), line (the name is one of a line of models, see reference.model_line) or own_host (a host that lists almost only its own models)
checks:
  - unique: [model_id]
  - not_null: [model_id, organisation_id, source]
  - references: {organisation_id: reference.organisation.organisation_id}
  - one_of: {source: [leading_model, name_prefix, line, own_host]}
*/
with prefix_votes as (
  select
    alias.model_id,
    organisation_alias.organisation_id,
    count(*) as vote_count
  from core.alias
  inner join reference.organisation_alias
    on alias.organisation_tag = organisation_alias.organisation_tag
    and (
      alias.catalogue = organisation_alias.catalogue
      or (alias.catalogue = 'models_dev' and organisation_alias.catalogue in ('openrouter', 'huggingface'))
      or (
        alias.catalogue in ('epoch', 'arena', 'ecosystem_graphs', 'osai', 'mot', 'llm_prices')
        and organisation_alias.catalogue in ('epoch', 'arena', 'helm', 'huggingface')
      )
    )
  where alias.model_id is not null and not coalesce(alias.is_copy, false)
  group by alias.model_id, organisation_alias.organisation_id
),
prefix_makers as (
  select
    model_id,
    organisation_id,
    row_number() over (partition by model_id order by vote_count desc, organisation_id) as place
  from prefix_votes
),
told_makers as (
  select model_id, organisation_id, 'leading_model' as source
  from reference.leading_model
  union all
  select prefix_makers.model_id, prefix_makers.organisation_id, 'name_prefix'
  from prefix_makers
  left join reference.leading_model on prefix_makers.model_id = leading_model.model_id
  where prefix_makers.place = 1 and leading_model.model_id is null
),
in_line as (
  select distinct alias.model_id, model_line.organisation_id
  from core.alias
  inner join reference.model_line on regexp_extract(alias.model_id, '^(?:azure-)?([a-z]+)', 1) = model_line.line_tag
  left join told_makers on alias.model_id = told_makers.model_id
  left join core.alias as stranger
    on alias.model_id = stranger.model_id and stranger.catalogue = 'openrouter' and stranger.organisation_tag is not null
  where told_makers.model_id is null
    and stranger.model_id is null
    and regexp_matches(
      alias.model_id,
      '^[a-z]+[0-9]*(-([0-9.]+[a-z]?|[a-z][0-9]+|e?[0-9]+[a-z]{0,2}|[0-9]+x[0-9]+b|base|preview|exp|beta|latest|mini|small|medium|large|tiny|nano|micro|lite|flash|flashx|pro|plus|max|ultra|air|airx|x|turbo|turbos|fast|next|standard|premier|express|high|vision|vl|v|coder|code|codex|math|omni|audio|video|image|text|chat|instruct|it|thinking|think|reasoning|reasoner|research|deep|search|realtime|transcribe|tts|live|native|generate|embedding|embed|rerank|guard|oss|safeguard|translate|mt|long|opus|sonnet|haiku|instant|fable|mythos|maverick|scout|super|distill|experimental|original|edit|customtools|computer|use))*$'
    )
),
named_makers as (
  select model_id, organisation_id, source from told_makers
  union all
  select model_id, organisation_id, 'line' from in_line
),
hosted as (
  select distinct
    models_dev.host_tag,
    organisation_alias.organisation_id,
    alias.model_id
  from staging.models_dev
  inner join core.alias on alias.catalogue = 'models_dev' and alias.alias_tag = models_dev.models_dev_id
  inner join reference.organisation_alias
    on organisation_alias.catalogue = 'models_dev' and models_dev.host_tag = organisation_alias.organisation_tag
  where alias.model_id is not null
),
own_hosts as (
  select hosted.host_tag
  from hosted
  inner join named_makers on hosted.model_id = named_makers.model_id
  group by hosted.host_tag
  having count(*) filter (where hosted.organisation_id = named_makers.organisation_id) >= 0.9 * count(*)
),
hosted_makers as (
  select
    hosted.model_id,
    hosted.organisation_id,
    row_number() over (partition by hosted.model_id order by count(*) desc, hosted.organisation_id) as place
  from hosted
  inner join own_hosts on hosted.host_tag = own_hosts.host_tag
  left join named_makers on hosted.model_id = named_makers.model_id
  where named_makers.model_id is null
  group by hosted.model_id, hosted.organisation_id
)
select model_id, organisation_id, source from named_makers
union all
select model_id, organisation_id, 'own_host' from hosted_makers where place = 1
