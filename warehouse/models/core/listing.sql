/*
doc: Models offered at a host, as catalogues list them.
grain: a model name at a host in a catalogue
subject: prices
columns:
  listing_id: text - catalogue, host and name joined by spaces
  catalogue: text - openrouter, litellm or models_dev
  host_tag: text - host as the catalogue writes it
  listing_tag: text - model name as the catalogue writes it
  model_id: text - the model; null where the name moves from model to model
  first_observed_on: date - first day it was seen with a price
  last_observed_on: date - last day it was seen with a price
  observation_count: bigint - days on which it was seen with a price
checks:
  - unique: [listing_id]
  - not_null: [listing_id, catalogue, host_tag, listing_tag]
  - at_least: 1000
*/
select
  catalogue || ' ' || host_tag || ' ' || listing_tag as listing_id,
  catalogue,
  host_tag,
  listing_tag,
  max(model_id) as model_id,
  min(observed_on) as first_observed_on,
  max(observed_on) as last_observed_on,
  count(*) as observation_count
from core.listing_price
group by catalogue, host_tag, listing_tag
