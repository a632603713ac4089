"""Loads accepted snapshots into `raw.<source>` and types them into `staging.<source>`, only what is new."""

from collections.abc import Sequence

from duckdb import DuckDBPyConnection

from pipeline.kernel.changes import change_rows
from pipeline.kernel.contract import projection, records_file, records_scan
from pipeline.kernel.header import Column, Header
from pipeline.kernel.snapshot import Snapshot
from pipeline.kernel.source import ParquetOrigin, Source
from pipeline.kernel.warehouse import comment, literal, quote, transaction

TRACE = {
    "snapshot_id": Column("varchar", "the capture this row was cut from; see meta.snapshot"),
    "origin": Column("varchar", "address or package the capture came from"),
    "observed_at": Column(
        "timestamptz", "when the source showed this: the capture, or the upload of the package release"
    ),
    "position": Column("bigint", "place of the record in the capture, from 1"),
}
CHANGE = {
    "change_tag": Column(
        "varchar",
        "what changed since the capture before: new, or any field (attributes), or counters alone, then all else is "
        "empty here; gone is a record no longer there",
    )
}
RAW = {**TRACE, "record": Column("json", "the record as received")}


def raw_header(source: Source) -> Header:
    """What `raw.<source>` holds."""
    return Header(f"{source.title}, record by record as received.", "a record of a snapshot", source.subject, RAW)


def staging_header(source: Source) -> Header:
    """What `staging.<source>` holds, from the source's contract."""
    typed = {field.name: Column(field.type.lower(), field.doc) for field in source.fields}
    changes = CHANGE if source.is_large else {}
    checks = (
        {"unique": ["snapshot_id", *source.key]},
        {"not_null": [field.name for field in source.fields if field.name in source.key]},
    )
    return Header(
        source.doc, f"{', '.join(source.key)} of a snapshot", source.subject, {**TRACE, **changes, **typed},
        owners=source.owners, checks=checks, warnings=source.warnings,
    )  # fmt: skip


def load(connection: DuckDBPyConnection, source: Source, snapshots: Sequence[Snapshot]) -> int:
    """Brings both tables to exactly these snapshots; the number of rows in staging afterwards.

    Linear in what changed: rows of snapshots already there stay, unless the contract or the code that cuts records
    has changed, in which case all are loaded again.
    """
    if source.is_large:
        return _load_changes(connection, source, snapshots)
    raw, staging = f"raw.{quote(source.name)}", f"staging.{quote(source.name)}"
    typed = f"select {', '.join(TRACE)}, {projection(source)} from {raw}"
    mark = _mark(source)
    with transaction(connection):
        if _mark_of(connection, source) != mark:
            for schema in ("raw", "staging"):
                connection.execute(f"create schema if not exists {schema}")
            columns = ", ".join(f"{name} {column.type}" for name, column in RAW.items())
            connection.execute(f"create or replace table {raw} ({columns})")
            connection.execute(f"create or replace table {staging} as {typed}")
            comment(connection, raw, raw_header(source).doc, {name: column.doc for name, column in RAW.items()})
            docs = {name: column.doc for name, column in staging_header(source).columns.items()}
            comment(connection, staging, mark, docs)
        held = {row[0] for row in connection.execute(f"select distinct snapshot_id from {raw}").fetchall()}
        wanted = {snapshot.snapshot_id: snapshot for snapshot in snapshots}
        for gone in held - wanted.keys():
            for table in (raw, staging):
                connection.execute(f"delete from {table} where snapshot_id = ?", [gone])
        for new in sorted(wanted.keys() - held):
            _load_raw(connection, raw, source, wanted[new])
            connection.execute(f"insert into {staging} {typed} where snapshot_id = ?", [new])
    count = connection.execute(f"select count(*) from {staging}").fetchone()
    assert count is not None
    return int(count[0])


def _load_changes(connection: DuckDBPyConnection, source: Source, snapshots: Sequence[Snapshot]) -> int:
    """The same for a large source, of which staging alone holds the kept changes; there is no copy as JSON."""
    staging, header, mark = f"staging.{quote(source.name)}", staging_header(source), _mark(source)
    with transaction(connection):
        if _mark_of(connection, source) != mark:
            connection.execute("create schema if not exists staging")
            columns = ", ".join(f"{quote(name)} {column.duckdb_type}" for name, column in header.columns.items())
            connection.execute(f"create or replace table {staging} ({columns})")
            comment(connection, staging, mark, {name: column.doc for name, column in header.columns.items()})
        held = {row[0] for row in connection.execute(f"select distinct snapshot_id from {staging}").fetchall()}
        wanted = {snapshot.snapshot_id: snapshot for snapshot in snapshots}
        for gone in held - wanted.keys():
            connection.execute(f"delete from {staging} where snapshot_id = ?", [gone])
        for new in sorted(wanted.keys() - held):
            manifest = wanted[new].manifest
            connection.execute(
                f"insert into {staging} by name select cast(? as varchar) as snapshot_id, cast(? as varchar) as origin,"
                f" cast(? as timestamptz) as observed_at, * from ({change_rows(connection, source, wanted[new])})",
                [new, manifest.origin, manifest.observed_at],
            )
    count = connection.execute(f"select count(*) from {staging}").fetchone()
    assert count is not None
    return int(count[0])


def _mark(source: Source) -> str:
    return f"{staging_header(source).doc} [contract {source.contract_hash[:12]}]"


def _mark_of(connection: DuckDBPyConnection, source: Source) -> str | None:
    """The comment of the staging table, which names the contract it was typed by; None without a table."""
    found = connection.execute(
        "select comment from duckdb_tables() where schema_name = 'staging' and table_name = ?", [source.name]
    ).fetchone()
    return found[0] if found else None


def _load_raw(connection: DuckDBPyConnection, raw: str, source: Source, snapshot: Snapshot) -> None:
    manifest = snapshot.manifest
    origin = source.origin(manifest.origin)
    assert not isinstance(origin, ParquetOrigin)
    with records_file(origin, snapshot.read()) as (path, _, _):
        connection.execute(
            f"insert into {raw} select ?, ?, cast(? as timestamptz), position, record from {records_scan(path)}",
            [snapshot.snapshot_id, manifest.origin, manifest.observed_at],
        )


def snapshot_rows(source: Source, snapshots: Sequence[Snapshot]) -> str:
    """A stable text of what a load would hold, for fingerprints."""
    return literal(source.contract_hash + "".join(f"{s.snapshot_id}{s.manifest.sha256}" for s in snapshots))
