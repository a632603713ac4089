/*
doc: What changed at Hub repositories between captures, be it licence, gate, declared base models, going or coming back.
grain: a repository, a day and a kind of change
subject: licences
columns:
  repository_tag: text - id of the repository on the Hub, author/name
  noticed_on: date - day the new state was first seen; the change lies after before_on
  before_on: date - last day the old state was seen
  event_tag: text - licence, gate, base_model, gone or back
  before_tag: text - the old value; null is unstated
  after_tag: text - the new value; null is unstated
checks:
  - unique: [repository_tag, noticed_on, event_tag]
  - not_null: [repository_tag, noticed_on, before_on, event_tag]
  - one_of: {event_tag: [licence, gate, base_model, gone, back]}
warnings:
  - A change and its undoing between two captures are not seen.
*/
with paired as (
  select
    repository_tag,
    valid_from,
    valid_to,
    last_observed_on,
    coalesce(licence_name_tag, licence_tag) as licence,
    gate_tag as gate,
    coalesce(base_relation_tag, '') || ' ' || coalesce(cast(base_model_ids as varchar), '') as base,
    lag(valid_to) over (partition by repository_tag order by valid_from) as earlier_to,
    lag(last_observed_on) over (partition by repository_tag order by valid_from) as before_on,
    lag(coalesce(licence_name_tag, licence_tag)) over (partition by repository_tag order by valid_from) as licence_before,
    lag(gate_tag) over (partition by repository_tag order by valid_from) as gate_before,
    lag(coalesce(base_relation_tag, '') || ' ' || coalesce(cast(base_model_ids as varchar), ''))
      over (partition by repository_tag order by valid_from) as base_before,
    lead(valid_from) over (partition by repository_tag order by valid_from) as next_from
  from core.hub_repository_history
)
select repository_tag, valid_from as noticed_on, before_on, 'licence' as event_tag, licence_before as before_tag, licence as after_tag
from paired
where before_on is not null and licence is distinct from licence_before
union all
select repository_tag, valid_from as noticed_on, before_on, 'gate' as event_tag, gate_before as before_tag, gate as after_tag
from paired
where before_on is not null and gate_before is not null and gate is distinct from gate_before
union all
select
  repository_tag,
  valid_from as noticed_on,
  before_on,
  'base_model' as event_tag,
  nullif(trim(base_before), '') as before_tag,
  nullif(trim(base), '') as after_tag
from paired
where before_on is not null and base is distinct from base_before
union all
select
  repository_tag,
  valid_to as noticed_on,
  last_observed_on as before_on,
  'gone' as event_tag,
  cast(null as varchar) as before_tag,
  cast(null as varchar) as after_tag
from paired
where valid_to is not null and next_from is distinct from valid_to
union all
select
  repository_tag,
  valid_from as noticed_on,
  before_on,
  'back' as event_tag,
  cast(null as varchar) as before_tag,
  cast(null as varchar) as after_tag
from paired
where before_on is not null and earlier_to is distinct from valid_from
