/*
doc: What has weights and a licence, a repository on the Hub, or a model of which only catalogues say that its weights are out.
grain: a checkpoint
subject: releases
columns:
  checkpoint_id: text - id of the repository in lower case; model colon and our id where no repository is known
  model_id: text - the model it is a checkpoint of; null for a repository that only its uploader lists
  repository_tag: text - id of the repository as the Hub writes it; null where none is known
  organisation_id: text - the organisation whose account uploaded it, or whose model it is where no repository is known; null if unknown
  is_official: boolean - whether the uploader made the model; null where the maker or the uploader is unknown
  is_untuned: boolean - whether it was not tuned to follow instructions, as its name tells
  precision_tag: text - precision or packing as its name tells, such as fp8 or gguf; null where the name says none
  created_on: date - day the repository was made, which is not a release date; null if unknown
  parameters_count: bigint - parameters by the headers of its files; null if unknown
  downloads_30d_count: bigint - downloads of the last 30 days when last seen; null if never seen
  first_observed_on: date - first day it was seen
checks:
  - unique: [checkpoint_id]
  - not_null: [checkpoint_id, is_untuned, first_observed_on]
*/
with named as (
  select
    lower(alias.alias_tag) as checkpoint_id,
    min(alias.model_id) as model_id,
    min(alias.alias_tag) as repository_tag,
    min(catalogue_name.organisation_id) as organisation_id,
    bool_and(alias.is_untuned) as is_untuned,
    bool_or(alias.is_copy) as is_copy,
    min(name_key.precision_tag) as precision_tag,
    min(alias.first_observed_on) as first_observed_on
  from core.alias
  inner join core.catalogue_name
    on alias.catalogue = catalogue_name.catalogue and alias.alias_tag = catalogue_name.alias_tag
  left join core.name_key on alias.catalogue = name_key.catalogue and alias.alias_tag = name_key.alias_tag
  where alias.catalogue = 'huggingface'
  group by lower(alias.alias_tag)
),
repositories as (
  select
    lower(repository_tag) as checkpoint_id,
    min(created_on) as created_on,
    max(parameters_count) as parameters_count,
    max(downloads_30d_count) as downloads_30d_count
  from core.hub_repository
  group by lower(repository_tag)
),
housed as (
  select distinct model_id
  from named
  where model_id is not null and not is_copy
)
select
  named.checkpoint_id,
  named.model_id,
  named.repository_tag,
  named.organisation_id,
  case when named.is_copy then false else named.organisation_id = maker.organisation_id end as is_official,
  named.is_untuned,
  named.precision_tag,
  repositories.created_on,
  repositories.parameters_count,
  repositories.downloads_30d_count,
  named.first_observed_on
from named
left join core.maker on named.model_id = maker.model_id
left join repositories on named.checkpoint_id = repositories.checkpoint_id
union all
select
  'model:' || model.model_id,
  model.model_id,
  null,
  model.organisation_id,
  null,
  model.untuned_of is not null,
  null,
  null,
  null,
  null,
  coalesce(model.first_observed_on, model.released_on)
from core.model
left join housed on model.model_id = housed.model_id
where housed.model_id is null
  and model.weights_access = 'open'
  and coalesce(model.first_observed_on, model.released_on) is not null
