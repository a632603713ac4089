/*
doc: Each word on a model's weights with the days on which it was said, for replaying what was known when.
grain: a model, a source, a day and what it says
subject: openness
columns:
  model_id: text - the model
  organisation_id: text - who made it; null if unknown
  released_on: date - release date, by the best evidence of today; null if unknown
  source: text - whose word it is
  weights_access: text - open or closed
  observed_on: date - day on which it was said; of what was said before the release, the day of that
  precedence: integer - 1 is the strongest
  report_count: bigint - records that said so
warnings:
  - The release date is today's best, and so is which host counts as the maker's own; only the word on weights is replayed.
checks:
  - unique: [model_id, source, observed_on, weights_access]
  - not_null: [model_id, source, weights_access, observed_on, precedence, report_count]
*/
with said as (
  select model_id, source, precedence, weights_access, observed_on, report_count
  from core.open_weights_word
  union all
  select model_id, 'models_dev_resellers', 4, weights_access, observed_on, report_count
  from core.open_weights_vote
)
select
  said.model_id,
  model.organisation_id,
  model.released_on,
  said.source,
  said.weights_access,
  greatest(said.observed_on, model.released_on) as observed_on,
  cast(min(said.precedence) as integer) as precedence,
  cast(sum(said.report_count) as bigint) as report_count
from said
inner join core.model on said.model_id = model.model_id
group by
  said.model_id,
  model.organisation_id,
  model.released_on,
  said.source,
  said.weights_access,
  greatest(said.observed_on, model.released_on)
