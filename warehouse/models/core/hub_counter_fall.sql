/*
doc: Download counters of the Hub that fell as real downloads cannot make them fall.
grain: a counter and a day it was seen lower
subject: adoption
columns:
  counted_thing: text - repository (our captures), or author, family or model (Model Pulse)
  counter_tag: text - the repository or author
  counter: text - downloads_all_time, which never falls of itself, or downloads_30d
  fell_on: date - day the lower count was first seen
  before_on: date - day of the count before
  before_count: bigint - the count before
  found_count: bigint - the lower count
  fall_share: double - what it lost, as a share of the count before
  is_mended: boolean - whether it was back at the old height within 14 days
checks:
  - unique: [counted_thing, counter_tag, counter, fell_on]
  - not_null: [counted_thing, counter_tag, counter, fell_on, before_on, before_count, found_count, fall_share, is_mended]
  - between: {fall_share: [0, 1]}
  - one_of:
      counted_thing: [repository, author, family, model]
      counter: [downloads_all_time, downloads_30d]
  - no_rows:
      name: lower_than_before
      doc: The count found is lower than the one before it.
      sql: select counter_tag, fell_on from core.hub_counter_fall where found_count >= before_count or before_on >= fell_on
warnings:
  - Any fall of an all-time count is listed. A 30-day count loses a thirtieth a day when nothing is downloaded any more;
    listed is one of 1,000 and more that fell faster than a tenth a day.
*/
with counted as (
  select
    'repository' as counted_thing,
    repository_tag as counter_tag,
    'downloads_all_time' as counter,
    observed_on as counted_on,
    downloads_all_time_count as number
  from core.hub_repository_counter
  where downloads_all_time_count is not null
  union all
  select
    'repository' as counted_thing,
    repository_tag as counter_tag,
    'downloads_30d' as counter,
    observed_on as counted_on,
    downloads_30d_count as number
  from core.hub_repository_counter
  where downloads_30d_count is not null
  union all
  select
    series_kind as counted_thing,
    series_tag as counter_tag,
    'downloads_all_time' as counter,
    counted_on,
    downloads_all_time_count as number
  from core.hub_download_count
  where downloads_all_time_count is not null
  union all
  select
    series_kind as counted_thing,
    series_tag as counter_tag,
    'downloads_30d' as counter,
    counted_on,
    downloads_30d_count as number
  from core.hub_download_count
  where downloads_30d_count is not null
),
paired as (
  select
    counted_thing,
    counter_tag,
    counter,
    counted_on,
    number,
    lag(counted_on) over (partition by counted_thing, counter_tag, counter order by counted_on) as before_on,
    lag(number) over (partition by counted_thing, counter_tag, counter order by counted_on) as before_number,
    max(number) over (
      partition by counted_thing, counter_tag, counter order by counted_on
      range between interval 1 day following and interval 14 day following
    ) as high_after
  from counted
)
select
  counted_thing,
  counter_tag,
  counter,
  counted_on as fell_on,
  before_on,
  before_number as before_count,
  number as found_count,
  cast(before_number - number as double) / before_number as fall_share,
  coalesce(high_after >= before_number, false) as is_mended
from paired
where number < before_number
  and (
    counter = 'downloads_all_time'
    or before_number >= 1000 and number < before_number * power(0.9, datediff('day', before_on, counted_on))
  )
