/*
doc: Whether a release is open, under each of four definitions of open, with the day the evidence was first on record.
grain: a model and a definition
subject: openness
columns:
  model_id: text - the model
  definition: text - open_any (weights can be downloaded under any terms), open_unrestricted (under an open licence and not by application), osi_weights (under a licence the Open Source Initiative has approved) or osaid (meets the Open Source AI Definition 1.0)
  label: text - open, closed or unknown
  known_on: date - first day the evidence for the label was on record; null when unknown
  source: text - whose word it is; null when unknown
warnings:
  - Weights that cannot be downloaded are closed under every definition. Open weights whose licence is not known are unknown under the three stricter ones.
  - The licence is the one in force where it was read. A release whose licence changed later carries today's.
checks:
  - unique: [model_id, definition]
  - not_null: [model_id, definition, label]
  - one_of:
      definition: [open_any, open_unrestricted, osi_weights, osaid]
      label: [open, closed, unknown]
  - references: {model_id: marts.release.model_id}
  - no_rows:
      name: known_or_unknown
      doc: A label that is known has a day, and one that is unknown has none.
      sql: select * from marts.release_openness where (label = 'unknown') <> (known_on is null)
*/
with judged as (
  select
    model_id, 'open_any' as definition, open_any as answer, weights_source as source, weights_known_on as known_on
  from core.model_openness
  union all
  select
    model_id,
    'open_unrestricted',
    open_unrestricted,
    case when weights_form in ('downloadable', 'unknown') then licence_source else weights_source end,
    case
      when weights_form = 'downloadable' then greatest(weights_known_on, licence_known_on)
      when weights_form = 'unknown' then licence_known_on
      else weights_known_on
    end
  from core.model_openness
  union all
  select
    model_id,
    'osi_weights',
    osi_weights,
    case when weights_form in ('downloadable', 'unknown') then licence_source else weights_source end,
    case
      when weights_form = 'downloadable' then greatest(weights_known_on, licence_known_on)
      when weights_form = 'unknown' then licence_known_on
      else weights_known_on
    end
  from core.model_openness
  union all
  select
    model_id,
    'osaid',
    osaid,
    case
      when weights_form not in ('downloadable', 'unknown') then weights_source
      when osi_weights = 'no' then licence_source
      else 'components'
    end,
    case
      when weights_form not in ('downloadable', 'unknown') then weights_known_on
      when osi_weights = 'no' then greatest(weights_known_on, licence_known_on)
      when osaid = 'yes' then greatest(weights_known_on, licence_known_on, components_known_on)
      else components_known_on
    end
  from core.model_openness
)
select
  release.model_id,
  judged.definition,
  case judged.answer when 'yes' then 'open' when 'no' then 'closed' else 'unknown' end as label,
  case when judged.answer in ('yes', 'no') then greatest(judged.known_on, release.released_on) end as known_on,
  case when judged.answer in ('yes', 'no') then judged.source end as source
from marts.release
inner join judged on release.model_id = judged.model_id
