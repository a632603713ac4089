/*
doc: How many people use generative AI in the Global North and in the South, period by period.
grain: a period
subject: adoption
columns:
  ends_on: date - last day of the period
  north_user_share: double - share of people from 15 to 64 in the North who used such a product, 0 to 1
  south_user_share: double - the same in the South
  known_on: date - a day by which both were public
warnings:
  - Estimates by one company, from what its own systems send, adjusted for the devices and the internet of each country.
  - Periods are half years in 2025 and quarters from 2026 on.
checks:
  - unique: [ends_on]
  - not_null: [ends_on, north_user_share, south_user_share, known_on]
  - between: {north_user_share: [0, 1]}
  - between: {south_user_share: [0, 1]}
*/
select
  north.ends_on,
  north.user_share as north_user_share,
  south.user_share as south_user_share,
  greatest(north.known_on, south.known_on) as known_on
from core.ai_use as north
inner join core.ai_use as south on north.ends_on = south.ends_on and south.region = 'south'
where north.region = 'north'
