/*
doc: New repositories made from others on the Hub, by the root they descend from and the month they were made.
grain: a root repository and a month
subject: releases
columns:
  root_repository_tag: text - the repository they descend from in the end
  month: date - first day of the month
  derivative_count: bigint - repositories made in the month that descend from the root
  direct_count: bigint - of these, those that name the root itself as their base
  finetune_count: bigint - of these, fine-tunes by their own word
  adapter_count: bigint - of these, adapters
  quantized_count: bigint - of these, quantisations
  merge_count: bigint - of these, merges; a merge counts at each of its roots
checks:
  - unique: [root_repository_tag, month]
  - not_null: [root_repository_tag, month, derivative_count]
  - between: {derivative_count: [1, null]}
warnings:
  - Repositories without a date (older than March 2022, or never seen but as a base) are left out.
  - What was deleted before our first capture is missing, so early months are a lower bound.
  - Lineage is self-declared; a merge counts at each root, so do not add up over roots.
*/
select
  lineage.root_repository_tag,
  cast(date_trunc('month', repository.created_on) as date) as month,
  count(*) as derivative_count,
  count(case when lineage.generation = 1 then 1 end) as direct_count,
  count(case when repository.base_relation_tag = 'finetune' then 1 end) as finetune_count,
  count(case when repository.base_relation_tag = 'adapter' then 1 end) as adapter_count,
  count(case when repository.base_relation_tag = 'quantized' then 1 end) as quantized_count,
  count(case when repository.base_relation_tag = 'merge' then 1 end) as merge_count
from core.hub_lineage as lineage
join core.hub_repository as repository on lineage.repository_tag = repository.repository_tag
where lineage.generation > 0 and repository.created_on is not null
group by lineage.root_repository_tag, cast(date_trunc('month', repository.created_on) as date)
