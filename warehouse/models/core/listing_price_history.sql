/*
doc: Price spells of listings, each from the day a price was first shown to the day another replaced it.
grain: a listing and a spell of one price
subject: prices
columns:
  listing_id: text - the listing
  valid_from: date - first day this price was shown
  valid_to: date - day another price was first shown (exclusive); null while it is the last one known
  last_observed_on: date - last day this price was shown
  input_price_usd_per_mtok: double - US dollars per million input tokens
  output_price_usd_per_mtok: double - US dollars per million output tokens
checks:
  - unique: [listing_id, valid_from]
  - not_null: [listing_id, valid_from, last_observed_on]
  - references: {listing_id: core.listing.listing_id}
  - no_rows:
      name: spells_do_not_overlap
      doc: A spell ends after it was last seen, and no other of the same listing begins before it ends.
      sql: >-
        select earlier.listing_id, earlier.valid_from, earlier.valid_to, later.valid_from as next_valid_from
        from core.listing_price_history as earlier
        left join core.listing_price_history as later
        on earlier.listing_id = later.listing_id and earlier.valid_from < later.valid_from
        where earlier.valid_to <= earlier.last_observed_on or earlier.last_observed_on < earlier.valid_from
        or later.valid_from < coalesce(earlier.valid_to, date '9999-12-31')
*/
with shown as (
  select
    catalogue || ' ' || host_tag || ' ' || listing_tag as listing_id,
    observed_on,
    input_price_usd_per_mtok,
    output_price_usd_per_mtok
  from core.listing_price
),
compared as (
  select
    listing_id,
    observed_on,
    input_price_usd_per_mtok,
    output_price_usd_per_mtok,
    case
      when lag(input_price_usd_per_mtok) over (partition by listing_id order by observed_on) = input_price_usd_per_mtok
        and lag(output_price_usd_per_mtok) over (partition by listing_id order by observed_on) = output_price_usd_per_mtok
      then 0
      else 1
    end as is_new
  from shown
),
numbered as (
  select
    listing_id,
    observed_on,
    input_price_usd_per_mtok,
    output_price_usd_per_mtok,
    sum(is_new) over (partition by listing_id order by observed_on) as spell
  from compared
),
spells as (
  select
    listing_id,
    spell,
    min(observed_on) as valid_from,
    max(observed_on) as last_observed_on,
    min(input_price_usd_per_mtok) as input_price_usd_per_mtok,
    min(output_price_usd_per_mtok) as output_price_usd_per_mtok
  from numbered
  group by listing_id, spell
)
select
  listing_id,
  valid_from,
  lead(valid_from) over (partition by listing_id order by valid_from) as valid_to,
  last_observed_on,
  input_price_usd_per_mtok,
  output_price_usd_per_mtok
from spells
