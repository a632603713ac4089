/*
doc: Incidents with whether somebody used AI to do harm, and whether the models of the makers named are open.
grain: an incident
subject: incidents
columns:
  incident_id: bigint - number of the incident at the database
  happened_on: date - day of the harm, set by the editors
  title: text - title by the editors
  is_malicious_use: boolean - whether a deployer's name says fraud, deception, blackmail or propaganda
  maker_count: bigint - makers of models named as developers
  weights_access: text - open or closed where nine in ten of the models that the makers named had released by then were so; else unknown
  known_on: date - day the first report was submitted, else the incident entered; of the capture where neither is said
  observed_on: date - day of the capture
warnings:
  - Counts of incidents measure reporting. Products with a name are named, misuse of downloaded weights mostly stays unattributed.
  - The maker is named, not the model, so that the kind of its models stands for it.
checks:
  - unique: [incident_id]
  - not_null: [incident_id, happened_on, is_malicious_use, maker_count, weights_access, known_on, observed_on]
  - one_of: {weights_access: [open, closed, unknown]}
*/
with party as (
  select
    incident_id,
    max(
      case
        when role = 'deployer' and regexp_matches(
          lower(party_tag),
          'scam|fraud|cyber-?criminal|malicious|disinformation|misinformation|deepfake|sextort|extort|blackmail|phish|hacker|spamouflage|storm-[0-9]|impersonat|propagand'
        ) then 1
        else 0
      end
    ) as is_malicious
  from core.incident_party
  group by incident_id
),
maker as (
  select distinct incident_id, organisation_id
  from core.incident_party
  where role = 'developer' and organisation_id is not null
),
released as (
  select
    maker.incident_id,
    count(distinct maker.organisation_id) as maker_count,
    count(*) filter (where model.weights_access in ('open', 'closed') and model.released_on <= incident.happened_on)
      as known_count,
    count(*) filter (where model.weights_access = 'open' and model.released_on <= incident.happened_on) as open_count
  from maker
  inner join core.incident as incident on maker.incident_id = incident.incident_id
  left join core.model as model on maker.organisation_id = model.organisation_id
  group by maker.incident_id
)
select
  incident.incident_id,
  incident.happened_on,
  incident.title,
  coalesce(party.is_malicious, 0) = 1 as is_malicious_use,
  coalesce(released.maker_count, 0) as maker_count,
  case
    when released.open_count >= 0.9 * released.known_count and released.known_count > 0 then 'open'
    when released.open_count <= 0.1 * released.known_count and released.known_count > 0 then 'closed'
    else 'unknown'
  end as weights_access,
  incident.known_on,
  incident.observed_on
from core.incident as incident
left join party on incident.incident_id = party.incident_id
left join released on incident.incident_id = released.incident_id
