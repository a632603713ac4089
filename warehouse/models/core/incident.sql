/*
doc: Incidents of harm by artificial intelligence as the AI Incident Database lists them, newest capture.
grain: an incident
subject: incidents
columns:
  incident_id: bigint - number of the incident at the database
  happened_on: date - day of the harm, set by the editors
  title: text - title by the editors
  known_on: date - day the first report was submitted, else the incident entered; of the capture where neither is said
  observed_on: date - day of the capture
warnings:
  - Incidents are added for years after they happened, so recent years grow with every capture.
checks:
  - unique: [incident_id]
  - not_null: [incident_id, happened_on, known_on, observed_on]
*/
with newest as (
  select max(observed_at) as observed_at from staging.ai_incidents
)
select
  ai_incidents.incident_id,
  ai_incidents.happened_on,
  ai_incidents.title,
  coalesce(ai_incidents.first_submitted_on, ai_incidents.entered_on, cast(ai_incidents.observed_at as date)) as known_on,
  cast(ai_incidents.observed_at as date) as observed_on
from staging.ai_incidents
inner join newest on ai_incidents.observed_at = newest.observed_at
where ai_incidents.happened_on is not null
