/*
doc: Model architectures that llama.cpp and transformers learnt to run, with the day of the first kept release that does.
grain: an architecture of a toolkit
subject: adoption
columns:
  toolkit: text - gguf (llama.cpp's file format) or transformers (Hugging Face)
  architecture_tag: text - the architecture as the toolkit writes it
  first_released_on: date - day of the first kept release that has it
  is_llama: boolean - whether it is one of Meta's Llama family by its name
warnings:
  - A model that keeps Llama's architecture needs none of its own and is not seen here.
  - What the first kept release of a toolkit already has may be older than it.
checks:
  - unique: [toolkit, architecture_tag]
  - not_null: [toolkit, architecture_tag, first_released_on, is_llama]
  - one_of: {toolkit: [gguf, transformers]}
*/
select
  toolkit,
  architecture_tag,
  first_released_on,
  regexp_matches(lower(architecture_tag), '^m?llama[-_]?[0-9]*(_text)?$') as is_llama
from core.supported_architecture
