/*
doc: Models and Hub repositories that declare a freer licence than what they were made from leaves them to grant.
grain: a model or a repository
subject: licences
columns:
  kind: text - model or repository
  thing_tag: text - the model's id, or the repository as the Hub writes it
  declared_class: text - class of the licence it declares, the least it can be
  upstream_class: text - least known class among what others made and it was made from
  drift: integer - classes by which it declares more than it received, at least; unknown licences upstream can only add to it
checks:
  - unique: [kind, thing_tag]
  - not_null: [kind, thing_tag, declared_class, upstream_class, drift]
  - one_of: {kind: [model, repository]}
  - between: {drift: [1, 6]}
*/
select
  'repository' as kind,
  repository_tag as thing_tag,
  declared_class,
  upstream_class,
  cast(substr(declared_class, 2) as integer) - cast(substr(effective_high, 2) as integer) as drift
from core.licence_lineage
where declared_class > effective_high
union all
select
  'model',
  model_openness.model_id,
  model_licence.declared_low,
  model_licence.upstream_class,
  model_openness.drift
from core.model_openness
inner join core.model_licence on model_openness.model_id = model_licence.model_id
where model_openness.drift > 0
