/*
doc: Families of models held against the Open Source AI Definition 1.0, part by part, beside the verdict of the Open Source Initiative.
grain: a family
subject: openness
columns:
  subject: text - the family
  is_parameters_open: boolean - whether the weights are out under an OSI-approved licence; null where not known
  is_code_open: boolean - whether training and inference code are out under an OSI-approved licence; null where not known
  is_data_told: boolean - whether enough is told of the data to build a like system; null where not known
  is_complete: boolean - whether every part is out, whatever its licence; null where not known
  osaid: text - yes, no or unknown; any no is a no, and only three times yes is a yes
  osi_verdict: text - pass, fail_by_licence or fail, as the Open Source Initiative found
checks:
  - unique: [subject]
  - not_null: [subject, osaid, osi_verdict]
  - one_of:
      osaid: ['yes', 'no', unknown]
      osi_verdict: [pass, fail_by_licence, fail]
  - no_rows:
      name: verdicts_hold
      doc: What is worked out from the parts is what the Open Source Initiative found, for the same reason.
      sql: >-
        select * from core.openness_subject
        where (osi_verdict = 'pass') <> (osaid = 'yes')
        or (osi_verdict <> 'pass') <> (osaid = 'no')
        or (osi_verdict = 'fail_by_licence') and is_complete is distinct from true
*/
with part as (
  select
    openness_component.subject,
    openness_component.component,
    openness_component.is_released,
    case
      when not openness_component.is_released then false
      when licence_class.licence_class is null or licence_class.evidence = 'memory' then null
      else licence_class.licence_class = 'L6'
    end as is_open
  from reference.openness_component
  left join reference.licence_class on openness_component.licence_key = licence_class.licence_key
  where openness_component.evidence <> 'memory'
),
wide as (
  select
    openness_subject.subject,
    openness_subject.osi_verdict,
    bool_or(part.is_open) filter (where part.component = 'weights') as is_parameters_open,
    bool_or(part.is_open) filter (where part.component = 'training_code') as is_training_code_open,
    bool_or(part.is_open) filter (where part.component = 'inference_code') as is_inference_code_open,
    bool_or(part.is_released) filter (where part.component = 'data_information') as is_data_told,
    bool_or(part.is_released) filter (where part.component = 'weights') as has_weights,
    bool_or(part.is_released) filter (where part.component = 'training_code') as has_training_code,
    bool_or(part.is_released) filter (where part.component = 'inference_code') as has_inference_code
  from reference.openness_subject
  left join part on openness_subject.subject = part.subject
  group by openness_subject.subject, openness_subject.osi_verdict
)
select
  subject,
  is_parameters_open,
  is_training_code_open and is_inference_code_open as is_code_open,
  is_data_told,
  has_weights and has_training_code and has_inference_code and is_data_told as is_complete,
  case (is_parameters_open and is_training_code_open and is_inference_code_open and is_data_told)
    when true then 'yes'
    when false then 'no'
    else 'unknown'
  end as osaid,
  osi_verdict
from wide
