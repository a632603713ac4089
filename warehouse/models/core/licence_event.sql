/*
doc: Days on which a source began to say something else of a model's licence or gate.
grain: a subject of a source and a day
subject: licences
columns:
  source: text - who says so
  subject_tag: text - what the source speaks of, as it writes it
  model_id: text - the model that is; null where nothing joins it
  seen_on: date - first kept vintage with the new word
  last_seen_before_on: date - last kept vintage with the old one; the change lies between
  kind: text - licence, gate or both
  licence_tag_before: text - licence as written until then
  licence_tag: text - licence as written from then on
  licence_class_before: text - its class until then; null where not known
  licence_class: text - its class from then on; null where not known
  gate_tag_before: text - gate until then; null where the source does not tell
  gate_tag: text - gate from then on; null where the source does not tell
  direction: text - opened, closed or same (another spelling or another licence of the class), by class and then by gate; null where a class is not known
checks:
  - unique: [source, subject_tag, seen_on]
  - not_null: [source, subject_tag, seen_on, kind]
  - one_of:
      kind: [licence, gate, both]
      direction: [opened, closed, same]
*/
with speaker as (
  select source, subject_tag
  from core.licence_word
  group by source, subject_tag
  having count(*) > 1
),
followed as (
  select
    licence_word.source,
    licence_word.subject_tag,
    licence_word.model_id,
    licence_word.licence_tag,
    licence_word.gate_tag,
    licence_word.valid_from,
    licence_spelling.licence_class,
    lag(licence_word.valid_to) over before as valid_to_before,
    lag(licence_word.licence_tag) over before as licence_tag_before,
    lag(licence_word.gate_tag) over before as gate_tag_before,
    lag(licence_spelling.licence_class) over before as licence_class_before
  from core.licence_word
  inner join speaker on licence_word.source = speaker.source and licence_word.subject_tag = speaker.subject_tag
  left join core.licence_spelling
    on licence_spelling.catalogue = case when licence_word.source = 'llmfit' then 'huggingface' else licence_word.source end
    and licence_word.licence_tag = licence_spelling.licence_tag
  window before as (partition by licence_word.source, licence_word.subject_tag order by licence_word.valid_from)
),
changed as (
  select
    source,
    subject_tag,
    model_id,
    valid_from as seen_on,
    valid_to_before as last_seen_before_on,
    licence_tag_before,
    licence_tag,
    licence_class_before,
    licence_class,
    gate_tag_before,
    gate_tag,
    licence_tag_before is distinct from licence_tag as is_licence,
    gate_tag_before is distinct from gate_tag as is_gate,
    case gate_tag when 'manual' then 0 when 'auto' then 1 when 'false' then 2 end as gate_rank,
    case gate_tag_before when 'manual' then 0 when 'auto' then 1 when 'false' then 2 end as gate_rank_before
  from followed
  where licence_tag_before is not null
)
select
  source,
  subject_tag,
  model_id,
  seen_on,
  last_seen_before_on,
  case when is_licence and is_gate then 'both' when is_licence then 'licence' else 'gate' end as kind,
  licence_tag_before,
  licence_tag,
  licence_class_before,
  licence_class,
  gate_tag_before,
  gate_tag,
  case
    when licence_class > licence_class_before then 'opened'
    when licence_class < licence_class_before then 'closed'
    when licence_class is null or licence_class_before is null then null
    when gate_rank > gate_rank_before then 'opened'
    when gate_rank < gate_rank_before then 'closed'
    else 'same'
  end as direction
from changed
where is_licence or is_gate
