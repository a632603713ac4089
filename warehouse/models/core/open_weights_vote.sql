/*
doc: What other hosts than the maker say together about whether a model's weights can be downloaded, day by day.
grain: a model and a day on which their votes do not tie
subject: openness
columns:
  model_id: text - the model
  observed_on: date - day of the vintage
  weights_access: text - open or closed, as the votes of core.weights_flag weigh by core.reseller_reliability
  report_count: bigint - votes on that side
warnings:
  - Resellers' flags are typed by many hands and disagree for about a third of the models that several of them list. Each vote weighs the log-odds of its host's agreement with stronger sources, or the same for all on a day when no host could be held against any.
checks:
  - unique: [model_id, observed_on]
  - not_null: [model_id, observed_on, weights_access, report_count]
  - one_of: {weights_access: [open, closed]}
*/
with vote as (
  select
    weights_flag.model_id,
    weights_flag.observed_on,
    weights_flag.has_open_weights,
    reseller_reliability.vote_weight,
    max(reseller_reliability.vote_weight) over (
      partition by weights_flag.model_id, weights_flag.observed_on
    ) as greatest_weight
  from core.weights_flag
  inner join core.reseller_reliability
    on weights_flag.host_tag = reseller_reliability.host_tag
    and weights_flag.observed_on = reseller_reliability.observed_on
  where not weights_flag.is_maker
),
weighed as (
  select
    model_id,
    observed_on,
    count(*) filter (where has_open_weights) as open_count,
    count(*) filter (where not has_open_weights) as closed_count,
    sum(
      case when has_open_weights then 1 else -1 end * case when greatest_weight = 0 then 1.0 else vote_weight end
    ) as balance
  from vote
  group by model_id, observed_on
)
select
  model_id,
  observed_on,
  case when balance > 0 then 'open' else 'closed' end as weights_access,
  case when balance > 0 then open_count else closed_count end as report_count
from weighed
where abs(balance) > 0.000000001
