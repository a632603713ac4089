/*
doc: The first twenty-five names of each board and day by rating, with licence and maker by the board's own word.
grain: a board, a vintage and a place
subject: capability
columns:
  board: text - board and category, such as text/overall; eci is the Epoch Capabilities Index
  rated_on: date - day of the vintage
  place: bigint - 1 for the highest rating; equal ratings are put by name
  board_name: text - name on the board
  rating: double - points of the board's own scale
  weights_access: text - open, closed or unknown, by the board's own word
  licence_tag: text - licence or accessibility as the board types it
  organisation_tag: text - maker as the board types it; null where it leaves it empty
warnings:
  - What a board says of licences is filled in backwards; boards of past days are fitted anew and lose retired models.
checks:
  - unique: [board, rated_on, place]
  - not_null: [board, rated_on, place, board_name, rating, weights_access]
  - between: {place: [1, 25]}
*/
with ranked as (
  select
    board,
    rated_on,
    row_number() over (partition by board, rated_on order by rating desc, board_name) as place,
    board_name,
    rating,
    weights_access,
    licence_tag,
    organisation_tag
  from core.board_entry
)
select
  board,
  rated_on,
  place,
  board_name,
  rating,
  weights_access,
  licence_tag,
  organisation_tag
from ranked
where place <= 25
