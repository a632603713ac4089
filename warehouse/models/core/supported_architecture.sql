/*
doc: Model architectures that a toolkit runs, with the first of its releases that does.
grain: an architecture of a toolkit
subject: adoption
columns:
  toolkit: text - gguf (llama.cpp's file format) or transformers (Hugging Face)
  architecture_tag: text - the architecture as the toolkit writes it, such as qwen2moe or qwen2_moe
  family_tag: text - its leading letters, such as qwen; a rough group by spelling and no judgement of descent
  first_version: text - first kept release that has it
  first_released_on: date - day of that release
  last_released_on: date - day of the last kept release that has it
warnings:
  - The first release kept of a toolkit has architectures that may be older.
  - transformers holds models of images, sound and tables too.
  - Spelling misleads at times, gpt2 and gpt_oss both come to gpt.
checks:
  - unique: [toolkit, architecture_tag]
  - not_null: [toolkit, architecture_tag, family_tag, first_version, first_released_on, last_released_on]
*/
with seen as (
  select
    'gguf' as toolkit,
    architecture_tag,
    package_version,
    observed_at
  from staging.gguf_architectures
  union all
  select
    'transformers',
    architecture_tag,
    package_version,
    observed_at
  from staging.transformers_architectures
),
placed as (
  select
    toolkit,
    architecture_tag,
    package_version,
    cast(observed_at as date) as released_on,
    row_number() over (partition by toolkit, architecture_tag order by observed_at) as place,
    max(cast(observed_at as date)) over (partition by toolkit, architecture_tag) as last_released_on
  from seen
)
select
  toolkit,
  architecture_tag,
  coalesce(nullif(regexp_extract(lower(architecture_tag), '^[a-z]+'), ''), lower(architecture_tag)) as family_tag,
  package_version as first_version,
  released_on as first_released_on,
  last_released_on
from placed
where place = 1
