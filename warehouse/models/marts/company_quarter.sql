/*
doc: Revenue, profit, cash flow and capital spending of large companies by quarter, from the SEC where captured, else from the hand-kept figures.
grain: a company, a metric and a quarter
subject: finance
columns:
  company_id: text - our id of the company
  metric: text - what was measured; equal names mean equal definitions in both sources
  quarter: date - first day of the calendar quarter in which the middle of the company's own quarter falls
  ends_on: date - last day of the company's own quarter
  value_usd: double - the figure of the quarter alone in US dollars
  basis: text - sec (taken from filings at the SEC) or reference (gathered by hand from copies of filings and releases)
  evidence: text - filed at the SEC, else two_sources or one_source as the hand-kept figures say
  method: text - filed, stated, difference or computed
  known_on: date - day of the filing; where that is not known or is a later repetition, 60 days after the quarter's end
warnings:
  - The SEC asks large companies for a quarter within 40 days and for a year within 60, so the later is what is taken where no day is known.
  - Advertising revenue is filed by segment, which the SEC's service leaves out; it comes from the hand-kept figures only.
  - Figures known from memory are left out, and no gap is filled.
checks:
  - unique: [company_id, metric, quarter]
  - not_null: [company_id, metric, quarter, ends_on, value_usd, basis, evidence, method, known_on]
  - one_of:
      basis: [sec, reference]
      evidence: [filed, two_sources, one_source]
      method: [filed, difference, stated, computed]
  - at_least: 500
*/
with ranked as (
  select
    company_id,
    metric,
    quarter,
    ends_on,
    value_usd,
    basis,
    evidence,
    method,
    filed_on,
    row_number() over (partition by company_id, metric, quarter order by basis desc, ends_on desc) as place
  from core.company_figure
)
select
  company_id,
  metric,
  quarter,
  ends_on,
  value_usd,
  basis,
  evidence,
  method,
  case
    when filed_on > ends_on and filed_on <= ends_on + interval '60' day then filed_on
    else cast(ends_on + interval '60' day as date)
  end as known_on
from ranked
where place = 1
