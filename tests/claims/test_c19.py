"""C19 says how broad and how cheap open AI has become, and never more than its ceiling and floor allow."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from claims.world import World, months

from pipeline.claims.c19_benefit_everyone import CLAIM

ESSAY = date(2024, 5, 31)
NOW = date(2026, 6, 30)


def made_in(before: Sequence[str], after: Sequence[str], fall: float, span: int = 30) -> World:
    """Open releases from such countries in turn before the essay and in the last year, and prices that fall monthly."""
    world = World()
    for place, (countries, last) in enumerate(((before, ESSAY), (after, NOW))):
        for i in range(300):
            world.release(f"m-{place}-{i}", f"lab{i}", last - timedelta(days=1 + i), "open")
            row = world.rows["release"][-1]
            world.rows["release"][-1] = (*row[:4], countries[i % len(countries)], *row[5:])
    for i, month in enumerate(months(date(2024, 1, 1), span)):
        price = 2.0 * (1 - fall) ** i * (1 + (0.01, -0.02, 0.015)[i % 3])
        for catalogue in ("openrouter", "litellm"):
            world.price(month, "good", "open", price, 1310.0, catalogue)
            world.price(month, "poor", "open", price / 10, 1000.0, catalogue)
    return world


MANY = [f"C{i}" for i in range(20)]
FEW = ["US", "CN", "US"]


@pytest.mark.parametrize(
    ("world", "expected", "code"),
    [
        (made_in(FEW, MANY, 0.05), "mixed", "ceiling"),
        (made_in(MANY, FEW, 0.05), "mixed", "floor"),
        (made_in(FEW, MANY, -0.01), "mixed", "floor"),
        (made_in(FEW, MANY, 0.05, span=20), "insufficient evidence", "below_minimum_sample"),
        (made_in(["US"] * 9 + ["CN"] * 2, ["US"] * 9 + ["CN"] * 2, 0.05), "insufficient evidence", "interval_too_wide"),
    ],
)
def test_each_verdict(world: World, expected: str, code: str, verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def test_too_early_in_the_first_year(verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, made_in(FEW, MANY, 0.05), date(2025, 3, 31))
    assert found["verdict"] == "insufficient evidence"
    assert "a year since the essay's day" in found["reason"]


def test_the_estimates_are_those_built_in(verdict: Callable[..., dict[str, Any]]) -> None:
    tests = verdict(CLAIM, made_in(FEW, MANY, 0.05), NOW)["tests"]
    assert tests["C19.countries"]["estimate"] == pytest.approx(1 / 20 - 5 / 9, abs=0.01)
    # Prices fall by a twentieth a month, free and poor models apart.
    assert tests["C19.price"]["estimate"] == pytest.approx(-0.0513, abs=0.001)
    assert tests["C19.use"]["decision"] == "insufficient"


@pytest.mark.parametrize(
    ("steps", "decision"),
    [
        ([-0.01] * 9, "supports"),
        ([0.01] * 9, "contradicts"),
        ([0.0] * 9, "contradicts"),
        ([-0.02, 0.02] * 5, "insufficient"),
        ([-0.01] * 4, "insufficient"),
    ],
)
def test_the_gap_in_use_closes_or_not(
    steps: list[float], decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    world, gap = made_in(FEW, MANY, 0.05), 0.3
    for i, step in enumerate(steps):
        gap += step
        world.rows["ai_use"].append((months(date(2024, 3, 31), 28)[3 * i], 0.4 + gap, 0.4, date(2026, 6, 30)))
    test = verdict(CLAIM, world, NOW)["tests"]["C19.use"]
    assert (test["decision"], test["sample_size"]) == (decision, len(steps)), test
    assert verdict(CLAIM, world, date(2026, 6, 29), "then")["tests"]["C19.use"]["sample_size"] == 0


def test_releases_of_one_lab_are_not_independent(verdict: Callable[..., dict[str, Any]]) -> None:
    """The same shares of the same number of releases, by few labs with many releases each or by many with one."""
    found = {}
    for labs in (20, 300):
        world = made_in(MANY, FEW, 0.05)
        rows = world.rows["release"]
        world.rows["release"] = [(*row[:2], f"lab{i % labs}-{row[4]}", *row[3:]) for i, row in enumerate(rows)]
        found[labs] = verdict(CLAIM, world, NOW)["tests"]["C19.countries"]
    width = {labs: test["interval_high"] - test["interval_low"] for labs, test in found.items()}
    assert found[20]["estimate"] == pytest.approx(found[300]["estimate"], abs=0.001)
    assert width[20] > 1.5 * width[300]


def test_few_labs_are_not_enough(verdict: Callable[..., dict[str, Any]]) -> None:
    world = made_in(FEW, MANY, 0.05)
    world.rows["release"] = [(*row[:2], f"lab{i % 14}", *row[3:]) for i, row in enumerate(world.rows["release"])]
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == ("insufficient evidence", "below_minimum_sample")


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["then"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "6 more readings" in row["reason"]
