/*
doc: How many parameters a model has, by the hand-checked list first and by the tracked repositories of the Hub else.
grain: a model
subject: releases
columns:
  model_id: text - the model
  parameters_billion: double - all its parameters in billions
  source: text - leading_model or huggingface_model_parameters
checks:
  - unique: [model_id]
  - not_null: [model_id, parameters_billion, source]
  - between: {parameters_billion: [0, 20000]}
*/
with told as (
  select
    model_id,
    parameters_billion,
    'leading_model' as source,
    1 as precedence
  from reference.leading_model
  where parameters_billion is not null and evidence <> 'memory'
  union all
  select
    alias.model_id,
    sized.parameters_count / cast(1e9 as double),
    'huggingface_model_parameters',
    2
  from staging.huggingface_model_parameters as sized
  inner join core.alias as alias on alias.catalogue = 'huggingface' and sized.huggingface_id = alias.alias_tag
  where alias.model_id is not null
),
placed as (
  select
    model_id,
    parameters_billion,
    source,
    row_number() over (partition by model_id order by precedence, parameters_billion desc) as place
  from told
)
select
  model_id,
  parameters_billion,
  source
from placed
where place = 1
