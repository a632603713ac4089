"""The days on which verdicts are taken, and what each look at the data costs of a year's error rate."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline.claims.registration import LOOKS_PER_YEAR

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ESSAY_ON = date(2024, 5, 31)
YEARLY_ERROR = 0.05
"""Share of true nulls that may be rejected in a year; split evenly over its looks (Bonferroni)."""

NEWEST = """
select greatest(
    (select max(observed_on) from marts.release_evidence),
    (select max(rated_on) from marts.rated_release)
)
"""


def looks(connection: "DuckDBPyConnection") -> list[date]:
    """The days a run judges, oldest first: the essay's own, the last quarter end, and the newest in the data.

    The verdict of the last quarter end is the one of record; that of the newest day is an estimate, refreshed daily.
    """
    newest = newest_day(connection)
    ends = [end for year in range(ESSAY_ON.year, newest.year + 1) for end in quarter_ends(year)]
    return sorted({ESSAY_ON, *[end for end in ends if ESSAY_ON < end <= newest][-1:], newest})


def newest_day(connection: "DuckDBPyConnection") -> date:
    """The newest day on which anything was observed; the essay's when nothing was."""
    found = connection.execute(NEWEST).fetchone()
    return max(ESSAY_ON, found[0]) if found and found[0] else ESSAY_ON


def month_ends(newest: date) -> list[date]:
    """The last days of all months from the essay's to the newest that is over, and the newest day itself."""
    first, last = ESSAY_ON.year * 12 + ESSAY_ON.month, newest.year * 12 + newest.month - 1
    starts = [date(month // 12, month % 12 + 1, 1) for month in range(first, last + 2)]
    return sorted({end for start in starts if (end := start - timedelta(days=1)) <= newest} | {newest})


def quarter_ends(year: int) -> list[date]:
    """The last days of the four quarters of a year."""
    starts = [date(year, month, 1) for month in (4, 7, 10)] + [date(year + 1, 1, 1)]
    return [start - timedelta(days=1) for start in starts]


def look_number(day: date) -> int | None:
    """Which planned look of its year a day is, from 1; None for a day between looks, whose verdict is provisional."""
    ends = quarter_ends(day.year)
    return ends.index(day) + 1 if day in ends else None


def error_spent(day: date) -> float:
    """How much of the year's error rate the looks up to a day have used."""
    return YEARLY_ERROR * sum(end <= day for end in quarter_ends(day.year)) / LOOKS_PER_YEAR
