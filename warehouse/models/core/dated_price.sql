/*
doc: Prices whose sources say since when they hold, with how well that day is known.
grain: a listing and the moment its price began
subject: prices
columns:
  catalogue: text - model_prices, metergraph or genai_prices
  host_tag: text - interface it is sold through, as the catalogue writes it
  listing_tag: text - model as the catalogue writes it
  starts_on: date - day from which the price holds
  day_basis: text - documented (a page of the seller says so), stated (the catalogue says so) or recorded (it was typed then)
  input_price_usd_per_mtok: double - US dollars per million input tokens
  output_price_usd_per_mtok: double - US dollars per million output tokens
  source_url: text - page or commit that shows it; null where the catalogue names none
  known_on: date - day the catalogue's release was published
warnings:
  - Only documented days are days on which a price took effect; a recorded one lags it, and most stated ones are of the month their catalogue was filled.
  - Prices that went before a first recorded one are not here; neither are free tiers, batch and off-peak prices.
  - A day after known_on is an announced price.
checks:
  - unique: [catalogue, host_tag, listing_tag, starts_on]
  - not_null: [catalogue, host_tag, listing_tag, starts_on, day_basis, known_on]
  - one_of: {day_basis: [documented, stated, recorded], catalogue: [model_prices, metergraph, genai_prices]}
  - between: {input_price_usd_per_mtok: [0, 1000], output_price_usd_per_mtok: [0, 1000]}
*/
with newest_model_prices as (
  select max(observed_at) as observed_at from staging.model_prices
),
newest_metergraph as (
  select max(observed_at) as observed_at from staging.metergraph_prices
),
newest_genai as (
  select max(observed_at) as observed_at from staging.genai_prices
),
dated as (
  select
    'model_prices' as catalogue,
    model_prices.lab_tag as host_tag,
    model_prices.model_prices_id as listing_tag,
    cast(model_prices.starts_at as date) as starts_on,
    case when model_prices.basis_tag = 'documented' then 'documented' else 'recorded' end as day_basis,
    model_prices.input_price_usd_per_mtok,
    model_prices.output_price_usd_per_mtok,
    model_prices.source_url,
    cast(model_prices.observed_at as date) as known_on,
    model_prices.price_number
  from staging.model_prices
  inner join newest_model_prices on model_prices.observed_at = newest_model_prices.observed_at
  where model_prices.tier_tag = 'standard'
  union all
  select
    'metergraph',
    metergraph_prices.channel_tag,
    metergraph_prices.metergraph_id,
    cast(metergraph_prices.starts_at as date),
    'stated',
    metergraph_prices.input_price_usd_per_mtok,
    metergraph_prices.output_price_usd_per_mtok,
    metergraph_prices.source_url,
    cast(metergraph_prices.observed_at as date),
    row_number() over (
      partition by metergraph_prices.metergraph_id, metergraph_prices.channel_tag, cast(metergraph_prices.starts_at as date)
      order by metergraph_prices.starts_at, metergraph_prices.region_tag
    )
  from staging.metergraph_prices
  inner join newest_metergraph on metergraph_prices.observed_at = newest_metergraph.observed_at
  union all
  select
    'genai_prices',
    genai_prices.host_tag,
    genai_prices.genai_prices_id,
    genai_prices.starts_on,
    'stated',
    genai_prices.input_price_usd_per_mtok,
    genai_prices.output_price_usd_per_mtok,
    cast(null as varchar),
    cast(genai_prices.observed_at as date),
    genai_prices.price_number
  from staging.genai_prices
  inner join newest_genai on genai_prices.observed_at = newest_genai.observed_at
  where genai_prices.starts_at_tag is null
),
last_of_day as (
  select
    catalogue,
    host_tag,
    listing_tag,
    starts_on,
    day_basis,
    input_price_usd_per_mtok,
    output_price_usd_per_mtok,
    source_url,
    known_on,
    row_number() over (partition by catalogue, host_tag, listing_tag, starts_on order by price_number desc) as place
  from dated
  where
    starts_on is not null
    and input_price_usd_per_mtok between 0 and 1000
    and output_price_usd_per_mtok between 0 and 1000
    and input_price_usd_per_mtok + output_price_usd_per_mtok > 0
)
select
  catalogue,
  host_tag,
  listing_tag,
  starts_on,
  day_basis,
  input_price_usd_per_mtok,
  output_price_usd_per_mtok,
  source_url,
  known_on
from last_of_day
where place = 1
