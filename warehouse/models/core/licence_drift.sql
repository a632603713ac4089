/*
doc: Repositories on the Hub that declare a freer licence than what they were made from leaves them to grant.
grain: a repository
subject: licences
columns:
  repository_tag: text - the repository
  declared_class: text - class of the licence it declares
  upstream_class: text - least known class among all it was made from
  drift: integer - classes by which it declares more than it received, at least; unknown licences upstream can only add to it
checks:
  - unique: [repository_tag]
  - not_null: [repository_tag, declared_class, upstream_class, drift]
  - between: {drift: [1, 6]}
*/
select
  repository_tag,
  declared_class,
  upstream_class,
  cast(substr(declared_class, 2) as integer) - cast(substr(effective_high, 2) as integer) as drift
from core.licence_lineage
where declared_class > effective_high
