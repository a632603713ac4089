"""Warehouse tables in memory, made from rows a test gives and built by the project's own builder; expects nothing."""

import json
import math
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import duckdb
import yaml

from pipeline.kernel.build import build_table
from pipeline.kernel.checks import Check, checks_of
from pipeline.kernel.project import open_project
from pipeline.kernel.tables import Table, referenced
from pipeline.kernel.warehouse import quote, scratch

Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Mapping[str, Sequence[Row]]
"""Rows by `layer.table`."""


BUILT = "built"
"""In place of rows: the table comes of its own select."""


class CaseError(ValueError):
    """A golden case, or rows of a test, that cannot be used; the message names the file, expected and found."""


@cache
def tables() -> dict[str, Table]:
    """Every declared table of the project, staging included, each after those it reads."""
    return open_project().tables


def sql_models() -> list[Table]:
    """The tables that a SQL file makes."""
    return sorted((table for table in tables().values() if table.layer in ("core", "marts")), key=lambda t: t.name)


@contextmanager
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database in memory."""
    with scratch() as connection:
        connection.execute("set threads = 1")
        yield connection


def make(connection: duckdb.DuckDBPyConnection, table: Table, rows: Sequence[Row], where: object) -> None:
    """(Re)makes a table as declared and puts the rows in; columns a row does not name are null.

    CaseError, naming `where`, for a column the table does not have or a value not of the column's type.
    """
    declared = {name: column.duckdb_type for name, column in table.header.columns.items()}
    for row in rows:
        if unknown := sorted(map(str, row.keys() - declared.keys())):
            raise CaseError(
                f"{where}: expected columns of {table.name} ({', '.join(declared)}), found {', '.join(unknown)}"
            )
    connection.execute(f"create schema if not exists {table.layer}")
    columns = ", ".join(f"{quote(name)} {kind}" for name, kind in declared.items())
    connection.execute(f"create or replace table {table.name} ({columns})")
    if not rows:
        return
    named = [name for name in declared if any(name in row for row in rows)] or list(declared)[:1]
    marks = f"({', '.join(f'cast(? as {declared[name]})' for name in named)})"
    values = [_plain(row.get(name)) for row in rows for name in named]
    listed = ", ".join(map(quote, named))
    try:
        connection.execute(f"insert into {table.name} ({listed}) values {', '.join([marks] * len(rows))}", values)
    except duckdb.Error as error:
        raise CaseError(f"{where}: expected values of {table.name}'s types, found: {error}") from error


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list | dict) else value


def build(connection: duckdb.DuckDBPyConnection, table: Table, given: Rows, where: object) -> list[dict[str, Any]]:
    """Makes what one table reads, from `given` or empty, builds it against its header and returns its rows.

    A table given as BUILT is made by its own select from the other given tables.
    """
    needed = {*table.depends, *referenced(table.header)} - {table.name}
    built = {name for name, rows in given.items() if rows == BUILT}
    reached = needed.union(*(tables()[name].depends for name in built))
    for name in given:
        if name not in reached:
            raise CaseError(f"{where}: expected tables that {table.name} reads ({', '.join(needed)}), found {name}")
    for name in [name for name in tables() if name in reached]:
        if name in built:
            connection.execute(f"create schema if not exists {tables()[name].layer}")
            connection.execute(f"create or replace table {name} as {tables()[name].select}")
        else:
            make(connection, tables()[name], given.get(name, ()), where)
    build_table(connection, table)
    return rows_of(connection, table)


def build_up_to(connection: duckdb.DuckDBPyConnection, targets: Iterable[str], given: Rows) -> None:
    """Makes the targets and every SQL model before them by their selects; all other tables hold `given` or nothing.

    Ledger, comments and the comparison with the header are left out for speed; `build` has them.
    """
    for name in upstream(targets, given):
        table = tables()[name]
        if table.layer in ("core", "marts") and name not in given:
            connection.execute(f"create schema if not exists {table.layer}")
            connection.execute(f"create or replace table {name} as {table.select}")
        else:
            make(connection, table, given.get(name, ()), "rows of this test")


def upstream(targets: Iterable[str], given: Container[str] = ()) -> list[str]:
    """The targets and all they read, directly or not, in the order of building; what given tables read is left out."""
    wanted = set(targets)
    for name, table in reversed(tables().items()):
        if name in wanted and name not in given:
            wanted.update(table.depends)
    return [name for name in tables() if name in wanted]


def rows_of(connection: duckdb.DuckDBPyConnection, table: Table, *, but: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The rows of a table, in no order, without some columns."""
    columns = [name for name in table.header.columns if name not in set(but)]
    found = connection.execute(f"select {', '.join(map(quote, columns))} from {table.name}").fetchall()
    return [dict(zip(columns, row, strict=True)) for row in found]


