"""C14 reaches every verdict."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from claims.world import World, labs_world

from pipeline.claims.c14_rivals_stay_closed import CLAIM

NOW = date(2025, 6, 30)
PUBLISHERS = {"meta": (20, 2)}


@pytest.mark.parametrize(
    ("openai", "google", "expected", "code"),
    [
        ((3, 30), (4, 30), "supported", "every_primary_supports"),
        ((30, 3), (4, 30), "contradicted", "primary_contradicts"),
        ((14, 16), (4, 30), "insufficient evidence", "interval_too_wide"),
        ((1, 6), (4, 30), "insufficient evidence", "below_minimum_sample"),
        ((0, 0), (4, 30), "insufficient evidence", "below_minimum_sample"),
    ],
)
def test_each_verdict(
    openai: tuple[int, int], google: tuple[int, int], expected: str, code: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    for clock in ("then", "hindsight"):
        found = verdict(CLAIM, labs_world({"openai": openai, "google": google, **PUBLISHERS}), NOW, clock)
        assert (found["verdict"], found["reason_code"]) == (expected, code)


def test_mixed_when_the_unknown_would_decide(verdict: Callable[..., dict[str, Any]]) -> None:
    world = labs_world({"openai": (2, 22), "google": (2, 30), **PUBLISHERS})
    for i in range(60):
        world.release(f"untold-{i}", "openai", date(2023, 1, 1) + timedelta(days=11 * i), "unknown")
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == ("mixed", "depends_on_specification")
    assert "unknown weights" in found["reason"]


def test_mixed_when_catalogues_call_publishers_closed_too(verdict: Callable[..., dict[str, Any]]) -> None:
    world = labs_world({"openai": (2, 30), "google": (2, 30), "meta": (1, 20), "mistral": (2, 20)})
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == ("mixed", "falsification_failed")


def test_the_share_of_days_with_an_open_best_model(verdict: Callable[..., dict[str, Any]]) -> None:
    world = World()
    for model, on, access, rating in [
        ("first", date(2025, 1, 1), "closed", 1000),
        ("worse", date(2025, 1, 5), "open", 900),
        ("better", date(2025, 1, 11), "open", 1100),
        ("dark", date(2025, 1, 21), "unknown", 1200),
    ]:
        world.release(model, "openai", on, access)
        world.rating(model, "openai", on, access, rating)
    best = verdict(CLAIM, world, date(2025, 1, 30))["tests"]["C14.openai_best"]
    assert best["estimate"] == pytest.approx(10 / 30)
    assert (best["interval_low"], best["interval_high"]) == pytest.approx((10 / 30, 20 / 30))
    assert best["interval_level"] is None


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["then"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "OpenAI: no release since 2023" in row["reason"]


def test_a_definition_of_open_under_which_little_is_known_gives_no_answer(
    verdict: Callable[..., dict[str, Any]],
) -> None:
    world = labs_world({"openai": (16, 17), "google": (4, 30), **PUBLISHERS})
    for i in range(33):
        if (i + 1) * 16 // 33 > i * 16 // 33:
            world.openness(f"openai-{i}", "osi_weights", "open", date(2023, 1, 5))
    rows = verdict(CLAIM, world, NOW)["specifications"]
    openai = rows[(rows["hypothesis_id"] == "C14.openai") & rows["specification"].str.contains("since 2023")]
    shares = {
        definition: set(openai[openai["specification"].str.contains(definition)]["estimate"].dropna().round(3))
        for definition in ("open_any", "osi_weights", "osaid")
    }
    assert shares == {"open_any": {0.485}, "osi_weights": {0.485}, "osaid": set()}
