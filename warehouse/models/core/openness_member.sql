/*
doc: Which models the parts read by hand are parts of, those of a family judged in public and those read for one model.
grain: a subject and a model
subject: openness
columns:
  subject: text - the family, see reference.openness_subject, or the model itself
  model_id: text - the model
checks:
  - unique: [subject, model_id]
  - not_null: [subject, model_id]
*/
with known as (
  select model_id from core.alias where model_id is not null
  union
  select model_id from reference.leading_model
),
alone as (
  select distinct openness_component.subject
  from reference.openness_component
  left join reference.openness_subject on openness_component.subject = openness_subject.subject
  where openness_subject.subject is null
)
select openness_subject.subject, known.model_id
from known
inner join reference.openness_subject
  on substr(known.model_id, 1, 2) = substr(openness_subject.model_pattern, 2, 2)
  and regexp_matches(known.model_id, openness_subject.model_pattern)
union all
select alone.subject, known.model_id
from known
inner join alone on known.model_id = alone.subject
