"""C18 says what incidents can say, and never more than its ceiling and floor allow."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from claims.world import World, labs_world

from pipeline.claims.c18_malicious_use import CLAIM

NOW = date(2025, 6, 30)


def misuse(opened: int, closed: int, unknown: int, accidents: tuple[int, int] = (40, 40)) -> World:
    """Incidents of misuse with open, closed and unknown models, and accidents, beside as many open as closed models."""
    world = labs_world({"meta": (40, 0), "openai": (0, 40)})
    for access, count, malicious in [
        ("open", opened, True), ("closed", closed, True), ("unknown", unknown, True),
        ("open", accidents[0], False), ("closed", accidents[1], False),
    ]:  # fmt: skip
        for i in range(count):
            world.incident(date(2023, 1, 1) + timedelta(days=880 * i // count), access, malicious)
    return world


@pytest.mark.parametrize(
    ("world", "expected", "code"),
    [
        (misuse(120, 40, 20), "mixed", "ceiling"),
        (misuse(40, 160, 5), "mixed", "floor"),
        (misuse(120, 40, 20, accidents=(120, 30)), "mixed", "falsification_failed"),
        (misuse(120, 90, 20), "mixed", "between_marks"),
        (misuse(120, 40, 140), "insufficient evidence", "below_minimum_sample"),
        (misuse(120, 20, 20), "insufficient evidence", "below_minimum_sample"),
        (misuse(31, 31, 10), "insufficient evidence", "interval_too_wide"),
    ],
)
def test_each_verdict(world: World, expected: str, code: str, verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def test_the_ratio_is_for_each_release(verdict: Callable[..., dict[str, Any]]) -> None:
    world = misuse(120, 40, 20)
    for i in range(40):
        world.release(f"more-{i}", "deepseek", date(2024, 1, 1), "open")
    assert verdict(CLAIM, world, NOW)["tests"]["C18.rate"]["estimate"] == pytest.approx(1.5)


def test_what_is_unknown_bounds_the_answer(verdict: Callable[..., dict[str, Any]]) -> None:
    specifications = verdict(CLAIM, misuse(60, 60, 60), NOW)["specifications"]
    found = {
        way: specifications[
            specifications["specification"].str.contains(way)
            & specifications["specification"].str.contains("meant as harm")
        ]["estimate"].iloc[0]
        for way in ("left out", "as open", "as closed")
    }
    assert found == {"left out": pytest.approx(1.0), "as open": pytest.approx(2.0), "as closed": pytest.approx(0.5)}


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["then"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "source ai_incidents" in row["reason"]
