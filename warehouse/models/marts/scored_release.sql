/*
doc: Released models with a score and its standard error, on every board in its newest vintage, for measures of lag and gap.
grain: a model on a board
subject: capability
columns:
  board: text - eci (the Epoch Capabilities Index), or board and category of Arena such as text/overall
  model_tag: text - the model; at eci Epoch's name, else our id
  name: text - its name
  score: double - points of the board's own scale
  standard_error: double - from the interval the board gives, taken as normal; 0 where a model fixes the scale
  released_on: date - release day; at eci by Epoch's account, else for open weights the day the weights came out
  weights_access: text - open or closed; at eci by Epoch's word
  observed_on: date - day of the vintage
warnings:
  - Every vintage fits all scores anew; the past is seen with the newest.
  - Models whose weights nobody tells of, or without a release day, are left out.
checks:
  - unique: [board, model_tag]
  - not_null: [board, model_tag, name, score, standard_error, released_on, weights_access, observed_on]
  - one_of: {weights_access: [open, closed]}
  - between: {standard_error: [0, null]}
*/
with newest as (
  select board, max(rated_on) as rated_on
  from marts.rated_release
  group by board
),
scored as (
  select
    'eci' as board,
    name as model_tag,
    name,
    score,
    -- half the width of a 90 % interval is 1.645 standard errors, of a 95 % interval 1.96
    coalesce((score_high - score_low) / (2 * cast(1.6448536269514722 as double)), 0) as standard_error,
    released_on,
    weights_access,
    observed_on
  from marts.index_score
  union all
  select
    rated.board,
    rated.model_id,
    rated.name,
    rated.rating,
    coalesce((rated.rating_high - rated.rating_low) / (2 * cast(1.959963984540054 as double)), 0),
    rated.released_on,
    rated.weights_access,
    rated.rated_on
  from marts.rated_release as rated
  inner join newest on rated.board = newest.board and rated.rated_on = newest.rated_on
  where rated.board <> 'eci'
)
select
  board,
  model_tag,
  name,
  score,
  standard_error,
  released_on,
  weights_access,
  observed_on
from scored
where weights_access in ('open', 'closed') and released_on is not null and released_on <= observed_on
