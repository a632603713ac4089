/*
doc: Best rating among models released by each month's end, open and closed, on the newest rating vintage.
grain: a month and a kind of access
subject: capability
columns:
  month: date - first day of the month
  weights_access: text - open or closed
  best_rating: double - points on text/overall
  best_rating_low: double - lower end of its 95 % interval
  best_rating_high: double - upper end of its 95 % interval
  best_model_id: text - the model that holds it
  best_name: text - its name
warnings:
  - Ratings are those of the newest vintage, so the past is seen with today's votes.
  - Models whose names move, or without a release date, cannot take part.
checks:
  - unique: [month, weights_access]
  - not_null: [month, weights_access, best_rating, best_model_id]
chart: {x: month, y: best_rating, colour: weights_access}
*/
with newest_vintage as (
  select max(rated_on) as rated_on from marts.rated_release where board = 'text/overall'
),
rated as (
  select
    rated_release.model_id,
    rated_release.name,
    rated_release.released_on,
    rated_release.weights_access,
    rated_release.rating,
    rated_release.rating_low,
    rated_release.rating_high,
    rated_release.rated_on
  from marts.rated_release
  inner join newest_vintage on rated_release.rated_on = newest_vintage.rated_on
  where rated_release.board = 'text/overall' and rated_release.weights_access in ('open', 'closed')
),
months as (
  select distinct cast(date_trunc('month', spine.day) as date) as month
  from newest_vintage
  cross join unnest(generate_series(date '2023-01-01', newest_vintage.rated_on, interval 1 month)) as spine (day)
),
ranked as (
  select
    months.month,
    rated.weights_access,
    rated.rating,
    rated.rating_low,
    rated.rating_high,
    rated.model_id,
    rated.name,
    row_number() over (
      partition by months.month, rated.weights_access order by rated.rating desc, rated.model_id
    ) as place
  from months
  inner join rated on rated.released_on < months.month + interval 1 month
)
select
  month,
  weights_access,
  rating as best_rating,
  rating_low as best_rating_low,
  rating_high as best_rating_high,
  model_id as best_model_id,
  name as best_name
from ranked
where place = 1
