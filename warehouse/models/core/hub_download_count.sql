/*
doc: Daily downloads counts of Hub authors, families and models, as their maker last gave them, without days he sets aside.
grain: a series and a day
subject: adoption
columns:
  series_kind: text - author, family (a base repository with what was made from it) or model
  series_tag: text - the author, or the id of the repository
  counted_on: date - day of the count
  downloads_30d_count: bigint - downloads of the last 30 days
  downloads_all_time_count: bigint - downloads since the Hub began to count; null before 2025-02-27
  is_dip: boolean - whether the all-time count is below one before and is back at it within 14 days, so that it is none
checks:
  - unique: [series_kind, series_tag, counted_on]
  - not_null: [series_kind, series_tag, counted_on, is_dip]
  - one_of: {series_kind: [author, family, model]}
  - between: {downloads_30d_count: [0, null], downloads_all_time_count: [0, null]}
*/
with shown as (
  select
    'author' as series_kind,
    huggingface_author as series_tag,
    seen_on as counted_on,
    observed_at,
    change_tag,
    downloads_30d_count,
    downloads_all_time_count
  from staging.model_pulse_authors
  union all
  select
    'family' as series_kind,
    base_repository_tag as series_tag,
    seen_on as counted_on,
    observed_at,
    change_tag,
    downloads_30d_count,
    downloads_all_time_count
  from staging.model_pulse_families
  union all
  select
    'model' as series_kind,
    huggingface_id as series_tag,
    seen_on as counted_on,
    observed_at,
    change_tag,
    downloads_30d_count,
    downloads_all_time_count
  from staging.model_pulse_models
),
numbered as (
  select
    series_kind,
    series_tag,
    counted_on,
    change_tag,
    downloads_30d_count,
    downloads_all_time_count,
    row_number() over (partition by series_kind, series_tag, counted_on order by observed_at desc) as place
  from shown
),
aside as (
  select seen_on, max_by(is_set_aside, observed_at) as is_set_aside
  from staging.model_pulse_days
  group by seen_on
),
usable as (
  select
    numbered.series_kind,
    numbered.series_tag,
    numbered.counted_on,
    numbered.downloads_30d_count,
    numbered.downloads_all_time_count
  from numbered
  left join aside on numbered.counted_on = aside.seen_on
  where numbered.place = 1 and numbered.change_tag <> 'gone' and not coalesce(aside.is_set_aside, false)
),
heights as (
  select
    series_kind,
    series_tag,
    counted_on,
    downloads_30d_count,
    downloads_all_time_count,
    max(downloads_all_time_count) over (
      partition by series_kind, series_tag order by counted_on
      range between interval 14 day preceding and interval 1 day preceding
    ) as high_before,
    max(downloads_all_time_count) over (
      partition by series_kind, series_tag order by counted_on
      range between interval 1 day following and interval 14 day following
    ) as high_after
  from usable
)
select
  series_kind,
  series_tag,
  counted_on,
  downloads_30d_count,
  downloads_all_time_count,
  coalesce(downloads_all_time_count < high_before and high_after >= high_before, false) as is_dip
from heights
