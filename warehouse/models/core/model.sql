/*
doc: Models as catalogues and announcements name them, with the best evidence on release date and weights.
grain: a model
subject: releases
columns:
  model_id: text - our id
  name: text - announced name where known, otherwise the id
  organisation_id: text - who made it; null where no catalogue tells
  family_id: text - the line and version it belongs to, see core.family; null where its name is of no known line
  untuned_of: text - the model of which it is the version before tuning, where that is listed too; null for all others
  released_on: date - first public release; null if unknown
  released_precision: text - day, month or year
  released_source: text - whose date it is
  weights_released_on: date - day its weights came out, where that is known to differ from the first release; null otherwise
  weights_access: text - open, closed or unknown
  weights_source: text - whose word it is; null when unknown
  is_leading: boolean - whether it is one of the hand-checked leading models
  catalogue_count: bigint - catalogues that list it
  is_listed: boolean - whether an evaluation, a gateway or a price list does, and not only databases and the Hub
  first_observed_on: date - first day any kept vintage shows it
warnings:
  - A month in the name outweighs catalogues that date the model to another season; hand-checked dates outweigh it.
  - Which names are one model is decided in core.alias; what could not be joined is in core.unmatched_name.
checks:
  - unique: [model_id]
  - not_null: [model_id, name, weights_access, is_leading, catalogue_count]
  - one_of: {weights_access: [open, closed, unknown]}
  - references: {organisation_id: core.organisation.organisation_id}
  - at_least: 500
*/
with listed as (
  select
    model_id,
    count(distinct catalogue) as catalogue_count,
    bool_or(catalogue not in ('huggingface', 'epoch', 'ecosystem_graphs', 'osai', 'mot')) as is_listed,
    min(first_observed_on) as first_observed_on
  from core.alias
  where model_id is not null
  group by model_id
),
known as (
  select model_id, catalogue_count, is_listed, first_observed_on from listed
  union all
  select leading_model.model_id, 0, false, leading_model.read_on
  from reference.leading_model
  left join listed on leading_model.model_id = listed.model_id
  where listed.model_id is null
),
families as (
  select
    known.model_id,
    model_line.line_tag
    || coalesce(
      '-' || nullif(
        regexp_replace(
          regexp_extract(
            known.model_id,
            '^[a-z]+(?:-(?:opus|sonnet|haiku|instant|fable|mythos|vision|guardian|speech|omni|live|lite|mini|flash|pro|plus|nano|super|ultra|lightning))*-?((?:(?:small|medium|large)-)?[a-z]?[0-9]{1,2}[on]?(?:-[0-9]{1,2})?)v?(-|$)',
            1
          ),
          '-0$',
          ''
        ),
        ''
      ),
      ''
    ) as family_id
  from known
  inner join reference.model_line on regexp_extract(known.model_id, '^([a-z]+)', 1) = model_line.line_tag
  inner join core.maker on known.model_id = maker.model_id and model_line.organisation_id = maker.organisation_id
),
months as (
  select model_id, released_on
  from core.release_date_evidence
  where source = 'name_month'
),
dates as (
  select
    evidence.model_id,
    evidence.source,
    evidence.released_on,
    evidence.released_precision,
    row_number() over (
      partition by evidence.model_id
      order by
        case
          when evidence.source in ('leading_model', 'name') or months.released_on is null then 0
          when evidence.released_on between months.released_on - interval 15 day and months.released_on + interval 75 day then 0
          else 1
        end,
        evidence.precedence,
        evidence.source
    ) as place
  from core.release_date_evidence as evidence
  left join months on evidence.model_id = months.model_id
),
weights as (
  select
    model_id,
    source,
    weights_access,
    row_number() over (
      partition by model_id
      order by
        precedence,
        case when source = 'models_dev_resellers' then report_count else 0 end desc,
        last_observed_on desc,
        report_count desc,
        weights_access,
        source
    ) as place
  from core.open_weights_evidence
)
select
  known.model_id,
  coalesce(leading_model.name, known.model_id) as name,
  maker.organisation_id,
  families.family_id,
  tuned.model_id as untuned_of,
  dates.released_on,
  dates.released_precision,
  dates.source as released_source,
  case when leading_model.evidence <> 'memory' then leading_model.weights_released_on end as weights_released_on,
  coalesce(weights.weights_access, 'unknown') as weights_access,
  weights.source as weights_source,
  leading_model.model_id is not null as is_leading,
  known.catalogue_count,
  known.is_listed,
  known.first_observed_on
from known
left join reference.leading_model on known.model_id = leading_model.model_id
left join core.maker on known.model_id = maker.model_id
left join families on known.model_id = families.model_id
left join known as tuned on known.model_id = tuned.model_id || '-base'
left join dates on known.model_id = dates.model_id and dates.place = 1
left join weights on known.model_id = weights.model_id and weights.place = 1
