"""The verdict rule, on made-up answers."""

import math
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims import c15_contrast_with_meta as c15
from pipeline.claims.findings import Estimate, Findings, Specification
from pipeline.claims.registration import Claim, Hypothesis, Marks
from pipeline.claims.sensitivity import LABEL_ERRORS, FlipRates
from pipeline.claims.verdict import LADDER, boundary, decide, judge, splitting_axis
from pipeline.claims.words import amount

DAY = date(2026, 10, 1)
EFFECT = replace(
    c15.HYPOTHESES[0], hypothesis_id="C99.effect", minimum_sample=10, alternative="greater",
    marks=Marks.smallest_effect(null=0.0, effect=1.0, opposite=-1.0), grid={"board": ("a", "b"), "unit": ("x", "y")},
    plain="",
)  # fmt: skip
SHARE = replace(EFFECT, hypothesis_id="C99.share", alternative="less", marks=Marks.threshold(0.5), grid={})
TRIPWIRE = replace(SHARE, hypothesis_id="C99.tripwire", role="falsification")


def claim(*hypotheses: Hypothesis, **changes: object) -> Claim:
    return replace(
        c15.CLAIM, claim_id="C99", hypotheses=hypotheses, **{"ceiling": "supported", "floor": "contradicted", **changes}
    )


def answer(
    hypothesis: Hypothesis,
    low: float,
    high: float,
    n: int = 50,
    estimate: float | None = None,
    flips: float | None = 0.0,
) -> Estimate:
    """An answer of which, at the error that decides, the share `flips` of relabellings is decided otherwise."""
    rates = None if flips is None else (lambda: FlipRates(dict.fromkeys(LABEL_ERRORS, flips)))
    middle = (low + high) / 2 if estimate is None else estimate
    return Estimate(hypothesis.hypothesis_id, "units", middle, low, high, 0.95, 0.001, n, flips=rates)


def curve(*signs: float, board: str = "a") -> tuple[Specification, ...]:
    return tuple(Specification("C99.effect", {"board": board, "unit": "x"}, sign) for sign in signs)


@pytest.mark.parametrize(
    ("low", "high", "estimate", "expected"),
    [
        (0.5, 3.0, 1.5, "supports"),
        (0.5, 3.0, 0.9, "inconclusive"),  # the interval excludes 0 but the estimate is too small to matter
        (-0.5, 3.0, 1.5, "inconclusive"),
        (-2.0, 3.0, 0.5, "insufficient"),  # so wide that it says nothing
        (-2.0, 0.9, -0.5, "contradicts"),
        (0.1, 0.9, 0.5, "contradicts"),  # there is an effect, and it is shown to be too small
        (-3.0, -1.5, -2.0, "contradicts"),
        (2.0, math.inf, math.inf, "supports"),
    ],
)
def test_an_effect_is_decided_by_its_marks(low: float, high: float, estimate: float, expected: str) -> None:
    assert decide(EFFECT, answer(EFFECT, low, high, estimate=estimate)) == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0.1, 0.4, "supports"), (0.6, 0.8, "contradicts"), (0.4, 0.6, "insufficient")]
)
def test_a_threshold_is_decided_by_which_side_the_interval_is_on(low: float, high: float, expected: str) -> None:
    assert decide(SHARE, answer(SHARE, low, high)) == expected


def test_the_gate_comes_before_everything() -> None:
    assert decide(EFFECT, answer(EFFECT, 2, 3, n=9)) == "insufficient"
    assert decide(EFFECT, replace(answer(EFFECT, 2, 3), gate_size=9)) == "insufficient"
    assert decide(EFFECT, Estimate("C99.effect", "units", sample_size=99)) == "insufficient"
    assert decide(EFFECT, replace(answer(EFFECT, 2, 3), interval_low=None)) == "inconclusive"


def test_a_p_value_that_is_not_small_denies_support_and_nothing_else() -> None:
    assert decide(EFFECT, replace(answer(EFFECT, 0.5, 3), p_value=0.2)) == "inconclusive"
    assert decide(EFFECT, replace(answer(EFFECT, 0.5, 3), p_value=None)) == "supports"
    assert decide(EFFECT, replace(answer(EFFECT, -3, -2), p_value=0.9)) == "contradicts"


