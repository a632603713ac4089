"""C13 cannot be decided, whatever the stand-in says, and says what is missing."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from claims.world import World, quarters

from pipeline.claims.c13_avoid_dependence import CLAIM

NOW = date(2026, 9, 30)


@pytest.mark.parametrize(("step", "decision"), [(-0.01, "supports"), (0.01, "contradicts")])
def test_insufficient_whatever_the_purchases(
    step: float, decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = World()
    for i, quarter in enumerate(quarters(date(2020, 1, 1), 26)):
        world.figure("meta", "revenue", quarter, 100.0)
        world.figure("meta", "capex_purchases_ppe", quarter, 100 * (0.4 + step * i) + (0.2, -0.3, 0.1)[i % 3])
    found = verdict(CLAIM, world, NOW)
    assert found["verdict"] == "insufficient evidence"
    assert "annual reports (item 1A)" in found["reason"]
    assert found["tests"]["C13.purchases"]["decision"] == decision
    assert found["tests"]["C13.purchases"]["estimate"] == pytest.approx(step, abs=0.001)


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["then"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "Missing: " in row["reason"]
