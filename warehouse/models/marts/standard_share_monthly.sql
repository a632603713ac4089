/*
doc: What share of new derivatives, downloads and tokens goes to the models of each maker, channel by channel and month by month.
grain: a channel, a month and a group
subject: adoption
columns:
  channel: text - derivatives (new Hub repositories by the root they descend from), downloads (of Hub families) or tokens (at OpenRouter)
  month: date - first day of the month
  group_tag: text - the maker; llama elsewhere (a root or family of that name at an author who is no maker we know); unknown (tokens of the rest or of a name nobody knows, which may be any maker's); others
  amount: double - derivatives or downloads; for tokens the sum of daily shares
  group_share: double - share of the channel's month, 0 to 1
  known_on: date - first day the month was on record as it is here
warnings:
  - Lineage is declared by uploaders; a merge is split evenly over its roots.
  - Months with fewer than a few hundred derivatives or a few weeks of tokens say little.
  - A channel is what one site sees, and its users choose it.
checks:
  - unique: [channel, month, group_tag]
  - not_null: [channel, month, group_tag, amount, group_share, known_on]
  - one_of: {channel: [derivatives, downloads, tokens]}
  - between: {group_share: [0, 1]}
*/
with split as (
  select
    repository_tag,
    root_repository_tag,
    count(*) over (partition by repository_tag) as root_count
  from core.hub_lineage
  where generation > 0
),
derived as (
  select
    'derivatives' as channel,
    cast(date_trunc('month', repository.created_on) as date) as month,
    split.root_repository_tag as thing_tag,
    1 / cast(split.root_count as double) as amount,
    greatest(repository.first_observed_on, cast(last_day(repository.created_on) as date)) as known_on
  from split
  inner join core.hub_repository as repository on split.repository_tag = repository.repository_tag
  left join core.hub_repository as root on split.root_repository_tag = root.repository_tag
  where repository.created_on is not null
    and coalesce(root.pipeline_tag, 'text-generation') in ('text-generation', 'image-text-to-text', 'any-to-any')
),
downloaded as (
  select
    'downloads' as channel,
    month,
    series_tag as thing_tag,
    downloads as amount,
    cast(last_day(month) as date) as known_on
  from marts.hub_downloads_monthly
  where series_kind = 'family' and downloads is not null
),
repository_use as (
  select channel, month, thing_tag, amount, known_on from derived
  union all
  select channel, month, thing_tag, amount, known_on from downloaded
),
grouped as (
  select
    repository_use.channel,
    repository_use.month,
    case
      when author.organisation_id is not null then author.organisation_id
      when lower(repository_use.thing_tag) like '%llama%' then 'llama elsewhere'
      else 'others'
    end as group_tag,
    repository_use.amount,
    repository_use.known_on
  from repository_use
  left join core.hub_author as author on split_part(lower(repository_use.thing_tag), '/', 1) = author.author_tag
  union all
  select
    'tokens',
    cast(date_trunc('month', used_on) as date),
    coalesce(organisation_id, 'unknown'),
    token_share,
    observed_on
  from marts.token_share_daily
  where channel = 'openrouter'
),
summed as (
  select
    channel,
    month,
    group_tag,
    sum(amount) as amount,
    max(known_on) as known_on
  from grouped
  group by channel, month, group_tag
)
select
  channel,
  month,
  group_tag,
  amount,
  amount / nullif(sum(amount) over (partition by channel, month), 0) as group_share,
  max(known_on) over (partition by channel, month) as known_on
from summed
where amount > 0
