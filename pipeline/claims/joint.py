"""The joint test of a specification curve: would all of it look like this if nothing were true? No verdict uses it.

Simonsohn, Simmons and Nelson (2020), Nature Human Behaviour 4:1208. How worlds are drawn in which a hypothesis is
false is for its claim to say, as by `null_worlds`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DRAWS = 299
SIGNIFICANT = 0.05
"""One-sided p-value below which a specification counts as significant on the claim's side."""


@dataclass(frozen=True)
class Worlds:
    """The curve of one hypothesis in the data and in worlds where it is false."""

    how: str
    """What was done to the data, in words."""
    effects: "NDArray[np.float64]"
    """A row for each world, the data's own first, a column for each specification; larger is more on the claim's side,
    0 is the null value, NaN is no answer."""
    p_values: "NDArray[np.float64]"
    """One-sided toward the claim, likewise; NaN where a specification has none."""


Draw: TypeAlias = Callable[[int], Worlds]
"""From a number of draws to the curves, one more than that."""

UNDRAWN: Mapping[str, str] = {
    "C15.lasting": "Its null is a contrast that has halved, which no exchange of labels makes.",
    "C05.transparency": "A handful of developers in one edition: four specifications share nearly all of their data.",
    "C18": "Its specifications differ in what is likely when nothing is true, so that no one world is null for all.",
    "C19.countries": "Two months are compared, whose makers are largely the same.",
    "C20.released": "Two months are compared, whose makers are largely the same.",
    "C21": "Each curve takes tens of fitted models, too many to be fitted in hundreds of worlds a day.",
    "C22": "Records are matched by the same few models, so that their lags cannot be exchanged.",
}
"""Why no worlds are drawn for a hypothesis or for a claim; SERIES where nothing is said here."""
SERIES = "One course of events is measured in several ways: nothing in it can be exchanged for something else."


@dataclass(frozen=True)
class Joint:
    """What is remarkable about a curve: each measure, and in what share of null worlds it is as much on the claim's
    side."""

    how: str
    specification_count: int
    draw_count: int
    median_effect: float
    median_p_value: float
    sign_share: float
    sign_share_p_value: float
    significant_share: float | None
    """None where no specification has a p-value."""
    significant_share_p_value: float | None


def why_undrawn(hypothesis_id: str) -> str:
    return UNDRAWN.get(hypothesis_id, UNDRAWN.get(hypothesis_id.split(".")[0], SERIES))


def joint_test(worlds: Worlds) -> Joint | None:
    """The three measures of Simonsohn, Simmons and Nelson with their p-values; None where the data answer nothing.

    A p-value counts the data among the worlds, so that it is never below 1 / (1 + draws).
    """
    import numpy as np

    effects, p_values = worlds.effects, worlds.p_values
    answered = ~np.isnan(effects[0])
    if not answered.any():
        return None
    effects, p_values = effects[:, answered], p_values[:, answered]
    told = (~np.isnan(effects)).sum(axis=1)
    # A world in which nothing can be counted shows no effect.
    effects[told == 0], told = 0.0, np.maximum(told, 1)
    medians = np.nanmedian(effects, axis=1)
    signs = (effects > 0).sum(axis=1) / told
    significant = (p_values < SIGNIFICANT).sum(axis=1) / told

    def p_value(measure: "NDArray[np.float64]") -> float:
        return float((measure >= measure[0] - 1e-12).mean())

    tested = not np.isnan(p_values[0]).all()
    return Joint(
        worlds.how, int(answered.sum()), len(effects) - 1, float(medians[0]), p_value(medians), float(signs[0]),
        p_value(signs), float(significant[0]) if tested else None, p_value(significant) if tested else None,
    )  # fmt: skip