def test_supported_needs_every_condition() -> None:
    both = claim(EFFECT, SHARE, TRIPWIRE)
    good = [answer(EFFECT, 0.5, 3), answer(SHARE, 0.1, 0.4), answer(TRIPWIRE, 0.1, 0.4)]
    specs = curve(1, 1, 1, 1, -1)
    assert judge(both, DAY, Findings(tuple(good), "", specs)).verdict == "supported"
    for estimates, curves, code in [
        ([answer(EFFECT, -0.5, 3), *good[1:]], specs, "partly_decided"),
        (good, curve(1, 1, 1, -1, -1), "depends_on_specification"),
        (good, (), "depends_on_specification"),
        ([answer(EFFECT, 0.5, 3, flips=0.1), *good[1:]], specs, "label_error"),
        ([answer(EFFECT, 0.5, 3, flips=None), *good[1:]], specs, "label_error"),
        ([*good[:2], answer(TRIPWIRE, 0.6, 0.9)], specs, "falsification_failed"),
    ]:
        verdict = judge(both, DAY, Findings(tuple(estimates), "", tuple(curves)))
        assert (verdict.verdict, verdict.reason_code) == ("mixed", code)


def test_wrong_labels_are_asked_after_only_when_all_else_supports() -> None:
    def never() -> FlipRates:
        raise AssertionError

    asked = replace(answer(EFFECT, 0.5, 3), flips=never)
    assert judge(claim(EFFECT), DAY, Findings((asked,), "", curve(-1))).verdict == "mixed"
    with pytest.raises(AssertionError):
        judge(claim(EFFECT), DAY, Findings((asked,), "", curve(1)))


def test_one_decisive_primary_contradicts_even_where_another_lacks_data() -> None:
    both = claim(EFFECT, SHARE)
    estimates = (answer(EFFECT, -3, -2), answer(SHARE, 0.1, 0.4, n=2))
    assert judge(both, DAY, Findings(estimates, "", curve(-1, -1, -1, -1, 1))).verdict == "contradicted"
    undecided = judge(both, DAY, Findings(estimates, "", curve(-1, -1, 1)))
    assert (undecided.verdict, undecided.reason_code) == ("insufficient evidence", "below_minimum_sample")


def test_a_contradiction_that_depends_on_choices_is_mixed_and_names_the_choice() -> None:
    specs = curve(-1, -1, board="a") + curve(1, 1, board="b")
    verdict = judge(claim(EFFECT), DAY, Findings((answer(EFFECT, -3, -2),), "", specs))
    assert (verdict.verdict, verdict.reason_code) == ("mixed", "depends_on_specification")
    assert "board: 0% for a, 100% for b" in verdict.reason
    assert splitting_axis(EFFECT, specs) == ("board", {"a": 0.0, "b": 1.0})


def test_too_little_says_how_much_is_missing_and_what() -> None:
    verdict = judge(claim(SHARE), DAY, Findings((answer(SHARE, 0.1, 0.4, n=7),), "", missing=("ratings by then",)))
    assert verdict.verdict == "insufficient evidence"
    assert verdict.distance_to_boundary == 3
    assert "ratings by then" in verdict.reason
    assert "3 more" in verdict.what_would_change_it
    nothing = judge(claim(SHARE), DAY, Findings((), ""))
    assert (nothing.verdict, nothing.distance_to_boundary) == ("insufficient evidence", 10)


def test_an_interval_too_wide_is_insufficient() -> None:
    verdict = judge(claim(SHARE), DAY, Findings((answer(SHARE, 0.2, 0.8),), ""))
    assert (verdict.verdict, verdict.reason_code) == ("insufficient evidence", "interval_too_wide")


def test_between_marks_is_mixed() -> None:
    zone = replace(SHARE, marks=Marks(null=6, support=3, effect=3, contradict=6, opposite=None))
    verdict = judge(claim(zone), DAY, Findings((answer(zone, 2, 5),), ""))
    assert (verdict.verdict, verdict.reason_code) == ("mixed", "between_marks")
    assert verdict.distance_to_boundary == 2
    assert "upper end of its interval moved from 5 past 3" in verdict.what_would_change_it


