/*
doc: What licence each repository on the Hub declares, and what its base models leave it to grant.
grain: a repository
subject: licences
columns:
  huggingface_id: text - the repository
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
  - Licences known by memory alone count as unknown.
checks:
  - unique: [huggingface_id]
  - not_null: [huggingface_id, base_count, has_unknown_upstream]
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
with recursive newest as (
  select
    huggingface_id,
    licence_tag,
    licence_name_tag,
    base_model_ids,
    row_number() over (partition by huggingface_id order by observed_at desc, position) as place
  from staging.huggingface_models
),
repository as (
  select
    newest.huggingface_id,
    newest.base_model_ids,
    case when licence_spelling.is_decisive then licence_spelling.licence_class end as declared_class
  from newest
  left join core.licence_spelling
    on licence_spelling.catalogue = 'huggingface'
    and licence_spelling.licence_tag = case
      when newest.licence_tag is null then 'none'
      when lower(newest.licence_tag) = 'other' then coalesce(nullif(trim(newest.licence_name_tag), ''), 'other')
      else newest.licence_tag
    end
  where newest.place = 1
),
declared as (
  select huggingface_id, unnest(cast(base_model_ids as json[])) as base
  from repository
  where base_model_ids is not null
),
edge as (
  select distinct huggingface_id as child, json_extract_string(base, '$') as base
  from declared
  where json_extract_string(base, '$') <> huggingface_id
),
received as (
  select edge.child, coalesce(nullif(repository.declared_class, 'L0'), 'unknown') as class_word
  from edge
  left join repository on edge.base = repository.huggingface_id
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
    repository.huggingface_id,
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
  left join based on repository.huggingface_id = based.child
  left join upstream on repository.huggingface_id = upstream.child
),
both_ends as (
  select
    huggingface_id,
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
  huggingface_id,
  base_count,
  declared_class,
  upstream_class,
  has_unknown_upstream,
  effective_low,
  effective_high,
  case when effective_low = effective_high then effective_high end as effective_class
from both_ends
