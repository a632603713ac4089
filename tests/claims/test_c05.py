"""C05 reaches every verdict, and resamples what it says it resamples."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from claims.world import World

from pipeline.claims.c05_not_hoarding import CLAIM, Edition, outscored, resampled

NOW = date(2026, 6, 30)
ENDS_ON = date(2025, 12, 31)
OTHERS = {
    "ibm": 40,
    "openai": 35,
    "google": 41,
    "anthropic": 46,
    "amazon": 39,
    "xai": 14,
    "deepseek": 32,
    "mistral": 18,
}


def world(score: int | None, opened: int, closed: int, indicators: bool = False) -> World:
    made = World()
    if score is not None:
        made.edition("2025-12", ENDS_ON, {**OTHERS, "meta": score}, indicators)
    total = opened + closed
    for i in range(total):
        is_open = (i + 1) * opened // total > i * opened // total
        made.release(f"m-{i}", "meta", date(2024, 9, 1) + timedelta(days=14 * i), "open" if is_open else "closed")
    return made


@pytest.mark.parametrize("indicators", [False, True])
@pytest.mark.parametrize(
    ("score", "opened", "closed", "expected", "code"),
    [
        (90, 40, 2, "supported", "every_primary_supports"),
        (2, 40, 2, "contradicted", "primary_contradicts"),
        (90, 2, 40, "contradicted", "primary_contradicts"),
        (90, 20, 20, "insufficient evidence", "interval_too_wide"),
        (36, 40, 2, "insufficient evidence", "interval_too_wide"),
        (90, 5, 0, "insufficient evidence", "below_minimum_sample"),
        (None, 40, 2, "insufficient evidence", "below_minimum_sample"),
    ],
)
def test_each_verdict(
    score: int | None,
    opened: int,
    closed: int,
    expected: str,
    code: str,
    indicators: bool,
    verdict: Callable[..., dict[str, Any]],
) -> None:
    for clock in ("then", "hindsight"):
        found = verdict(CLAIM, world(score, opened, closed, indicators), NOW, clock)
        assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def test_mixed_when_it_turns_on_the_window(verdict: Callable[..., dict[str, Any]]) -> None:
    made = world(90, 5, 38)
    for i in range(60):
        made.release(f"early-{i}", "meta", date(2023, 1, 2) + timedelta(days=8 * i), "open")
    found = verdict(CLAIM, made, NOW)
    assert (found["verdict"], found["reason_code"]) == ("mixed", "depends_on_specification"), found["reason"]
    assert "window" in found["reason"]


def test_an_edition_counts_when_it_is_published(verdict: Callable[..., dict[str, Any]]) -> None:
    made = world(90, 40, 2)
    assert verdict(CLAIM, made, ENDS_ON)["tests"]["C05.transparency"]["estimate"] == 1.0
    early = verdict(CLAIM, made, ENDS_ON - timedelta(days=1))
    assert early["tests"]["C05.transparency"]["sample_size"] == 0
    assert "openness_fmti" in early["reason"]


def test_its_fall_is_seen_across_editions(verdict: Callable[..., dict[str, Any]]) -> None:
    made = world(2, 40, 2)
    made.edition("2023-10", date(2023, 10, 31), {**OTHERS, "meta": 90})
    fall = verdict(CLAIM, made, NOW)["tests"]["C05.since_first"]
    assert (fall["estimate"], fall["decision"]) == (-1.0, "contradicts")


@pytest.mark.parametrize(
    ("own", "others", "decision"),
    [
        ([9.0, 10.0, 9.5, 10.5], [5.0, 6.0, 5.5, 6.5, 5.0, 6.0], "supports"),
        ([3.0, 3.5, 2.5, 3.0], [5.0, 6.0, 5.5, 6.5, 5.0, 6.0], "contradicts"),
        ([5.0, 7.0, 6.0], [5.5, 6.0, 6.5, 5.0], "insufficient"),
        ([9.0, 10.0], [5.0, 6.0, 5.5], "insufficient"),
    ],
)
def test_its_systems_are_judged_beside_those_of_others(
    own: list[float], others: list[float], decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    made = world(90, 40, 2)
    for maker, points in (("Meta / Facebook Research", own), ("Metaphor", others)):
        made.rows["judged_system"] += [(f"{maker}-{i}", maker, p, NOW) for i, p in enumerate(points)]
    found = verdict(CLAIM, made, NOW, "then")["tests"]["C05.judged"]
    assert (found["decision"], found["sample_size"]) == (decision, len(own)), found
    assert found["estimate"] == pytest.approx(np.mean(own) - np.mean(others))
    early = verdict(CLAIM, made, NOW - timedelta(days=1), "then")["tests"]["C05.judged"]
    assert early["sample_size"] == 0


@pytest.mark.parametrize(
    ("own", "others", "decision"),
    [(12, 3, "supports"), (1, 38, "contradicts"), (6, 20, "insufficient")],
)
def test_published_research_is_compared_family_by_family(
    own: int, others: int, decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    made = world(90, 40, 2)
    for maker, count, size in (("USC, Meta and CMU", own, 12), ("Metaphor", others, 40)):
        for place in range(size):
            made.mof_entry(maker, f"family-{place}", NOW, "none", place < count)
            made.mof_entry(maker, f"family-{place}", NOW, "none", False)
    found = verdict(CLAIM, made, NOW, "then")["tests"]["C05.research"]
    assert (found["decision"], found["sample_size"]) == (decision, 12), found
    assert found["note"] == f"{own} of 12 families against {others} of 40."
    assert verdict(CLAIM, made, NOW - timedelta(days=1), "then")["tests"]["C05.research"]["sample_size"] == 0


def test_equal_points_count_half() -> None:
    scores = np.array([[54], [54], [60], [40], [54]])
    assert outscored(scores, 0)[0] == pytest.approx((1 + 0.5 * 2) / 4)
    assert outscored(scores, 0, ties=0.0)[0] == pytest.approx(1 / 4)


def test_indicators_are_resampled_for_all_developers_at_once() -> None:
    base = np.arange(100) < 50
    ahead = base.copy()
    ahead[50] = True
    edition = Edition("x", ("meta", "other"), (51, 50), 100, np.array([ahead, base]))
    drawn = resampled(edition, 0)
    # The other can only be equal, when the one indicator that tells them apart is not drawn: (1 - 1/100)^100.
    assert set(drawn) == {0.5, 1.0}
    assert (drawn == 0.5).mean() == pytest.approx(0.99**100, abs=0.03)


def test_totals_alone_are_drawn_as_binomial() -> None:
    edition = Edition("x", ("meta", "other"), (60, 50), 100, None)
    drawn = resampled(edition, 0)
    from scipy.stats import norm

    expected = norm.sf(0, 10, (100 * (0.6 * 0.4 + 0.5 * 0.5)) ** 0.5)
    assert drawn.mean() == pytest.approx(expected, abs=0.03)
