/*
doc: Model repositories on the Hub that a known maker uploaded itself, with the country of the maker, licence and size.
grain: a repository
subject: licences
columns:
  repository_tag: text - id of the repository on the Hub, author/name
  organisation_id: text - the maker
  country_code: text - country of the maker's headquarters; null if unknown
  created_on: date - day the repository was made; null for those older than 2022-03-02
  licence_tag: text - licence as the uploader typed it; null is unstated
  licence_name_tag: text - name of the licence as typed, mostly where the tag is other
  base_relation_tag: text - finetune, adapter, quantized or merge; null is undeclared
  pipeline_tag: text - task, such as text-generation
  parameters_count: bigint - parameters by the headers of its files; null without such files
  downloads_all_time_count: bigint - downloads since the Hub began to count, when last seen with it
  observed_on: date - last day it was seen
warnings:
  - Makers whose name on the Hub nobody has decided are missing.
checks:
  - unique: [repository_tag]
  - not_null: [repository_tag, organisation_id, observed_on]
*/
select
  repository.repository_tag,
  author.organisation_id,
  organisation.country_code,
  repository.created_on,
  repository.licence_tag,
  repository.licence_name_tag,
  repository.base_relation_tag,
  repository.pipeline_tag,
  repository.parameters_count,
  repository.downloads_all_time_count,
  repository.last_observed_on as observed_on
from core.hub_repository as repository
inner join core.hub_author as author on lower(repository.author_tag) = author.author_tag
left join core.organisation as organisation on author.organisation_id = organisation.organisation_id
