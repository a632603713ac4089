"""Draws releases whose openness says nothing, and counts them in every way of a grid at once; no verdict in it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.claims.evidence import DEFINITION_AXIS
from pipeline.claims.findings import Specification
from pipeline.claims.joint import Draw, Worlds
from pipeline.claims.registration import Hypothesis
from pipeline.claims.release_counts import CHECKPOINT, UNKNOWN_AS, window_start
from pipeline.claims.statistics import SEED

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

Choices = Mapping[str, str]
CODES = {"open": 1, "closed": 0}
UNKNOWN = -1


def share_draw(
    hypothesis: Hypothesis,
    frames: "Mapping[str, pd.DataFrame]",
    specifications: Sequence[Specification],
    on: date,
    rated: Collection[str] = (),
    axis: str | None = DEFINITION_AXIS,
    unknown_axis: str = "unknown weights",
) -> Draw:
    """`coin_worlds` of the answered specifications of a share, in windows to a day, some of rated releases alone."""
    import pandas as pd

    first = next(iter(frames.values()))
    days, is_rated = pd.to_datetime(first["released_on"]), first["model_id"].isin(list(rated))

    def keep(choices: Choices) -> "NDArray[np.bool_]":
        late = days >= window_start(choices["window"], on)
        return (late if choices.get("releases", "all") == "all" else late & is_rated).to_numpy()

    ways, null = _answered(hypothesis, specifications), hypothesis.marks.null
    return lambda draws: coin_worlds(frames, ways, axis, keep, null, hypothesis.alternative, draws, unknown_axis)


def contrast_draw(
    hypothesis: Hypothesis,
    frames: "Mapping[str, pd.DataFrame]",
    specifications: Sequence[Specification],
    on: date,
    sides: "Callable[[Choices], tuple[Collection[str], Collection[str]]]",
) -> Draw:
    """`dealt_worlds` of the answered specifications of a contrast, in windows to a day."""
    ways = _answered(hypothesis, specifications)
    return lambda draws: dealt_worlds(
        frames, ways, DEFINITION_AXIS, sides, lambda choices: window_start(choices["window"], on), draws
    )


def _answered(hypothesis: Hypothesis, specifications: Sequence[Specification]) -> list[Choices]:
    name = hypothesis.hypothesis_id
    return [s.choices for s in specifications if s.hypothesis_id == name and s.estimate is not None]


def coin_worlds(
    frames: "Mapping[str, pd.DataFrame]",
    ways: Sequence[Choices],
    axis: str | None,
    keep: "Callable[[Choices], NDArray[np.bool_]]",
    null: float,
    alternative: str,
    draws: int,
    unknown_axis: str = "unknown weights",
) -> Worlds:
    """Shares of open releases in worlds where each event is open with probability `null`, whatever the definition.

    `frames` has the same releases in the same order for each value of `axis`; `keep` says which of them a way of
    counting takes. What a lab put out on one day with the same access is decided by one coin. Unknown labels stay so.
    """
    import numpy as np
    from scipy.stats import binom

    first = next(iter(frames.values()))
    coin = first.groupby(["organisation_id", "released_on", "weights_access"], dropna=False).ngroup().to_numpy()
    drawn = np.random.default_rng(SEED).random((draws, int(coin.max(initial=-1)) + 1))[:, coin] < null
    labels = {value: _codes(frame) for value, frame in frames.items()}
    worlds = {
        value: np.vstack([own[None, :], np.where(own == UNKNOWN, UNKNOWN, drawn)]) for value, own in labels.items()
    }
    days = first.groupby(["organisation_id", "released_on"], dropna=False).ngroup().to_numpy()
    effects = np.full((draws + 1, len(ways)), np.nan)
    p_values = np.full((draws + 1, len(ways)), np.nan)
    toward = 1.0 if alternative == "greater" else -1.0
    for place, choices in enumerate(ways):
        kept = keep(choices)
        chosen = worlds[choices[axis]] if axis else next(iter(worlds.values()))
        opened, closed = _count(chosen[:, kept], days[kept], choices["unit"], choices[unknown_axis])
        known = opened + closed
        some = known > 0
        effects[some, place] = toward * (opened[some] / known[some] - null)
        tail = binom.sf(opened - 1, known, null) if toward > 0 else binom.cdf(opened, known, null)
        p_values[some, place] = tail[some]
    how = f"Each release event of known standing is made open with probability {null:g}, by one coin for all ways."
    return Worlds(how, effects, p_values)


def dealt_worlds(
    frames: "Mapping[str, pd.DataFrame]",
    ways: Sequence[Choices],
    axis: str,
    sides: "Callable[[Choices], tuple[Collection[str], Collection[str]]]",
    since: "Callable[[Choices], pd.Timestamp]",
    draws: int,
    unknown_axis: str = "unknown weights",
) -> Worlds:
    """Log odds ratios of two sides in worlds where the release days of each year are dealt out anew among the labs.

    Half a count is added to each cell (Haldane 1956); p-values are those of Fisher's exact test toward a ratio above 1.
    `frames` as for `coin_worlds`; `sides` names the labs of both sides, `since` the first day of a way of counting.
    """
    import numpy as np
    import pandas as pd
    from scipy.stats import hypergeom

    first = next(iter(frames.values()))
    group = first.groupby(["organisation_id", "released_on"]).ngroup().to_numpy()
    heads = first.assign(group=group).drop_duplicates("group").sort_values("group")
    makers, dates = heads["organisation_id"].to_numpy(dtype=object), pd.to_datetime(heads["released_on"])
    year = dates.dt.year.to_numpy()
    by_year = np.argsort(year, kind="stable")
    shuffled = np.argsort(year + np.random.default_rng(SEED).random((draws, len(heads))), axis=1)
    dealt = np.empty((draws + 1, len(heads)), dtype=object)
    dealt[0] = makers
    np.put_along_axis(dealt[1:], shuffled, np.broadcast_to(makers[by_year], shuffled.shape), axis=1)

    effects = np.full((draws + 1, len(ways)), np.nan)
    p_values = np.full((draws + 1, len(ways)), np.nan)
    for place, choices in enumerate(ways):
        codes = _codes(frames[choices[axis]])
        late = (dates >= since(choices)).to_numpy()
        cells = []
        for labs in sides(choices):
            theirs = (np.isin(dealt, list(labs)) & late).astype(float)
            cells += [theirs @ _per_group(codes, group, code, choices, unknown_axis) for code in (1, 0)]
        a, b, c, d = cells
        some = (a + b > 0) & (c + d > 0)
        ratio = np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5)))
        effects[some, place] = ratio[some]
        p_values[some, place] = hypergeom.sf(a - 1, a + b + c + d, a + c, a + b)[some]
    how = "The release days of each year are dealt out anew among the labs compared; effects are log odds ratios."
    return Worlds(how, effects, p_values)


def _codes(frame: "pd.DataFrame") -> "NDArray[np.int8]":
    """1 for open, 0 for closed, UNKNOWN otherwise."""
    import numpy as np

    return np.array([CODES.get(access, UNKNOWN) for access in frame["weights_access"].to_list()], dtype=np.int8)


def _resolved(codes: Any, unknown: str) -> Any:
    import numpy as np

    instead = UNKNOWN_AS[unknown]
    return codes if instead is None else np.where(codes == UNKNOWN, CODES[instead], codes)


def _count(
    worlds: "NDArray[np.int8]", days: "NDArray[np.integer[Any]]", unit: str, unknown: str
) -> "tuple[NDArray[np.float64], NDArray[np.float64]]":
    """Open and closed units in each world, as `release_counts.count` counts them."""
    import numpy as np

    resolved = _resolved(worlds, unknown)
    if unit == CHECKPOINT:
        return (resolved == 1).sum(axis=1).astype(float), (resolved == 0).sum(axis=1).astype(float)
    places, inverse = np.unique(days, return_inverse=True)
    member = np.zeros((len(days), len(places)), dtype=np.float32)
    member[np.arange(len(days)), inverse] = 1
    opened, closed = (((resolved == code).astype(np.float32) @ member > 0).sum(axis=1) for code in (1, 0))
    return opened.astype(float), closed.astype(float)


def _per_group(codes: Any, group: Any, code: int, choices: Choices, unknown_axis: str) -> "NDArray[np.float64]":
    """How many units of a label each release day holds."""
    import numpy as np

    found = np.bincount(group[_resolved(codes, choices[unknown_axis]) == code], minlength=int(group.max()) + 1)
    return (found if choices["unit"] == CHECKPOINT else np.minimum(found, 1)).astype(float)
