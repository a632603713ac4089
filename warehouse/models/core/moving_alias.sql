/*
doc: For how long a name that moves stood for which model, where its catalogue says what it points to.
grain: a name that moves and a spell
subject: releases
columns:
  catalogue: text - catalogue that lists it; only OpenRouter says where its names point
  alias_tag: text - the name
  target_tag: text - the name it points to
  model_id: text - the model of that name; null if it moves itself
  valid_from: date - first day it was seen to point there
  valid_to: date - first day it was seen to point elsewhere; null while it is not
  last_observed_on: date - last day it was seen to point there
checks:
  - unique: [catalogue, alias_tag, valid_from]
  - not_null: [catalogue, alias_tag, target_tag, valid_from, last_observed_on]
*/
with pointed as (
  select
    openrouter_id as alias_tag,
    cast(observed_at as date) as observed_on,
    min(alias_of_openrouter_id) as target_tag
  from staging.openrouter_models
  where alias_of_openrouter_id is not null
  group by openrouter_id, cast(observed_at as date)
),
stepped as (
  select
    alias_tag,
    observed_on,
    target_tag,
    case
      when lag(target_tag) over (partition by alias_tag order by observed_on) = target_tag then 0
      else 1
    end as is_new
  from pointed
),
numbered as (
  select
    alias_tag,
    observed_on,
    target_tag,
    sum(is_new) over (partition by alias_tag order by observed_on) as spell
  from stepped
),
spells as (
  select
    alias_tag,
    target_tag,
    spell,
    min(observed_on) as valid_from,
    max(observed_on) as last_observed_on
  from numbered
  group by alias_tag, target_tag, spell
)
select
  'openrouter' as catalogue,
  spells.alias_tag,
  spells.target_tag,
  alias.model_id,
  spells.valid_from,
  lead(spells.valid_from) over (partition by spells.alias_tag order by spells.valid_from) as valid_to,
  spells.last_observed_on
from spells
left join core.alias on alias.catalogue = 'openrouter' and spells.target_tag = alias.alias_tag
