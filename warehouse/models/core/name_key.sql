/*
doc: Each name that could stand for a listed model brought to common forms, step by step, from the name as typed to the key that the names of one model share.
grain: a name in a catalogue
subject: releases
columns:
  catalogue: text - where the name stands, as in core.catalogue_name; or the reference table that holds it
  alias_tag: text - the name exactly as the catalogue writes it
  bare_tag: text - in lower case, without path, region, cloud version, routing suffix and a maker's name before a family's
  spelling: text - words joined by hyphens, versions and dates in one form
  weights_key: text - without hosting, precision and packing
  full_key: text - without effort and mode as well, for families in which they are settings and not models of their own
  model_key: text - without the words of tuning (instruct, chat, it) and the active part of a size as well
  word_key: text - the words of the model key in alphabetical order, since catalogues differ in word order
  stem_key: text - the word key without the date
  core_key: text - the word key without dates and versions
  unsized_key: text - the word key without the size
  date_tag: text - the date in the model key as 8, 6 or 4 digits; null when there is none
  month_tag: text - month of that date as MM
  size_tag: text - the size in the model key, such as 70b or 8x7b; null when there is none
  precision_tag: text - precision or packing that was taken off, such as fp8 or gguf; null when none
  is_moving: boolean - whether the name stands for no one model, since it says latest without a date, is a customer's own fine-tune (ft:) or a class of prices
  is_untuned: boolean - whether the name says that the weights were not tuned (base, pt)
  is_tuned: boolean - whether it says that they were (instruct, chat, it)
warnings:
  - A repository is left out whose account no catalogue knows, unless its name says how it was packed or the account packs for others; it stands for nothing else (core.alias, hub_only).
  - The same steps hold for all names. What spelling cannot tell is in reference.model_alias and reference.model_spelling.
  - Sizes, dates, versions and words such as mini, turbo, vision or coder stay.
checks:
  - unique: [catalogue, alias_tag]
  - not_null: [catalogue, alias_tag, spelling, weights_key, full_key, model_key, word_key, stem_key, is_moving, is_untuned, is_tuned]
  - at_least: 1000
*/
with accounts as (
  select organisation_tag from core.catalogue_name where catalogue <> 'huggingface' and organisation_tag is not null
  union
  select lower(split_part(alias_tag, '/', -2)) from core.catalogue_name where catalogue <> 'huggingface' and alias_tag like '%/%'
  union
  select organisation_tag from reference.repackager
),
all_names as (
  select catalogue_name.catalogue, catalogue_name.alias_tag
  from core.catalogue_name
  left join accounts on catalogue_name.organisation_tag = accounts.organisation_tag
  where catalogue_name.catalogue <> 'huggingface'
    or catalogue_name.organisation_id is not null
    or accounts.organisation_tag is not null
    or regexp_matches(
      catalogue_name.alias_tag,
      '(?i)[-_.](fp|bf16|int[48]|nf4|w[48]a|mxfp|nvfp|awq|gptq|gg|mlx|bnb|exl|onnx|ov|vllm|[2-8][-_]?bit|i?q[1-8]|dynamic|mixed|qat|unquant|quant|pytorch|flax|tflite|hf)'
    )
  union
  select catalogue, alias_tag from reference.model_alias
  union
  select 'leading_model', model_id from reference.leading_model
  union
  select 'model_spelling', spelling from reference.model_spelling
  union
  select 'model_spelling', same_as from reference.model_spelling
  union
  select 'model_kept_apart', name from reference.model_kept_apart
  union
  select 'model_kept_apart', other_name from reference.model_kept_apart
),
tags as (
  select distinct alias_tag from all_names
),
without_path as (
  select
    alias_tag,
    regexp_replace(
      regexp_replace(
        regexp_replace(
          regexp_replace(lower(trim(alias_tag)), '(:[0-9a-f]{32,}|:peft:[0-9]+|/fp8|/fp4)$', ''),
          '(^|/)(deepseek|minimax)/([vm][0-9][^/]*)$',
          '/\2-\3'
        ),
        '^(.*/|hf:|~)',
        ''
      ),
      '^(us|eu|apac|global|regional|au|in|jp|ca|sa|me|uk|us-gov)\.',
      ''
    ) as tag
  from tags
),
without_maker as (
  select
    alias_tag,
    regexp_replace(
      regexp_replace(
        regexp_replace(
          regexp_replace(
            tag,
            '^(?:cerebras|groq|sambanova|together|fireworks)[-. ]+(llama|qwen|deepseek|kimi|glm|gpt-oss)',
            '\1'
          ),
          '^(anthropic|meta|amazon|mistral|cohere|ai21|openai|qwen|google|moonshot|moonshotai|minimax|nvidia|zai|xai|writer|ibm)\.',
          ''
        ),
        '^duo-chat-(opus|sonnet|haiku|fable|mythos)',
        'claude-\1'
      ),
      '^(?:(?:databricks|duo-chat|alicloud|coding|umans|fw|system\.ai|spot|openai|anthropic|google|meta|nvidia|zai-org|z-ai|zai|moonshotai|moonshot|mistralai|deepseek-ai|alibaba|qwen|x-ai|xai|amazon|ai21|ai21labs|aion-labs|arcee|c4ai|cohere|ibm|minimaxai|microsoft|tencent|hunyuan|baidu|bytedance|snowflake|xiaomi|perplexity|lmsys)[-. ]+)+(gpt|chatgpt|o[1-9]|claude|gemini|gemma|llama|codellama|nemotron|glm|kimi|mistral|mixtral|ministral|magistral|devstral|codestral|pixtral|deepseek|qwen|qwq|grok|nova|titan|jamba|command|aya|aion|granite|minimax|phi|wizardlm|hy3|hunyuan|ernie|seed|doubao|arctic|mimo|inkling|trinity|sonar|dbrx|mpt|vicuna)',
      '\1'
    ) as tag
  from without_path
),
bare as (
  select
    alias_tag,
    regexp_replace(
      regexp_replace(
        regexp_replace(
          tag,
          '((:(free|beta|extended|nitro|online|thinking|batch|exacto|floor|self-moderated|low|medium|high|xhigh|max|minimal|none|[0-9]{4,5}))+|@(default|eu|us)|-[0-9]+:0|[-:]cloud)$',
          ''
        ),
        '-v[0-9]+(:0(:[0-9]+k)?|-bedrock)$',
        ''
      ),
      '([0-9])p([0-9])',
      '\1.\2',
      'g'
    ) as bare_tag
  from without_maker
),
hyphenated as (
  select
    alias_tag,
    bare_tag,
    regexp_replace(
      regexp_replace(
        regexp_replace(
          regexp_replace(
            regexp_replace(replace(bare_tag, '+', '-plus'), '_([0-9]{3})', '-\1'),
            '([0-9])[._]([0-9])',
            '\1.\2',
            'g'
          ),
          '[^a-z0-9.]+',
          '-',
          'g'
        ),
        '([^0-9])\.+|\.+([^0-9])',
        '\1-\2',
        'g'
      ),
      '(^[-.]+|[-.]+$)',
      '',
      'g'
    ) as spelling
  from bare
),
dated as (
  select
    alias_tag,
    bare_tag,
    case
      when not regexp_matches(spelling, '[0-9]{2}') then spelling
      else regexp_replace(
        regexp_replace(
          regexp_replace(
            regexp_replace(
              regexp_replace(
                regexp_replace(
                  regexp_replace(
                    spelling,
                    '-(20[0-9][0-9])-([01][0-9])-([0-3][0-9])($|-)',
                    '-\1\2\3\4'
                  ),
                  '(-20[2-3][0-9][01][0-9][0-3][0-9])-v[0-9]+$',
                  '\1'
                ),
                '-(0[1-9]|1[0-2])-(20[2-3][0-9])($|-)',
                '-\2\1\3'
              ),
              '-(20[2-3][0-9])-(0[1-9]|1[0-2])$',
              '-\1\2'
            ),
            '-(0[1-9]|1[0-2])-([0-3][0-9])($|-)',
            '-\1\2\3'
          ),
          '(?:-ga)?-(2[3-9](?:0[1-9]|1[0-2])[0-3][0-9])$',
          '-20\1'
        ),
        '^((?:mistral|jamba|codestral|llama)-.*)-001$',
        '\1'
      )
    end as spelling
  from hyphenated
),
months as (
  select
    alias_tag,
    bare_tag,
    case
      when regexp_matches(spelling, '-(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*-20[2-3][0-9]$')
        then
          regexp_replace(spelling, '-[a-z]+-20[2-3][0-9]$', '')
          || '-'
          || right(spelling, 4)
          || right(
            cast(
              (strpos('jan feb mar apr may jun jul aug sep oct nov dec', regexp_extract(spelling, '-([a-z]{3})[a-z]*-20[2-3][0-9]$', 1)) + 403)
              / 4 as integer
            ) || '',
            2
          )
      else spelling
    end as spelling
  from dated
),
versions as (
  select
    alias_tag,
    bare_tag,
    regexp_replace(
      regexp_replace(
        regexp_replace(
          regexp_replace(
            regexp_replace(
              regexp_replace(
                case
                  when spelling like 'claude-%' then regexp_replace(regexp_replace(spelling, '(opus|sonnet|haiku)([0-9])', '\1-\2'), '([0-9])-v1$', '\1')
                  when spelling like 'mistral-%' then regexp_replace(spelling, '(small|medium|large)([0-9])', '\1-\2')
                  else regexp_replace(spelling, '^([a-z]+-.+)-v1(\.0)?((-(q[2-8].*|gguf|[a-z]*fp[48]|fp16|bf16|awq|gptq|int[48]|[48]bit|mlx|hf))*)$', '\1\3')
                end,
                '^([a-z][a-z]+)-?v?([0-9])',
                '\1-\2'
              ),
              '-v([0-9])',
              '-\1',
              'g'
            ),
            '-([0-9][0-9]?)-([0-9][0-9]?v?)(-|$)',
            '-\1.\2\3'
          ),
          '-([a-z][0-9])-([0-9])(-|$)',
          '-\1.\2\3'
        ),
        '-([0-9][0-9]?)\.0(-|$)',
        '-\1\2'
      ),
      '^(gpt|llama|claude|gemini|glm|grok|claude-(?:opus|sonnet|haiku))-([2-6])([1-9])(-|$)',
      '\1-\2.\3\4'
    ) as spelling
  from months
),
spelt as (
  select
    alias_tag,
    bare_tag,
    regexp_replace(
      regexp_replace(
        regexp_replace(
          regexp_replace(
            case when spelling = '' then lower(trim(alias_tag)) else spelling end,
            '^code-llama',
            'codellama'
          ),
          '^(doubao|dola)-seed',
          'seed'
        ),
        '^(qwen|internlm|smollm)-([0-9](?:\.[0-9])?)(-|$)',
        '\1\2\3'
      ),
      '^(deepseek|mimo)-([0-9](?:\.[0-9]+)?)(-|$)',
      '\1-v\2\3'
    ) as spelling
  from versions
),
unhosted as (
  select
    alias_tag,
    bare_tag,
    spelling,
    regexp_replace(
      regexp_replace(
        case when spelling like 'flux-%' then spelling else regexp_replace(spelling, '-flex$', '') end,
        '(-(fc|batch|nitro|spot|priority|highspeed|free|maas|tput|picker|tee|novita|togetherai|concise|verbose|fp8-fast|variant[0-9]))+$',
        ''
      ),
      '-(it|0\.2|chat-hf)-lora$',
      '-\1'
    ) as unhosted_tag
  from spelt
),
packed as (
  select
    alias_tag,
    bare_tag,
    spelling,
    unhosted_tag,
    regexp_extract(unhosted_tag, '(-(fp4|fp8|fp16|bf16|int4|int8|nf4|w4a4|w4a16|w8a8|w8a16|mxfp4|nvfp4|awq|gptq|gguf|ggml|mlx|bnb|exl[23]|onnx|ov|openvino|vllm|[2-8]-?bits?|i?q[1-8](-[0-9a-z]{1,3})*|fp8-(dynamic|block)|dynamic|mixed-ar|qat|unquantized|quantized|pytorch|flax|tflite|hf))+$') as packing
  from unhosted
),
weighed as (
  select
    alias_tag,
    bare_tag,
    spelling,
    regexp_replace(
      regexp_replace(
        left(unhosted_tag, length(unhosted_tag) - length(packing)),
        '^(ernie-.*)-(pt|paddle)$',
        '\1'
      ),
      '-(instruct|chat|it|[0-9.x]*[0-9]b|a[0-9]+b)-(turbo|lite|reference|fast|versatile|instant|specdec|preview-tput|together|4096|8192|32768|131072)$',
      '-\1'
    ) as weights_key,
    nullif(regexp_replace(packing, '^-', ''), '') as precision_tag
  from packed
),
unmoded as (
  select
    alias_tag,
    bare_tag,
    spelling,
    weights_key,
    precision_tag,
    case
      when weights_key like '%codex-max%'
        then regexp_replace(weights_key, '(-(none|minimal|low|medium|high|xhigh))+$', '')
      when
        regexp_matches(
          weights_key,
          '^(gpt-[0-9]|o[0-9]|chatgpt|claude|gemini-(2\.5|[3-9])|grok|deepseek-v(3\.[1-9]|[4-9])|glm-(4\.[5-9]|[5-9])|kimi-k(2\.[5-9]|[3-9])|muse|mimo|minimax-m[2-9])'
        )
        then regexp_replace(
          regexp_replace(
            regexp_replace(weights_key, '^(claude-.*)-fast$|^((?:deepseek|glm|kimi|minimax)-.*)-lightning$', '\1\2'),
            '(-(thinking|reasoning|reasoner|no-thinking|nothink|nothinking|non-thinking|non-reasoning|thinking-disabled|hide-reasoning|thinking-[0-9]+k?|[0-9]+k-thinking|[0-9]+k|thinking-minimal|(high|medium|low)-reasoning-effort|none|minimal|low|medium|high|xhigh|max))+$',
            ''
          ),
          '-(thinking|none|minimal|low|medium|high|xhigh|max)-(20[2-3][0-9]{5})$',
          '-\2'
        )
      else regexp_replace(weights_key, '(-(no-thinking|nothink|nothinking|non-thinking|thinking-disabled|hide-reasoning|non-reasoning|(high|medium|low)-reasoning-effort))+$', '')
    end as full_key
  from weighed
),
untuned as (
  select
    alias_tag,
    bare_tag,
    spelling,
    weights_key,
    precision_tag,
    full_key,
    regexp_replace(
      regexp_replace(
        regexp_replace(
          case
            when regexp_matches(full_key, '^(gpt|chatgpt|ft)-|-bison') then full_key
            when not regexp_matches(regexp_replace(full_key, '-(instruct|chat|it)\b', '', 'g'), '[0-9]') then full_key
            else regexp_replace(full_key, '-(instruct|chat|it)\b', '', 'g')
          end,
          '^deepseek-([0-9](?:\.[0-9]+)?)(-|$)',
          'deepseek-v\1\2'
        ),
        '(-[0-9.]+[bmt])-a[0-9.]+[bm](-|$)',
        '\1\2'
      ),
      '-[0-9]+e(-|$)',
      '\1'
    ) as model_key
  from unmoded
),
parted as (
  select
    alias_tag,
    bare_tag,
    spelling,
    weights_key,
    precision_tag,
    full_key,
    model_key,
    nullif(
      regexp_extract(
        model_key,
        '-(20[2-3][0-9][01][0-9][0-3][0-9]|20[2-3][0-9][01][0-9]|2[3-9](?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])[0-3][0-9])(-|$)',
        1
      ),
      ''
    ) as date_tag,
    nullif(
      regexp_extract(model_key, '-([0-9]+x[0-9.]+b|e?[0-9]+(?:\.[0-9]+)?[bmt])(-|$)', 1),
      ''
    ) as size_tag
  from untuned
)
select
  all_names.catalogue,
  all_names.alias_tag,
  bare_tag,
  spelling,
  weights_key,
  full_key,
  model_key,
  array_to_string(list_sort(string_split(model_key, '-')), '-') as word_key,
  array_to_string(
    list_sort(string_split(replace(model_key, '-' || coalesce(date_tag, '?'), ''), '-')),
    '-'
  ) as stem_key,
  array_to_string(
    list_sort(
      string_split(
        regexp_replace(replace(model_key, '-' || coalesce(date_tag, '?'), ''), '-[0-9][0-9.]*\b', '', 'g'),
        '-'
      )
    ),
    '-'
  ) as core_key,
  array_to_string(
    list_sort(string_split(replace(model_key, '-' || coalesce(size_tag, '?'), ''), '-')),
    '-'
  ) as unsized_key,
  date_tag,
  case
    when length(date_tag) > 4 then substr(date_tag, 5, 2)
    when date_tag >= '23' then substr(date_tag, 3, 2)
    else substr(date_tag, 1, 2)
  end as month_tag,
  size_tag,
  precision_tag,
  (spelling like '%latest%' and not regexp_matches(spelling, '-20[2-3][0-9][01][0-9][0-3][0-9]$'))
    or regexp_matches(all_names.alias_tag, '(^|/)(ft:|together-ai-|fireworks-ai-)') as is_moving,
  regexp_matches(weights_key, '-(base|pt|pretrain|pretrained)(-|$)') as is_untuned,
  regexp_matches(weights_key, '-(instruct|chat|it)(-|$)') as is_tuned
from all_names
inner join parted on all_names.alias_tag = parted.alias_tag
