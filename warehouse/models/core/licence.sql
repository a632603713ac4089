/*
doc: Licences with the category ScanCode gives them and whether the Open Source Initiative has approved them.
grain: a licence
subject: licences
columns:
  licence_key: text - ScanCode's key
  spdx_id: text - SPDX identifier; null if it has none
  category_tag: text - ScanCode's category
  is_osi_approved: boolean - by the SPDX list; null where SPDX does not list it, which is not a no
  is_deprecated: boolean - whether ScanCode has retired the key
warnings:
  - ScanCode files most model licences (Llama, Gemma, RAIL) under Proprietary Free; that is a category of terms, not of access.
checks:
  - unique: [licence_key]
  - not_null: [licence_key, category_tag]
  - at_least: 2000
*/
with newest_scancode as (
  select max(observed_at) as observed_at from staging.scancode_licences
),
newest_spdx as (
  select max(observed_at) as observed_at from staging.spdx_licences
),
spdx as (
  select
    lower(spdx_licences.spdx_id) as spdx_key,
    bool_or(spdx_licences.is_osi_approved) as is_osi_approved
  from staging.spdx_licences
  inner join newest_spdx on spdx_licences.observed_at = newest_spdx.observed_at
  group by lower(spdx_licences.spdx_id)
)
select
  scancode_licences.licence_key,
  scancode_licences.spdx_id,
  scancode_licences.category_tag,
  spdx.is_osi_approved,
  scancode_licences.is_deprecated
from staging.scancode_licences
inner join newest_scancode on scancode_licences.observed_at = newest_scancode.observed_at
left join spdx on lower(scancode_licences.spdx_id) = spdx.spdx_key
