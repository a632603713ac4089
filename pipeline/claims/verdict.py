"""The verdict rule: from estimates and specifications to one verdict and what would change it; no data is read here.

The rule, in the order in which it is applied.

1. A claim without hypotheses is `not testable`.
2. Each hypothesis gets a decision from its interval, its p-value and its registered marks (`decide`).
3. A primary hypothesis that contradicts, with no more than CONTRADICTED_SIGN_SHARE of its specifications on the
   claim's side, makes the claim `contradicted`: one is enough.
4. Otherwise a primary hypothesis without enough evidence makes it `insufficient evidence`.
5. It is `supported` when every primary hypothesis supports, at least SUPPORTED_SIGN_SHARE of the specifications of
   each are on the claim's side, no falsification contradicts, and less than FLIP_SHARE of random relabellings change
   a decision. Where that share is not measured, the claim needs a lower ceiling.
6. Everything else is `mixed`, and the reason names what it is split over.
7. The claim's ceiling and floor bound what comes out.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from pipeline.claims.findings import Estimate, Findings, Specification
from pipeline.claims.registration import Claim, Hypothesis
from pipeline.claims.words import OPENINGS, SPLIT_BY_DEFINITION, sentence

SUPPORTED_SIGN_SHARE = 0.80
CONTRADICTED_SIGN_SHARE = 0.20
FLIP_SHARE = 0.10

Decision: TypeAlias = Literal["supports", "contradicts", "inconclusive", "insufficient"]
LADDER = ("contradicted", "mixed", "supported")


@dataclass(frozen=True)
class Boundary:
    """How far an interval, or a sample, is from where its decision would change, and in words."""

    distance: float
    text: str


@dataclass(frozen=True)
class Judged:
    """One hypothesis with its answer and what the rule makes of it."""

    hypothesis: Hypothesis
    estimate: Estimate
    decision: Decision
    sign_share: float | None
    """Share of specifications on the claim's side; None without any."""
    boundary: Boundary | None


@dataclass(frozen=True)
class Verdict:
    """What is said of a claim as of one day."""

    verdict: str
    reason_code: str
    reason: str
    """The summary, then the figures."""
    what_would_change_it: str
    distance_to_boundary: float | None
    summary: str = ""
    """For a person who knows no statistics."""


def decide(hypothesis: Hypothesis, estimate: Estimate) -> Decision:
    """What one estimate says of its hypothesis, by the registered marks.

    A p-value that is not below alpha denies support: where a test allows for more than the interval does, as for
    trends in autocorrelated series, the interval alone would promise too much.
    """
    if _size(estimate) < hypothesis.minimum_sample or estimate.estimate is None:
        return "insufficient"
    if estimate.interval_low is None or estimate.interval_high is None:
        return "inconclusive"
    toward = _toward(hypothesis)
    low, high = sorted((toward * estimate.interval_low, toward * estimate.interval_high))
    marks = hypothesis.marks
    significant = estimate.p_value is None or estimate.p_value < hypothesis.alpha
    if low > toward * marks.support and toward * estimate.estimate >= toward * marks.effect and significant:
        return "supports"
    if high < toward * marks.contradict:
        return "contradicts"
    if marks.opposite is not None and low < toward * marks.opposite and high > toward * marks.effect:
        return "insufficient"
    return "inconclusive"


def has_claimed_sign(hypothesis: Hypothesis, estimate: float | None) -> bool | None:
    """Whether an estimate lies on the claim's side of the null value; None without an estimate."""
    if estimate is None:
        return None
    return _toward(hypothesis) * estimate > _toward(hypothesis) * hypothesis.marks.null


def sign_share(hypothesis: Hypothesis, specifications: Sequence[Specification]) -> float | None:
    """The share of the hypothesis's specifications with an answer that lie on the claim's side."""
    signs = [
        has_claimed_sign(hypothesis, s.estimate)
        for s in specifications
        if s.hypothesis_id == hypothesis.hypothesis_id and s.estimate is not None
    ]
    return sum(map(bool, signs)) / len(signs) if signs else None


