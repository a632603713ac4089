/*
doc: The class of licence each model's weights are declared to stand under, and the class left when its base models are heeded.
grain: a model
subject: licences
columns:
  model_id: text - the model
  licence_key: text - the declared licence; null where the source names none
  source: text - whose word it is; null where nobody's is known
  known_on: date - first day that word was on record
  declared_low: text - least class it can be; null where not known
  declared_high: text - greatest class it can be; null where not known
  upstream_class: text - least class among what others made and it was made from, at the most; null without any
  has_unknown_upstream: boolean - whether something of others that it was made from has no known class
  effective_low: text - least class after its base models; L1 where something is unknown, null where nothing is known
  effective_high: text - greatest class after its base models
  gate: text - none, auto, manual or unknown
warnings:
  - Who made a base model may put a successor under any other licence; so bases of the same maker do not bind, but what they received from others does.
  - Of the sources with a decisive word, one that names a single class goes before one that names bounds, and both before one that found no licence; then the stronger before the weaker. A proprietary word on open weights is past, and what Ecosystem Graphs says against Epoch's bounds is mostly the licence of the code.
  - Base models are those of core.derivation; a model without any is taken as made from scratch.
checks:
  - unique: [model_id]
  - not_null: [model_id, has_unknown_upstream, gate]
  - one_of:
      gate: [none, auto, manual, unknown]
      effective_low: [L0, L1, L2, L3, L4, L5, L6]
      effective_high: [L0, L1, L2, L3, L4, L5, L6]
  - no_rows:
      name: never_more_than_received
      doc: The effective class lies above neither the declared class nor that of anything upstream.
      sql: >-
        select * from core.model_licence
        where effective_high > declared_high or effective_high > upstream_class or effective_low > effective_high
*/
with recursive bounds as (
  select model_id, class_low, class_high
  from core.licence_evidence
  where source = 'epoch' and is_decisive
),
ranked as (
  select
    licence_evidence.model_id,
    licence_evidence.licence_key,
    licence_evidence.source,
    licence_evidence.first_observed_on,
    licence_evidence.class_low,
    licence_evidence.class_high,
    row_number() over (
      partition by licence_evidence.model_id
      order by
        case when licence_evidence.class_high = 'L1' then 2 when licence_evidence.class_low = licence_evidence.class_high then 0 else 1 end,
        licence_evidence.precedence,
        licence_evidence.source
    ) as place
  from core.licence_evidence
  inner join core.model on licence_evidence.model_id = model.model_id
  left join bounds on licence_evidence.model_id = bounds.model_id
  where licence_evidence.is_decisive
    and licence_evidence.class_low is not null
    and (model.weights_access is distinct from 'open' or licence_evidence.class_high <> 'L0')
    and not (
      licence_evidence.source = 'ecosystem_graphs'
      and bounds.model_id is not null
      and (licence_evidence.class_low < bounds.class_low or licence_evidence.class_high > bounds.class_high)
    )
),
gated as (
  select model_id, min(gate_tag) as gate_tag
  from core.licence_evidence
  where gate_tag is not null
  group by model_id
),
declared as (
  select
    model.model_id,
    ranked.licence_key,
    ranked.source,
    ranked.first_observed_on,
    ranked.class_low,
    ranked.class_high,
    case gated.gate_tag when 'false' then 'none' when 'auto' then 'auto' when 'manual' then 'manual' else 'unknown' end as gate
  from core.model
  left join ranked on model.model_id = ranked.model_id and ranked.place = 1
  left join gated on model.model_id = gated.model_id
),
edge as (
  select distinct model_id as child, parent_model_id as base
  from core.derivation
  where model_id is not null and parent_model_id is not null and model_id <> parent_model_id
),
received as (
  select
    edge.child,
    coalesce(nullif(nullif(declared.class_high, 'L0'), 'L1'), 'unknown') as high_word,
    coalesce(nullif(nullif(declared.class_low, 'L0'), 'L1'), 'unknown') as low_word
  from edge
  left join declared on edge.base = declared.model_id
  left join core.maker as child_maker on edge.child = child_maker.model_id
  left join core.maker as base_maker on edge.base = base_maker.model_id
  where child_maker.organisation_id is distinct from base_maker.organisation_id or child_maker.organisation_id is null
  union
  select edge.child, received.high_word, received.low_word
  from received
  inner join edge on received.child = edge.base
),
upstream as (
  select
    child,
    min(high_word) filter (where high_word <> 'unknown') as upstream_class,
    min(low_word) filter (where low_word <> 'unknown') as upstream_low,
    count(*) filter (where high_word = 'unknown') > 0 as has_unknown_upstream
  from received
  group by child
),
bounded as (
  select
    declared.model_id,
    declared.licence_key,
    declared.source,
    declared.first_observed_on,
    declared.class_low,
    declared.class_high,
    declared.gate,
    upstream.upstream_class,
    upstream.upstream_low,
    coalesce(upstream.has_unknown_upstream, false) as has_unknown_upstream,
    least(
      coalesce(declared.class_high, upstream.upstream_class),
      coalesce(upstream.upstream_class, declared.class_high)
    ) as effective_high
  from declared
  left join upstream on declared.model_id = upstream.child
)
select
  model_id,
  licence_key,
  source,
  first_observed_on as known_on,
  class_low as declared_low,
  class_high as declared_high,
  upstream_class,
  has_unknown_upstream,
  case
    when effective_high is null then null
    when class_low is null or has_unknown_upstream then least('L1', effective_high)
    else least(class_low, coalesce(upstream_low, class_low))
  end as effective_low,
  effective_high,
  gate
from bounded
