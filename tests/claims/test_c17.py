"""C17 reaches every verdict its ceiling allows."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from claims.world import World, quarters

from pipeline.claims.c17_recoup_investment import CLAIM, PEERS

NOW = date(2026, 11, 23)
FIRST = date(2017, 1, 1)


def rising(start: float, step: float, count: int = 36) -> list[float]:
    """Shares that rise by a step a quarter, a little up and down."""
    return [start + step * i + (0.004, -0.006, 0.003, -0.001, 0.005)[i % 5] for i in range(count)]


def companies(meta: Sequence[float], peers: Sequence[float], growth: float = 0.02) -> World:
    """Companies with so much capital spending a dollar of operating cash flow, which is two fifths of revenue."""
    world = World()
    for place, company in enumerate(("meta", *PEERS)):
        for i, quarter in enumerate(quarters(FIRST, len(meta))):
            revenue = 20 * (1 + growth) ** i
            burden = meta[i] if company == "meta" else peers[i] + 0.01 * (place - 2)
            world.figure(company, "revenue", quarter, revenue)
            world.figure(company, "operating_cash_flow", quarter, 0.4 * revenue)
            world.figure(company, "capex_purchases_ppe", quarter, 0.4 * revenue * burden)
    return world


@pytest.mark.parametrize(
    ("meta", "peers", "expected", "code"),
    [
        (rising(0.5, 0.02), rising(0.4, 0.0), "mixed", "ceiling"),
        (rising(0.3, 0.01), rising(0.1, 0.0), "mixed", "falsification_failed"),
        (rising(0.8, -0.01), rising(0.3, 0.0), "contradicted", "primary_contradicts"),
        (rising(0.3, 0.01), rising(0.5, 0.01), "contradicted", "primary_contradicts"),
        (rising(0.3, 0.02, 20), rising(0.3, 0.0, 20), "insufficient evidence", "below_minimum_sample"),
    ],
)
def test_each_verdict(
    meta: list[float], peers: list[float], expected: str, code: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    for clock in ("then", "hindsight"):
        found = verdict(CLAIM, companies(meta, peers), NOW, clock)
        assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def test_the_ceiling_holds_although_everything_supports(verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, companies(rising(0.5, 0.02), rising(0.4, 0.0)), NOW)
    assert "The figures alone would say supported" in found["reason"]
    assert found["tests"]["C17.cash_left"]["decision"] != "contradicts"


def test_estimates_are_those_built_in(verdict: Callable[..., dict[str, Any]]) -> None:
    tests = verdict(CLAIM, companies(rising(0.3, 0.01), [0.2] * 36), NOW)["tests"]
    assert tests["C17.burden"]["estimate"] == pytest.approx(0.01, abs=0.0005)
    # The mean share of Meta's last 15 quarters, each year weighted by its growing revenue, less the middle peer's.
    assert tests["C17.above_peers"]["estimate"] == pytest.approx(0.3 + 0.01 * 28 - 0.2, abs=0.01)
    assert tests["C17.cash_left"]["estimate"] == pytest.approx(0.4 * (1 - 0.3 - 0.01 * 31.5), abs=0.005)


@pytest.mark.parametrize(
    ("more", "decision"), [(0.2, "supports"), (0.0, "contradicts"), (-0.1, "contradicts"), (None, "insufficient")]
)
def test_a_rise_over_peers_is_found_in_the_panel(
    more: float | None, decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = companies([0.3 + (more or 0.0) * (i >= 24) for i in range(36)], rising(0.4, 0.005))
    if more is None:
        world.rows["company_quarter"] = [row for row in world.rows["company_quarter"] if row[0] in ("meta", "amazon")]
    test = verdict(CLAIM, world, NOW)["tests"]["C17.rise_over_peers"]
    assert test["decision"] == decision, test
    if more is not None:
        # Shares of years that lie across the step rise by a part of it, and the peers by half a point a quarter.
        assert test["estimate"] == pytest.approx(more * 0.9 - 0.005 * 9, abs=0.025)


def test_a_quarter_counts_only_once_it_is_known(verdict: Callable[..., dict[str, Any]]) -> None:
    world = companies(rising(0.3, 0.01), rising(0.3, 0.0))
    then, later = (verdict(CLAIM, world, date(2025, 10, 5), clock)["tests"] for clock in ("then", "hindsight"))
    assert later["C17.burden"]["sample_size"] == then["C17.burden"]["sample_size"] + 1 == 35


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["then"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "Meta: capex purchases ppe" in row["reason"]
    assert "sec_companyfacts" in row["reason"]
