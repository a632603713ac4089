/*
doc: Names that could not be joined to anything that tells release date or weights, the weightiest first.
grain: a name in a catalogue
subject: releases
columns:
  catalogue: text - catalogue that lists it
  alias_tag: text - the name
  model_id: text - the model made of the name alone; null for a name that moves
  problem: text - moving_alias, no_release_date, no_weights_evidence or neither_date_nor_weights
  rating: double - best rating on text/overall, where rated
  listing_count: bigint - listings with a price under this name
checks:
  - unique: [catalogue, alias_tag]
  - one_of: {problem: [moving_alias, no_release_date, no_weights_evidence, neither_date_nor_weights]}
*/
with rated as (
  select arena_name, max(rating) as rating
  from core.rating
  where board = 'text/overall'
  group by arena_name
),
listed as (
  select catalogue, listing_tag, count(*) as listing_count
  from core.listing
  group by catalogue, listing_tag
)
select
  alias.catalogue,
  alias.alias_tag,
  alias.model_id,
  case
    when alias.model_id is null then 'moving_alias'
    when model.released_on is null and model.weights_access = 'unknown' then 'neither_date_nor_weights'
    when model.released_on is null then 'no_release_date'
    else 'no_weights_evidence'
  end as problem,
  rated.rating,
  coalesce(listed.listing_count, 0) as listing_count
from core.alias
left join core.model on alias.model_id = model.model_id
left join rated on alias.catalogue = 'arena' and alias.alias_tag = rated.arena_name
left join listed on alias.catalogue = listed.catalogue and alias.alias_tag = listed.listing_tag
where alias.model_id is null or model.released_on is null or model.weights_access = 'unknown'
