/*
doc: Spellings of licences that tell no class or none that a verdict may rest on, the most frequent first to look up.
grain: a spelling in a catalogue
subject: licences
columns:
  catalogue: text - who writes it so
  licence_tag: text - the licence exactly as written
  licence_key: text - the licence we take it for; null where it was never seen
  problem: text - unmapped (never seen), ambiguous (a name that can stand for anything) or memory (class by memory alone)
  record_count: bigint - records that write it so
checks:
  - unique: [catalogue, licence_tag]
  - not_null: [catalogue, licence_tag, problem, record_count]
  - one_of: {problem: [unmapped, ambiguous, memory]}
*/
select catalogue, licence_tag, licence_key, problem, record_count
from core.licence_spelling
where problem is not null
