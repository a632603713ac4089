/*
doc: How each developer is placed in each edition of the Foundation Model Transparency Index.
grain: an edition and a developer
subject: openness
columns:
  edition: text - year and month of the edition
  edition_ends_on: date - last day of that month, from which on the edition counts as published
  organisation_tag: text - the developer as the index names it
  organisation_id: text - our id of the developer; null where nobody has decided
  score: bigint - indicators that were given
  indicator_count: bigint - indicators asked for
  place: bigint - 1 for the most points; equal points share a place
  developer_count: bigint - developers in the edition
  outscored_share: double - share of the other developers with fewer points, 0 to 1; equal points count half
  source: text - openness_fmti where the indicators are captured, else the hand-kept totals
warnings:
  - Compare places, not points, across editions.
checks:
  - unique: [edition, organisation_tag]
  - not_null: [edition, edition_ends_on, organisation_tag, score, place, developer_count, outscored_share]
  - between: {outscored_share: [0, 1]}
  - at_least: 30
chart: {x: edition_ends_on, y: outscored_share, colour: organisation_id}
*/
with compared as (
  select
    one.edition,
    one.organisation_tag,
    count(*) filter (where other.score > one.score) as above_count,
    count(*) filter (where other.score < one.score) as below_count,
    count(*) as developer_count
  from core.transparency_score as one
  inner join core.transparency_score as other on one.edition = other.edition
  group by one.edition, one.organisation_tag
)
select
  score.edition,
  score.edition_ends_on,
  score.organisation_tag,
  score.organisation_id,
  score.score,
  score.indicator_count,
  compared.above_count + 1 as place,
  compared.developer_count,
  (compared.below_count + (compared.developer_count - 1 - compared.below_count - compared.above_count) / cast(2 as double))
  / greatest(compared.developer_count - 1, 1) as outscored_share,
  score.source
from core.transparency_score as score
inner join compared on score.edition = compared.edition and score.organisation_tag = compared.organisation_tag
