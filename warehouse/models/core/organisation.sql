/*
doc: Organisations that make or release AI models.
grain: an organisation
subject: releases
columns:
  organisation_id: text - our id, a short slug
  name: text - what it calls itself
  country_code: text - ISO 3166-1 alpha-2 code of its headquarters; null if unknown
  kind: text - company, non_profit, university, government, community or unknown
checks:
  - unique: [organisation_id]
  - not_null: [organisation_id, name]
  - at_least: 50
*/
select
  organisation_id,
  name,
  nullif(country_code, '') as country_code,
  kind
from reference.organisation
