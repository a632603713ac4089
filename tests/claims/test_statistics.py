"""Each statistic against another library, a closed form or a published value."""

import math
from typing import get_args

import numpy as np
import pytest
from numpy.testing import assert_allclose

from pipeline.claims import statistics

# Freireich et al. (1963), remission times of leukaemia patients in weeks, as in Klein and Moeschberger, table 1.1.
DRUG = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
DRUG_SEEN = [bool(x) for x in (1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0)]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
# Fisher (1935), the lady tasting tea; values of fisher.test in R's documentation.
TEA = ((3, 1), (1, 3))


@pytest.mark.parametrize(("successes", "total"), [(0, 9), (3, 22), (5, 25), (9, 9)])
@pytest.mark.parametrize("level", [0.95, 0.99375])
def test_exact_share_agrees_with_another_library(successes: int, total: int, level: float) -> None:
    from scipy.stats import binomtest

    share = statistics.proportion(successes, total, level)
    other = binomtest(successes, total).proportion_ci(level, method="exact")
    assert_allclose((share.low, share.high), (other.low, other.high), atol=1e-9)


def test_exact_share_gives_published_values() -> None:
    # Newcombe (1998), Stat. Med. 17:857, table I, method 5: 81 of 263 and 15 of 148.
    assert_allclose(_ends(statistics.proportion(81, 263, 0.95)), (0.2527, 0.3676), atol=5e-5)
    assert_allclose(_ends(statistics.proportion(15, 148, 0.95)), (0.0578, 0.1617), atol=5e-5)


def test_binomial_test_is_a_tail_of_the_binomial() -> None:
    from scipy.stats import binom

    assert statistics.proportion_p_value(3, 22, 0.5, "less") == pytest.approx(binom.cdf(3, 22, 0.5))


def test_odds_ratio_gives_published_values() -> None:
    ratio = statistics.odds_ratio(TEA, 0.90)
    assert ratio is not None
    assert_allclose((ratio.estimate, ratio.low), (6.408309, 0.3135693), rtol=1e-4)
    assert statistics.fisher_p_value(TEA, "greater") == pytest.approx(17 / 70)


@pytest.mark.parametrize(
    "table", [((16, 6), (22, 182)), ((277, 4), (195, 110)), ((2, 196), (262, 66)), ((0, 5), (3, 9)), ((7, 0), (2, 8))]
)
@pytest.mark.parametrize("level", [0.9, 0.99375])
def test_odds_ratio_is_that_of_scipy(table: statistics.Table, level: float) -> None:
    from scipy.stats.contingency import odds_ratio

    found, theirs = statistics.odds_ratio(table, level), odds_ratio([list(row) for row in table], kind="conditional")
    assert found is not None
    interval = theirs.confidence_interval(level)
    assert_allclose(_ends(found), (interval.low, interval.high), rtol=1e-9)
    assert found.estimate == pytest.approx(theirs.statistic, rel=1e-9)


def test_odds_ratio_with_empty_cells() -> None:
    ratio = statistics.odds_ratio(((10, 0), (3, 20)), 0.95)
    assert ratio is not None
    assert ratio.estimate == math.inf
    assert ratio.high == math.inf
    assert 1 < ratio.low < math.inf
    assert statistics.odds_ratio(((0, 0), (3, 20)), 0.95) is None
    assert statistics.odds_ratio(((5, 0), (3, 0)), 0.95) is None


def test_ratio_of_odds_ratios_is_the_interaction_of_a_logistic_model() -> None:
    import statsmodels.api as sm

    before, after = ((20, 5), (7, 30)), ((9, 6), (12, 25))
    rows = [
        (opened, meta, late)
        for late, table in enumerate((before, after))
        for meta, (open_count, closed_count) in zip((1, 0), table, strict=True)
        for opened in [1] * open_count + [0] * closed_count
    ]
    outcome, meta, late = np.array(rows, dtype=float).T
    fit = sm.Logit(outcome, np.column_stack([np.ones_like(meta), meta, late, meta * late])).fit(disp=0)
    found = statistics.ratio_of_odds_ratios(before, after, 0.5, 0.95)
    assert found is not None
    interval, p_value = found
    assert interval.estimate == pytest.approx(math.exp(fit.params[3]), rel=1e-4)
    assert_allclose(np.log(_ends(interval)), fit.conf_int()[3], rtol=1e-4)
    from scipy.stats import norm

    assert p_value == pytest.approx(norm.sf((fit.params[3] - math.log(0.5)) / fit.bse[3]), rel=1e-3)


