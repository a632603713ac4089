"""What the analysis of a claim hands to the verdict rule; no statistics and no rule in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import product

from pipeline.claims.joint import Draw
from pipeline.claims.sensitivity import FlipRates
from pipeline.claims.statistics import Interval


@dataclass(frozen=True)
class Estimate:
    """The answer to one hypothesis as of one day; `estimate` may be infinite, and is None when there is no answer."""

    hypothesis_id: str
    effect_unit: str
    estimate: float | None = None
    interval_low: float | None = None
    interval_high: float | None = None
    interval_level: float | None = None
    """None for an interval that is a bound over unknown labels, not a sampling interval."""
    p_value: float | None = None
    sample_size: int = 0
    gate_size: int | None = None
    """What is held against the minimum sample, where that is not `sample_size`: the smaller of two sides, say."""
    flips: Callable[[], FlipRates] | None = None
    """Finds how often wrong labels would change the decision: asked only when all else supports the claim, as it is
    the costliest question. None where it is not measured."""
    note: str = ""

    @classmethod
    def of(
        cls,
        hypothesis_id: str,
        effect_unit: str,
        found: Interval,
        level: float | None,
        sample_size: int,
        p_value: float | None = None,
        gate_size: int | None = None,
        note: str = "",
    ) -> "Estimate":
        """An answer with its interval."""
        return cls(
            hypothesis_id, effect_unit, found.estimate, found.low, found.high, level, p_value, sample_size, gate_size,
            note=note,
        )  # fmt: skip


@dataclass(frozen=True)
class Specification:
    """The same question answered with other defensible choices."""

    hypothesis_id: str
    choices: Mapping[str, str]
    estimate: float | None
    interval_low: float | None = None
    interval_high: float | None = None
    p_value: float | None = None
    sample_size: int = 0

    @classmethod
    def of(cls, choices: Mapping[str, str], answer: Estimate) -> "Specification":
        """An answer got with these choices."""
        return cls(
            answer.hypothesis_id, choices, answer.estimate, answer.interval_low, answer.interval_high, answer.p_value,
            answer.sample_size,
        )  # fmt: skip


def combinations(grid: Mapping[str, tuple[str, ...]]) -> list[dict[str, str]]:
    """Every way to choose one value on each axis of a specification grid, the headline's first."""
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]


@dataclass(frozen=True)
class Findings:
    """All answers of one claim as of one day."""

    estimates: tuple[Estimate, ...]
    fingerprint: str
    """Hash of the rows that were read."""
    specifications: tuple[Specification, ...] = ()
    missing: tuple[str, ...] = ()
    """What the analysis needed and did not find, in words a reader can act on."""
    worlds: Mapping[str, Draw] = field(default_factory=dict)
    """By hypothesis, how its specification curve is drawn in worlds where it is false; asked on the newest day only."""
