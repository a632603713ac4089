"""Published figures computed again from the marts: whether the same data and definition give the same number."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.reading import tables_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]
FIGURES = """
select figure_id, part, claim_ids, metric, value, unit, as_of, publisher, url, tolerance, tolerance_kind, needs, method,
    query, why_not
from reference.published_figure
order by figure_id, part
"""
DAYS_PER_MONTH = 365.25 / 12
ONE_SIDED_TENTH, TWO_SIDED_TENTH = 1.2815515655446004, 1.6448536269514722
"""Quantiles of the normal distribution at .90 and .95."""
LAG_FROM = date(2023, 1, 1)
"""First day over which a lag or gap of frontiers is averaged, as its publisher does."""


def anchors(connection: "DuckDBPyConnection") -> list[Row]:
    """The rows of claims.anchor, from reference.published_figure and the marts."""
    cursor = connection.execute(FIGURES)
    names = [column[0] for column in cursor.description or ()]
    figures = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [_checked(connection, figure) for figure in figures]


def _checked(connection: "DuckDBPyConnection", figure: Row) -> Row:
    computed, reason, observed_on = None, figure["why_not"], None
    if figure["query"]:
        computed, reason = _computed(connection, figure)
        observed_on = _observed_on(connection, figure["query"])
    published, tolerance = figure["value"], figure["tolerance"]
    if tolerance is not None and figure["tolerance_kind"] == "relative" and published is not None:
        tolerance *= abs(published)
    difference = None if computed is None or published is None else computed - published
    within = None if difference is None or tolerance is None else abs(difference) <= tolerance + 1e-9
    if within is False:
        reason = f"differs; the figure speaks of {figure['as_of']}, the data of {observed_on}"
    return {
        "anchor_id": figure["figure_id"],
        **{name: figure[name] for name in ("part", "claim_ids", "metric", "unit", "as_of", "publisher", "url")},
        "published": published,
        "computed": computed,
        "difference": difference,
        "tolerance": tolerance,
        "is_within_tolerance": within,
        "reason": reason,
        "observed_on": observed_on,
        "sql": figure["query"],
    }


def _computed(connection: "DuckDBPyConnection", figure: Row) -> tuple[float | None, str | None]:
    """The value by the figure's query and method, or why there is none."""
    there = {f"{schema}.{table}" for schema, table in connection.execute(
        "select schema_name, table_name from duckdb_tables()"
    ).fetchall()}  # fmt: skip
    if absent := sorted(tables_of(figure["query"]) - there):
        return None, f"not built here: {', '.join(absent)}"
    rows = connection.execute(figure["query"]).fetchall()
    value = METHODS[figure["method"]](rows)
    held = any(connection.execute(f"select 1 from {t} limit 1").fetchone() for t in tables_of(figure["query"]))
    if value is None or not held:
        return None, f"not held: needs {figure['needs']} of that time"
    return value, None


def _observed_on(connection: "DuckDBPyConnection", query: str) -> date | None:
    """The newest day on which any of the rows behind a query was observed, where its tables tell."""
    days = []
    for table in tables_of(query):
        schema, name = table.split(".")
        told = [row[0] for row in connection.execute(
            "select column_name from duckdb_columns() where schema_name = ? and table_name = ? "
            "and column_name in ('observed_on', 'rated_on', 'known_on', 'edition_ends_on')", [schema, name]
        ).fetchall()]  # fmt: skip
        for column in told[:1]:
            found = connection.execute(f"select max({column}) from {table}").fetchone()
            days += [found[0]] if found and found[0] else []
    return max(days, default=None)


def _value(rows: Sequence[tuple[Any, ...]]) -> float | None:
    return float(rows[0][0]) if rows and rows[0][0] is not None else None


def _odds_ratio(rows: Sequence[tuple[Any, ...]]) -> float | None:
    """The conditional odds ratio of one row of four counts."""
    a, b, c, d = rows[0]
    ratio = statistics.odds_ratio(((a, b), (c, d)), 0.95)
    return None if ratio is None or not math.isfinite(ratio.estimate) else ratio.estimate


def _frontier_gap(rows: Sequence[tuple[Any, ...]]) -> float | None:
    """The mean over days of the best closed less the best open score, from rows of score, release day and access."""
    gaps = [closed[0] - opened[0] for _, closed, opened in _daily_best(rows)]
    return sum(gaps) / len(gaps) if gaps else None


def _frontier_lag(rows: Sequence[tuple[Any, ...]]) -> float | None:
    """The mean over days of the months since a closed model first was significantly better than the best open one.

    Rows as for the gap, with the ends of 90 % intervals; better is a one-sided test at 10 % of the difference, as
    if scores were independent and normal. Zero on a day when no closed model is better.
    """
    closed = sorted((row for row in rows if row[2] == "closed" and row[1]), key=lambda row: row[1])
    lags = []
    for day, _, opened in _daily_best(rows):
        since = next((row[1] for row in closed if row[1] <= day and _is_better(row, opened)), day)
        lags.append((day - since).days / DAYS_PER_MONTH)
    return sum(lags) / len(lags) if lags else None


def _is_better(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    return bool(one[0] - other[0] > ONE_SIDED_TENTH * math.hypot(_error(one), _error(other)))


def _error(row: tuple[Any, ...]) -> float:
    """The standard error behind a 90 % interval; none where a model fixes the scale."""
    return 0.0 if row[3] is None or row[4] is None else float(row[4] - row[3]) / (2 * TWO_SIDED_TENTH)


def _daily_best(rows: Sequence[tuple[Any, ...]]) -> list[tuple[date, tuple[Any, ...], tuple[Any, ...]]]:
    """Each day from LAG_FROM to the last release with the best closed and the best open row among releases by then."""
    released = sorted((row for row in rows if row[1] and row[2] in ("open", "closed")), key=lambda row: row[1])
    if not released:
        return []
    best: dict[str, tuple[Any, ...]] = {}
    found, place = [], 0
    for ordinal in range(LAG_FROM.toordinal(), released[-1][1].toordinal() + 1):
        while place < len(released) and released[place][1].toordinal() <= ordinal:
            row = released[place]
            if row[2] not in best or row[0] > best[row[2]][0]:
                best[row[2]] = row
            place += 1
        if len(best) == 2:
            found.append((date.fromordinal(ordinal), best["closed"], best["open"]))
    return found


METHODS: Mapping[str, Callable[[Sequence[tuple[Any, ...]]], float | None]] = {
    "value": _value,
    "odds_ratio": _odds_ratio,
    "frontier_gap": _frontier_gap,
    "frontier_lag": _frontier_lag,
}