def test_ratio_of_odds_ratios_with_empty_cells_and_sides() -> None:
    found = statistics.ratio_of_odds_ratios(((10, 0), (3, 20)), ((5, 5), (5, 5)), 0.5, 0.95)
    assert found is not None
    assert 0 < found[0].low < found[0].estimate < found[0].high < math.inf
    assert statistics.ratio_of_odds_ratios(((0, 0), (3, 20)), ((5, 5), (5, 5)), 0.5, 0.95) is None


def test_trend_agrees_with_the_median_of_pairwise_slopes() -> None:
    import pymannkendall

    values = np.cumsum(np.random.default_rng(1).normal(0.3, 1, 30)).tolist()
    found = statistics.trend(values, 0.95)
    assert found is not None
    slopes = [(values[j] - values[i]) / (j - i) for i in range(30) for j in range(i + 1, 30)]
    assert found.slope.estimate == pytest.approx(np.median(slopes))
    assert found.slope.low < found.slope.estimate < found.slope.high
    (score,) = statistics._kendall_scores(np.asarray([values]))
    assert score == pymannkendall.original_test(values).s


def test_the_noise_of_a_trend_is_that_of_independent_values_where_there_is_no_memory() -> None:
    noise = statistics._noise_without_trend(200, 0)
    assert noise.widening == pytest.approx(1.0, abs=0.1)
    # Kendall (1975): the variance of the score without ties.
    assert np.mean(noise.scores**2) == pytest.approx(200 * 199 * 405 / 18, rel=0.2)
    # The variance of the mean of AR(1) values, and of a line through them, grows with (1 + phi) / (1 - phi).
    assert statistics._noise_without_trend(400, 25).widening == pytest.approx(math.sqrt(3), rel=0.05)


def test_trend_finds_a_strong_one_that_pre_whitening_would_take_away() -> None:
    import pymannkendall

    generator = np.random.default_rng(3)
    rising = [generator.normal(0.5 * step, 1) for step in range(24)]
    found = statistics.trend(rising, 0.95)
    assert found is not None
    assert found.p_value < 0.01 < pymannkendall.pre_whitening_modification_test(rising).p
    assert found.slope.low < 0.5 < found.slope.high


def test_trend_keeps_its_size_under_autocorrelation_where_the_plain_test_does_not() -> None:
    import pymannkendall

    generator = np.random.default_rng(7)
    ours = plain = covered = 0
    draws = 150
    for _ in range(draws):
        series, noise = [0.0], generator.normal(size=60)
        for shock in noise:
            series.append(0.6 * series[-1] + shock)
        found = statistics.trend(series[1:], 0.95)
        assert found is not None
        ours += found.p_value < 0.05
        covered += found.slope.low <= 0 <= found.slope.high
        plain += pymannkendall.original_test(series[1:]).p < 0.05
    assert ours / draws < 0.1
    assert covered / draws > 0.88
    assert plain / draws > 0.2


def test_trend_of_a_constant_and_of_a_short_series() -> None:
    flat = statistics.trend([2.0] * 30, 0.95)
    assert flat is not None
    assert (flat.slope.estimate, flat.p_value) == (0.0, 1.0)
    assert statistics.trend([1.0, 2.0, 3.0], 0.95) is None


@pytest.mark.parametrize(("times", "seen", "median"), [(DRUG, DRUG_SEEN, 23), (PLACEBO, [True] * 21, 8)])
def test_kaplan_meier_median_gives_published_values(times: list[float], seen: list[bool], median: float) -> None:
    found = statistics.kaplan_meier_median(times, seen, 0.95)
    assert found is not None
    assert found.estimate == median


@pytest.mark.parametrize("seed", range(12))
def test_kaplan_meier_median_agrees_with_another_library(seed: int) -> None:
    from lifelines import KaplanMeierFitter
    from lifelines.utils import median_survival_times

    generator = np.random.default_rng(seed)
    times = np.round(generator.exponential(5, 9 + 4 * seed) * (seed % 3 + 1)) / 2
    seen = generator.random(len(times)) < (0.5, 0.8, 1.0)[seed % 3]
    for level in (0.90, 0.95):
        fitter = KaplanMeierFitter(alpha=1 - level).fit(times, seen)
        found = statistics.kaplan_meier_median(times.tolist(), seen.tolist(), level)
        assert found is not None
        assert found.estimate == fitter.median_survival_time_
        assert_allclose(_ends(found), median_survival_times(fitter.confidence_interval_).to_numpy()[0])


def test_kaplan_meier_median_learns_nothing_from_copies_within_a_group() -> None:
    generator = np.random.default_rng(11)
    times = generator.exponential(8.0, 15).tolist()
    seen = [True] * 15
    once = statistics.kaplan_meier_median(times, seen, 0.9, list(range(15)))
    thrice = statistics.kaplan_meier_median(times * 3, seen * 3, 0.9, list(range(15)) * 3)
    assert thrice == once
    apart = statistics.kaplan_meier_median(times * 3, seen * 3, 0.9)
    assert once is not None
    assert apart is not None
    assert apart.high - apart.low < once.high - once.low


