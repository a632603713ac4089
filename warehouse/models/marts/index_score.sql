/*
doc: Scores in the newest vintage of Epoch's index of capability with release day and access to weights, all by Epoch's own word.
grain: a model in the index
subject: capability
columns:
  name: text - the model as Epoch names it
  score: double - points of the index
  score_low: double - lower end of its 90 % interval; null for the two models that fix the scale
  score_high: double - upper end of the same
  released_on: date - release day by Epoch's account
  weights_access: text - open, closed or unknown
  organisation_tag: text - maker as Epoch writes it
  observed_on: date - day of the vintage
warnings:
  - Every vintage fits all scores anew; compare inside one only.
checks:
  - unique: [name]
  - not_null: [name, score, weights_access, observed_on]
*/
with newest as (
  select max(rated_on) as rated_on from core.board_entry where board = 'eci'
)
select
  board_entry.board_name as name,
  board_entry.rating as score,
  board_entry.rating_low as score_low,
  board_entry.rating_high as score_high,
  board_entry.released_on,
  board_entry.weights_access,
  board_entry.organisation_tag,
  board_entry.rated_on as observed_on
from core.board_entry
inner join newest on board_entry.rated_on = newest.rated_on
where board_entry.board = 'eci'
