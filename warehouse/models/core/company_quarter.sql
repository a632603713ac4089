/*
doc: Revenue, profit, cash flow and capital spending of large companies, quarter by quarter, taken out of what they filed.
grain: a company, a metric and a quarter
subject: finance
columns:
  company_id: text - our id of the company; null for a company this model does not know
  cik: text - its key at the SEC
  company_name: text - the company as the SEC names it today
  metric: text - revenue, operating_income, net_income, operating_cash_flow, capex_purchases_ppe, finance_lease_principal or depreciation
  quarter: date - first day of the calendar quarter in which the middle of the company's own quarter falls
  starts_on: date - first day of the company's own quarter
  ends_on: date - last day of the company's own quarter
  fiscal_year: integer - the company's fiscal year, named after the calendar year it ends in
  fiscal_quarter: integer - quarter of the fiscal year, 1 to 4
  value_usd: double - the figure of the quarter in US dollars, as last filed
  method: text - filed where the quarter was filed as such, difference where it is one figure from the year's start less the one before
  usgaap_tag: text - concept of the us-gaap taxonomy it was filed under
  filed_on: date - day of the newest filing it rests on
  first_filed_on: date - first day on which a figure for the quarter could be had from filings
warnings:
  - A figure that was restated replaces the first one. A difference can mix bases where only one of its two figures was restated.
  - first_filed_on dates when the quarter was known, not when this value of it was.
  - Companies file depreciation under concepts that differ in what they include; see usgaap_tag before comparing levels.
  - Capital spending is paid purchases of property and equipment of the whole company. Finance leases come on top, and neither is AI alone.
checks:
  - unique: [cik, metric, quarter]
  - not_null: [company_id, cik, metric, quarter, starts_on, ends_on, value_usd, method, usgaap_tag, filed_on, first_filed_on]
  - one_of:
      metric: [revenue, operating_income, net_income, operating_cash_flow, capex_purchases_ppe, finance_lease_principal, depreciation]
      method: [filed, difference]
  - between: {fiscal_quarter: [1, 4]}
  - no_rows:
      name: known_after_the_quarter
      doc: A quarter is filed after it ended, and first filed no later than last.
      sql: select * from core.company_quarter where first_filed_on <= ends_on or filed_on < first_filed_on
*/
with newest as (
  select
    cik,
    max(observed_at) as observed_at
  from staging.sec_companyfacts
  group by cik
),
facts as (
  select
    filed.cik,
    filed.company_name,
    case
      when filed.usgaap_tag in (
        'Revenues',
        'RevenueFromContractWithCustomerExcludingAssessedTax',
        'RevenueFromContractWithCustomerIncludingAssessedTax',
        'SalesRevenueNet'
      ) then 'revenue'
      when filed.usgaap_tag in (
        'PaymentsToAcquirePropertyPlantAndEquipment', 'PaymentsToAcquireProductiveAssets'
      ) then 'capex_purchases_ppe'
      when filed.usgaap_tag = 'FinanceLeasePrincipalPayments' then 'finance_lease_principal'
      when filed.usgaap_tag in (
        'NetCashProvidedByUsedInOperatingActivities',
        'NetCashProvidedByUsedInOperatingActivitiesContinuingOperations'
      ) then 'operating_cash_flow'
      when filed.usgaap_tag = 'OperatingIncomeLoss' then 'operating_income'
      when filed.usgaap_tag = 'NetIncomeLoss' then 'net_income'
      when filed.usgaap_tag in (
        'DepreciationDepletionAndAmortization', 'DepreciationAmortizationAndAccretionNet', 'Depreciation'
      ) then 'depreciation'
    end as metric,
    -- The widest concept first: where a company files two, the other leaves something out.
    case
      when filed.usgaap_tag in (
        'RevenueFromContractWithCustomerExcludingAssessedTax',
        'PaymentsToAcquireProductiveAssets',
        'NetCashProvidedByUsedInOperatingActivitiesContinuingOperations',
        'DepreciationAmortizationAndAccretionNet'
      ) then 2
      when filed.usgaap_tag in ('RevenueFromContractWithCustomerIncludingAssessedTax', 'Depreciation') then 3
      when filed.usgaap_tag = 'SalesRevenueNet' then 4
      else 1
    end as tag_rank,
    filed.usgaap_tag,
    filed.starts_on,
    filed.ends_on,
    filed.value_usd,
    filed.accession,
    filed.entry_number,
    filed.filed_on
  from staging.sec_companyfacts as filed
  inner join newest on filed.cik = newest.cik and filed.observed_at = newest.observed_at
  -- Quarterly and annual reports, amended or not, and current reports that recast them; not proxy statements.
  where filed.form_tag like '10-%' or filed.form_tag like '8-K%'
),
ranked as (
  select
    cik,
    company_name,
    metric,
    tag_rank,
    usgaap_tag,
    starts_on,
    ends_on,
    value_usd,
    filed_on,
    min(filed_on) over (partition by cik, usgaap_tag, starts_on, ends_on) as first_filed_on,
    row_number() over (
      partition by cik, usgaap_tag, starts_on, ends_on
      order by filed_on desc, accession desc, entry_number desc
    ) as place
  from facts
  where metric is not null
),
latest as (
  select
    cik,
    company_name,
    metric,
    tag_rank,
    usgaap_tag,
    starts_on,
    ends_on,
    value_usd,
    filed_on,
    first_filed_on,
    lag(ends_on) over (partition by cik, usgaap_tag, starts_on order by ends_on) as before_ends_on,
    lag(value_usd) over (partition by cik, usgaap_tag, starts_on order by ends_on) as before_value_usd,
    lag(filed_on) over (partition by cik, usgaap_tag, starts_on order by ends_on) as before_filed_on,
    lag(first_filed_on) over (partition by cik, usgaap_tag, starts_on order by ends_on) as before_first_filed_on
  from ranked
  where place = 1
),
quarters as (
  select
    cik,
    company_name,
    metric,
    tag_rank,
    usgaap_tag,
    starts_on,
    ends_on,
    value_usd,
    'filed' as method,
    filed_on,
    first_filed_on
  from latest
  where date_diff('day', starts_on, ends_on) between 80 and 100
  union all
  select
    cik,
    company_name,
    metric,
    tag_rank,
    usgaap_tag,
    cast(before_ends_on + interval '1' day as date),
    ends_on,
    value_usd - before_value_usd,
    'difference',
    greatest(filed_on, before_filed_on),
    greatest(first_filed_on, before_first_filed_on)
  from latest
  where date_diff('day', before_ends_on, ends_on) between 80 and 100
),
dated as (
  select
    cik,
    company_name,
    metric,
    tag_rank,
    usgaap_tag,
    starts_on,
    ends_on,
    value_usd,
    method,
    filed_on,
    first_filed_on,
    cast(ends_on - interval '45' day as date) as middle
  from quarters
),
chosen as (
  select
    cik,
    company_name,
    metric,
    usgaap_tag,
    starts_on,
    ends_on,
    value_usd,
    method,
    filed_on,
    min(first_filed_on) over (partition by cik, metric, date_trunc('quarter', middle)) as first_filed_on,
    middle,
    row_number() over (
      partition by cik, metric, date_trunc('quarter', middle)
      order by tag_rank, method desc, filed_on desc, ends_on desc
    ) as place
  from dated
),
years as (
  select
    cik,
    extract(month from max(ends_on)) as last_month
  from latest
  where date_diff('day', starts_on, ends_on) between 350 and 380
  group by cik
),
placed as (
  select
    chosen.cik,
    chosen.company_name,
    chosen.metric,
    chosen.usgaap_tag,
    chosen.starts_on,
    chosen.ends_on,
    chosen.value_usd,
    chosen.method,
    chosen.filed_on,
    chosen.first_filed_on,
    chosen.middle,
    mod(years.last_month - extract(month from chosen.middle) + 12, 12) as months_to_year_end
  from chosen
  left join years on chosen.cik = years.cik
  where chosen.place = 1
)
select
  case cik
    when '0001326801' then 'meta'
    when '0001652044' then 'alphabet'
    when '0000789019' then 'microsoft'
    when '0001018724' then 'amazon'
    when '0001045810' then 'nvidia'
    when '0000320193' then 'apple'
    when '0001341439' then 'oracle'
    when '0001564408' then 'snap'
    when '0001506293' then 'pinterest'
    when '0001671933' then 'the-trade-desk'
  end as company_id,
  cik,
  company_name,
  metric,
  cast(date_trunc('quarter', middle) as date) as quarter,
  starts_on,
  ends_on,
  cast(
    floor((extract(year from middle) * 12 + extract(month from middle) - 1 + months_to_year_end) / 12.0) as integer
  ) as fiscal_year,
  cast(4 - floor(months_to_year_end / 3.0) as integer) as fiscal_quarter,
  value_usd,
  method,
  usgaap_tag,
  filed_on,
  first_filed_on
from placed