@pytest.mark.parametrize(
    ("ceiling", "floor", "low", "high", "expected", "code"),
    [
        ("mixed", "contradicted", 0.1, 0.4, "mixed", "ceiling"),
        ("mixed", "contradicted", 0.6, 0.9, "contradicted", "primary_contradicts"),
        ("mixed", "mixed", 0.6, 0.9, "mixed", "floor"),
        ("insufficient evidence", "contradicted", 0.1, 0.4, "insufficient evidence", "ceiling"),
        ("mixed", "mixed", 0.4, 0.6, "insufficient evidence", "interval_too_wide"),
    ],
)
def test_ceiling_and_floor_bound_the_verdict(
    ceiling: str, floor: str, low: float, high: float, expected: str, code: str
) -> None:
    bounded = claim(SHARE, ceiling=ceiling, floor=floor, limit_reason="licences are missing.")
    verdict = judge(bounded, DAY, Findings((answer(SHARE, low, high),), ""))
    assert (verdict.verdict, verdict.reason_code) == (expected, code)
    assert ("licences are missing" in verdict.reason) == (code in ("ceiling", "floor"))


def test_a_primary_counts_from_its_day_on() -> None:
    later = replace(SHARE, counts_from=date(2027, 1, 1))
    findings = Findings((answer(EFFECT, 0.5, 3), answer(SHARE, 0.6, 0.9)), "", curve(1))
    assert judge(claim(EFFECT, later), DAY, findings).verdict == "supported"
    assert judge(claim(EFFECT, later), date(2027, 1, 1), findings).verdict == "contradicted"
    alone = judge(claim(later), DAY, findings)
    assert (alone.verdict, alone.reason_code) == ("insufficient evidence", "too_early")


def test_without_hypotheses_it_is_not_testable() -> None:
    verdict = judge(claim(estimate=None), DAY, None)
    assert verdict.verdict == "not testable"


@pytest.mark.parametrize(
    ("low", "high", "distance", "words"),
    [
        (0.5, 3.0, 0.5, "no longer support the claim if the lower end of its interval moved from 0.5 past 0"),
        (-2.0, 0.25, 0.75, "no longer contradict the claim if the upper end of its interval moved from 0.25 past 1"),
        (-0.5, 3.0, 0.5, "would support the claim if the lower end of its interval moved from -0.5 past 0"),
        (0.1, 1.2, 0.2, "would contradict the claim if the upper end of its interval moved from 1.2 past 1"),
    ],
)
def test_the_distance_is_to_the_nearest_boundary(low: float, high: float, distance: float, words: str) -> None:
    estimate = answer(EFFECT, low, high)
    found = boundary(EFFECT, estimate, decide(EFFECT, estimate))
    assert found is not None
    assert found.distance == pytest.approx(distance)
    assert words in found.text


def test_no_distance_where_nothing_finite_leads_there() -> None:
    estimate = answer(EFFECT, -math.inf, math.inf, estimate=2.0)
    assert boundary(EFFECT, estimate, decide(EFFECT, estimate)) is None


def change(claimed: Claim, *estimates: Estimate, specifications: tuple[Specification, ...] = ()) -> tuple[str, str]:
    verdict = judge(claimed, DAY, Findings(estimates, "", specifications))
    return verdict.reason_code, verdict.what_would_change_it


PLAIN = replace(EFFECT, grid={}, alpha=0.05)


def test_a_p_value_that_alone_denies_support_is_what_would_have_to_change() -> None:
    falling = replace(PLAIN, alternative="less", marks=Marks.smallest_effect(null=0.0, effect=-0.5, opposite=0.5))
    steady = replace(answer(falling, -4.07, -1.95, estimate=-3.21), p_value=0.0812)
    code, said = change(claim(falling), steady)
    assert code == "between_marks"
    assert said == (
        "C99.effect would support the claim if its p-value fell from 0.0812 below 0.05; its estimate and interval are "
        "already on that side."
    )
    assert boundary(falling, steady, "inconclusive").distance == pytest.approx(0.0312)  # type: ignore[union-attr]
    assert "p-value" not in change(claim(falling), replace(steady, p_value=0.01))[1]


