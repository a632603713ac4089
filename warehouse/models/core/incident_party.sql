/*
doc: Who is said to have developed or used the system behind an incident, and which system it was, newest capture.
grain: an incident, a role and a party
subject: incidents
columns:
  incident_id: bigint - number of the incident at the database
  role: text - developer, deployer (who used it) or system
  party_tag: text - the party as the database writes it
  organisation_id: text - the maker of models we take it for; null where it is none that we know
  known_on: date - day the first report was submitted, else the incident entered; of the capture where neither is said
warnings:
  - Alleged by reports, not established. A party is looked up by its spelling alone.
checks:
  - unique: [incident_id, role, party_tag]
  - not_null: [incident_id, role, party_tag, known_on]
  - one_of: {role: [developer, deployer, system]}
*/
with newest as (
  select max(observed_at) as observed_at from staging.ai_incidents
),
incident as (
  select
    incidents.incident_id,
    incidents.developer_tags,
    incidents.deployer_tags,
    incidents.system_tags,
    coalesce(incidents.first_submitted_on, incidents.entered_on, cast(incidents.observed_at as date)) as known_on
  from staging.ai_incidents as incidents
  inner join newest on incidents.observed_at = newest.observed_at
),
party as (
  select incident_id, known_on, 'developer' as role, unnest(cast(developer_tags as varchar[])) as party_tag
  from incident
  union
  select incident_id, known_on, 'deployer', unnest(cast(deployer_tags as varchar[]))
  from incident
  union
  select incident_id, known_on, 'system', unnest(cast(system_tags as varchar[]))
  from incident
),
spelling as (
  select organisation_tag, min(organisation_id) as organisation_id
  from (
    select organisation_tag, organisation_id from reference.organisation_alias
    union
    select organisation_id, organisation_id from reference.organisation
  ) as known
  group by organisation_tag
  having count(distinct organisation_id) = 1
)
select
  party.incident_id,
  party.role,
  party.party_tag,
  spelling.organisation_id,
  party.known_on
from party
left join spelling on lower(party.party_tag) = spelling.organisation_tag
