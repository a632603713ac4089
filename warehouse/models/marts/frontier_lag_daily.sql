/*
doc: How far the best open model lies behind the best closed one on each board and day, in points and in months looked back.
grain: a board and a day
subject: capability
columns:
  board: text - eci (the Epoch Capabilities Index), or board and category of Arena such as text/overall
  frontier_on: date - the day, from the first with an open and a closed model on
  best_closed_name: text - best closed model released by then
  best_closed_score: double - its points
  best_open_name: text - best open model released by then
  best_open_score: double - its points
  gap_points: double - best closed less best open; below zero where an open model leads
  lag_months_any: double - months since a closed model first scored more than the day's best open one; 0 where none did
  lag_months_one_sided_10: double - the same where more means significantly more, one-sided at 10 %
  lag_months_one_sided_05: double - the same one-sided at 5 %, which is two-sided at 10 %
  observed_on: date - day of the vintage
warnings:
  - A mean over days is the mean horizontal, or vertical, distance of the two frontiers; significance takes two scores as independent.
  - The newest vintage's scores are used for every day.
checks:
  - unique: [board, frontier_on]
  - not_null: [board, frontier_on, best_closed_score, best_open_score, gap_points, lag_months_any, lag_months_one_sided_10, lag_months_one_sided_05, observed_on]
  - between: {lag_months_any: [0, null], lag_months_one_sided_10: [0, null], lag_months_one_sided_05: [0, null]}
*/
with best_of_day as (
  select
    board,
    model_tag,
    name,
    score,
    standard_error,
    released_on,
    weights_access,
    observed_on,
    row_number() over (partition by board, weights_access, released_on order by score desc, model_tag) as place
  from marts.scored_release
),
compared as (
  select
    board,
    model_tag,
    name,
    score,
    standard_error,
    released_on,
    weights_access,
    observed_on,
    max(score) over (
      partition by board, weights_access order by released_on rows between unbounded preceding and 1 preceding
    ) as earlier_score
  from best_of_day
  where place = 1
),
leader as (
  select
    board,
    model_tag,
    name,
    score,
    standard_error,
    released_on,
    weights_access,
    observed_on,
    lead(released_on) over (partition by board, weights_access order by released_on) as succeeded_on
  from compared
  where earlier_score is null or score > earlier_score
),
surpassed as (
  select
    leader.board,
    leader.model_tag,
    min(closed.released_on) as any_on,
    min(case
      when
        closed.score - leader.score
        > 1.2815515655446004 * sqrt(power(closed.standard_error, 2) + power(leader.standard_error, 2))
        then closed.released_on
    end) as one_sided_10_on,
    min(case
      when
        closed.score - leader.score
        > 1.6448536269514722 * sqrt(power(closed.standard_error, 2) + power(leader.standard_error, 2))
        then closed.released_on
    end) as one_sided_05_on
  from leader
  inner join marts.scored_release as closed
    on leader.board = closed.board and closed.weights_access = 'closed' and closed.score > leader.score
  where leader.weights_access = 'open'
  group by leader.board, leader.model_tag
),
span as (
  select board, max(first_on) as first_on, max(observed_on) as observed_on
  from (
    select board, weights_access, min(released_on) as first_on, max(observed_on) as observed_on
    from leader
    group by board, weights_access
  ) as access
  group by board
  having count(*) = 2
),
spine as (
  select span.board, cast(days.day as date) as frontier_on
  from span
  cross join unnest(generate_series(span.first_on, span.observed_on, interval 1 day)) as days (day)
)
select
  spine.board,
  spine.frontier_on,
  closed.name as best_closed_name,
  closed.score as best_closed_score,
  opened.name as best_open_name,
  opened.score as best_open_score,
  closed.score - opened.score as gap_points,
  greatest(coalesce(date_diff('day', surpassed.any_on, spine.frontier_on), 0), 0) / (365.25 / 12) as lag_months_any,
  greatest(coalesce(date_diff('day', surpassed.one_sided_10_on, spine.frontier_on), 0), 0) / (365.25 / 12)
    as lag_months_one_sided_10,
  greatest(coalesce(date_diff('day', surpassed.one_sided_05_on, spine.frontier_on), 0), 0) / (365.25 / 12)
    as lag_months_one_sided_05,
  closed.observed_on
from spine
inner join leader as closed
  on spine.board = closed.board
  and closed.weights_access = 'closed'
  and spine.frontier_on >= closed.released_on
  and spine.frontier_on < coalesce(closed.succeeded_on, date '9999-12-31')
inner join leader as opened
  on spine.board = opened.board
  and opened.weights_access = 'open'
  and spine.frontier_on >= opened.released_on
  and spine.frontier_on < coalesce(opened.succeeded_on, date '9999-12-31')
left join surpassed on opened.board = surpassed.board and opened.model_tag = surpassed.model_tag
