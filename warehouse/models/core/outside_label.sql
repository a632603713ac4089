/*
doc: The newest label each other publisher gives a model's openness, on the publisher's own scale.
grain: a label set and a model
subject: openness
columns:
  label_set: text - epoch, helm, models_dev, arena, hub, mot, osai or ecosystem_graphs
  model_id: text - the model
  subject_tag: text - what the publisher speaks of, as written there
  label: text - the label as the publisher writes it, or made from what it writes, see reference.openness_crosswalk
  label_rank: integer - its place on the publisher's scale, 0 the most closed
  observed_on: date - day the publisher said so
warnings:
  - models_dev is what most hosts say on the newest day; ties are left out. hub, mot and osai are made from their licences.
  - osai judges base and tuned weights apart, and partly closed where one of the two is missing; a model here is both, so it is closed there only where both are.
checks:
  - unique: [label_set, model_id]
  - not_null: [label_set, model_id, subject_tag, label, label_rank, observed_on]
  - one_of: {label_set: [epoch, helm, models_dev, arena, hub, mot, osai, ecosystem_graphs]}
*/
with flag as (
  select
    model_id,
    observed_on,
    count(*) filter (where has_open_weights) as open_count,
    count(*) filter (where not has_open_weights) as closed_count
  from core.weights_flag
  group by model_id, observed_on
),
said as (
  select
    'epoch' as label_set,
    alias.model_id,
    epoch_models.name as subject_tag,
    epoch_models.accessibility_tag as label,
    cast(epoch_models.observed_at as date) as observed_on
  from staging.epoch_models
  inner join core.alias on alias.catalogue = 'epoch' and epoch_models.name = alias.alias_tag
  union all
  select 'helm', alias.model_id, helm_models.helm_id, helm_models.access_tag, cast(helm_models.observed_at as date)
  from staging.helm_models
  inner join core.alias on alias.catalogue = 'helm' and helm_models.helm_id = alias.alias_tag
  union all
  select
    'models_dev', model_id, model_id, case when open_count > closed_count then 'true' else 'false' end, observed_on
  from flag
  where open_count <> closed_count
  union all
  select
    case when licence_evidence.source = 'huggingface' then 'hub' else 'arena' end,
    licence_evidence.model_id,
    licence_evidence.subject_tag,
    licence_evidence.class_high,
    licence_evidence.last_observed_on
  from core.licence_evidence
  where licence_evidence.source in ('huggingface', 'arena') and licence_evidence.is_decisive
  union all
  select
    'mot',
    mof_class.model_id,
    mof_class.name,
    case when mof_component.is_open then 'parameters open' else 'parameters not open' end,
    mof_class.observed_on
  from core.mof_class
  inner join core.mof_component
    on mof_class.mot_id = mof_component.mot_id and mof_component.component = 'Model parameters (Final)'
  where mof_component.is_open is not null
  union all
  select
    'osai',
    alias.model_id,
    openness_osai.name,
    case
      when openness_osai.weights_endmodel_tag = 'closed' and openness_osai.weights_basemodel_tag = 'closed'
        then 'weights closed'
      when openness_osai.licenses_tag = 'open' then 'weights and licence open'
      else 'weights open, licence not'
    end,
    cast(openness_osai.observed_at as date)
  from staging.openness_osai
  inner join core.alias on alias.catalogue = 'osai' and openness_osai.name = alias.alias_tag
  union all
  select
    'ecosystem_graphs',
    alias.model_id,
    ecosystem_graphs.name,
    lower(ecosystem_graphs.access_tag),
    cast(ecosystem_graphs.observed_at as date)
  from staging.ecosystem_graphs
  inner join core.alias on alias.catalogue = 'ecosystem_graphs' and ecosystem_graphs.name = alias.alias_tag
  where ecosystem_graphs.type_tag = 'model'
),
ranked as (
  select
    said.label_set,
    said.model_id,
    said.subject_tag,
    said.label,
    openness_crosswalk.label_rank,
    said.observed_on,
    row_number() over (
      partition by said.label_set, said.model_id
      order by said.observed_on desc, openness_crosswalk.label_rank desc, said.subject_tag, said.label
    ) as place
  from said
  inner join reference.openness_crosswalk
    on said.label_set = openness_crosswalk.label_set and said.label = openness_crosswalk.label
  where said.model_id is not null
)
select label_set, model_id, subject_tag, label, label_rank, observed_on
from ranked
where place = 1
