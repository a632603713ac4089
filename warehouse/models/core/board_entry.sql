/*
doc: Lines of rating boards as published, with the licence and the maker that the board itself states.
grain: a name on a board in a vintage
subject: capability
columns:
  board: text - board and category, such as text/overall; eci is the Epoch Capabilities Index
  board_name: text - name on the board
  rated_on: date - day of the vintage
  rating: double - points of the board's own scale
  rating_low: double - lower end of its interval, 95 % on Arena's boards and 90 % at eci
  rating_high: double - upper end of its interval, as wide
  weights_access: text - open, closed or unknown, by the board's own word
  licence_tag: text - licence or accessibility as the board types it
  organisation_tag: text - maker as the board types it
  released_on: date - release day as the board states it; null where it states none
warnings:
  - What a board says of a licence is filled in backwards and can be wrong; identity and our own word on weights are not used here.
checks:
  - unique: [board, board_name, rated_on]
  - not_null: [board, board_name, rated_on, rating, weights_access]
  - one_of: {weights_access: [open, closed, unknown]}
*/
with arena as (
  select
    board,
    arena_name as board_name,
    published_on as rated_on,
    rating,
    rating_low,
    rating_high,
    licence_tag,
    organisation_tag,
    row_number() over (
      partition by board, arena_name, published_on order by observed_at, rating desc
    ) as place
  from staging.lmarena_ratings
),
indexed as (
  select
    name as board_name,
    cast(observed_at as date) as rated_on,
    eci_points as rating,
    eci_points_low as rating_low,
    eci_points_high as rating_high,
    accessibility_group_tag,
    accessibility_tag,
    organisation_tag,
    released_on,
    row_number() over (partition by name, cast(observed_at as date) order by observed_at desc, eci_points desc) as place
  from staging.epoch_capabilities_index
)
select
  board,
  board_name,
  rated_on,
  rating,
  rating_low,
  rating_high,
  case
    when licence_tag is null then 'unknown'
    when lower(licence_tag) like '%proprietary%' then 'closed'
    else 'open'
  end as weights_access,
  licence_tag,
  organisation_tag,
  cast(null as date) as released_on
from arena
where place = 1
union all
select
  'eci',
  board_name,
  rated_on,
  rating,
  rating_low,
  rating_high,
  case accessibility_group_tag when 'Open weights' then 'open' when 'Closed weights' then 'closed' else 'unknown' end,
  accessibility_tag,
  organisation_tag,
  released_on
from indexed
where place = 1
