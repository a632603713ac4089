/*
doc: Prices of listings by month, with the model's access to weights and its rating.
grain: a listing of a model in a month
subject: prices
columns:
  month: date - first day of the month
  catalogue: text - openrouter, litellm or models_dev
  host_tag: text - host as the catalogue writes it; `unknown` where it names none
  listing_tag: text - host and name as the catalogue writes them
  model_id: text - the model
  weights_access: text - open, closed or unknown
  input_price_usd_per_mtok: double - US dollars per million input tokens, last seen in the month
  output_price_usd_per_mtok: double - US dollars per million output tokens, last seen in the month
  blended_price_usd_per_mtok: double - three parts input and one part output
  rating: double - points on text/overall in the newest vintage; null if unrated
warnings:
  - Free and subscription listings (price zero) are left out, they have no price.
  - A month without a capture of the catalogue has no rows; nothing is filled in.
checks:
  - unique: [month, catalogue, listing_tag]
  - not_null: [month, catalogue, listing_tag, model_id, weights_access, blended_price_usd_per_mtok]
  - between: {blended_price_usd_per_mtok: [0, 1000]}
  - at_least: 3000
*/
with newest_vintage as (
  select max(rated_on) as rated_on from core.rating where board = 'text/overall'
),
rated as (
  select rating.model_id, max(rating.rating) as rating
  from core.rating
  inner join newest_vintage on rating.rated_on = newest_vintage.rated_on
  where rating.board = 'text/overall' and rating.model_id is not null
  group by rating.model_id
),
last_of_month as (
  select
    cast(date_trunc('month', observed_on) as date) as month,
    catalogue,
    host_tag,
    case when catalogue = 'openrouter' then listing_tag else host_tag || ' ' || listing_tag end as listing_tag,
    model_id,
    input_price_usd_per_mtok,
    output_price_usd_per_mtok,
    row_number() over (
      partition by catalogue, host_tag, listing_tag, date_trunc('month', observed_on) order by observed_on desc
    ) as place
  from core.listing_price
  where is_priced and model_id is not null
)
select
  last_of_month.month,
  last_of_month.catalogue,
  last_of_month.host_tag,
  last_of_month.listing_tag,
  last_of_month.model_id,
  model.weights_access,
  last_of_month.input_price_usd_per_mtok,
  last_of_month.output_price_usd_per_mtok,
  (3 * last_of_month.input_price_usd_per_mtok + last_of_month.output_price_usd_per_mtok) / 4
    as blended_price_usd_per_mtok,
  rated.rating
from last_of_month
inner join core.model on last_of_month.model_id = model.model_id
left join rated on last_of_month.model_id = rated.model_id
where last_of_month.place = 1
