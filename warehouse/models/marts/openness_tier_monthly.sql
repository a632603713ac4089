/*
doc: How much of what is released, listed, rated, downloaded and used lies at each tier of openness, by month, with bounds over the unknown.
grain: a measure, a month and a tier
subject: openness
columns:
  measure: text - releases, listings (priced ones), ratings (models on the text board of the Arena), downloads (of Hub repositories) or tokens (at OpenRouter)
  month: date - first day of the month; for releases that of the release, else that of the listing, board or use
  tier: integer - 0 unreleased, 1 hosted or API, 2 by application, unlicensed or research only, 3 community or use-restricted, 4 open weights, 5 open source AI, 6 open science
  amount: double - releases, listings, models, downloads or daily shares of the month, over all tiers
  tier_share_low: double - share surely of the tier, 0 to 1
  tier_share_high: double - share that may be of the tier
  at_least_share_low: double - share surely of the tier or more open
  at_least_share_high: double - share that may be of the tier or more open
  undecided_share: double - share of which no single tier is known
warnings:
  - What no model is known for may be of any tier.
  - Tiers are today's; a model whose licence changed carries the newest word into past months.
checks:
  - unique: [measure, month, tier]
  - not_null: [measure, month, tier, amount, tier_share_low, tier_share_high, at_least_share_low, at_least_share_high, undecided_share]
  - one_of: {measure: [releases, listings, ratings, downloads, tokens]}
  - between:
      tier: [0, 6]
      tier_share_low: [0, 1]
      tier_share_high: [0, 1]
      at_least_share_low: [0, 1]
      at_least_share_high: [0, 1]
      undecided_share: [0, 1]
  - no_rows:
      name: bounds_in_order
      doc: What is sure is no more than what may be, and what is of a tier no more than what is of it or above.
      sql: >-
        select * from marts.openness_tier_monthly
        where tier_share_low > tier_share_high + 1e-9 or at_least_share_low > at_least_share_high + 1e-9
        or tier_share_low > at_least_share_low + 1e-9 or tier_share_high > at_least_share_high + 1e-9
*/
with observed as (
  select
    'releases' as measure,
    cast(date_trunc('month', released_on) as date) as month,
    model_id,
    cast(1 as double) as amount
  from marts.release
  where released_on >= date '2020-01-01'
  union all
  select 'listings', month, model_id, cast(1 as double)
  from marts.price_monthly
  union all
  select 'ratings', cast(date_trunc('month', rated_on) as date), model_id, cast(1 as double)
  from core.rating
  where board = 'text/overall'
  group by
    cast(date_trunc('month', rated_on) as date),
    model_id,
    case when model_id is null then arena_name end
  union all
  select 'downloads', hub_downloads_monthly.month, alias.model_id, hub_downloads_monthly.downloads
  from marts.hub_downloads_monthly
  left join core.alias
    on alias.catalogue = 'huggingface' and hub_downloads_monthly.series_tag = alias.alias_tag
  where hub_downloads_monthly.series_kind = 'model' and hub_downloads_monthly.downloads > 0
  union all
  select 'tokens', cast(date_trunc('month', used_on) as date), model_id, token_share
  from marts.token_share_daily
  where channel = 'openrouter' and token_share > 0
),
bounded as (
  select
    observed.measure,
    observed.month,
    coalesce(model_openness.tier_low, 0) as tier_low,
    coalesce(model_openness.tier_high, 6) as tier_high,
    sum(observed.amount) as amount
  from observed
  left join core.model_openness on observed.model_id = model_openness.model_id
  group by
    observed.measure,
    observed.month,
    coalesce(model_openness.tier_low, 0),
    coalesce(model_openness.tier_high, 6)
),
scale as (
  select cast(unnest(range(7)) as integer) as tier
),
placed as (
  select
    bounded.measure,
    bounded.month,
    scale.tier,
    sum(bounded.amount) as amount,
    sum(case when bounded.tier_low = scale.tier and bounded.tier_high = scale.tier then bounded.amount else 0 end) as surely_of,
    sum(case when scale.tier between bounded.tier_low and bounded.tier_high then bounded.amount else 0 end) as maybe_of,
    sum(case when bounded.tier_low >= scale.tier then bounded.amount else 0 end) as surely_above,
    sum(case when bounded.tier_high >= scale.tier then bounded.amount else 0 end) as maybe_above,
    sum(case when bounded.tier_low < bounded.tier_high then bounded.amount else 0 end) as undecided
  from bounded
  cross join scale
  group by bounded.measure, bounded.month, scale.tier
)
select
  measure,
  month,
  tier,
  amount,
  least(cast(1 as double), surely_of / amount) as tier_share_low,
  least(cast(1 as double), maybe_of / amount) as tier_share_high,
  least(cast(1 as double), surely_above / amount) as at_least_share_low,
  least(cast(1 as double), maybe_above / amount) as at_least_share_high,
  least(cast(1 as double), undecided / amount) as undecided_share
from placed
