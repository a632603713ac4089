/*
doc: Views of encyclopaedia articles on artificial intelligence in months that were over when they were read.
grain: an article and a month
subject: adoption
columns:
  article: text - title of the article on the English Wikipedia, underscores for spaces
  month: date - first day of the month
  pageview_count: bigint - views by people, all devices, by the newest reading
  observed_on: date - first day a reading of the whole month was on record
checks:
  - unique: [article, month]
  - not_null: [article, month, pageview_count, observed_on]
*/
with whole as (
  select
    article,
    month,
    pageview_count,
    min(cast(observed_at as date)) over (partition by article, month) as observed_on,
    row_number() over (partition by article, month order by observed_at desc) as place
  from staging.wikimedia_pageviews
  where cast(observed_at as date) >= month + interval 1 month
)
select
  article,
  month,
  pageview_count,
  observed_on
from whole
where place = 1
