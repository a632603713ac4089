"""The statistics that claims use: published methods, each from a maintained library; no claim and no verdict in it."""

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Alternative: TypeAlias = Literal["two-sided", "less", "greater"]
Table: TypeAlias = tuple[tuple[int, int], tuple[int, int]]
"""Two groups by two outcomes: ((a, b), (c, d))."""

SEED = 20240531
"""Seed of everything drawn at random, so that a verdict can be computed again: the day of the essay."""


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval; any of the three may be infinite, none is NaN."""

    estimate: float
    low: float
    high: float

    def through(self, function: "Callable[[float], float]") -> "Interval":
        """The same on another scale, by an increasing function."""
        return Interval(function(self.estimate), function(self.low), function(self.high))


@cache
def proportion(successes: int, total: int, level: float) -> Interval:
    """A share with its exact interval, by inverting the binomial test.

    Clopper and Pearson (1934), Biometrika 26:404. `total` must be positive.
    """
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(successes, total, alpha=1 - level, method="beta")
    return Interval(successes / total, float(low), float(high))


@cache
def wilson_proportion(successes: int, total: int, level: float) -> Interval:
    """A share with its score interval, shorter than the exact one and right on average. `total` must be positive.

    Wilson (1927), J. Am. Stat. Assoc. 22:209.
    """
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(successes, total, alpha=1 - level, method="wilson")
    return Interval(successes / total, float(low), float(high))


@cache
def proportion_p_value(successes: int, total: int, null: float, alternative: Alternative) -> float:
    """The exact binomial test of a share against `null`; Clopper and Pearson (1934)."""
    from scipy.stats import binomtest

    return float(binomtest(successes, total, null, alternative=alternative).pvalue)


@cache
def odds_ratio(table: Table, level: float) -> Interval | None:
    """The conditional maximum likelihood odds ratio with its exact interval.

    Fisher (1935), J. R. Stat. Soc. 98:39; interval by inverting the noncentral hypergeometric test (Cornfield 1956).
    Zero or infinite when a cell is empty; None when a row or column is, as then no odds can be compared. The values of
    scipy.stats.contingency.odds_ratio, in a twentieth of the time: all probabilities are tilted at once.
    """
    import numpy as np
    from scipy.optimize import brentq
    from scipy.stats import hypergeom

    (a, b), (c, d) = table
    if 0 in (a + b, c + d, a + c, b + d):
        return None
    counts = np.arange(max(0, a - d), min(a + b, a + c) + 1)
    weights = hypergeom.logpmf(counts, a + b + c + d, a + b, a + c)

    def tilted(log_ratio: float) -> "NDArray[np.float64]":
        """The probabilities of all counts in the first cell at a ratio, given the margins."""
        logs = weights + log_ratio * counts
        found = np.exp(logs - logs.max())
        chances: NDArray[np.float64] = found / found.sum()
        return chances

    def solved(function: "Callable[[NDArray[np.float64]], float]") -> float:
        """The ratio at which a function of these probabilities, monotone in the ratio, is zero."""
        reach = 1.0
        while function(tilted(-reach)) * function(tilted(reach)) > 0:
            reach *= 2
        return math.exp(brentq(lambda log_ratio: function(tilted(log_ratio)), -reach, reach, xtol=1e-12))

    tail, place = (1 - level) / 2, a - int(counts[0])
    is_least, is_most = place == 0, place == len(counts) - 1
    low = 0.0 if is_least else solved(lambda chances: chances[place:].sum() - tail)
    high = math.inf if is_most else solved(lambda chances: chances[: place + 1].sum() - tail)
    middle = 0.0 if is_least else math.inf if is_most else solved(lambda chances: float(chances @ counts) - a)
    return Interval(middle, low, high)


@cache
def fisher_p_value(table: Table, alternative: Alternative) -> float:
    """Fisher's exact test that the odds ratio is 1; Fisher (1935)."""
    from scipy.stats import fisher_exact

    return float(fisher_exact(table, alternative=alternative).pvalue)


