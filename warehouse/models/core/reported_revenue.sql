/*
doc: What AI companies and the press say about revenue a year, as Epoch AI gathers it, newest capture.
grain: a report
subject: finance
columns:
  report_tag: text - Epoch's label
  entry_number: integer - 1, unless the label stands again
  company_tag: text - company as Epoch writes it
  measured_on: date - day the figure is about; null where it is not said
  reported_on: date - day it was reported; null where it is not said
  annualised_revenue_usd: double - revenue a year in US dollars at the rate of that day; null for a period's revenue
  annualised_revenue_type_tag: text - kind of rate
  scope_tag: text - Full company or Product/division
  confidence_tag: text - Confident, Likely or Uncertain, by Epoch
  observed_on: date - day of the capture
checks:
  - unique: [report_tag, entry_number]
  - not_null: [report_tag, entry_number, company_tag, observed_on]
*/
with newest as (
  select max(observed_at) as observed_at from staging.epoch_company_revenue
)
select
  report.report as report_tag,
  report.entry_number,
  report.company_tag,
  report.measured_on,
  report.reported_on,
  report.annualised_revenue_usd,
  report.annualised_revenue_type_tag,
  report.scope_tag,
  report.confidence_tag,
  cast(report.observed_at as date) as observed_on
from staging.epoch_company_revenue as report
inner join newest on report.observed_at = newest.observed_at
