/*
doc: Components of models that the Model Openness Tool lists, each with the licence it stands under and whether that is open.
grain: a component of an entry
subject: openness
columns:
  mot_id: text - name of the entry's file
  component: text - component by the framework's name
  kind: text - code, data or document; null for a component the framework does not name
  licence_tag: text - its own licence, else that of its kind, else that of the release; null when there is none
  licence_key: text - the licence it means; null when nothing was given or the spelling is not known
  is_open: boolean - whether the licence is OSI-approved or open without being OSI-approved; null where the spelling is not known, can mean anything or is known by memory alone
checks:
  - unique: [mot_id, component]
  - not_null: [mot_id, component]
  - one_of: {kind: [code, data, document]}
*/
with newest as (
  select max(observed_at) as observed_at from staging.openness_mot
),
entry as (
  select
    openness_mot.mot_id,
    openness_mot.distribution_licence_tag,
    openness_mot.code_licence_tag,
    openness_mot.data_licence_tag,
    openness_mot.document_licence_tag,
    unnest(cast(openness_mot.components as json[])) as component
  from staging.openness_mot
  inner join newest on openness_mot.observed_at = newest.observed_at
),
named as (
  select
    mot_id,
    distribution_licence_tag,
    code_licence_tag,
    data_licence_tag,
    document_licence_tag,
    json_extract_string(component, '$.name') as component,
    nullif(trim(json_extract_string(component, '$.license')), '') as own_licence_tag
  from entry
),
typed as (
  select
    mot_id,
    component,
    own_licence_tag,
    distribution_licence_tag,
    code_licence_tag,
    data_licence_tag,
    document_licence_tag,
    case
      when component in (
        'Model architecture', 'Data preprocessing code', 'Training code', 'Inference code', 'Evaluation code',
        'Supporting libraries and tools'
      ) then 'code'
      when component in (
        'Model parameters (Final)', 'Model parameters (Intermediate)', 'Datasets', 'Evaluation data', 'Model metadata',
        'Sample model outputs'
      ) then 'data'
      when component in (
        'Model card', 'Data card', 'Technical report', 'Research paper', 'Evaluation results'
      ) then 'document'
    end as kind
  from named
  where component is not null
),
licensed as (
  select
    mot_id,
    component,
    kind,
    coalesce(
      own_licence_tag,
      case
        when kind = 'code' then code_licence_tag
        when kind = 'data' then data_licence_tag
        when kind = 'document' then document_licence_tag
      end,
      distribution_licence_tag
    ) as licence_tag
  from typed
),
ranked as (
  select
    licensed.mot_id,
    licensed.component,
    licensed.kind,
    licensed.licence_tag,
    licence_spelling.licence_key,
    case when licence_spelling.is_decisive then licence_spelling.licence_class in ('L5', 'L6') end as is_open,
    row_number() over (
      partition by licensed.mot_id, licensed.component
      order by licence_spelling.licence_class nulls first, licensed.licence_tag
    ) as place
  from licensed
  left join core.licence_spelling
    on licence_spelling.catalogue = 'mot' and licensed.licence_tag = licence_spelling.licence_tag
)
select
  mot_id,
  component,
  kind,
  licence_tag,
  licence_key,
  coalesce(is_open, case when licence_tag is null then false end) as is_open
from ranked
where place = 1
