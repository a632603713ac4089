/*
doc: Share of model releases that are open, by month of release and under each of four definitions, with bounds over the unknown.
grain: a month and a definition
subject: releases
columns:
  month: date - first day of the month
  definition: text - open_any, open_unrestricted, osi_weights or osaid, as in marts.release_openness
  release_count: bigint - releases
  open_count: bigint - open under the definition
  closed_count: bigint - not open under it
  unknown_count: bigint - nobody tells
  open_share: double - open among those known, 0 to 1; null when none is known
  open_share_low: double - if every unknown one were closed
  open_share_high: double - if every unknown one were open
warnings:
  - The stricter the definition, the more is unknown; read the bounds before the share.
  - Evaluations and gateways choose what to list, so levels depend on their choice; compare over time with care.
checks:
  - unique: [month, definition]
  - not_null: [month, definition, release_count, open_share_low, open_share_high]
  - one_of: {definition: [open_any, open_unrestricted, osi_weights, osaid]}
  - between: {open_share: [0, 1], open_share_low: [0, 1], open_share_high: [0, 1]}
  - no_rows:
      name: parts_sum_to_whole
      doc: Open, closed and unknown are all releases, and the share lies within its bounds.
      sql: >-
        select * from marts.open_definition_share_monthly
        where open_count + closed_count + unknown_count <> release_count
        or open_share < open_share_low or open_share > open_share_high
  - no_rows:
      name: stricter_is_never_more
      doc: No more releases are surely open under a stricter definition than under the widest.
      sql: >-
        select strict.month from marts.open_definition_share_monthly as strict
        inner join marts.open_definition_share_monthly as wide
        on strict.month = wide.month and wide.definition = 'open_any'
        where strict.open_count > wide.open_count or strict.open_share_high > wide.open_share_high + 1e-9
chart: {x: month, y: open_share, colour: definition}
*/
with counted as (
  select
    cast(date_trunc('month', release.released_on) as date) as month,
    release_openness.definition,
    count(*) as release_count,
    count(*) filter (where release_openness.label = 'open') as open_count,
    count(*) filter (where release_openness.label = 'closed') as closed_count,
    count(*) filter (where release_openness.label = 'unknown') as unknown_count
  from marts.release
  inner join marts.release_openness on release.model_id = release_openness.model_id
  where release.released_on >= date '2020-01-01'
  group by cast(date_trunc('month', release.released_on) as date), release_openness.definition
)
select
  month,
  definition,
  release_count,
  open_count,
  closed_count,
  unknown_count,
  open_count / nullif(cast(open_count + closed_count as double), 0) as open_share,
  open_count / cast(release_count as double) as open_share_low,
  (open_count + unknown_count) / cast(release_count as double) as open_share_high
from counted
