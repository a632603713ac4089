/*
doc: Every name under which a catalogue lists a model, the model we take it for, by which rule and how sure that is.
grain: a name in a catalogue
subject: releases
columns:
  catalogue: text - where the name stands, see core.catalogue_name
  alias_tag: text - the name exactly as the catalogue writes it
  alias_key: text - the name brought to a common form, see core.name_key
  model_id: text - the model it names; null where the name moves from model to model, or is a repository that nobody but its uploader lists
  rule: text - how the model was found, see the warnings
  confidence: double - how sure the rule is, as measured (the lower end in reference.identity_rule); null without a model, and where no labelled pair was joined by the rule
  decided_by: text - person for what stands in a reference table, rule otherwise
  organisation_tag: text - maker as the catalogue states it or the name's prefix tells, in lower case; null where neither does
  is_copy: boolean - whether the name is a repository that another than the maker uploaded
  is_untuned: boolean - whether the name stands for weights that were not tuned
  valid_from: date - first day the name is known to stand for the model
  valid_to: date - last day it was seen, where the newest vintage of the catalogue no longer has it; null while it is listed
  first_observed_on: date - first day the name was seen in a kept vintage
warnings:
  - hand is decided in reference.model_alias. hand_key is spelt like a hand-decided name, leading_key like the id of a leading model, hand_spelling like a row of reference.model_spelling.
  - name_key means that the name itself is the model. only_date, only_size and same_month join a name to the one fuller spelling of it that any catalogue has; only_repository to the only repository its maker has under a fuller name. permaslug is OpenRouter's own link between its two ids of a model.
  - moving_alias says latest without a date and joins to nothing. own_name is a name that a person keeps apart or that two makers share. untuned is the base version beside a tuned one of the same name, or of a line whose plain names are base versions (reference.model_line).
  - copy is somebody else's repository of a listed model that says how it was packed. hub_only is a repository that no catalogue lists and no known maker uploaded.
checks:
  - unique: [catalogue, alias_tag]
  - not_null: [catalogue, alias_tag, alias_key, rule, decided_by, is_copy, is_untuned, first_observed_on, valid_from]
  - between: {confidence: [0, 1]}
  - one_of:
      decided_by: [person, rule]
      rule:
        - hand
        - hand_key
        - hand_spelling
        - leading_key
        - name_key
        - only_date
        - only_size
        - same_month
        - only_repository
        - permaslug
        - own_name
        - untuned
        - copy
        - hub_only
        - moving_alias
  - no_rows:
      name: a_model_or_a_reason
      doc: A name is without a model only if it moves or is somebody's own repository.
      sql: select * from core.alias where (model_id is null) <> (rule in ('moving_alias', 'hub_only'))
  - at_least: 1000
*/
with hand_names as (
  select name_key.full_key, name_key.word_key, model_alias.model_id
  from reference.model_alias
  inner join core.name_key on model_alias.catalogue = name_key.catalogue and model_alias.alias_tag = name_key.alias_tag
),
hand_full as (
  select full_key, min(model_id) as model_id
  from hand_names
  group by full_key
  having count(distinct model_id) = 1
),
hand_words as (
  select word_key, min(model_id) as model_id
  from hand_names
  group by word_key
  having count(distinct model_id) = 1
),
leading_names as (
  select name_key.full_key, name_key.word_key, leading_model.model_id, leading_model.organisation_id, leading_model.released_on
  from reference.leading_model
  inner join core.name_key on name_key.catalogue = 'leading_model' and leading_model.model_id = name_key.alias_tag
),
leading_full as (
  select full_key, min(model_id) as model_id
  from leading_names
  group by full_key
  having count(*) = 1
),
leading_words as (
  select word_key, min(model_id) as model_id, min(organisation_id) as organisation_id
  from leading_names
  group by word_key
  having count(*) = 1
),
spellings as (
  select one.word_key, min(other.word_key) as same_word_key
  from reference.model_spelling
  inner join core.name_key as one on one.catalogue = 'model_spelling' and model_spelling.spelling = one.alias_tag
  inner join core.name_key as other on other.catalogue = 'model_spelling' and model_spelling.same_as = other.alias_tag
  group by one.word_key
),
kept_apart as (
  select distinct full_key
  from core.name_key
  where catalogue = 'model_kept_apart'
),
dated_elsewhere as (
  select distinct word_key
  from core.name_key
  where date_tag is not null and catalogue <> 'openrouter'
),
links as (
  select
    id_key.word_key as word_key,
    min(slug_key.word_key) as linked_word_key,
    min(length(slug_key.date_tag)) = 8 or min(slug_key.stem_key) = id_key.word_key as is_fuller
  from core.catalogue_name
  inner join core.name_key as id_key
    on catalogue_name.catalogue = id_key.catalogue and catalogue_name.alias_tag = id_key.alias_tag
  inner join core.name_key as slug_key
    on catalogue_name.catalogue = slug_key.catalogue and catalogue_name.linked_tag = slug_key.alias_tag
  left join dated_elsewhere on slug_key.word_key = dated_elsewhere.word_key
  where id_key.word_key <> slug_key.word_key
    and dated_elsewhere.word_key is null
    and regexp_extract(id_key.model_key, '[0-9]+(\.[0-9]+)?') = regexp_extract(slug_key.model_key, '[0-9]+(\.[0-9]+)?')
  group by id_key.word_key
  having count(distinct slug_key.word_key) = 1
),
redirected as (
  select linked_word_key as word_key, min(word_key) as same_word_key
  from links
  where is_fuller
  group by linked_word_key
  having count(*) = 1
  union all
  select word_key, linked_word_key
  from links
  where is_fuller is not true
),
gateway_makers as (
  select distinct organisation_tag
  from core.catalogue_name
  where catalogue = 'openrouter' and organisation_tag is not null
),
market_words as (
  select word_key
  from core.name_key
  where catalogue <> 'huggingface'
  union
  select same_word_key from redirected
),
listed as (
  select
    catalogue_name.catalogue,
    catalogue_name.alias_tag,
    catalogue_name.organisation_tag,
    catalogue_name.organisation_id,
    catalogue_name.first_observed_on,
    catalogue_name.last_observed_on,
    catalogue_name.is_listed,
    name_key.weights_key,
    name_key.full_key,
    name_key.model_key,
    coalesce(spellings.same_word_key, redirected.same_word_key, name_key.word_key) as word_key,
    spellings.same_word_key is null and redirected.same_word_key is not null as is_linked,
    spellings.same_word_key is not null as is_respelt,
    name_key.date_tag,
    name_key.size_tag,
    name_key.precision_tag,
    name_key.is_moving,
    name_key.is_tuned,
    name_key.is_untuned
  from core.catalogue_name
  inner join core.name_key
    on catalogue_name.catalogue = name_key.catalogue and catalogue_name.alias_tag = name_key.alias_tag
  left join spellings on name_key.word_key = spellings.word_key
  left join redirected on catalogue_name.catalogue = 'openrouter' and name_key.word_key = redirected.word_key
  left join market_words on name_key.word_key = market_words.word_key
  left join gateway_makers on catalogue_name.organisation_tag = gateway_makers.organisation_tag
  where catalogue_name.catalogue <> 'huggingface'
    or catalogue_name.organisation_id is not null
    or market_words.word_key is not null
    or gateway_makers.organisation_tag is not null
),
own_repositories as (
  select
    catalogue_name.catalogue,
    catalogue_name.alias_tag,
    catalogue_name.organisation_tag,
    catalogue_name.first_observed_on,
    catalogue_name.last_observed_on,
    catalogue_name.is_listed
  from core.catalogue_name
  left join listed on catalogue_name.catalogue = listed.catalogue and catalogue_name.alias_tag = listed.alias_tag
  where listed.alias_tag is null
),
tuned as (
  select distinct catalogue, organisation_tag, word_key
  from listed
  where is_tuned and precision_tag is null and catalogue in ('helm', 'openrouter', 'huggingface', 'mot')
),
tuned_words as (
  select distinct word_key
  from listed
  where is_tuned and precision_tag is null and date_tag is null and size_tag is not null and catalogue in ('helm', 'huggingface')
),
tuned_elsewhere as (
  select distinct organisation_id, word_key
  from listed
  where is_tuned and precision_tag is null and date_tag is null and size_tag is not null and catalogue in ('helm', 'huggingface', 'mot')
),
maker_votes as (
  select word_key, organisation_id, 1 as place, 1 as vote_count
  from leading_words
  union all
  select
    word_key,
    organisation_id,
    case when catalogue in ('helm', 'models_dev') then 4 when catalogue = 'huggingface' then 3 else 2 end,
    count(*)
  from listed
  where organisation_id is not null
  group by
    word_key,
    organisation_id,
    case when catalogue in ('helm', 'models_dev') then 4 when catalogue = 'huggingface' then 3 else 2 end
),
makers as (
  select
    word_key,
    organisation_id,
    row_number() over (partition by word_key order by place, vote_count desc, organisation_id) as place
  from maker_votes
),
elsewhere as (
  select word_key, organisation_tag
  from listed
  where catalogue <> 'huggingface' and organisation_tag is not null
  union
  select word_key, lower(split_part(alias_tag, '/', -2))
  from listed
  where catalogue <> 'huggingface' and alias_tag like '%/%'
),
lines as (
  select line_tag, nullif(untuned_pattern, '') as untuned_pattern
  from reference.model_line
),
listed_words as (
  select word_key from elsewhere
  union
  select word_key from leading_words
),
placed as (
  select
    listed.catalogue,
    listed.alias_tag,
    listed.organisation_tag,
    listed.organisation_id,
    listed.first_observed_on,
    listed.last_observed_on,
    listed.is_listed,
    listed.full_key,
    listed.model_key,
    listed.word_key,
    listed.is_respelt,
    listed.is_linked,
    listed.is_moving,
    listed.is_untuned,
    model_alias.model_id as hand_model_id,
    kept_apart.full_key is not null as is_kept_apart,
    (
      (
        line.untuned_pattern is null
        and (
          tuned.word_key is not null
          or (tuned_elsewhere.word_key is not null and listed.catalogue in ('helm', 'huggingface', 'mot'))
          or (tuned_words.word_key is not null and listed.catalogue = 'huggingface' and listed.organisation_id is null)
        )
      )
      or (
        coalesce(regexp_matches(listed.model_key, line.untuned_pattern), false)
        and listed.catalogue in ('helm', 'huggingface', 'mot', 'openrouter')
      )
    )
    and not listed.is_tuned
    and not listed.is_untuned
    and listed.model_key = listed.full_key
    and listed.full_key = listed.weights_key
    and (listed.precision_tag is null or listed.catalogue = 'huggingface') as is_beside_tuned,
    listed.catalogue = 'huggingface'
      and elsewhere.word_key is null
      and (
        (listed.organisation_id is null and gateway_makers.organisation_tag is null)
        or coalesce(listed.organisation_id <> makers.organisation_id, false)
      ) as is_foreign,
    listed_words.word_key is not null
      and (listed.precision_tag is not null or repackager.organisation_tag is not null) as is_packed,
    listed.catalogue not in ('huggingface', 'helm', 'models_dev')
      and coalesce(listed.organisation_id <> makers.organisation_id, false) as is_of_another
  from listed
  left join reference.model_alias
    on listed.catalogue = model_alias.catalogue and listed.alias_tag = model_alias.alias_tag
  left join kept_apart on listed.full_key = kept_apart.full_key
  left join tuned
    on listed.catalogue = tuned.catalogue
    and listed.organisation_tag = tuned.organisation_tag
    and listed.word_key = tuned.word_key
  left join tuned_elsewhere
    on listed.organisation_id = tuned_elsewhere.organisation_id and listed.word_key = tuned_elsewhere.word_key
  left join tuned_words on listed.word_key = tuned_words.word_key
  left join lines as line on regexp_extract(listed.model_key, '^([a-z]+)', 1) = line.line_tag
  left join makers on listed.word_key = makers.word_key and makers.place = 1
  left join elsewhere on listed.word_key = elsewhere.word_key and listed.organisation_tag = elsewhere.organisation_tag
  left join gateway_makers on listed.organisation_tag = gateway_makers.organisation_tag
  left join listed_words on listed.word_key = listed_words.word_key
  left join reference.repackager
    on listed.catalogue = 'huggingface' and listed.organisation_tag = repackager.organisation_tag
),
decided as (
  select
    placed.catalogue,
    placed.alias_tag,
    placed.organisation_tag,
    placed.organisation_id,
    placed.first_observed_on,
    placed.last_observed_on,
    placed.is_listed,
    placed.full_key,
    placed.model_key,
    placed.word_key,
    placed.is_foreign,
    placed.is_untuned or placed.is_beside_tuned as is_untuned,
    placed.is_beside_tuned and placed.hand_model_id is null as is_beside_tuned,
    case
      when placed.hand_model_id is not null then 'hand'
      when placed.is_moving then 'moving_alias'
      when placed.is_foreign and not placed.is_packed then 'hub_only'
      when leading_full.model_id is not null and placed.is_kept_apart then 'leading_key'
      when placed.is_kept_apart or placed.is_of_another then 'own_name'
      when placed.is_foreign then 'copy'
      when placed.is_beside_tuned then 'untuned'
      when placed.is_linked then 'permaslug'
      when placed.is_respelt and coalesce(leading_words.model_id, hand_words.model_id) is not null then 'hand_spelling'
      when leading_full.model_id is not null then 'leading_key'
      when hand_full.model_id is not null then 'hand_key'
      when leading_words.model_id is not null then 'leading_key'
      when hand_words.model_id is not null then 'hand_key'
      else 'name_key'
    end as rule,
    case
      when placed.hand_model_id is not null then placed.hand_model_id
      when placed.is_kept_apart then leading_full.model_id
      when placed.is_of_another or placed.is_beside_tuned then null
      when placed.is_respelt or placed.is_linked then coalesce(leading_words.model_id, hand_words.model_id)
      else coalesce(leading_full.model_id, hand_full.model_id, leading_words.model_id, hand_words.model_id)
    end as known_model_id
  from placed
  left join hand_full on placed.full_key = hand_full.full_key
  left join hand_words on placed.word_key = hand_words.word_key
  left join leading_full on placed.full_key = leading_full.full_key
  left join leading_words on placed.word_key = leading_words.word_key
),
word_keys as (
  select
    decided.word_key,
    coalesce(min(decided.model_key) filter (where decided.rule <> 'permaslug'), min(decided.model_key)) as model_key,
    min(decided.first_observed_on) as first_observed_on,
    case when count(distinct decided.known_model_id) = 1 then min(decided.known_model_id) end as known_model_id,
    count(distinct decided.known_model_id) as known_count
  from decided
  where decided.rule in ('hand', 'hand_key', 'hand_spelling', 'leading_key', 'permaslug', 'name_key')
  group by decided.word_key
),
parts as (
  select
    name_key.word_key,
    min(name_key.unsized_key) as unsized_key,
    min(name_key.stem_key) as stem_key,
    min(name_key.date_tag) as date_tag,
    min(name_key.month_tag) as month_tag,
    min(name_key.size_tag) as size_tag
  from core.name_key
  inner join word_keys on name_key.word_key = word_keys.word_key
  group by name_key.word_key
),
only_sizes as (
  select
    parts.unsized_key,
    min(word_keys.word_key) as word_key,
    min(word_keys.known_model_id) as known_model_id
  from word_keys
  inner join parts on word_keys.word_key = parts.word_key
  where parts.size_tag is not null
  group by parts.unsized_key
  having count(*) = 1
),
sized as (
  select
    short.word_key,
    long.word_key as long_key,
    coalesce(short.known_model_id, long.known_model_id, replace(short.model_key, '.', '-')) as model_id
  from word_keys as short
  inner join only_sizes as long on short.word_key = long.unsized_key
  where short.model_key like '%-%'
    and (short.known_model_id is null or long.known_model_id is null)
),
only_dates as (
  select parts.stem_key, min(parts.date_tag) as date_tag, min(word_keys.word_key) as word_key
  from word_keys
  inner join parts on word_keys.word_key = parts.word_key
  where parts.date_tag is not null
  group by parts.stem_key
  having count(*) = 1
),
undated as (
  select
    long.word_key,
    coalesce(sized.model_id, short.known_model_id, replace(short.model_key, '.', '-')) as model_id
  from only_dates as long
  inner join word_keys as short on long.stem_key = short.word_key
  inner join word_keys as own on long.word_key = own.word_key
  left join sized on short.word_key = sized.word_key
  left join reference.leading_model on short.known_model_id = leading_model.model_id
  where length(long.date_tag) = 8
    and own.known_count = 0
    and try_strptime(long.date_tag, '%Y%m%d') is not null
    and cast(short.first_observed_on as date) >= cast(try_strptime(long.date_tag, '%Y%m%d') as date) - interval 31 day
    and (
      leading_model.released_on is null
      or abs(date_diff('day', leading_model.released_on, cast(try_strptime(long.date_tag, '%Y%m%d') as date))) <= 31
    )
),
months as (
  select
    short.word_key,
    min(long.word_key) as long_key,
    min(long.known_model_id) as known_model_id,
    min(long.model_key) as model_key
  from word_keys as short
  inner join parts as short_parts on short.word_key = short_parts.word_key
  inner join parts as long_parts
    on short_parts.stem_key = long_parts.stem_key and short_parts.month_tag = long_parts.month_tag
  inner join word_keys as long on long_parts.word_key = long.word_key
  where length(short_parts.date_tag) = 6
    and short.known_count = 0
    and length(long_parts.date_tag) <> 6
    and (length(long_parts.date_tag) = 4 or left(long_parts.date_tag, 4) = left(short_parts.date_tag, 4))
  group by short.word_key
  having count(*) = 1
),
repositories as (
  select
    decided.word_key,
    name_key.core_key,
    coalesce(decided.organisation_id, decided.organisation_tag) as maker_tag
  from decided
  inner join core.name_key on decided.catalogue = name_key.catalogue and decided.alias_tag = name_key.alias_tag
  where decided.catalogue = 'huggingface' and not decided.is_foreign and not decided.is_untuned and decided.rule <> 'moving_alias'
  group by decided.word_key, name_key.core_key, coalesce(decided.organisation_id, decided.organisation_tag)
),
only_repositories as (
  select core_key, maker_tag, min(word_key) as word_key
  from repositories
  group by core_key, maker_tag
  having count(*) = 1
),
housed as (
  select distinct
    decided.word_key,
    coalesce(long.known_model_id, short.known_model_id, replace(short.model_key, '.', '-')) as model_id,
    only_repositories.word_key as long_key
  from decided
  inner join word_keys as short on decided.word_key = short.word_key
  inner join only_repositories
    on decided.word_key = only_repositories.core_key
    and coalesce(decided.organisation_id, decided.organisation_tag) = only_repositories.maker_tag
  inner join word_keys as long on only_repositories.word_key = long.word_key
  where decided.catalogue = 'openrouter'
    and decided.word_key <> only_repositories.word_key
    and short.known_model_id is null
    and long.known_model_id is null
    and short.model_key like '%-%'
),
joined as (
  select
    decided.catalogue,
    decided.alias_tag,
    decided.organisation_tag,
    decided.first_observed_on,
    decided.last_observed_on,
    decided.is_listed,
    decided.model_key,
    decided.is_untuned,
    decided.is_foreign and decided.rule not in ('hub_only', 'moving_alias') as is_copy,
    case
      when decided.rule not in ('name_key', 'copy') then decided.rule
      when decided.known_model_id is not null then decided.rule
      when decided.rule = 'copy' then 'copy'
      when months.word_key is not null then 'same_month'
      when undated.word_key is not null then 'only_date'
      when coalesce(shorter.model_id, longer.model_id) is not null then 'only_size'
      when coalesce(housed.model_id, house.model_id) is not null then 'only_repository'
      else 'name_key'
    end as rule,
    case
      when decided.rule in ('moving_alias', 'hub_only') then null
      when decided.known_model_id is not null then decided.known_model_id
      when decided.rule = 'own_name'
        then replace(decided.full_key, '.', '-') || coalesce('-' || case when decided.organisation_id <> '' then decided.organisation_id end, '')
      when decided.is_beside_tuned then replace(decided.model_key, '.', '-') || '-base'
      else coalesce(
        months.known_model_id,
        replace(months.model_key, '.', '-'),
        undated.model_id,
        shorter.model_id,
        longer.model_id,
        housed.model_id,
        house.model_id,
        replace(word_keys.model_key, '.', '-'),
        replace(decided.model_key, '.', '-')
      )
    end as model_id
  from decided
  left join word_keys on decided.word_key = word_keys.word_key
  left join months on decided.word_key = months.word_key
  left join undated on decided.word_key = undated.word_key
  left join sized as shorter on decided.word_key = shorter.word_key
  left join sized as longer on decided.word_key = longer.long_key
  left join housed on decided.word_key = housed.word_key
  left join housed as house on decided.word_key = house.long_key
  union all
  select
    catalogue,
    alias_tag,
    organisation_tag,
    first_observed_on,
    last_observed_on,
    is_listed,
    lower(split_part(alias_tag, '/', -1)),
    regexp_matches(lower(alias_tag), '-(base|pt|pretrain|pretrained)(-|$)'),
    false,
    'hub_only',
    null
  from own_repositories
)
select
  catalogue,
  alias_tag,
  replace(model_key, '.', '-') as alias_key,
  model_id,
  joined.rule,
  case when joined.model_id is not null then identity_rule.precision_low end as confidence,
  case when joined.rule in ('hand', 'hand_spelling') then 'person' else 'rule' end as decided_by,
  organisation_tag,
  is_copy,
  is_untuned,
  first_observed_on as valid_from,
  case when not is_listed then last_observed_on end as valid_to,
  first_observed_on
from joined
left join reference.identity_rule on joined.rule = identity_rule.rule
