"""Regressions over panels and over priced things of different quality; no claim and no verdict in it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.claims.statistics import Interval

if TYPE_CHECKING:
    import pandas as pd


def panel_coefficients(
    rows: "pd.DataFrame", outcome: str, regressors: Sequence[str], unit: str, period: str, level: float
) -> Mapping[str, tuple[Interval, float]]:
    """Coefficients with effects of units and of periods taken out, each with its interval and p-value.

    Within estimator by linearmodels' PanelOLS; errors of Driscoll and Kraay (1998), Rev. Econ. Stat. 80:549, robust
    to correlation between units and over time. With few units the p-values promise too much: permute instead.
    """
    from linearmodels.panel import PanelOLS

    data = rows.set_index([unit, period])
    fitted = PanelOLS(data[outcome], data[list(regressors)], entity_effects=True, time_effects=True).fit(
        cov_type="kernel"
    )
    low, high = (fitted.conf_int(level)[end].astype(float) for end in ("lower", "upper"))
    return {
        name: (Interval(float(fitted.params[name]), low[name], high[name]), float(fitted.pvalues[name]))
        for name in regressors
    }


def hedonic_index(
    rows: "pd.DataFrame", log_price: str, qualities: Sequence[str], period: str, cluster: str, level: float
) -> Mapping[object, Interval]:
    """The log price in each period relative to the first at equal quality, with intervals clustered by `cluster`.

    Time-dummy method: Court (1939), Griliches (1961); Triplett (2006), Handbook on Hedonic Indexes, chapter III.
    Least squares by statsmodels. Rows with a missing value are left out.
    """
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm

    kept = rows.dropna(subset=[log_price, *qualities, period, cluster])
    periods = sorted(kept[period].unique())
    if len(periods) < 2 or len(kept) <= len(periods) + len(qualities):
        return {}
    dummies = [(kept[period] == later).to_numpy(dtype=float) for later in periods[1:]]
    levels = [kept[name].to_numpy(dtype=float) for name in qualities]
    design = np.column_stack([np.ones(len(kept)), *levels, *dummies])
    groups = pd.factorize(kept[cluster])[0]
    fitted = sm.OLS(kept[log_price].to_numpy(dtype=float), design).fit(cov_type="cluster", cov_kwds={"groups": groups})
    ends = fitted.conf_int(1 - level)
    first = 1 + len(qualities)
    found = {periods[0]: Interval(0.0, 0.0, 0.0)}
    for place, later in enumerate(periods[1:], start=first):
        found[later] = Interval(float(fitted.params[place]), float(ends[place][0]), float(ends[place][1]))
    return found


def hedonic_premium(
    rows: "pd.DataFrame", log_price: str, qualities: Sequence[str], flag: str, period: str, cluster: str, level: float
) -> tuple[Interval, float] | None:
    """The log price of flagged things over that of others of equal quality in the same period, with its p-value.

    Rosen (1974), J. Polit. Econ. 82:34; least squares by statsmodels with a dummy for each period, errors clustered by
    `cluster`. Rows with a missing value are left out; None without both kinds or with fewer than five clusters.
    """
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm

    kept = rows.dropna(subset=[log_price, *qualities, flag, period, cluster])
    marked = kept[flag].to_numpy(dtype=float)
    if len(kept) < 10 or not 0 < marked.mean() < 1 or kept[cluster].nunique() < 5:
        return None
    dummies = pd.get_dummies(kept[period], drop_first=True, dtype=float).to_numpy()
    levels = [kept[name].to_numpy(dtype=float) for name in qualities]
    design = np.column_stack([np.ones(len(kept)), marked, *levels, dummies])
    groups = pd.factorize(kept[cluster])[0]
    fitted = sm.OLS(kept[log_price].to_numpy(dtype=float), design).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
    )
    low, high = fitted.conf_int(1 - level)[1]
    return Interval(float(fitted.params[1]), float(low), float(high)), float(fitted.pvalues[1])
