"""The pipeline about itself: rows of the meta tables, from manifests, headers and check results."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from duckdb import DuckDBPyConnection

from pipeline.kernel.build import compare, create_empty, fill
from pipeline.kernel.checks import CheckResult
from pipeline.kernel.dictionary import column_rows
from pipeline.kernel.header import HeaderError
from pipeline.kernel.snapshot import SnapshotStore, now
from pipeline.kernel.source import Source
from pipeline.kernel.tables import Table
from pipeline.kernel.warehouse import transaction


def source_row(source: Source, store: SnapshotStore) -> dict[str, Any]:
    """One row of meta.source."""
    accepted = store.all(source.name)
    attempts = list(store.log(source.name))
    looked = store.last_looked(source.name)
    return {
        "source": source.name,
        "title": source.title,
        "doc": source.doc,
        "homepage": source.homepage,
        "subject": source.subject,
        "licence": source.licence.name,
        "licence_url": source.licence.url,
        "is_redistributable": source.licence.redistributable,
        "attribution": source.licence.attribution,
        "cadence_hours": source.cadence.total_seconds() / 3600,
        "stale_after_hours": source.stale_after.total_seconds() / 3600,
        "history": source.history,
        "warnings": json.dumps(source.warnings),
        "snapshot_count": len(accepted),
        "first_observed_at": accepted[0].manifest.observed_at if accepted else None,
        "last_observed_at": accepted[-1].manifest.observed_at if accepted else None,
        "last_looked_at": looked.isoformat() if looked else None,
        "last_attempt": attempts[-1]["attempt"] if attempts else "",
        "last_reason": attempts[-1]["reason"] if attempts else "",
        "quarantined_count": len(store.all(source.name, "quarantined")),
    }


def snapshot_rows(source: Source, store: SnapshotStore) -> list[dict[str, Any]]:
    """The rows of meta.snapshot of one source."""
    return [
        {
            "snapshot_id": manifest.snapshot_id,
            **{
                key: getattr(manifest, key)
                for key in (
                    "source", "origin", "version", "observed_at", "captured_at", "outcome", "reason",
                    "record_count", "change_count", "byte_count", "sha256", "licence",
                )
            },
            "new_keys": json.dumps(manifest.new_keys),
        }
        for manifest in (snapshot.manifest for snapshot in store.all(source.name, None))
    ]  # fmt: skip


def refresh(
    connection: DuckDBPyConnection,
    tables: Mapping[str, Table],
    sources: Mapping[str, Source],
    store: SnapshotStore,
) -> None:
    """Writes meta.source, meta.snapshot and meta.column as of now."""
    fill(connection, tables["meta.source"], [source_row(source, store) for source in sources.values()])
    rows = [row for source in sources.values() for row in snapshot_rows(source, store)]
    fill(connection, tables["meta.snapshot"], rows)
    fill(connection, tables["meta.column"], column_rows(tables.values()))
    ensure(connection, tables["meta.check_result"])


def ensure(connection: DuckDBPyConnection, table: Table) -> None:
    """Makes a table that Python fills, unless it is there with the declared columns."""
    try:
        compare(connection, table)
    except HeaderError:
        create_empty(connection, table)


def record_checks(connection: DuckDBPyConnection, table: Table, name: str, results: Sequence[CheckResult]) -> None:
    """Remembers what the checks of the table `name` found last in meta.check_result (`table`)."""
    rows = [
        [
            result.check.table,
            result.check.name,
            result.check.doc,
            result.passed,
            result.failing_rows,
            json.dumps([dict(zip(result.columns, map(str, row), strict=True)) for row in result.sample]),
            now(),
        ]
        for result in results
    ]
    ensure(connection, table)
    with transaction(connection):
        connection.execute(f"delete from {table.name} where table_name = ?", [name])
        if rows:
            connection.executemany(f"insert into {table.name} values (?, ?, ?, ?, ?, ?, ?)", rows)
