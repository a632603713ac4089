/*
doc: Spellings of licences that tell no class or none that a verdict may rest on, those that leave most models unclassed first to look up.
grain: a spelling in a catalogue
subject: licences
columns:
  catalogue: text - who writes it so
  licence_tag: text - the licence exactly as written
  licence_key: text - the licence we take it for; null where it was never seen
  problem: text - unmapped (never seen), ambiguous (a name that can stand for anything) or memory (class by memory alone)
  record_count: bigint - records that write it so
  model_count: bigint - models it is said of
  undecided_count: bigint - of those, models of which no other source tells the class
  downloads_30d_count: bigint - downloads of the last 30 days of repositories on the Hub that declare it, when last seen
checks:
  - unique: [catalogue, licence_tag]
  - not_null: [catalogue, licence_tag, problem, record_count, model_count, undecided_count, downloads_30d_count]
  - one_of: {problem: [unmapped, ambiguous, memory]}
*/
with said as (
  select
    case when licence_evidence.source = 'llmfit' then 'huggingface' else licence_evidence.source end as catalogue,
    licence_evidence.licence_tag,
    count(distinct licence_evidence.model_id) as model_count,
    count(distinct case when model_licence.declared_high is null then licence_evidence.model_id end) as undecided_count
  from core.licence_evidence
  inner join core.model_licence on licence_evidence.model_id = model_licence.model_id
  group by
    case when licence_evidence.source = 'llmfit' then 'huggingface' else licence_evidence.source end,
    licence_evidence.licence_tag
),
downloaded as (
  select
    case
      when licence_tag is null then 'none'
      when lower(licence_tag) = 'other' then coalesce(nullif(trim(licence_name_tag), ''), 'other')
      else licence_tag
    end as licence_tag,
    cast(sum(downloads_30d_count) as bigint) as downloads_30d_count
  from core.hub_repository
  group by
    case
      when licence_tag is null then 'none'
      when lower(licence_tag) = 'other' then coalesce(nullif(trim(licence_name_tag), ''), 'other')
      else licence_tag
    end
)
select
  licence_spelling.catalogue,
  licence_spelling.licence_tag,
  licence_spelling.licence_key,
  licence_spelling.problem,
  licence_spelling.record_count,
  coalesce(said.model_count, 0) as model_count,
  coalesce(said.undecided_count, 0) as undecided_count,
  coalesce(downloaded.downloads_30d_count, 0) as downloads_30d_count
from core.licence_spelling
left join said
  on licence_spelling.catalogue = said.catalogue and licence_spelling.licence_tag = said.licence_tag
left join downloaded
  on licence_spelling.catalogue = 'huggingface' and licence_spelling.licence_tag = downloaded.licence_tag
where licence_spelling.problem is not null
