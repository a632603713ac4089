"""Publishes a release: a DuckDB file, Parquet, descriptor, dictionary and site, all swapped in at once."""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipeline.kernel.dictionary import datapackage, dictionary
from pipeline.kernel.home import Home
from pipeline.kernel.source import Source
from pipeline.kernel.tables import Table
from pipeline.kernel.warehouse import READABLE_SINCE, comment, literal, quote, transaction

KEEP = 2
DATABASE = "ajar.duckdb"
UNFINISHED = ".next-"


def publishable(tables: Mapping[str, Table], sources: Mapping[str, Source]) -> list[Table]:
    """The tables that may leave: all but the records of sources we may not redistribute, and of large ones.

    Those of a large one are its changes, which core holds as history in a form that can be read. Where not even
    figures computed from a source may be published, every table made from it stays here too.
    """
    records = {
        f"staging.{name}" for name, source in sources.items() if source.is_large or not source.licence.redistributable
    }
    secret = {f"staging.{name}" for name, source in sources.items() if not source.licence.derivable}
    for name, table in tables.items():
        if secret.intersection(table.depends):
            secret.add(name)
    return [table for name, table in tables.items() if name not in records | secret]


def publish(
    connection: DuckDBPyConnection,
    home: Home,
    tables: Sequence[Table],
    sources: Mapping[str, Source],
    write_site: Callable[[Path, Path], None],
) -> Path:
    """Writes a new release beside the others and, once it is whole, points `published` at it; the release's folder.

    `write_site(database, folder)` renders the site from the new file. A reader that has the old file open keeps
    it. Whatever an interrupted publication left behind is removed by the next.
    """
    home.releases.mkdir(parents=True, exist_ok=True)
    for left in home.releases.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left)
    moment = datetime.now(UTC)
    name = moment.strftime("%Y%m%dT%H%M%S%fZ")
    partial = home.releases / f"{UNFINISHED}{name}"
    (partial / "parquet").mkdir(parents=True)
    counts = _copy(connection, partial, tables)
    descriptor = datapackage(tables, sources, counts, moment.isoformat(timespec="seconds"))
    (partial / "datapackage.json").write_text(json.dumps(descriptor, indent=1) + "\n")
    (partial / "DICTIONARY.md").write_text(dictionary(tables))
    write_site(partial / DATABASE, partial / "site")
    for file in partial.rglob("*"):
        if file.is_file():
            _flush(file)
    release = home.releases / name
    partial.rename(release)
    _point(home.published, release)
    others = [path for path in home.releases.iterdir() if not path.name.startswith(".") and path != release]
    for old in sorted(others, reverse=True)[KEEP - 1 :]:
        shutil.rmtree(old)
    return release


def _copy(connection: DuckDBPyConnection, folder: Path, tables: Sequence[Table]) -> dict[str, int]:
    """Copies tables with their comments into a fresh file readable by older DuckDB, and into Parquet; rows each."""
    target = folder / DATABASE
    connection.execute(f"attach {literal(str(target))} as next (storage_version '{READABLE_SINCE}')")
    try:
        counts = {}
        for table in tables:
            columns = ", ".join(map(quote, table.header.columns))
            docs = {column: declared.doc for column, declared in table.header.columns.items()}
            with transaction(connection):
                connection.execute(f"create schema if not exists next.{table.layer}")
                connection.execute(f"create table next.{table.name} as select {columns} from {table.name} order by all")
                comment(connection, f"next.{table.name}", f"{table.header.doc} One row: {table.header.grain}.", docs)
            parquet = literal(str(folder / "parquet" / f"{table.name}.parquet"))
            connection.execute(f"copy next.{table.name} to {parquet} (format parquet, compression zstd)")
            rows = connection.execute(f"select count(*) from next.{table.name}").fetchone()
            assert rows is not None
            counts[table.name] = int(rows[0])
        connection.execute("checkpoint next")
        return counts
    finally:
        connection.execute("detach next")


def _flush(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def _point(link: Path, release: Path) -> None:
    """Moves a symbolic link to another release in one step."""
    fresh = link.with_name(f".{link.name}-next")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(Path("releases") / release.name, target_is_directory=True)
    fresh.replace(link)
