/*
doc: Every model whose openness another publisher labels otherwise than we do, with the reason for ours.
grain: a label set and a model
subject: openness
columns:
  label_set: text - whose label
  model_id: text - the model
  subject_tag: text - what the publisher speaks of, as written there
  their_label: text - the publisher's label
  our_tiers: text - our tiers of the place we give it on the publisher's scale
  our_source: text - whose word on weights and licence we follow
  observed_on: date - day the publisher said so
  known_on: date - day our word was first on record
  reason: text - opened_since (the publisher's word is older and more closed), upstream (what it was made from binds the licence), gate (only by application), hand_checked (we follow two sources read by hand), same_source (an older or another entry of the publisher's own) or stronger_source
checks:
  - unique: [label_set, model_id]
  - not_null: [label_set, model_id, their_label, our_tiers, reason]
  - one_of: {reason: [opened_since, upstream, gate, hand_checked, same_source, stronger_source]}
*/
select
  openness_comparison.label_set,
  openness_comparison.model_id,
  openness_comparison.subject_tag,
  openness_comparison.their_label,
  case
    when openness_scale.tier_low = openness_scale.tier_high then 'T' || cast(openness_scale.tier_low as varchar)
    else 'T' || cast(openness_scale.tier_low as varchar) || ' to T' || cast(openness_scale.tier_high as varchar)
  end as our_tiers,
  openness_comparison.our_source,
  openness_comparison.observed_on,
  openness_comparison.known_on,
  case
    when openness_comparison.our_rank < openness_comparison.their_rank and openness_comparison.drift > 0 then 'upstream'
    when openness_comparison.our_rank < openness_comparison.their_rank and openness_comparison.gate = 'manual' then 'gate'
    when openness_comparison.our_source like 'leading_model%' then
      case
        when openness_comparison.our_rank > openness_comparison.their_rank
          and model.weights_released_on > openness_comparison.observed_on then 'opened_since'
        else 'hand_checked'
      end
    when not openness_comparison.is_independent then 'same_source'
    when openness_comparison.our_rank > openness_comparison.their_rank
      and openness_comparison.known_on > openness_comparison.observed_on then 'opened_since'
    else 'stronger_source'
  end as reason
from core.openness_comparison
inner join core.openness_scale
  on openness_comparison.label_set = openness_scale.label_set
  and openness_comparison.our_rank = openness_scale.label_rank
inner join core.model on openness_comparison.model_id = model.model_id
where openness_comparison.our_rank <> openness_comparison.their_rank
