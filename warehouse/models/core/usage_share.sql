/*
doc: Daily shares of models or labs in the tokens that go through two gateways, with the model and the maker we take each name for.
grain: a name in a channel on a day
subject: adoption
columns:
  channel: text - openrouter (names are models) or vercel (names are labs)
  used_on: date - day of the use, UTC
  name_tag: text - the model or lab as the channel writes it; other is the rest
  model_id: text - the model; null for a lab, for the rest, and where the name is not known
  organisation_id: text - who made it; null where not known
  token_share: double - share of the channel's tokens that day, 0 to 1
  observed_on: date - day of the newest capture that has the day, which is what is taken
warnings:
  - The date in one of OpenRouter's names is that of a version; where the dated name is not known, the name without it is looked up.
  - Channels must not be pooled - each has customers of its own.
checks:
  - unique: [channel, used_on, name_tag]
  - not_null: [channel, used_on, name_tag, token_share, observed_on]
  - one_of: {channel: [openrouter, vercel]}
  - between: {token_share: [0, 1]}
*/
with newest_table as (
  select used_on, max(observed_at) as observed_at
  from staging.openrouter_rankings
  group by used_on
),
ranked as (
  select
    rankings.used_on,
    rankings.openrouter_permaslug as name_tag,
    regexp_replace(rankings.openrouter_permaslug, ':.*$', '') as routed_tag,
    regexp_replace(regexp_replace(rankings.openrouter_permaslug, ':.*$', ''), '-20[0-9]{6}$', '') as undated_tag,
    regexp_extract(lower(rankings.openrouter_permaslug), '^([^/]+)/', 1) as organisation_tag,
    rankings.token_share,
    cast(rankings.observed_at as date) as observed_on
  from staging.openrouter_rankings as rankings
  inner join newest_table
    on rankings.used_on = newest_table.used_on and rankings.observed_at = newest_table.observed_at
),
alias as (
  select alias_tag, model_id
  from core.alias
  where catalogue = 'openrouter' and model_id is not null
),
maker as (
  select organisation_tag, min(organisation_id) as organisation_id
  from reference.organisation_alias
  where catalogue = 'openrouter'
  group by organisation_tag
),
lab as (
  select
    organisation_tag,
    coalesce(
      min(case when catalogue = 'models_dev' then organisation_id end), min(organisation_id)
    ) as organisation_id
  from reference.organisation_alias
  where catalogue in ('models_dev', 'openrouter')
  group by organisation_tag
),
newest_export as (
  select used_on, max(observed_at) as observed_at
  from staging.vercel_gateway_leaderboard
  where group_tag = 'lab' and metric_tag = 'tokens'
  group by used_on
)
select
  'openrouter' as channel,
  ranked.used_on,
  ranked.name_tag,
  coalesce(as_written.model_id, routed.model_id, undated.model_id) as model_id,
  coalesce(model.organisation_id, maker.organisation_id) as organisation_id,
  ranked.token_share,
  ranked.observed_on
from ranked
left join alias as as_written on ranked.name_tag = as_written.alias_tag
left join alias as routed on ranked.routed_tag = routed.alias_tag
left join alias as undated on ranked.undated_tag = undated.alias_tag
left join core.model as model on coalesce(as_written.model_id, routed.model_id, undated.model_id) = model.model_id
left join maker on ranked.organisation_tag = maker.organisation_tag
union all
select
  'vercel',
  shares.used_on,
  shares.name,
  cast(null as varchar),
  case when shares.name = 'spacexai' then 'xai' else lab.organisation_id end,
  shares.usage_share,
  cast(shares.observed_at as date)
from staging.vercel_gateway_leaderboard as shares
inner join newest_export
  on shares.used_on = newest_export.used_on and shares.observed_at = newest_export.observed_at
left join lab on lower(shares.name) = lab.organisation_tag
where shares.group_tag = 'lab' and shares.metric_tag = 'tokens' and shares.modality_tag = 'all'
