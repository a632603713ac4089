/*
doc: What hand-checked facts, registers, makers and the Hub say about whether a model's weights can be downloaded, day by day.
grain: a model, a source, a day and what it says
subject: openness
columns:
  model_id: text - the model
  source: text - leading_model, huggingface (a repository of the maker's own), llmfit (the same, as llmfit lists it), bfcl (by the licence it names), helm, epoch, arena (by the licence it names), ecosystem_graphs, mot (final parameters are listed), osai (it judges those of base or end model open at least in part), reference (read for the family by hand) or models_dev_maker (the maker's own listing)
  precedence: integer - 1 is the strongest
  weights_access: text - open (downloadable under any licence) or closed
  observed_on: date - day of the vintage that says so
  report_count: bigint - records that say so
checks:
  - unique: [model_id, source, observed_on, weights_access]
  - not_null: [model_id, source, precedence, weights_access, observed_on, report_count]
  - one_of: {weights_access: [open, closed]}
*/
with said as (
  select model_id, 'leading_model' as source, 1 as precedence, weights_access, read_on as observed_on
  from reference.leading_model
  where evidence <> 'memory'
  union all
  select alias.model_id, 'huggingface', 2, 'open', hub_repository.first_observed_on
  from core.hub_repository
  inner join core.alias on alias.catalogue = 'huggingface' and hub_repository.repository_tag = alias.alias_tag
  inner join core.maker on alias.model_id = maker.model_id
  inner join reference.organisation_alias
    on organisation_alias.catalogue = 'huggingface'
    and lower(split_part(hub_repository.repository_tag, '/', 1)) = organisation_alias.organisation_tag
    and maker.organisation_id = organisation_alias.organisation_id
  where hub_repository.parameters_count is not null
  union all
  select alias.model_id, 'llmfit', 2, 'open', cast(llmfit_repositories.observed_at as date)
  from staging.llmfit_repositories
  inner join core.alias on alias.catalogue = 'huggingface' and llmfit_repositories.repository_tag = alias.alias_tag
  inner join core.maker on alias.model_id = maker.model_id
  inner join reference.organisation_alias
    on organisation_alias.catalogue = 'huggingface'
    and lower(split_part(llmfit_repositories.repository_tag, '/', 1)) = organisation_alias.organisation_tag
    and maker.organisation_id = organisation_alias.organisation_id
  where llmfit_repositories.parameters_count is not null
  union all
  select
    alias.model_id,
    'bfcl',
    3,
    case when licence_spelling.licence_class = 'L0' then 'closed' else 'open' end,
    cast(bfcl_models.observed_at as date)
  from staging.bfcl_models
  inner join core.alias on alias.catalogue = 'bfcl' and bfcl_models.model_tag = alias.alias_tag
  inner join core.licence_spelling
    on licence_spelling.catalogue = 'bfcl' and bfcl_models.licence_tag = licence_spelling.licence_tag
  where licence_spelling.licence_class is not null
  union all
  select
    alias.model_id,
    'helm',
    2,
    case when helm_models.access_tag = 'open' then 'open' else 'closed' end,
    cast(helm_models.observed_at as date)
  from staging.helm_models
  inner join core.alias on alias.catalogue = 'helm' and helm_models.helm_id = alias.alias_tag
  where helm_models.access_tag in ('open', 'limited', 'closed')
  union all
  select
    alias.model_id,
    'epoch',
    2,
    case when openness_crosswalk.tier_low >= 2 then 'open' else 'closed' end,
    cast(epoch_models.observed_at as date)
  from staging.epoch_models
  inner join core.alias on alias.catalogue = 'epoch' and epoch_models.name = alias.alias_tag
  inner join reference.openness_crosswalk
    on openness_crosswalk.label_set = 'epoch' and epoch_models.accessibility_tag = openness_crosswalk.label
  union all
  select
    alias.model_id,
    'arena',
    3,
    case when licence_spelling.licence_class = 'L0' then 'closed' else 'open' end,
    cast(lmarena_ratings.observed_at as date)
  from staging.lmarena_ratings
  inner join core.alias on alias.catalogue = 'arena' and lmarena_ratings.arena_name = alias.alias_tag
  inner join core.licence_spelling
    on licence_spelling.catalogue = 'arena' and lmarena_ratings.licence_tag = licence_spelling.licence_tag
  where licence_spelling.licence_class is not null
  union all
  select
    alias.model_id,
    'ecosystem_graphs',
    3,
    case when lower(ecosystem_graphs.access_tag) = 'open' then 'open' else 'closed' end,
    cast(ecosystem_graphs.observed_at as date)
  from staging.ecosystem_graphs
  inner join core.alias
    on alias.catalogue = 'ecosystem_graphs' and ecosystem_graphs.name = alias.alias_tag
  where ecosystem_graphs.type_tag = 'model' and lower(ecosystem_graphs.access_tag) in ('open', 'limited', 'closed')
  union all
  select
    alias.model_id,
    'osai',
    3,
    case
      when openness_osai.weights_endmodel_tag = 'closed' and openness_osai.weights_basemodel_tag = 'closed' then 'closed'
      else 'open'
    end,
    cast(openness_osai.observed_at as date)
  from staging.openness_osai
  inner join core.alias on alias.catalogue = 'osai' and openness_osai.name = alias.alias_tag
  union all
  select mof_class.model_id, 'mot', 3, 'open', mof_class.observed_on
  from core.mof_component
  inner join core.mof_class on mof_component.mot_id = mof_class.mot_id
  where mof_component.component = 'Model parameters (Final)' and mof_component.licence_key is distinct from 'proprietary'
  union all
  select openness_member.model_id, 'reference', 2, 'open', openness_component.read_on
  from reference.openness_component
  inner join reference.openness_subject on openness_component.subject = openness_subject.subject
  inner join core.openness_member on openness_component.subject = openness_member.subject
  where openness_component.component = 'weights' and openness_component.is_released
),
maker_vote as (
  select
    model_id,
    observed_on,
    count(*) filter (where has_open_weights) as open_count,
    count(*) filter (where not has_open_weights) as closed_count
  from core.weights_flag
  where is_maker
  group by model_id, observed_on
)
select
  model_id,
  source,
  cast(min(precedence) as integer) as precedence,
  weights_access,
  observed_on,
  count(*) as report_count
from said
where model_id is not null
group by model_id, source, weights_access, observed_on
union all
select
  model_id,
  'models_dev_maker',
  3,
  case when open_count > closed_count then 'open' else 'closed' end,
  observed_on,
  greatest(open_count, closed_count)
from maker_vote
where open_count <> closed_count
