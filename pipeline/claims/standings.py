"""Who is best on a board among the models released by a day, read from one vintage; no test and no verdict in it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
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
)
"""The boards on which models of all makers are rated; the first is the headline's."""

POINTS_PER_ERROR = 2 * 1.959963984540054
"""Width of a 95 % interval in standard errors."""


def board_of(rated: "pd.DataFrame", name: str) -> "pd.DataFrame":
    """The dated ratings of one board, with interval ends where there are none put to the rating itself."""
    rows = rated[rated["board"] == name].dropna(subset=["rating", "released_on"])
    return rows.assign(
        rating_low=rows["rating_low"].fillna(rows["rating"]), rating_high=rows["rating_high"].fillna(rows["rating"])
    )


def read_on(board: "pd.DataFrame", on: date) -> date:
    """The last day of which a board can tell anything, up to `on`: the day it was read."""
    return on if board.empty else min(on, board["rated_on"].max().date())


def records(board: "pd.DataFrame") -> "pd.DataFrame":
    """The rows that were better than everything released before, in order of release."""
    ordered = board.sort_values(["released_on", "rating", "model_id"], ascending=[True, False, True])
    return ordered[ordered["rating"] > ordered["rating"].cummax().shift(fill_value=-math.inf)]


@dataclass(frozen=True)
class Reign:
    """How many days of a period each model was the best, and what became of its weights."""

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


def reign(board: "pd.DataFrame", first: date, last: date, unseen_from: date | None = None) -> Reign:
    """The best model on each day from `first` to `last`; days from `unseen_from` on cannot be told.

    Days before the first rated model are left out.
    """
    import numpy as np
    import pandas as pd

    best = records(board)
    starts = pd.to_datetime(best["released_on"]).to_numpy().astype("datetime64[D]")
    end = np.datetime64(last, "D") + 1
    told_to = end if unseen_from is None else min(end, max(np.datetime64(unseen_from, "D"), np.datetime64(first, "D")))
    edges = np.clip(np.append(starts, told_to), np.datetime64(first, "D"), told_to)
    days = np.diff(edges).astype(int)
    unseen = int((end - told_to).astype(int)) if len(best) else 0
    return Reign(tuple(int(d) for d in days), tuple(best["weights_access"]), max(unseen, 0))


def month_ends(first: date, last: date) -> list[date]:
    """The last days of the months from that of `first` on that were over by `last`."""
    ends = []
    start = date(first.year, first.month, 1)
    while True:
        following = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        if following - timedelta(days=1) > last:
            return ends
        ends.append(following - timedelta(days=1))
        start = following


def best_by_maker(board: "pd.DataFrame", days: Sequence[date]) -> "pd.DataFrame":
    """The best rating of each maker (columns) among releases by each day (rows); NaN before its first."""
    import numpy as np
    import pandas as pd

    named = board.dropna(subset=["organisation_id"])
    if named.empty or not days:
        return pd.DataFrame(index=pd.Index(days, dtype=object))
    best = named.assign(day=pd.to_datetime(named["released_on"])).pivot_table(
        index="day", columns="organisation_id", values="rating", aggfunc="max"
    )
    running = best.cummax().ffill()
    places = running.index.searchsorted(pd.to_datetime(list(days)), side="right") - 1
    values = np.where((places >= 0)[:, None], running.to_numpy()[np.maximum(places, 0)], np.nan)
    return pd.DataFrame(values, index=pd.Index(list(days), dtype=object), columns=running.columns)


def standard_error(row: Mapping[str, Any]) -> float:
    """The standard error of a rating, from the width of its 95 % interval."""
    return float(row["rating_high"] - row["rating_low"]) / POINTS_PER_ERROR


def difference(better: Mapping[str, Any], other: Mapping[str, Any], level: float) -> statistics.Interval:
    """Points by which one rating exceeds another, the two errors taken as independent."""
    from scipy.stats import norm

    points = float(better["rating"]) - float(other["rating"])
    reach = float(norm.ppf((1 + level) / 2)) * math.hypot(standard_error(better), standard_error(other))
    return statistics.Interval(points, points - reach, points + reach)


def drawn_ratings(board: "pd.DataFrame", draws: int) -> "NDArray[np.float64]":
    """Ratings drawn from their intervals taken as normal: a row for each draw, a column for each row of the board."""
    import numpy as np

    errors = (board["rating_high"] - board["rating_low"]).to_numpy(dtype=float) / POINTS_PER_ERROR
    noise = np.random.default_rng(statistics.SEED).standard_normal((draws, len(board)))
    return np.asarray(board["rating"].to_numpy(dtype=float) + noise * errors, dtype=float)
