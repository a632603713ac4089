"""Where the level of a series changes; a check on dated facts, never a test; no claim and no verdict in it."""

import math
from collections.abc import Sequence


def level_breaks(values: Sequence[float], shortest: int = 3) -> list[int]:
    """The steps from which on the mean of a series is another, by an exact search with a penalty on their number.

    PELT with squared error: Killick, Fearnhead and Eckley (2012), J. Am. Stat. Assoc. 107:1590, by ruptures; penalty
    of the Schwarz criterion, 2 log n noise variances a break (Yao 1988, Stat. Prob. Lett. 6:181). The noise variance
    is read from the differences of neighbours by their median absolute deviation. Autocorrelation makes for too many
    breaks. Empty for a series shorter than twice `shortest` or without noise and change.
    """
    import numpy as np
    from ruptures import Pelt  # type: ignore[import-untyped]

    series = np.asarray(values, dtype=float)
    if len(series) < 2 * shortest:
        return []
    deviation = float(np.median(np.abs(np.diff(series) - np.median(np.diff(series))))) / 0.6745 / math.sqrt(2)
    scale = deviation or float(np.std(series))
    if scale <= 1e-12:
        return []
    found = Pelt(model="l2", min_size=shortest, jump=1).fit(series / scale).predict(pen=2 * math.log(len(series)))
    return [int(step) for step in found[:-1]]


def largest_break(values: Sequence[float], shortest: int = 3) -> int | None:
    """The step from which on the mean differs most, when exactly one break is allowed; None for a short series."""
    import numpy as np
    from ruptures import Binseg  # type: ignore[import-untyped]

    series = np.asarray(values, dtype=float)
    if len(series) < 2 * shortest:
        return None
    return int(Binseg(model="l2", min_size=shortest, jump=1).fit(series).predict(n_bkps=1)[0])
