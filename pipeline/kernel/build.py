"""Builds tables, each in one transaction, and knows which are out of date; no table's content is decided here."""

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from pipeline.kernel.header import HeaderError
from pipeline.kernel.home import CLAIMS, DASHBOARDS
from pipeline.kernel.snapshot import SnapshotStore, now
from pipeline.kernel.source import Source
from pipeline.kernel.staging import load, snapshot_rows
from pipeline.kernel.tables import Table
from pipeline.kernel.warehouse import comment, quote, transaction

VERDICTS = "claims.verdict"
HELD_AGAINST = ("reference.false_positive", "reference.published_figure", "reference.registration_change")
RELEASE = "publication.release"
LEDGER = "meta.build"
LEDGER_COLUMNS = "table_name varchar, fingerprint varchar, built_at timestamptz, seconds double, row_count bigint"


@dataclass(frozen=True)
class Built:
    """What building one table came to."""

    table: str
    row_count: int
    seconds: float


def fingerprints(tables: Mapping[str, Table], sources: Mapping[str, Source], store: SnapshotStore) -> dict[str, str]:
    """A hash a name that changes when its rows could: its own code and, in turn, everything it reads.

    A source that was never captured has none: there is nothing to build.
    """
    prints: dict[str, str] = {}
    for name, source in sources.items():
        if snapshots := store.all(name):
            prints[f"staging.{name}"] = digest(snapshot_rows(source, snapshots))
    for name, table in tables.items():
        if table.select:
            prints[name] = digest(table.code_version, *(prints.get(other, "absent") for other in table.depends))
    prints[VERDICTS] = verdicts_from(prints)
    prints[RELEASE] = release_from(prints)
    return prints


def verdicts_from(prints: Mapping[str, str]) -> str:
    """What the verdicts stand on: the claims' code, every mart, and what they and their rule are held against."""
    read = [name for name in sorted(prints) if name.startswith("marts.") or name in HELD_AGAINST]
    return digest(code_hash(CLAIMS), *(prints[name] for name in read))


def release_from(prints: Mapping[str, str]) -> str:
    """What a release stands on: the site's code and every table."""
    return digest(code_hash(DASHBOARDS), *(prints[name] for name in sorted(prints) if name != RELEASE))


def code_hash(folder: Path) -> str:
    """One hash for the files of a folder of code and templates."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    return digest(*(f"{file.relative_to(folder)} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in files))


def digest(*parts: str) -> str:
    """One hash for several texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def ledger(connection: DuckDBPyConnection) -> dict[str, str]:
    """The fingerprint each table was last built with."""
    open_ledger(connection)
    return dict(connection.execute(f"select table_name, fingerprint from {LEDGER}").fetchall())


def _built_from(connection: DuckDBPyConnection, table: Table) -> str:
    built = ledger(connection)
    return digest(table.code_version, *(built.get(other, "absent") for other in table.depends))


def open_ledger(connection: DuckDBPyConnection) -> None:
    """Makes the table that remembers what was built from what."""
    connection.execute("create schema if not exists meta")
    connection.execute(f"create table if not exists {LEDGER} ({LEDGER_COLUMNS})")


def stale(connection: DuckDBPyConnection, prints: Mapping[str, str]) -> list[str]:
    """The names whose rows are not those their fingerprint stands for; names that nothing declares are forgotten."""
    for name in ledger(connection).keys() - prints.keys():
        forget(connection, name)
    built = ledger(connection)
    present = {
        f"{s}.{t}" for s, t in connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    }
    present.add(RELEASE)
    return [name for name, value in prints.items() if built.get(name) != value or name not in present]


def record(connection: DuckDBPyConnection, name: str, fingerprint: str, seconds: float, row_count: int) -> None:
    """Notes in the ledger what a name now stands for."""
    connection.execute(f"delete from {LEDGER} where table_name = ?", [name])
    connection.execute(f"insert into {LEDGER} values (?, ?, ?, ?, ?)", [name, fingerprint, now(), seconds, row_count])


def forget(connection: DuckDBPyConnection, name: str) -> None:
    """Makes a name stale: its rows broke a promise and must be built again."""
    open_ledger(connection)
    connection.execute(f"delete from {LEDGER} where table_name = ?", [name])


