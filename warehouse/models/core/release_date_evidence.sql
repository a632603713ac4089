/*
doc: When each source says a model was first released.
grain: a model and a source
subject: releases
columns:
  model_id: text - the model
  source: text - leading_model, name (a day that is part of the model's name), hub_correction (the ATOM Project's corrected date of a repository), helm, models_dev_maker, name_month (a month in the name), epoch, ecosystem_graphs or models_dev_resellers
  precedence: integer - 1 is the strongest
  released_on: date - first public release
  released_precision: text - day, month or year
  first_observed_on: date - first kept vintage in which the source gave a date for the model
  report_count: bigint - listings that gave this date
warnings:
  - The Hub's own date of a repository is no evidence, and neither is the day on which OpenRouter listed a model.
  - Epoch writes the 15th or 1 July where it knows a month or a year; those are taken for such.
  - Resellers often date a fine-tune with its base model. The date most of them give is taken; ties go to the later one.
checks:
  - unique: [model_id, source]
  - not_null: [model_id, source, precedence, released_on, first_observed_on]
  - one_of: {released_precision: [day, month, year]}
*/
with listing_days as (
  select distinct catalogue, linked_tag as alias_tag
  from core.catalogue_name
  where linked_tag is not null
),
hosts as (
  select organisation_tag as host_tag, organisation_id
  from reference.organisation_alias
  where catalogue = 'models_dev'
),
catalogue_rows as (
  select models_dev_id, host_tag, released_on, released_on_tag, observed_at from staging.models_dev
  union all
  select models_dev_id, host_tag, released_on, released_on_tag, observed_at from staging.langchain_profiles
),
said as (
  select
    alias.model_id,
    case when maker.model_id is not null then 'models_dev_maker' else 'models_dev_resellers' end as source,
    case when maker.model_id is not null then 5 else 9 end as precedence,
    catalogue_rows.released_on,
    case when length(catalogue_rows.released_on_tag) >= 10 then 'day' else 'month' end as released_precision,
    cast(catalogue_rows.observed_at as date) as observed_on
  from catalogue_rows
  inner join core.alias on alias.catalogue = 'models_dev' and alias.alias_tag = catalogue_rows.models_dev_id
  left join hosts on catalogue_rows.host_tag = hosts.host_tag
  left join core.maker on alias.model_id = maker.model_id and hosts.organisation_id = maker.organisation_id
  where alias.model_id is not null
  union all
  select
    alias.model_id,
    'helm',
    4,
    helm_models.released_on,
    'day',
    cast(helm_models.observed_at as date)
  from staging.helm_models
  inner join core.alias on alias.catalogue = 'helm' and alias.alias_tag = helm_models.helm_id
  where alias.model_id is not null
  union all
  select
    alias.model_id,
    'name',
    2,
    cast(try_strptime(regexp_extract(alias.alias_key, '-(20[2-3][0-9][01][0-9][0-3][0-9])($|-)', 1), '%Y%m%d') as date),
    'day',
    alias.first_observed_on
  from core.alias
  left join listing_days on alias.catalogue = listing_days.catalogue and alias.alias_tag = listing_days.alias_tag
  where alias.model_id is not null and listing_days.alias_tag is null
  union all
  select
    alias.model_id,
    'name_month',
    6,
    cast(
      try_strptime(
        case
          when length(name_key.date_tag) = 6 then name_key.date_tag || '01'
          when regexp_matches(name_key.date_tag, '^2[3-9](0[1-9]|1[0-2])$') then '20' || name_key.date_tag || '01'
        end,
        '%Y%m%d'
      ) as date
    ),
    'month',
    alias.first_observed_on
  from core.alias
  inner join core.name_key on alias.catalogue = name_key.catalogue and alias.alias_tag = name_key.alias_tag
  where alias.model_id is not null and length(name_key.date_tag) < 8
  union all
  select
    alias.model_id,
    'hub_correction',
    3,
    huggingface_release_dates.released_on,
    'day',
    cast(huggingface_release_dates.observed_at as date)
  from staging.huggingface_release_dates
  inner join core.alias
    on alias.catalogue = 'huggingface' and huggingface_release_dates.huggingface_id = alias.alias_tag
  where alias.model_id is not null and not alias.is_copy
  union all
  select
    alias.model_id,
    'epoch',
    7,
    epoch_models.published_on,
    case
      when month(epoch_models.published_on) = 7 and day(epoch_models.published_on) = 1 then 'year'
      when day(epoch_models.published_on) = 15 then 'month'
      else 'day'
    end,
    cast(epoch_models.observed_at as date)
  from staging.epoch_models
  inner join core.alias on alias.catalogue = 'epoch' and epoch_models.name = alias.alias_tag
  where alias.model_id is not null
  union all
  select
    alias.model_id,
    'epoch',
    7,
    epoch_capabilities_index.released_on,
    'day',
    cast(epoch_capabilities_index.observed_at as date)
  from staging.epoch_capabilities_index
  inner join core.alias on alias.catalogue = 'epoch' and epoch_capabilities_index.name = alias.alias_tag
  where alias.model_id is not null
  union all
  select
    alias.model_id,
    'ecosystem_graphs',
    8,
    ecosystem_graphs.released_on,
    'day',
    cast(ecosystem_graphs.observed_at as date)
  from staging.ecosystem_graphs
  inner join core.alias on alias.catalogue = 'ecosystem_graphs' and ecosystem_graphs.name = alias.alias_tag
  where alias.model_id is not null and ecosystem_graphs.type_tag = 'model'
  union all
  select model_id, 'leading_model', 1, released_on, released_precision, read_on
  from reference.leading_model
  where evidence <> 'memory'
),
counted as (
  select
    model_id,
    source,
    min(precedence) as precedence,
    released_on,
    min(released_precision) as released_precision,
    min(observed_on) as first_observed_on,
    count(*) as report_count
  from said
  where released_on is not null and released_on <= observed_on
  group by model_id, source, released_on
),
ranked as (
  select
    model_id,
    source,
    precedence,
    released_on,
    released_precision,
    min(first_observed_on) over (partition by model_id, source) as first_observed_on,
    report_count,
    row_number() over (partition by model_id, source order by report_count desc, released_on desc) as place
  from counted
)
select
  model_id,
  source,
  cast(precedence as integer) as precedence,
  released_on,
  released_precision,
  first_observed_on,
  report_count
from ranked
where place = 1
