"""C02 reaches every verdict, and sees leads pass only when they pass beyond doubt."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from claims.world import World, months

from pipeline.claims.c02_race_intensifies import (
    CLAIM,
    DAYS_PER_MONTH,
    FIFTH,
    FIFTH_MAKER,
    SECOND_MAKER,
    TENTH,
    Lead,
    leads,
    spreads,
)
from pipeline.claims.standings import Board, Rated

NOW, READ = date(2026, 6, 30), date(2026, 7, 1)
LABS = ("openai", "google", "anthropic", "xai", "meta")


def race(shrink: float, leader_changes_every: int, wiggle: float = 30.0, first: date = date(2023, 5, 1)) -> World:
    """Two models a month far above the last and twelve behind, ever nearer; the maker ahead changes at times."""
    world = World()
    noise = np.random.default_rng(1).standard_normal(60)
    span = months(first, (2026 - first.year) * 12 + 7 - first.month)
    for i, month in enumerate(span):
        best = 1000.0 + 300 * i
        distance = 200 - shrink * i + wiggle * noise[i]
        for place in range(14):
            lab = LABS[(i // leader_changes_every) % len(LABS)] if place < 2 else f"other-{place}"
            rating = best - (place if place < 2 else distance)
            world.rating(f"m-{i}-{place}", lab, month + timedelta(days=3), "closed", rating, half=2.0, rated_on=READ)
    return world


@pytest.mark.parametrize(
    ("world", "expected", "code"),
    [
        (race(3.0, 3), "supported", "every_primary_supports"),
        (race(-3.0, 3), "contradicted", "primary_contradicts"),
        (race(3.0, 20), "contradicted", "primary_contradicts"),
        (race(3.0, 3, first=date(2025, 1, 1)), "insufficient evidence", "below_minimum_sample"),
        (World(), "insufficient evidence", "below_minimum_sample"),
    ],
    ids=["closes_up", "opens_up", "one_leader", "short", "nothing"],
)
def test_each_verdict(world: World, expected: str, code: str, verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def test_a_long_lead_that_ended_since_the_essay_fails_the_falsification(verdict: Callable[..., dict[str, Any]]) -> None:
    world = race(3.0, 18)
    last = date(2026, 6, 20)
    world.rating("upset", "mistral", last, "open", 20000.0, half=2.0, rated_on=READ)
    found = verdict(CLAIM, world, NOW)
    assert found["tests"]["C02.longest"]["decision"] == "contradicts"
    assert (found["verdict"], found["reason_code"]) == ("mixed", "falsification_failed"), found["reason"]


def test_what_leaving_models_out_would_do_is_said(verdict: Callable[..., dict[str, Any]]) -> None:
    assert "Leaving out 5%, 10%, 20% of the rated models at random" in verdict(CLAIM, race(3.0, 3), NOW)["reason"]


def rated(model: str, lab: str, day: int, rating: float, half: float = 5.0) -> Rated:
    return Rated(date(2026, 6, day), rating, model, model, lab, "closed", half / 1.96, rating - half, rating + half)


def test_a_lead_passes_only_beyond_doubt() -> None:
    rows = (rated("a", "x", 1, 100), rated("b", "y", 5, 108), rated("c", "x", 10, 106), rated("d", "y", 20, 120))
    assert leads(rows) == [Lead("x", date(2026, 6, 1), date(2026, 6, 20)), Lead("y", date(2026, 6, 20), None)]
    assert [(lead.lab, lead.since.day) for lead in leads(rows, clearly=False)] == [("x", 1), ("y", 5)]
    assert leads(rows)[0].months(date(2026, 7, 1)) == pytest.approx(19 / DAYS_PER_MONTH)
    assert leads(()) == []


def test_the_distance_is_to_the_model_or_the_maker_in_that_place() -> None:
    rows = [rated(str(i), f"lab-{i // 2}", 1, 100.0 - i) for i in range(10)]
    board = Board(tuple(sorted(rows, key=lambda row: row[:3])), date(2026, 7, 1))
    ends = [date(2026, 5, 31), date(2026, 6, 30)]
    asked = (TENTH, FIFTH, FIFTH_MAKER, SECOND_MAKER)
    assert [spreads(board, spread, ends) for spread in asked] == [[9.0], [4.0], [8.0], [2.0]]


def test_changes_of_lead_are_compared_as_rates(verdict: Callable[..., dict[str, Any]]) -> None:
    world = race(3.0, 3)
    changes = verdict(CLAIM, world, NOW)["tests"]["C02.lead_changes"]
    # Every third month: in August, November, February and May up to the essay, then 8 more to May 2026.
    assert "4 changes in 396 days before the essay, 8 in 760 since" in changes["note"]
    assert changes["estimate"] == pytest.approx((8 / 760) / (4 / 396))


def test_half_of_the_leads_are_over_by_the_median(verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, race(3.0, 3), NOW)["tests"]["C02.lead_length"]
    # A lead each quarter from May 2023 on, the last of them still on.
    assert (found["sample_size"], found["note"]) == (13, "12 of 13 leads are over.")
    assert found["estimate"] == pytest.approx(92 / DAYS_PER_MONTH)
    assert found["decision"] == "supports"
    slow = verdict(CLAIM, race(3.0, 18), NOW)["tests"]["C02.lead_length"]
    assert (slow["sample_size"], slow["decision"]) == (3, "insufficient")
