/*
doc: Downloads of Python packages from PyPI in months that were over when they were read.
grain: a package and a month
subject: adoption
columns:
  package: text - name on PyPI
  month: date - first day of the month
  pypi_download_count: bigint - downloads in the month, mirrors and automatic builds included, by the newest reading
  observed_on: date - first day a reading of the whole month was on record
checks:
  - unique: [package, month]
  - not_null: [package, month, pypi_download_count, observed_on]
*/
with whole as (
  select
    package,
    month,
    pypi_download_count,
    min(cast(observed_at as date)) over (partition by package, month) as observed_on,
    row_number() over (partition by package, month order by observed_at desc) as place
  from staging.package_downloads
  where cast(observed_at as date) >= month + interval 1 month
)
select
  package,
  month,
  pypi_download_count,
  observed_on
from whole
where place = 1
