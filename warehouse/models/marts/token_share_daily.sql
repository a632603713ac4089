/*
doc: Daily shares of tokens at two gateways by name, with whether the weights behind the name can be downloaded.
grain: a name in a channel on a day
subject: adoption
columns:
  channel: text - openrouter (names are models) or vercel (names are labs)
  used_on: date - day of the use, UTC
  name_tag: text - the model or lab as the channel writes it; other is the rest
  model_id: text - the model; null for a lab, for the rest, and where the name is not known
  organisation_id: text - who made it; null where not known
  weights_access: text - open, closed or unknown; of a lab what nine in ten of its models with known weights are
  token_share: double - share of the channel's tokens that day, 0 to 1
  observed_on: date - day of the newest capture that has the day
warnings:
  - Unknown is neither - a lab that makes both kinds, the rest and unnamed tests are left open, and bound the open share on both sides.
  - A lab that makes nearly all its models closed counts as closed even where people use its one open model.
checks:
  - unique: [channel, used_on, name_tag]
  - not_null: [channel, used_on, name_tag, weights_access, token_share, observed_on]
  - one_of:
      channel: [openrouter, vercel]
      weights_access: [open, closed, unknown]
  - between: {token_share: [0, 1]}
*/
with lab as (
  select
    organisation_id,
    case
      when count(*) filter (where weights_access = 'open') >= 0.9 * count(*) then 'open'
      when count(*) filter (where weights_access = 'closed') >= 0.9 * count(*) then 'closed'
      else 'unknown'
    end as weights_access
  from core.model
  where organisation_id is not null and weights_access in ('open', 'closed')
  group by organisation_id
)
select
  used.channel,
  used.used_on,
  used.name_tag,
  used.model_id,
  used.organisation_id,
  coalesce(case when used.channel = 'vercel' then lab.weights_access else model.weights_access end, 'unknown')
    as weights_access,
  used.token_share,
  used.observed_on
from core.usage_share as used
left join core.model as model on used.model_id = model.model_id
left join lab on used.organisation_id = lab.organisation_id
