"""C01 reaches every verdict that its ceiling allows."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from claims.world import World, month_end, months

from pipeline.claims.c01_changing_life import CLAIM, SETS, growth

NOW = date(2026, 6, 30)


def world(tools: float | None, attention: float | None, control: float = 0.0, count: int = 43) -> World:
    """Series from December 2022 on that double so many times a year; None for a series never captured."""
    made = World()
    for i, month in enumerate(months(date(2022, 12, 1), count)):
        known = month_end(month)
        noise = 1 + 0.1 * ((i * 7) % 5 - 2)
        if tools is not None:
            for package in SETS["all four"]:
                amount = int(1e6 * noise * 2 ** (tools * i / 12))
                made.rows["package_downloads_monthly"].append((month, package, "either", amount, known))
        if attention is not None:
            for article, topic, rate in (("ChatGPT", "assistant", attention), ("WhatsApp", "control", control)):
                amount = int(1e6 * noise * 2 ** (rate * i / 12))
                made.rows["attention_monthly"].append((month, article, topic, "x", amount, known))
    return made


@pytest.mark.parametrize(
    ("made", "expected", "code"),
    [
        (world(1.0, 1.0), "mixed", "ceiling"),
        (world(0.1, 1.0), "contradicted", "primary_contradicts"),
        (world(1.0, -0.5), "contradicted", "primary_contradicts"),
        (world(1.0, None), "insufficient evidence", "below_minimum_sample"),
        (world(None, None), "insufficient evidence", "below_minimum_sample"),
        (world(1.0, 1.0, count=20), "insufficient evidence", "below_minimum_sample"),
    ],
    ids=["fast", "slow", "ignored", "no_readers", "nothing", "short"],
)
def test_each_verdict(made: World, expected: str, code: str, verdict: Callable[..., dict[str, Any]]) -> None:
    for clock in ("then", "hindsight"):
        found = verdict(CLAIM, made, NOW, clock)
        assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def test_reading_that_grows_anyway_fails_the_falsification(verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, world(1.0, 1.0, control=1.0), NOW)
    assert found["tests"]["C01.control"]["decision"] == "contradicts"
    assert (found["verdict"], found["reason_code"]) == ("mixed", "falsification_failed")


def test_what_is_missing_is_named_with_its_source(verdict: Callable[..., dict[str, Any]]) -> None:
    reason = verdict(CLAIM, world(None, None), NOW)["reason"]
    assert "source package_downloads (0 of 24 months" in reason
    assert "source wikimedia_pageviews (0 of 24 months" in reason


def test_growth_is_in_doublings_a_year() -> None:
    found = growth([2 ** (i / 6) for i in range(30)], 0.95)
    assert found is not None
    assert found.slope.estimate == pytest.approx(2.0)
    assert growth([1.0, 0.0, 2.0, 3.0], 0.95) is None
    assert growth([1.0, 2.0], 0.95) is None


def test_months_count_in_which_every_package_is_counted(verdict: Callable[..., dict[str, Any]]) -> None:
    made = world(1.0, 1.0)
    made.rows["package_downloads_monthly"] = [
        row for row in made.rows["package_downloads_monthly"] if row[1] != "vllm" or row[0] >= date(2024, 1, 1)
    ]
    assert verdict(CLAIM, made, NOW)["tests"]["C01.tools"]["sample_size"] == 30
