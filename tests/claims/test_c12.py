"""C12 reaches every verdict."""

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pytest
from claims.world import World, quarters

from pipeline.claims.c12_revenue_loss import CLAIM

NOW = date(2024, 5, 31)
SEASONS = (0.0, 0.03, 0.04, 0.15)


def market_world(loss: float, first: date = date(2012, 1, 1), noise: float = 0.004, seed: int = 7) -> World:
    """Meta and Alphabet growing by 5 and 4 percent a quarter; Meta loses a share of its revenue from 2021Q2 on."""
    world = World()
    rng = np.random.default_rng(seed)
    for company, growth in (("meta", 0.05), ("alphabet", 0.04)):
        shocks = np.cumsum(rng.normal(0, noise, 60))
        for i, quarter in enumerate(quarters(first, (2023 - first.year) * 4)):
            kept = 1 - loss if company == "meta" and quarter >= date(2021, 4, 1) else 1.0
            world.figure(company, "revenue", quarter, kept * math.exp(growth * i + SEASONS[i % 4] + shocks[i]))
    return world


@pytest.mark.parametrize(
    ("world", "expected", "code"),
    [
        (market_world(0.3), "supported", "every_primary_supports"),
        (market_world(-0.1), "contradicted", "primary_contradicts"),
        (market_world(0.05), "mixed", "between_marks"),
        (market_world(0.3, first=date(2017, 1, 1)), "insufficient evidence", "below_minimum_sample"),
        (market_world(0.0, noise=0.05), "insufficient evidence", "interval_too_wide"),
    ],
)
def test_each_verdict(world: World, expected: str, code: str, verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def test_the_loss_is_found_and_nothing_where_there_is_none(verdict: Callable[..., dict[str, Any]]) -> None:
    tests = verdict(CLAIM, market_world(0.3), NOW)["tests"]
    assert tests["C12.shortfall"]["estimate"] == pytest.approx(0.3, abs=0.03)
    assert tests["C12.other_firm"]["estimate"] == pytest.approx(0.0, abs=0.03)
    assert tests["C12.false_dates"]["estimate"] == pytest.approx(0.0, abs=0.03)
    assert tests["C12.false_dates"]["sample_size"] == 6


def test_a_market_that_falls_with_meta_is_no_loss(verdict: Callable[..., dict[str, Any]]) -> None:
    world = market_world(0.3)
    rows = world.rows["company_quarter"]
    world.rows["company_quarter"] = [
        (*row[:4], row[4] * 0.7, *row[5:]) if row[0] == "alphabet" and row[2] >= date(2021, 4, 1) else row
        for row in rows
    ]
    found = verdict(CLAIM, world, NOW)
    assert found["verdict"] != "supported"
    assert found["tests"]["C12.other_firm"]["decision"] == "contradicts"


def test_known_only_once_filed(verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, market_world(0.3), date(2023, 1, 10), "then")
    assert found["verdict"] == "insufficient evidence"
    assert "Meta's revenue of 2022Q4 by 2023-01-10" in found["reason"]


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["then"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "Meta's revenue in 0 quarters before 2021Q2" in row["reason"]
