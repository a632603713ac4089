/*
doc: Which checkpoint was made from which, by whose word.
grain: a checkpoint, the one it was made from, a relation and a source
subject: releases
columns:
  checkpoint_id: text - what was made, see core.checkpoint
  parent_checkpoint_id: text - what it was made from; it need not be in core.checkpoint
  model_id: text - model of what was made; null if unknown
  parent_model_id: text - model it was made from; null if unknown
  relation: text - finetune, adapter, quantized, merge, tuned or unstated
  source: text - hub (declared by the uploader), epoch (as Epoch says) or name (the tuned model beside the base of the same name)
  first_observed_on: date - first day it was seen
warnings:
  - Declared by uploaders and never checked on the Hub; there are circles, self-references and parents that never were.
checks:
  - unique: [checkpoint_id, parent_checkpoint_id, relation, source]
  - not_null: [checkpoint_id, parent_checkpoint_id, relation, source]
  - one_of: {source: [hub, epoch, name]}
  - no_rows:
      name: nothing_is_made_from_itself
      doc: A checkpoint is not its own parent.
      sql: select * from core.derivation where checkpoint_id = parent_checkpoint_id
*/
with main as (
  select
    model_id,
    checkpoint_id,
    row_number() over (
      partition by model_id
      order by coalesce(is_official, false) desc, precision_tag is null desc, downloads_30d_count desc nulls last, checkpoint_id
    ) as place
  from core.checkpoint
  where model_id is not null
),
hub as (
  select
    lower(hub_base_model.repository_tag) as checkpoint_id,
    lower(hub_base_model.base_repository_tag) as parent_checkpoint_id,
    hub_base_model.relation_tag,
    min(hub_base_model.first_observed_on) as first_observed_on
  from core.hub_base_model
  where lower(hub_base_model.repository_tag) <> lower(hub_base_model.base_repository_tag)
  group by lower(hub_base_model.repository_tag), lower(hub_base_model.base_repository_tag), hub_base_model.relation_tag
),
epoch_said as (
  select
    name,
    trim(unnest(string_split(base_model_tag, ','))) as base_name,
    min(cast(observed_at as date)) as first_observed_on
  from staging.epoch_models
  where base_model_tag is not null
  group by name, base_model_tag
),
epoch as (
  select
    child.model_id,
    parent.model_id as parent_model_id,
    min(epoch_said.first_observed_on) as first_observed_on
  from epoch_said
  inner join core.alias as child on child.catalogue = 'epoch' and epoch_said.name = child.alias_tag
  inner join core.alias as parent on parent.catalogue = 'epoch' and epoch_said.base_name = parent.alias_tag
  where child.model_id <> parent.model_id
  group by child.model_id, parent.model_id
)
select
  hub.checkpoint_id,
  hub.parent_checkpoint_id,
  child.model_id,
  parent.model_id as parent_model_id,
  hub.relation_tag as relation,
  'hub' as source,
  hub.first_observed_on
from hub
left join core.checkpoint as child on hub.checkpoint_id = child.checkpoint_id
left join core.checkpoint as parent on hub.parent_checkpoint_id = parent.checkpoint_id
union all
select
  coalesce(child.checkpoint_id, 'model:' || epoch.model_id),
  coalesce(parent.checkpoint_id, 'model:' || epoch.parent_model_id),
  epoch.model_id,
  epoch.parent_model_id,
  'unstated',
  'epoch',
  epoch.first_observed_on
from epoch
left join main as child on epoch.model_id = child.model_id and child.place = 1
left join main as parent on epoch.parent_model_id = parent.model_id and parent.place = 1
union all
select
  coalesce(child.checkpoint_id, 'model:' || model.untuned_of),
  coalesce(parent.checkpoint_id, 'model:' || model.model_id),
  model.untuned_of,
  model.model_id,
  'tuned',
  'name',
  model.first_observed_on
from core.model
left join main as child on model.untuned_of = child.model_id and child.place = 1
left join main as parent on model.model_id = parent.model_id and parent.place = 1
where model.untuned_of is not null
