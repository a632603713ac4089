/*
doc: What a Hub repository declares it was made from, one base repository a row.
grain: a repository, a base repository and a relation
subject: releases
columns:
  repository_tag: text - id of the repository on the Hub, author/name
  base_repository_tag: text - id of the repository it says it was made from, as typed; it need not exist
  relation_tag: text - finetune, adapter, quantized or merge; unstated where the relation is not given
  first_observed_on: date - first day this was seen
  last_observed_on: date - last day a capture showed or confirmed it
  is_current: boolean - whether the last capture of the repository still says so
checks:
  - unique: [repository_tag, base_repository_tag, relation_tag]
  - not_null: [repository_tag, base_repository_tag, relation_tag, first_observed_on, last_observed_on, is_current]
warnings:
  - Declared by uploaders and never checked; it has circles, self-references and names of repositories that never were.
*/
with declared as (
  select
    repository_tag,
    unnest(cast(base_model_ids as varchar[])) as base_repository_tag,
    coalesce(base_relation_tag, 'unstated') as relation_tag,
    valid_from,
    valid_to,
    last_observed_on
  from core.hub_repository_history
  where base_model_ids is not null
)
select
  repository_tag,
  base_repository_tag,
  relation_tag,
  min(valid_from) as first_observed_on,
  max(last_observed_on) as last_observed_on,
  bool_or(valid_to is null) as is_current
from declared
where base_repository_tag <> ''
group by repository_tag, base_repository_tag, relation_tag
