"""Differences, counterfactuals, regressions and breaks against published values or effects put in by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from pipeline.claims.breaks import largest_break, level_breaks
from pipeline.claims.counterfactual import structural_gap, synthetic_gap
from pipeline.claims.differences import effect_around_dates, staggered_effect
from pipeline.claims.regression import hedonic_index, hedonic_premium, panel_coefficients


def entries(units: int = 24, periods: int = 16) -> np.ndarray:
    return np.array([4 + 2 * (i % 5) if i % 6 else np.inf for i in range(units)])[:units]


def test_staggered_effect_finds_what_was_put_in() -> None:
    generator, entered = np.random.default_rng(8), entries()
    level, shock = generator.normal(0, 1, (24, 1)), generator.normal(0, 1, (1, 16))
    after = np.arange(16)[None, :] >= entered[:, None]
    found = staggered_effect(level + shock - 0.5 * after + generator.normal(0, 0.1, (24, 16)), entered, 0.95)
    assert found is not None
    assert found.effect.low < -0.5 < found.effect.high
    assert found.effect.high - found.effect.low < 0.3
    assert found.p_value < 0.001
    assert found.treated_units == 20
    path = dict(found.path)
    assert all(interval.estimate == pytest.approx(-0.5, abs=0.25) for step, interval in path.items() if step >= 0)
    assert all(interval.estimate == pytest.approx(0.0, abs=0.25) for step, interval in path.items() if step < 0)
    assert found.robust is not None
    assert found.robust.low < found.effect.low < found.effect.high < found.robust.high


def test_one_date_of_entry_is_the_textbook_difference_in_differences() -> None:
    generator = np.random.default_rng(1)
    outcome = generator.normal(0, 1, (10, 2))
    entered = np.array([1.0] * 4 + [np.inf] * 6)
    found = staggered_effect(outcome, entered, 0.95)
    assert found is not None
    change = outcome[:, 1] - outcome[:, 0]
    assert found.effect.estimate == pytest.approx(change[:4].mean() - change[4:].mean())


def test_staggered_effect_with_gaps_and_without_anything_to_compare() -> None:
    generator, entered = np.random.default_rng(8), entries()
    outcome = generator.normal(0, 0.1, (24, 16)) - 0.5 * (np.arange(16)[None, :] >= entered[:, None])
    outcome[generator.random((24, 16)) < 0.1] = np.nan
    found = staggered_effect(outcome, entered, 0.95)
    assert found is not None
    assert found.effect.estimate == pytest.approx(-0.5, abs=0.15)
    assert staggered_effect(outcome, np.full(24, np.inf), 0.95) is None
    assert staggered_effect(np.full((3, 4), np.nan), np.array([1.0, 2.0, np.inf]), 0.95) is None


def test_dates_stand_out_from_placebo_dates_only_when_something_happens() -> None:
    generator = np.random.default_rng(2)
    series, events = generator.normal(0, 1, 120), [20, 50, 80, 105]
    quiet = effect_around_dates(series.tolist(), events, 3, 0.95)
    assert quiet is not None
    assert quiet[1] > 0.05
    for event in events:
        series[event : event + 3] -= 3
    loud = effect_around_dates(series.tolist(), events, 3, 0.95, "less")
    assert loud is not None
    assert loud[0].low < -3 + 0.8
    assert loud[0].high < 0
    assert loud[1] < 0.01
    exact = effect_around_dates([0.0] * 10 + [2.0] * 10, [10], 4, 0.95)
    assert exact is not None
    assert exact[0].estimate == pytest.approx(2.0)
    assert effect_around_dates(series.tolist(), [1], 3, 0.95) is None


def test_placebo_dates_keep_their_size() -> None:
    generator, rejected = np.random.default_rng(5), 0
    for _ in range(100):
        noise = generator.normal(size=60)
        series = [0.0]
        for shock in noise:
            series.append(0.6 * series[-1] + shock)
        found = effect_around_dates(series, generator.choice(60, 5, replace=False).tolist(), 3, 0.95, resamples=99)
        assert found is not None
        rejected += found[1] <= 0.05
    assert rejected <= 12


def test_structural_gap_finds_a_fall_below_the_forecast() -> None:
    generator = np.random.default_rng(3)
    steps = np.arange(40)
    season = np.array([0.0, 1.0, -1.0, 3.0])[steps % 4]
    other = 5 + np.cumsum(generator.normal(0, 0.3, 40))
    values = 20 + 0.5 * steps + season + 2 * other + generator.normal(0, 0.3, 40)
    untouched = structural_gap(values.tolist(), 34, 0.95, [other.tolist()], season=4)
    assert untouched is not None
    assert untouched.total.low < 0 < untouched.total.high
    values[34:] -= 5
    found = structural_gap(values.tolist(), 34, 0.95, [other.tolist()], season=4)
    assert found is not None
    assert len(found.path) == 6
    assert found.total.low < -30 < found.total.high < 0
    assert structural_gap(values.tolist(), 6, 0.95) is None


def test_synthetic_gap_recovers_weights_and_effect() -> None:
    generator = np.random.default_rng(4)
    donors = {name: 10 + np.cumsum(generator.normal(0, 1, 30)) for name in "abcdef"}
    treated = 0.6 * donors["a"] + 0.4 * donors["b"]
    treated[20:] += 4
    found = synthetic_gap({"t": treated.tolist(), **{k: v.tolist() for k, v in donors.items()}}, "t", 20)
    assert found is not None
    assert found.weights["a"] == pytest.approx(0.6, abs=0.03)
    assert found.mean_gap == pytest.approx(4, abs=0.2)
    assert found.p_value == pytest.approx(1 / 7)
    assert synthetic_gap({"t": [1.0] * 9, "a": [1.0] * 9}, "t", 4) is None


def test_panel_coefficients_are_those_of_grunfeld() -> None:
    import statsmodels.api as sm

    # Grunfeld's ten firms, two-way within estimates: Baltagi (2005), Econometric Analysis of Panel Data, table 3.1.
    rows = sm.datasets.grunfeld.load_pandas().data
    rows = rows[rows["firm"] != "American Steel"]
    found = panel_coefficients(rows, "invest", ["value", "capital"], "firm", "year", 0.95)
    assert found["value"][0].estimate == pytest.approx(0.118, abs=5e-4)
    assert found["capital"][0].estimate == pytest.approx(0.358, abs=5e-4)
    assert found["value"][0].low > 0
    assert found["value"][1] < 0.001


def test_hedonic_index_takes_quality_out() -> None:
    rows = pd.DataFrame(
        [
            {"p": 1.0 + 0.02 * q - 0.3 * t, "q": float(q), "t": 2024 + t, "lab": f"lab {q % 3}"}
            for t in range(3)
            for q in range(10 * t, 10 * t + 12)
        ]
    )
    found = hedonic_index(rows, "p", ["q"], "t", "lab", 0.95)
    assert [found[year].estimate for year in (2024, 2025, 2026)] == pytest.approx([0.0, -0.3, -0.6])
    without = hedonic_index(rows, "p", [], "t", "lab", 0.95)
    assert without[2026].estimate == pytest.approx(-0.2)
    assert hedonic_index(rows[rows["t"] == 2024], "p", ["q"], "t", "lab", 0.95) == {}


def test_hedonic_premium_is_the_difference_at_equal_quality() -> None:
    generator = np.random.default_rng(7)
    rows = pd.DataFrame(
        [
            {"p": 0.03 * q - 0.1 * t - 0.7 * is_open + generator.normal(0, 0.05), "q": q, "t": t, "open": is_open,
             "lab": f"lab {lab}"}
            for t in range(3) for lab in range(8) for is_open in (False, True)
            for q in generator.normal(50 + 20 * is_open, 10, 4)
        ]
    )  # fmt: skip
    found = hedonic_premium(rows, "p", ["q"], "open", "t", "lab", 0.95)
    assert found is not None
    assert found[0].low < -0.7 < found[0].high
    assert found[1] < 0.001
    assert rows[rows["open"]]["p"].mean() > rows[~rows["open"]]["p"].mean() - 0.5
    assert hedonic_premium(rows[rows["open"]], "p", ["q"], "open", "t", "lab", 0.95) is None


def test_breaks_of_the_nile() -> None:
    import statsmodels.api as sm

    # Cobb (1978), Biometrika 65:243: the flow of the Nile at Aswan fell in 1898, the 28th year of the series.
    flow = sm.datasets.nile.load_pandas().data["volume"].tolist()
    assert largest_break(flow) == 28
    assert level_breaks(flow) == [28]
    assert level_breaks([1.0, 2.0]) == []
    assert level_breaks([3.0] * 20) == []
    assert level_breaks([0.0] * 10 + [1.0] * 10) == [10]
    assert largest_break([1.0, 2.0]) is None
    assert not math.isnan(sum(flow))


def test_differences_in_differences_of_card_and_krueger() -> None:
    # Card and Krueger (1994), Am. Econ. Rev. 84:772, table 3: full-time employees a restaurant, mean before and after
    # the minimum wage rose in New Jersey: 20.44 and 21.03 there, 23.33 and 21.17 in Pennsylvania; 2.76 more (rounded).
    # The figures are from memory of the table; the arithmetic among them is what is tested.
    spread = np.array([[-1.0, -1.1], [0.0, 0.1], [1.0, 1.0]])
    outcome = np.vstack([np.array(means) + spread for means in ((20.44, 21.03), (23.33, 21.17))])
    found = staggered_effect(outcome, np.array([1.0] * 3 + [np.inf] * 3), 0.95)
    assert found is not None
    assert found.effect.estimate == pytest.approx(2.76, abs=0.015)


def test_staggered_effect_is_the_mean_of_the_group_time_effects() -> None:
    """Callaway and Sant'Anna (2021), theorem 1 with units not yet treated and no covariates, by hand."""
    generator = np.random.default_rng(11)
    entered = np.array([2.0] * 3 + [3.0] * 5 + [5.0] * 2 + [np.inf] * 4)
    outcome = generator.normal(0, 1, (14, 6))
    effects, weights = [], []
    for first in (2, 3, 5):
        own = entered == first
        for period in range(first, 6):
            change = outcome[:, period] - outcome[:, first - 1]
            effects.append(change[own].mean() - change[entered > period].mean())
            weights.append(own.sum())
    found = staggered_effect(outcome, entered, 0.95)
    assert found is not None
    assert found.effect.estimate == pytest.approx(np.average(effects, weights=weights))