@cache
def ratio_of_odds_ratios(before: Table, after: Table, null: float, level: float) -> tuple[Interval, float] | None:
    """How many times larger an odds ratio is after than before, and the p-value that it exceeds `null`.

    Difference of two log odds ratios by the normal approximation: Altman and Bland (2003), BMJ 326:219; half a
    count is added to all cells of a table with an empty one (Haldane 1956). None when a row or column is empty.
    """
    from scipy.stats import norm
    from statsmodels.stats.contingency_tables import Table2x2

    for (a, b), (c, d) in (before, after):
        if 0 in (a + b, c + d):
            return None
    first, second = (Table2x2([list(row) for row in table], shift_zeros=True) for table in (before, after))
    difference = second.log_oddsratio - first.log_oddsratio
    error = math.hypot(first.log_oddsratio_se, second.log_oddsratio_se)
    reach = float(norm.ppf((1 + level) / 2)) * error
    p_value = float(norm.sf((difference - math.log(null)) / error))
    return Interval(math.exp(difference), math.exp(difference - reach), math.exp(difference + reach)), p_value


def rate_ratio(count: int, exposure: float, other_count: int, other_exposure: float, level: float) -> Interval | None:
    """How many times the rate of one Poisson count is that of another, with its exact conditional interval.

    Przyborowski and Wilenski (1940), Biometrika 31:313: given the sum of both counts one of them is binomial.
    Infinite where the other count is zero; None when both are, as then no rates can be compared.
    """
    if count + other_count == 0:
        return None
    scale = other_exposure / exposure

    def to_ratio(share: float) -> float:
        return math.inf if share >= 1 else scale * share / (1 - share)

    return proportion(count, count + other_count, level).through(to_ratio)


def rate_ratio_p_value(
    count: int,
    exposure: float,
    other_count: int,
    other_exposure: float,
    null: float = 1.0,
    alternative: Alternative = "two-sided",
) -> float:
    """The exact conditional test that the ratio of two Poisson rates is `null`; Przyborowski and Wilenski (1940)."""
    from statsmodels.stats.rates import test_poisson_2indep

    words: dict[Alternative, str] = {"two-sided": "two-sided", "less": "smaller", "greater": "larger"}
    return float(
        test_poisson_2indep(
            count, exposure, other_count, other_exposure, value=null, method="exact-cond", compare="ratio",
            alternative=words[alternative],
        ).pvalue
    )  # fmt: skip


def equivalence_p_value(
    sample: Sequence[float], other: Sequence[float], low: float, high: float, paired: bool = False
) -> float:
    """The p-value of two one-sided t-tests: small when the difference of means surely lies between `low` and `high`.

    Schuirmann (1987), J. Pharmacokinet. Biopharm. 15:657. "No effect" may be said on this ground only. Unpaired
    samples may differ in variance (Welch).
    """
    import numpy as np
    from statsmodels.stats.weightstats import ttost_ind, ttost_paired

    one, two = np.asarray(sample, dtype=float), np.asarray(other, dtype=float)
    found = ttost_paired(one, two, low, high) if paired else ttost_ind(one, two, low, high, usevar="unequal")
    return float(found[0])


@dataclass(frozen=True)
class Trend:
    """A monotone trend per step of the series: slope with interval, and the p-value that there is none."""

    slope: Interval
    p_value: float


def trend(values: Sequence[float], level: float) -> Trend | None:
    """The Mann-Kendall test against autocorrelated noise, with the Theil-Sen slope; None for fewer than four values.

    Mann (1945), Econometrica 13:245; Sen (1968), J. Am. Stat. Assoc. 63:1379. The score is held against those of
    AR(1) series without a trend, a parametric bootstrap, since the usual corrections do worse: `tests/bench/trend_size`
    has the rates. Their autocorrelation is that of the values about their line, corrected for its bias in short series
    (van Giersbergen 2005, Econometrics J. 8:400) and drawn anew for each within its error, never below zero. The
    slope's interval is widened as the variance of a fitted line is by the same autocorrelation. Values are one step
    apart; none may be missing. A constant series has slope 0 and p-value 1; ties make the test cautious.
    """
    import numpy as np
    from scipy.stats import theilslopes

    if len(values) < 4:
        return None
    slope, _, low, high = theilslopes(values, alpha=level)
    if len(set(values)) == 1:
        return Trend(Interval(0.0, 0.0, 0.0), 1.0)
    series, length = np.asarray(values, dtype=float), len(values)
    rest = series - slope * np.arange(length)
    rest -= rest.mean()
    spread = float(rest @ rest)
    found = float(rest[1:] @ rest[:-1]) / spread if spread > 1e-12 * float(series @ series) else 0.0
    likely = (length * found + 2) / max(length - 4, 1)
    null = _noise_without_trend(length, round(50 * min(max(likely, 0.0), MOST_MEMORY)))
    score = abs(float(_kendall_scores(series[None, :])[0]))
    p_value = (1 + int((null.scores >= score).sum())) / (1 + len(null.scores))
    low, high = (slope + null.widening * (end - slope) for end in (low, high))
    return Trend(Interval(float(slope), float(low), float(high)), p_value)


