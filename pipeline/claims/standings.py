"""Who is best on a board among the models released by a day, read from one vintage; no test and no verdict in it."""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from pipeline.claims import statistics
from pipeline.claims.evidence import AsOf
from pipeline.claims.release_counts import Count

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

BOARDS = (
    "text/overall",
    "text/coding",
    "text/creative_writing",
    "text/expert",
    "text/hard_prompts",
    "text/instruction_following",
    "text/longer_query",
    "text/math",
    "eci",
)
"""The boards on which models of all makers are rated; the first is the headline's. `eci` is Epoch's index."""

ERRORS_PER_INTERVAL = {"eci": 2 * 1.6448536269514722}
"""Width of a rating's interval in standard errors: 90 % at Epoch's index, 95 % elsewhere."""
ERRORS_PER_95 = 2 * 1.959963984540054


class Rated(NamedTuple):
    """A released model with its rating; where a board gives no interval its ends are the rating itself."""

    released_on: date
    rating: float
    model_id: str
    name: str
    organisation_id: str | None
    weights_access: str
    error: float
    """Standard error of the rating."""
    low: float
    high: float


@dataclass(frozen=True)
class Board:
    """The rated models of one board in order of release, and the last day of which the board can tell anything."""

    rows: tuple[Rated, ...] = ()
    read_on: date | None = None

    def of(self, lab: str) -> "Board":
        """The models of one maker."""
        return replace(self, rows=tuple(row for row in self.rows if row.organisation_id == lab))

    def by(self, day: date) -> tuple[Rated, ...]:
        """What was released by the end of a day."""
        return self.rows[: bisect_right(self.rows, (day + timedelta(days=1),))]

    @property
    def labs(self) -> tuple[str, ...]:
        """The makers, by name."""
        return tuple(sorted({row.organisation_id for row in self.rows if row.organisation_id is not None}))


def boards(rated: "pd.DataFrame") -> dict[str, Board]:
    """The boards by name, from what `evidence.rated_releases` gives; undated and unrated rows are left out."""
    rows: dict[str, list[Rated]] = {}
    read: dict[str, date] = {}
    frame = rated.dropna(subset=["rating", "released_on"])
    days = [frame[column].to_numpy().astype("datetime64[D]").tolist() for column in ("released_on", "rated_on")]
    columns = ("board", "rating", "model_id", "name", "organisation_id", "weights_access", "rating_low", "rating_high")
    for released_on, rated_on, board, rating, model, name, lab, access, low, high in zip(
        *days, *(frame[column].tolist() for column in columns), strict=True
    ):
        low, high = (rating if end is None or math.isnan(end) else end for end in (low, high))
        error = (high - low) / ERRORS_PER_INTERVAL.get(board, ERRORS_PER_95)
        maker = lab if isinstance(lab, str) else None
        rows.setdefault(board, []).append(Rated(released_on, rating, model, name, maker, access, error, low, high))
        read[board] = max(read.get(board, date.min), rated_on)
    return {name: Board(tuple(sorted(found, key=lambda row: row[:3])), read[name]) for name, found in rows.items()}


def missing_ratings(whose: str, board: str, as_of: AsOf) -> str:
    """What lacks when a board has no rating by a day, and which sources would bring it."""
    if as_of.clock == "then":
        return (
            f"ratings of {whose} on {board} on record by {as_of.date}: the source lmarena_ratings brings the boards of "
            "past days, arena_ratings only the newest"
        )
    return f"ratings of {whose} on {board}: sources arena_ratings and lmarena_ratings"


def records(rows: Sequence[Rated]) -> list[Rated]:
    """The rows that were better than everything released before; of those of one day the best alone."""
    found: list[Rated] = []
    for row in rows:
        if not found or row.rating > found[-1].rating:
            if found and found[-1].released_on == row.released_on:
                found.pop()
            found.append(row)
    return found


@dataclass(frozen=True)
class Reign:
    """How many days of a period each model was the best, and what became of its weights."""

    models: tuple[str, ...]
    days: tuple[int, ...]
    access: tuple[str, ...]
    unseen_days: int
    """Days of which the board cannot tell."""

    def count(self, access: Sequence[str] | None = None) -> Count:
        """Days by the weights of the best model; days that nobody can tell are unknown."""
        found = {"open": 0, "closed": 0, "unknown": self.unseen_days}
        for days, weights in zip(self.days, access or self.access, strict=True):
            found[weights if weights in ("open", "closed") else "unknown"] += days
        return Count(**found)


