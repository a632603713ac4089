/*
doc: Models whose release dates differ by more than 31 days between sources, and which date was taken.
grain: a model and a source that differs
subject: releases
columns:
  model_id: text - the model
  taken_from: text - source whose date was taken
  taken_on: date - the date taken
  source: text - source that differs
  released_on: date - the date it gives
  difference_days: bigint - days from the date taken to the one that differs
checks:
  - unique: [model_id, source]
  - no_rows:
      name: differs_by_more_than_a_month
      doc: Only differences of more than 31 days are listed.
      sql: select * from core.release_date_conflict where abs(difference_days) <= 31
*/
select
  other.model_id,
  model.released_source as taken_from,
  model.released_on as taken_on,
  other.source,
  other.released_on,
  date_diff('day', model.released_on, other.released_on) as difference_days
from core.release_date_evidence as other
inner join core.model on other.model_id = model.model_id
where abs(date_diff('day', model.released_on, other.released_on)) > 31