@pytest.mark.parametrize(
    ("low", "high", "estimate", "p_value", "said"),
    [
        (0.5, 3.0, 0.9, 0.01, "0.9 past 1 (units)."),
        (-0.5, 3.0, 1.5, 0.01, "-0.5 past 0 (units)."),
        (-0.5, 3.0, 0.9, 0.01, "-0.5 past 0 and its estimate from 0.9 past 1 (units)."),
        (-0.5, 3.0, 1.5, 0.2, "-0.5 past 0 (units), and its p-value fell from 0.2 below 0.05."),
    ],
)  # fmt: skip
def test_support_is_promised_only_for_all_that_it_needs(
    low: float, high: float, estimate: float, p_value: float, said: str
) -> None:
    found = replace(answer(PLAIN, low, high, estimate=estimate), p_value=p_value)
    text = change(claim(PLAIN), found)[1]
    assert text.startswith("C99.effect would support the claim if ")
    assert text.partition(" moved from ")[2] == said
    assert decide(PLAIN, found) == "inconclusive"
    enough = answer(PLAIN, max(low, 0.01), high, estimate=max(estimate, 1.01))
    assert decide(PLAIN, enough) == "supports"


def test_too_few_specifications_on_the_claims_side_are_what_would_have_to_change() -> None:
    split = change(claim(EFFECT), answer(EFFECT, 0.5, 3), specifications=curve(1, 1, 1, -1, -1))
    assert split == (
        "depends_on_specification",
        "C99.effect supports, and would count if at least 80% of its specifications were on the claim's side; "
        "now 60% are.",
    )
    assert change(claim(EFFECT), answer(EFFECT, 0.5, 3))[1].endswith("now none has an answer.")
    against = change(claim(EFFECT), answer(EFFECT, -3, -2), specifications=curve(1, -1))
    assert against == (
        "depends_on_specification",
        "C99.effect contradicts, and would decide if at most 20% of its specifications were on the claim's side; "
        "now 50% are.",
    )


def test_wrong_labels_that_flip_too_often_are_what_would_have_to_change() -> None:
    assert change(claim(PLAIN), answer(PLAIN, 0.5, 3, flips=0.25)) == (
        "label_error",
        "C99.effect supports, and would count if this changed it in fewer than 10% of draws, not in 25%: flipping 5% "
        "of the labels at random.",
    )
    assert change(claim(PLAIN), answer(PLAIN, 0.5, 3, flips=None))[1].endswith("10% of draws; it is not measured.")


def test_what_is_needed_together_is_said_together_and_what_is_enough_alone_is_said_alone() -> None:
    other = replace(SHARE, hypothesis_id="C99.other")
    few = change(claim(SHARE, other), answer(SHARE, 0.1, 0.4, n=7), answer(other, 0.1, 0.4, n=4))
    assert few == (
        "below_minimum_sample",
        "Unless one comes to contradict, all of this is needed: "
        f"C99.share needs 3 more than the 7 found ({SHARE.unit}). "
        f"C99.other needs 6 more than the 4 found ({SHARE.unit}).",
    )
    both = change(claim(SHARE, other), answer(SHARE, 0.6, 0.8), answer(other, 0.7, 0.8))[1]
    assert both.startswith("All of this is needed: C99.share would no longer contradict")
    assert "C99.other would no longer contradict" in both
    held = change(claim(SHARE, other), answer(SHARE, 0.1, 0.4), answer(other, 0.1, 0.3))[1]
    assert held.startswith("C99.share would no longer support the claim if the upper end of its interval moved")
    wide = change(claim(SHARE, other), answer(SHARE, 0.2, 0.9), answer(other, 0.45, 0.9))[1]
    assert wide.startswith("C99.other would contradict the claim if the lower end of its interval moved from 0.45 past")
    endless = change(claim(PLAIN), answer(PLAIN, -math.inf, math.inf, estimate=2.0))[1]
    assert endless == "C99.effect needs an answer whose interval has ends."


