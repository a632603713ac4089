"""How concentrated a count is over its holders, without the bias of small samples; no claim and no verdict in it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.claims.statistics import SEED, Interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def herfindahl(shares: Sequence[float]) -> float:
    """The sum of squared shares, 0 to 1, of weights known without sampling error; at least one must be positive.

    Herfindahl (1950); of a market in percent it is 10,000 times as much.
    """
    total = sum(shares)
    return sum((share / total) ** 2 for share in shares)


def unbiased_herfindahl(counts: Sequence[int]) -> float | None:
    """The sum of squared shares behind a sample of counts; None for fewer than two units.

    Simpson (1949), Nature 163:688: sum of n(n-1) over N(N-1), without the upward bias that squared sample shares
    have in small samples.
    """
    total = sum(counts)
    return None if total < 2 else sum(n * (n - 1) for n in counts) / (total * (total - 1))


def effective_number(herfindahl_index: float) -> float:
    """How many holders of equal size are as concentrated; infinite at 0. Laakso and Taagepera (1979)."""
    return float("inf") if herfindahl_index <= 0 else 1 / herfindahl_index


def top_share(counts: Sequence[float], top: int) -> float:
    """The share of the `top` largest."""
    return sum(sorted(counts, reverse=True)[:top]) / sum(counts)


def concentration(counts: Sequence[int], level: float, resamples: int = 499) -> Interval | None:
    """The unbiased index with its interval; None for fewer than two units.

    Normal interval with the standard deviation over multinomial resamples (Efron 1979, Ann. Stat. 7:1), as resampled
    indices are centred on the biased value and their quantiles would be shifted.
    """
    found = unbiased_herfindahl(counts)
    if found is None:
        return None
    reach = _reach(_resampled(counts, resamples).std(ddof=1), level)
    return Interval(found, max(0.0, found - reach), min(1.0, found + reach))


def change_of_concentration(
    before: Mapping[str, int], after: Mapping[str, int], level: float, resamples: int = 499
) -> Interval | None:
    """The unbiased index after less that before, by holder, with its interval as in `concentration`."""
    indices = [unbiased_herfindahl(list(counts.values())) for counts in (before, after)]
    if indices[0] is None or indices[1] is None:
        return None
    drawn = [_resampled(list(counts.values()), resamples, SEED + i) for i, counts in enumerate((before, after))]
    difference = indices[1] - indices[0]
    reach = _reach((drawn[1] - drawn[0]).std(ddof=1), level)
    return Interval(difference, difference - reach, difference + reach)


def change_between_groups(
    before: Sequence[Mapping[str, int]], after: Sequence[Mapping[str, int]], level: float, resamples: int = 499
) -> Interval | None:
    """The unbiased index after less that before, where units come in groups; None for fewer than two groups on a side.

    Each group counts its units by holder, as a lab its releases by country. What is drawn anew is whole groups, as the
    units of one are not independent (Davison and Hinkley 1997, Bootstrap Methods, section 3.8, by arch), and the
    interval is normal for the reason given at `concentration`.
    """
    import numpy as np
    from arch.bootstrap import IndependentSamplesBootstrap

    if min(len(before), len(after)) < 2:
        return None
    holders = sorted({holder for group in (*before, *after) for holder in group})
    sides = [np.array([[group.get(h, 0) for h in holders] for group in side], dtype=float) for side in (before, after)]

    def change(*drawn: "NDArray[np.float64]") -> "NDArray[np.float64]":
        return np.diff([float(_unbiased(side.sum(axis=0))) for side in drawn])

    found = float(change(*sides)[0])
    drawn = IndependentSamplesBootstrap(*sides, seed=SEED).apply(change, resamples)
    reach = _reach(float(drawn.std(ddof=1)), level)
    return Interval(found, found - reach, found + reach)


def change_of_weights(before: Sequence[float], after: Sequence[float], level: float, resamples: int = 999) -> Interval:
    """The sum of squared shares after less that before, of the same holders in the same order; each side has a total.

    What a holder weighs is known, so chance lies in which holders there are: they are drawn with both their weights
    (Efron 1979, by arch), and the interval is normal for the reason given at `concentration`.
    """
    import numpy as np
    from arch.bootstrap import IIDBootstrap

    pairs = np.column_stack([before, after]).astype(float)

    def change(drawn: "NDArray[np.float64]") -> "NDArray[np.float64]":
        totals = drawn.sum(axis=0)
        squares: NDArray[np.float64] = (drawn**2).sum(axis=0) / np.maximum(totals, 1e-12) ** 2
        return np.diff(squares)

    drawn = IIDBootstrap(pairs, seed=SEED).apply(change, resamples)
    found = float(change(pairs)[0])
    reach = _reach(float(drawn.std(ddof=1)), level)
    return Interval(found, found - reach, found + reach)


def _resampled(counts: Sequence[int], resamples: int, seed: int = SEED) -> "NDArray[np.float64]":
    import numpy as np

    total = sum(counts)
    shares = np.asarray(counts, dtype=float) / total
    drawn = np.random.default_rng(seed).multinomial(total, shares, size=resamples).astype(float)
    return _unbiased(drawn)


def _unbiased(counts: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The index of counts along the last axis; of a single unit 1."""
    import numpy as np

    total = counts.sum(axis=-1)
    found: NDArray[np.float64] = (counts * (counts - 1)).sum(axis=-1) / np.maximum(total * (total - 1), 1.0)
    return np.where(total < 2, 1.0, found)


def _reach(deviation: float, level: float) -> float:
    from scipy.stats import norm

    return float(norm.ppf((1 + level) / 2) * deviation)
