/*
doc: Downloads a month of Hub authors, families and models.
grain: a series and a month
subject: adoption
columns:
  series_kind: text - author, family (a base repository with what was made from it) or model
  series_tag: text - the author, or the id of the repository
  month: date - first day of the month
  downloads: double - downloads counted in the month; a lower bound where fallen_day_count is over 0
  known_day_count: bigint - days of the month there is a count for
  spread_day_count: bigint - of these, days whose count was spread over a gap
  fallen_day_count: bigint - of these, days over which the all-time count fell and nothing could be counted
  downloads_30d_count: bigint - downloads of the last 30 days at the last count in the month, given before 2025-02-27 too
  downloads_all_time_count: bigint - downloads since the Hub began to count, at the last count in the month; null before 2025-02-27
checks:
  - unique: [series_kind, series_tag, month]
  - not_null: [series_kind, series_tag, month]
  - one_of: {series_kind: [author, family, model]}
  - between: {downloads: [0, null], known_day_count: [1, 31], fallen_day_count: [0, 31]}
warnings:
  - Series below a least number of downloads are left out by day, so do not add up over series; see the sources.
  - A family's downloads are in those of the authors of its members; never add authors and families.
*/
with daily as (
  select
    series_kind,
    series_tag,
    cast(date_trunc('month', downloaded_on) as date) as month,
    sum(downloads) as downloads,
    count(*) as known_day_count,
    count(case when gap_days > 1 then 1 end) as spread_day_count,
    count(case when has_fallen then 1 end) as fallen_day_count
  from core.hub_downloads_daily
  group by series_kind, series_tag, cast(date_trunc('month', downloaded_on) as date)
),
windows as (
  select
    series_kind,
    series_tag,
    cast(date_trunc('month', counted_on) as date) as month,
    max_by(downloads_30d_count, counted_on) as downloads_30d_count,
    max_by(downloads_all_time_count, counted_on) as downloads_all_time_count
  from core.hub_download_count
  group by series_kind, series_tag, cast(date_trunc('month', counted_on) as date)
)
select
  coalesce(daily.series_kind, windows.series_kind) as series_kind,
  coalesce(daily.series_tag, windows.series_tag) as series_tag,
  coalesce(daily.month, windows.month) as month,
  daily.downloads,
  daily.known_day_count,
  daily.spread_day_count,
  daily.fallen_day_count,
  windows.downloads_30d_count,
  windows.downloads_all_time_count
from daily
full join windows
  on daily.series_kind = windows.series_kind
  and daily.series_tag = windows.series_tag
  and daily.month = windows.month
