/*
doc: Model repositories of the Hugging Face Hub as last seen.
grain: a repository
subject: adoption
columns:
  repository_tag: text - id of the repository on the Hub, author/name
  author_tag: text - author or organisation on the Hub; null for the few ids without one
  created_on: date - day the repository was made; null for those older than 2022-03-02, of which the Hub does not say
  licence_tag: text - licence as the uploader typed it; null is unstated
  licence_name_tag: text - name of the licence as typed, mostly where the tag is other
  licence_link_tag: text - address or file of the licence, as typed
  gate_tag: text - false, auto or manual; null where no capture so far said
  base_relation_tag: text - finetune, adapter, quantized or merge; null is undeclared
  base_model_ids: json - ids of the repositories it was made from, a sorted list; null is undeclared
  pipeline_tag: text - task, such as text-generation
  library_tag: text - library the files are for
  parameters_count: bigint - parameters by the headers of its files; null without such files
  downloads_30d_count: bigint - downloads of the last 30 days when last seen
  downloads_all_time_count: bigint - downloads since the Hub began to count, when last seen with it
  like_count: bigint - likes when last seen
  modified_at: timestamp - when the repository last changed, UTC
  first_observed_on: date - first day we saw it
  last_observed_on: date - last day a capture showed or confirmed it
  is_listed: boolean - whether the last capture that could show it still did
checks:
  - unique: [repository_tag]
  - not_null: [repository_tag, first_observed_on, last_observed_on, is_listed]
  - one_of: {gate_tag: ['false', auto, manual]}
  - between: {downloads_30d_count: [0, null], downloads_all_time_count: [0, null], like_count: [0, null]}
warnings:
  - Without a capture of the whole Hub this holds only the API's samples of tracked authors, most downloaded and newest.
  - Licence and base models are declared by uploaders.
*/
with shown as (
  select
    huggingface_id as repository_tag,
    observed_at,
    huggingface_author as author_tag,
    cast(repository_created_at as date) as created_on,
    licence_link_tag,
    pipeline_tag,
    library_tag,
    parameters_count
  from staging.huggingface_models
  union all
  select
    huggingface_id as repository_tag,
    observed_at,
    huggingface_author as author_tag,
    cast(repository_created_at as date) as created_on,
    licence_link_tag,
    pipeline_tag,
    library_tag,
    parameters_count
  from staging.huggingface_repositories
  where change_tag in ('new', 'attributes')
),
repeated as (
  select repository_tag
  from shown
  group by repository_tag
  having count(*) > 1
),
numbered as (
  select
    shown.repository_tag,
    shown.author_tag,
    shown.created_on,
    shown.licence_link_tag,
    shown.pipeline_tag,
    shown.library_tag,
    shown.parameters_count,
    row_number() over (
      partition by shown.repository_tag
      order by
        shown.observed_at desc, shown.parameters_count desc nulls last, shown.pipeline_tag nulls last,
        shown.library_tag nulls last
    ) as place
  from shown
  join repeated on shown.repository_tag = repeated.repository_tag
),
described as (
  select repository_tag, author_tag, created_on, licence_link_tag, pipeline_tag, library_tag, parameters_count
  from numbered
  where place = 1
  union all
  select
    shown.repository_tag,
    shown.author_tag,
    shown.created_on,
    shown.licence_link_tag,
    shown.pipeline_tag,
    shown.library_tag,
    shown.parameters_count
  from shown
  left join repeated on shown.repository_tag = repeated.repository_tag
  where repeated.repository_tag is null
),
counts as (
  select
    repository_tag,
    max_by(downloads_30d_count, observed_on) as downloads_30d_count,
    max_by(downloads_all_time_count, observed_on) as downloads_all_time_count,
    max_by(like_count, observed_on) as like_count,
    max_by(modified_at, observed_on) as modified_at
  from core.hub_repository_counter
  group by repository_tag
),
seen as (
  select
    repository_tag,
    min(valid_from) as first_observed_on,
    max(valid_from) as newest_from,
    max(last_observed_on) as last_observed_on
  from core.hub_repository_history
  group by repository_tag
)
select
  seen.repository_tag,
  described.author_tag,
  described.created_on,
  history.licence_tag,
  history.licence_name_tag,
  described.licence_link_tag,
  history.gate_tag,
  history.base_relation_tag,
  history.base_model_ids,
  described.pipeline_tag,
  described.library_tag,
  described.parameters_count,
  counts.downloads_30d_count,
  counts.downloads_all_time_count,
  counts.like_count,
  counts.modified_at,
  seen.first_observed_on,
  seen.last_observed_on,
  history.valid_to is null as is_listed
from seen
join core.hub_repository_history as history
  on seen.repository_tag = history.repository_tag and seen.newest_from = history.valid_from
left join described on seen.repository_tag = described.repository_tag
left join counts on seen.repository_tag = counts.repository_tag
