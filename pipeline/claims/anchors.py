"""Published figures computed again from the marts: whether the same data and definition give the same number."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.reading import tables_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]
FIGURES = """
select figure_id, part, claim_ids, metric, value, unit, as_of, publisher, url, tolerance, tolerance_kind, needs, method,
    query, why_not, note
from reference.published_figure
order by figure_id, part
"""


@dataclass(frozen=True)
class _Held:
    """What a connection holds: its tables, those with rows, and the column that tells the day of a table's data."""

    tables: frozenset[str]
    filled: frozenset[str]
    day_columns: Mapping[str, str]


def anchors(connection: "DuckDBPyConnection") -> list[Row]:
    """The rows of claims.anchor, from reference.published_figure and the marts."""
    cursor = connection.execute(FIGURES)
    names = [column[0] for column in cursor.description or ()]
    figures = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    held = _held(connection)
    return [_checked(connection, figure, held) for figure in figures]


def _held(connection: "DuckDBPyConnection") -> _Held:
    tables = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('marts', 'staging')"
    ).fetchall()
    days = connection.execute(
        "select schema_name || '.' || table_name, min(column_name) from duckdb_columns() where schema_name = 'marts' "
        "and column_name in ('observed_on', 'rated_on', 'known_on', 'edition_ends_on') group by all"
    ).fetchall()
    filled = {table for (table,) in tables if connection.execute(f"select 1 from {table} limit 1").fetchone()}
    return _Held(frozenset(table for (table,) in tables), frozenset(filled), dict(days))


def _checked(connection: "DuckDBPyConnection", figure: Row, held: _Held) -> Row:
    computed, reason, observed_on = None, figure["why_not"], None
    if figure["query"]:
        computed, reason, observed_on = _computed(connection, figure, held)
    published, tolerance = figure["value"], figure["tolerance"]
    if tolerance is not None and figure["tolerance_kind"] == "relative" and published is not None:
        tolerance *= abs(published)
    difference = None if computed is None or published is None else computed - published
    within = None if difference is None or tolerance is None else abs(difference) <= tolerance + 1e-9
    if within is False:
        told = f"; the figure speaks of {figure['as_of']}, the data of {observed_on}"
        reason = "differs" + (told if observed_on and observed_on != figure["as_of"] else "")
    return {
        "anchor_id": figure["figure_id"],
        **{name: figure[name] for name in ("part", "claim_ids", "metric", "unit", "as_of", "publisher", "url")},
        "published": published,
        "computed": computed,
        "difference": difference,
        "tolerance": tolerance,
        "is_within_tolerance": within,
        "reason": reason,
        "note": figure["note"],
        "observed_on": observed_on,
        "sql": figure["query"],
    }


def _computed(
    connection: "DuckDBPyConnection", figure: Row, held: _Held
) -> tuple[float | None, str | None, date | None]:
    """The value by the figure's query and method, or why there is none, and the day of the data."""
    read = tables_of(figure["query"])
    if absent := sorted(read - held.tables):
        return None, f"not built here: {', '.join(absent)}", None
    if not read & held.filled:
        return None, _lacking(figure["needs"], read, held), None
    rows = connection.execute(figure["query"]).fetchall()
    value = METHODS[figure["method"]](rows)
    if value is None:
        return None, _lacking(figure["needs"], read, held), None
    told = rows[0][-1]
    return value, None, told if isinstance(told, date) else _observed_on(connection, read, held)


def _lacking(needs: str | None, read: Collection[str], held: _Held) -> str:
    if not needs:
        return f"not held: no such row in {', '.join(sorted(read))}"
    captured = f"staging.{needs}" in held.filled
    lack = "whose captures hold nothing of that time" if captured else "which was never captured here"
    return f"not held: needs {needs}, {lack}"


def _observed_on(connection: "DuckDBPyConnection", read: Collection[str], held: _Held) -> date | None:
    """The newest day of the tables read, where they tell; a last cell of the query can tell it better."""
    columns = [(table, held.day_columns[table]) for table in sorted(read) if table in held.day_columns]
    found = [connection.execute(f"select max({column}) from {table}").fetchone() for table, column in columns]
    return max((row[0] for row in found if row and row[0]), default=None)


def _value(rows: Sequence[tuple[Any, ...]]) -> float | None:
    return float(rows[0][0]) if rows and rows[0][0] is not None else None


def _odds_ratio(rows: Sequence[tuple[Any, ...]]) -> float | None:
    """The conditional odds ratio of one row of four counts."""
    a, b, c, d = rows[0][:4]
    ratio = statistics.odds_ratio(((a, b), (c, d)), 0.95)
    return None if ratio is None or not math.isfinite(ratio.estimate) else ratio.estimate


def _logit_slope(rows: Sequence[tuple[Any, ...]]) -> float | None:
    """The slope of a logistic regression of a flag on a number, from rows of the number and the flag as 0 or 1."""
    import numpy as np
    import statsmodels.api as sm

    numbers, flags = (np.array([row[place] for row in rows], dtype=float) for place in (0, 1))
    if len(set(numbers)) < 2 or len(set(flags)) < 2:
        return None
    fitted = sm.Logit(flags, sm.add_constant(numbers - numbers.mean())).fit(disp=0)
    return float(fitted.params[1])


def _trend_p_value(rows: Sequence[tuple[Any, ...]]) -> float | None:
    """The two-sided p value of the plain Mann-Kendall test, of a value each row in the order of time."""
    import pymannkendall

    return float(pymannkendall.original_test([row[0] for row in rows]).p) if len(rows) > 2 else None


METHODS: Mapping[str, Callable[[Sequence[tuple[Any, ...]]], float | None]] = {
    "value": _value,
    "odds_ratio": _odds_ratio,
    "logit_slope": _logit_slope,
    "trend_p_value": _trend_p_value,
}
