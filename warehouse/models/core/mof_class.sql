/*
doc: Class of the Model Openness Framework that each entry reaches, worked out again from its components.
grain: an entry
subject: openness
columns:
  mot_id: text - name of the entry's file
  name: text - the model as the entry names it
  organisation_tag: text - who made it, as typed
  submitted_on: date - day of the entry, not of the model's release; null where none is given
  huggingface_id: text - its repository on the Hub; null where the entry names none
  observed_on: date - day the entry was read
  model_id: text - the model, by its repository or else by its name; null where neither is joined
  mof_class: text - I (open science), II (open tooling), III (open model) or none
  missing_for_iii: bigint - required components of class III that are absent or not open
  missing_for_ii: bigint - the same of class II, those of III included
  missing_for_i: bigint - the same of class I, those of II included
warnings:
  - A component counts if it is there and under an open licence. A research paper stands in for a technical report.
checks:
  - unique: [mot_id]
  - not_null: [mot_id, mof_class, missing_for_iii, missing_for_ii, missing_for_i]
  - one_of: {mof_class: [I, II, III, none]}
  - no_rows:
      name: a_higher_class_asks_for_more
      doc: What class I asks for includes what II asks for, and that what III asks for.
      sql: select * from core.mof_class where missing_for_iii > missing_for_ii or missing_for_ii > missing_for_i
*/
with newest as (
  select max(observed_at) as observed_at from staging.openness_mot
),
entry as (
  select
    openness_mot.mot_id,
    openness_mot.name,
    openness_mot.organisation_tag,
    openness_mot.submitted_on,
    cast(openness_mot.observed_at as date) as observed_on,
    nullif(
      regexp_replace(
        regexp_replace(trim(openness_mot.huggingface_url), '^(https?://)?(www\.)?(huggingface\.co|hf\.co)/', ''),
        '/+$',
        ''
      ),
      ''
    ) as huggingface_id
  from staging.openness_mot
  inner join newest on openness_mot.observed_at = newest.observed_at
),
needed as (
  select 'Model architecture' as component, 3 as class_number
  union all
  select 'Model parameters (Final)', 3
  union all
  select 'Technical report', 3
  union all
  select 'Evaluation results', 3
  union all
  select 'Model card', 3
  union all
  select 'Data card', 3
  union all
  select 'Training code', 2
  union all
  select 'Inference code', 2
  union all
  select 'Evaluation code', 2
  union all
  select 'Evaluation data', 2
  union all
  select 'Research paper', 1
  union all
  select 'Datasets', 1
  union all
  select 'Data preprocessing code', 1
  union all
  select 'Model parameters (Intermediate)', 1
),
there as (
  select mot_id, component
  from core.mof_component
  where is_open
  union
  select mot_id, 'Technical report'
  from core.mof_component
  where is_open and component = 'Research paper'
),
missing as (
  select
    entry.mot_id,
    count(*) filter (where there.component is null and needed.class_number >= 3) as missing_for_iii,
    count(*) filter (where there.component is null and needed.class_number >= 2) as missing_for_ii,
    count(*) filter (where there.component is null) as missing_for_i
  from entry
  cross join needed
  left join there on entry.mot_id = there.mot_id and needed.component = there.component
  group by entry.mot_id
),
by_repository as (
  select alias_tag, model_id from core.alias where catalogue = 'huggingface'
),
by_name as (
  select alias_tag, model_id from core.alias where catalogue = 'mot'
)
select
  entry.mot_id,
  entry.name,
  entry.organisation_tag,
  entry.submitted_on,
  entry.huggingface_id,
  entry.observed_on,
  coalesce(by_repository.model_id, by_name.model_id) as model_id,
  case
    when missing.missing_for_i = 0 then 'I'
    when missing.missing_for_ii = 0 then 'II'
    when missing.missing_for_iii = 0 then 'III'
    else 'none'
  end as mof_class,
  missing.missing_for_iii,
  missing.missing_for_ii,
  missing.missing_for_i
from entry
inner join missing on entry.mot_id = missing.mot_id
left join by_repository on entry.huggingface_id = by_repository.alias_tag
left join by_name on entry.name = by_name.alias_tag
