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
declared_edge as (
  select distinct repository_tag as child_tag, base_repository_tag as base_tag
  from core.hub_base_model
  where is_current and base_repository_tag <> repository_tag
),
node as (
  select tag, cast(row_number() over (order by tag) as integer) as node_id
  from (
    select child_tag as tag from declared_edge
    union
    select base_tag from declared_edge
  ) as tags
),
edge as (
  select
    child.node_id as child,
    base.node_id as base,
    case
      when split_part(declared_edge.child_tag, '/', 1) = split_part(declared_edge.base_tag, '/', 1) then null
      when repository.declared_class > 'L1' then cast(substr(repository.declared_class, 2) as tinyint)
      else cast(9 as tinyint)
    end as class_number
  from declared_edge
  inner join node as child on declared_edge.child_tag = child.tag
  inner join node as base on declared_edge.base_tag = base.tag
  left join repository on declared_edge.base_tag = repository.repository_tag
),
received as (
  select child, class_number
  from edge
  where class_number is not null
  union
  select edge.child, received.class_number
  from received
  inner join edge on received.child = edge.base
),
upstream as (
  select
    child,
    'L' || cast(min(class_number) filter (where class_number < 9) as varchar) as upstream_class,
    count(*) filter (where class_number = 9) > 0 as has_unknown_upstream
  from received
  group by child
),
based as (
  select node.tag as child, count(*) as base_count, upstream.upstream_class, upstream.has_unknown_upstream
  from edge
  inner join node on edge.child = node.node_id
  left join upstream on edge.child = upstream.child
  group by node.tag, upstream.upstream_class, upstream.has_unknown_upstream
),
bounded as (
  select
    repository.repository_tag,
    coalesce(based.base_count, 0) as base_count,
    repository.declared_class,
    based.upstream_class,
    coalesce(based.has_unknown_upstream, false) as has_unknown_upstream,
    case
      when repository.declared_class is null then based.upstream_class
      when based.upstream_class is null then repository.declared_class
      else least(repository.declared_class, based.upstream_class)
    end as effective_high
  from repository
  left join based on repository.repository_tag = based.child
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
