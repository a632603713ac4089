"""How often each test for a trend finds one in autocorrelated series, with and without a trend; a table of rates.

`python -m tests.bench.trend_size --draws 400` prints the table as CSV; the primary trend test was chosen by it: of
those that find a trend in hardly more than one in twenty series without one, the one that misses the fewest trends.
"""

import argparse
import csv
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

SETTINGS = ((0.0, 24), (0.6, 24), (0.6, 60), (0.85, 36))
"""Autocorrelation at one step, and length."""
LEVEL = 0.05
CHANGES = (4.0, 8.0)
"""Rises over the whole series, in standard deviations of its noise, by which power is measured."""
RESAMPLES = 199


def series(phi: float, length: int, total_change: float, generator: Any) -> Any:
    """An AR(1) series of unit variance around a line that rises by `total_change` standard deviations in all."""
    import numpy as np

    noise = generator.normal(size=length)
    values = np.empty(length)
    values[0] = noise[0]
    for step in range(1, length):
        values[step] = phi * values[step - 1] + np.sqrt(1 - phi**2) * noise[step]
    return values + total_change * np.arange(length) / (length - 1)


def p_least_squares_hac(values: Any) -> float:
    import numpy as np
    import statsmodels.api as sm

    lags = int(np.floor(4 * (len(values) / 100) ** (2 / 9)))
    design = sm.add_constant(np.arange(len(values), dtype=float))
    return float(sm.OLS(values, design).fit(cov_type="HAC", cov_kwds={"maxlags": lags}).pvalues[1])


def p_glsar(values: Any) -> float:
    import numpy as np
    import statsmodels.api as sm

    design = sm.add_constant(np.arange(len(values), dtype=float))
    return float(sm.GLSAR(values, design, rho=1).iterative_fit(maxiter=8).pvalues[1])


def p_block_bootstrap(values: Any) -> float:
    """Mann-Kendall against series put together from blocks of the values, as long as these remember each other.

    Önöz and Bayazit (2012), Hydrological Processes 26:3552.
    """
    import numpy as np
    from statsmodels.tsa.stattools import acf

    length = len(values)
    memory = np.abs(acf(values, nlags=length // 4, fft=False)[1:]) < 1.96 / np.sqrt(length)
    block = 1 + (int(np.argmax(memory)) + 1 if memory.any() else length // 4)
    generator = np.random.default_rng(length)
    starts = generator.integers(0, length - block + 1, size=(RESAMPLES, -(-length // block)))
    drawn = values[(starts[:, :, None] + np.arange(block)).reshape(RESAMPLES, -1)[:, :length]]
    return _against(values, drawn)


def _against(values: Any, drawn: Any) -> float:
    """The share of drawn series, and the one observed, whose Kendall score is as far from zero as that of `values`."""
    import numpy as np

    first, second = np.triu_indices(len(values), 1)
    scores = np.abs(np.sign(drawn[:, second] - drawn[:, first]).sum(axis=1))
    return float((1 + (scores >= abs(np.sign(values[second] - values[first]).sum())).sum()) / (1 + len(drawn)))


def p_of_claims(values: Any) -> float:
    from pipeline.claims import statistics

    found = statistics.trend(values.tolist(), 0.95)
    assert found is not None
    return found.p_value


def trend_tests() -> dict[str, Callable[[Any], float]]:
    """Each test as a function from a series to its p-value; the primary one of claims is `against AR(1) noise`."""
    import pymannkendall as mk

    return {
        "Mann-Kendall": lambda x: float(mk.original_test(x).p),
        "Hamed-Rao": lambda x: float(mk.hamed_rao_modification_test(x).p),
        "trend-free pre-whitened": lambda x: float(mk.trend_free_pre_whitening_modification_test(x).p),
        "Yue-Wang variance": lambda x: float(mk.yue_wang_modification_test(x).p),
        "block bootstrap": p_block_bootstrap,
        "against AR(1) noise": p_of_claims,
        "least squares, HAC errors": p_least_squares_hac,
        "GLSAR(1)": p_glsar,
        "pre-whitened": lambda x: float(mk.pre_whitening_modification_test(x).p),
    }


def rates(
    draws: int,
    total_change: float = 0.0,
    settings: Sequence[tuple[float, int]] = SETTINGS,
    only: Sequence[str] = (),
    seed: int = 20240531,
) -> Iterator[dict[str, float | int | str]]:
    """For each setting and test the share of `draws` series in which it finds a trend at LEVEL."""
    import numpy as np

    chosen = {name: test for name, test in trend_tests().items() if not only or name in only}
    for phi, length in settings:
        generator = np.random.default_rng(seed)
        found = dict.fromkeys(chosen, 0)
        for _ in range(draws):
            values = series(phi, length, total_change, generator)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for name, test in chosen.items():
                    found[name] += test(values) < LEVEL
        for name, count in found.items():
            yield {
                "test": name, "phi": phi, "length": length, "total_change": total_change, "draws": draws,
                "rate": count / draws,
            }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=400)
    draws = parser.parse_args().draws
    out = csv.DictWriter(sys.stdout, ["test", "phi", "length", "total_change", "draws", "rate"], lineterminator="\n")
    out.writeheader()
    for row in rates(draws):
        out.writerow(row)
    for change in CHANGES:
        for row in rates(draws, change):
            out.writerow(row)


if __name__ == "__main__":
    main()
