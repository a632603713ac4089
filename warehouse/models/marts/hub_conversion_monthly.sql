/*
doc: Quantised copies of makers' models on the Hub by month, and how many of them the maker made itself.
grain: a maker and a month
subject: adoption
columns:
  organisation_id: text - maker of the model that the copies descend from
  month: date - first day of the month in which the copies were made
  conversion_count: bigint - quantised copies, by their own word
  own_conversion_count: bigint - of these, those by the maker's own accounts
  known_on: date - first day the month was on record as it is here
checks:
  - unique: [organisation_id, month]
  - not_null: [organisation_id, month, conversion_count, own_conversion_count, known_on]
warnings:
  - Lineage is declared by uploaders, and roots at accounts that stand for no maker are left out.
*/
with conversion as (
  select
    repository.repository_tag,
    root_author.organisation_id,
    cast(date_trunc('month', repository.created_on) as date) as month,
    max(case when author.organisation_id = root_author.organisation_id then 1 else 0 end) as is_own,
    max(greatest(repository.first_observed_on, cast(last_day(repository.created_on) as date))) as known_on
  from core.hub_lineage as lineage
  inner join core.hub_repository as repository on lineage.repository_tag = repository.repository_tag
  inner join core.hub_author as root_author
    on split_part(lower(lineage.root_repository_tag), '/', 1) = root_author.author_tag
  left join core.hub_author as author on split_part(lower(repository.repository_tag), '/', 1) = author.author_tag
  where lineage.generation > 0 and repository.base_relation_tag = 'quantized' and repository.created_on is not null
  group by
    repository.repository_tag,
    root_author.organisation_id,
    cast(date_trunc('month', repository.created_on) as date)
)
select
  organisation_id,
  month,
  count(*) as conversion_count,
  cast(sum(is_own) as bigint) as own_conversion_count,
  max(known_on) as known_on
from conversion
group by organisation_id, month
