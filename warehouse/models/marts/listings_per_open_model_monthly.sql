/*
doc: How many hosts list each open-weight model, by month and catalogue.
grain: a month and a catalogue
subject: adoption
columns:
  month: date - first day of the month
  catalogue: text - litellm or models_dev
  model_count: bigint - open-weight models with at least one priced listing
  listing_count: bigint - their priced listings
  listings_per_model: double - listings per model
  multi_host_share: double - share of the models that two hosts or more list, 0 to 1, among those with a named host
warnings:
  - Growth is partly the catalogue's own coverage.
checks:
  - unique: [month, catalogue]
  - not_null: [month, catalogue, model_count, listings_per_model]
  - between: {multi_host_share: [0, 1], listings_per_model: [1, null]}
chart: {x: month, y: listings_per_model, colour: catalogue}
*/
with per_model as (
  select
    month,
    catalogue,
    model_id,
    count(*) as listing_count,
    count(distinct nullif(host_tag, 'unknown')) as host_count
  from marts.price_monthly
  where weights_access = 'open' and catalogue in ('litellm', 'models_dev')
  group by month, catalogue, model_id
)
select
  month,
  catalogue,
  count(*) as model_count,
  cast(sum(listing_count) as bigint) as listing_count,
  avg(listing_count) as listings_per_model,
  avg(case when host_count >= 2 then 1.0 when host_count = 1 then 0.0 end) as multi_host_share
from per_model
group by month, catalogue
