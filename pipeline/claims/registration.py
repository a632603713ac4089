"""What a claim promises before it is tested, and the hash of that promise; estimating and judging live elsewhere."""

import hashlib
import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pipeline.claims.evidence import AsOf
from pipeline.claims.findings import Findings

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

Role: TypeAlias = Literal["primary", "secondary", "falsification"]
Alternative: TypeAlias = Literal["greater", "less"]
Limit: TypeAlias = Literal["supported", "mixed", "contradicted", "insufficient evidence"]

LOOKS_PER_YEAR = 4
"""Verdicts of record are taken at quarter ends; an error rate for a year is split evenly over them."""

NOT_REGISTERED = {"registered": False}
"""Marks a field that can change without the promise changing: code, and words of presentation."""


@dataclass(frozen=True)
class Marks:
    """Where a decision turns, on the estimate's own scale; which side is the claim's is said by `alternative`."""

    null: float
    """An estimate beyond it has the claimed sign."""
    support: float
    """The whole interval must lie beyond it to support the claim."""
    effect: float
    """The estimate must reach it to support the claim."""
    contradict: float
    """The whole interval must fall short of it to contradict the claim."""
    opposite: float | None
    """An interval from short of this to beyond `effect` tells nothing; None where the rule has no such case."""

    @classmethod
    def threshold(cls, value: float) -> "Marks":
        """One value decides everything: a claim about being above or below it."""
        return cls(value, value, value, value, value)

    @classmethod
    def smallest_effect(cls, null: float, effect: float, opposite: float) -> "Marks":
        """An effect that must differ from `null` and reach `effect`; `opposite` is as much the other way."""
        return cls(null, null, effect, effect, opposite)


@dataclass(frozen=True)
class Hypothesis:
    """One question put to the data, with everything that decides how it is answered."""

    hypothesis_id: str
    role: Role
    estimand: str
    unit: str
    estimation_window: str
    outcome: str
    openness_definition: str
    test_function: str
    alternative: Alternative
    alpha: float
    """One less the level of the interval that decides, two-sided, at one look."""
    smallest_effect: float
    """Smallest effect of interest, on the estimate's own scale; 0 where a threshold decides."""
    minimum_sample: int
    null_hypothesis: str
    verdict_rule: str
    marks: Marks
    grid: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The axes of the specification curve and their values; the first value of each is the headline's."""
    counts_from: date | None = None
    """A primary hypothesis about a later period enters the verdict from this day on."""
    plain: str = field(default="", metadata=NOT_REGISTERED)
    """What was found, for a person who knows no statistics, `{estimate}` standing for the value with its unit: `OpenAI
    lets people download {estimate} of its releases`. Without one the estimand is named."""

    @property
    def claim_id(self) -> str:
        return self.hypothesis_id.split(".")[0]

    @property
    def registration_hash(self) -> str:
        return _hash(registered(self))


@dataclass(frozen=True)
class Figure:
    """A chart: SQL over the published file and the function that draws what it returns."""

    figure_id: str
    title: str
    caption: str
    sql: str
    """Reads marts and claims only."""
    draw: "Callable[[pd.DataFrame], alt.TopLevelMixin]"


@dataclass(frozen=True)
class Claim:
    """A claim of the essay, where it stands, how it is tested and how far a verdict may go."""

    claim_id: str
    slug: str = field(metadata=NOT_REGISTERED)
    title: str = field(metadata=NOT_REGISTERED)
    question: str = field(metadata=NOT_REGISTERED)
    statement: str
    essay_section: str
    essay_paragraph: int
    essay_phrase: str
    ceiling: Limit
    """The verdict most in the claim's favour that the data allow."""
    floor: Limit
    """The verdict least in the claim's favour that the data allow."""
    limit_reason: str
    """Why there is a ceiling or floor, and what would lift it; empty without one."""
    hypotheses: tuple[Hypothesis, ...]
    """None for a sentence that cannot be tested."""
    settings: Mapping[str, Any]
    """Constants of the estimation: windows, groups, tiers, boards, draws."""
    caveats: tuple[str, ...] = field(default=(), metadata=NOT_REGISTERED)
    estimate: "Callable[[DuckDBPyConnection, AsOf], Findings] | None" = field(default=None, metadata=NOT_REGISTERED)
    figures: tuple[Figure, ...] = field(default=(), metadata=NOT_REGISTERED)

    def __post_init__(self) -> None:
        names = [h.hypothesis_id for h in self.hypotheses]
        problems = [f"hypothesis {name!r} is registered twice" for name in {n for n in names if names.count(n) > 1}]
        problems += [
            f"hypothesis {h.hypothesis_id!r} is not named {self.claim_id}.<name>"
            for h in self.hypotheses
            if h.claim_id != self.claim_id
        ]
        if self.hypotheses and not any(h.role == "primary" for h in self.hypotheses):
            problems.append("no hypothesis is primary")
        if bool(self.hypotheses) != (self.estimate is not None):
            problems.append("a claim has both hypotheses and a function that estimates them, or neither")
        if (self.ceiling != "supported" or self.floor != "contradicted") and not self.limit_reason:
            problems.append("a ceiling or floor needs its limit_reason")
        if problems:
            raise ValueError(f"{self.path}: " + "; ".join(sorted(problems)))

    @property
    def path(self) -> str:
        """The file that must hold this claim, from the root of the project."""
        return f"pipeline/claims/{self.claim_id.lower()}_{self.slug.replace('-', '_')}.py"

    @property
    def registration_hash(self) -> str:
        return _hash(registered(self))

    def hypothesis(self, name: str) -> Hypothesis:
        """The hypothesis `<claim>.<name>`; KeyError when there is none."""
        for hypothesis in self.hypotheses:
            if hypothesis.hypothesis_id == f"{self.claim_id}.{name}":
                return hypothesis
        raise KeyError(f"{self.path}: expected a hypothesis {self.claim_id}.{name}, found none")


def registered(value: Any) -> Any:
    """The registered part of a claim or hypothesis as plain JSON values."""
    if isinstance(value, (Claim, Hypothesis, Marks)):
        return {f.name: registered(getattr(value, f.name)) for f in fields(value) if f.metadata.get("registered", True)}
    if isinstance(value, Mapping):
        return {str(key): registered(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [registered(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def discover(package: str = "pipeline.claims") -> tuple[Claim, ...]:
    """All claims by id: each module `cNN_<slug>.py` exports one `CLAIM`, and so does each `nNN_<slug>.py` of a sentence
    that cannot be tested; TypeError names a file that does not."""
    found = []
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
        if not re.fullmatch(r"[cn]\d\d_\w+", module.name):
            continue
        path = f"{package.replace('.', '/')}/{module.name}.py"
        claim = getattr(importlib.import_module(f"{package}.{module.name}"), "CLAIM", None)
        if not isinstance(claim, Claim):
            raise TypeError(f"{path}: expected it to export CLAIM, a Claim; found {claim!r}")
        if claim.path.rsplit("/", 1)[-1] != f"{module.name}.py":
            raise TypeError(f"{path}: expected the file of {claim.claim_id} to be {claim.path}; rename one of them")
        found.append(claim)
    return tuple(sorted(found, key=lambda claim: claim.claim_id))
