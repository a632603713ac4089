/*
doc: Downloads a day of Hub authors, families and models, from the differences of their all-time counts.
grain: a series and a day
subject: adoption
columns:
  series_kind: text - author, family (a base repository with what was made from it) or model
  series_tag: text - the author, or the id of the repository
  downloaded_on: date - the day
  downloads: double - downloads of that day; 0 where the all-time count fell, which is a lower bound and no count
  gap_days: integer - days between the counts this is from; over more than one the difference is spread evenly
  has_fallen: boolean - whether the all-time count fell over this gap, so that downloads were not counted
checks:
  - unique: [series_kind, series_tag, downloaded_on]
  - not_null: [series_kind, series_tag, downloaded_on, downloads, gap_days, has_fallen]
  - between: {downloads: [0, null], gap_days: [1, null]}
  - no_rows:
      name: a_fall_counts_nothing
      doc: Where the counter fell no downloads are made up.
      sql: select series_kind, series_tag, downloaded_on, downloads from core.hub_downloads_daily where has_fallen and downloads > 0
warnings:
  - Only since 2025-02-27, when the Hub began to give all-time counts; before see downloads_30d_count in core.hub_download_count.
  - Days set aside by the maker and dips that mend within 14 days are gaps; both spread what was counted over them.
  - When a model moves to another author, the new one's count jumps by the model's whole past.
*/
with counted as (
  select
    series_kind,
    series_tag,
    counted_on,
    downloads_all_time_count,
    lag(counted_on) over (partition by series_kind, series_tag order by counted_on) as before_on,
    lag(downloads_all_time_count) over (partition by series_kind, series_tag order by counted_on) as before_count
  from core.hub_download_count
  where downloads_all_time_count is not null and not is_dip
),
steps as (
  select
    series_kind,
    series_tag,
    counted_on,
    before_on,
    datediff('day', before_on, counted_on) as gap_days,
    downloads_all_time_count - before_count as difference
  from counted
  where before_on is not null
),
numbers as (
  select unnest(generate_series(0, 1000)) as number
)
select
  steps.series_kind,
  steps.series_tag,
  cast(steps.counted_on - cast(numbers.number as integer) as date) as downloaded_on,
  cast(greatest(steps.difference, 0) as double) / steps.gap_days as downloads,
  cast(steps.gap_days as integer) as gap_days,
  steps.difference < 0 as has_fallen
from steps
join numbers on numbers.number < steps.gap_days
