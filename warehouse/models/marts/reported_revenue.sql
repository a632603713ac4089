/*
doc: Revenue a year of whole AI companies at the rate of the day, as Epoch AI gathers it from companies and the press.
grain: a report
subject: finance
columns:
  report_tag: text - Epoch's label
  entry_number: integer - 1, unless the label stands again
  company_tag: text - company as Epoch writes it
  measured_on: date - day the figure is about, else the day it was reported
  annualised_revenue_usd: double - revenue a year in US dollars at the rate of that day
  annualised_revenue_type_tag: text - kind of rate; kinds are not the same thing
  confidence_tag: text - Confident, Likely or Uncertain, by Epoch
  observed_on: date - day of the capture
warnings:
  - Private companies - mostly press reports and no accounts.
checks:
  - unique: [report_tag, entry_number]
  - not_null: [report_tag, entry_number, company_tag, measured_on, annualised_revenue_usd, observed_on]
*/
select
  report_tag,
  entry_number,
  company_tag,
  coalesce(measured_on, reported_on) as measured_on,
  annualised_revenue_usd,
  annualised_revenue_type_tag,
  confidence_tag,
  observed_on
from core.reported_revenue
where
  scope_tag = 'Full company'
  and annualised_revenue_usd is not null
  and coalesce(measured_on, reported_on) is not null
