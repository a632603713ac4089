/*
doc: How many entries of the Model Openness Tool reach each class of the Model Openness Framework, worked out again from their components.
grain: a class
subject: openness
columns:
  mof_class: text - I (open science), II (open tooling), III (open model) or none
  entry_count: bigint - entries
  observed_on: date - day the entries were read
checks:
  - unique: [mof_class]
  - not_null: [mof_class, entry_count]
*/
select
  mof_class,
  count(*) as entry_count,
  max(observed_on) as observed_on
from core.mof_class
group by mof_class
