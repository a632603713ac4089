/*
doc: Level of listed prices by month, catalogue and access to weights.
grain: a month, a catalogue and a kind of access
subject: prices
columns:
  month: date - first day of the month
  catalogue: text - openrouter, litellm or models_dev
  weights_access: text - open, closed or unknown
  listing_count: bigint - listings with a price
  p25_price_usd_per_mtok: double - first quartile of the blended price
  median_price_usd_per_mtok: double - median of the blended price
  p75_price_usd_per_mtok: double - third quartile of the blended price
warnings:
  - The basket changes from month to month; a moving median is not a price change of the same models.
checks:
  - unique: [month, catalogue, weights_access]
  - not_null: [month, catalogue, weights_access, listing_count, median_price_usd_per_mtok]
chart: {x: month, y: median_price_usd_per_mtok, colour: weights_access}
*/
select
  month,
  catalogue,
  weights_access,
  count(*) as listing_count,
  quantile_cont(blended_price_usd_per_mtok, 0.25) as p25_price_usd_per_mtok,
  quantile_cont(blended_price_usd_per_mtok, 0.5) as median_price_usd_per_mtok,
  quantile_cont(blended_price_usd_per_mtok, 0.75) as p75_price_usd_per_mtok
from marts.price_monthly
group by month, catalogue, weights_access
