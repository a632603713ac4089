/*
doc: Licence, gate and declared base models of Hub repositories, each state from the day it was first seen.
grain: a repository and a spell in which none of these changed
subject: licences
columns:
  repository_tag: text - id of the repository on the Hub, author/name
  valid_from: date - first day this state was seen
  valid_to: date - day another state, or none, was first seen (exclusive); null while it is the last one known
  last_observed_on: date - last day a capture showed or confirmed this state
  licence_tag: text - licence as the uploader typed it; null is unstated
  licence_name_tag: text - name of the licence as typed, mostly where the tag is other
  gate_tag: text - false, auto or manual; null where no capture so far said
  base_relation_tag: text - finetune, adapter, quantized or merge; null is undeclared
  base_model_ids: json - ids of the repositories it was made from, a sorted list; null is undeclared
checks:
  - unique: [repository_tag, valid_from]
  - not_null: [repository_tag, valid_from, last_observed_on]
  - one_of: {gate_tag: ['false', auto, manual]}
  - no_rows:
      name: spells_end_after_they_were_seen
      doc: A spell begins on a day it was seen and ends after the last.
      sql: >-
        select repository_tag, valid_from, last_observed_on, valid_to
        from core.hub_repository_history
        where last_observed_on < valid_from or valid_to <= last_observed_on
warnings:
  - Before the first capture nothing is known; valid_from is when we first saw a state, not when it began.
  - Self-declared by uploaders.
  - A gate that a capture does not mention is taken to be as it was.
*/
with shown as (
  select
    huggingface_id as repository_tag,
    cast(observed_at as date) as observed_on,
    observed_at,
    false as is_gone,
    licence_tag,
    licence_name_tag,
    gated_tag,
    base_relation_tag,
    nullif(cast(base_model_ids as varchar), '[]') as base_model_ids
  from staging.huggingface_models
  union all
  select
    huggingface_id as repository_tag,
    cast(observed_at as date) as observed_on,
    observed_at,
    change_tag = 'gone' as is_gone,
    licence_tag,
    licence_name_tag,
    gated_tag,
    base_relation_tag,
    nullif(cast(base_model_ids as varchar), '[]') as base_model_ids
  from staging.huggingface_repositories
  where change_tag <> 'counters'
),
repeated as (
  select repository_tag
  from shown
  group by repository_tag
  having count(*) > 1
),
numbered as (
  select
    shown.repository_tag,
    shown.observed_on,
    shown.is_gone,
    shown.licence_tag,
    shown.licence_name_tag,
    shown.gated_tag,
    shown.base_relation_tag,
    shown.base_model_ids,
    row_number() over (
      partition by shown.repository_tag, shown.observed_on
      order by shown.observed_at desc, shown.is_gone
    ) as place
  from shown
  join repeated on shown.repository_tag = repeated.repository_tag
),
gated as (
  select
    repository_tag,
    observed_on,
    is_gone,
    licence_tag,
    licence_name_tag,
    last_value(gated_tag ignore nulls) over (
      partition by repository_tag order by observed_on
      rows between unbounded preceding and current row
    ) as gate_tag,
    base_relation_tag,
    base_model_ids
  from numbered
  where place = 1
),
stated as (
  select
    repository_tag,
    observed_on,
    is_gone,
    case
      when is_gone then 'gone'
      else coalesce(licence_tag, '') || '|' || coalesce(licence_name_tag, '') || '|' || coalesce(gate_tag, '') || '|'
        || coalesce(base_relation_tag, '') || '|' || coalesce(base_model_ids, '')
    end as state,
    licence_tag,
    licence_name_tag,
    gate_tag,
    base_relation_tag,
    base_model_ids
  from gated
),
compared as (
  select
    repository_tag,
    observed_on,
    is_gone,
    state,
    lag(state) over (partition by repository_tag order by observed_on) as state_before,
    lag(observed_on) over (partition by repository_tag order by observed_on) as seen_before_on,
    max(observed_on) over (partition by repository_tag) as newest_on,
    licence_tag,
    licence_name_tag,
    gate_tag,
    base_relation_tag,
    base_model_ids
  from stated
),
spells as (
  select
    repository_tag,
    observed_on as valid_from,
    lead(observed_on) over (partition by repository_tag order by observed_on) as valid_to,
    coalesce(lead(seen_before_on) over (partition by repository_tag order by observed_on), newest_on) as last_observed_on,
    is_gone,
    licence_tag,
    licence_name_tag,
    gate_tag,
    base_relation_tag,
    base_model_ids
  from compared
  where state_before is distinct from state
  union all
  select
    shown.repository_tag,
    shown.observed_on as valid_from,
    cast(null as date) as valid_to,
    shown.observed_on as last_observed_on,
    shown.is_gone,
    shown.licence_tag,
    shown.licence_name_tag,
    shown.gated_tag as gate_tag,
    shown.base_relation_tag,
    shown.base_model_ids
  from shown
  left join repeated on shown.repository_tag = repeated.repository_tag
  where repeated.repository_tag is null
),
in_dump as (
  select
    huggingface_id as repository_tag,
    min(cast(observed_at as date)) as first_observed_on
  from staging.huggingface_repositories
  group by huggingface_id
),
dumps as (
  select cast(observed_at as date) as observed_on
  from staging.huggingface_repositories
  group by cast(observed_at as date)
),
ends as (
  select
    ended.valid_to,
    max(dumps.observed_on) as last_dump_on
  from (
    select coalesce(valid_to, date '9999-12-31') as valid_to
    from spells
    group by coalesce(valid_to, date '9999-12-31')
  ) as ended
  join dumps on dumps.observed_on < ended.valid_to
  group by ended.valid_to
)
select
  spells.repository_tag,
  spells.valid_from,
  spells.valid_to,
  case
    when in_dump.first_observed_on <= ends.last_dump_on and ends.last_dump_on > spells.last_observed_on
    then ends.last_dump_on
    else spells.last_observed_on
  end as last_observed_on,
  spells.licence_tag,
  spells.licence_name_tag,
  spells.gate_tag,
  spells.base_relation_tag,
  cast(spells.base_model_ids as json) as base_model_ids
from spells
left join in_dump on spells.repository_tag = in_dump.repository_tag
left join ends on coalesce(spells.valid_to, date '9999-12-31') = ends.valid_to
where not spells.is_gone
