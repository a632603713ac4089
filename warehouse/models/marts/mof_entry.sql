/*
doc: Entries of the Model Openness Tool with their maker, the class they reach and which parts of the research behind them are out.
grain: an entry
subject: openness
columns:
  mot_id: text - name of the entry's file
  name: text - the model as the entry names it
  organisation_tag: text - who made it, as typed
  family_tag: text - its name in lower case up to its size, which sizes and tunes of one model share
  dated_on: date - day of release where the model is known, else the day of the entry, which is later; null without either
  mof_class: text - I, II, III or none
  has_report: boolean - whether a paper or technical report is out, under any licence
  has_training_code: boolean - whether training code is out, under any licence
  has_data: boolean - whether its data or an account of them are out, under any licence
  observed_on: date - day the entries were read
warnings:
  - Makers and volunteers submit the entries, and the selection follows interest.
  - A part that an entry does not list counts as not out.
checks:
  - unique: [mot_id]
  - not_null: [mot_id, name, family_tag, mof_class, has_report, has_training_code, has_data, observed_on]
*/
with part as (
  select
    mot_id,
    max(case when component in ('Research paper', 'Technical report') then 1 else 0 end) as report,
    max(case when component = 'Training code' then 1 else 0 end) as training_code,
    max(case when component in ('Datasets', 'Data card') then 1 else 0 end) as data_told
  from core.mof_component
  group by mot_id
)
select
  entry.mot_id,
  entry.name,
  entry.organisation_tag,
  regexp_replace(lower(entry.name), '[-_ ]*[0-9.]+[bm](-.*)?$', '') as family_tag,
  coalesce(model.released_on, entry.submitted_on) as dated_on,
  entry.mof_class,
  coalesce(part.report = 1, false) as has_report,
  coalesce(part.training_code = 1, false) as has_training_code,
  coalesce(part.data_told = 1, false) as has_data,
  entry.observed_on
from core.mof_class as entry
left join part on entry.mot_id = part.mot_id
left join core.model as model on entry.model_id = model.model_id
