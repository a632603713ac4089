/*
doc: What a licence asks of those who use a model, in four questions, as far as its text or another's account of it was read.
grain: a licence
subject: licences
columns:
  licence_key: text - the licence
  is_unlimited_in_size: boolean - nobody is shut out by users, revenue or registration; null where no text was read
  is_unlimited_in_region: boolean - no country is shut out; null where no text was read
  is_unlimited_in_use: boolean - no field of use or behaviour is forbidden, commerce included; null where no text was read
checks:
  - unique: [licence_key]
  - not_null: [licence_key]
*/
select
  licence_key,
  case when evidence <> 'memory' and licence_class is not null then cap is null or cap = '' end as is_unlimited_in_size,
  case
    when evidence <> 'memory' and licence_class is not null
      then not regexp_matches(coalesce(terms, ''), '(^|\s)region(\s|$)')
  end as is_unlimited_in_region,
  case
    when evidence <> 'memory' and licence_class is not null
      then commercial_use = 'yes' and not regexp_matches(coalesce(terms, ''), '(^|\s)use(\s|$)')
  end as is_unlimited_in_use
from reference.licence_class
