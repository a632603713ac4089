/*
doc: When a closed and when an open model first reached each score of a board, so that the area between the two frontiers can be taken.
grain: a board and a step of its score
subject: capability
columns:
  board: text - eci (the Epoch Capabilities Index), or board and category of Arena such as text/overall
  step_number: bigint - 1 for the lowest step
  score_low: double - lower end of the step, itself not in it
  score_high: double - upper end of the step, the score that is reached
  closed_on: date - release day of the first closed model with at least that score; null where none has it
  open_on: date - the same of open models
  lag_months: double - months from closed_on to open_on; below zero where an open model was first, null where one has not come
  observed_on: date - day of the vintage
warnings:
  - The mean lag by area is sum(lag_months * (score_high - score_low)) / sum(score_high - score_low) over the steps that both have reached; steps not yet matched are left out of it and bias it down.
checks:
  - unique: [board, step_number]
  - not_null: [board, step_number, score_low, score_high, observed_on]
*/
with running as (
  select
    board,
    score,
    observed_on,
    max(score) over (
      partition by board, weights_access
      order by released_on, score desc
      rows between unbounded preceding and 1 preceding
    ) as earlier_score
  from marts.scored_release
),
step as (
  select
    board,
    score as score_high,
    max(observed_on) as observed_on,
    lag(score) over (partition by board order by score) as score_low
  from running
  where earlier_score is null or score > earlier_score
  group by board, score
),
reached as (
  select
    step.board,
    step.score_low,
    step.score_high,
    step.observed_on,
    min(case when scored.weights_access = 'closed' then scored.released_on end) as closed_on,
    min(case when scored.weights_access = 'open' then scored.released_on end) as open_on
  from step
  inner join marts.scored_release as scored on step.board = scored.board and scored.score >= step.score_high
  where step.score_low is not null
  group by step.board, step.score_low, step.score_high, step.observed_on
)
select
  board,
  row_number() over (partition by board order by score_high) as step_number,
  score_low,
  score_high,
  closed_on,
  open_on,
  date_diff('day', closed_on, open_on) / (365.25 / 12) as lag_months,
  observed_on
from reached
