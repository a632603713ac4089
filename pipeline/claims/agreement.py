"""How far our labels of openness agree with those of other publishers, beyond chance; the labels are made in SQL."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from duckdb import DuckDBPyConnection

RELIABLE = 2 / 3
"""Least alpha from which conclusions may be drawn (Krippendorff 2004, Content Analysis, ch. 11)."""
DRAWS = 200
SEED = 20240531

COLUMNS = [
    "label_set", "selection", "model_count", "agreed_count", "agreed_share", "alpha", "alpha_low", "alpha_high",
    "is_reliable",
]  # fmt: skip

CELLS = """
select label_set, their_rank, our_rank, model_count, independent_count
from marts.openness_agreement where our_rank >= 0 order by label_set, their_rank, our_rank
"""


def agreement(connection: "DuckDBPyConnection") -> "pd.DataFrame":
    """One row a label set and a selection of models: all, or those of which our word is not the publisher's own.

    Krippendorff's alpha for two raters on the publisher's ordinal scale, with a percentile bootstrap interval over
    models at 95 %. Alpha is missing where fewer than two models or fewer than two labels occur: it is undefined there.
    """
    import pandas as pd

    cells = connection.execute(CELLS).df()
    rows = []
    for label_set, met in cells.groupby("label_set", sort=True):
        for selection, column in (("all", "model_count"), ("independent", "independent_count")):
            pairs, counts = met[["their_rank", "our_rank"]].to_numpy(int), met[column].to_numpy(int)
            alpha, low, high = _alpha_with_interval(pairs, counts)
            agreed = int(counts[pairs[:, 0] == pairs[:, 1]].sum())
            rows.append(
                {
                    "label_set": label_set, "selection": selection, "model_count": int(counts.sum()),
                    "agreed_count": agreed, "agreed_share": agreed / counts.sum() if counts.sum() else None,
                    "alpha": alpha, "alpha_low": low, "alpha_high": high,
                    "is_reliable": None if alpha is None else alpha >= RELIABLE,
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS, dtype=object)


def _alpha_with_interval(pairs: "np.ndarray", counts: "np.ndarray") -> tuple[float | None, float | None, float | None]:
    import numpy as np

    total = int(counts.sum())
    alpha = _alpha(pairs, counts)
    if alpha is None:
        return None, None, None
    drawn = np.random.default_rng(SEED).multinomial(total, counts / total, size=DRAWS)
    found = [value for value in (_alpha(pairs, draw) for draw in drawn) if value is not None]
    low, high = np.quantile(found, [0.025, 0.975])
    return alpha, float(low), float(high)


def _alpha(pairs: "np.ndarray", counts: "np.ndarray") -> float | None:
    """Alpha of pairs of ranks that occur so often; None where it is undefined."""
    import krippendorff
    import numpy as np

    there = np.unique(pairs[counts > 0])
    if counts.sum() < 2 or len(there) < 2:
        return None
    values = np.repeat(pairs, counts, axis=0)
    tally = (values[:, :, None] == there[None, None, :]).sum(axis=1)
    return float(krippendorff.alpha(value_counts=tally, value_domain=there, level_of_measurement="ordinal"))
