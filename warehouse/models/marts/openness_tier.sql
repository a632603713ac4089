/*
doc: How open each release is on one gradient of seven tiers, by its facts and by whose word on them.
grain: a model with a known release date
subject: openness
columns:
  model_id: text - the model
  name: text - its name
  organisation_id: text - who made it; null if unknown
  released_on: date - first public release
  weights_form: text - downloadable, api, hosted, none, withheld (not downloadable, more is not known) or unknown
  weights_source: text - whose word that is; null when unknown
  licence_key: text - declared licence of the weights; null where none is known by name
  licence_source: text - whose word that is; null when unknown
  declared_class: text - class of the declared licence; null unless it is one
  effective_class: text - class left after what it was made from; null unless it is one
  gate: text - none, auto, manual or unknown
  tier_low: integer - least tier it can be, 0 unreleased, 1 hosted or API, 2 by application, unlicensed or research only, 3 community or use-restricted, 4 open weights, 5 open source AI, 6 open science
  tier_high: integer - greatest tier it can be
  tier_name: text - the tier in words; null unless known, and open weights or more where only that is known
  solaiman_level: integer - place on Solaiman's gradient of release, 1 fully closed to 6 fully open; null where not known
  mof_class: text - class by the Model Openness Framework; null where the tool has no entry
checks:
  - unique: [model_id]
  - not_null: [model_id, released_on, weights_form, gate, tier_low, tier_high]
  - references: {model_id: marts.release.model_id}
*/
select
  release.model_id,
  release.name,
  release.organisation_id,
  release.released_on,
  openness.weights_form,
  openness.weights_source,
  openness.licence_key,
  openness.licence_source,
  openness.declared_class,
  openness.effective_class,
  openness.gate,
  openness.tier_low,
  openness.tier_high,
  openness.tier_name,
  openness.solaiman_level,
  openness.mof_class
from marts.release as release
inner join core.model_openness as openness on release.model_id = openness.model_id