def test_the_robust_interval_is_as_wide_as_the_trends_once_diverged() -> None:
    """Rambachan and Roth (2023), section 2.4.1: one period after entry, Mbar = 1, no noise: the effect and the largest
    step before it on either side."""
    generator = np.random.default_rng(12)
    entered = np.array([4.0] * 40 + [np.inf] * 40)
    outcome = generator.normal(0, 1, (80, 1)) + generator.normal(0, 1e-4, (80, 5))
    outcome[:40] += np.array([0.0, 0.3, 0.1, 0.2, 2.2])
    found = staggered_effect(outcome, entered, 0.95)
    assert found is not None
    assert found.effect.estimate == pytest.approx(2.0, abs=1e-3)
    assert found.robust is not None
    assert (found.robust.low, found.robust.high) == (pytest.approx(1.7, abs=0.02), pytest.approx(2.3, abs=0.02))


def test_one_date_is_ranked_among_all_dates_it_could_have_been() -> None:
    generator = np.random.default_rng(13)
    series, window, event = generator.normal(0, 1, 40), 4, 17
    jumps = [series[t : t + window].mean() - series[t - window : t].mean() for t in range(window, 40 - window + 1)]
    own = series[event : event + window].mean() - series[event - window : event].mean()
    found = effect_around_dates(series.tolist(), [event], window, 0.95, "greater", resamples=4000)
    assert found is not None
    assert found[0].estimate == pytest.approx(own)
    assert found[1] == pytest.approx(np.mean(np.array(jumps) >= own), abs=0.03)


def test_hedonic_index_of_matched_models_is_that_of_jevons() -> None:
    """Triplett (2006), Handbook on Hedonic Indexes, chapter 4: when every model is sold in every period the dummies are
    the means of the logarithms of price relatives."""
    generator = np.random.default_rng(14)
    prices = generator.normal(0, 1, (12, 3))
    quality = generator.normal(0, 1, 12)
    rows = pd.DataFrame(
        [{"p": prices[k, t], "q": quality[k], "t": t, "lab": k % 4} for k in range(12) for t in range(3)]
    )
    found = hedonic_index(rows, "p", ["q"], "t", "lab", 0.95)
    for period in (1, 2):
        assert found[period].estimate == pytest.approx((prices[:, period] - prices[:, 0]).mean())
