/*
doc: Each source's word on the weights of a release of marts.release with the day it was first on record, for replaying what was known when.
grain: a model, a source and what it says
subject: openness
columns:
  model_id: text - the model
  organisation_id: text - who made it; null if unknown
  released_on: date - release date, by the best evidence of today
  source: text - whose word it is
  weights_access: text - open or closed
  observed_on: date - first day the word was on record
  precedence: integer - 1 is the strongest
warnings:
  - The release date is today's best, and so is which host counts as the maker's own; only the word on weights is replayed.
checks:
  - unique: [model_id, source, weights_access]
  - not_null: [model_id, released_on, source, weights_access, observed_on, precedence]
*/
select
  open_weights_evidence.model_id,
  model.organisation_id,
  model.released_on,
  open_weights_evidence.source,
  open_weights_evidence.weights_access,
  greatest(open_weights_evidence.first_observed_on, model.released_on) as observed_on,
  open_weights_evidence.precedence
from core.open_weights_evidence
inner join core.model on open_weights_evidence.model_id = model.model_id
where model.released_on is not null
  and model.untuned_of is null
  and (model.is_leading or model.is_listed is not false)
