/*
doc: Prices in each capture of a catalogue by the catalogue's own names and flags, for counts and medians as others take them.
grain: an entry of a capture of a catalogue
subject: prices
columns:
  catalogue: text - models_dev, litellm or openrouter
  copy_tag: text - where the copy came from, such as the package that carries it
  observed_on: date - day of the capture; of openrouter the day the catalogue was seen
  host_tag: text - host as the catalogue writes it; unknown where it names none
  entry_tag: text - name as the catalogue writes it
  has_open_weights: boolean - the catalogue's own word; at openrouter whether it names a repository of the Hub; null where it says nothing
  released_on: date - release day by the catalogue's word; null where it states none
  input_price_usd_per_mtok: double - US dollars per million input tokens, above zero
  output_price_usd_per_mtok: double - US dollars per million output tokens; null where not stated
warnings:
  - For questions of our own take marts.price_monthly, where names stand for models and errors are left out.
  - Entries are neither joined nor cleaned; one model is counted once for each name and host, and unit errors are left in.
checks:
  - unique: [catalogue, copy_tag, observed_on, host_tag, entry_tag]
  - not_null: [catalogue, copy_tag, observed_on, host_tag, entry_tag, input_price_usd_per_mtok]
*/
select
  catalogue,
  copy_tag,
  observed_on,
  host_tag,
  entry_tag,
  has_open_weights,
  released_on,
  input_price_usd_per_mtok,
  output_price_usd_per_mtok
from core.catalogue_price
