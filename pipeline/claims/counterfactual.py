"""What a series would have been without an event, from its own past or from others; no claim and no verdict in it."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.claims.statistics import SEED, Interval


@dataclass(frozen=True)
class Gap:
    """What was seen from a step on, less what was foretold for it."""

    path: tuple[Interval, ...]
    """Gap at each step after the event."""
    total: Interval


def structural_gap(
    values: Sequence[float],
    start: int,
    level: float,
    covariates: Sequence[Sequence[float]] = (),
    season: int | None = None,
    draws: int = 999,
) -> Gap | None:
    """The gap from step `start` on against a forecast by a structural model fitted to the steps before it.

    Local linear trend, season of a given length and covariates: Harvey (1989), Forecasting, Structural Time Series
    Models and the Kalman Filter; the idea of Brodersen et al. (2015), Ann. Appl. Stat. 9:247, without their prior.
    The interval is by simulation of forecasts, parameters held at their estimates. None for fewer than twelve steps
    before, or two seasons.
    """
    return _structural_gap(tuple(values), start, level, tuple(map(tuple, covariates)), season, draws)


@cache
def _structural_gap(
    values: tuple[float, ...],
    start: int,
    level: float,
    covariates: tuple[tuple[float, ...], ...],
    season: int | None,
    draws: int,
) -> Gap | None:
    """The same, kept: quarters long past are asked for again on every day that is judged."""
    import numpy as np
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    series = np.asarray(values, dtype=float)
    if start < max(12, 2 * (season or 0)) or start >= len(series):
        return None
    exog = np.column_stack([np.asarray(c, dtype=float) for c in covariates]) if covariates else None
    scale = float(np.std(series[:start])) or 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = UnobservedComponents(
            series[:start] / scale, level="local linear trend", seasonal=season,
            exog=None if exog is None else exog[:start],
        )  # fmt: skip
        fitted = model.fit(disp=0, maxiter=500)
        steps = len(series) - start
        later = None if exog is None else exog[start:]
        foretold = scale * np.asarray(fitted.forecast(steps, exog=later))
        simulated = scale * np.asarray(
            fitted.simulate(steps, repetitions=draws, anchor="end", exog=later, rng=np.random.default_rng(SEED))
        ).reshape(steps, draws)
    gap = series[start:] - foretold
    ends = [(1 - level) / 2, (1 + level) / 2]
    low, high = series[start:] - np.quantile(simulated, ends[::-1], axis=1)
    total = np.quantile(series[start:].sum() - simulated.sum(axis=0), ends)
    return Gap(
        tuple(Interval(float(g), float(a), float(b)) for g, a, b in zip(gap, low, high, strict=True)),
        Interval(float(gap.sum()), float(total[0]), float(total[1])),
    )


@dataclass(frozen=True)
class SyntheticGap:
    """What became of one unit less a weighted mean of others that resembled it before the event."""

    mean_gap: float
    """After the event."""
    weights: Mapping[str, float]
    fit_before: float
    """Root mean squared gap before the event."""
    p_value: float
    """Rank of its gap, relative to its fit before, among all units treated in its place; at least 1 over their number."""  # noqa: E501


def synthetic_gap(series: Mapping[str, Sequence[float]], treated: str, start: int) -> SyntheticGap | None:
    """The gap of one unit from step `start` on against its synthetic control; None with fewer than three others.

    Abadie, Diamond and Hainmueller (2010), J. Am. Stat. Assoc. 105:493, fitted to all outcomes before the event with
    equal weights by pysyncon; inference by their permutation of the treated unit.
    """
    return _synthetic_gap(tuple((name, tuple(values)) for name, values in series.items()), treated, start)


@cache
def _synthetic_gap(listed: tuple[tuple[str, tuple[float, ...]], ...], treated: str, start: int) -> SyntheticGap | None:
    import numpy as np

    series = dict(listed)
    names = list(series)
    if len(names) < 4 or start < 2:
        return None
    values = {name: np.asarray(series[name], dtype=float) for name in names}

    def gap_of(unit: str) -> tuple[dict[str, float], float, float]:
        import pandas as pd
        from pysyncon import Synth  # type: ignore[import-untyped]

        others = [name for name in names if name != unit]
        before = pd.DataFrame({name: values[name][:start] for name in others})
        own = pd.Series(values[unit][:start], name=unit)
        synth = Synth()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            synth.fit(X0=before, X1=own, Z0=before, Z1=own, custom_V=np.ones(start))
        weights = np.asarray(synth.W, dtype=float)
        gap = values[unit] - np.column_stack([values[name] for name in others]) @ weights
        fit = float(np.sqrt(np.mean(gap[:start] ** 2)))
        return dict(zip(others, map(float, weights), strict=True)), fit, float(gap[start:].mean())

    weights, fit, mean_gap = gap_of(treated)
    tiny = 1e-9 * max(1.0, float(np.abs(values[treated]).max()))
    ratios = {treated: abs(mean_gap) / max(fit, tiny)}
    for name in names:
        if name != treated:
            _, other_fit, other_gap = gap_of(name)
            ratios[name] = abs(other_gap) / max(other_fit, tiny)
    rank = sum(ratio >= ratios[treated] for ratio in ratios.values())
    return SyntheticGap(mean_gap, weights, fit, rank / len(names))
