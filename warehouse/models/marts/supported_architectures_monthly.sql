/*
doc: How many model architectures a toolkit runs, in each month with a release of it.
grain: a month and a toolkit
subject: adoption
columns:
  month: date - first day of the month of the release
  toolkit: text - gguf (llama.cpp's file format) or transformers (Hugging Face)
  architecture_count: bigint - architectures of the month's last release, without those the toolkit calls deprecated
  new_count: bigint - architectures first seen in the month's releases; null in the first month kept
warnings:
  - Months without a release are absent, not zero. gguf has none from 2025-07 to 2026-01, so its 2026-02 gathers eight months.
  - Of transformers only a month's last release is kept, so an architecture that came and went inside one is missed.
checks:
  - unique: [month, toolkit]
  - not_null: [month, toolkit, architecture_count]
  - between: {architecture_count: [1, null], new_count: [0, null]}
chart: {x: month, y: architecture_count, colour: toolkit}
*/
with releases as (
  select
    cast(date_trunc('month', released_on) as date) as month,
    toolkit,
    architecture_count,
    row_number() over (
      partition by toolkit, date_trunc('month', released_on) order by released_on desc, architecture_count desc
    ) as place
  from core.toolkit_release
),
began as (
  select
    toolkit,
    min(month) as month
  from releases
  group by toolkit
),
arrivals as (
  select
    cast(date_trunc('month', first_released_on) as date) as month,
    toolkit,
    count(*) as new_count
  from core.supported_architecture
  group by date_trunc('month', first_released_on), toolkit
)
select
  releases.month,
  releases.toolkit,
  releases.architecture_count,
  case when releases.month > began.month then coalesce(arrivals.new_count, 0) end as new_count
from releases
inner join began on releases.toolkit = began.toolkit
left join arrivals on releases.toolkit = arrivals.toolkit and releases.month = arrivals.month
where releases.place = 1
