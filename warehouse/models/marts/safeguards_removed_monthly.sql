/*
doc: New repositories made from others on the Hub, and how many of them say by their name that safeguards were taken out.
grain: the month they were made and the day they were first seen
subject: incidents
columns:
  month: date - first day of the month in which they were made
  first_observed_on: date - day of the capture that first showed them
  derivative_count: bigint - repositories that declare what they were made from
  removed_count: bigint - of these, those named abliterated, uncensored, heretic, jailbreak, unfiltered or the like
warnings:
  - Being able to do harm is not harm, and a name is what its author chose.
  - What was deleted before our first capture is missing, so early months are a lower bound.
  - Without a capture of the whole Hub this holds only the API's samples of tracked authors, most downloaded and newest.
checks:
  - unique: [month, first_observed_on]
  - not_null: [month, first_observed_on, derivative_count, removed_count]
  - between: {derivative_count: [1, null]}
  - between: {removed_count: [0, null]}
*/
select
  cast(date_trunc('month', created_on) as date) as month,
  first_observed_on,
  count(*) as derivative_count,
  count(*) filter (
    where regexp_matches(lower(repository_tag), 'abliterat|obliterat|uncensor|unfilter|heretic|jailbr[eo]')
  ) as removed_count
from core.hub_repository
where base_model_ids is not null and created_on is not null
group by cast(date_trunc('month', created_on) as date), first_observed_on
