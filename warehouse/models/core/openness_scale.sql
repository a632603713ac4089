/*
doc: Places on the scale of each other publisher, with its labels and our tiers of that place.
grain: a place on a publisher's scale
subject: openness
columns:
  label_set: text - whose scale
  label_rank: integer - the place, 0 the most closed
  labels: text - the publisher's labels of that place
  tier_low: integer - least of our tiers of that place
  tier_high: integer - greatest of our tiers of that place
checks:
  - unique: [label_set, label_rank]
  - not_null: [label_set, label_rank, labels, tier_low, tier_high]
*/
select
  label_set,
  label_rank,
  string_agg(label, ' / ' order by label) as labels,
  min(tier_low) as tier_low,
  max(tier_high) as tier_high
from reference.openness_crosswalk
group by label_set, label_rank
