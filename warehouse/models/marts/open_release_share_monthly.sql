/*
doc: Share of model releases with downloadable weights, by month of release, with bounds over the unknown.
grain: a month
subject: releases
columns:
  month: date - first day of the month
  release_count: bigint - releases
  open_count: bigint - with downloadable weights under any licence
  closed_count: bigint - without
  unknown_count: bigint - nobody says
  open_share: double - open among those known, 0 to 1; null when none is known
  open_share_low: double - if every unknown one were closed
  open_share_high: double - if every unknown one were open
warnings:
  - Open here means any downloadable weights, whatever the licence.
  - Evaluations and gateways choose what to list, so levels depend on their choice; compare over time with care.
checks:
  - unique: [month]
  - not_null: [month, release_count, open_share_low, open_share_high]
  - between: {open_share: [0, 1], open_share_low: [0, 1], open_share_high: [0, 1]}
  - no_rows:
      name: parts_sum_to_whole
      doc: Open, closed and unknown are all releases, and the share lies within its bounds.
      sql: >-
        select * from marts.open_release_share_monthly
        where open_count + closed_count + unknown_count <> release_count
        or open_share < open_share_low or open_share > open_share_high
chart: {x: month, y: open_share}
*/
with counted as (
  select
    cast(date_trunc('month', released_on) as date) as month,
    count(*) as release_count,
    count(*) filter (where weights_access = 'open') as open_count,
    count(*) filter (where weights_access = 'closed') as closed_count,
    count(*) filter (where weights_access = 'unknown') as unknown_count
  from marts.release
  where released_on >= date '2020-01-01'
  group by cast(date_trunc('month', released_on) as date)
)
select
  month,
  release_count,
  open_count,
  closed_count,
  unknown_count,
  open_count / nullif(cast(open_count + closed_count as double), 0) as open_share,
  open_count / cast(release_count as double) as open_share_low,
  (open_count + unknown_count) / cast(release_count as double) as open_share_high
from counted