def declared_checks(table: Table) -> Iterator[tuple[str, Any, Check]]:
    """(kind, body, check) for each check of a table; the body is that of the one check alone."""
    for declared in table.header.checks:
        ((kind, body),) = declared.items()
        for part in _parts(kind, body):
            alone = replace(table, header=replace(table.header, checks=({kind: part},)))
            (check,) = checks_of(alone)
            yield kind, part, check


def _parts(kind: str, body: Any) -> list[Any]:
    if kind == "not_null":
        return [[column] for column in body]
    if kind in ("between", "one_of", "references"):
        return [{column: value} for column, value in body.items()]
    return [body]


@dataclass(frozen=True)
class Case:
    """Given rows and the rows a table should come to."""

    path: Path
    table: Table
    given: Rows
    expect: Sequence[Row]


class _StrictLoader(yaml.SafeLoader):
    """Reads YAML and refuses a key that stands twice in one mapping, which would silently hide rows."""


def _mapping(loader: _StrictLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    if twice := sorted({str(key) for key in keys if keys.count(key) > 1}):
        raise yaml.YAMLError(f"line {node.start_mark.line + 1}: {', '.join(twice)} stands twice")
    return loader.construct_mapping(node, deep=True)


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read_case(path: Path) -> Case:
    """Reads `<layer>.<table>/<case>.yml`; CaseError when it is not a case of a SQL model."""
    table = tables().get(path.parent.name)
    if table is None or table.layer not in ("core", "marts"):
        raise CaseError(f"{path}: expected a folder named after a SQL model, found {path.parent.name}")
    try:
        values = yaml.load(path.read_text(), Loader=_StrictLoader)  # noqa: S506 (a SafeLoader)
    except yaml.YAMLError as error:
        raise CaseError(f"{path}: expected YAML, found {error}") from error
    if not isinstance(values, dict) or set(values) != {"doc", "given", "expect"}:
        found = ", ".join(map(str, values)) if isinstance(values, dict) else type(values).__name__
        raise CaseError(f"{path}: expected the keys doc, given and expect, found {found}")
    for name in values["given"]:
        if name not in tables():
            raise CaseError(f"{path}: expected declared tables, found {name}")
    columns = {tuple(sorted(row)) for row in values["expect"]}
    if len(columns) > 1:
        raise CaseError(f"{path}: expected rows with the same columns, found {len(columns)} sets of them")
    if unknown := [name for names in columns for name in names if name not in table.header.columns]:
        raise CaseError(f"{path}: expected columns of {table.name}, found {', '.join(unknown)}")
    return Case(path, table, values["given"], values["expect"])


def difference(expect: Sequence[Row], found: Sequence[Row]) -> str:
    """What is missing and what is too much, over the expected columns, whatever the order; empty when nothing is."""
    columns = list(expect[0]) if expect else list(found[0]) if found else []
    rest = [{column: row[column] for column in columns} for row in found]
    missing = []
    for row in expect:
        match = next((other for other in rest if all(same(row[column], other[column]) for column in columns)), None)
        if match is None:
            missing.append(dict(row))
        else:
            rest.remove(match)
    lines = [f"missing {row}" for row in missing] + [f"not expected {row}" for row in rest]
    return "\n".join(lines)


def same(expected: Any, found: Any) -> bool:
    """Equal, numbers up to one part in a million; a boolean is no number and null is only null."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return math.isclose(expected, found, rel_tol=1e-6, abs_tol=1e-9)
    return bool(expected == found)
