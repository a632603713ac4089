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
from pipeline.claims.sensitivity import LABEL_ERROR, FlipRates
from pipeline.claims.words import OPENINGS, SPLIT_BY_DEFINITION, sentence

SUPPORTED_SIGN_SHARE = 0.80
CONTRADICTED_SIGN_SHARE = 0.20
FLIP_SHARE = 0.10

ALL_NEEDED = "All of this is needed"

Decision: TypeAlias = Literal["supports", "contradicts", "inconclusive", "insufficient"]
LADDER = ("contradicted", "mixed", "supported")


@dataclass(frozen=True)
class Boundary:
    """How far what blocks another decision is from where it would not, on its own scale, and in words."""

    distance: float | None
    """None where nothing is measured that could move."""
    text: str
    decides_alone: bool = False
    """Whether it leads to a contradiction, of which one is enough for a claim."""


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


@dataclass(frozen=True)
class _Move:
    """What would have to move, from where to where, all counted toward the claim; `gap` is how far."""

    what: str
    now: float
    mark: float

    @property
    def gap(self) -> float:
        return abs(self.mark - self.now)


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
        return _verdict("contradicted", "primary_contradicts", _results(decisive), decisive)

    insufficient = [j for j in primary if j.decision == "insufficient"]
    if insufficient:
        reason = _results(insufficient)
        code = "below_minimum_sample" if any(below_minimum(j) for j in insufficient) else "interval_too_wide"
        lack = f" Missing: {'; '.join(findings.missing)}." if findings.missing else ""
        return _verdict("insufficient evidence", code, reason, insufficient, more=lack)

    if contradicting:
        needed = [_other_specifications(j, CONTRADICTED_SIGN_SHARE) for j in contradicting]
        return _split_verdict(contradicting, findings, _nearest(needed))
    falsified = [j for j in judged if j.hypothesis.role == "falsification" and j.decision == "contradicts"]
    failure = f" But a falsification test finds what must not be there: {_results(falsified)}" if falsified else ""
    undecided = [j for j in primary if j.decision == "inconclusive"]
    if undecided:
        code = "partly_decided" if len(undecided) < len(primary) else "between_marks"
        return _verdict("mixed", code, _results(primary) + failure, undecided, said=primary)

    unsteady = [j for j in primary if j.hypothesis.grid and (j.sign_share or 0) < SUPPORTED_SIGN_SHARE]
    if unsteady:
        needed = [_other_specifications(j, SUPPORTED_SIGN_SHARE) for j in unsteady]
        return _split_verdict(unsteady, findings, _together(needed))
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
        needed = [_fewer_flips(j, rate) for j, rate in zip(primary, rates, strict=True) if j in shaky]
        reason = f"{reason} So {names} may rest on such errors."
        return _verdict("mixed", "label_error", reason, shaky, change=_together(needed))
    lost = [j.boundary for j in primary if j.boundary]
    return _verdict("supported", "every_primary_supports", reason, primary, change=_nearest(lost))


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
    held = f"Beyond {limit}: {claim.limit_reason}"
    limited = f"The figures alone would say {verdict.verdict}, but only {limit} may be said here: {claim.limit_reason}"
    return replace(
        verdict,
        verdict=limit,
        reason_code=code,
        reason=f"{limited} {verdict.reason}",
        summary=f"{limited} {verdict.summary}",
        what_would_change_it=f"{held} Of the figures alone: {verdict.what_would_change_it}",
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
    needed = [_Move(f"the {near} end of its interval", low, toward * marks.support)]
    if toward * marks.effect > toward * marks.support:
        needed.append(_Move("its estimate", toward * estimate.estimate, toward * marks.effect))
    contradiction = _Move(f"the {far} end of its interval", high, toward * marks.contradict)

    def told(outcome: str, moves: Sequence[_Move], and_more: str = "") -> Boundary | None:
        gap = max(move.gap for move in moves)
        if not math.isfinite(gap):
            return None
        steps = " and ".join(
            f"{m.what} {'moved ' if m is moves[0] else ''}from {toward * m.now:.3g} past {toward * m.mark:.3g}"
            for m in moves
        )
        text = f"{name} would {outcome} the claim if {steps} ({unit}){and_more}."
        return Boundary(gap, text, outcome == "contradict")

    if decision == "supports":
        ways = [told("no longer support", [move]) for move in needed]
    elif decision == "contradicts":
        ways = [told("no longer contradict", [contradiction])]
    else:
        unmet = [m for m in needed if (m.now <= m.mark if m is needed[0] else m.now < m.mark)]
        p_value = estimate.p_value
        falls = ""
        if p_value is not None and p_value >= hypothesis.alpha:
            falls = f"its p-value fell from {p_value:.3g} below {hypothesis.alpha:.3g}"
            if not unmet:
                text = f"{name} would support the claim if {falls}; its estimate and interval are already on that side."
                return Boundary(p_value - hypothesis.alpha, text)
        ways = [told("support", unmet, f", and {falls}" if falls else ""), told("contradict", [contradiction])]
    return _nearest([way for way in ways if way])


def _nearest(ways: Sequence[Boundary]) -> Boundary | None:
    """The one that takes least, where any of them is enough."""
    return min(ways, key=_farness, default=None)


def _farness(way: Boundary) -> float:
    return math.inf if way.distance is None else way.distance


def _together(ways: Sequence[Boundary]) -> Boundary:
    """All of them as one, where none is enough alone."""
    if len(ways) == 1:
        return ways[0]
    distances = [way.distance for way in ways if way.distance is not None]
    return Boundary(max(distances, default=None), f"{ALL_NEEDED}: {' '.join(way.text for way in ways)}")


def _turning(deciding: Sequence[Judged]) -> Boundary:
    """What turns a verdict for which each of the deciding hypotheses must turn, unless one comes to contradict."""
    lost = [
        j.boundary or Boundary(None, f"{j.hypothesis.hypothesis_id} needs an answer whose interval has ends.")
        for j in deciding
    ]
    together = _together(lost)
    if len(lost) > 1 and any(j.decision != "contradicts" for j in deciding):
        text = together.text.replace(ALL_NEEDED, f"Unless one comes to contradict, {ALL_NEEDED.lower()}", 1)
        together = replace(together, text=text)
    return min([together, *(way for way in lost if way.decides_alone)], key=_farness)


def _other_specifications(judged: Judged, needed: float) -> Boundary:
    """The share of specifications on the claim's side that would let a decision count."""
    name, share = judged.hypothesis.hypothesis_id, judged.sign_share or 0.0
    now = "none has an answer" if judged.sign_share is None else f"{share:.0%} are"
    if judged.decision == "contradicts":
        text = f"{name} contradicts, and would decide if at most {needed:.0%} of its specifications were"
    else:
        text = f"{name} supports, and would count if at least {needed:.0%} of its specifications were"
    return Boundary(abs(share - needed), f"{text} on the claim's side; now {now}.")


def _fewer_flips(judged: Judged, rate: FlipRates | None) -> Boundary:
    """The share of relabellings that would let support count."""
    name = judged.hypothesis.hypothesis_id
    if rate is None:
        text = f"{name} supports, and would count if wrong labels were tried and changed that in fewer than"
        return Boundary(None, f"{text} {FLIP_SHARE:.0%} of draws; it is not measured.")
    error = rate.error.format(f"{LABEL_ERROR:.0%}")
    text = f"{name} supports, and would count if this changed it in fewer than {FLIP_SHARE:.0%} of draws, not in"
    return Boundary(rate.deciding - FLIP_SHARE, f"{text} {rate.deciding:.0%}: {error[:1].lower()}{error[1:]}.")


def _verdict(
    verdict: str,
    code: str,
    figures: str,
    deciding: Sequence[Judged],
    said: Sequence[Judged] = (),
    more: str = "",
    change: Boundary | None = None,
) -> Verdict:
    """A verdict that turns by `change`, or when the deciding hypotheses do.

    Its summary says the hypotheses of `said`, or those that decide, in plain words, and `more` after them.
    """
    turn = change or _turning(deciding)
    told = said or deciding
    opening = OPENINGS[code]
    if code == "partly_decided" and len({j.hypothesis.openness_definition for j in told}) == len(told):
        opening = SPLIT_BY_DEFINITION
    plain = " ".join(sentence(j.hypothesis, j.estimate, j.decision, _size(j.estimate)) for j in told)
    summary = f"{opening} {plain}{more}"
    return Verdict(verdict, code, f"{summary} In figures: {figures}", turn.text, turn.distance, summary)


def _split_verdict(judged: Sequence[Judged], findings: Findings, change: Boundary | None) -> Verdict:
    """Mixed, as the answer turns on a choice, which is named."""
    axis = splitting_axis(judged[0].hypothesis, findings.specifications)
    more = ""
    if axis:
        name, shares = axis
        sides = ", ".join(f"{share:.0%} with {value}" for value, share in shares.items())
        more = f" Most turns on the choice of {name}: of the other ways to count, {sides} are on the claim's side."
    return _verdict(
        "mixed", "depends_on_specification", _split(judged[0], findings), judged, said=judged[:1], more=more,
        change=change,
    )  # fmt: skip


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
