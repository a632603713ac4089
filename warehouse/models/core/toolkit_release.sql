/*
doc: Releases of toolkits that run models, with how many model architectures each can run.
grain: a release of a toolkit
subject: adoption
columns:
  toolkit: text - gguf (llama.cpp's file format) or transformers (Hugging Face)
  toolkit_version: text - version of the release
  released_on: date - day of the release
  architecture_count: bigint - architectures it has, without those it calls deprecated
warnings:
  - Every release of gguf is kept, and of transformers the last of each month.
  - transformers holds models of images, sound and tables too.
checks:
  - unique: [toolkit, toolkit_version]
  - not_null: [toolkit, toolkit_version, released_on, architecture_count]
  - between: {architecture_count: [1, null]}
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
  where not is_withdrawn
)
select
  toolkit,
  package_version as toolkit_version,
  cast(max(observed_at) as date) as released_on,
  count(*) as architecture_count
from seen
group by toolkit, package_version
