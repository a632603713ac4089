/*
doc: Releases of language models with maker, date and access to weights, by today's best evidence.
grain: a model with a known release date
subject: releases
columns:
  model_id: text - the model
  name: text - its name
  organisation_id: text - who made it; null if unknown
  organisation_name: text - its name
  country_code: text - country of its headquarters; null if unknown
  released_on: date - first public release
  released_precision: text - day, month or year
  weights_access: text - open, closed or unknown
  evidence_source: text - whose word on weights it is; null when unknown
  known_on: date - first day any kept vintage shows the model
warnings:
  - The universe is what evaluations and gateways list, with every dated re-release as a model of its own; small community fine-tunes are mostly absent.
  - Weights that came out later count for the whole release, Grok-2 of August 2024 among them; marts.rated_release dates them apart.
checks:
  - unique: [model_id]
  - not_null: [model_id, released_on, weights_access]
  - one_of: {weights_access: [open, closed, unknown]}
  - at_least: 300
*/
select
  model.model_id,
  model.name,
  model.organisation_id,
  organisation.name as organisation_name,
  organisation.country_code,
  model.released_on,
  model.released_precision,
  model.weights_access,
  model.weights_source as evidence_source,
  model.first_observed_on as known_on
from core.model
left join core.organisation on model.organisation_id = organisation.organisation_id
where model.released_on is not null
  and model.untuned_of is null
  and (model.is_leading or model.is_listed is not false)
