"""Writes synthetic dumps of the Hub in the schema of hub-stats, skewed as the Hub is, and their later days."""

from pathlib import Path

from pipeline.kernel.warehouse import literal, scratch

CREATED_FROM = "2022-03-03 00:00:00"
CREATED_DAYS = 1650


def chance(salt: int, number: str = "i") -> str:
    """SQL for a number in [0, 1) that depends on a row and a salt alone, so that the same dump comes out each time."""
    return f"(hash({number} * 1000003 + {salt}) / 18446744073709551616.0)"


def pick(salt: int, **shares: float) -> str:
    """SQL for one of some values with these shares; what is left over is null."""
    bound, cases = 0.0, []
    for value, share in shares.items():
        bound += share
        cases.append(f"when {chance(salt)} < {bound} then {literal(value.replace('__', '-').replace('_dot_', '.'))}")
    return f"case {' '.join(cases)} end"


REPOSITORY = "'author' || cast(pow({n}, 0.72) as bigint) || '/model-' || {n}"
LICENCE = pick(1, apache__2_dot_0=0.2, mit=0.08, other=0.06, llama3_dot_1=0.04, llama2=0.02, gemma=0.02, openrail=0.02,
               cc__by__nc__4_dot_0=0.02)  # fmt: skip
RELATION = pick(2, finetune=0.4, adapter=0.3, quantized=0.25, merge=0.05)
PIPELINE = pick(3, text__generation=0.3, text__to__image=0.1, text__classification=0.07, fill__mask=0.03)
LIBRARY = pick(4, transformers=0.4, diffusers=0.08, peft=0.1, gguf=0.05)
GATE = pick(5, auto=0.01, manual=0.01)


def base(salt: int, rows: int) -> str:
    """SQL for the number of a base: mostly an early and popular one; a few look ahead, which makes circles."""
    back = f"cast(floor(pow({chance(salt)}, 4) * greatest(i, 1)) as bigint)"
    ahead = f"cast(least(i + 1 + floor({chance(salt + 1)} * 20), {rows - 1}) as bigint)"
    return f"case when {chance(salt + 2)} < 0.002 then {ahead} when {chance(salt + 2)} < 0.0022 then i else {back} end"


def write_dump(file: Path, rows: int) -> None:
    """A dump of so many repositories, of which about a third declare what they were made from."""
    numbers = f"""
        select i, {base(20, rows)} as base_1, {base(30, rows)} as base_2, {chance(6)} < 0.34 as is_derived,
          {LICENCE} as licence, {RELATION} as relation, {PIPELINE} as pipeline_tag, {LIBRARY} as library_name
        from range({rows}) as numbers(i)
    """
    bases = f"""case when relation = 'merge' then [{REPOSITORY.format(n="base_1")}, {REPOSITORY.format(n="base_2")}]
        else [{REPOSITORY.format(n="base_1")}] end"""
    select = f"""
        with numbers as ({numbers}),
        named as (select *, case when is_derived then {bases} end as bases from numbers)
        select
          {REPOSITORY.format(n="i")} as id,
          'author' || cast(pow(i, 0.72) as bigint) as author,
          timestamptz '{CREATED_FROM}+00' + to_seconds(cast({chance(7)} * 86400 as bigint))
            + to_days(cast(floor({CREATED_DAYS} * sqrt(i / {rows}.0)) as integer)) as "createdAt",
          timestamptz '{CREATED_FROM}+00' + to_seconds(cast({chance(8)} * 86400 * {CREATED_DAYS} as bigint))
            as "lastModified",
          cast(pow(1 / ({chance(9)} + 1e-7), 0.9) - 1 as bigint) as downloads,
          cast(5 * pow(1 / ({chance(9)} + 1e-7), 0.95) + 3 * {chance(10)} as bigint) as "downloadsAllTime",
          cast(pow(1 / ({chance(11)} + 1e-6), 0.6) - 1 as bigint) as likes,
          case when {chance(12)} < 0.02 then {chance(13)} * 50 else 0 end as "trendingScore",
          pipeline_tag,
          library_name,
          coalesce({GATE}, 'false') as gated,
          list_concat(
            [coalesce(library_name, 'safetensors'), coalesce(pipeline_tag, 'tensorboard'), 'region:us', 'en',
             'arxiv:' || cast(1000 + i % 900 as varchar) || '.0' || cast(1000 + i % 7919 as varchar)],
            case when licence is null then [] else ['license:' || licence] end,
            case when is_derived
              then ['base_model:' || bases[1], 'base_model:' || relation || ':' || bases[1]] else [] end
          ) as tags,
          case when is_derived then struct_pack(
            relation := relation,
            models := list_transform(bases, lambda b: struct_pack(_id := md5(b)[1:24], id := b))) end as "baseModels",
          case when {chance(14)} < 0.5 then struct_pack(
            parameters := struct_pack("BF16" := cast(pow(10, 7 + 4 * {chance(15)}) as bigint), "F32" := null::bigint),
            total := cast(pow(10, 7 + 4 * {chance(15)}) as bigint)) end as safetensors,
          case when library_name = 'gguf' then struct_pack(
            total := cast(pow(10, 8 + 3 * {chance(16)}) as bigint), architecture := 'llama',
            context_length := 131072) end as gguf,
          case when {chance(17)} < 0.65 then
            '{{"language": ["en"], "tags": ["generated_from_trainer", "' || md5(cast(i as varchar)) || '"]'
            || coalesce(', "license": "' || licence || '"', '')
            || case when licence = 'other' then ', "license_name": "own-' || cast(i % 97 as varchar) || '"' else '' end
            || coalesce(', "base_model": "' || bases[1] || '"', '')
            || ', "model-index": [{{"name": "' || md5(cast(i + 1 as varchar)) || '", "results": []}}]}}'
          end as "cardData",
          list_transform(range(6 + i % 12),
            lambda n: struct_pack(rfilename := 'model-' || n || '-of-' || i || '.safetensors')) as siblings,
          list_transform(range(8), lambda n: md5(cast(i * 8 + n as varchar))) as config
        from named
    """
    with scratch() as connection:
        connection.execute("set memory_limit = '1200MB'")
        connection.execute(f"set temp_directory = {literal(str(file.parent / 'spill'))}")
        connection.execute(f"copy ({select}) to {literal(str(file))} (format parquet, compression zstd)")


def write_next_day(before: Path, file: Path, day: int, change_share: float, new_rows: int) -> None:
    """The dump a day later: counters of a share of the repositories moved, three in ten thousand changed licence.

    New repositories come as copies of the first ones under other names.
    """
    moved = f"{chance(1000 + day, 'number')} < {change_share}"
    relicensed = f"{chance(2000 + day, 'number')} < 0.0003"
    select = f"""
        with before as (
          select * exclude (file_row_number), file_row_number as number
          from read_parquet({literal(str(before))}, file_row_number=true)
        )
        select * exclude (number) replace (
          case when {moved} then downloads + 1 + cast(floor(downloads * 0.05) as bigint) else downloads end
            as downloads,
          case when {moved} then "downloadsAllTime" + 3 else "downloadsAllTime" end as "downloadsAllTime",
          case when {relicensed} then list_append(tags, 'license:mit-' || {day}) else tags end as tags
        )
        from before
        union all by name
        select * exclude (number) replace (id || '-{day}' as id)
        from before where number < {new_rows}
    """
    with scratch() as connection:
        connection.execute("set memory_limit = '1200MB'")
        connection.execute(f"set temp_directory = {literal(str(file.parent / 'spill'))}")
        connection.execute(f"copy ({select}) to {literal(str(file))} (format parquet, compression zstd)")
