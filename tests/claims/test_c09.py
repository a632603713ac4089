"""C09 reaches every verdict, and tells a place held by open models from one held by closed ones."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from claims.world import World, months

from pipeline.claims.c09_leading_position import CLAIM, shortfalls
from pipeline.claims.evidence import AsOf, rated_releases
from pipeline.claims.standings import boards

NOW, READ = date(2026, 6, 30), date(2026, 7, 1)
RIVALS = tuple(f"rival-{i}" for i in range(9))


def field(before: float, after: float, access: str = "open", half: float = 3.0) -> World:
    """Nine makers five points apart; Meta so many points behind the best until the essay, and since.

    Every maker has three models a month that are nearly as good.
    """
    world = World()
    for i, month in enumerate(months(date(2023, 5, 1), 38)):
        best = 1000.0 + 10 * i
        behind = before if month < date(2024, 6, 1) else after
        label = "open" if month < date(2024, 6, 1) else access
        for copy in range(3):
            on = month + timedelta(days=2)
            for place, lab in enumerate(RIVALS):
                rating = best - 5 * place - copy / 10
                world.rating(f"{lab}-{i}-{copy}", lab, on, "closed", rating, half=half, rated_on=READ)
            rating = best - behind - copy / 10
            world.rating(f"meta-{i}-{copy}", "meta", on, label, rating, half=half, rated_on=READ)
    return world


@pytest.mark.parametrize(
    ("world", "expected", "code"),
    [
        (field(60, -30), "supported", "every_primary_supports"),
        (field(60, -30, access="closed"), "mixed", "depends_on_specification"),
        (field(60, 90), "contradicted", "primary_contradicts"),
        (field(-30, -30), "contradicted", "primary_contradicts"),
        (field(60, 12, half=12.0), "insufficient evidence", "interval_too_wide"),
        (World(), "insufficient evidence", "below_minimum_sample"),
    ],
    ids=["opened_its_way_up", "closed_its_way_up", "fell_behind", "was_there_already", "unclear", "nothing"],
)
def test_each_verdict(world: World, expected: str, code: str, verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def test_a_forecast_is_not_judged_when_it_is_made(verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, field(60, -30), date(2024, 5, 31))
    assert (found["verdict"], found["reason_code"]) == ("insufficient evidence", "too_early")


def test_a_place_held_by_a_closed_model_fails_the_falsification(verdict: Callable[..., dict[str, Any]]) -> None:
    tests = verdict(CLAIM, field(60, -30, access="closed"), NOW)["tests"]
    assert tests["C09.place"]["decision"] == "supports"
    assert tests["C09.by_openness"]["decision"] == "contradicts"


def test_the_place_has_the_errors_of_ratings_in_it(verdict: Callable[..., dict[str, Any]]) -> None:
    sure = verdict(CLAIM, field(60, 12, half=0.01), NOW)["tests"]["C09.place"]
    assert (sure["estimate"], sure["interval_low"], sure["interval_high"]) == (4, 4, 4)
    unsure = verdict(CLAIM, field(60, 12, half=12.0), NOW)["tests"]["C09.place"]
    assert unsure["interval_low"] <= 2
    assert unsure["interval_high"] >= 6


def test_the_distance_is_compared_between_windows(verdict: Callable[..., dict[str, Any]]) -> None:
    nearer = verdict(CLAIM, field(60, 20, half=0.01), NOW)["tests"]["C09.nearer"]
    assert nearer["estimate"] == pytest.approx(-40)
    assert (nearer["interval_low"], nearer["interval_high"]) == pytest.approx((-40, -40), abs=0.1)
    assert "60 points behind before the essay, 20 in the six months to 2026-06-30" in nearer["note"]


def test_nobody_trails_before_it_has_a_model() -> None:
    world = World()
    world.rating("first", "openai", date(2026, 1, 5), "closed", 100.0, rated_on=READ)
    world.rating("second", "meta", date(2026, 2, 5), "open", 90.0, rated_on=READ)
    with world.connect() as connection:
        board = boards(rated_releases(connection, AsOf(NOW, "hindsight")))["text/overall"]
    assert shortfalls(board, [date(2026, 1, 31), date(2026, 2, 28)]) == [None, 10.0]