def build_staging(connection: DuckDBPyConnection, source: Source, store: SnapshotStore) -> Built:
    """Brings `raw.<source>` and `staging.<source>` to the accepted snapshots."""
    open_ledger(connection)
    started = time.perf_counter()
    snapshots = store.all(source.name)
    rows = load(connection, source, snapshots)
    seconds = time.perf_counter() - started
    record(connection, f"staging.{source.name}", digest(snapshot_rows(source, snapshots)), seconds, rows)
    return Built(f"staging.{source.name}", rows, seconds)


def stand_in(connection: DuckDBPyConnection, table: Table, sources: Mapping[str, Source], store: SnapshotStore) -> None:
    """Makes the staging tables that a table reads of sources never captured, without a row."""
    for name in table.depends:
        layer, _, source = name.partition(".")
        if layer == "staging" and not store.all(source):
            load(connection, sources[source], ())


def build_table(connection: DuckDBPyConnection, table: Table) -> Built:
    """Builds one table from its select; HeaderError when its columns are not those its header declares."""
    open_ledger(connection)
    started = time.perf_counter()
    with transaction(connection):
        connection.execute(f"create schema if not exists {table.layer}")
        connection.execute(f"create or replace table {table.name} as {table.select}")
        compare(connection, table)
        write_comments(connection, table)
        rows = connection.execute(f"select count(*) from {table.name}").fetchone()
        assert rows is not None
        seconds = time.perf_counter() - started
        record(connection, table.name, _built_from(connection, table), seconds, int(rows[0]))
    return Built(table.name, int(rows[0]), seconds)


def create_empty(connection: DuckDBPyConnection, table: Table) -> None:
    """(Re)makes a table that Python fills, empty, with the declared columns and comments."""
    columns = ", ".join(f"{quote(name)} {column.duckdb_type}" for name, column in table.header.columns.items())
    connection.execute(f"create schema if not exists {table.layer}")
    connection.execute(f"create or replace table {table.name} ({columns})")
    write_comments(connection, table)


def fill(connection: DuckDBPyConnection, table: Table, rows: Sequence[Mapping[Any, object]]) -> int:
    """Replaces the rows of a table that Python writes; HeaderError on a row with other columns."""
    declared = list(table.header.columns)
    for row in rows:
        if set(row) != set(declared):
            raise HeaderError(f"{table.path}: expected rows with {', '.join(declared)}; found {', '.join(row)}")
    with transaction(connection):
        create_empty(connection, table)
        if rows:
            insert(connection, table, rows)
    return len(rows)


def insert(connection: DuckDBPyConnection, table: Table, rows: Sequence[Mapping[Any, object]]) -> None:
    """Adds rows to a table that Python writes, as texts that the database casts: row by row would take seconds."""
    import pyarrow as pa

    columns = {
        name: pa.array([None if row[name] is None else str(row[name]) for row in rows], pa.string())
        for name in table.header.columns
    }
    casts = ", ".join(f"cast({quote(name)} as {column.duckdb_type})" for name, column in table.header.columns.items())
    connection.register("rows_to_insert", pa.table(columns))
    try:
        connection.execute(f"insert into {table.name} select {casts} from rows_to_insert")
    finally:
        connection.unregister("rows_to_insert")


def compare(connection: DuckDBPyConnection, table: Table) -> None:
    """Holds a built table to its header: same columns, same order, same types."""
    found = connection.execute(
        "select column_name, data_type from duckdb_columns() where schema_name = ? and table_name = ? "
        "order by column_index",
        table.name.split("."),
    ).fetchall()
    declared = [(name, column.duckdb_type) for name, column in table.header.columns.items()]
    if found != declared:
        wrong = [f"{d or 'nothing'} (found {f or 'nothing'})" for d, f in zip_longest(declared, found) if d != f]
        raise HeaderError(
            f"{table.path}: expected the columns of its header, in order; differing: {'; '.join(map(str, wrong))}. "
            "Change the header or cast in the final select"
        )


def write_comments(connection: DuckDBPyConnection, table: Table) -> None:
    """Puts the header's words into the catalogue."""
    text = f"{table.header.doc} One row: {table.header.grain}."
    comment(connection, table.name, text, {name: column.doc for name, column in table.header.columns.items()})