def test_kaplan_meier_median_not_reached_and_without_times() -> None:
    found = statistics.kaplan_meier_median([3.0, 4.0, 5.0], [False] * 3, 0.9)
    assert found == statistics.Interval(math.inf, math.inf, math.inf)
    assert statistics.kaplan_meier_median([], [], 0.9) is None
    assert statistics.kaplan_meier_median([0.0, 0.0], [True, True], 0.9) == statistics.Interval(0.0, 0.0, 0.0)


def test_restricted_mean_gives_published_values() -> None:
    # Klein and Moeschberger (2003), example 4.1: mean to 35 weeks 23.3, standard error 2.83.
    found = statistics.restricted_mean(DRUG, DRUG_SEEN, 35, 0.95)
    assert found is not None
    assert found.estimate == pytest.approx(23.29, abs=0.01)
    assert (found.high - found.low) / 2 / 1.959964 == pytest.approx(2.83, abs=0.01)


def test_restricted_mean_without_censoring_is_the_mean_of_capped_times() -> None:
    found = statistics.restricted_mean(PLACEBO, [True] * 21, 10, 0.95)
    assert found is not None
    assert found.estimate == pytest.approx(np.minimum(PLACEBO, 10).mean())
    assert statistics.restricted_mean([], [], 10, 0.95) is None


def test_an_autocorrelated_mean_is_that_of_arch_or_wider_and_repeats_itself() -> None:
    from arch.bootstrap import StationaryBootstrap, optimal_block_length

    generator = np.random.default_rng(3)
    noise = generator.normal(size=200)
    series = [0.0]
    for shock in noise:
        series.append(0.8 * series[-1] + shock)
    independent = statistics.autocorrelated_mean(noise.tolist(), 0.95)
    dependent = statistics.autocorrelated_mean(series[1:], 0.95)
    assert independent is not None
    assert dependent is not None
    assert independent == statistics.autocorrelated_mean(noise.tolist(), 0.95)
    error = noise.std(ddof=1) / math.sqrt(200)
    assert (independent.high - independent.low) / 2 == pytest.approx(1.96 * error, rel=0.25)
    naive = 1.96 * np.std(series[1:], ddof=1) / math.sqrt(200)
    assert (dependent.high - dependent.low) / 2 == pytest.approx(3 * naive, rel=0.25)
    values = np.array(series[1:])
    block = float(optimal_block_length(values)["stationary"].iloc[0])
    bootstrap = StationaryBootstrap(block, values, seed=statistics.SEED)  # type: ignore[arg-type]
    low, high = bootstrap.conf_int(np.mean, 499, method="percentile", size=0.95).ravel()
    assert dependent.low <= low < high <= dependent.high
    assert statistics.autocorrelated_mean([1.0] * 7, 0.95) is None
    assert statistics.autocorrelated_mean([1.0] * 30, 0.95) == statistics.Interval(1.0, 1.0, 1.0)


def test_an_autocorrelated_mean_is_held_within_what_it_can_be() -> None:
    found = statistics.autocorrelated_mean([0.1, 0.2, 0.4, 0.5, 0.7, 0.8, 0.9, 0.9], 0.99, (0.0, 1.0))
    assert found == statistics.Interval(pytest.approx(0.5625), 0.0, 1.0)


@pytest.mark.parametrize(("phi", "length"), [(0.0, 18), (0.6, 18), (0.6, 52), (0.85, 26)])
def test_the_interval_of_an_autocorrelated_mean_holds_it_as_often_as_it_says(phi: float, length: int) -> None:
    def rate(name: str, level: float) -> float:
        return next(float(r["coverage"]) for r in rates if r["interval"] == name and r["level"] == level)

    from bench import mean_coverage

    rates = list(mean_coverage.rates(200, [length], [phi], only=("stationary bootstrap", "of claims")))
    assert rate("of claims", 0.95) >= (0.92 if phi < 0.8 else 0.88)
    assert rate("of claims", 0.996) >= 0.985
    if phi:
        assert rate("stationary bootstrap", 0.996) < 0.95


def test_bootstrap_mean_is_close_to_the_t_interval() -> None:
    from scipy.stats import t

    sample = np.random.default_rng(5).normal(2, 1, 60)
    found = statistics.bootstrap_mean(sample.tolist(), 0.95)
    assert found is not None
    expected = t.interval(0.95, 59, sample.mean(), sample.std(ddof=1) / math.sqrt(60))
    assert_allclose(_ends(found), expected, atol=0.05)
    assert statistics.bootstrap_mean([1.0, 2.0], 0.95) is None
    assert statistics.bootstrap_mean([0.5] * 6, 0.95) == statistics.Interval(0.5, 0.5, 0.5)


