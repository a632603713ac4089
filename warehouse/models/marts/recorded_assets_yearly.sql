/*
doc: Assets in Stanford's Ecosystem Graphs by kind, year and access.
grain: a kind of asset, a year and an access
subject: openness
columns:
  type_tag: text - model, dataset or application
  year: integer - year of the date it was made, as recorded
  access: text - open, limited or closed, as recorded
  asset_count: bigint - assets recorded
  observed_on: date - day of the capture
warnings:
  - Recording thinned out after 2023, most of all for closed models; do not read shares as a trend.
checks:
  - unique: [type_tag, year, access]
  - not_null: [type_tag, year, access, asset_count, observed_on]
*/
select
  type_tag,
  recorded_year as year,
  access,
  count(*) as asset_count,
  max(observed_on) as observed_on
from core.recorded_asset
where recorded_year is not null
group by type_tag, recorded_year, access
