/*
doc: Ratings of models on preference boards, every kept vintage.
grain: a rated name on a board in a vintage
subject: capability
columns:
  board: text - board and category, such as text/overall
  arena_name: text - name on the board
  model_id: text - the model; null where the name moves from model to model
  rating: double - rating in points of the board's own scale (Bradley-Terry, Elo-like)
  rating_low: double - lower end of its 95 % interval
  rating_high: double - upper end of its 95 % interval
  vote_count: bigint - votes it rests on
  rated_on: date - day the board was read
  observed_on: date - day the vintage was published
warnings:
  - Ratings are re-estimated over time. Compare models only inside one vintage.
checks:
  - unique: [board, arena_name, rated_on]
  - not_null: [board, arena_name, rating, rated_on]
  - between: {rating: [500, 2500]}
  - at_least: 300
*/
with newest as (
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
)
select
  newest.board,
  newest.arena_name,
  alias.model_id,
  newest.rating,
  newest.rating_low,
  newest.rating_high,
  newest.vote_count,
  newest.rated_on,
  newest.observed_on
from newest
left join core.alias on alias.catalogue = 'arena' and newest.arena_name = alias.alias_tag
where newest.place = 1
