"""How often each interval for the mean of an autocorrelated series holds the true mean, and how wide it is; a table.

`python -m tests.bench.mean_coverage --draws 1000` prints it as CSV; the interval of claims was chosen by it. Series are
AR(1) of unit variance. With 400 draws of each, on 2026-11-29, these shares of intervals held the mean, all at
level .95 and at .996, near which claims decide. Widths are in the CSV. The interval of claims is too wide for short
series without memory, for which the others are too narrow with one.

At level .95:
    length  phi   stationary  studentized      cosines   parametric    of claims
         8  0.00        .767         .882         .950         .998         1.00
         8  0.60        .515         .812         .905         .985         .983
         8  0.85        .340         .682         .790         .930         .897
        12  0.00        .823         .885         .955         .988         .998
        12  0.60        .585         .818         .920         .960         .975
        12  0.85        .357         .637         .820         .932         .897
        18  0.00        .863         .905         .935         .980         .995
        18  0.60        .640         .797         .900         .927         .970
        18  0.85        .385         .652         .777         .897         .895
        26  0.00        .865         .897         .938         .968         .978
        26  0.60        .690         .812         .910         .927         .960
        26  0.85        .468         .720         .780         .930         .920
        52  0.00        .912         .925         .945         .955         .963
        52  0.60        .782         .870         .922         .930         .945
        52  0.85        .615         .795         .830         .935         .945

At level .996:
    length  phi   stationary  studentized      cosines   parametric    of claims
         8  0.00        .892         .973         .993         1.00         1.00
         8  0.60        .640         .945         .990         1.00         1.00
         8  0.85        .422         .853         .978         .998         .995
        12  0.00        .922         .973         .990         1.00         1.00
        12  0.60        .750         .943         .995         .998         1.00
        12  0.85        .450         .845         .980         .993         .998
        18  0.00        .955         .973         .998         1.00         1.00
        18  0.60        .792         .935         .988         1.00         1.00
        18  0.85        .532         .843         .970         .985         .995
        26  0.00        .945         .973         .995         1.00         1.00
        26  0.60        .812         .932         .990         .985         .993
        26  0.85        .620         .860         .980         .980         .993
        52  0.00        .965         .980         .998         .998         .998
        52  0.60        .902         .960         .993         .990         .995
        52  0.85        .745         .927         .973         .990         .998
"""

import argparse
import csv
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.trend_size import series
from pipeline.claims import statistics

LENGTHS = (8, 12, 18, 26, 52)
MEMORIES = (0.0, 0.3, 0.6, 0.85)
LEVELS = (0.95, 0.996)
RESAMPLES = 499

Ends = tuple[float, float]


def independent(values: Any, level: float) -> Ends:
    """Student's t for independent values."""
    from scipy.stats import t

    return _around(values, float(t.ppf((1 + level) / 2, len(values) - 1)), float(values.std(ddof=1)) ** 2)


def cosines(values: Any, level: float) -> Ends:
    """Equally weighted cosines without pre-whitening; Lazarus, Lewis, Stock and Watson (2018)."""
    import numpy as np
    from scipy.fft import dct
    from scipy.stats import t

    count = round(0.4 * len(values) ** (2 / 3))
    waves = dct(values - values.mean(), type=2, norm="ortho")[1 : count + 1]
    return _around(values, float(t.ppf((1 + level) / 2, count)), float(np.mean(waves**2)))


def percentile_bootstrap(values: Any, level: float) -> Ends:
    """The stationary bootstrap, percentiles; Politis and Romano (1994)."""
    low, high = _bootstrap(values).conf_int(_mean, RESAMPLES, method="percentile", size=level).ravel()
    return float(low), float(high)


def studentized_bootstrap(values: Any, level: float) -> Ends:
    """The stationary bootstrap of the mean over its Newey-West error; Götze and Künsch (1996), Ann. Stat. 24:1914."""
    import numpy as np

    lags = _block(values)
    mean, error = values.mean(), _newey_west(values, lags)
    drawn = [data[0][0] for data in _bootstrap(values).bootstrap(RESAMPLES)]
    scores = [abs(x.mean() - mean) / max(_newey_west(x, lags), 1e-9) for x in drawn]
    reach = float(np.quantile(scores, level)) * error
    return mean - reach, mean + reach


