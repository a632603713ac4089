"""`python -m tests.bench.openness [rows] [edges]`: licences, lineage and events of a synthetic Hub, through circles.

On a file, as a build writes one, with the memory that a build may use.
"""

import sys
import tempfile
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipeline.kernel.project import open_project
from pipeline.kernel.tables import Table
from pipeline.kernel.warehouse import quote, writer
from tests.bench.measure import Clock

STEPS = (
    "core.licence_lineage", "core.licence_spelling", "core.licence_word", "core.licence_event", "core.hub_lineage",
    "marts.licence_drift",
)  # fmt: skip
CLASSES = {"apache-2.0": "L6", "mit": "L6", "llama3.1": "L3", "cc-by-nc-4.0": "L2", "gemma": "L3", "none": "L1"}
LICENCES = [*(tag for tag in CLASSES if tag != "none"), "other", None]
POPULAR = 2000
"""The first repositories, on which seven of ten others are built."""


def main(rows: int, edges: int) -> None:
    tables, clock = open_project().tables, Clock()
    with tempfile.TemporaryDirectory() as folder, writer(Path(folder) / "work.duckdb") as connection:
        connection.execute("set threads = 2")
        for name in {*STEPS, *(other for step in STEPS for other in tables[step].depends)}:
            make(connection, tables[name])
        fill(connection, rows, edges)
        for step in STEPS:
            target = "made" if step == "core.licence_spelling" else step
            with clock.step(step):
                connection.execute(f"create or replace table {target} as {tables[step].select}")
        for name in ("core.licence_lineage", "core.licence_event", "core.hub_lineage", "marts.licence_drift"):
            (clock.answers[name],) = connection.execute(f"select count(*) from {name}").fetchall()
    clock.report()


def make(connection: DuckDBPyConnection, table: Table) -> None:
    """An empty table as declared."""
    columns = ", ".join(f"{quote(name)} {column.duckdb_type}" for name, column in table.header.columns.items())
    connection.execute(f"create schema if not exists {table.layer}")
    connection.execute(f"create or replace table {table.name} ({columns})")


def fill(connection: DuckDBPyConnection, rows: int, edges: int) -> None:
    """Repositories with licences, edges mostly to popular ones, some chained, one in twenty anywhere, so in circles."""
    named = "'author' || hash({0}) % 300000 || '/model-' || {0}"
    connection.executemany(
        "insert into core.licence_spelling (catalogue, licence_tag, licence_class, is_decisive, part_count, "
        "record_count) values ('huggingface', ?, ?, true, 1, 1)",
        list(CLASSES.items()),
    )
    connection.execute(
        "insert into core.hub_repository (repository_tag, licence_tag, first_observed_on, last_observed_on, is_listed) "
        f"select {named.format('i')}, list_extract(?, 1 + cast(hash(i * 7) % {len(LICENCES)} as integer)), "
        f"date '2026-01-01', date '2026-01-01', true from range({rows}) as numbers(i)",
        [LICENCES],
    )
    connection.execute(
        "insert into core.hub_base_model (repository_tag, base_repository_tag, relation_tag, first_observed_on, "
        f"last_observed_on, is_current) select {named.format('child')}, {named.format('base')}, 'finetune', "
        "date '2026-01-01', date '2026-01-01', true from (select child, case "
        f"when hash(i * 13) % 100 < 70 then hash(i * 17) % {POPULAR} "
        "when hash(i * 13) % 100 < 95 then hash(i * 19) % child "
        f"else hash(i * 23) % {rows} end as base "
        f"from (select i, {POPULAR} + (i * 2) % {rows - POPULAR} as child from range({edges}) as numbers(i)))"
    )
    for day, licence, gate, share in (("2026-01-01", "licence_tag", "false", 1), ("2026-03-01", "'mit'", "auto", 20)):
        connection.execute(
            "insert into core.hub_repository_history (repository_tag, valid_from, last_observed_on, licence_tag, "
            f"gate_tag) select repository_tag, date '{day}', date '{day}', {licence}, '{gate}' "
            f"from core.hub_repository where hash(repository_tag) % {share} = 0"
        )


if __name__ == "__main__":
    sizes = [int(size) for size in sys.argv[1:3]]
    main(*(sizes or (3_000_000, 1_000_000)))
