"""Keeps of each capture of a large source only what changed since the last; judging and typing live elsewhere."""

from collections.abc import Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipeline.kernel.snapshot import Snapshot, file_sha256
from pipeline.kernel.source import ParquetOrigin, Source
from pipeline.kernel.warehouse import literal, quote

CHANGES = "changes.parquet"
"""Kept for good: the records that differ from the capture before."""
STATE = "state.parquet"
"""All typed records of the newest capture, to compare the next with; an older one's is dropped.

The first capture has none: its changes are all there is.
"""


def write_changes(
    connection: DuckDBPyConnection,
    source: Source,
    origin: ParquetOrigin,
    rows: str,
    before: str | None,
    folder: Path,
) -> int:
    """Writes what changed in what `rows` selects since the state `before`, and the new state; how many records did.

    Of a record in which only counters moved the other fields are left empty. `before` may lack fields or have them
    of another type: what was not known, or known otherwise, has changed.
    """
    state, changes = folder / STATE, folder / CHANGES
    columns = [field.name for field in source.fields]
    if before is None:
        _copy(
            connection, f"select position, 'new' as change_tag, {', '.join(map(quote, columns))} from ({rows})", changes
        )
    else:
        _copy(connection, rows, state)
        scan, key = f"read_parquet({literal(str(state))})", ", ".join(map(quote, source.key))
        slow = [name for name in columns if name not in (*source.key, *origin.counters)]
        kept = [
            *source.key,
            *(f"case when change_tag <> 'counters' then {quote(name)} end as {quote(name)}" for name in slow),
            *origin.counters,
        ]
        difference = _difference(source, origin, slow, before, _aligned(connection, source, state))
        _copy(
            connection,
            f"select position, change_tag, {', '.join(kept)} from ({difference}) left join {scan} using ({key}) "
            f"order by {key}",
            changes,
        )
    [(count,)] = connection.execute(f"select count(*) from read_parquet({literal(str(changes))})").fetchall()
    return int(count)


def _difference(source: Source, origin: ParquetOrigin, slow: Sequence[str], before: str, after: str) -> str:
    """A select of the keys of records that differ between two states, and how; only keys and hashes are compared."""
    hashes = f"{', '.join(map(quote, source.key))}, {_hash(slow)} as slow, {_hash(origin.counters)} as moving"
    joined = " and ".join(f"fresh.{quote(name)} = old.{quote(name)}" for name in source.key)
    keys = ", ".join(f"coalesce(fresh.{quote(name)}, old.{quote(name)}) as {quote(name)}" for name in source.key)
    first = quote(source.key[0])
    return f"""
        with fresh as (select {hashes} from ({after})),
        old as (select {hashes} from ({before}))
        select {keys},
          case
            when old.{first} is null then 'new'
            when fresh.{first} is null then 'gone'
            when fresh.slow <> old.slow then 'attributes'
            else 'counters'
          end as change_tag
        from fresh full join old on {joined}
        where fresh.slow is distinct from old.slow or fresh.moving is distinct from old.moving
    """


def state_of(connection: DuckDBPyConnection, source: Source, snapshots: Sequence[Snapshot]) -> str | None:
    """A select of the typed records as of the last of these snapshots of one file; None when there is none.

    Read from the state kept with it, or else replayed from all changes up to it.
    """
    if not snapshots:
        return None
    if len(snapshots) == 1:
        return _aligned(connection, source, snapshots[0].folder / CHANGES)
    kept = snapshots[-1].folder / STATE
    return _aligned(connection, source, kept) if kept.exists() else replay(connection, source, snapshots)


def replay(connection: DuckDBPyConnection, source: Source, snapshots: Sequence[Snapshot]) -> str:
    """A select of the typed records that come out of the changes of these snapshots, oldest first, of one file."""
    origin = source.origin(snapshots[-1].manifest.origin)
    assert isinstance(origin, ParquetOrigin)
    logs = [
        f"select {number} as capture, change_tag, * from "
        f"({_aligned(connection, source, snapshot.folder / CHANGES, 'change_tag')})"
        for number, snapshot in enumerate(snapshots)
    ]
    keys = ", ".join(map(quote, source.key))
    listed = ", ".join(
        f"{'moved' if name in origin.counters else 'described'}.{quote(name)} as {quote(name)}"
        for name in (field.name for field in source.fields)
    )
    # Joins go to disk where memory ends, as an aggregate that holds whole records does not.
    return f"""
        with log as ({" union all ".join(logs)}),
        newest as (
          select {keys}, max(capture) as moved_in,
            max(case when change_tag <> 'counters' then capture end) as described_in
          from log group by {keys}
        )
        select {listed}
        from newest
        join log as moved on {_same("moved", source)} and moved.capture = newest.moved_in
        join log as described on {_same("described", source)} and described.capture = newest.described_in
        where moved.change_tag <> 'gone'
    """


def _same(side: str, source: Source) -> str:
    return " and ".join(f"{side}.{quote(name)} = newest.{quote(name)}" for name in source.key)


def change_rows(connection: DuckDBPyConnection, source: Source, snapshot: Snapshot) -> str:
    """A select of a snapshot's kept changes with the columns of the source as it is declared now.

    ValueError when the file is no longer what the manifest says.
    """
    file = snapshot.folder / CHANGES
    found = file_sha256(file) if file.exists() else "no file"
    if found != snapshot.manifest.changes_sha256:
        raise ValueError(
            f"{file}: expected changes with sha256 {snapshot.manifest.changes_sha256}, found {found}; bring the file "
            "back, or remove this folder and those after it and capture again"
        )
    return _aligned(connection, source, snapshot.folder / CHANGES, "position", "change_tag")


def _hash(names: Sequence[str]) -> str:
    return f"hash({', '.join(map(quote, names))})" if names else "0"


def _aligned(connection: DuckDBPyConnection, source: Source, file: Path, *more: str) -> str:
    """A select of the source's columns from a kept file; null where it was written before there was such a field."""
    scan = f"read_parquet({literal(str(file))})"
    held = set(connection.sql(f"select * from {scan}").columns)
    columns = [
        f"try_cast({quote(field.name)} as {field.type}) as {quote(field.name)}"
        if field.name in held
        else f"cast(null as {field.type}) as {quote(field.name)}"
        for field in source.fields
    ]
    return f"select {', '.join([*more, *columns])} from {scan}"


def _copy(connection: DuckDBPyConnection, select: str, file: Path) -> None:
    connection.execute(f"copy ({select}) to {literal(str(file))} (format parquet, compression zstd)")