TREND_DRAWS = 1999
MOST_MEMORY = 0.98
"""The largest autocorrelation at one step that noise is taken to have; beyond, every series is a trend."""


@dataclass(frozen=True)
class _Noise:
    """What AR(1) series without a trend look like."""

    scores: "NDArray[np.float64]"
    """Their Kendall scores, without sign."""
    widening: float
    """How many times wider than among independent values the interval of a slope is."""


@cache
def _noise_without_trend(length: int, fiftieths: int) -> _Noise:
    """Noise whose autocorrelation was estimated, from so many values, as so many fiftieths."""
    import numpy as np

    generator = np.random.default_rng((SEED, length, fiftieths))
    likely = fiftieths / 50
    error = math.sqrt((1 - likely**2) / length) * length / max(length - 4, 1)
    memory = np.clip(likely + error * generator.normal(size=TREND_DRAWS), 0.0, MOST_MEMORY)
    drawn = generator.normal(size=(TREND_DRAWS, length))
    for step in range(1, length):
        drawn[:, step] = memory * drawn[:, step - 1] + np.sqrt(1 - memory**2) * drawn[:, step]
    centred = np.arange(length) - (length - 1) / 2
    products = np.correlate(centred, centred, "full")[length - 1 :]
    inflation = 1 + 2 * np.polynomial.polynomial.polyval(memory, np.r_[0.0, products[1:]]) / products[0]
    return _Noise(np.abs(_kendall_scores(drawn)), float(np.sqrt(inflation.mean())))


