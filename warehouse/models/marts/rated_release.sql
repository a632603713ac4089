/*
doc: Rated models with release date and access to weights, every kept rating vintage.
grain: a model on a board in a vintage
subject: capability
columns:
  model_id: text - the model
  name: text - its name
  organisation_id: text - who made it; null if unknown
  released_on: date - first public release, for open weights the day the weights came out; null if unknown
  weights_access: text - open, closed or unknown
  board: text - board and category, such as text/overall
  rating: double - points; the best of the model's variants on the board
  rating_low: double - lower end of its 95 % interval
  rating_high: double - upper end of its 95 % interval
  vote_count: bigint - votes it rests on
  rated_on: date - day the board was read
warnings:
  - Compare ratings only inside one board and one vintage.
  - Boards rate some models before their release; such a rating counts from the release on.
checks:
  - unique: [model_id, board, rated_on]
  - not_null: [model_id, weights_access, board, rating, rated_on]
  - at_least: 200
*/
with best as (
  select
    model_id,
    board,
    rating,
    rating_low,
    rating_high,
    vote_count,
    rated_on,
    row_number() over (partition by model_id, board, rated_on order by rating desc, arena_name) as place
  from core.rating
  where model_id is not null
)
select
  model.model_id,
  model.name,
  model.organisation_id,
  case
    when model.weights_access = 'open' then coalesce(model.weights_released_on, model.released_on)
    else model.released_on
  end as released_on,
  model.weights_access,
  best.board,
  best.rating,
  best.rating_low,
  best.rating_high,
  best.vote_count,
  best.rated_on
from best
inner join core.model on best.model_id = model.model_id
where best.place = 1
