/*
doc: Cheapest blended price among models of at least a given rating, by month, catalogue and access to weights.
grain: a month, a catalogue, a rating floor and a kind of access
subject: prices
columns:
  month: date - first day of the month
  catalogue: text - openrouter, litellm or models_dev
  rating_floor: integer - least rating on text/overall in the newest vintage, points
  weights_access: text - open or closed
  model_count: bigint - models at or above the floor with a price
  floor_price_usd_per_mtok: double - cheapest blended price, US dollars per million tokens
  floor_model_id: text - the model that sets it
warnings:
  - One model sets each point, so one wrong price does too.
  - Capability is today's rating, not the one of the month.
checks:
  - unique: [month, catalogue, rating_floor, weights_access]
  - not_null: [month, catalogue, rating_floor, weights_access, model_count, floor_price_usd_per_mtok, floor_model_id]
*/
with floors as (
  select cast(rating_floor as integer) as rating_floor
  from unnest([1100, 1150, 1200, 1250, 1300, 1350, 1400, 1450, 1475, 1500]) as listed (rating_floor)
),
ranked as (
  select
    price_monthly.month,
    price_monthly.catalogue,
    floors.rating_floor,
    price_monthly.weights_access,
    price_monthly.model_id,
    price_monthly.blended_price_usd_per_mtok,
    row_number() over (
      partition by price_monthly.month, price_monthly.catalogue, floors.rating_floor, price_monthly.weights_access
      order by price_monthly.blended_price_usd_per_mtok, price_monthly.model_id
    ) as place
  from marts.price_monthly
  inner join floors on price_monthly.rating >= floors.rating_floor
  where price_monthly.weights_access in ('open', 'closed')
)
select
  month,
  catalogue,
  rating_floor,
  weights_access,
  count(distinct model_id) as model_count,
  min(blended_price_usd_per_mtok) as floor_price_usd_per_mtok,
  max(case when place = 1 then model_id end) as floor_model_id
from ranked
group by month, catalogue, rating_floor, weights_access
