/*
doc: Which models belong to a family whose openness was judged in public.
grain: a family and a model
subject: openness
columns:
  subject: text - the family, see reference.openness_subject
  model_id: text - the model
checks:
  - unique: [subject, model_id]
  - not_null: [subject, model_id]
*/
with known as (
  select model_id from core.alias where model_id is not null
  union
  select model_id from reference.leading_model
)
select openness_subject.subject, known.model_id
from known
inner join reference.openness_subject on regexp_matches(known.model_id, openness_subject.model_pattern)
