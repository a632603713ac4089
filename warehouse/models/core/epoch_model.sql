/*
doc: Models in Epoch AI's tables, every captured vintage, with how one could get at each on that day.
grain: a row of a table in a vintage
subject: releases
columns:
  list_tag: text - the table, that is all, notable, large_scale or frontier
  name: text - the model as Epoch names it
  entry_number: integer - 1, unless the table lists the same name again
  observed_on: date - day of the capture
  published_on: date - day of the first publication
  organisation_tag: text - maker as Epoch writes it, several joined by comma
  organisation_category_tag: text - sectors of the makers, such as Industry or Academia, several joined by comma
  country_tag: text - countries of the makers, several joined by comma
  domain_tag: text - Language, Vision and so on, several joined by comma
  weights_access: text - open, closed or unknown
  weights_licence_class: text - unrestricted, restricted_use or non_commercial, for open weights whose terms Epoch tells; else null
  accessibility_tag: text - the same as Epoch types it
  training_code_accessibility_tag: text - access to the training code as Epoch types it
  is_frontier: boolean - Epoch's mark for the frontier of training compute; null is unmarked, not false
  parameters_count: bigint - parameters
  training_compute_flop: double - training compute in FLOP
  training_compute_cost_usd: double - cost of it by Epoch's estimate, in US dollars of 2023
warnings:
  - Accessibility is that of the day of the capture, not of the release.
checks:
  - unique: [list_tag, name, entry_number, observed_on]
  - not_null: [list_tag, name, entry_number, observed_on, weights_access]
  - one_of:
      list_tag: [all, notable, large_scale, frontier]
      weights_access: [open, closed, unknown]
*/
with placed as (
  select
    list_tag,
    name,
    entry_number,
    cast(observed_at as date) as observed_on,
    published_on,
    organisation_tag,
    organisation_category_tag,
    country_tag,
    domain_tag,
    accessibility_tag,
    training_code_accessibility_tag,
    has_open_weights,
    is_frontier,
    parameters_count,
    training_compute_flop,
    training_compute_cost_usd,
    row_number() over (
      partition by list_tag, name, entry_number, cast(observed_at as date) order by observed_at desc, position
    ) as place
  from staging.epoch_models
)
select
  list_tag,
  name,
  entry_number,
  observed_on,
  published_on,
  organisation_tag,
  organisation_category_tag,
  country_tag,
  domain_tag,
  case
    when accessibility_tag like 'Open weights%' then 'open'
    when accessibility_tag in ('API access', 'Hosted access (no API)', 'Limited access', 'Unreleased') then 'closed'
    when has_open_weights then 'open'
    else 'unknown'
  end as weights_access,
  case accessibility_tag
    when 'Open weights (unrestricted)' then 'unrestricted'
    when 'Open weights (restricted use)' then 'restricted_use'
    when 'Open weights (non-commercial)' then 'non_commercial'
  end as weights_licence_class,
  accessibility_tag,
  training_code_accessibility_tag,
  is_frontier,
  parameters_count,
  training_compute_flop,
  training_compute_cost_usd
from placed
where place = 1
