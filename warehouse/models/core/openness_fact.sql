/*
doc: What is observed of each model's openness, one best word a fact, before any rule is applied.
grain: a model
subject: openness
columns:
  model_id: text - the model
  weights_form: text - how its weights can be had - downloadable, api, hosted, none, withheld (not downloadable, more is not known) or unknown
  weights_source: text - whose word that is; null when unknown
  weights_known_on: date - first day that word was on record; null when unknown
  licence_key: text - declared licence of the weights; null where none is known by name
  licence_source: text - whose word that is; null when unknown
  licence_known_on: date - first day that word was on record; null when unknown
  declared_low: text - least class the declared licence can be; null where not known
  declared_high: text - greatest class the declared licence can be; null where not known
  effective_low: text - least class after what it was made from; null for weights that cannot be downloaded or where nothing is known
  effective_high: text - greatest class after what it was made from; null for weights that cannot be downloaded or where nothing is known
  gate: text - none, auto, manual or unknown
  is_training_code_open: boolean - null where not known, as for all that follow
  is_inference_code_open: boolean - code that runs it, under an open licence
  has_data_information: boolean - enough is told of the data to build a like system
  is_training_data_open: boolean - the data itself, under an open licence
  is_preprocessing_code_open: boolean - code that prepares the data
  has_intermediate_checkpoints: boolean - weights from during training
  has_paper: boolean - a paper or preprint
  components_known_on: date - last of the days on which code and data information were told of; null when neither was
  mof_class: text - class by the Model Openness Framework; null where the tool has no entry
warnings:
  - Weights of which a licence is known but that nobody says can be downloaded stay unknown.
checks:
  - unique: [model_id]
  - not_null: [model_id, weights_form, gate]
  - one_of:
      weights_form: [downloadable, api, hosted, none, withheld, unknown]
      gate: [none, auto, manual, unknown]
*/
with listed as (
  select distinct model_id from core.listing where model_id is not null
),
accessible as (
  select
    alias.model_id,
    max(case epoch_models.accessibility_tag when 'API access' then 2 when 'Hosted access (no API)' then 1 when 'Unreleased' then 0 end)
      as form_rank
  from staging.epoch_models
  inner join core.alias on alias.catalogue = 'epoch' and epoch_models.name = alias.alias_tag
  group by alias.model_id
),
weights_word as (
  select
    open_weights_evidence.model_id,
    open_weights_evidence.source,
    open_weights_evidence.weights_access,
    min(open_weights_evidence.first_observed_on) as first_observed_on
  from core.open_weights_evidence
  group by open_weights_evidence.model_id, open_weights_evidence.source, open_weights_evidence.weights_access
),
part as (
  select
    model_id,
    component,
    is_open,
    observed_on,
    row_number() over (partition by model_id, component order by precedence, source) as place
  from core.component_evidence
  where is_open is not null
),
parts as (
  select
    model_id,
    bool_or(is_open) filter (where component = 'training_code') as is_training_code_open,
    bool_or(is_open) filter (where component = 'inference_code') as is_inference_code_open,
    bool_or(is_open) filter (where component = 'data_information') as has_data_information,
    bool_or(is_open) filter (where component = 'training_data') as is_training_data_open,
    bool_or(is_open) filter (where component = 'preprocessing_code') as is_preprocessing_code_open,
    bool_or(is_open) filter (where component = 'intermediate_checkpoints') as has_intermediate_checkpoints,
    bool_or(is_open) filter (where component = 'paper') as has_paper,
    max(observed_on) filter (
      where component in ('training_code', 'inference_code', 'data_information')
    ) as components_known_on
  from part
  where place = 1
  group by model_id
),
mof as (
  select model_id, min(mof_class) as mof_class
  from core.mof_class
  where model_id is not null
  group by model_id
)
select
  model.model_id,
  case
    when model.weights_access = 'open' then 'downloadable'
    when model.weights_access = 'unknown' then 'unknown'
    when listed.model_id is not null or accessible.form_rank = 2 then 'api'
    when accessible.form_rank = 1 then 'hosted'
    when accessible.form_rank = 0 then 'none'
    else 'withheld'
  end as weights_form,
  model.weights_source,
  weights_word.first_observed_on as weights_known_on,
  model_licence.licence_key,
  model_licence.source as licence_source,
  model_licence.known_on as licence_known_on,
  model_licence.declared_low,
  model_licence.declared_high,
  case when model.weights_access = 'closed' then null else nullif(model_licence.effective_low, 'L0') end
    as effective_low,
  case when model.weights_access = 'closed' then null else nullif(model_licence.effective_high, 'L0') end
    as effective_high,
  coalesce(model_licence.gate, 'unknown') as gate,
  parts.is_training_code_open,
  parts.is_inference_code_open,
  coalesce(parts.has_data_information, case when parts.is_training_data_open then true end) as has_data_information,
  parts.is_training_data_open,
  parts.is_preprocessing_code_open,
  parts.has_intermediate_checkpoints,
  parts.has_paper,
  parts.components_known_on,
  mof.mof_class
from core.model
left join core.model_licence on model.model_id = model_licence.model_id
left join weights_word
  on model.model_id = weights_word.model_id
  and model.weights_source = weights_word.source
  and model.weights_access = weights_word.weights_access
left join listed on model.model_id = listed.model_id
left join accessible on model.model_id = accessible.model_id
left join parts on model.model_id = parts.model_id
left join mof on model.model_id = mof.model_id
