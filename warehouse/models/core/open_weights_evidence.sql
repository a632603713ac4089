/*
doc: What each source says about whether a model's weights can be downloaded, and since when it says so.
grain: a model, a source and what it says
subject: openness
columns:
  model_id: text - the model
  source: text - a source of core.open_weights_word, or models_dev_resellers (core.open_weights_vote)
  precedence: integer - 1 is the strongest; hand-checked facts before curated lists before catalogues
  weights_access: text - open (downloadable under any licence) or closed
  first_observed_on: date - first kept vintage in which it said so
  last_observed_on: date - last kept vintage in which it said so
  report_count: bigint - listings that said so, over all vintages
warnings:
  - Facts marked as known from memory only are left out.
checks:
  - unique: [model_id, source, weights_access]
  - not_null: [model_id, source, precedence, weights_access, first_observed_on]
  - one_of: {weights_access: [open, closed]}
  - at_least: 500
*/
with said as (
  select model_id, source, precedence, weights_access, observed_on, report_count
  from core.open_weights_word
  union all
  select model_id, 'models_dev_resellers', 4, weights_access, observed_on, report_count
  from core.open_weights_vote
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
