/*
doc: Incidents listed by the AI Incident Database, by the year in which they happened.
grain: a year
subject: incidents
columns:
  year: integer - year of the harm
  incident_count: bigint - incidents listed
  observed_on: date - day of the capture
warnings:
  - Counts follow reporting - the newest years are unfinished, and all years grow with later captures.
checks:
  - unique: [year]
  - not_null: [year, incident_count, observed_on]
*/
select
  cast(year(happened_on) as integer) as year,
  count(*) as incident_count,
  max(observed_on) as observed_on
from core.incident
group by cast(year(happened_on) as integer)
