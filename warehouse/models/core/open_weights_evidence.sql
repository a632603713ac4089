/*
doc: What each source says about whether a model's weights can be downloaded, and since when it says so.
grain: a model, a source and what it says
subject: openness
columns:
  model_id: text - the model
  source: text - a source of core.open_weights_word, or models_dev_resellers (other hosts, each vote weighted by core.reseller_reliability)
  precedence: integer - 1 is the strongest; hand-checked facts before curated lists before catalogues
  weights_access: text - open (downloadable under any licence) or closed
  first_observed_on: date - first kept vintage in which it said so
  last_observed_on: date - last kept vintage in which it said so
  report_count: bigint - listings that said so, over all vintages
warnings:
  - Resellers' flags are typed by many hands and disagree for about a third of the models that several of them list. Each vote weighs the log-odds of its host's agreement with stronger sources, or the same for all on a day when no host could be held against any; ties say nothing here.
  - Facts marked as known from memory only are left out.
checks:
  - unique: [model_id, source, weights_access]
  - not_null: [model_id, source, precedence, weights_access, first_observed_on]
  - one_of: {weights_access: [open, closed]}
  - at_least: 500
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
),
said as (
  select model_id, source, precedence, weights_access, observed_on, report_count
  from core.open_weights_word
  union all
  select
    model_id,
    'models_dev_resellers',
    4,
    case when balance > 0 then 'open' else 'closed' end,
    observed_on,
    case when balance > 0 then open_count else closed_count end
  from weighed
  where abs(balance) > 0.000000001
)
select
  model_id,
  source,
  cast(min(precedence) as integer) as precedence,
  weights_access,
  min(observed_on) as first_observed_on,
  max(observed_on) as last_observed_on,
  cast(sum(report_count) as bigint) as report_count
from said
group by model_id, source, weights_access