def judge(claim: Claim, on: date, findings: Findings | None) -> Verdict:
    """The verdict on a claim as of a day; `findings` may be None only for a claim that cannot be tested."""
    if not claim.hypotheses or findings is None:
        reason = claim.limit_reason or "No measurement could decide it."
        return Verdict("not testable", "not_testable", reason, "", None, reason)
    judged = judge_hypotheses(claim, findings)
    return _within_limits(claim, _by_rule(claim, on, findings, judged))


def judge_hypotheses(claim: Claim, findings: Findings) -> list[Judged]:
    """The decision on each hypothesis, in the order of registration; an unanswered one is insufficient."""
    answers = {estimate.hypothesis_id: estimate for estimate in findings.estimates}
    judged = []
    for hypothesis in claim.hypotheses:
        estimate = answers.get(hypothesis.hypothesis_id, Estimate(hypothesis.hypothesis_id, ""))
        decision = decide(hypothesis, estimate)
        share = sign_share(hypothesis, findings.specifications)
        judged.append(Judged(hypothesis, estimate, decision, share, boundary(hypothesis, estimate, decision)))
    return judged


def _by_rule(claim: Claim, on: date, findings: Findings, judged: Sequence[Judged]) -> Verdict:
    primary = [j for j in judged if j.hypothesis.role == "primary" and _counts(j.hypothesis, on)]
    if not primary:
        first = min(h.counts_from for h in claim.hypotheses if h.role == "primary" and h.counts_from)
        early = f"It is too early to ask: there is nothing to test before {first}."
        return Verdict("insufficient evidence", "too_early", early, "Time.", None, early)

    contradicting = [j for j in primary if j.decision == "contradicts"]
    decisive = [j for j in contradicting if j.sign_share is None or j.sign_share <= CONTRADICTED_SIGN_SHARE]
    if decisive:
        return _verdict("contradicted", "primary_contradicts", _results(decisive), decisive, farthest=True)

    insufficient = [j for j in primary if j.decision == "insufficient"]
    if insufficient:
        reason = _results(insufficient)
        code = "below_minimum_sample" if any(below_minimum(j) for j in insufficient) else "interval_too_wide"
        lack = f" Missing: {'; '.join(findings.missing)}." if findings.missing else ""
        return _verdict("insufficient evidence", code, reason, insufficient, farthest=True, more=lack)

    if contradicting:
        return _split_verdict(contradicting, findings)
    falsified = [j for j in judged if j.hypothesis.role == "falsification" and j.decision == "contradicts"]
    failure = f" But a falsification test finds what must not be there: {_results(falsified)}" if falsified else ""
    undecided = [j for j in primary if j.decision == "inconclusive"]
    if undecided:
        code = "partly_decided" if len(undecided) < len(primary) else "between_marks"
        return _verdict("mixed", code, _results(primary) + failure, undecided, said=primary)

    unsteady = [j for j in primary if j.hypothesis.grid and (j.sign_share or 0) < SUPPORTED_SIGN_SHARE]
    if unsteady:
        return _split_verdict(unsteady, findings)
    if falsified:
        return _verdict(
            "mixed", "falsification_failed", _results(primary) + failure, falsified, said=[*primary, *falsified]
        )
    rates = [j.estimate.flips() if j.estimate.flips else None for j in primary]
    reason = " ".join(
        f"{_result(j)} {rate.note if rate else 'What wrong labels would do to it is not measured.'}"
        for j, rate in zip(primary, rates, strict=True)
    )
    unmeasured_is_shaky = claim.ceiling == "supported"
    shaky = [
        j
        for j, rate in zip(primary, rates, strict=True)
        if (rate.deciding >= FLIP_SHARE if rate else unmeasured_is_shaky)
    ]
    if shaky:
        names = ", ".join(j.hypothesis.hypothesis_id for j in shaky)
        return _verdict("mixed", "label_error", f"{reason} So {names} may rest on wrong labels.", shaky)
    return _verdict("supported", "every_primary_supports", reason, primary)


