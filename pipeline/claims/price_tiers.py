"""What closed models of a given rating cost, month by month, and when others of that rating came; no verdict in it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

RATING_FLOORS = tuple(range(1000, 1526, 25))
MONTHS_AT_LEAST = 3
"""Months with a price that a floor needs on both sides of entry."""


@dataclass(frozen=True)
class Panel:
    """Log prices by rating floor and month, NaN where there is none, and the month when each floor was reached."""

    tiers: tuple[int, ...]
    first_month: int
    log_price: "Floats"
    """Rating floors by months."""
    entered: "Floats"
    """Column of the month of entry, negative before the first month, infinite if never."""

    def thinned(self, step: int) -> "Panel":
        """Only the floors at multiples of `step`."""
        keep = [i for i, tier in enumerate(self.tiers) if tier % step == 0]
        return Panel(tuple(self.tiers[i] for i in keep), self.first_month, self.log_price[keep], self.entered[keep])

    def before_entry(self) -> "Panel":
        """The prices of months in which the floor had not been reached."""
        import numpy as np

        columns = np.arange(self.log_price.shape[1])
        untouched = columns[None, :] < self.entered[:, None]
        return Panel(self.tiers, self.first_month, np.where(untouched, self.log_price, np.nan), self.entered)


def cheapest_listings(prices: "pd.DataFrame") -> "pd.DataFrame":
    """The lowest price above zero of each rated model in each month and catalogue, US dollars per million tokens."""
    kept = prices[prices["blended_price_usd_per_mtok"] > 0].dropna(subset=["rating", "model_id", "month"])
    grouped = kept.groupby(["catalogue", "weights_access", "month", "model_id"], as_index=False)
    return grouped.agg(price=("blended_price_usd_per_mtok", "min"), rating=("rating", "max"))


def month_number(dates: Any) -> Any:
    """Months since year 0, for arithmetic."""
    import pandas as pd

    stamps = pd.DatetimeIndex(pd.to_datetime(dates))
    return stamps.year * 12 + stamps.month - 1


def floors(listings: "pd.DataFrame", access: str, tiers: Sequence[int], rank: int = 1) -> "tuple[int, Floats]":
    """First month, and the log of the `rank`-th lowest price at each rating floor in each month; NaN where none.

    `listings` are those of one catalogue, as `cheapest_listings` gives them.
    """
    import numpy as np

    rows = listings[listings["weights_access"] == access]
    if rows.empty:
        return 0, np.empty((len(tiers), 0))
    months = np.asarray(month_number(rows["month"]))
    first, last = int(months.min()), int(months.max())
    price, rating = rows["price"].to_numpy(dtype=float), rows["rating"].to_numpy(dtype=float)
    found = np.full((len(tiers), last - first + 1), np.nan)
    for column in range(found.shape[1]):
        here = months == first + column
        for row, tier in enumerate(tiers):
            able = np.sort(price[here & (rating >= tier)])
            if len(able) >= rank:
                found[row, column] = math.log(able[rank - 1])
    return first, found


def panel(
    listings: "pd.DataFrame",
    rated: "pd.DataFrame",
    rank: int = 1,
    entry: str = "released or listed",
    entrant: str = "open",
) -> Panel:
    """Closed floor prices of one catalogue and when each floor was reached.

    `entrant` is `open`, the id of an organisation with open weights, or `second closed lab`.
    """
    import numpy as np

    tiers = RATING_FLOORS
    first, log_price = floors(listings, "closed", tiers, rank)
    access = "closed" if entrant == "second closed lab" else "open"
    released = rated[rated["weights_access"] == access].drop_duplicates("model_id")
    listed = listings[listings["weights_access"] == access].merge(
        released[["model_id", "organisation_id"]], on="model_id", how="left"
    )
    arrivals = [_arrivals(listed, "month")]
    if entry == "released or listed":
        arrivals.append(_arrivals(released, "released_on"))
    labs, ratings, months = (np.concatenate(parts) for parts in zip(*arrivals, strict=True))
    if entrant == "second closed lab":
        named = np.array([isinstance(lab, str) for lab in labs], dtype=bool)
        labs, ratings, months = labs[named], ratings[named], months[named]
    elif entrant != "open":
        own = labs == entrant
        ratings, months = ratings[own], months[own]
    entered = np.full(len(tiers), np.inf)
    for row, tier in enumerate(tiers):
        able = ratings >= tier
        if entrant != "second closed lab":
            entered[row] = months[able].min(initial=np.inf) - first
            continue
        first_by_lab: dict[Any, float] = {}
        for lab, month in zip(labs[able], months[able], strict=True):
            first_by_lab[lab] = min(month, first_by_lab.get(lab, month))
        if len(first_by_lab) > 1:
            entered[row] = sorted(first_by_lab.values())[1] - first
    return Panel(tiers, first, log_price, entered)


def _arrivals(rows: "pd.DataFrame", dated: str) -> "tuple[Any, Floats, Floats]":
    """Organisation, rating and month of each row."""
    import numpy as np

    return (
        rows["organisation_id"].to_numpy(dtype=object),
        rows["rating"].to_numpy(dtype=float),
        np.asarray(month_number(rows[dated]), dtype=float),
    )


def early(actual: Panel) -> Panel:
    """Entry six months before the true one, seen only in months before the true one."""
    return Panel(actual.tiers, actual.first_month, actual.before_entry().log_price, actual.entered - 6)


def above(actual: Panel) -> Panel:
    """Entry moved to the next floor up that stayed out of reach for six months, in untouched months only."""
    import numpy as np

    moved = np.full(len(actual.tiers), np.inf)
    for month in sorted(m for m in actual.entered if math.isfinite(m)):
        beyond = [i for i, entered in enumerate(actual.entered) if entered >= month + 6]
        if beyond and math.isinf(moved[beyond[0]]):
            moved[beyond[0]] = month
    return Panel(actual.tiers, actual.first_month, actual.before_entry().log_price, moved)


def changes_after_entry(log_price: "Floats", entered: "Floats", months: int = 6) -> list[float]:
    """For each floor reached, its mean change over `months` from entry on against what untouched prices foretell.

    The imputation estimator of Borusyak, Jaravel and Spiess (2024), Rev. Econ. Stud. 91:3253: effects of floors and
    of months are fitted by least squares to the prices of months before entry only, at all floors; a change is the
    price less the sum of the two. Floors need three months with a price before entry and three after it in which the
    sum is identified, that is tied to the rest by untouched prices.
    """
    return changes_of_each((log_price,), entered, months)[0]


def changes_of_each(outcomes: "Sequence[Floats]", entered: "Floats", months: int = 6) -> list[list[float]]:
    """`changes_after_entry` of several outcomes that are missing in the same places."""
    import numpy as np
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    floor_count, month_count = outcomes[0].shape
    since = np.arange(month_count) - entered[:, None]
    present = np.isfinite(outcomes[0])
    before, after = present & (since < 0), present & (since >= 0) & (since < months)
    design = before.astype(float)
    known = [np.where(before, outcome, 0.0) for outcome in outcomes]
    gram = np.block([[np.diag(design.sum(axis=1)), design], [design.T, np.diag(design.sum(axis=0))]])
    _, tied = connected_components(csr_array(gram), directed=False)
    # Each connected part leaves one constant free; this fixes it and leaves all sums within the part as they are.
    side = np.repeat([1.0, -1.0], [floor_count, month_count])
    free = (tied[:, None] == np.arange(tied.max(initial=-1) + 1)) * side[:, None]
    sums = np.column_stack([np.concatenate([values.sum(axis=1), values.sum(axis=0)]) for values in known])
    effects = np.linalg.solve(gram + free @ free.T, sums)
    after &= tied[:floor_count, None] == tied[None, floor_count:]
    enough = np.minimum(before.sum(axis=1), after.sum(axis=1)) >= MONTHS_AT_LEAST
    found = []
    for place, outcome in enumerate(outcomes):
        foretold = effects[:floor_count, place, None] + effects[None, floor_count:, place]
        change = np.where(after, outcome - foretold, 0.0)[enough].sum(axis=1) / after[enough].sum(axis=1)
        found.append([float(value) for value in change])
    return found
