/*
doc: Systems that the European Open Source AI Index judges, with the points its twelve dimensions come to, newest capture.
grain: a system
subject: openness
columns:
  osai_id: text - name of the system's file in the index
  name: text - the system, mostly a family of models
  organisation_tag: text - who made it, as the index spells it
  type_tag: text - what it makes, such as text or image
  licence_tag: text - licence of the end model as typed
  points: double - a point for each dimension judged open, half a point for each judged partial; 12 at most
  observed_on: date - day of the capture
checks:
  - unique: [osai_id]
  - not_null: [osai_id, name, points, observed_on]
  - between: {points: [0, 12]}
*/
with newest as (
  select max(observed_at) as observed_at from staging.openness_osai
)
select
  openness_osai.osai_id,
  openness_osai.name,
  openness_osai.organisation_tag,
  openness_osai.type_tag,
  openness_osai.licence_tag,
  cast(
    case datasources_basemodel_tag when 'open' then 2 when 'partial' then 1 else 0 end
    + case datasources_endmodel_tag when 'open' then 2 when 'partial' then 1 else 0 end
    + case weights_basemodel_tag when 'open' then 2 when 'partial' then 1 else 0 end
    + case weights_endmodel_tag when 'open' then 2 when 'partial' then 1 else 0 end
    + case trainingcode_tag when 'open' then 2 when 'partial' then 1 else 0 end
    + case code_tag when 'open' then 2 when 'partial' then 1 else 0 end
    + case hardware_architecture_tag when 'open' then 2 when 'partial' then 1 else 0 end
    + case preprint_tag when 'open' then 2 when 'partial' then 1 else 0 end
    + case paper_tag when 'open' then 2 when 'partial' then 1 else 0 end
    + case modelcard_tag when 'open' then 2 when 'partial' then 1 else 0 end
    + case datasheet_tag when 'open' then 2 when 'partial' then 1 else 0 end
    + case licenses_tag when 'open' then 2 when 'partial' then 1 else 0 end
    as double
  ) / 2 as points,
  cast(openness_osai.observed_at as date) as observed_on
from staging.openness_osai
inner join newest on openness_osai.observed_at = newest.observed_at
