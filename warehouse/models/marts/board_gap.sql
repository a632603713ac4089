/*
doc: How far the best open model lies behind the best closed one on each board and day, by the board's own word on licences.
grain: a board and a vintage
subject: capability
columns:
  board: text - board and category, such as text/overall; eci is the Epoch Capabilities Index
  rated_on: date - day of the vintage
  best_closed_name: text - best closed model
  best_closed_rating: double - its rating in points
  best_open_name: text - best open model
  best_open_rating: double - its rating in points
  gap_points: double - best closed less best open; below zero where an open model leads
  gap_of_open_rating: double - the same divided by the best open rating
  open_win_share: double - share of comparisons the open model is expected to win on an Elo-like scale of 400; null at eci
checks:
  - unique: [board, rated_on]
  - not_null: [board, rated_on, gap_points]
  - between: {open_win_share: [0, 1]}
chart: {x: rated_on, y: gap_points, colour: board}
*/
with ranked as (
  select
    board,
    rated_on,
    weights_access,
    board_name,
    rating,
    row_number() over (partition by board, rated_on, weights_access order by rating desc, board_name) as place
  from core.board_entry
  where weights_access in ('open', 'closed')
)
select
  closed.board,
  closed.rated_on,
  closed.board_name as best_closed_name,
  closed.rating as best_closed_rating,
  opened.board_name as best_open_name,
  opened.rating as best_open_rating,
  closed.rating - opened.rating as gap_points,
  (closed.rating - opened.rating) / opened.rating as gap_of_open_rating,
  case
    when closed.board <> 'eci' then 1 / (1 + power(cast(10 as double), (closed.rating - opened.rating) / 400))
  end as open_win_share
from ranked as closed
inner join ranked as opened
  on closed.board = opened.board and closed.rated_on = opened.rated_on and opened.weights_access = 'open' and opened.place = 1
where closed.weights_access = 'closed' and closed.place = 1
