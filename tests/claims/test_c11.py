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


@pytest.mark.parametrize(("speaking", "decision"), [(80, "contradicts"), (20, "supports"), (50, "insufficient")])
def test_whose_interface_hosts_speak(speaking: int, decision: str, verdict: Callable[..., dict[str, Any]]) -> None:
    world = World()
    for month, count in ((date(2026, 7, 1), 1), (date(2026, 8, 1), speaking)):
        for i in range(100):
            row = (month, f"host{i}", "package", "openai" if i < count else "own", month.replace(day=20))
            world.rows["host_interface_monthly"].append(row)
        world.rows["host_interface_monthly"].append((month, "openai", "package", "openai", month.replace(day=20)))
    found = verdict(CLAIM, world, NOW)
    test = found["tests"]["C11.interface"]
    assert (test["estimate"], test["sample_size"]) == (pytest.approx(speaking / 100), 100)
    assert test["decision"] == decision
    assert found["verdict"] == "insufficient evidence"
    assert verdict(CLAIM, world, date(2026, 8, 19))["tests"]["C11.interface"]["estimate"] == pytest.approx(0.01)


@pytest.mark.parametrize(("own", "decision"), [(0.05, "contradicts"), (0.9, "supports"), (0.5, "insufficient")])
def test_makers_count_alike_in_who_makes_the_copies(
    own: float, decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = World()
    for i in range(12):
        for month in months(date(2025, 1, 1), 20):
            made = 10 ** (2 + i % 3)
            row = (f"maker{i}", month, made, round(made * (own + (i % 5 - 2) / 100)), date(2026, 9, 1))
            world.rows["hub_conversion_monthly"].append(row)
    world.rows["hub_conversion_monthly"].append(("small", date(2026, 6, 1), 29, 29, date(2026, 9, 1)))
    test = verdict(CLAIM, world, NOW)["tests"]["C11.conversions"]
    assert (test["estimate"], test["sample_size"]) == (pytest.approx(own, abs=0.005), 12)
    assert test["decision"] == decision
    assert verdict(CLAIM, world, date(2026, 8, 31), "then")["tests"]["C11.conversions"]["sample_size"] == 0


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["then"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "source package_downloads" in row["reason"]
