/*
doc: What each source said of a model's licence and gate, and from when to when it said so without a break.
grain: a subject of a source and the day from which it said so
subject: licences
columns:
  source: text - leading_model (checked by hand), huggingface, llmfit (its copy of Hub records), arena, bfcl, osai, mot or ecosystem_graphs
  precedence: integer - 1 is the strongest; what was checked by hand before the repository itself before lists
  subject_tag: text - what the source speaks of, as it writes it
  model_id: text - the model that is; null where nothing joins it
  licence_tag: text - licence as written; none where the Hub has none for a repository
  gate_tag: text - false, auto (after accepting terms) or manual (after the author agrees); null where the source does not tell
  valid_from: date - first kept vintage in which it said so
  valid_to: date - last kept vintage in which it said so
warnings:
  - A repository on the Hub has a row for each of its spells in core.hub_repository_history, also where only its base models changed.
  - Arena fills licences in backwards, so only the day of a capture counts as the day it said so.
  - A hand-checked licence whose note says that it is known from memory is left out.
checks:
  - unique: [source, subject_tag, valid_from]
  - not_null: [source, precedence, subject_tag, licence_tag, valid_from, valid_to]
  - one_of: {source: [leading_model, huggingface, llmfit, arena, bfcl, osai, mot, ecosystem_graphs]}
*/
with said as (
  select
    'leading_model' as source,
    model_id as subject_tag,
    licence_tag,
    cast(null as varchar) as gate_tag,
    read_on as observed_on
  from reference.leading_model
  where evidence <> 'memory' and coalesce(note, '') not like '%licence tag by memory%'
  union all
  select 'llmfit', repository_tag, licence_tag, null, cast(observed_at as date)
  from staging.llmfit_repositories
  union all
  select 'bfcl', model_tag, licence_tag, null, cast(observed_at as date)
  from staging.bfcl_models
  union all
  select 'arena', arena_name, licence_tag, null, cast(observed_at as date)
  from staging.lmarena_ratings
  union all
  select 'osai', name, licence_tag, null, cast(observed_at as date)
  from staging.openness_osai
  union all
  select 'mot', mof_class.name, mof_component.licence_tag, null, mof_class.observed_on
  from core.mof_component
  inner join core.mof_class on mof_component.mot_id = mof_class.mot_id
  where mof_component.component = 'Model parameters (Final)'
  union all
  select 'ecosystem_graphs', name, licence_tag, null, cast(observed_at as date)
  from staging.ecosystem_graphs
  where type_tag = 'model'
),
daily as (
  select source, subject_tag, observed_on, min(licence_tag) as licence_tag, min(gate_tag) as gate_tag
  from said
  where licence_tag is not null and trim(licence_tag) <> ''
  group by source, subject_tag, observed_on
),
followed as (
  select
    source,
    subject_tag,
    observed_on,
    licence_tag,
    gate_tag,
    lag(licence_tag) over (partition by source, subject_tag order by observed_on) as licence_before,
    lag(gate_tag) over (partition by source, subject_tag order by observed_on) as gate_before
  from daily
),
numbered as (
  select
    source,
    subject_tag,
    observed_on,
    licence_tag,
    gate_tag,
    sum(
      case
        when licence_tag is not distinct from licence_before and gate_tag is not distinct from gate_before then 0
        else 1
      end
    ) over (partition by source, subject_tag order by observed_on) as spell_number
  from followed
),
spell as (
  select
    source,
    subject_tag,
    min(licence_tag) as licence_tag,
    min(gate_tag) as gate_tag,
    min(observed_on) as valid_from,
    max(observed_on) as valid_to
  from numbered
  group by source, subject_tag, spell_number
  union all
  select
    'huggingface',
    repository_tag,
    case
      when licence_tag is null then 'none'
      when lower(licence_tag) = 'other' then coalesce(nullif(trim(licence_name_tag), ''), 'other')
      else licence_tag
    end,
    gate_tag,
    valid_from,
    last_observed_on
  from core.hub_repository_history
)
select
  spell.source,
  cast(
    case spell.source
      when 'leading_model' then 1
      when 'huggingface' then 2
      when 'llmfit' then 3
      when 'osai' then 3
      when 'arena' then 4
      when 'bfcl' then 4
      when 'mot' then 5
      else 6
    end as integer
  ) as precedence,
  spell.subject_tag,
  case when spell.source = 'leading_model' then spell.subject_tag else alias.model_id end as model_id,
  spell.licence_tag,
  spell.gate_tag,
  spell.valid_from,
  spell.valid_to
from spell
left join core.alias
  on alias.catalogue = case when spell.source = 'llmfit' then 'huggingface' else spell.source end
  and spell.subject_tag = alias.alias_tag
