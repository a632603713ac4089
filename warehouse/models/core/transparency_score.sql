/*
doc: Points of each developer in each edition of the Foundation Model Transparency Index.
grain: an edition and a developer
subject: openness
columns:
  edition: text - year and month of the edition
  edition_ends_on: date - last day of that month, from which on the edition counts as published
  organisation_tag: text - the developer as the index names it
  organisation_id: text - our id of the developer; null where nobody has decided
  score: bigint - indicators that were given
  indicator_count: bigint - indicators asked for
  source: text - openness_fmti where the indicators are captured, else the hand-kept totals
warnings:
  - The indicators were rewritten for 2025, so points of different editions cannot be compared; places can.
  - An edition of which indicators are captured is taken from them alone.
checks:
  - unique: [edition, organisation_tag]
  - not_null: [edition, edition_ends_on, organisation_tag, score, indicator_count, source]
  - one_of: {source: [openness_fmti, hand-kept]}
*/
with captured as (
  select
    edition,
    edition_ends_on,
    organisation_tag,
    organisation_id,
    count(*) filter (where is_disclosed) as score,
    count(*) as indicator_count
  from core.transparency_indicator
  group by edition, edition_ends_on, organisation_tag, organisation_id
)
select
  edition,
  edition_ends_on,
  organisation_tag,
  organisation_id,
  score,
  indicator_count,
  'openness_fmti' as source
from captured
union all
select
  edition,
  edition_ends_on,
  organisation_tag,
  organisation_id,
  cast(score as bigint),
  cast(indicator_count as bigint),
  'hand-kept'
from reference.transparency_score
where edition not in (select edition from captured)
