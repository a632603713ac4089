"""How long records of closed models stood until open ones matched them; which are asked for is for the claim to say."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

DAYS_PER_MONTH = 365.25 / 12
NOT_WORSE, AS_GOOD = "not significantly worse", "rated as high"
NO_WIDER = "not significantly worse, and rated as precisely"

Lags: TypeAlias = tuple[tuple[float, ...], tuple[bool, ...]]
"""Months from each record to its match or to the day of evaluation, and whether it was matched."""


@dataclass(frozen=True)
class Board:
    """The rated releases of one board in order of release, the best of a day first: one entry of each array apiece."""

    day: Any
    rating: Any
    low: Any
    high: Any
    access: Any
    lab: Any
    rung: Any
    """Open, closed or unknown under the definition of free that is asked for."""

    @classmethod
    def of(cls, rated: "pd.DataFrame", rung: "pd.Series | NDArray[Any] | None" = None) -> "Board":
        """Of rows of one board with rating and day; a missing interval end counts as the rating.

        `rung` holds labels of the same rows under a stricter definition than `weights_access`.
        """
        rows = rated.assign(rung=rated["weights_access"] if rung is None else rung)
        rows = rows.sort_values(["released_on", "rating"], ascending=[True, False])
        return cls(
            rows["released_on"].to_numpy(dtype="datetime64[D]"),
            rows["rating"].to_numpy(dtype=float),
            rows["rating_low"].fillna(rows["rating"]).to_numpy(dtype=float),
            rows["rating_high"].fillna(rows["rating"]).to_numpy(dtype=float),
            rows["weights_access"].to_numpy(dtype=object),
            rows["organisation_id"].to_numpy(dtype=object),
            rows["rung"].to_numpy(dtype=object),
        )

    def only(self, keep: Any) -> "Board":
        """The releases where `keep` is true."""
        return Board(*(getattr(self, f.name)[keep] for f in fields(self)))

    def records(self) -> "Board":
        """The closed releases that set a new best rating among all releases; of one day only the best."""
        import numpy as np

        best_before = np.concatenate([[-np.inf], np.maximum.accumulate(self.rating)[:-1]])[: len(self.rating)]
        return self.only((self.rating > best_before) & (self.access == "closed"))


@dataclass(frozen=True)
class Matched:
    """The records of a board with their lags, and which labs set and matched most of them."""

    lags: Lags
    groups: tuple[int, ...]
    """One number for all records that the same release matched, and one for all that none has."""
    ages: tuple[float, ...]
    """Months from each record to the day of evaluation."""
    record_lab: str | None
    matching_lab: str | None


def followed_up(rated: "pd.DataFrame", on: date) -> "tuple[pd.DataFrame, date]":
    """The releases that were out when their board was read, and the last day on which a match could be seen.

    A board read on a day says nothing of the days after it, so what is not matched by then is censored there.
    """
    if rated.empty:
        return rated, on
    followed = rated[rated["released_on"] <= rated["rated_on"]]
    return followed, min(on, rated["rated_on"].max().date())


def match_records(board: Board, on: date, match: str, since: str = "all", unknown_matches: bool = False) -> Matched:
    """Each record of a board with the first release open on its rung, on its day or later, that matches it.

    `match` is one of NOT_WORSE, AS_GOOD and NO_WIDER; `since` is `all` or `since <date of the record>`. Open weights
    of which it is not known whether they reach the rung match only if `unknown_matches`.
    """
    import numpy as np

    found = board.records()
    if since != "all":
        found = found.only(found.day >= np.datetime64(since.removeprefix("since ")))
    reached = (board.rung == "open") | ((board.rung == "unknown") & unknown_matches)
    rivals = board.only((board.access == "open") & reached)
    months, observed, groups, matching = [], [], [], []
    for day, rating, low, high in zip(found.day, found.rating, found.low, found.high, strict=True):
        good = rivals.rating >= rating if match == AS_GOOD else rivals.high >= low
        if match == NO_WIDER:
            good &= rivals.high - rivals.low <= high - low
        places = np.flatnonzero(good & (rivals.day >= day))
        end = rivals.day[places[0]] if len(places) else np.datetime64(on)
        months.append(float((end - day) / np.timedelta64(1, "D")) / DAYS_PER_MONTH)
        observed.append(bool(len(places)))
        groups.append(int(places[0]) if len(places) else len(rivals.day))
        matching += [rivals.lab[places[0]]] if len(places) else []
    ages = ((np.datetime64(on) - found.day) / np.timedelta64(1, "D") / DAYS_PER_MONTH).tolist()
    together = tuple(np.unique(groups, return_inverse=True)[1].tolist())
    return Matched((tuple(months), tuple(observed)), together, tuple(ages), _most(found.lab), _most(matching))


def _most(labs: Iterable[Any]) -> str | None:
    """The lab named most often, the first by name of equals."""
    named = [lab for lab in labs if isinstance(lab, str)]
    return min(set(named), key=lambda lab: (-named.count(lab), lab)) if named else None
