/*
doc: What licence each repository on the Hub declares, and what its base models leave it to grant.
grain: a repository
subject: licences
columns:
  repository_tag: text - the repository
  base_count: bigint - base models it declares
  declared_class: text - class of the licence it declares; null where not known
  upstream_class: text - least known class among what others made and it was made from, however far up; null without any or where none is known
  has_unknown_upstream: boolean - whether something of others that it was made from has an unknown licence or is not in any capture
  effective_low: text - least class it can have; a derivative grants no more than it received
  effective_high: text - greatest class it can have; null where nothing at all is known
  effective_class: text - the class, where both are equal; null otherwise
warnings:
  - Who made a base model may put a successor under any other licence; so bases of the same author do not bind, but what they received from others does.
  - Base models are declared by uploaders, circles included; what declares none may still have one.
  - Licences known by memory alone count as unknown. So does a base without a licence tag, for its files may hold one; a repository of its own without a tag is L1.
checks:
  - unique: [repository_tag]
  - not_null: [repository_tag, base_count, has_unknown_upstream]
  - one_of:
      declared_class: [L0, L1, L2, L3, L4, L5, L6]
      effective_class: [L0, L1, L2, L3, L4, L5, L6]
  - no_rows:
      name: never_more_than_received
      doc: The effective class lies above neither the declared class nor that of anything upstream.
      sql: >-
        select * from core.licence_lineage
        where effective_high > declared_class or effective_high > upstream_class or effective_low > effective_high
*/
with recursive repository as (
  select
    hub_repository.repository_tag,
    case when licence_spelling.is_decisive then licence_spelling.licence_class end as declared_class
  from core.hub_repository
  left join core.licence_spelling
    on licence_spelling.catalogue = 'huggingface'
    and licence_spelling.licence_tag = case
      when hub_repository.licence_tag is null then 'none'
      when lower(hub_repository.licence_tag) = 'other'
        then coalesce(nullif(trim(hub_repository.licence_name_tag), ''), 'other')
      else hub_repository.licence_tag
    end
),
edge as (
  select distinct repository_tag as child, base_repository_tag as base
  from core.hub_base_model
  where is_current and base_repository_tag <> repository_tag
),
received as (
  select edge.child, coalesce(nullif(nullif(repository.declared_class, 'L0'), 'L1'), 'unknown') as class_word
  from edge
  left join repository on edge.base = repository.repository_tag
  where split_part(edge.child, '/', 1) <> split_part(edge.base, '/', 1)
  union
  select edge.child, received.class_word
  from received
  inner join edge on received.child = edge.base
),
upstream as (
  select
    child,
    min(class_word) filter (where class_word <> 'unknown') as upstream_class,
    count(*) filter (where class_word = 'unknown') > 0 as has_unknown_upstream
  from received
  group by child
),
based as (
  select child, count(*) as base_count
  from edge
  group by child
),
bounded as (
  select
    repository.repository_tag,
    coalesce(based.base_count, 0) as base_count,
    repository.declared_class,
    upstream.upstream_class,
    coalesce(upstream.has_unknown_upstream, false) as has_unknown_upstream,
    case
      when repository.declared_class is null then upstream.upstream_class
      when upstream.upstream_class is null then repository.declared_class
      else least(repository.declared_class, upstream.upstream_class)
    end as effective_high
  from repository
  left join based on repository.repository_tag = based.child
  left join upstream on repository.repository_tag = upstream.child
),
both_ends as (
  select
    repository_tag,
    base_count,
    declared_class,
    upstream_class,
    has_unknown_upstream,
    case
      when declared_class is null or has_unknown_upstream then least('L1', coalesce(effective_high, 'L1'))
      else effective_high
    end as effective_low,
    effective_high
  from bounded
)
select
  repository_tag,
  base_count,
  declared_class,
  upstream_class,
  has_unknown_upstream,
  effective_low,
  effective_high,
  case when effective_low = effective_high then effective_high end as effective_class
from both_ends
