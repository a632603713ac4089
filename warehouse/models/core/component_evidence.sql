/*
doc: What each source says of the parts of a model beside its weights, and whether they are open.
grain: a model, a part and a source
subject: openness
columns:
  model_id: text - the model
  component: text - training_code, inference_code, data_information, training_data, preprocessing_code, intermediate_checkpoints or paper
  source: text - reference (read for the family by hand), osai, mot or epoch
  precedence: integer - 1 is the strongest
  is_open: boolean - whether it is out under an open licence, or, for information and papers, at all; null where the source is undecided
  observed_on: date - day the source said so
warnings:
  - A part that a source does not list is unknown and not closed.
checks:
  - unique: [model_id, component, source]
  - not_null: [model_id, component, source, precedence, observed_on]
  - one_of:
      component: [training_code, inference_code, data_information, training_data, preprocessing_code, intermediate_checkpoints, paper]
      source: [reference, osai, mot, epoch]
*/
with by_family as (
  select
    openness_member.model_id,
    openness_component.component,
    'reference' as source,
    1 as precedence,
    case
      when not openness_component.is_released then false
      when openness_component.component in ('data_information', 'paper') then true
      when licence_class.licence_class is null or licence_class.evidence = 'memory' then null
      else licence_class.licence_class in ('L5', 'L6')
    end as is_open,
    openness_component.read_on as observed_on
  from reference.openness_component
  inner join core.openness_member on openness_component.subject = openness_member.subject
  left join reference.licence_class on openness_component.licence_key = licence_class.licence_key
  where openness_component.evidence <> 'memory' and openness_component.component <> 'weights'
),
word as (
  select 'open' as word, true as is_open
  union all
  select 'partial', null
  union all
  select 'closed', false
),
osai_part as (
  select name, observed_at, 'training_code' as component, trainingcode_tag as word from staging.openness_osai
  union all
  select name, observed_at, 'data_information', datasources_basemodel_tag from staging.openness_osai
  union all
  select name, observed_at, 'training_data', datasources_basemodel_tag from staging.openness_osai
  union all
  select name, observed_at, 'paper', preprint_tag from staging.openness_osai
),
by_osai as (
  select
    alias.model_id,
    osai_part.component,
    'osai' as source,
    2 as precedence,
    word.is_open,
    cast(osai_part.observed_at as date) as observed_on
  from osai_part
  inner join core.alias on alias.catalogue = 'osai' and osai_part.name = alias.alias_tag
  inner join word on lower(osai_part.word) = word.word
),
mot_name as (
  select 'Training code' as mot_component, 'training_code' as component
  union all
  select 'Inference code', 'inference_code'
  union all
  select 'Datasets', 'training_data'
  union all
  select 'Data preprocessing code', 'preprocessing_code'
  union all
  select 'Model parameters (Intermediate)', 'intermediate_checkpoints'
  union all
  select 'Research paper', 'paper'
),
by_mot as (
  select
    mof_class.model_id,
    mot_name.component,
    'mot' as source,
    3 as precedence,
    case when mot_name.component = 'paper' then true else mof_component.is_open end as is_open,
    mof_class.observed_on
  from core.mof_component
  inner join mot_name on mof_component.component = mot_name.mot_component
  inner join core.mof_class on mof_component.mot_id = mof_class.mot_id
  union all
  select mof_class.model_id, 'data_information', 'mot', 3, true, mof_class.observed_on
  from core.mof_class
  inner join core.mof_component as data_card
    on mof_class.mot_id = data_card.mot_id and data_card.component = 'Data card'
  inner join core.mof_component as datasets
    on mof_class.mot_id = datasets.mot_id and datasets.component = 'Datasets'
),
by_epoch as (
  select
    alias.model_id,
    'training_code' as component,
    'epoch' as source,
    4 as precedence,
    epoch_models.training_code_accessibility_tag = 'Open source' as is_open,
    cast(epoch_models.observed_at as date) as observed_on
  from staging.epoch_models
  inner join core.alias on alias.catalogue = 'epoch' and epoch_models.name = alias.alias_tag
  where epoch_models.training_code_accessibility_tag is not null
),
said as (
  select model_id, component, source, precedence, is_open, observed_on from by_family
  union all
  select model_id, component, source, precedence, is_open, observed_on from by_osai
  union all
  select model_id, component, source, precedence, is_open, observed_on from by_mot
  union all
  select model_id, component, source, precedence, is_open, observed_on from by_epoch
),
newest as (
  select
    model_id,
    component,
    source,
    precedence,
    is_open,
    observed_on,
    row_number() over (
      partition by model_id, component, source order by observed_on desc, is_open desc nulls last
    ) as place
  from said
  where model_id is not null
)
select model_id, component, source, cast(precedence as integer) as precedence, is_open, observed_on
from newest
where place = 1
