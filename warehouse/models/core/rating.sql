/*
doc: Ratings of models on preference boards and in Epoch's index of capability, every kept vintage.
grain: a rated name on a board in a vintage
subject: capability
columns:
  board: text - board and category, such as text/overall; eci is the Epoch Capabilities Index
  arena_name: text - name on the board
  model_id: text - the model; null where the name moves from model to model
  rating: double - rating in points of the board's own scale (Bradley-Terry, Elo-like; index points at eci)
  rating_low: double - lower end of its interval, 95 % on Arena's boards and 90 % at eci
  rating_high: double - upper end of its interval, as wide
  vote_count: bigint - votes it rests on; null at eci
  rated_on: date - day of the vintage (the board was published or read, or the index was captured)
  observed_on: date - day the vintage was on record
  source: text - arena_ratings, lmarena_ratings or epoch_capabilities_index
warnings:
  - Ratings are re-estimated over time. Compare models only inside one board and one vintage.
  - Arena issues its past boards again and leaves retired models out; the first issue captured of a day's board counts.
checks:
  - unique: [board, arena_name, rated_on]
  - not_null: [board, arena_name, rating, rated_on, source]
  - one_of: {source: [arena_ratings, lmarena_ratings, epoch_capabilities_index]}
  - between: {rating: [50, 2500]}
  - at_least: 300
*/
with first_issue as (
  select
    board,
    published_on,
    min(observed_at) as observed_at
  from staging.lmarena_ratings
  group by board, published_on
),
published as (
  select
    rated.board,
    rated.arena_name,
    rated.rating,
    rated.rating_low,
    rated.rating_high,
    rated.vote_count,
    rated.published_on as rated_on,
    rated.published_on as observed_on,
    row_number() over (partition by rated.board, rated.arena_name, rated.published_on order by rated.rating desc) as place
  from staging.lmarena_ratings as rated
  inner join first_issue
    on rated.board = first_issue.board
    and rated.published_on = first_issue.published_on
    and rated.observed_at = first_issue.observed_at
),
packaged as (
  select
    board,
    arena_name,
    rating,
    rating_low,
    rating_high,
    vote_count,
    cast(fetched_at as date) as rated_on,
    cast(observed_at as date) as observed_on,
    row_number() over (partition by board, arena_name, cast(fetched_at as date) order by observed_at desc, rating desc) as place
  from staging.arena_ratings
),
indexed as (
  select
    name as arena_name,
    eci_points as rating,
    eci_points_low as rating_low,
    eci_points_high as rating_high,
    cast(observed_at as date) as rated_on,
    row_number() over (partition by name, cast(observed_at as date) order by observed_at desc, eci_points desc) as place
  from staging.epoch_capabilities_index
),
rated as (
  select
    'arena' as catalogue,
    'lmarena_ratings' as source,
    board,
    arena_name,
    rating,
    rating_low,
    rating_high,
    vote_count,
    rated_on,
    observed_on
  from published
  where place = 1
  union all
  select
    'arena',
    'arena_ratings',
    packaged.board,
    packaged.arena_name,
    packaged.rating,
    packaged.rating_low,
    packaged.rating_high,
    packaged.vote_count,
    packaged.rated_on,
    packaged.observed_on
  from packaged
  left join first_issue on packaged.board = first_issue.board and packaged.rated_on = first_issue.published_on
  where packaged.place = 1 and first_issue.board is null
  union all
  select
    'epoch',
    'epoch_capabilities_index',
    'eci',
    arena_name,
    rating,
    rating_low,
    rating_high,
    cast(null as bigint),
    rated_on,
    rated_on
  from indexed
  where place = 1
)
select
  rated.board,
  rated.arena_name,
  alias.model_id,
  rated.rating,
  rated.rating_low,
  rated.rating_high,
  rated.vote_count,
  rated.rated_on,
  rated.observed_on,
  rated.source
from rated
left join core.alias on rated.catalogue = alias.catalogue and rated.arena_name = alias.alias_tag
