/*
doc: Quarterly figures of large companies side by side, as filed at the SEC and as gathered by hand from copies.
grain: a company, a metric, a quarter and a basis
subject: finance
columns:
  company_id: text - our id of the company
  metric: text - what was measured; equal names mean equal definitions in both sources
  quarter: date - first day of the calendar quarter in which the middle of the company's own quarter falls
  ends_on: date - last day of the company's own quarter
  value_usd: double - the figure of the quarter alone in US dollars
  basis: text - sec or reference
  evidence: text - filed at the SEC, else two_sources or one_source as the hand-kept figures say
  method: text - filed or difference at the SEC, stated or computed by hand
  filed_on: date - first day a figure for the quarter was filed, as far as the source says; null where it does not
warnings:
  - Figures known from memory are left out. A last quarter is the year less its first three where all four are given by hand; no other gap is filled.
checks:
  - unique: [company_id, metric, quarter, basis]
  - not_null: [company_id, metric, quarter, ends_on, value_usd, basis, evidence, method]
  - one_of:
      basis: [sec, reference]
      evidence: [filed, two_sources, one_source]
      method: [filed, difference, stated, computed]
  - at_least: 500
*/
with stated as (
  select
    company_id,
    metric,
    basis,
    quarter,
    ends_on,
    cast(value_usd as double) as value_usd,
    evidence,
    method,
    filed_on
  from reference.company_quarter
  where evidence in ('two_sources', 'one_source')
),
first_three as (
  select
    company_id,
    metric,
    extract(year from ends_on) as in_year,
    sum(value_usd) as value_usd,
    min(evidence) as evidence
  from stated
  where basis = 'quarter' and extract(month from ends_on) in (3, 6, 9)
  group by company_id, metric, extract(year from ends_on)
  having count(*) = 3
),
last_quarter as (
  select
    whole.company_id,
    whole.metric,
    whole.ends_on,
    whole.value_usd - first_three.value_usd as value_usd,
    least(whole.evidence, first_three.evidence) as evidence,
    whole.filed_on
  from stated as whole
  inner join first_three
    on whole.company_id = first_three.company_id
    and whole.metric = first_three.metric
    and extract(year from whole.ends_on) = first_three.in_year
  left join stated as quarter
    on whole.company_id = quarter.company_id
    and whole.metric = quarter.metric
    and whole.ends_on = quarter.ends_on
    and quarter.basis = 'quarter'
  where whole.basis = 'annual' and extract(month from whole.ends_on) = 12 and quarter.ends_on is null
)
select
  company_id,
  metric,
  quarter,
  ends_on,
  value_usd,
  'sec' as basis,
  'filed' as evidence,
  method,
  first_filed_on as filed_on
from core.company_quarter
where company_id is not null
union all
select
  company_id,
  metric,
  quarter,
  ends_on,
  value_usd,
  'reference',
  evidence,
  method,
  filed_on
from stated
where basis = 'quarter'
union all
select
  company_id,
  metric,
  cast(date_trunc('quarter', ends_on) as date),
  ends_on,
  value_usd,
  'reference',
  evidence,
  'computed',
  filed_on
from last_quarter