def _within_limits(claim: Claim, verdict: Verdict) -> Verdict:
    if claim.ceiling == "insufficient evidence":
        limit: str = "insufficient evidence"
    elif verdict.verdict in LADDER:
        bounded = min(LADDER.index(verdict.verdict), LADDER.index(claim.ceiling))
        limit = LADDER[max(bounded, LADDER.index(claim.floor))]
    else:
        return verdict
    if limit == verdict.verdict:
        return verdict
    code = "ceiling" if verdict.verdict != "contradicted" else "floor"
    limited = f"The figures alone would say {verdict.verdict}, but only {limit} may be said here: {claim.limit_reason}"
    return replace(
        verdict,
        verdict=limit,
        reason_code=code,
        reason=f"{limited} {verdict.reason}",
        summary=f"{limited} {verdict.summary}",
        what_would_change_it=f"{verdict.what_would_change_it} Beyond {limit}: {claim.limit_reason}",
    )


def boundary(hypothesis: Hypothesis, estimate: Estimate, decision: Decision) -> Boundary | None:
    """The nearest way to another decision; None where no finite change leads there."""
    name, unit = hypothesis.hypothesis_id, estimate.effect_unit
    size = _size(estimate)
    if size < hypothesis.minimum_sample:
        lack = hypothesis.minimum_sample - size
        return Boundary(float(lack), f"{name} needs {lack} more than the {size} found ({hypothesis.unit}).")
    if estimate.estimate is None or estimate.interval_low is None or estimate.interval_high is None:
        return None
    toward = _toward(hypothesis)
    marks = hypothesis.marks
    low, high = sorted((toward * estimate.interval_low, toward * estimate.interval_high))
    near, far = ("lower", "upper") if toward > 0 else ("upper", "lower")
    support = (toward * marks.support - low, f"the {near} end of its interval", low, toward * marks.support)
    effect = (
        toward * marks.effect - toward * estimate.estimate,
        "its estimate",
        toward * estimate.estimate,
        toward * marks.effect,
    )
    contradict = (high - toward * marks.contradict, f"the {far} end of its interval", high, toward * marks.contradict)
    if decision == "supports":
        ways = [(support, "no longer support")]
    elif decision == "contradicts":
        ways = [(contradict, "no longer contradict")]
    else:
        ways = [(support if support[0] > 0 else effect, "support"), (contradict, "contradict")]
    finite = [way for way in ways if math.isfinite(way[0][0])]
    if not finite:
        return None
    (gap, what, now, mark), outcome = min(finite, key=lambda way: abs(way[0][0]))
    return Boundary(
        abs(gap),
        f"{name} would {outcome} the claim if {what} moved from {toward * now:.3g} past {toward * mark:.3g} ({unit}).",
    )


def _verdict(
    verdict: str,
    code: str,
    figures: str,
    deciding: Sequence[Judged],
    farthest: bool = False,
    said: Sequence[Judged] = (),
    more: str = "",
) -> Verdict:
    """A verdict that turns when the nearest of the deciding hypotheses turns, or only when all have.

    Its summary says the hypotheses of `said`, or those that decide, in plain words, and `more` after them.
    """
    bounds = [j.boundary for j in deciding if j.boundary]
    pick = max if farthest else min
    chosen = pick(bounds, key=lambda b: b.distance) if bounds else None
    told = said or deciding
    opening = OPENINGS[code]
    if code == "partly_decided" and len({j.hypothesis.openness_definition for j in told}) == len(told):
        opening = SPLIT_BY_DEFINITION
    plain = " ".join(sentence(j.hypothesis, j.estimate, j.decision, _size(j.estimate)) for j in told)
    summary = f"{opening} {plain}{more}"
    change, distance = (chosen.text, chosen.distance) if chosen else ("", None)
    return Verdict(verdict, code, f"{summary} In figures: {figures}", change, distance, summary)


