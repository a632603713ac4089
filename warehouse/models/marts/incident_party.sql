/*
doc: Who is said to have developed or used the system behind each incident, with the day of the harm and of its first report.
grain: an incident, a role and a party
subject: incidents
columns:
  incident_id: bigint - number of the incident at the database
  role: text - developer, deployer (who used it) or system
  party_tag: text - the party as the database writes it
  organisation_id: text - the maker of models we take it for; null where it is none that we know
  happened_on: date - day of the harm, set by the editors
  known_on: date - day the first report was submitted, else the incident entered; of the capture where neither is said
  observed_on: date - day of the capture
warnings:
  - Alleged by reports, not established. Groups such as makers of deepfakes stand for many nobody has named.
checks:
  - unique: [incident_id, role, party_tag]
  - not_null: [incident_id, role, party_tag, happened_on, known_on, observed_on]
*/
select
  party.incident_id,
  party.role,
  party.party_tag,
  party.organisation_id,
  incident.happened_on,
  incident.known_on,
  incident.observed_on
from core.incident_party as party
inner join core.incident as incident on party.incident_id = incident.incident_id
