"""`python -m tests.bench.identity [rows] [edges]`: keys, aliases, checkpoints and derivations of a synthetic Hub."""

import sys

from duckdb import DuckDBPyConnection

from pipeline.kernel.project import open_project
from pipeline.kernel.warehouse import scratch
from tests.bench.measure import Clock
from tests.bench.openness import make

STEPS = ("core.name_key", "core.alias", "core.checkpoint", "core.derivation")
PACKINGS = ["-GGUF", "-AWQ", "-4bit", "-mlx"]
MAKERS = ["meta-llama", "qwen", "mistralai", "google", "deepseek-ai"]
LINES = ["Llama-3.1-{}B-Instruct", "Qwen3-{}B", "Mistral-{}B-v0.3", "gemma-3-{}b-it", "DeepSeek-R1-Distill-{}B"]


def main(rows: int, edges: int) -> None:
    tables, clock = open_project().tables, Clock()
    with scratch() as connection:
        connection.execute("set threads = 2")
        for name in {*STEPS, *(other for step in STEPS for other in tables[step].depends)}:
            if tables[name].layer == "reference":
                connection.execute("create schema if not exists reference")
                connection.execute(f"create or replace table {name} as {tables[name].select}")
            else:
                make(connection, tables[name])
        fill(connection, rows, edges)
        for step in STEPS:
            with clock.step(step):
                connection.execute(f"create or replace table {step} as {tables[step].select}")
            (clock.answers[step],) = connection.execute(f"select count(*) from {step}").fetchall()
    clock.report()


def fill(connection: DuckDBPyConnection, rows: int, edges: int) -> None:
    """Names of the Hub: one in ten packed copies of listed models, one in five hundred makers' own, fine-tunes else.

    Two thousand names of listed models stand in a price list, so that copies have something to be copies of.
    """
    size = "cast(1 + hash(i * 3) % 400 as text)"
    line = f"replace(list_extract(?, 1 + cast(hash(i) % {len(LINES)} as integer)), '{{}}', {size})"
    maker = f"list_extract(?, 1 + cast(hash(i) % {len(MAKERS)} as integer))"
    tag = (
        f"case when i % 500 = 0 then {maker} || '/' || {line} "
        f"when i % 10 = 1 then 'author' || hash(i * 5) % 300000 || '/' || {line} "
        f"|| list_extract(?, 1 + cast(hash(i * 7) % {len(PACKINGS)} as integer)) "
        f"else 'author' || hash(i * 5) % 300000 || '/' || {line} || '-tuned-' || i end"
    )
    connection.execute(
        "insert into core.catalogue_name (catalogue, alias_tag, organisation_tag, organisation_id, first_observed_on, "
        "last_observed_on, is_listed) select distinct 'huggingface', tag, lower(split_part(tag, '/', 1)), "
        "case when tag not like 'author%' then 'maker' end, date '2026-01-01', date '2026-01-01', true "
        f"from (select {tag} as tag from range({rows}) as numbers(i))",
        [MAKERS, LINES, LINES, PACKINGS, LINES],
    )
    connection.execute(
        "insert into core.catalogue_name (catalogue, alias_tag, first_observed_on, last_observed_on, is_listed) "
        f"select distinct 'litellm', {line}, date '2026-01-01', date '2026-01-01', true "
        "from range(20000) as numbers(i)",
        [LINES],
    )
    connection.execute(
        "insert into core.hub_repository (repository_tag, downloads_30d_count, is_listed, first_observed_on, "
        "last_observed_on) select alias_tag, hash(alias_tag) % 10000, true, first_observed_on, last_observed_on "
        "from core.catalogue_name where catalogue = 'huggingface'"
    )
    connection.execute(
        "insert into core.hub_base_model (repository_tag, base_repository_tag, relation_tag, first_observed_on, "
        "last_observed_on, is_current) select child.alias_tag, base.alias_tag, 'finetune', date '2026-01-01', "
        "date '2026-01-01', true from (select alias_tag, row_number() over (order by alias_tag) as place "
        f"from core.catalogue_name where catalogue = 'huggingface' limit {edges}) as child "
        "inner join (select alias_tag, row_number() over (order by hash(alias_tag)) as place "
        "from core.catalogue_name where catalogue = 'huggingface') as base "
        "on 1 + cast(hash(child.place) % 100000 as bigint) = base.place"
    )


if __name__ == "__main__":
    sizes = [int(size) for size in sys.argv[1:3]]
    main(*(sizes or (3_000_000, 1_000_000)))
