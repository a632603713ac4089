"""How often wrong labels would change a decision; what a label is and how it is flipped is for the claim to say."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

LABEL_ERROR = 0.05
"""Share of wrong open-or-closed labels that a verdict must withstand."""
LABEL_ERRORS = (0.05, 0.10, 0.20)
"""Shares that are tried and reported."""

Relabelled = TypeVar("Relabelled", bound=Hashable)


@dataclass(frozen=True)
class FlipRates:
    """Share of random relabellings that change the decision, by share of labels flipped."""

    rates: Mapping[float, float]
    error: str = "Flipping {} of the labels at random"
    """What was done to the data, with a place for the shares."""

    @property
    def deciding(self) -> float:
        """The rate that the verdict rule looks at."""
        return self.rates[LABEL_ERROR]

    @property
    def note(self) -> str:
        """In words."""
        flipped = ", ".join(f"{error:.0%}" for error in self.rates)
        changed = ", ".join(f"{rate:.0%}" for rate in self.rates.values())
        return f"{self.error.format(flipped)} changes the decision in {changed} of draws."


def flip_rates(
    decision: str,
    relabel: Callable[[float], Iterable[Relabelled]],
    redecide: Callable[[Relabelled], str],
) -> FlipRates:
    """Decides again on each draw of `relabel(error)`; equal draws are decided once."""
    decided: dict[Relabelled, str] = {}
    rates = {}
    for error in LABEL_ERRORS:
        changes = []
        for draw in relabel(error):
            if draw not in decided:
                decided[draw] = redecide(draw)
            changes.append(decided[draw] != decision)
        rates[error] = sum(changes) / len(changes)
    return FlipRates(rates)
