"""A verdict said to a person who knows no statistics; the rule and the figures stand in `verdict`."""

import math
from collections.abc import Mapping

from pipeline.claims.findings import Estimate
from pipeline.claims.registration import Hypothesis

OPENINGS: Mapping[str, str] = {
    "every_primary_supports": "The claim holds up.",
    "primary_contradicts": "The claim does not hold up.",
    "below_minimum_sample": "There is too little to go by.",
    "interval_too_wide": "The data leave it open.",
    "partly_decided": "One part of the claim holds up, another stays open.",
    "between_marks": "The answer lies in between.",
    "depends_on_specification": "The answer depends on how one counts.",
    "falsification_failed": "The figures are on the claim's side, but so is a control that should have found nothing.",
    "label_error": "The figures are on the claim's side, but a few errors in the data would undo that.",
}
"""The first sentence of a verdict, by the branch of the rule that decided."""
SHORT_UNIT = 24
"""Characters that the name of a unit may have within a sentence."""
SPLIT_BY_DEFINITION = "The answer depends on what counts as open."


def sentence(hypothesis: Hypothesis, estimate: Estimate, decision: str, size: int) -> str:
    """One hypothesis and its answer in plain words: what was found, how sure it is, and what the claim needs."""
    finding = _finding(hypothesis, estimate)
    unit = estimate.effect_unit
    if size < hypothesis.minimum_sample:
        unit = hypothesis.unit if len(hypothesis.unit) <= SHORT_UNIT else "cases"
        held = "none" if size == 0 else f"only {size}"
        be = "is" if size == 1 else "are"
        return f"{_upper(hypothesis.estimand)}: {held} of the {hypothesis.minimum_sample} {unit} needed {be} held."
    if estimate.estimate is None or estimate.interval_low is None or estimate.interval_high is None:
        return f"{_upper(hypothesis.estimand)}: the data give no answer."
    low, high = (amount(end, unit) for end in (estimate.interval_low, estimate.interval_high))
    span = f"from {low.removesuffix(f' {unit}')} to {high.removesuffix(f' {unit}') if ' ' in unit else high}"
    if decision == "supports":
        return f"{finding}; the data rule out that {_lower(hypothesis.null_hypothesis)}."
    if decision == "contradicts":
        best = f"at most {high}" if hypothesis.alternative == "greater" else f"at least {low}"
        side = "more" if hypothesis.alternative == "greater" else "less"
        return f"{finding}, {best}; the claim needs {amount(hypothesis.marks.contradict, unit)} or {side}."
    if decision == "insufficient":
        return f"{finding}, but it may be anything {span}."
    return f"{finding}, {span}: too close to call."


def _finding(hypothesis: Hypothesis, estimate: Estimate) -> str:
    """The estimate in the hypothesis's own plain words, or beside its estimand."""
    if estimate.estimate is None or math.isinf(estimate.estimate):
        return f"{_upper(hypothesis.estimand)}: no finite value"
    value = amount(estimate.estimate, estimate.effect_unit)
    if hypothesis.plain:
        return _upper(hypothesis.plain.replace("{estimate}", value))
    return f"{_upper(hypothesis.estimand)}: {value}"


def amount(value: float, unit: str) -> str:
    """A value with its unit as people say it: shares in per cent, relative changes with their sign."""
    if math.isinf(value):
        return "without limit" if value > 0 else "without lower limit"
    if unit.startswith("share"):
        digits = 1 if 0 < abs(value) < 0.01 or 0.99 < abs(value) < 1 else 0
        return f"{100 * value:.{digits}f} %"
    if unit.startswith("relative"):
        return f"{100 * value:+.0f} %"
    number = f"{value:.2g}" if abs(value) < 10 else f"{value:,.0f}"
    return f"{number} times" if unit.endswith("ratio") or "ratio of" in unit else f"{number} {unit}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    """A phrase inside a sentence: names and abbreviations keep their capitals."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
