/*
doc: Each label of another publisher beside ours, brought to the publisher's scale.
grain: a label set and a model
subject: openness
columns:
  label_set: text - whose labels
  model_id: text - the model
  subject_tag: text - what the publisher speaks of, as written there
  their_label: text - the publisher's label
  their_rank: integer - its place on the publisher's scale, 0 the most closed
  our_rank: integer - the place of our tier on that scale; null where what we do not know spans several
  our_tier_low: integer - least tier it can be
  our_tier_high: integer - greatest tier it can be
  our_source: text - whose word on weights and licence we follow
  is_independent: boolean - whether that word is not the publisher's own
  observed_on: date - day the publisher said so
  known_on: date - day our word was first on record
  drift: integer - classes by which the declared licence lies above the effective one
  gate: text - none, auto, manual or unknown
checks:
  - unique: [label_set, model_id]
  - not_null: [label_set, model_id, their_label, their_rank, is_independent]
*/
select
  outside_label.label_set,
  outside_label.model_id,
  outside_label.subject_tag,
  outside_label.label as their_label,
  outside_label.label_rank as their_rank,
  case when model_openness.open_any = 'unknown' then null else place.label_rank end as our_rank,
  model_openness.tier_low as our_tier_low,
  model_openness.tier_high as our_tier_high,
  coalesce(model_openness.weights_source, 'nobody')
    || case
      when model_openness.weights_form = 'downloadable' and model_openness.licence_source is not null
        then ', licence ' || model_openness.licence_source
      else ''
    end as our_source,
  not (
    coalesce(model_openness.weights_source, '') in (
      outside_label.label_set,
      case outside_label.label_set when 'models_dev' then 'models_dev_maker' when 'hub' then 'huggingface' else outside_label.label_set end,
      case outside_label.label_set when 'models_dev' then 'models_dev_resellers' else outside_label.label_set end
    )
    or model_openness.weights_form = 'downloadable'
    and outside_label.label_set in ('epoch', 'arena', 'hub', 'mot', 'osai')
    and coalesce(model_openness.licence_source, '')
      = case outside_label.label_set when 'hub' then 'huggingface' else outside_label.label_set end
  ) as is_independent,
  outside_label.observed_on,
  greatest(model_openness.weights_known_on, model_openness.licence_known_on) as known_on,
  model_openness.drift,
  model_openness.gate
from core.outside_label
inner join core.model_openness on outside_label.model_id = model_openness.model_id
left join core.openness_scale as place
  on outside_label.label_set = place.label_set
  and model_openness.tier_low >= place.tier_low
  and model_openness.tier_high <= place.tier_high
