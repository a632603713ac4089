/*
doc: Whether a developer disclosed what each indicator of the Foundation Model Transparency Index asks for.
grain: an edition, a developer and an indicator
subject: openness
columns:
  edition: text - year and month of the edition
  edition_ends_on: date - last day of that month, from which on the edition counts as published
  organisation_tag: text - the developer as the index names it
  organisation_id: text - our id of the developer; null where nobody has decided
  indicator: text - what is asked for
  is_disclosed: boolean - whether the point was given
checks:
  - unique: [edition, organisation_tag, indicator]
  - not_null: [edition, edition_ends_on, organisation_tag, indicator, is_disclosed]
*/
with newest as (
  select
    edition,
    organisation_tag,
    indicator,
    is_disclosed,
    row_number() over (partition by edition, organisation_tag, indicator order by observed_at desc) as place
  from staging.openness_fmti
),
known as (
  select distinct
    organisation_tag,
    organisation_id
  from reference.transparency_score
)
select
  newest.edition,
  cast(last_day(cast(concat(newest.edition, '-01') as date)) as date) as edition_ends_on,
  newest.organisation_tag,
  known.organisation_id,
  newest.indicator,
  newest.is_disclosed
from newest
left join known on newest.organisation_tag = known.organisation_tag
where newest.place = 1
