"""The open share of some releases, with a sampling interval that unknown labels widen both ways; no verdict in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.claims import statistics
from pipeline.claims.findings import Estimate
from pipeline.claims.registration import Hypothesis
from pipeline.claims.release_counts import Count, count, relabelled
from pipeline.claims.sensitivity import FlipRates, flip_rates
from pipeline.claims.verdict import decide

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Counted:
    """Units with their unknown ones left out, taken as closed and taken as open."""

    known: Count
    as_closed: Count
    as_open: Count


def counted(releases: "pd.DataFrame", unit: str) -> Counted:
    """Units of some releases by weights, as `release_counts.count` counts them."""
    return Counted(*(count(releases, unit, unknown) for unknown in ("left out", "as closed", "as open")))


def open_share(hypothesis: Hypothesis, found: Counted, unit: str = "share") -> Estimate:
    """The open share of the units that are known.

    The interval runs from the lower exact end with all unknown ones closed to the upper with all of them open; the
    p-value is that of the less favourable of the two. Without an unknown one both are the exact ones.
    """
    if not found.known.known:
        return Estimate(hypothesis.hypothesis_id, unit, note=f"{found.known.unknown} of unknown standing, none known.")
    level = 1 - hypothesis.alpha
    ends = [statistics.proportion(c.open, c.known, level) for c in (found.as_closed, found.as_open)]
    share = statistics.Interval(found.known.open / found.known.known, ends[0].low, ends[1].high)
    worst = found.as_closed if hypothesis.alternative == "greater" else found.as_open
    p_value = statistics.proportion_p_value(worst.open, worst.known, hypothesis.marks.null, hypothesis.alternative)
    note = f"{found.known.open} of {found.known.known} open"
    note += f", {found.known.unknown} more unknown." if found.known.unknown else "."
    return Estimate.of(hypothesis.hypothesis_id, unit, share, level, found.known.known, p_value, note=note)


def share_flips(hypothesis: Hypothesis, releases: "pd.DataFrame", unit: str, answer: Estimate, draws: int) -> FlipRates:
    """How often wrong labels would change the decision on `open_share`."""

    return flip_rates(
        decide(hypothesis, answer),
        lambda error: recounted(releases, unit, error, draws),
        lambda found: decide(hypothesis, open_share(hypothesis, found)),
    )


def recounted(
    releases: "pd.DataFrame", unit: str, error: float, draws: int, seed: int = statistics.SEED
) -> Iterator[Counted]:
    """The units after labels are flipped at random at a rate, once for each draw."""
    unknown = ~releases["weights_access"].isin(["open", "closed"])
    frames = [releases.assign(weights_access=releases["weights_access"].mask(unknown, to)) for to in RESOLVED]
    for counts in zip(*(relabelled(frame, unit, error, draws, seed) for frame in frames), strict=True):
        yield Counted(*counts)


RESOLVED = ("unknown", "closed", "open")
"""What unknown labels are taken for, in the order of the parts of `Counted`."""
