"""C06 reaches every verdict, and leaves unknown what nobody told."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from claims.world import World

from pipeline.claims.c06_accessible_to_anyone import CLAIM, CONDITIONS, standing, terms
from pipeline.claims.evidence import AsOf

NOW = date(2026, 6, 30)


def metas(free: int, limited: int, untold: int = 0, closed: int = 0, gate: bool | None = True) -> World:
    world = World()
    kinds = [("open", True)] * free + [("open", False)] * limited + [("open", None)] * untold
    kinds += [("closed", None)] * closed
    for place in range(len(kinds)):
        access, holds = kinds[(place * 7) % len(kinds)] if len(kinds) % 7 else kinds[place]
        world.terms(f"m-{place}", date(2023, 3, 1) + timedelta(days=14 * place), access, holds, gate=gate)
    return world


@pytest.mark.parametrize(
    ("world", "expected", "code"),
    [
        (metas(60, 0), "mixed", "label_error"),
        (metas(0, 25), "contradicted", "primary_contradicts"),
        (metas(10, 10, closed=5), "contradicted", "primary_contradicts"),
        (metas(24, 0, untold=24), "insufficient evidence", "interval_too_wide"),
        (metas(0, 0, untold=24), "insufficient evidence", "below_minimum_sample"),
        (metas(5, 0), "insufficient evidence", "below_minimum_sample"),
        (World(), "insufficient evidence", "below_minimum_sample"),
    ],
    ids=["free", "limited", "half", "half_untold", "untold", "few", "nothing"],
)
def test_each_verdict(world: World, expected: str, code: str, verdict: Callable[..., dict[str, Any]]) -> None:
    for clock in ("then", "hindsight"):
        found = verdict(CLAIM, world, NOW, clock)
        assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def test_it_is_supported_where_wrong_labels_would_not_matter(verdict: Callable[..., dict[str, Any]]) -> None:
    world = World()
    for place in range(190):
        world.terms(f"m-{place}", date(2023, 3, 1) + timedelta(days=6 * place), "open", True)
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == ("supported", "every_primary_supports"), found["reason"]


def test_what_it_turns_on_is_named(verdict: Callable[..., dict[str, Any]]) -> None:
    world = World()
    for place in range(40):
        world.terms(f"m-{place}", date(2023, 3, 1) + timedelta(days=14 * place), "open", True, gate=False)
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == ("mixed", "depends_on_specification")
    assert "100% with without the gate" in found["reason"]


def test_conditions_are_known_from_the_day_they_were_on_record(verdict: Callable[..., dict[str, Any]]) -> None:
    world = World()
    for place in range(25):
        world.terms(
            f"m-{place}", date(2023, 3, 1) + timedelta(days=14 * place), "open", False, known_on=date(2026, 7, 1)
        )
    assert verdict(CLAIM, world, NOW, "then")["verdict"] == "insufficient evidence"
    assert verdict(CLAIM, world, NOW, "hindsight")["verdict"] == "contradicted"


def test_one_failed_condition_is_enough_and_an_unknown_one_is_not() -> None:
    world = World()
    world.terms("free", date(2024, 1, 1), "open", True)
    world.terms("ungated_unknown", date(2024, 1, 2), "open", True, gate=None)
    world.terms("limited_and_gate_unknown", date(2024, 1, 3), "open", False, gate=None)
    world.terms("shut", date(2024, 1, 4), "closed", None)
    world.terms("untold", date(2024, 1, 5), "unknown", True)
    with world.connect() as connection:
        found = standing(terms(connection, AsOf(NOW, "hindsight")), list(CONDITIONS))
    assert dict(zip(found["model_id"], found["weights_access"], strict=True)) == {
        "free": "open",
        "ungated_unknown": "unknown",
        "limited_and_gate_unknown": "closed",
        "shut": "closed",
        "untold": "unknown",
    }


def test_the_largest_open_model_of_a_day_must_fit(verdict: Callable[..., dict[str, Any]]) -> None:
    world = World()
    for day in range(10):
        on = date(2023, 3, 1) + timedelta(days=30 * day)
        world.terms(f"small-{day}", on, "open", True, gigabytes=5.0)
        world.terms(f"large-{day}", on, "open", True, gigabytes=42.0 if day < 9 else 243.0)
    tests = verdict(CLAIM, world, NOW)["tests"]
    assert (tests["C06.fits_24gb"]["estimate"], tests["C06.fits_80gb"]["estimate"]) == (0.0, 0.9)
    assert tests["C06.fits_24gb"]["decision"] == "contradicts"


@pytest.mark.parametrize(
    ("size", "after", "decision"),
    [(20.0, 60, "supports"), (20.0, 500, "contradicts"), (60.0, 60, "contradicts"), (None, 60, "insufficient")],
    ids=["soon", "late", "too_large", "untold"],
)
def test_records_are_reached_by_models_that_fit_at_home(
    size: float | None, after: int, decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = World()
    for place in range(30):
        on, rating = date(2023, 3, 1) + timedelta(days=20 * place), 1000.0 + 10 * place
        world.release(f"record-{place}", "openai", on, "closed")
        world.rating(f"record-{place}", "openai", on, "closed", rating, rated_on=NOW)
        follower, later = f"open-{place}", on + timedelta(days=after)
        world.terms(follower, later, "open", True, gigabytes=size)
        world.rating(follower, "meta", later, "open", rating, rated_on=NOW)
    found = verdict(CLAIM, world, NOW)["tests"]["C06.at_home"]
    assert (found["decision"], found["sample_size"]) == (decision, 30), found
    if size == 20.0:
        assert found["estimate"] == pytest.approx(after / 365.25 * 12)
