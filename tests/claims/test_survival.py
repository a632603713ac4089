"""Interval-censored times against another library's fit, and against times whose median is known."""

import math

import numpy as np
import pytest

from pipeline.claims.survival import interval_censored_median

# Freireich et al. (1963), remission of leukaemia under placebo, weeks: all observed.
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_exact_times_give_the_maximum_likelihood_fit_of_another_library() -> None:
    from scipy.stats import weibull_min

    shape, _, scale = weibull_min.fit(PLACEBO, floc=0)
    found = interval_censored_median(PLACEBO, PLACEBO, 0.95)
    assert found is not None
    assert found.shape == pytest.approx(shape, rel=1e-3)
    assert found.scale == pytest.approx(scale, rel=1e-3)
    assert found.median.estimate == pytest.approx(weibull_min.median(shape, scale=scale), rel=1e-3)
    assert found.median.low < found.median.estimate < found.median.high


def test_right_censoring_is_taken_into_account() -> None:
    generator = np.random.default_rng(4)
    times = 10 * generator.weibull(1.5, 400)
    censor = generator.uniform(3, 20, 400)
    lower, upper = np.minimum(times, censor), np.where(times <= censor, times, math.inf)
    found = interval_censored_median(lower.tolist(), upper.tolist(), 0.95)
    assert found is not None
    assert found.median.low < 10 * math.log(2) ** (1 / 1.5) < found.median.high
    ignored = float(np.median(times[times <= censor]))
    assert ignored < found.median.low


def test_inspection_at_fixed_times_does_not_bias_the_median() -> None:
    generator = np.random.default_rng(6)
    times = 10 * generator.weibull(1.5, 400)
    lower, upper = 2 * np.floor(times / 2), 2 * np.ceil(times / 2)
    found = interval_censored_median(lower.tolist(), upper.tolist(), 0.95)
    assert found is not None
    assert found.median.low < 10 * math.log(2) ** (1 / 1.5) < found.median.high
    assert interval_censored_median(upper.tolist(), upper.tolist(), 0.95).median.low > found.median.low  # type: ignore[union-attr]


def test_too_little_gives_none() -> None:
    assert interval_censored_median([1.0, 2.0], [1.0, 2.0], 0.95) is None
    assert interval_censored_median([3.0] * 9, [math.inf] * 9, 0.95) is None
    zero = interval_censored_median([0.0, 0.0, 1.0, 2.0, 3.0, 4.0], [0.0, 0.5, 1.0, 2.0, 3.0, math.inf], 0.9)
    assert zero is not None


def test_interval_censored_times_give_the_largest_likelihood_found_without_the_library() -> None:
    """Klein and Moeschberger (2003), formula 3.5.1: each time adds the chance of lying between its bounds."""
    from scipy.optimize import minimize
    from scipy.stats import weibull_min

    generator = np.random.default_rng(9)
    times = 10 * generator.weibull(1.5, 60)
    lower = 3 * np.floor(times / 3)
    upper = np.where(times > 18, math.inf, lower + 3)
    lower = np.where(times > 18, 18.0, lower)

    def surprise(logarithms: np.ndarray) -> float:
        scale, shape = np.exp(logarithms)
        chance = weibull_min.sf(lower, shape, scale=scale) - weibull_min.sf(upper, shape, scale=scale)
        return float(-np.log(chance).sum())

    scale, shape = np.exp(minimize(surprise, [2.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-7}).x)
    found = interval_censored_median(lower.tolist(), upper.tolist(), 0.95)
    assert found is not None
    assert (found.scale, found.shape) == (pytest.approx(scale, rel=2e-3), pytest.approx(shape, rel=2e-3))
    assert found.median.estimate == pytest.approx(scale * math.log(2) ** (1 / shape), rel=2e-3)
