/*
doc: Systems of the European Open Source AI Index with their points and whether the licence of the end model is approved by the Open Source Initiative.
grain: a system
subject: openness
columns:
  osai_id: text - name of the system's file in the index
  name: text - the system, mostly a family of models
  organisation_tag: text - who made it, as the index spells it
  type_tag: text - what it makes, such as text or image
  licence_tag: text - licence of the end model as typed
  is_osi_approved: boolean - whether that licence is on the list of the Open Source Initiative; null where the spelling is not known
  points: double - a point for each dimension judged open, half for partial; 12 at most
  observed_on: date - day of the capture
warnings:
  - Only systems that are called open are judged.
checks:
  - unique: [osai_id]
  - not_null: [osai_id, name, points, observed_on]
*/
with approved as (
  select lower(spdx_id) as licence_key, max(case when is_osi_approved then 1 else 0 end) as approved
  from core.licence
  where spdx_id is not null
  group by lower(spdx_id)
)
select
  judged_system.osai_id,
  judged_system.name,
  judged_system.organisation_tag,
  judged_system.type_tag,
  judged_system.licence_tag,
  case when approved.licence_key is not null then approved.approved = 1 end as is_osi_approved,
  judged_system.points,
  judged_system.observed_on
from core.judged_system
left join approved on replace(lower(judged_system.licence_tag), ' ', '-') = approved.licence_key
