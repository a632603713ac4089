"""C04 reaches every verdict."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from claims.world import World

from pipeline.claims.c04_open_source import CLAIM
from pipeline.claims.registration import Hypothesis
from pipeline.claims.release_counts import Count
from pipeline.claims.shares import Counted, open_share

NOW = date(2026, 6, 30)
STRICT = ("open_unrestricted", "osi_weights", "osaid")


def metas(approved: int, community: int, closed: int = 0, silent: int = 0, strict: tuple[str, ...] = STRICT) -> World:
    """Releases of Meta two weeks apart, well mixed: under an approved licence, its own, without weights, untold."""
    world = World()
    kinds = ["approved"] * approved + ["community"] * community + ["closed"] * closed + ["silent"] * silent
    order = sorted(range(len(kinds)), key=lambda i: (i * 7) % len(kinds))
    for place, i in enumerate(order):
        model, on = f"{kinds[i]}-{i}", date(2023, 3, 1) + timedelta(days=14 * place)
        world.release(model, "meta", on, "closed" if kinds[i] == "closed" else "open")
        for definition in STRICT:
            if kinds[i] in ("approved", "community"):
                label = "open" if kinds[i] == "approved" and definition in strict else "closed"
                world.openness(model, definition, label, on)
    return world


@pytest.mark.parametrize(
    ("world", "expected", "code"),
    [
        (metas(57, 4), "supported", "every_primary_supports"),
        (metas(1, 8, 46), "contradicted", "primary_contradicts"),
        (metas(0, 40), "mixed", "depends_on_specification"),
        (metas(20, 21), "insufficient evidence", "interval_too_wide"),
        (metas(4, 4), "insufficient evidence", "below_minimum_sample"),
        (metas(0, 11, 0, 30), "insufficient evidence", "interval_too_wide"),
        (metas(0, 0, 0, 30), "insufficient evidence", "below_minimum_sample"),
        (World(), "insufficient evidence", "below_minimum_sample"),
    ],
    ids=["approved", "mostly_closed", "llama_terms", "half", "few", "too_much_unknown", "all_unknown", "nothing"],
)
def test_each_verdict(world: World, expected: str, code: str, verdict: Callable[..., dict[str, Any]]) -> None:
    for clock in ("then", "hindsight"):
        found = verdict(CLAIM, world, NOW, clock)
        assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def test_the_split_is_named_by_the_meaning_of_open(verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, metas(0, 40), NOW)
    assert "openness definition: 0% for osi_weights" in found["reason"]
    assert "100% for open_any" in found["reason"]


def test_what_is_missing_is_named(verdict: Callable[..., dict[str, Any]]) -> None:
    reason = verdict(CLAIM, metas(0, 0, 0, 30), NOW)["reason"]
    assert "30 of 30 releases of Meta (silent-0, silent-1, silent-10, …)" in reason
    assert "huggingface_models" in reason


def test_others_are_compared_among_downloadable_releases_alone(verdict: Callable[..., dict[str, Any]]) -> None:
    world = metas(1, 19, closed=10)
    for i in range(20):
        model, on = f"qwen-{i}", date(2023, 3, 1) + timedelta(days=14 * i)
        world.release(model, "alibaba", on, "open")
        world.openness(model, "osi_weights", "open" if i else "closed", on)
        world.release(f"shut-{i}", "openai", on, "closed")
    found = verdict(CLAIM, world, NOW)["tests"]["C04.against_others"]
    assert "1 of 20 against 19 of 20" in found["note"]
    assert found["decision"] == "contradicts"


@pytest.mark.parametrize(("reached", "decision"), [(20, "supports"), (0, "contradicts"), (9, "insufficient")])
def test_families_are_counted_that_reach_a_class(
    reached: int, decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = World()
    for place in range(20):
        world.mof_entry("Meta", f"family-{place}", NOW, "none", True)
        world.mof_entry("Meta", f"family-{place}", NOW, "III" if place < reached else "none", True)
    world.mof_entry("Meta", "later", NOW + timedelta(days=1), "I", True)
    found = verdict(CLAIM, world, NOW)["tests"]["C04.framework"]
    assert (found["estimate"], found["sample_size"]) == (reached / 20, 20)
    assert found["decision"] == decision


def test_the_yearly_odds_ratio_is_that_of_a_logistic_curve(verdict: Callable[..., dict[str, Any]]) -> None:
    # With two points in time the curve goes through both shares, so that its slope is their log odds ratio.
    def two_years(opened: int, later: int) -> World:
        world = World()
        for year, count in ((2021, opened), (2023, later)):
            for place in range(40):
                model, on = f"m-{year}-{place}", date(year, 3, 1) + timedelta(days=place)
                world.release(model, "meta", on, "open")
                world.openness(model, "open_unrestricted", "open" if place < count else "closed", on)
        return world

    found = verdict(CLAIM, two_years(30, 10), NOW)["tests"]["C04.trend"]
    assert found["estimate"] == pytest.approx((1 / 9) ** 0.5, rel=0.1)
    assert (found["decision"], found["sample_size"]) == ("contradicts", 80)
    assert verdict(CLAIM, two_years(10, 30), NOW)["tests"]["C04.trend"]["decision"] == "supports"
    apart = verdict(CLAIM, two_years(40, 0), NOW)["tests"]["C04.trend"]
    assert (apart["estimate"], apart["decision"]) == (None, "insufficient")


def hypothesis(minimum: int = 1) -> Hypothesis:
    from dataclasses import replace

    return replace(CLAIM.hypothesis("osi"), minimum_sample=minimum, alpha=0.05)


def test_unknown_ones_widen_the_exact_interval_both_ways() -> None:
    from scipy.stats import binomtest

    whole = open_share(hypothesis(), Counted(Count(6, 4, 0), Count(6, 4, 0), Count(6, 4, 0)))
    exact = binomtest(6, 10).proportion_ci(0.95, "exact")
    assert (whole.interval_low, whole.interval_high) == pytest.approx((exact.low, exact.high))
    partly = open_share(hypothesis(), Counted(Count(6, 4, 5), Count(6, 9, 0), Count(11, 4, 0)))
    assert partly.estimate == pytest.approx(0.6)
    assert partly.interval_low == pytest.approx(binomtest(6, 15).proportion_ci(0.95, "exact").low)
    assert partly.interval_high == pytest.approx(binomtest(11, 15).proportion_ci(0.95, "exact").high)
    assert partly.p_value == pytest.approx(binomtest(6, 15, 0.5, "greater").pvalue)
