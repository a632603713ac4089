"""The only place that opens DuckDB: one writer, many readers, scratch connections for capture."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
}
READABLE_SINCE = "v1.2.0"
"""Storage version of every file written, so that DuckDB releases back to this one can open it."""


MEMORY_LIMIT = "1500MB"
"""What DuckDB may hold while it writes the work file; what does not fit goes to a file beside it."""


class WarehouseBusy(RuntimeError):
    """Another process holds the database."""


def connect(path: Path | None, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    config = {**SETTINGS}
    if path is not None and not read_only:
        config["storage_compatibility_version"] = READABLE_SINCE
    try:
        connection = duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=config)
    except duckdb.IOException as error:
        if "Could not set lock" not in str(error):
            raise
        raise WarehouseBusy(
            f"{path}: expected to be its only writer, found it held by another process; wait for that run to end "
            f"(readers should open the published file instead). DuckDB says: {error}"
        ) from error
    connection.execute("set timezone = 'UTC'")
    return connection


@contextmanager
def writer(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-write connection to the work file; WarehouseBusy when another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = connect(path)
    connection.execute(f"set memory_limit = {literal(MEMORY_LIMIT)}")
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def reader(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to a published file; FileNotFoundError says how to make one."""
    if not path.exists():
        raise FileNotFoundError(f"{path}: expected a published DuckDB file, found none; run `ajar run` first")
    connection = connect(path, read_only=True)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def scratch() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection in memory, for judging captures without touching the warehouse."""
    connection = connect(None)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Everything inside happens, or nothing does."""
    connection.execute("begin")
    try:
        yield
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def quote(name: str) -> str:
    """An identifier, quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string literal, quoted; comments cannot take parameters."""
    return "'" + text.replace("'", "''") + "'"


def comment(connection: duckdb.DuckDBPyConnection, table: str, doc: str, columns: dict[str, str]) -> None:
    """Writes the catalogue comments of `schema.table` and of its columns."""
    connection.execute(f"comment on table {table} is {literal(doc)}")
    for column, text in columns.items():
        connection.execute(f"comment on column {table}.{quote(column)} is {literal(text)}")
