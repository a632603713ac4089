"""Counts open and closed releases of groups of labs under each way of counting; no test and no verdict in it."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pipeline.claims.statistics import SEED

if TYPE_CHECKING:
    import pandas as pd

EVENT, CHECKPOINT = "release event", "checkpoint"
UNKNOWN_AS: Mapping[str, str | None] = {"left out": None, "as open": "open", "as closed": "closed"}
"""What is done with releases whose weights are unknown."""


@dataclass(frozen=True)
class Count:
    """Releases of a group by what became of their weights."""

    open: int
    closed: int
    unknown: int

    @property
    def known(self) -> int:
        return self.open + self.closed


def window_start(window: str, as_of: date) -> "pd.Timestamp":
    """The first day of a window given as `since 2023-01-01` or `last 24 months`."""
    import pandas as pd

    kind, _, rest = window.partition(" ")
    if kind == "since":
        return pd.Timestamp(rest)
    return pd.Timestamp(as_of) - pd.DateOffset(months=int(rest.split()[0]))


def within(releases: "pd.DataFrame", organisations: Collection[str], start: "pd.Timestamp") -> "pd.DataFrame":
    """The releases of some organisations from a day on."""
    import pandas as pd

    dated = pd.to_datetime(releases["released_on"])
    return releases[releases["organisation_id"].isin(list(organisations)) & (dated >= start)]


def count(releases: "pd.DataFrame", unit: str, unknown: str) -> Count:
    """Units by weights, in the columns organisation_id, released_on and weights_access.

    A checkpoint is a row; a release event is all that a lab put out on one day with the same access: a family that
    comes in five sizes on one day is one decision about openness, not five. `unknown` is a key of UNKNOWN_AS; labels
    are resolved first, then units are formed.
    """
    resolved = UNKNOWN_AS[unknown] or "unknown"
    rows = zip(
        releases["organisation_id"].to_list(),
        releases["released_on"].to_list(),
        (access if access in ("open", "closed") else resolved for access in releases["weights_access"].to_list()),
        strict=True,
    )
    found = Counter(access for *_, access in (rows if unit == CHECKPOINT else set(rows)))
    return Count(found["open"], found["closed"], found["unknown"])


def relabelled(releases: "pd.DataFrame", unit: str, rate: float, draws: int, seed: int = SEED) -> list[Count]:
    """The count after each known label is flipped independently with probability `rate`, once for each draw."""
    import numpy as np

    labels = releases["weights_access"].to_numpy(dtype=object)
    known, is_open = np.isin(labels, ["open", "closed"]), labels == "open"
    keys = releases[["organisation_id", "released_on"]].assign(row=range(len(releases)) if unit == CHECKPOINT else 0)
    places = keys.groupby(list(keys.columns), dropna=False).ngroup().to_numpy()
    member = np.zeros((len(releases), int(places.max(initial=-1)) + 1))
    member[np.arange(len(releases)), places] = 1
    now_open = is_open ^ (np.random.default_rng(seed).random((draws, len(releases))) < rate)
    open_count = ((now_open & known).astype(float) @ member > 0).sum(axis=1)
    closed_count = ((~now_open & known).astype(float) @ member > 0).sum(axis=1)
    return [Count(int(o), int(c), int((~known).sum())) for o, c in zip(open_count, closed_count, strict=True)]
