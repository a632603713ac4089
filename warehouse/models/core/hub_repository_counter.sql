/*
doc: Counters of Hub repositories, a row whenever one of them moved.
grain: a repository and a day on which a counter was first seen at a new value
subject: adoption
columns:
  repository_tag: text - id of the repository on the Hub, author/name
  observed_on: date - day these values were first seen; they stand until the next row
  downloads_30d_count: bigint - downloads of the last 30 days
  downloads_all_time_count: bigint - downloads since the Hub began to count; null where the capture does not say
  like_count: bigint - likes
  modified_at: timestamp - when the repository last changed, UTC
checks:
  - unique: [repository_tag, observed_on]
  - not_null: [repository_tag, observed_on]
  - between: {downloads_30d_count: [0, null], downloads_all_time_count: [0, null], like_count: [0, null]}
warnings:
  - A download is any request for a counted file; continuous integration and mirrors inflate it.
  - Counters stall and fall; see core.hub_counter_fall.
*/
with shown as (
  select
    huggingface_id as repository_tag,
    cast(observed_at as date) as observed_on,
    observed_at,
    downloads_30d_count,
    downloads_all_time_count,
    like_count,
    modified_at
  from staging.huggingface_models
  union all
  select
    huggingface_id as repository_tag,
    cast(observed_at as date) as observed_on,
    observed_at,
    downloads_30d_count,
    downloads_all_time_count,
    like_count,
    modified_at
  from staging.huggingface_repositories
  where change_tag <> 'gone'
),
repeated as (
  select repository_tag
  from shown
  group by repository_tag
  having count(*) > 1
),
numbered as (
  select
    shown.repository_tag,
    shown.observed_on,
    shown.downloads_30d_count,
    shown.downloads_all_time_count,
    shown.like_count,
    shown.modified_at,
    row_number() over (
      partition by shown.repository_tag, shown.observed_on
      order by shown.observed_at desc, shown.downloads_all_time_count desc nulls last
    ) as place
  from shown
  join repeated on shown.repository_tag = repeated.repository_tag
),
compared as (
  select
    repository_tag,
    observed_on,
    downloads_30d_count,
    downloads_all_time_count,
    like_count,
    modified_at,
    row_number() over (partition by repository_tag order by observed_on) as place,
    lag(downloads_30d_count) over (partition by repository_tag order by observed_on) as downloads_30d_before,
    lag(downloads_all_time_count) over (partition by repository_tag order by observed_on) as downloads_all_time_before,
    lag(like_count) over (partition by repository_tag order by observed_on) as like_before,
    lag(modified_at) over (partition by repository_tag order by observed_on) as modified_before
  from numbered
  where place = 1
)
select
  repository_tag,
  observed_on,
  downloads_30d_count,
  downloads_all_time_count,
  like_count,
  modified_at
from compared
where place = 1
  or downloads_30d_count is distinct from downloads_30d_before
  or downloads_all_time_count is distinct from downloads_all_time_before
  or like_count is distinct from like_before
  or modified_at is distinct from modified_before
union all
select
  shown.repository_tag,
  shown.observed_on,
  shown.downloads_30d_count,
  shown.downloads_all_time_count,
  shown.like_count,
  shown.modified_at
from shown
left join repeated on shown.repository_tag = repeated.repository_tag
where repeated.repository_tag is null
