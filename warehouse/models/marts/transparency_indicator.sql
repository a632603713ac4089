/*
doc: What each developer disclosed, indicator by indicator, where the indicators are captured.
grain: an edition, a developer and an indicator
subject: openness
columns:
  edition: text - year and month of the edition
  organisation_tag: text - the developer as the index names it
  indicator: text - what is asked for
  is_disclosed: boolean - whether the point was given
checks:
  - unique: [edition, organisation_tag, indicator]
  - not_null: [edition, organisation_tag, indicator, is_disclosed]
*/
select
  edition,
  organisation_tag,
  indicator,
  is_disclosed
from core.transparency_indicator
