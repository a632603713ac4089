"""Times to an event known only within bounds, by a parametric model; Kaplan-Meier stands in `statistics`."""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.claims.statistics import Interval


@dataclass(frozen=True)
class WeibullTimes:
    """A fitted Weibull distribution of times."""

    median: Interval
    scale: float
    shape: float
    sample_size: int


def interval_censored_median(lower: Sequence[float], upper: Sequence[float], level: float) -> WeibullTimes | None:
    """The median of times that lie between bounds; an infinite upper bound is right-censored, equal bounds exact.

    Maximum likelihood of a Weibull model by lifelines' WeibullAFTFitter; Klein and Moeschberger (2003), Survival
    Analysis, 2nd ed., chapter 12, on interval-censored data section 3.5. The interval is that of the log scale and
    log shape by the delta method. None for fewer than five times, without an event, or where it does not converge.
    """
    import numpy as np
    import pandas as pd
    from lifelines import WeibullAFTFitter
    from lifelines.exceptions import ConvergenceError
    from scipy.stats import norm

    # A time of zero has no logarithm: it counts as a time within the first hundredth of a unit.
    low, high = np.maximum(np.asarray(lower, dtype=float), 1e-8), np.maximum(np.asarray(upper, dtype=float), 0.01)
    if len(low) < 5 or not np.isfinite(high).any():
        return None
    frame = pd.DataFrame({"low": low, "high": high})
    fitter = WeibullAFTFitter(alpha=1 - level)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fitter.fit_interval_censoring(frame, lower_bound_col="low", upper_bound_col="high")
    except (ConvergenceError, ValueError):
        return None
    log_scale, log_shape = (float(fitter.params_[name, "Intercept"]) for name in ("lambda_", "rho_"))
    covariance = fitter.variance_matrix_.to_numpy()
    order = [list(fitter.params_.index).index((name, "Intercept")) for name in ("lambda_", "rho_")]
    shape = math.exp(log_shape)
    log_median = log_scale + math.log(math.log(2)) / shape
    gradient = np.array([1.0, -math.log(math.log(2)) / shape])
    error = math.sqrt(max(0.0, float(gradient @ covariance[np.ix_(order, order)] @ gradient)))
    reach = float(norm.ppf((1 + level) / 2)) * error
    median = Interval(math.exp(log_median), math.exp(log_median - reach), math.exp(log_median + reach))
    return WeibullTimes(median, math.exp(log_scale), shape, len(low))
