"""C11 cannot decide yet: it says what is missing, and how the use of open tools moves."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from claims.world import World, months

from pipeline.claims.c11_free_tools_influence import CLAIM

NOW = date(2026, 9, 30)


def tools(count: int, gain: float, span: int = 26) -> World:
    """Open tools that gain so much of the downloads a month on the client of a closed lab."""
    world = World()
    for i, month in enumerate(months(date(2024, 7, 1), span)):
        share = 0.4 + gain * i + (0.001, -0.002, 0.0015)[i % 3]
        for place in range(count):
            row = (month, f"tool{place}", "open tooling", round(1e9 * share / count), date(2026, 9, 15))
            world.rows["package_downloads_monthly"].append(row)
        row = (month, "client", "closed client", round(1e9 * (1 - share)), date(2026, 9, 15))
        world.rows["package_downloads_monthly"].append(row)
    return world


@pytest.mark.parametrize(("gain", "decision"), [(0.01, "supports"), (-0.01, "contradicts"), (0.0, "contradicts")])
def test_who_controls_tools_stays_open_whatever_their_use(
    gain: float, decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    found = verdict(CLAIM, tools(14, gain), NOW)
    assert (found["verdict"], found["reason_code"]) == ("insufficient evidence", "below_minimum_sample")
    assert "who wrote the changes" in found["reason"]
    assert "package_downloads)" not in found["reason"]
    assert found["tests"]["C11.use"]["decision"] == decision
    assert found["tests"]["C11.use"]["estimate"] == pytest.approx(gain, abs=0.0005)


def test_a_package_that_comes_in_late_moves_nothing(verdict: Callable[..., dict[str, Any]]) -> None:
    world = tools(14, 0.0)
    late = (date(2026, 8, 1), "new", "open tooling", 10**9, date(2026, 9, 15))
    world.rows["package_downloads_monthly"].append(late)
    assert verdict(CLAIM, world, NOW)["tests"]["C11.use"]["estimate"] == pytest.approx(0.0, abs=0.0005)


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["then"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "source package_downloads" in row["reason"]
