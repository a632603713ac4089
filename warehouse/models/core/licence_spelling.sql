/*
doc: Every spelling of a licence that a source uses, with the licence and the class we take it for.
grain: a spelling in a catalogue
subject: licences
columns:
  catalogue: text - who writes it so; leading_model, huggingface, bfcl, mteb, arena, osai, mot or ecosystem_graphs
  licence_tag: text - the licence exactly as written; none where the Hub has no licence for a repository
  licence_key: text - the licence; of several the strictest; null where a part is not known
  licence_class: text - L0 to L6, of several licences the least; null where a part is not known or can mean anything
  part_count: bigint - licences that the spelling joins
  is_decisive: boolean - whether a verdict may rest on it (known, of one class, and not from memory alone)
  problem: text - unmapped (a part was never seen before), ambiguous (a name without a class), memory (class by memory alone) or null
  record_count: bigint - records that write it so
warnings:
  - Of licences offered as a choice the strictest counts, too.
checks:
  - unique: [catalogue, licence_tag]
  - not_null: [catalogue, licence_tag, part_count, is_decisive, record_count]
  - one_of:
      licence_class: [L0, L1, L2, L3, L4, L5, L6]
      problem: [unmapped, ambiguous, memory]
  - no_rows:
      name: never_silently_a_class
      doc: What was never seen has no class, and what has a problem decides nothing.
      sql: >-
        select * from core.licence_spelling
        where problem in ('unmapped', 'ambiguous') and licence_class is not null
        or is_decisive <> (problem is null)
*/
with mot_component as (
  select unnest(cast(components as json[])) as component
  from staging.openness_mot
),
written as (
  select 'leading_model' as catalogue, licence_tag
  from reference.leading_model
  union all
  select
    'huggingface',
    case
      when licence_tag is null then 'none'
      when lower(licence_tag) = 'other' then coalesce(nullif(trim(licence_name_tag), ''), 'other')
      else licence_tag
    end
  from core.hub_repository_history
  union all
  select 'huggingface', licence_tag from staging.llmfit_repositories
  union all
  select 'bfcl', licence_tag from staging.bfcl_models
  union all
  select 'mteb', licence_tag from staging.mteb_models
  union all
  select 'arena', licence_tag from staging.lmarena_ratings
  union all
  select 'osai', licence_tag from staging.openness_osai
  union all
  select 'ecosystem_graphs', licence_tag from staging.ecosystem_graphs where type_tag = 'model'
  union all
  select 'mot', distribution_licence_tag from staging.openness_mot
  union all
  select 'mot', code_licence_tag from staging.openness_mot
  union all
  select 'mot', data_licence_tag from staging.openness_mot
  union all
  select 'mot', document_licence_tag from staging.openness_mot
  union all
  select 'mot', nullif(trim(json_extract_string(component, '$.license')), '') from mot_component
),
tag as (
  select catalogue, licence_tag, count(*) as record_count
  from written
  where licence_tag is not null and trim(licence_tag) <> ''
  group by catalogue, licence_tag
),
alias as (
  select
    catalogue,
    regexp_replace(regexp_replace(lower(licence_tag), '[^a-z0-9.+]+', '-', 'g'), '(^-+|-+$)', '', 'g') as slug,
    min(licence_key) as licence_key
  from reference.licence_alias
  group by
    catalogue,
    regexp_replace(regexp_replace(lower(licence_tag), '[^a-z0-9.+]+', '-', 'g'), '(^-+|-+$)', '', 'g')
),
whole as (
  select
    tag.catalogue,
    tag.licence_tag,
    tag.record_count,
    regexp_replace(regexp_replace(lower(tag.licence_tag), '[^a-z0-9.+]+', '-', 'g'), '(^-+|-+$)', '', 'g') as slug
  from tag
),
known_whole as (
  select
    whole.catalogue,
    whole.licence_tag,
    whole.record_count,
    whole.slug,
    own_alias.licence_key is not null
      or any_alias.licence_key is not null
      or licence_class.licence_key is not null as is_known
  from whole
  left join alias as own_alias on whole.catalogue = own_alias.catalogue and whole.slug = own_alias.slug
  left join alias as any_alias on any_alias.catalogue = 'any' and whole.slug = any_alias.slug
  left join reference.licence_class on whole.slug = licence_class.licence_key
),
part as (
  select catalogue, licence_tag, record_count, slug
  from known_whole
  where is_known
  union all
  select
    catalogue,
    licence_tag,
    record_count,
    unnest(string_split_regex(lower(licence_tag), '(\s*[,;|]\s*|\s+\+\s+|\s+and\s+|\s+or\s+|\s+with\s+)')) as slug
  from known_whole
  where not is_known
),
slugged as (
  select
    catalogue,
    licence_tag,
    record_count,
    coalesce(
      nullif(regexp_replace(regexp_replace(lower(slug), '[^a-z0-9.+]+', '-', 'g'), '(^-+|-+$)', '', 'g'), ''),
      lower(slug)
    ) as slug
  from part
),
exception as (
  select distinct lower(spdx_id) as slug
  from staging.scancode_licences
  where is_exception and spdx_id is not null
),
osi_approved as (
  select distinct lower(spdx_id) as slug
  from core.licence
  where is_osi_approved
),
resolved as (
  select
    slugged.catalogue,
    slugged.licence_tag,
    slugged.record_count,
    coalesce(own_alias.licence_key, any_alias.licence_key, by_key.licence_key, osi_approved.slug) as licence_key
  from slugged
  left join alias as own_alias on slugged.catalogue = own_alias.catalogue and slugged.slug = own_alias.slug
  left join alias as any_alias on any_alias.catalogue = 'any' and slugged.slug = any_alias.slug
  left join reference.licence_class as by_key on slugged.slug = by_key.licence_key
  left join osi_approved on slugged.slug = osi_approved.slug
  left join exception on slugged.slug = exception.slug
  where exception.slug is null
),
judged as (
  select
    resolved.catalogue,
    resolved.licence_tag,
    resolved.record_count,
    resolved.licence_key,
    case
      when licence_class.licence_key is not null then licence_class.licence_class
      when resolved.licence_key is not null then 'L6'
    end as licence_class,
    coalesce(licence_class.evidence, 'spdx') as evidence
  from resolved
  left join reference.licence_class on resolved.licence_key = licence_class.licence_key
),
summed as (
  select
    catalogue,
    licence_tag,
    min(record_count) as record_count,
    count(*) as part_count,
    count(*) filter (where licence_key is null) as unmapped_count,
    count(*) filter (where licence_class is null) as unclassed_count,
    count(*) filter (where evidence = 'memory') as memory_count,
    min(licence_class) as least_class,
    min(licence_key) as first_key,
    min_by(licence_key, licence_class || ' ' || licence_key) as strictest_key
  from judged
  group by catalogue, licence_tag
)
select
  catalogue,
  licence_tag,
  case
    when unmapped_count > 0 then null
    when part_count = 1 then first_key
    when unclassed_count = 0 then strictest_key
  end as licence_key,
  case when unclassed_count = 0 then least_class end as licence_class,
  part_count,
  unclassed_count = 0 and memory_count = 0 as is_decisive,
  case
    when unmapped_count > 0 then 'unmapped'
    when unclassed_count > 0 then 'ambiguous'
    when memory_count > 0 then 'memory'
  end as problem,
  record_count
from summed
