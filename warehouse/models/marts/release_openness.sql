/*
doc: Whether a release is open, under each of four definitions of open, with the day the evidence was first on record.
grain: a model and a definition
subject: openness
columns:
  model_id: text - the model
  definition: text - open_any (weights can be downloaded under any terms), open_unrestricted (under an open licence), osi_weights (under a licence the Open Source Initiative has approved) or osaid (meets the Open Source AI Definition 1.0)
  label: text - open, closed or unknown
  known_on: date - first day the evidence for the label was on record; null when unknown
  source: text - whose word it is; null when unknown
warnings:
  - Weights that cannot be downloaded are closed under every definition. Open weights whose licence is not known are unknown under the three stricter ones.
checks:
  - unique: [model_id, definition]
  - not_null: [model_id, definition, label]
  - one_of:
      definition: [open_any, open_unrestricted, osi_weights, osaid]
      label: [open, closed, unknown]
  - references: {model_id: marts.release.model_id}
*/
with word as (
  select
    model_id,
    source,
    weights_access,
    min(observed_on) as known_on
  from marts.release_evidence
  group by model_id, source, weights_access
),
definition as (
  select 'open_any' as definition, true as is_any
  union all
  select 'open_unrestricted', false
  union all
  select 'osi_weights', false
  union all
  select 'osaid', false
)
select
  release.model_id,
  definition.definition,
  case
    when definition.is_any then release.weights_access
    when release.weights_access = 'closed' then 'closed'
    else 'unknown'
  end as label,
  case when definition.is_any or release.weights_access = 'closed' then word.known_on end as known_on,
  case when definition.is_any or release.weights_access = 'closed' then release.evidence_source end as source
from marts.release
cross join definition
left join word
  on release.model_id = word.model_id
  and release.evidence_source = word.source
  and release.weights_access = word.weights_access