def parametric(values: Any, level: float) -> Ends:
    """Student's t against those of AR(1) series with the autocorrelation found, drawn anew within its error."""
    import numpy as np

    length, rest = len(values), values - values.mean()
    likely = (length * float(rest[1:] @ rest[:-1]) / float(rest @ rest) + 1) / (length - 3)
    scores = _scores(length, round(50 * min(max(likely, 0.0), statistics.MOST_MEMORY)))
    return _around(values, float(np.quantile(scores, level)), float(values.std(ddof=1)) ** 2)


def of_claims(values: Any, level: float) -> Ends:
    found = statistics.autocorrelated_mean(values.tolist(), level)
    assert found is not None
    return found.low, found.high


INTERVALS: dict[str, Callable[[Any, float], Ends]] = {
    "independent t": independent,
    "stationary bootstrap": percentile_bootstrap,
    "studentized bootstrap": studentized_bootstrap,
    "cosines": cosines,
    "parametric bootstrap": parametric,
    "of claims": of_claims,
}


def _around(values: Any, quantile: float, variance: float) -> Ends:
    reach = quantile * (variance / len(values)) ** 0.5
    return float(values.mean()) - reach, float(values.mean()) + reach


def _mean(values: Any) -> Any:
    return values.mean()


def _block(values: Any) -> float:
    from arch.bootstrap import optimal_block_length

    return max(1.0, float(optimal_block_length(values)["stationary"].iloc[0]))


def _bootstrap(values: Any) -> Any:
    from arch.bootstrap import StationaryBootstrap

    return StationaryBootstrap(_block(values), values, seed=statistics.SEED)  # type: ignore[arg-type]


def _newey_west(values: Any, lags: float) -> float:
    import numpy as np

    rest, length = values - values.mean(), len(values)
    variance = float(rest @ rest)
    for lag in range(1, min(int(lags), length - 1) + 1):
        variance += 2 * (1 - lag / (int(lags) + 1)) * float(rest[lag:] @ rest[:-lag])
    return float(np.sqrt(variance)) / length


@cache
def _scores(length: int, fiftieths: int) -> Any:
    """The t statistics, without sign, of AR(1) series whose mean is zero."""
    import numpy as np

    generator = np.random.default_rng((statistics.SEED, length, fiftieths))
    likely = fiftieths / 50
    error = ((1 - likely**2) / length) ** 0.5 * length / (length - 3)
    memory = np.clip(likely + error * generator.normal(size=9999), 0.0, statistics.MOST_MEMORY)
    drawn = generator.normal(size=(9999, length))
    for step in range(1, length):
        drawn[:, step] = memory * drawn[:, step - 1] + np.sqrt(1 - memory**2) * drawn[:, step]
    return np.abs(drawn.mean(axis=1)) / (drawn.std(axis=1, ddof=1) / np.sqrt(length))


def rates(
    draws: int,
    lengths: Sequence[int] = LENGTHS,
    memories: Sequence[float] = MEMORIES,
    levels: Sequence[float] = LEVELS,
    only: Sequence[str] = tuple(INTERVALS),
    seed: int = statistics.SEED,
) -> Iterator[dict[str, float | int | str]]:
    """For each setting and interval the share of `draws` that hold the mean, and the middle width.

    A width is in standard deviations of the series.
    """
    import numpy as np

    for length in lengths:
        for phi in memories:
            generator = np.random.default_rng(seed)
            made = [series(phi, length, 0.0, generator) for _ in range(draws)]
            for name in only:
                for level in levels:
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        ends = np.array([INTERVALS[name](values, level) for values in made])
                    yield {
                        "interval": name, "level": level, "phi": phi, "length": length, "draws": draws,
                        "coverage": float(((ends[:, 0] <= 0) & (ends[:, 1] >= 0)).mean()),
                        "width": round(float(np.median(ends[:, 1] - ends[:, 0])), 3),
                    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--only", nargs="*", default=list(INTERVALS), choices=list(INTERVALS), metavar="INTERVAL")
    given = parser.parse_args()
    columns = ["interval", "level", "phi", "length", "draws", "coverage", "width"]
    out = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    out.writeheader()
    for row in rates(given.draws, only=given.only):
        out.writerow(row)
        sys.stdout.flush()


if __name__ == "__main__":
    main()
