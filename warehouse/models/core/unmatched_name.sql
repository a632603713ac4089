/*
doc: Names that could not be joined to anything that tells maker, release date or weights, with what would be won by joining them.
grain: a name in a catalogue
subject: releases
columns:
  catalogue: text - catalogue that lists it
  alias_tag: text - the name
  model_id: text - the model made of the name alone; null for a name that moves and for a repository of nobody known
  problem: text - moving_alias, hub_only, no_release_date, no_weights_evidence, neither_date_nor_weights or no_maker
  rating: double - best rating on text/overall, where rated
  listing_count: bigint - listings with a price under this name
  token_count: bigint - tokens through OpenRouter under this name in all kept days; null if none are known
  downloads_30d_count: bigint - downloads from the Hub in the last 30 days when last seen; null if none are known
  importance_share: double - largest of its shares in all listings, all tokens and all downloads that are known
warnings:
  - Repositories that only their uploader lists are here from 10,000 downloads in 30 days on.
  - Order by importance_share or by rating to see what to join first; ajar why shows near names.
checks:
  - unique: [catalogue, alias_tag]
  - not_null: [catalogue, alias_tag, problem, listing_count, importance_share]
  - between: {importance_share: [0, 1]}
  - one_of: {problem: [moving_alias, hub_only, no_release_date, no_weights_evidence, neither_date_nor_weights, no_maker]}
*/
with rated as (
  select arena_name, max(rating) as rating
  from core.rating
  where board = 'text/overall'
  group by arena_name
),
listed as (
  select
    catalogue,
    listing_tag,
    count(*) as listing_count,
    sum(count(*)) over () as all_count
  from core.listing
  group by catalogue, listing_tag
),
used as (
  select
    openrouter_permaslug,
    sum(token_count) as token_count,
    sum(sum(token_count)) over () as all_count
  from staging.openrouter_rankings
  group by openrouter_permaslug
),
downloaded as (
  select
    repository_tag,
    downloads_30d_count,
    sum(downloads_30d_count) over () as all_count
  from core.hub_repository
),
weighed as (
  select
    alias.catalogue,
    alias.alias_tag,
    alias.model_id,
    case
      when alias.rule = 'hub_only' then 'hub_only'
      when alias.model_id is null then 'moving_alias'
      when model.released_on is null and model.weights_access = 'unknown' then 'neither_date_nor_weights'
      when model.released_on is null then 'no_release_date'
      when model.weights_access = 'unknown' then 'no_weights_evidence'
      else 'no_maker'
    end as problem,
    rated.rating,
    coalesce(listed.listing_count, 0) as listing_count,
    cast(used.token_count as bigint) as token_count,
    downloaded.downloads_30d_count,
    greatest(
      coalesce(listed.listing_count / cast(nullif(listed.all_count, 0) as double), 0),
      coalesce(used.token_count / cast(nullif(used.all_count, 0) as double), 0),
      coalesce(downloaded.downloads_30d_count / cast(nullif(downloaded.all_count, 0) as double), 0)
    ) as importance_share
  from core.alias
  left join core.model on alias.model_id = model.model_id
  left join rated on alias.catalogue = 'arena' and alias.alias_tag = rated.arena_name
  left join listed on alias.catalogue = listed.catalogue and alias.alias_tag = listed.listing_tag
  left join used on alias.catalogue = 'openrouter' and alias.alias_tag = used.openrouter_permaslug
  left join downloaded on alias.catalogue = 'huggingface' and alias.alias_tag = downloaded.repository_tag
  where alias.model_id is null
    or model.released_on is null
    or model.weights_access = 'unknown'
    or model.organisation_id is null
)
select
  catalogue,
  alias_tag,
  model_id,
  problem,
  rating,
  listing_count,
  token_count,
  downloads_30d_count,
  importance_share
from weighed
where problem <> 'hub_only' or downloads_30d_count >= 10000
