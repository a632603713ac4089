/*
doc: The class of licence each source's newest word gives a model, the strongest source first.
grain: a model and a source
subject: licences
columns:
  model_id: text - the model
  source: text - leading_model, reference (read for the family by hand), huggingface, llmfit, arena, bfcl, osai, mot, ecosystem_graphs, or epoch, which names bounds and no licence
  precedence: integer - 1 is the strongest
  subject_tag: text - what the source speaks of, as it writes it
  licence_tag: text - licence or kind of access as written
  licence_key: text - the licence; null where a source names none or its spelling is not known
  class_low: text - least class it can be; null where not known
  class_high: text - greatest class it can be; null where not known
  gate_tag: text - false, auto or manual; null where the source does not tell
  is_decisive: boolean - whether a verdict may rest on it
  first_observed_on: date - first kept vintage in which it said so
  last_observed_on: date - last kept vintage in which it said so
warnings:
  - Of several repositories of a model the one that is no derivative counts, then the one seen first.
checks:
  - unique: [model_id, source]
  - not_null: [model_id, source, precedence, licence_tag, is_decisive, first_observed_on, last_observed_on]
  - one_of:
      class_low: [L0, L1, L2, L3, L4, L5, L6]
      class_high: [L0, L1, L2, L3, L4, L5, L6]
  - no_rows:
      name: bounds_in_order
      doc: The least class does not lie above the greatest.
      sql: select * from core.licence_evidence where class_low > class_high
*/
with derived_repository as (
  select repository_tag
  from core.hub_repository
  where base_relation_tag is not null
),
word as (
  select
    licence_word.model_id,
    licence_word.source,
    licence_word.precedence,
    licence_word.subject_tag,
    licence_word.licence_tag,
    licence_spelling.licence_key,
    licence_spelling.licence_class as class_low,
    licence_spelling.licence_class as class_high,
    licence_word.gate_tag,
    coalesce(licence_spelling.is_decisive, false) as is_decisive,
    licence_word.valid_from as first_observed_on,
    licence_word.valid_to as last_observed_on,
    derived_repository.repository_tag is not null as is_derived
  from core.licence_word
  left join core.licence_spelling
    on licence_spelling.catalogue = case when licence_word.source = 'llmfit' then 'huggingface' else licence_word.source end
    and licence_word.licence_tag = licence_spelling.licence_tag
  left join derived_repository
    on licence_word.source in ('huggingface', 'llmfit') and licence_word.subject_tag = derived_repository.repository_tag
  where licence_word.model_id is not null
  union all
  select
    openness_member.model_id,
    'reference',
    2,
    openness_component.subject,
    openness_component.licence_key,
    openness_component.licence_key,
    licence_class.licence_class,
    licence_class.licence_class,
    null,
    licence_class.evidence <> 'memory' and licence_class.licence_class is not null,
    openness_component.read_on,
    openness_component.read_on,
    false
  from reference.openness_component
  inner join core.openness_member on openness_component.subject = openness_member.subject
  inner join reference.licence_class on openness_component.licence_key = licence_class.licence_key
  where openness_component.component = 'weights' and openness_component.evidence <> 'memory'
  union all
  select
    alias.model_id,
    'epoch',
    7,
    epoch_models.name,
    epoch_models.accessibility_tag,
    null,
    openness_crosswalk.class_low,
    openness_crosswalk.class_high,
    null,
    openness_crosswalk.class_low is not null,
    cast(epoch_models.observed_at as date),
    cast(epoch_models.observed_at as date),
    false
  from staging.epoch_models
  inner join core.alias on alias.catalogue = 'epoch' and epoch_models.name = alias.alias_tag
  left join reference.openness_crosswalk
    on openness_crosswalk.label_set = 'epoch' and epoch_models.accessibility_tag = openness_crosswalk.label
  where alias.model_id is not null and epoch_models.accessibility_tag is not null
),
ranked as (
  select
    model_id,
    source,
    precedence,
    subject_tag,
    licence_tag,
    licence_key,
    class_low,
    class_high,
    gate_tag,
    is_decisive,
    min(first_observed_on) over (partition by model_id, source, subject_tag, licence_tag) as first_observed_on,
    last_observed_on,
    row_number() over (
      partition by model_id, source
      order by is_derived, last_observed_on desc, is_decisive desc, first_observed_on, subject_tag, licence_tag
    ) as place
  from word
)
select
  model_id,
  source,
  cast(precedence as integer) as precedence,
  subject_tag,
  licence_tag,
  licence_key,
  class_low,
  class_high,
  gate_tag,
  is_decisive,
  first_observed_on,
  last_observed_on
from ranked
where place = 1