def _split_verdict(judged: Sequence[Judged], findings: Findings) -> Verdict:
    """Mixed, as the answer turns on a choice, which is named."""
    axis = splitting_axis(judged[0].hypothesis, findings.specifications)
    more = ""
    if axis:
        name, shares = axis
        sides = ", ".join(f"{share:.0%} with {value}" for value, share in shares.items())
        more = f" Most turns on the choice of {name}: of the other ways to count, {sides} are on the claim's side."
    return _verdict(
        "mixed", "depends_on_specification", _split(judged[0], findings), judged, said=judged[:1], more=more
    )


def _results(judged: Sequence[Judged]) -> str:
    return " ".join(_result(j) for j in judged)


def _result(judged: Judged) -> str:
    estimate, unit = judged.estimate, judged.estimate.effect_unit
    word = {"inconclusive": "does not decide", "insufficient": "is not enough to decide"}.get(
        judged.decision, judged.decision
    )
    if estimate.estimate is None:
        found = "no estimate"
    else:
        found = f"{_number(estimate.estimate)} ({unit})"
        if estimate.interval_low is not None and estimate.interval_high is not None:
            kind = f"{100 * estimate.interval_level:.3g} % interval" if estimate.interval_level else "bounds"
            found += f", {kind} {_number(estimate.interval_low)} to {_number(estimate.interval_high)}"
    size = f"n = {estimate.sample_size}"
    if below_minimum(judged):
        size += f", {_size(estimate)} of at least {judged.hypothesis.minimum_sample} needed"
    return f"{judged.hypothesis.hypothesis_id} {word}: {found} ({size}). {estimate.note}".rstrip()


def _split(judged: Judged, findings: Findings) -> str:
    share = "none of them answered" if judged.sign_share is None else f"{judged.sign_share:.0%} on the claim's side"
    reason = f"{_result(judged)} But its specifications are split: {share}."
    axis = splitting_axis(judged.hypothesis, findings.specifications)
    if axis:
        name, shares = axis
        parts = ", ".join(f"{share:.0%} for {value}" for value, share in shares.items())
        reason += f" It turns most on the choice of {name}: {parts}."
    return reason


def splitting_axis(
    hypothesis: Hypothesis, specifications: Sequence[Specification]
) -> tuple[str, Mapping[str, float]] | None:
    """The choice that matters most: the axis whose values differ most in their share of claimed signs."""
    widest: tuple[float, str, Mapping[str, float]] | None = None
    for axis, values in hypothesis.grid.items():
        shares = {}
        for value in values:
            share = sign_share(hypothesis, [s for s in specifications if s.choices.get(axis) == value])
            if share is not None:
                shares[value] = share
        if len(shares) > 1:
            spread = max(shares.values()) - min(shares.values())
            if widest is None or spread > widest[0]:
                widest = (spread, axis, shares)
    return None if widest is None else widest[1:]


def _toward(hypothesis: Hypothesis) -> float:
    """1 where larger is the claim's side, -1 where smaller is."""
    return 1.0 if hypothesis.alternative == "greater" else -1.0


def _counts(hypothesis: Hypothesis, on: date) -> bool:
    return hypothesis.counts_from is None or on >= hypothesis.counts_from


def below_minimum(judged: Judged) -> bool:
    """Whether there was too little to test at all."""
    return _size(judged.estimate) < judged.hypothesis.minimum_sample


def _size(estimate: Estimate) -> int:
    return estimate.sample_size if estimate.gate_size is None else estimate.gate_size


def _number(value: float) -> str:
    return "without limit" if math.isinf(value) else f"{value:.3g}"