def test_a_control_that_finds_something_is_what_would_have_to_change() -> None:
    code, said = change(claim(SHARE, TRIPWIRE), answer(SHARE, 0.1, 0.4), answer(TRIPWIRE, 0.6, 0.9))
    assert code == "falsification_failed"
    assert said.startswith("C99.tripwire would no longer contradict the claim if the lower end of its interval moved")


def test_a_limit_comes_first_among_what_would_have_to_change() -> None:
    bounded = claim(SHARE, floor="mixed", limit_reason="licences are missing.")
    code, said = change(bounded, answer(SHARE, 0.6, 0.9))
    assert code == "floor"
    assert said.startswith("Beyond mixed: licences are missing. Of the figures alone: C99.share would no longer")


ENDS = st.floats(-5, 5)


@given(low=ENDS, width=st.floats(0.01, 1.9), shift=st.floats(0, 5))
def test_moving_the_whole_interval_toward_the_claim_never_worsens_the_verdict(
    low: float, width: float, shift: float
) -> None:
    plain = replace(EFFECT, grid={})
    before, after = (
        judge(claim(plain), DAY, Findings((answer(plain, x, x + width),), "")).verdict for x in (low, low + shift)
    )
    assert LADDER.index(before) <= LADDER.index(after)


@pytest.mark.parametrize(
    ("estimates", "opening", "words"),
    [
        (
            (answer(SHARE, 0.1, 0.4),),
            "The claim holds up.",
            "Labs give away 25 % of what they release; the data rule out that the share is half.",
        ),
        (
            (answer(SHARE, 0.6, 0.9),),
            "The claim does not hold up.",
            ", at least 60 %; the claim needs 50 % or",
        ),
        ((answer(SHARE, 0.2, 0.8),), "The data leave it open.", "but it may be anything from 20 % to 80 %."),
        ((answer(SHARE, 0.1, 0.4, n=7),), "There is too little to go by.", ": only 7 of the 10 cases needed are held."),
        ((), "There is too little to go by.", ": none of the 10 cases needed are held."),
    ],
)
def test_it_says_first_in_plain_words_what_the_figures_say(
    estimates: tuple[Estimate, ...], opening: str, words: str
) -> None:
    plain = replace(SHARE, plain="labs give away {estimate} of what they release", null_hypothesis="the share is half")
    shares = tuple(replace(estimate, effect_unit="share") for estimate in estimates)
    verdict = judge(claim(plain), DAY, Findings(shares, ""))
    assert verdict.summary.startswith(opening)
    assert words in verdict.summary
    assert verdict.reason.startswith(f"{verdict.summary} In figures: C99.share ")


def test_a_split_is_named_in_plain_words() -> None:
    specs = curve(-1, -1, board="a") + curve(1, 1, board="b")
    verdict = judge(claim(EFFECT), DAY, Findings((answer(EFFECT, -3, -2),), "", specs))
    assert verdict.summary.startswith("The answer depends on how one counts.")
    assert "Most turns on the choice of board: of the other ways to count, 0% with a, 100% with b" in verdict.summary
    strict = replace(SHARE, hypothesis_id="C99.strict", openness_definition="open source", alternative="greater")
    split = judge(claim(SHARE, strict), DAY, Findings((answer(SHARE, 0.1, 0.4), answer(strict, 0.4, 0.6)), ""))
    assert split.verdict == "insufficient evidence"
    zone = replace(
        strict, alternative="less", marks=Marks(null=6, support=3, effect=3, contradict=math.inf, opposite=None)
    )
    split = judge(claim(SHARE, zone), DAY, Findings((answer(SHARE, 0.1, 0.4), answer(zone, 2, 5)), ""))
    assert split.summary.startswith("The answer depends on what counts as open.")


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.0615, "share", "6 %"),
        (0.0009, "share of days", "0.1 %"),
        (-0.594, "relative change of the price", "-59 %"),
        (1.03, "relative change of the price", "+103 %"),
        (15.6, "odds ratio", "16 times"),
        (0.37, "ratio of odds ratios", "0.37 times"),
        (4.63, "months", "4.6 months"),
        (1234.0, "rating points", "1,234 rating points"),
        (math.inf, "months", "without limit"),
    ],
)
def test_amounts_are_said_as_people_say_them(value: float, unit: str, said: str) -> None:
    assert amount(value, unit) == said
