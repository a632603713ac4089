/*
doc: Authors of the Hugging Face Hub that stand for a maker of models.
grain: an author
subject: releases
columns:
  author_tag: text - the author as in a repository's id, in lower case
  organisation_id: text - the maker it stands for
checks:
  - unique: [author_tag]
  - not_null: [author_tag, organisation_id]
*/
select
  lower(organisation_tag) as author_tag,
  min(organisation_id) as organisation_id
from reference.organisation_alias
where catalogue = 'huggingface'
group by lower(organisation_tag)