def test_permutation_null_deals_every_order_once_when_they_are_few_and_repeats_itself() -> None:
    found = statistics.permutation_null([1.0, 2.0, 3.0], lambda x: float(x @ [100, 10, 1]), 99)
    assert sorted(found) == [123, 132, 213, 231, 312, 321]
    many = [float(i) for i in range(9)]
    first = statistics.permutation_null(many, lambda x: float(x[0]), 50)
    second = statistics.permutation_null(many, lambda x: float(x[1]), 50)
    assert len(first) == 50
    assert np.all(first != second)
    assert np.array_equal(first, statistics.permutation_null(many, lambda x: float(x[0]), 50))


@pytest.mark.parametrize("method", ["holm", "fdr_bh", "fdr_by"])
def test_adjustments_agree_with_another_library_and_with_hand(method: statistics.Method) -> None:
    from statsmodels.stats.multitest import multipletests

    assert_allclose(statistics.adjust([0.010, 0.040, 0.030, 0.005], "holm"), [0.03, 0.06, 0.06, 0.02])
    generator = np.random.default_rng(1)
    for count in (2, 3, 11, 40):
        p_values = np.round(generator.random(count) ** 3, 2).tolist()
        assert_allclose(statistics.adjust(p_values, method), multipletests(p_values, method=method)[1])


def test_adjustments_reject_what_benjamini_and_hochberg_rejected() -> None:
    # Benjamini and Hochberg (1995), section 4.1: fifteen tests of thrombolysis; theirs rejects four, Holm's three.
    # The p-values are from memory of the paper.
    p_values = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ]  # fmt: skip
    rejected = {
        method: sum(p is not None and p <= 0.05 for p in statistics.adjust(p_values, method))
        for method in get_args(statistics.Method)
    }
    assert rejected == {"holm": 3, "fdr_bh": 4, "fdr_by": 3}


def test_absent_p_values_stay_absent_and_do_not_count() -> None:
    assert statistics.adjust([None, 0.02, None, 0.01], "holm") == [None, 0.02, None, 0.02]
    assert statistics.adjust([None], "fdr_bh") == [None]
    assert statistics.adjust([], "fdr_by") == []


def _ends(interval: statistics.Interval) -> tuple[float, float]:
    return interval.low, interval.high


def test_score_share_gives_published_values() -> None:
    # Newcombe (1998), Stat. Med. 17:857, table I, method 3.
    assert_allclose(_ends(statistics.wilson_proportion(81, 263, 0.95)), (0.2553, 0.3662), atol=5e-5)
    assert_allclose(_ends(statistics.wilson_proportion(15, 148, 0.95)), (0.0624, 0.1605), atol=5e-5)


def test_rate_ratio_gives_published_values() -> None:
    # Breast cancer after fluoroscopy, Rothman (1986), as in Stata's manual under `iri 41 15 28010 19017`.
    found = statistics.rate_ratio(41, 28_010, 15, 19_017, 0.95)
    assert found is not None
    assert_allclose((found.estimate, *_ends(found)), (1.855759, 1.005684, 3.6093), rtol=1e-4)
    p_value = statistics.rate_ratio_p_value(41, 28_010, 15, 19_017, alternative="greater")
    from scipy.stats import binom

    assert p_value == pytest.approx(binom.sf(40, 56, 28_010 / (28_010 + 19_017)))
    assert statistics.rate_ratio(0, 1.0, 0, 1.0, 0.95) is None
    one_sided = statistics.rate_ratio(3, 1.0, 0, 1.0, 0.95)
    assert one_sided is not None
    assert one_sided.estimate == one_sided.high == math.inf


@pytest.mark.parametrize("paired", [False, True])
def test_equivalence_is_the_larger_of_two_one_sided_tests(paired: bool) -> None:
    from scipy.stats import ttest_1samp, ttest_ind

    generator = np.random.default_rng(2)
    one, other = generator.normal(0.1, 1, 40), generator.normal(0, 1.5, 40)
    found = statistics.equivalence_p_value(one.tolist(), other.tolist(), -0.8, 0.8, paired)
    if paired:
        sides = [
            ttest_1samp(one - other, -0.8, alternative="greater").pvalue,
            ttest_1samp(one - other, 0.8, alternative="less").pvalue,
        ]
    else:
        sides = [
            ttest_ind(one + 0.8, other, equal_var=False, alternative="greater").pvalue,
            ttest_ind(one - 0.8, other, equal_var=False, alternative="less").pvalue,
        ]
    assert found == pytest.approx(max(sides))
