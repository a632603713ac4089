/*
doc: Model repositories on the Hub by how often they were downloaded since the Hub began to count.
grain: a class of downloads
subject: adoption
columns:
  downloads_from: bigint - least downloads of the class; classes begin at 0 and at 1, 2 and 5 times each power of ten
  repository_count: bigint - repositories listed
  downloads: bigint - their downloads, summed
  observed_on: date - newest day one of them was seen
warnings:
  - Without a capture of the whole Hub this counts only samples, mostly of large repositories.
  - Repositories of which no capture told the count are left out.
checks:
  - unique: [downloads_from]
  - not_null: [downloads_from, repository_count, downloads, observed_on]
*/
with edge as (
  select 0 as downloads_from
  union all
  select cast(steps.step * power(10, powers.exponent) as bigint)
  from unnest([1, 2, 5]) as steps (step)
  cross join unnest(range(12)) as powers (exponent)
),
class as (
  select downloads_from, lead(downloads_from) over (order by downloads_from) as downloads_below
  from edge
)
select
  class.downloads_from,
  count(*) as repository_count,
  cast(sum(repository.downloads_all_time_count) as bigint) as downloads,
  max(repository.last_observed_on) as observed_on
from core.hub_repository as repository
inner join class
  on repository.downloads_all_time_count >= class.downloads_from
  and repository.downloads_all_time_count < class.downloads_below
where repository.is_listed
group by class.downloads_from
