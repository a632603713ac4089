/*
doc: Whose interface each host of models speaks, by the last reading of the month.
grain: a host and a month
subject: adoption
columns:
  month: date - first day of the month
  host_tag: text - host as models.dev writes it
  interface_tag: text - package that speaks to the host
  interface_class: text - openai or anthropic (an interface that this lab set, at itself or elsewhere) or own
  observed_on: date - day of the reading
warnings:
  - Hosts with several plans are listed once for each plan.
  - The list is kept for programs that speak to hosts through such packages; a host that has none may be missing.
checks:
  - unique: [month, host_tag]
  - not_null: [month, host_tag, interface_tag, interface_class, observed_on]
  - one_of: {interface_class: [openai, anthropic, own]}
*/
with last_reading as (
  select cast(date_trunc('month', observed_on) as date) as month, max(observed_on) as observed_on
  from core.host_interface
  group by cast(date_trunc('month', observed_on) as date)
)
select
  last_reading.month,
  host_interface.host_tag,
  host_interface.interface_tag,
  case
    when host_interface.interface_tag in ('@ai-sdk/openai', '@ai-sdk/openai-compatible', '@ai-sdk/azure') then 'openai'
    when host_interface.interface_tag = '@ai-sdk/anthropic' then 'anthropic'
    else 'own'
  end as interface_class,
  last_reading.observed_on
from last_reading
inner join core.host_interface as host_interface on last_reading.observed_on = host_interface.observed_on
