/*
doc: Model repositories on the Hub by the month they were made and the library their files are for.
grain: a month and a library
subject: adoption
columns:
  month: date - first day of the month; 2022-02-01 stands for all before 2022-03-02, of which the Hub does not say
  library_tag: text - library the files are for, such as gguf; unstated where the uploader does not say, other where few use it
  repository_count: bigint - repositories
  listed_count: bigint - of these, still listed at the last capture that could show it
  observed_on: date - newest day one of them was seen
warnings:
  - Without a capture of the whole Hub this counts only samples; millions of repositories tell that it was captured.
  - What was deleted before the first capture is missing, so that sums up to a past day are a lower bound of what was there.
checks:
  - unique: [month, library_tag]
  - not_null: [month, library_tag, repository_count, listed_count]
*/
with used as (
  select library_tag
  from core.hub_repository
  where library_tag is not null
  group by library_tag
  having count(*) >= 100
)
select
  cast(coalesce(date_trunc('month', repository.created_on), date '2022-02-01') as date) as month,
  case
    when repository.library_tag is null then 'unstated'
    when used.library_tag is null then 'other'
    else repository.library_tag
  end as library_tag,
  count(*) as repository_count,
  count(case when repository.is_listed then 1 end) as listed_count,
  max(repository.last_observed_on) as observed_on
from core.hub_repository as repository
left join used on repository.library_tag = used.library_tag
group by
  cast(coalesce(date_trunc('month', repository.created_on), date '2022-02-01') as date),
  case
    when repository.library_tag is null then 'unstated'
    when used.library_tag is null then 'other'
    else repository.library_tag
  end