def reign(board: Board, first: date, last: date, unseen_from: date | None = None) -> Reign:
    """The best model on each day from `first` to `last`; days from `unseen_from` on cannot be told.

    Days before the first rated model are left out, and models that were the best on no day of the period.
    """
    best = records(board.by(last))
    after = last + timedelta(days=1)
    told_to = after if unseen_from is None else max(first, min(after, unseen_from))
    ends = [*(row.released_on for row in best), told_to][1:]
    held = [
        (row, (min(end, told_to) - min(max(row.released_on, first), told_to)).days)
        for row, end in zip(best, ends, strict=True)
    ]
    held = [(row, days) for row, days in held if days > 0]
    return Reign(
        tuple(row.model_id for row, _ in held),
        tuple(days for _, days in held),
        tuple(row.weights_access for row, _ in held),
        max((after - told_to).days, 0) if best else 0,
    )


def month_ends(first: date, last: date) -> list[date]:
    """The last days of the months, from that of `first` on, that were over by `last`."""
    ends: list[date] = []
    start = date(first.year, first.month, 1)
    while True:
        following = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        if following - timedelta(days=1) > last:
            return ends
        ends.append(following - timedelta(days=1))
        start = following


def best_by_lab(rows: Sequence[Rated]) -> dict[str, Rated]:
    """The best model of each maker, the first released of equals."""
    best: dict[str, Rated] = {}
    for row in rows:
        lab = row.organisation_id
        if lab is not None and (lab not in best or row.rating > best[lab].rating):
            best[lab] = row
    return best


def rank(lab: str, best: Mapping[str, Rated]) -> int:
    """The place of a maker's best model among those of all makers: 1 for the best, equals share a place."""
    return 1 + sum(row.rating > best[lab].rating for row in best.values())


def difference(better: Rated, other: Rated, level: float) -> statistics.Interval:
    """Points by which one rating exceeds another, the two errors taken as independent and normal."""
    from scipy.stats import norm

    points = better.rating - other.rating
    reach = float(norm.ppf((1 + level) / 2)) * math.hypot(better.error, other.error)
    return statistics.Interval(points, points - reach, points + reach)


@dataclass(frozen=True)
class Lead:
    """By how many points the best of some models is rated above the best of those with open weights."""

    best: Rated
    best_open: Rated
    points: statistics.Interval


def lead_over_open(rows: Sequence[Rated], level: float) -> Lead | None:
    """The lead of the best model over the best open one, both ratings in error; None without an open one.

    The lower end takes unknown weights as open, the upper one as closed.
    """
    best = max(rows, key=lambda row: row.rating, default=None)
    opened = max((row for row in rows if row.weights_access == "open"), key=lambda row: row.rating, default=None)
    if best is None or opened is None:
        return None
    perhaps = max((row for row in rows if row.weights_access != "closed"), key=lambda row: row.rating)
    none = statistics.Interval(0.0, 0.0, 0.0)
    least, most = (none if other is best else difference(best, other, level) for other in (perhaps, opened))
    return Lead(best, opened, statistics.Interval(most.estimate, least.low, most.high))


def days_with_open_best(board: Board, on: date, level: float, draws: int = 999) -> statistics.Interval | None:
    """The share of days, from the first rated model to `on`, on which the best released one had open weights.

    Ratings are redrawn from their errors taken as normal, for the percentile interval; its lower end takes unknown
    weights as closed, its upper one as open. None without a rated model by the day.
    """
    import numpy as np

    rows = board.by(on)
    if not rows:
        return None
    starts = np.array([row.released_on for row in rows], dtype="datetime64[D]")
    days = np.diff(np.append(starts, np.datetime64(on) + np.timedelta64(1, "D"))).astype(float)
    ratings = np.vstack([[row.rating for row in rows], drawn_ratings(rows, draws)])
    leads = ratings == np.maximum.accumulate(ratings, axis=1)
    leader = np.maximum.accumulate(np.where(leads, np.arange(len(rows)), 0), axis=1)
    is_open, may_be_open = (
        np.array([row.weights_access in access for row in rows], dtype=float)[leader] @ days / days.sum()
        for access in (("open",), ("open", "unknown"))
    )
    tail = (1 - level) / 2
    low, high = float(np.quantile(is_open[1:], tail)), float(np.quantile(may_be_open[1:], 1 - tail))
    found = float(is_open[0])
    return statistics.Interval(found, min(low, found), max(high, float(may_be_open[0])))


def drawn_ratings(rows: Sequence[Rated], draws: int) -> "NDArray[np.float64]":
    """Ratings drawn from their errors taken as normal: a row for each draw, a column for each model."""
    import numpy as np

    noise = np.random.default_rng(statistics.SEED).standard_normal((draws, len(rows)))
    ratings, errors = (np.array([row[place] for row in rows], dtype=float) for place in (1, 6))
    return np.asarray(ratings + noise * errors, dtype=float)
