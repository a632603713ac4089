/*
doc: Models, datasets and applications as Stanford's Ecosystem Graphs records them, newest capture.
grain: an asset
subject: openness
columns:
  type_tag: text - model, dataset or application
  name: text - the asset
  organisation_tag: text - who made it, as typed
  entry_number: integer - 1, unless the same is recorded again
  access: text - open, limited or closed, as recorded
  recorded_year: integer - year of the date it was made, as recorded
  observed_on: date - day of the capture
warnings:
  - Closed models are hardly recorded after 2023, so shares must not be read as a trend.
checks:
  - unique: [type_tag, name, organisation_tag, entry_number]
  - not_null: [type_tag, name, access, observed_on]
  - one_of: {access: [open, limited, closed]}
*/
with newest as (
  select max(observed_at) as observed_at from staging.ecosystem_graphs
)
select
  assets.type_tag,
  assets.name,
  assets.organisation_tag,
  assets.entry_number,
  lower(assets.access_tag) as access,
  cast(nullif(regexp_extract(assets.released_on_tag, '^((19|20)[0-9][0-9])', 1), '') as integer) as recorded_year,
  cast(assets.observed_at as date) as observed_on
from staging.ecosystem_graphs as assets
inner join newest on assets.observed_at = newest.observed_at
