/*
doc: Listed model repositories on the Hub in a thousand groups of equal size from the most to the least downloaded.
grain: a group
subject: adoption
columns:
  rank_permille: integer - 1 for the thousandth of repositories that was downloaded most, 1000 for the least
  repository_count: bigint - repositories
  downloads_all_time_count: bigint - their downloads since the Hub began to count, summed
  least_downloads_count: bigint - downloads of the least downloaded among them
  observed_on: date - newest day one of them was seen
warnings:
  - Without a capture of the whole Hub this counts only samples, mostly of large repositories.
  - Repositories of which no capture told the count are left out.
checks:
  - unique: [rank_permille]
  - not_null: [rank_permille, repository_count, downloads_all_time_count, least_downloads_count, observed_on]
*/
with ranked as (
  select
    cast(ntile(1000) over (order by downloads_all_time_count desc, repository_tag) as integer) as rank_permille,
    downloads_all_time_count,
    last_observed_on
  from core.hub_repository
  where is_listed and downloads_all_time_count is not null
)
select
  rank_permille,
  count(*) as repository_count,
  cast(sum(downloads_all_time_count) as bigint) as downloads_all_time_count,
  min(downloads_all_time_count) as least_downloads_count,
  max(last_observed_on) as observed_on
from ranked
group by rank_permille
