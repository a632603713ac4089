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


def test_what_is_unknown_may_leave_it_open(verdict: Callable[..., dict[str, Any]]) -> None:
    world = labs_world({"openai": (2, 22), "google": (2, 30), **PUBLISHERS})
    for i in range(60):
        world.release(f"untold-{i}", "openai", date(2023, 1, 1) + timedelta(days=11 * i), "unknown")
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == ("insufficient evidence", "interval_too_wide")
    test = found["tests"]["C14.openai"]
    assert test["estimate"] == pytest.approx(2 / 24)
    assert test["interval_low"] < 2 / 84
    assert test["interval_high"] > 62 / 84
    assert test["p_value"] > 0.5


def test_mixed_when_the_last_years_say_otherwise(verdict: Callable[..., dict[str, Any]]) -> None:
    world = labs_world({"openai": (2, 30), "google": (2, 30), **PUBLISHERS})
    for i in range(14):
        world.release(f"late-{i}", "openai", date(2025, 1, 1) + timedelta(days=9 * i), "open")
    for i in range(40):
        world.release(f"early-{i}", "openai", date(2023, 1, 2) + timedelta(days=9 * i), "closed")
    world.rows["rated_release"] = []
    found = verdict(CLAIM, world, date(2027, 1, 31))
    assert (found["verdict"], found["reason_code"]) == ("mixed", "depends_on_specification")
    assert "window" in found["reason"]


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
    assert best["interval_level"] == pytest.approx(0.99375)


def test_ratings_in_error_leave_it_open_which_model_was_best(verdict: Callable[..., dict[str, Any]]) -> None:
    world = World()
    for i, (access, rating) in enumerate([("closed", 1000), ("closed", 1100), ("open", 1102)]):
        on = date(2025, 1, 1 + 10 * i)
        world.release(f"model-{i}", "openai", on, access)
        world.rating(f"model-{i}", "openai", on, access, rating, half=10.0)
    tests = verdict(CLAIM, world, date(2025, 1, 30))["tests"]
    best, held_back = tests["C14.openai_best"], tests["C14.openai_held_back"]
    assert (best["estimate"], best["interval_low"], best["interval_high"]) == pytest.approx((1 / 3, 0, 1 / 3))
    assert held_back["estimate"] == 0
    assert held_back["decision"] == "contradicts"


def test_how_much_better_the_best_is_than_what_is_given_away(verdict: Callable[..., dict[str, Any]]) -> None:
    world = World()
    for i, (access, rating) in enumerate([("open", 1000), ("closed", 1100), ("unknown", 1090)]):
        world.release(f"model-{i}", "openai", date(2025, 1, 1), access)
        world.rating(f"model-{i}", "openai", date(2025, 1, 1), access, rating, half=0.0)
    test = verdict(CLAIM, world, date(2025, 1, 30))["tests"]["C14.openai_held_back"]
    assert (test["estimate"], test["interval_low"], test["interval_high"]) == pytest.approx((100, 10, 100))
    assert test["decision"] == "supports"


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["then"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "OpenAI: releases since 2023 with known weights" in row["reason"]


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
