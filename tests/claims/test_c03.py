"""C03 reaches every verdict, and counts the days it says it counts."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from claims.world import World
from scipy.stats import norm

from pipeline.claims.c03_most_advanced_open import CLAIM

ESSAY, NOW = date(2024, 5, 31), date(2026, 6, 30)
READ = date(2026, 7, 1)


def metas(*models: tuple[str, date, str, float], read: date = READ) -> World:
    world = World()
    for name, on, access, rating in models:
        world.release(name, "meta", on, access)
        world.rating(name, "meta", on, access, rating, rated_on=read)
    return world


OLD = ("first", date(2023, 7, 18), "open", 1170.0)
SMALL = ("small", date(2023, 7, 18), "open", 1000.0)
TINY = ("tiny", date(2023, 7, 18), "open", 900.0)


@pytest.mark.parametrize(
    ("later", "expected", "code"),
    [
        ([], "supported", "every_primary_supports"),
        ([("better", date(2025, 1, 1), "closed", 1400.0)], "contradicted", "primary_contradicts"),
        ([("better", date(2026, 6, 1), "closed", 1178.0)], "insufficient evidence", "interval_too_wide"),
        ([("dark", date(2024, 7, 1), "unknown", 1400.0)], "insufficient evidence", "interval_too_wide"),
    ],
)
def test_each_verdict(
    later: list[tuple[str, date, str, float]], expected: str, code: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = metas(OLD, SMALL, TINY, *later)
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def test_a_word_that_means_less_than_open_source_splits_it(verdict: Callable[..., dict[str, Any]]) -> None:
    world = metas(OLD, SMALL, TINY)
    for model in ("first", "small", "tiny"):
        for definition in ("open_unrestricted", "osi_weights", "osaid"):
            world.openness(model, definition, "closed", date(2023, 7, 18))
    found = verdict(CLAIM, world, ESSAY)
    assert (found["verdict"], found["reason_code"]) == ("mixed", "depends_on_specification")
    assert "openness definition" in found["reason"]


def test_the_essay_was_right_when_written_and_is_not_now(verdict: Callable[..., dict[str, Any]]) -> None:
    world = metas(OLD, SMALL, TINY, ("flagship", date(2024, 12, 1), "closed", 1490.0))
    assert verdict(CLAIM, world, ESSAY)["verdict"] == "supported"
    assert verdict(CLAIM, world, NOW)["verdict"] == "contradicted"


def test_nothing_was_known_before_the_board_was_read(verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, metas(OLD, SMALL, TINY), ESSAY, "then")
    assert (found["verdict"], found["reason_code"]) == ("insufficient evidence", "below_minimum_sample")
    assert "lmarena_ratings" in found["reason"]


def test_days_are_counted_between_bounds(verdict: Callable[..., dict[str, Any]]) -> None:
    world = metas(
        OLD,
        ("closed", date(2024, 6, 11), "closed", 1200.0),
        ("worse", date(2024, 6, 15), "open", 1190.0),
        ("dark", date(2024, 6, 21), "unknown", 1300.0),
        read=date(2024, 6, 30),
    )
    world.release("unrated", "meta", date(2024, 7, 5), "open")
    found = verdict(CLAIM, world, date(2024, 7, 10))["tests"]["C03.since_essay"]
    # June: 10 open, 10 closed, 10 unknown; July: 4 unknown, and 6 more of which the board cannot tell.
    assert found["sample_size"] == 40
    assert found["estimate"] == pytest.approx(10 / 20)
    assert (found["interval_low"], found["interval_high"]) == pytest.approx((10 / 40, 30 / 40))
    assert found["interval_level"] is None


def test_what_is_kept_back_is_the_gap_with_both_errors(verdict: Callable[..., dict[str, Any]]) -> None:
    world = metas(OLD, SMALL, ("flagship", date(2024, 12, 1), "closed", 1200.0))
    found = verdict(CLAIM, world, NOW)["tests"]["C03.kept_back"]
    assert found["estimate"] == pytest.approx(30.0)
    reach = 2.4977055 * 2**0.5 * 5 / 1.959963985
    assert found["interval_high"] - found["estimate"] == pytest.approx(reach, rel=1e-5)
    assert found["decision"] == "contradicts"


def test_a_best_model_that_is_open_may_be_so_by_chance(verdict: Callable[..., dict[str, Any]]) -> None:
    # Five points ahead, with an error of both that reaches 9: the closed one may be ahead by as much as 4.
    close = metas(OLD, SMALL, ("kept", date(2026, 6, 1), "closed", 1165.0))
    found = verdict(CLAIM, close, NOW)["tests"]["C03.kept_back"]
    reach = 2.4977055 * 2**0.5 * 5 / 1.959963985
    assert (found["estimate"], found["interval_low"]) == (0.0, 0.0)
    assert found["interval_high"] == pytest.approx(reach - 5, rel=1e-5)
    assert found["p_value"] == pytest.approx(norm.cdf(-15 / (2**0.5 * 5 / 1.959963985)), rel=1e-5)
    closer = metas(OLD, SMALL, ("kept", date(2026, 6, 1), "closed", 1169.0))
    assert verdict(CLAIM, closer, NOW)["tests"]["C03.kept_back"]["decision"] == "supports"
    level = metas(OLD, SMALL, ("kept", date(2026, 6, 1), "closed", 1171.5))
    assert verdict(CLAIM, level, NOW)["tests"]["C03.kept_back"]["decision"] == "insufficient"


def test_without_a_closed_model_nothing_is_kept_back(verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, metas(OLD, SMALL, TINY), NOW)["tests"]["C03.kept_back"]
    assert (found["estimate"], found["interval_low"], found["interval_high"]) == (0.0, 0.0, 0.0)
    assert (found["interval_level"], found["decision"]) == (None, "supports")


def test_unknown_weights_widen_what_is_kept_back_both_ways(verdict: Callable[..., dict[str, Any]]) -> None:
    dark = ("dark", date(2025, 1, 1), "unknown", 1300.0)
    found = verdict(CLAIM, metas(OLD, SMALL, dark), NOW)["tests"]["C03.kept_back"]
    assert (found["estimate"], found["interval_low"]) == (0.0, 0.0)
    assert found["interval_high"] > 130
    assert found["decision"] == "insufficient"
    kept = ("kept", date(2025, 1, 1), "closed", 1250.0)
    found = verdict(CLAIM, metas(OLD, SMALL, dark, kept), NOW)["tests"]["C03.kept_back"]
    assert found["estimate"] == pytest.approx(80.0)
    assert found["interval_low"] == 0.0
    assert found["interval_high"] > 130
