/*
doc: How often each reseller's flag of open weights agreed, on each day, with what stronger sources had said by then, and the weight its vote gets.
grain: a host and a day
subject: openness
columns:
  host_tag: text - the reseller
  observed_on: date - day of the vintage
  judged_count: bigint - models it lists of which a stronger source had spoken by then
  agreed_count: bigint - of those, models on which the two agree
  reliability_share: double - mean of the agreement under a flat prior, (agreed + 1) / (judged + 2)
  vote_weight: double - log-odds of that mean; 0 for a coin, and never below 0, for a contrary voter is ignored and not turned round
warnings:
  - Stronger sources are those of core.open_weights_word. Only what was on record by the day is used, so that a later capture changes no earlier vote.
  - Whether the weights are worth it is measured on models held out by tests/bench/reseller_votes.py.
checks:
  - unique: [host_tag, observed_on]
  - not_null: [host_tag, observed_on, judged_count, agreed_count, reliability_share, vote_weight]
  - between: {reliability_share: [0, 1], vote_weight: [0, null]}
*/
with flag as (
  select
    host_tag,
    observed_on,
    model_id,
    count(*) filter (where has_open_weights) as open_count,
    count(*) filter (where not has_open_weights) as closed_count
  from core.weights_flag
  where not is_maker
  group by host_tag, observed_on, model_id
),
day as (
  select distinct observed_on from flag
),
spoken as (
  select
    day.observed_on,
    open_weights_word.model_id,
    open_weights_word.weights_access,
    row_number() over (
      partition by day.observed_on, open_weights_word.model_id
      order by open_weights_word.precedence, open_weights_word.observed_on desc, open_weights_word.report_count desc,
        open_weights_word.source, open_weights_word.weights_access
    ) as place
  from day
  inner join core.open_weights_word on open_weights_word.observed_on <= day.observed_on
),
judged as (
  select
    flag.host_tag,
    flag.observed_on,
    count(spoken.model_id) as judged_count,
    count(*) filter (
      where spoken.weights_access = case when flag.open_count > flag.closed_count then 'open' else 'closed' end
    ) as agreed_count
  from flag
  left join spoken
    on flag.observed_on = spoken.observed_on and flag.model_id = spoken.model_id and spoken.place = 1
    and flag.open_count <> flag.closed_count
  group by flag.host_tag, flag.observed_on
)
select
  host_tag,
  observed_on,
  judged_count,
  agreed_count,
  (agreed_count + 1) / cast(judged_count + 2 as double) as reliability_share,
  greatest(0.0, ln((agreed_count + 1) / cast(judged_count - agreed_count + 1 as double))) as vote_weight
from judged
