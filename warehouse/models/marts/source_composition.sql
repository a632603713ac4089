/*
doc: How many records each capture of a source has by what they say of one attribute, in the source's own words.
grain: a capture of a source, an attribute and a value
subject: releases
columns:
  source: text - the source
  snapshot_id: text - the capture
  observed_on: date - day of the capture
  attribute: text - what the records are counted by, such as access, licence or category
  value: text - as the source writes it; blank where it says nothing
  record_count: bigint - records
  record_share: double - share of the capture's records, 0 to 1
warnings:
  - Counts of records and not of models; a source lists what it chooses to.
checks:
  - unique: [source, snapshot_id, attribute, value]
  - not_null: [source, snapshot_id, observed_on, attribute, value, record_count, record_share]
  - between: {record_share: [0, 1]}
  - at_least: 100
*/
select
  source,
  snapshot_id,
  observed_on,
  attribute,
  value,
  record_count,
  record_count / cast(sum(record_count) over (partition by source, snapshot_id, attribute) as double) as record_share
from core.source_composition
