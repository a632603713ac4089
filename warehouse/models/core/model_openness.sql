/*
doc: How open each model is by seven observed facts, with the tier, class and definitions that follow from them by fixed rules.
grain: a model
subject: openness
columns:
  model_id: text - the model
  weights_form: text - how its weights can be had - downloadable, api, hosted, none, withheld (not downloadable, more is not known) or unknown
  weights_source: text - whose word that is; null when unknown
  licence_key: text - declared licence of the weights; null where none is known by name
  licence_source: text - whose word that is; null when unknown
  declared_class: text - class of the declared licence; null unless it is one
  effective_class: text - class left after what it was made from; null unless it is one
  effective_low: text - least it can be; null for weights that cannot be downloaded
  effective_high: text - greatest it can be; null for weights that cannot be downloaded
  drift: integer - classes by which the declared licence lies above the effective one, at least; null where not known
  gate: text - none, auto, manual or unknown
  is_training_code_open: boolean - null where not known, as for all that follow
  is_inference_code_open: boolean - code that runs it, under an open licence
  has_data_information: boolean - enough is told of the data to build a like system
  is_training_data_open: boolean - the data itself, under an open licence
  is_preprocessing_code_open: boolean - code that prepares the data
  has_intermediate_checkpoints: boolean - weights from during training
  has_paper: boolean - a paper or preprint
  tier_low: integer - least tier it can be, 0 to 6, under what is unknown
  tier_high: integer - greatest tier it can be
  tier: integer - 0 unreleased, 1 hosted or API, 2 by application, unlicensed or research only, 3 community or use-restricted, 4 open weights, 5 open source AI, 6 open science; null unless both are equal
  tier_name: text - the tier in words; null unless known, and open weights or more where only that is known
  mof_class: text - class by the Model Openness Framework; null where the tool has no entry
  solaiman_level: integer - place on Solaiman's gradient of release, 1 fully closed to 6 fully open; null where not known
  open_any: text - yes, no or unknown - weights can be downloaded under any terms
  open_unrestricted: text - tier 4 or more
  osi_weights: text - weights can be downloaded under an OSI-approved licence
  osaid: text - weights, code and data information meet the Open Source AI Definition 1.0
  weights_known_on: date - first day the word on weights was on record; null when unknown
  licence_known_on: date - first day the word on the licence was on record; null when unknown
  components_known_on: date - last of the days on which the parts that decide on osaid were first told; null when none was
warnings:
  - A gate nobody told of is taken for none in tiers 2 to 4, because an open licence lets anyone pass a copy on; for tier 5 it is unknown.
  - Parts beside the weights are known for few models, so many lie between tiers 4 and 6.
checks:
  - unique: [model_id]
  - not_null: [model_id, weights_form, gate, tier_low, tier_high, open_any, open_unrestricted, osi_weights, osaid]
  - between: {tier_low: [0, 6], tier_high: [0, 6], solaiman_level: [1, 6]}
  - one_of:
      weights_form: [downloadable, api, hosted, none, withheld, unknown]
      open_any: ['yes', 'no', unknown]
      open_unrestricted: ['yes', 'no', unknown]
      osi_weights: ['yes', 'no', unknown]
      osaid: ['yes', 'no', unknown]
  - no_rows:
      name: definitions_are_nested
      doc: What meets a stricter definition meets the wider one, and what fails the wider fails the stricter.
      sql: >-
        select * from core.model_openness
        where tier_low > tier_high
        or (osaid = 'yes' and osi_weights <> 'yes') or (osi_weights = 'yes' and open_any <> 'yes')
        or (open_unrestricted = 'yes' and open_any <> 'yes')
        or (open_any = 'no' and (open_unrestricted <> 'no' or osi_weights <> 'no' or osaid <> 'no'))
*/
with bound as (
  select false as is_high
  union all
  select true
),
supposed as (
  select
    fact.model_id,
    bound.is_high,
    case
      when fact.weights_form = 'unknown' then case when bound.is_high then 'downloadable' else 'none' end
      when fact.weights_form = 'withheld' then case when bound.is_high then 'api' else 'none' end
      else fact.weights_form
    end as weights_form,
    case when bound.is_high then coalesce(fact.effective_high, 'L6') else coalesce(fact.effective_low, 'L1') end as class,
    fact.gate = 'manual' as is_by_application,
    case when fact.gate = 'unknown' then bound.is_high else fact.gate = 'none' end as is_ungated,
    coalesce(fact.is_training_code_open, bound.is_high) as is_training_code_open,
    coalesce(fact.is_inference_code_open, bound.is_high) as is_inference_code_open,
    coalesce(fact.has_data_information, bound.is_high) as has_data_information,
    coalesce(fact.is_training_data_open, bound.is_high) as is_training_data_open,
    coalesce(fact.is_preprocessing_code_open, bound.is_high) as is_preprocessing_code_open,
    coalesce(fact.has_intermediate_checkpoints, bound.is_high) as has_intermediate_checkpoints,
    coalesce(fact.has_paper, bound.is_high) as has_paper
  from core.openness_fact as fact
  cross join bound
),
placed as (
  select
    model_id,
    is_high,
    case
      when weights_form = 'none' then 0
      when weights_form in ('hosted', 'api') then 1
      when is_by_application or class in ('L0', 'L1', 'L2') then 2
      when class in ('L3', 'L4') then 3
      when not (is_training_code_open and is_inference_code_open and has_data_information and is_ungated) then 4
      when is_training_data_open and is_preprocessing_code_open and has_intermediate_checkpoints and has_paper then 6
      else 5
    end as tier
  from supposed
),
tiers as (
  select
    model_id,
    cast(max(tier) filter (where not is_high) as integer) as tier_low,
    cast(max(tier) filter (where is_high) as integer) as tier_high
  from placed
  group by model_id
),
defined as (
  select
    fact.model_id,
    tiers.tier_low,
    tiers.tier_high,
    case
      when fact.weights_form = 'downloadable' then true
      when fact.weights_form <> 'unknown' then false
    end as is_open_any,
    case
      when fact.weights_form not in ('downloadable', 'unknown') or tiers.tier_high < 4 then false
      when tiers.tier_low >= 4 then true
    end as is_open_unrestricted,
    case
      when fact.weights_form not in ('downloadable', 'unknown') or fact.effective_high < 'L6' then false
      when fact.weights_form = 'downloadable' and fact.effective_low = 'L6' then true
    end as is_osi_weights,
    fact.is_training_code_open and fact.is_inference_code_open as is_code_open,
    fact.has_data_information
  from core.openness_fact as fact
  inner join tiers on fact.model_id = tiers.model_id
)
select
  fact.model_id,
  fact.weights_form,
  fact.weights_source,
  fact.licence_key,
  fact.licence_source,
  case when fact.declared_low = fact.declared_high then fact.declared_high end as declared_class,
  case when fact.effective_low = fact.effective_high then fact.effective_high end as effective_class,
  fact.effective_low,
  fact.effective_high,
  case
    when fact.weights_form = 'downloadable' and fact.declared_low > 'L0'
      then greatest(
        cast(substr(fact.declared_low, 2) as integer) - cast(substr(fact.effective_high, 2) as integer), 0
      )
  end as drift,
  fact.gate,
  fact.is_training_code_open,
  fact.is_inference_code_open,
  fact.has_data_information,
  fact.is_training_data_open,
  fact.is_preprocessing_code_open,
  fact.has_intermediate_checkpoints,
  fact.has_paper,
  defined.tier_low,
  defined.tier_high,
  case when defined.tier_low = defined.tier_high then defined.tier_low end as tier,
  case
    when defined.tier_low >= 4 and defined.tier_low < defined.tier_high then 'open weights or more'
    when defined.tier_low < defined.tier_high then null
    when defined.tier_low = 0 then 'unreleased'
    when defined.tier_low = 1 then case when fact.weights_form = 'hosted' then 'hosted' else 'API' end
    when fact.gate = 'manual' then 'by application'
    when fact.effective_high = 'L1' then 'unlicensed weights'
    when defined.tier_low = 2 then 'research weights'
    when fact.effective_high = 'L3' then 'community weights'
    when defined.tier_low = 3 then 'restricted weights'
    when defined.tier_low = 4 and fact.is_training_code_open then 'open weights and code'
    when defined.tier_low = 4 then 'open weights'
    when defined.tier_low = 5 then 'open source AI'
    else 'open science'
  end as tier_name,
  fact.mof_class,
  cast(
    case
      when fact.weights_form = 'none' then 1
      when fact.weights_form = 'hosted' then 3
      when fact.weights_form = 'api' then 4
      when fact.weights_form <> 'downloadable' then null
      when fact.gate = 'manual' then 2
      when defined.tier_low >= 5 then 6
      when defined.tier_high < 5 then 5
    end as integer
  ) as solaiman_level,
  case defined.is_open_any when true then 'yes' when false then 'no' else 'unknown' end as open_any,
  case defined.is_open_unrestricted when true then 'yes' when false then 'no' else 'unknown' end as open_unrestricted,
  case defined.is_osi_weights when true then 'yes' when false then 'no' else 'unknown' end as osi_weights,
  case (defined.is_osi_weights and defined.is_code_open and defined.has_data_information)
    when true then 'yes'
    when false then 'no'
    else 'unknown'
  end as osaid,
  fact.weights_known_on,
  fact.licence_known_on,
  fact.components_known_on
from core.openness_fact as fact
inner join defined on fact.model_id = defined.model_id
