/*
doc: Each maker's best rated model among those released by a month's end, its best with open weights, and its place.
grain: a month and a maker
subject: capability
columns:
  month: date - first day of the month
  organisation_id: text - the maker
  organisation_name: text - its name
  best_rating: double - points of its best model on text/overall
  best_rating_low: double - lower end of its 95 % interval
  best_rating_high: double - upper end of its 95 % interval
  best_model_id: text - that model
  best_name: text - its name
  weights_access: text - open, closed or unknown, of that model
  best_open_rating: double - points of its best model with open weights; null without one
  best_open_name: text - its name; null without one
  frontier_rating: double - points of the best model of any maker
  maker_rank: bigint - 1 for the maker of the best model; equal ratings share a place
  maker_count: bigint - makers with a rated model by then
warnings:
  - Ratings are those of the newest vintage, so the past is seen with today's votes.
  - The month in which the board was read is counted to its end by releases that the board already rates.
checks:
  - unique: [month, organisation_id]
  - not_null: [month, organisation_id, best_rating, best_model_id, weights_access, frontier_rating, maker_rank, maker_count]
  - between: {maker_rank: [1, 500], maker_count: [1, 500]}
chart: {x: month, y: best_rating, colour: organisation_id}
*/
with newest_vintage as (
  select max(rated_on) as rated_on from marts.rated_release where board = 'text/overall'
),
rated as (
  select
    rated_release.model_id,
    rated_release.name,
    rated_release.organisation_id,
    rated_release.released_on,
    rated_release.weights_access,
    rated_release.rating,
    rated_release.rating_low,
    rated_release.rating_high
  from marts.rated_release
  inner join newest_vintage on rated_release.rated_on = newest_vintage.rated_on
  where rated_release.board = 'text/overall' and rated_release.organisation_id is not null
),
months as (
  select distinct cast(date_trunc('month', spine.day) as date) as month
  from newest_vintage
  cross join unnest(generate_series(date '2023-01-01', newest_vintage.rated_on, interval 1 month)) as spine (day)
),
placed as (
  select
    months.month,
    rated.organisation_id,
    rated.weights_access,
    rated.rating,
    rated.rating_low,
    rated.rating_high,
    rated.model_id,
    rated.name,
    row_number() over (
      partition by months.month, rated.organisation_id order by rated.rating desc, rated.model_id
    ) as place,
    row_number() over (
      partition by months.month, rated.organisation_id, rated.weights_access
      order by rated.rating desc, rated.model_id
    ) as place_of_its_access
  from months
  inner join rated on rated.released_on < months.month + interval 1 month
),
best as (
  select
    month,
    organisation_id,
    weights_access,
    rating,
    rating_low,
    rating_high,
    model_id,
    name,
    max(rating) over (partition by month) as frontier_rating,
    rank() over (partition by month order by rating desc) as maker_rank,
    count(*) over (partition by month) as maker_count
  from placed
  where place = 1
),
best_open as (
  select
    month,
    organisation_id,
    rating,
    name
  from placed
  where weights_access = 'open' and place_of_its_access = 1
)
select
  best.month,
  best.organisation_id,
  organisation.name as organisation_name,
  best.rating as best_rating,
  best.rating_low as best_rating_low,
  best.rating_high as best_rating_high,
  best.model_id as best_model_id,
  best.name as best_name,
  best.weights_access,
  best_open.rating as best_open_rating,
  best_open.name as best_open_name,
  best.frontier_rating,
  best.maker_rank,
  best.maker_count
from best
left join best_open on best.month = best_open.month and best.organisation_id = best_open.organisation_id
left join core.organisation on best.organisation_id = organisation.organisation_id
