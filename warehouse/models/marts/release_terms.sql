/*
doc: On what terms each release can be had, four conditions of access one by one, and how large it is.
grain: a model with a known release date
subject: openness
columns:
  model_id: text - the model
  name: text - its name
  organisation_id: text - who made it; null if unknown
  released_on: date - first public release
  weights_access: text - open, closed or unknown
  licence_key: text - declared licence; null where not known
  licence_known_on: date - first day the word on the licence was on record; null where not known
  is_ungated: boolean - weights come without asking; null where not known, false without weights
  is_unlimited_in_size: boolean - nobody is shut out by users, revenue or registration; null where not known, false without weights
  is_unlimited_in_region: boolean - no country is shut out; null where not known, false without weights
  is_unlimited_in_use: boolean - no field of use is forbidden; null where not known, false without weights
  parameters_billion: double - all its parameters in billions; null where not known
  weights_gigabytes: double - memory for its weights at four bits each with a fifth on top; null where not known
warnings:
  - A limit on size that binds twenty companies counts like one that binds thousands.
  - The gate is told by the Hub alone, and is today's.
checks:
  - unique: [model_id]
  - not_null: [model_id, released_on, weights_access]
*/
select
  release.model_id,
  release.name,
  release.organisation_id,
  release.released_on,
  release.weights_access,
  licence.licence_key,
  licence.known_on as licence_known_on,
  case
    when release.weights_access = 'closed' then false
    when licence.gate = 'none' then true
    when licence.gate in ('auto', 'manual') then false
  end as is_ungated,
  case when release.weights_access = 'closed' then false else terms.is_unlimited_in_size end as is_unlimited_in_size,
  case when release.weights_access = 'closed' then false else terms.is_unlimited_in_region end as is_unlimited_in_region,
  case when release.weights_access = 'closed' then false else terms.is_unlimited_in_use end as is_unlimited_in_use,
  size.parameters_billion,
  size.parameters_billion / cast(2 as double) * cast(1.2 as double) as weights_gigabytes
from marts.release as release
left join core.model_licence as licence on release.model_id = licence.model_id
left join core.licence_terms as terms on licence.licence_key = terms.licence_key
left join core.model_size as size on release.model_id = size.model_id
