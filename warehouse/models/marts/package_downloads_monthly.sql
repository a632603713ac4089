/*
doc: Downloads of AI packages from PyPI by month, and whether a package runs open weights or calls a closed service.
grain: a package and a month
subject: adoption
columns:
  month: date - first day of the month
  package: text - name on PyPI
  package_class: text - open tooling (runs, stores or tunes open weights), closed client (calls the models of one lab that sells them) or either
  pypi_download_count: bigint - downloads in the month, mirrors and automatic builds included
  observed_on: date - first day a reading of the whole month was on record
warnings:
  - Most downloads are automatic; levels say little, changes and ratios somewhat more.
  - A client is not its model. The openai package also talks to servers of open weights.
checks:
  - unique: [month, package]
  - not_null: [month, package, package_class, pypi_download_count, observed_on]
  - one_of: {package_class: [open tooling, closed client, either]}
*/
select
  month,
  package,
  case
    when package in (
      'accelerate', 'huggingface-hub', 'llama-cpp-python', 'llama-stack', 'mlx-lm', 'ollama', 'peft', 'safetensors',
      'sglang', 'transformers', 'vllm'
    ) then 'open tooling'
    when package in ('anthropic', 'cohere', 'google-genai', 'google-generativeai', 'openai', 'xai-sdk') then 'closed client'
    else 'either'
  end as package_class,
  pypi_download_count,
  observed_on
from core.package_download
