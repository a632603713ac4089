/*
doc: Share of people of working age who use generative AI, in the Global North and South.
grain: a region and a period
subject: adoption
columns:
  region: text - north or south
  ends_on: date - last day of the period
  user_share: double - share of people from 15 to 64 who used such a product in the period, 0 to 1
  known_on: date - a day by which it was public
warnings:
  - Estimates by one company, from what its own systems send, adjusted for the devices and the internet of each country.
  - Periods are half years in 2025 and quarters from 2026 on.
checks:
  - unique: [region, ends_on]
  - not_null: [region, ends_on, user_share, known_on]
*/
select
  region,
  ends_on,
  user_share,
  known_on
from reference.ai_use