def _kendall_scores(rows: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """For each row, how many pairs rise less how many fall."""
    import numpy as np

    return sum(
        (np.sign(rows[:, lag:] - rows[:, :-lag]).sum(axis=1) for lag in range(1, rows.shape[1])),
        np.zeros(len(rows)),
    )


def kaplan_meier_median(
    durations: Sequence[float], observed: Sequence[bool], level: float, groups: Sequence[int] | None = None
) -> Interval | None:
    """The median time to an event with its interval, right-censored times included; None without any time.

    Kaplan and Meier (1958), J. Am. Stat. Assoc. 53:457, with Greenwood's error; interval from the log-minus-log band,
    Kalbfleisch and Prentice (1980), section 1.3. Infinite where the curve or its band does not fall to one half.
    The curve is that of statsmodels: the same as that of lifelines, in a hundredth of the time. Times of one group may
    depend on each other: the error is then the larger of Greenwood's and that of Ying and Wei (1994), J. Multivar.
    Anal. 50:17, times G / (G - 1) for G groups and held to Student's t with G - 1 degrees of freedom.
    """
    import numpy as np
    from scipy.stats import norm, t
    from statsmodels.duration.survfunc import SurvfuncRight

    if not len(durations):
        return None
    fitted = SurvfuncRight(np.asarray(durations, dtype=float), np.asarray(observed, dtype=float))
    curve, times, error = fitted.surv_prob, fitted.surv_times, fitted.surv_prob_se
    quantile = norm.ppf((1 + level) / 2)
    if groups is not None:
        count = len(set(groups))
        quantile = t.ppf((1 + level) / 2, max(count - 1, 1))
        variance = _variance_by_group(durations, observed, groups, times)
        error = np.fmax(error, curve * np.sqrt(variance * count / max(count - 1, 1)))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.exp(quantile * error / np.abs(curve * np.log(curve)))
        band = [np.where(curve > 0, curve**power, 0.0) for power in (spread, 1 / spread)]

    def first_at_half(values: Any) -> float:
        below = times[values <= 0.5 + 1e-9]
        return float(below[0]) if len(below) else math.inf

    return Interval(first_at_half(curve), first_at_half(band[0]), first_at_half(band[1]))


def _variance_by_group(
    durations: Sequence[float], observed: Sequence[bool], groups: Sequence[int], times: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """The variance of the cumulative hazard at each time, from what each group adds to it; Ying and Wei (1994)."""
    import numpy as np

    lasted, seen = np.asarray(durations, dtype=float)[None, :], np.asarray(observed, dtype=bool)[None, :]
    at_risk, ended = lasted >= times[:, None], (lasted == times[:, None]) & seen
    number = at_risk.sum(axis=1, keepdims=True)
    influence = np.cumsum((ended - at_risk * ended.sum(axis=1, keepdims=True) / number) / number, axis=0)
    member = np.asarray(groups)[:, None] == np.unique(groups)[None, :]
    variance: NDArray[np.float64] = ((influence @ member) ** 2).sum(axis=1)
    return variance


def restricted_mean(
    durations: Sequence[float], observed: Sequence[bool], horizon: float, level: float
) -> Interval | None:
    """The mean time to an event within `horizon`, the area under the Kaplan-Meier curve; None without any time.

    Royston and Parmar (2013), BMC Med. Res. Methodol. 13:152; variance from Klein and Moeschberger (2003), Survival
    Analysis, 2nd ed., formula 4.5.3.
    """
    from lifelines import KaplanMeierFitter
    from lifelines.utils import restricted_mean_survival_time
    from scipy.stats import norm

    if not len(durations):
        return None
    fitter = KaplanMeierFitter().fit(durations, observed)
    mean = float(restricted_mean_survival_time(fitter, t=horizon))
    curve = fitter.survival_function_.iloc[:, 0]
    times = [float(t) for t in curve.index if t < horizon] + [horizon]
    steps = [float(curve.iloc[i]) * (times[i + 1] - times[i]) for i in range(len(times) - 1)]
    variance = 0.0
    for i, time in enumerate(times[:-1]):
        events, at_risk = (float(fitter.event_table[name].loc[time]) for name in ("observed", "at_risk"))
        if events and at_risk > events:
            variance += sum(steps[i:]) ** 2 * events / (at_risk * (at_risk - events))
    reach = float(norm.ppf((1 + level) / 2)) * math.sqrt(variance)
    return Interval(mean, mean - reach, mean + reach)


def autocorrelated_mean(
    values: Sequence[float], level: float, within: tuple[float, float] = (-math.inf, math.inf), resamples: int = 499
) -> Interval | None:
    """The mean of an autocorrelated series with its interval; None for fewer than eight values.

    Each end is the farther one of two intervals. The first holds Student's t against that of AR(1) series which look as
    autocorrelated (`_t_of_series_like`). The second is the stationary bootstrap's, by percentiles: Politis and Romano
    (1994), J. Am. Stat. Assoc. 89:1303; block length by Politis and White (2004) as corrected by Patton, Politis and
    White (2009), Econometric Reviews 28:372. It knows more kinds of memory, but is too narrow for short series:
    `tests/bench/mean_coverage` has the rates. Values are one step apart; none may be missing. The ends are held
    `within` what a mean can be, as 0 to 1 for a share.
    """
    import numpy as np
    from arch.bootstrap import StationaryBootstrap, optimal_block_length

    series = np.asarray(values, dtype=float)
    if len(series) < 8:
        return None
    if _is_constant(series):
        return Interval(float(series[0]), float(series[0]), float(series[0]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        block = float(optimal_block_length(series)["stationary"].iloc[0])
    block = max(block, 1.0) if math.isfinite(block) else math.sqrt(len(series))
    # The annotation asks for an int; the method and the code take any mean block length of at least 1.
    bootstrap = StationaryBootstrap(block, series, seed=SEED)  # type: ignore[arg-type]
    low, high = bootstrap.conf_int(lambda x: x.mean(), resamples, method="percentile", size=level).ravel()
    mean, memory = float(series.mean()), float(_memory_and_t(series[:, None])[0][0])
    reach = _t_of_series_like(len(series), memory, level) * float(series.std(ddof=1)) / math.sqrt(len(series))
    return Interval(mean, max(min(float(low), mean - reach), within[0]), min(max(float(high), mean + reach), within[1]))


MEAN_DRAWS, MEAN_NEAREST = 50_000, 2_500
"""Series drawn for each length, and how many of them are taken to look like the one observed."""


def _t_of_series_like(length: int, memory: float, level: float) -> float:
    """What Student's t of a mean, without sign, stays below in a share `level` of AR(1) series like the one observed.

    Any autocorrelation from 0 to MOST_MEMORY is as likely before the series is seen; of those drawn the ones are kept
    in which it is found to be most nearly `memory`: Rubin (1984), Ann. Stat. 12:1151.
    """
    import numpy as np

    found, scores = _series_around_zero(length)
    start = int(np.searchsorted(found, memory)) - MEAN_NEAREST // 2
    start = min(max(start, 0), MEAN_DRAWS - MEAN_NEAREST)
    return float(np.quantile(scores[start : start + MEAN_NEAREST], level))


@cache
def _series_around_zero(length: int) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """The autocorrelation found in AR(1) series whose mean is zero, in order, and Student's t, without sign."""
    import numpy as np

    generator = np.random.default_rng((SEED, length))
    parts = []
    for _ in range(10):
        memory = generator.uniform(0.0, MOST_MEMORY, MEAN_DRAWS // 10)
        drawn = generator.normal(size=(length, MEAN_DRAWS // 10))
        for step in range(1, length):
            drawn[step] = memory * drawn[step - 1] + np.sqrt(1 - memory**2) * drawn[step]
        parts.append(_memory_and_t(drawn))
    found, scores = np.concatenate(parts, axis=1)
    order = np.argsort(found)
    return found[order], np.abs(scores[order])


def _memory_and_t(columns: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Two rows: the autocorrelation at one step of each column, and Student's t of its mean."""
    import numpy as np

    length, means = len(columns), columns.mean(axis=0)
    rest = columns - means
    squares = (rest**2).sum(axis=0)
    return np.stack([(rest[1:] * rest[:-1]).sum(axis=0) / squares, means / np.sqrt(squares / (length - 1) / length)])


def bootstrap_mean(values: Sequence[float], level: float, resamples: int = 499) -> Interval | None:
    """The mean of independent values with its bias-corrected and accelerated interval; None for fewer than five.

    Efron (1987), J. Am. Stat. Assoc. 82:171.
    """
    import numpy as np
    from scipy.stats import bootstrap

    sample = np.asarray(values, dtype=float)
    if len(sample) < 5:
        return None
    if _is_constant(sample):
        return Interval(float(sample[0]), float(sample[0]), float(sample[0]))
    result = bootstrap(
        (sample,), np.mean, confidence_level=level, n_resamples=resamples, method="BCa", rng=np.random.default_rng(SEED)
    ).confidence_interval
    return Interval(float(sample.mean()), float(result.low), float(result.high))


def _is_constant(values: "NDArray[np.float64]") -> bool:
    """Up to rounding, which would otherwise pass for variation."""
    return bool(values.max() - values.min() <= 1e-9 * max(1.0, abs(float(values[0]))))


def permutation_null(
    values: "Sequence[float] | NDArray[np.float64]", statistic: "Callable[[NDArray[np.float64]], float]", resamples: int
) -> "NDArray[np.float64]":
    """What `statistic` comes to when the values are dealt out at random over their places, one entry a deal.

    Fisher (1935), The Design of Experiments. The same seed gives the same deals, so two statistics can be compared
    deal by deal. When there are no more than `resamples` orders, each occurs once.
    """
    import numpy as np
    from scipy.stats import permutation_test

    result = permutation_test(
        (np.asarray(values, dtype=float),),
        statistic,
        permutation_type="pairings",
        vectorized=False,
        n_resamples=resamples,
        rng=np.random.default_rng(SEED),
    )
    return np.asarray(result.null_distribution, dtype=float)


Method: TypeAlias = Literal["holm", "fdr_bh", "fdr_by"]


def adjust(p_values: Sequence[float | None], method: Method) -> list[float | None]:
    """The p-values adjusted for their number; those that are None stay so and are not counted.

    Holm (1979), Scand. J. Stat. 6:65; Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57:289; Benjamini and
    Yekutieli (2001), Ann. Stat. 29:1165, which holds under any dependence.
    """
    import numpy as np
    from scipy.stats import false_discovery_control

    present = np.array([p for p in p_values if p is not None], dtype=float)
    if len(present) < 2:
        return list(p_values)
    # statsmodels has all three, but collects garbage at each call, which is most of the time of a replay.
    if method == "holm":
        order = np.argsort(present)
        stepped = np.maximum.accumulate(present[order] * np.arange(len(present), 0, -1))
        found = np.empty_like(present)
        found[order] = np.minimum(stepped, 1.0)
    else:
        found = false_discovery_control(present, method="bh" if method == "fdr_bh" else "by")
    adjusted = iter(map(float, found))
    return [None if p is None else next(adjusted) for p in p_values]
