"""The days on which verdicts are taken: the essay's own, each quarter end since, and the newest in the data."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ESSAY_ON = date(2024, 5, 31)

NEWEST = """
select greatest(
    (select max(observed_on) from marts.release_evidence),
    (select max(rated_on) from marts.rated_release)
)
"""


def looks(connection: "DuckDBPyConnection") -> list[date]:
    """The days, oldest first; the last is the newest day on which anything was observed."""
    found = connection.execute(NEWEST).fetchone()
    newest = found[0] if found and found[0] else ESSAY_ON
    ends = [end for year in range(2024, newest.year + 1) for end in quarter_ends(year) if ESSAY_ON < end < newest]
    return sorted({ESSAY_ON, *ends, newest})


def quarter_ends(year: int) -> list[date]:
    """The last days of the four quarters of a year."""
    starts = [date(year, month, 1) for month in (4, 7, 10)] + [date(year + 1, 1, 1)]
    return [start - timedelta(days=1) for start in starts]
