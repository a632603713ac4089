"""The checks a header declares, as SQL that selects failing rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from duckdb import DuckDBPyConnection

from pipeline.kernel.tables import Table
from pipeline.kernel.warehouse import literal, quote

SAMPLE = 10


@dataclass(frozen=True)
class Check:
    """A promise about a table; `failing` selects the rows that break it."""

    table: str
    name: str
    doc: str
    failing: str


@dataclass(frozen=True)
class CheckResult:
    """What running a check found: how many rows break it, and some of them."""

    check: Check
    failing_rows: int
    columns: tuple[str, ...]
    sample: tuple[tuple[Any, ...], ...]

    @property
    def passed(self) -> bool:
        return self.failing_rows == 0


def checks_of(table: Table) -> Iterator[Check]:
    """All checks that a table's header implies, in its order."""
    for declared in table.header.checks:
        ((kind, body),) = declared.items()
        yield from MAKERS[kind](table.name, body)


def run_check(connection: DuckDBPyConnection, check: Check) -> CheckResult:
    """Runs one check."""
    count = connection.execute(f"select count(*) from ({check.failing}\n)").fetchone()
    assert count is not None
    if not count[0]:
        return CheckResult(check, 0, (), ())
    cursor = connection.execute(f"select * from ({check.failing}\n) limit {SAMPLE}")
    columns = tuple(column[0] for column in cursor.description or ())
    return CheckResult(check, int(count[0]), columns, tuple(cursor.fetchall()))


def _unique(table: str, columns: list[str]) -> Iterator[Check]:
    listed = ", ".join(map(quote, columns))
    yield Check(
        table, f"unique_{'_'.join(columns)}", f"One row for each {', '.join(columns)}.",
        f"select {listed}, count(*) as row_count from {table} group by {listed} having count(*) > 1",
    )  # fmt: skip


def _not_null(table: str, columns: list[str]) -> Iterator[Check]:
    missing = " or ".join(f"{quote(column)} is null" for column in columns)
    yield Check(
        table, "not_null", f"Always there: {', '.join(columns)}.", f"select * from {table} where {missing}",
    )  # fmt: skip


def _between(table: str, ranges: dict[str, list[Any]]) -> Iterator[Check]:
    for column, (low, high) in ranges.items():
        bounds = [f"{quote(column)} < {_value(low)}"] if low is not None else []
        bounds += [f"{quote(column)} > {_value(high)}"] if high is not None else []
        yield Check(
            table, f"between_{column}", f"{column} lies between {low} and {high}.",
            f"select * from {table} where {' or '.join(bounds)}",
        )  # fmt: skip


def _one_of(table: str, values: dict[str, list[str]]) -> Iterator[Check]:
    for column, allowed in values.items():
        listed = ", ".join(_value(value) for value in allowed)
        yield Check(
            table, f"one_of_{column}", f"{column} is one of {', '.join(map(str, allowed))}.",
            f"select * from {table} where {quote(column)} not in ({listed})",
        )  # fmt: skip


def _references(table: str, targets: dict[str, str]) -> Iterator[Check]:
    for column, target in targets.items():
        other, _, key = target.rpartition(".")
        yield Check(
            table, f"references_{column}", f"{column} is found in {target}.",
            f"select * from {table} where {quote(column)} is not null "
            f"and {quote(column)} not in (select {quote(key)} from {other} where {quote(key)} is not null)",
        )  # fmt: skip


def _at_least(table: str, rows: int) -> Iterator[Check]:
    yield Check(
        table, "at_least_rows", f"There are at least {rows} rows.",
        f"select count(*) as row_count from {table} having count(*) < {int(rows)}",
    )  # fmt: skip


def _no_rows(table: str, body: dict[str, str]) -> Iterator[Check]:
    yield Check(table, body["name"], body["doc"], body["sql"])


def _value(value: Any) -> str:
    return str(value) if isinstance(value, int | float) else literal(str(value))


MAKERS: dict[str, Callable[[str, Any], Iterator[Check]]] = {
    "unique": _unique,
    "not_null": _not_null,
    "between": _between,
    "one_of": _one_of,
    "references": _references,
    "at_least": _at_least,
    "no_rows": _no_rows,
}
