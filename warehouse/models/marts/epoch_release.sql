/*
doc: Models in the newest captured vintage of each of Epoch AI's tables, with makers, date, access to weights and compute.
grain: a row of a table
subject: releases
columns:
  list_tag: text - the table, that is all, notable, large_scale or frontier
  name: text - the model as Epoch names it
  entry_number: integer - 1, unless the table lists the same name again
  published_on: date - day of the first publication
  organisation_tag: text - maker as Epoch writes it, several joined by comma
  organisation_category_tag: text - sectors of the makers, such as Industry or Academia, several joined by comma
  country_tag: text - countries of the makers, several joined by comma
  domain_tag: text - Language, Vision and so on, several joined by comma
  weights_access: text - open, closed or unknown
  weights_licence_class: text - unrestricted, restricted_use or non_commercial, for open weights whose terms Epoch tells; else null
  is_frontier: boolean - Epoch's mark for the frontier of training compute; null is unmarked, not false
  parameters_count: bigint - parameters
  training_compute_flop: double - training compute in FLOP
  training_compute_cost_usd: double - cost of it by Epoch's estimate, in US dollars of 2023
  observed_on: date - day of the vintage
warnings:
  - Each table is a selection by Epoch's own rules, and large models without published weights are missing more often.
  - Accessibility is that of the day of the vintage, not of the release.
checks:
  - unique: [list_tag, name, entry_number]
  - not_null: [list_tag, name, entry_number, weights_access, observed_on]
  - one_of: {weights_access: [open, closed, unknown]}
*/
with newest as (
  select list_tag, max(observed_on) as observed_on
  from core.epoch_model
  group by list_tag
)
select
  epoch_model.list_tag,
  epoch_model.name,
  epoch_model.entry_number,
  epoch_model.published_on,
  epoch_model.organisation_tag,
  epoch_model.organisation_category_tag,
  epoch_model.country_tag,
  epoch_model.domain_tag,
  epoch_model.weights_access,
  epoch_model.weights_licence_class,
  epoch_model.is_frontier,
  epoch_model.parameters_count,
  epoch_model.training_compute_flop,
  epoch_model.training_compute_cost_usd,
  epoch_model.observed_on
from core.epoch_model
inner join newest on epoch_model.list_tag = newest.list_tag and epoch_model.observed_on = newest.observed_on
