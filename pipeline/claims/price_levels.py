"""What open and closed models cost beside each other: levels, and no effect of the one on the other."""

import math
from typing import TYPE_CHECKING

from pipeline.claims import regression, statistics
from pipeline.claims.findings import Estimate
from pipeline.claims.price_tiers import RATING_FLOORS, Panel, floors, month_number
from pipeline.claims.registration import Hypothesis

if TYPE_CHECKING:
    import pandas as pd


def closed_trend(hypothesis: Hypothesis, data: Panel, floor: int) -> Estimate:
    """The trend of the lowest closed price at a rating floor, as change in a year; gaps keep the last price."""
    import numpy as np
    import pandas as pd

    series = data.log_price[data.tiers.index(floor)]
    priced = np.flatnonzero(np.isfinite(series))
    unit = "relative change of the price in a year"
    if len(priced) < hypothesis.minimum_sample:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(priced))
    values = pd.Series(series[priced[0] : priced[-1] + 1]).ffill().to_list()
    level = 1 - hypothesis.alpha
    trend = statistics.trend(values, level)
    if trend is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(priced))
    filled = len(values) - len(priced)
    note = f"{filled} months without a price keep the last one." if filled else ""
    slope = trend.slope.through(lambda monthly: math.expm1(12 * monthly))
    return Estimate.of(hypothesis.hypothesis_id, unit, slope, level, len(priced), trend.p_value, note=note)


def open_discount(hypothesis: Hypothesis, listings: "pd.DataFrame") -> Estimate:
    """The lowest open over the lowest closed price, less one, averaged over the pairs of the newest month with any."""
    import numpy as np

    unit = "relative difference from the closed price"
    tiers = RATING_FLOORS
    (first_open, opened), (first_closed, closed) = (floors(listings, access, tiers) for access in ("open", "closed"))
    last = min(first_open + opened.shape[1], first_closed + closed.shape[1]) - 1
    for month in range(last, max(first_open, first_closed) - 1, -1):
        pairs = np.column_stack([opened[:, month - first_open], closed[:, month - first_closed]])
        pairs = np.unique(pairs[np.isfinite(pairs).all(axis=1)], axis=0)
        if len(pairs):
            break
    else:
        return Estimate(hypothesis.hypothesis_id, unit, note="No month with both prices at one floor.")
    level = 1 - hypothesis.alpha
    mean = statistics.bootstrap_mean(list(pairs[:, 0] - pairs[:, 1]), level)
    note = f"Prices of {month // 12}-{month % 12 + 1:02d}."
    if mean is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(pairs), note=note)
    return Estimate.of(hypothesis.hypothesis_id, unit, mean.through(math.expm1), level, len(pairs), note=note)


def open_premium(hypothesis: Hypothesis, listings: "pd.DataFrame", rated: "pd.DataFrame") -> Estimate:
    """The price of open over closed models of equal rating in the same month, less one, over the last year."""
    import numpy as np

    unit = "relative difference from the closed price"
    makers = rated.drop_duplicates("model_id")[["model_id", "organisation_id"]]
    rows = listings[listings["weights_access"].isin(["open", "closed"])].merge(makers, on="model_id", how="left")
    if rows.empty:
        return Estimate(hypothesis.hypothesis_id, unit)
    month = month_number(rows["month"])
    rows = rows.assign(month=month, log_price=np.log(rows["price"]), is_open=rows["weights_access"] == "open")
    rows = rows[rows["month"] > month.max() - 12]
    level = 1 - hypothesis.alpha
    found = regression.hedonic_premium(rows, "log_price", ["rating"], "is_open", "month", "organisation_id", level)
    if found is None or len(rows) < hypothesis.minimum_sample:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(rows))
    premium, p_value = found
    return Estimate.of(
        hypothesis.hypothesis_id, unit, premium.through(math.expm1), level, len(rows), p_value,
        note=f"{rows['organisation_id'].nunique()} makers.",
    )  # fmt: skip


def open_cohorts(hypothesis: Hypothesis, prices: "pd.DataFrame") -> Estimate:
    """The change in a year of the price at which new open models come on the list of one catalogue."""
    import numpy as np
    from scipy.stats import kendalltau, theilslopes

    unit, level = "relative change of the price in a year", 1 - hypothesis.alpha
    own = prices[prices["blended_price_usd_per_mtok"] > 0]
    opened = own[(own["weights_access"] == "open") & own["model_id"].notna()]
    lowest = opened.groupby(["model_id", "month"], as_index=False).agg(price=("blended_price_usd_per_mtok", "min"))
    new = lowest.sort_values("month").drop_duplicates("model_id")
    new = new[new["month"] > own["month"].min()]
    years = month_number(new["month"]) / 12
    if len(new) < hypothesis.minimum_sample or years.nunique() < 2:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(new))
    logs = np.log(new["price"].to_numpy(dtype=float))
    slope, _, low, high = (float(value) for value in theilslopes(logs, years, alpha=level))
    p_value = float(kendalltau(years, logs).pvalue)
    medians = {year: math.exp(np.median(logs[years.astype(int) == year])) for year in sorted(set(years.astype(int)))}
    note = "Median by year: " + ", ".join(f"{year} {price:.2g}" for year, price in medians.items()) + " US dollars."
    found = statistics.Interval(slope, low, high).through(math.expm1)
    return Estimate.of(hypothesis.hypothesis_id, unit, found, level, len(new), p_value, note=note)
