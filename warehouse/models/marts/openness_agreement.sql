/*
doc: How our tiers and the labels of other publishers meet, as a table of counts for each publisher.
grain: a label set, a place on its scale and the place we give
subject: openness
columns:
  label_set: text - epoch, helm, models_dev, arena, hub, mot, osai or ecosystem_graphs
  their_rank: integer - place on the publisher's scale, 0 the most closed
  our_rank: integer - the place of our tier on that scale; -1 where what we do not know spans several
  their_labels: text - the publisher's labels of that place
  our_tiers: text - our tiers of the place we give
  model_count: bigint - models
  independent_count: bigint - of those, models for which our word is not the publisher's own
  is_agreement: boolean - whether both give the same place; null where ours is not known
warnings:
  - Agreement over all models flatters us, since some of our words are the publisher's own. Read the independent ones.
checks:
  - unique: [label_set, their_rank, our_rank]
  - not_null: [label_set, their_rank, our_rank, model_count, independent_count]
*/
with met as (
  select
    label_set,
    their_rank,
    coalesce(our_rank, -1) as our_rank,
    count(*) as model_count,
    count(*) filter (where is_independent) as independent_count
  from core.openness_comparison
  group by label_set, their_rank, coalesce(our_rank, -1)
)
select
  met.label_set,
  met.their_rank,
  cast(met.our_rank as integer) as our_rank,
  theirs.labels as their_labels,
  case
    when met.our_rank = -1 then 'not known'
    when ours.tier_low = ours.tier_high then 'T' || cast(ours.tier_low as varchar)
    else 'T' || cast(ours.tier_low as varchar) || ' to T' || cast(ours.tier_high as varchar)
  end as our_tiers,
  met.model_count,
  met.independent_count,
  case when met.our_rank >= 0 then met.our_rank = met.their_rank end as is_agreement
from met
inner join core.openness_scale as theirs on met.label_set = theirs.label_set and met.their_rank = theirs.label_rank
left join core.openness_scale as ours on met.label_set = ours.label_set and met.our_rank = ours.label_rank
