"""Effects read from differences: staggered entry, and dates against other dates; no claim and no verdict in it."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.claims.statistics import SEED, Alternative, Interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StaggeredEffect:
    """The mean effect on treated units after entry, its path, and how it stands drift."""

    effect: Interval
    p_value: float
    path: tuple[tuple[int, Interval], ...]
    """Effect by periods since entry; negative ones are before it and should be zero."""
    robust: Interval | None
    """The same when trends may diverge after entry by as much as they did before it; None where that cannot be told."""
    treated_units: int


def staggered_effect(outcome: "Floats", entered: "Sequence[float] | Floats", level: float) -> StaggeredEffect | None:
    """The effect of entry on an outcome of units (rows) over periods (columns), NaN where there is none.

    `entered` is the column of entry, infinite if never. Callaway and Sant'Anna (2021), J. Econometrics 225:200, with
    units not yet entered as controls and influence-function errors clustered by unit; `robust` after Rambachan and
    Roth (2023), Rev. Econ. Stud. 90:2555, relative magnitudes with Mbar = 1. None where nothing can be compared.
    """
    import numpy as np
    import pandas as pd
    from diff_diff import CallawaySantAnna, HonestDiD  # type: ignore[import-untyped]

    entry = np.asarray(entered, dtype=float)
    unit, period = np.nonzero(np.isfinite(outcome))
    first = np.where(np.isfinite(entry), np.maximum(entry, 0) + 1, 0)
    frame = pd.DataFrame(
        {"unit": unit, "period": period + 1, "outcome": outcome[unit, period], "first": first[unit].astype(int)}
    )
    if frame.empty or not (frame["first"] > 1).any():
        return None
    estimator = CallawaySantAnna(
        control_group="not_yet_treated", base_period="universal", alpha=1 - level, allow_unbalanced_panel=True,
        n_bootstrap=0, seed=SEED,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = estimator.fit(
                frame, outcome="outcome", unit="unit", time="period", first_treat="first", aggregate="event_study"
            )
        except (ValueError, np.linalg.LinAlgError):
            return None
        if not np.isfinite(found.overall_att) or not np.isfinite(found.overall_se):
            return None
        try:
            honest = HonestDiD(method="relative_magnitude", M=1.0, alpha=1 - level).fit(found)
            robust = Interval(float(found.overall_att), float(honest.ci_lb), float(honest.ci_ub))
        except (ValueError, np.linalg.LinAlgError):
            robust = None
    path = tuple(
        (int(step), Interval(float(effect["effect"]), *map(float, effect["conf_int"])))
        for step, effect in sorted(found.event_study_effects.items())
        if np.isfinite(effect["effect"]) and np.isfinite(effect["se"])
    )
    low, high = map(float, found.overall_conf_int)
    if robust is not None and not np.isfinite([robust.low, robust.high]).all():
        robust = None
    treated = int(frame.loc[frame["first"] > 1, "unit"].nunique())
    return StaggeredEffect(
        Interval(float(found.overall_att), low, high), float(found.overall_p_value), path, robust, treated
    )


def effect_around_dates(
    values: Sequence[float],
    events: Sequence[int],
    window: int,
    level: float,
    alternative: Alternative = "two-sided",
    resamples: int = 999,
) -> tuple[Interval, float] | None:
    """The mean of a series in the `window` steps from each event on less that of the steps before it, and its p-value.

    Averaged over events with both windows whole. Judged against as many placebo dates drawn at random from all
    steps with whole windows: MacKinlay (1997), J. Econ. Lit. 35:13, with randomisation in place of his normal
    theory. None without an event or with fewer than twice as many possible dates as events.
    """
    import numpy as np

    series = np.asarray(values, dtype=float)
    possible = np.arange(window, len(series) - window + 1)
    placed = [event for event in sorted(set(events)) if window <= event <= len(series) - window]
    if not placed or len(possible) < 2 * len(placed):
        return None
    total = np.concatenate([[0.0], np.cumsum(series)])
    jump = (total[possible + window] - 2 * total[possible] + total[possible - window]) / window
    found = float(jump[np.asarray(placed) - window].mean())
    generator = np.random.default_rng(SEED)
    drawn = np.array([generator.choice(jump, len(placed), replace=False).mean() for _ in range(resamples)])
    beyond = {
        "less": drawn <= found + 1e-12,
        "greater": drawn >= found - 1e-12,
        "two-sided": np.abs(drawn) >= abs(found) - 1e-12,
    }[alternative]
    p_value = float((1 + beyond.sum()) / (1 + resamples))
    low, high = np.quantile(drawn - drawn.mean(), [(1 - level) / 2, (1 + level) / 2])
    return Interval(found, found - float(high), found - float(low)), p_value
