"""C08 finds a price effect that is there, none where there is none, and stays within its limits."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from claims.world import World, months, price_world

from pipeline.claims.c08_price_pressure import CLAIM
from pipeline.claims.evidence import HEADLINE_BOARD, AsOf, monthly_prices, rated_releases
from pipeline.claims.joint import joint_test
from pipeline.claims.price_tiers import above, changes_after_entry, cheapest_listings, early, floors, panel
from pipeline.claims.registration import Claim

NOW = date(2026, 6, 30)
UNBOUND = replace(CLAIM, ceiling="supported", floor="contradicted", limit_reason="")


@pytest.mark.parametrize(
    ("effect", "expected", "code"),
    [(-0.4, "mixed", "ceiling"), (-0.3, "mixed", "ceiling"), (0.2, "mixed", "floor")],
)
def test_each_verdict_its_limits_allow(
    effect: float, expected: str, code: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    found = verdict(CLAIM, price_world(effect), NOW)
    assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def without_ratings() -> World:
    world = price_world(-0.4)
    world.rows["rated_release"] = []
    world.rows["price_monthly"] = [(*row[:-1], None) for row in world.rows["price_monthly"]]
    return world


@pytest.mark.parametrize(
    ("world", "lack"),
    [(World(), "monthly prices of openrouter"), (price_world(-0.4, tiers=6), "of at least 6 needed"),
     (without_ratings(), "ratings on text/overall")],
)  # fmt: skip
def test_insufficient_says_what_is_missing(world: World, lack: str, verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, world, NOW)
    assert found["verdict"] == "insufficient evidence"
    assert lack in found["reason"]


def test_falling_prices_alone_are_no_support(verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(UNBOUND, price_world(0.05), NOW)
    assert found["tests"]["C08.closed_trend"]["decision"] == "supports"
    assert found["verdict"] == "contradicted"


@pytest.mark.parametrize("effect", [-0.4, -0.2, 0.0, 0.25])
def test_the_estimate_recovers_the_effect_and_its_interval_holds_it(
    effect: float, verdict: Callable[..., dict[str, Any]]
) -> None:
    test = verdict(CLAIM, price_world(effect, jitter=0.01), NOW)["tests"]["C08.open_entry"]
    assert test["estimate"] == pytest.approx(effect, abs=0.02)
    assert test["interval_low"] is None or test["interval_low"] <= effect + 0.005
    assert test["interval_high"] is None or test["interval_high"] >= effect - 0.005


def test_falsifications_pass_where_only_entry_matters(verdict: Callable[..., dict[str, Any]]) -> None:
    tests = verdict(CLAIM, price_world(-0.4, tiers=20), date(2027, 12, 31))["tests"]
    for name in ("C08.placebo_date", "C08.above_frontier"):
        assert tests[name]["decision"] == "supports", tests[name]


def test_the_placebo_fails_where_prices_fell_before_entry(verdict: Callable[..., dict[str, Any]]) -> None:
    world = price_world(0.0, tiers=20)
    entries = {int(row[0].removeprefix("open-")): row[5] for row in world.rows["release"] if row[0].startswith("open")}
    changed = []
    for month, catalogue, tag, model, access, *prices, rating in world.rows["price_monthly"]:
        entry = entries.get(int(model.split("-")[1]))
        lead = entry is not None and (entry.year - month.year) * 12 + entry.month - month.month <= 6
        factor = 0.5 if lead and access == "closed" else 1.0
        changed.append((month, catalogue, tag, model, access, *(p * factor for p in prices), rating))
    world.rows["price_monthly"] = changed
    found = verdict(UNBOUND, world, date(2027, 12, 31))
    assert found["tests"]["C08.placebo_date"]["decision"] == "contradicts"


def test_one_floor_against_one_other_is_the_coefficient_of_a_two_way_fixed_effects_regression() -> None:
    import statsmodels.api as sm

    generator = np.random.default_rng(2)
    log_price = generator.normal(size=(2, 12))
    (found,) = changes_after_entry(log_price, np.array([6.0, np.inf]))
    floor, month = np.repeat([0, 1], 12), np.tile(np.arange(12), 2)
    treated = ((floor == 0) & (month >= 6)).astype(float)
    dummies = np.column_stack([floor == 1, *(month == m for m in range(12))]).astype(float)
    fit = sm.OLS(log_price.ravel(), np.column_stack([treated, dummies])).fit()
    assert found == pytest.approx(fit.params[0])


def test_changes_are_residuals_of_a_regression_on_floors_and_months_not_yet_reached() -> None:
    import pandas as pd
    import statsmodels.formula.api as smf

    generator = np.random.default_rng(4)
    entered = np.array([4.0, 5.0, 8.0, np.inf, np.inf])
    log_price = generator.normal(size=(5, 14)) + np.arange(5)[:, None]
    log_price[2, 3] = log_price[4, :2] = np.nan
    rows = pd.DataFrame(
        [(f, m, log_price[f, m], m - entered[f]) for f in range(5) for m in range(14) if np.isfinite(log_price[f, m])],
        columns=["floor", "month", "price", "since"],
    )
    fit = smf.ols("price ~ C(floor) + C(month)", rows[rows["since"] < 0]).fit()
    after = rows[rows["since"].between(0, 5)]
    expected = (after["price"] - fit.predict(after)).groupby(after["floor"]).mean()
    assert changes_after_entry(log_price, entered) == pytest.approx(expected.to_list())


def test_a_floor_needs_three_months_on_each_side_and_untouched_floors_beside() -> None:
    log_price = np.zeros((3, 12))
    log_price[0, 6:] = -1
    entered = np.array([6.0, 8.0, np.inf])
    assert changes_after_entry(log_price, entered) == pytest.approx([-1, 0])
    assert changes_after_entry(log_price[:2], entered[:2]) == []  # from month 8 on nothing is untouched
    assert changes_after_entry(log_price[:, :11], entered) == pytest.approx([-1, 0])
    assert changes_after_entry(log_price[:, :10], entered) == pytest.approx([-1])
    log_price[0, 2:6] = np.nan
    assert changes_after_entry(log_price, entered) == pytest.approx([0])
    assert changes_after_entry(np.empty((3, 0)), entered) == []


def frames(world: World) -> tuple[Any, Any]:
    with world.connect() as connection:
        rated = rated_releases(connection, AsOf(NOW, "hindsight"))
        prices = cheapest_listings(monthly_prices(connection, AsOf(NOW, "hindsight")))
        return prices, rated[rated["board"] == HEADLINE_BOARD]


def test_floors_take_the_lowest_paid_price_of_models_rated_high_enough() -> None:
    world = World()
    month = date(2025, 1, 1)
    for model, access, price, rating in [
        ("free", "closed", 0.0, 1500), ("cheap", "closed", 1.0, 1010), ("cheap", "closed", 3.0, 1010),
        ("dear", "closed", 8.0, 1060), ("open", "open", 0.1, 1500), ("unrated", "closed", 0.1, None),
    ]:  # fmt: skip
        world.price(month, model, access, price, rating)
    listings, _ = frames(world)
    first, found = floors(listings, "closed", (1000, 1025, 1075))
    assert first == 2025 * 12
    assert np.exp(found[:2, 0]) == pytest.approx([1.0, 8.0])
    assert np.isnan(found[2, 0])
    _, second = floors(listings, "closed", (1000, 1025), rank=2)
    assert np.exp(second[0, 0]) == pytest.approx(8.0)
    assert np.isnan(second[1, 0])


def test_entry_is_the_first_release_or_listing_that_reaches_the_floor() -> None:
    listings, rated = frames(price_world(0.0))
    released = panel(listings, rated)
    assert list(released.entered[:4]) == [7, 9, 11, 13]
    assert list(panel(listings, rated[rated["weights_access"] == "closed"]).entered[:10]) == list(released.entered[:10])
    assert np.isinf(released.entered[10:]).all()
    assert np.isinf(panel(listings, rated, entrant="google").entered).all()
    assert np.isinf(panel(listings, rated, entrant="second closed lab").entered).all()


def test_false_entries_use_untouched_months_only() -> None:
    listings, rated = frames(price_world(-0.4))
    actual = panel(listings, rated)
    for false in (early(actual), above(actual)):
        for row, entered in enumerate(actual.entered):
            touched = false.log_price[row, int(min(entered, false.log_price.shape[1])) :]
            assert np.isnan(touched).all()
    moved = above(actual).entered
    for row in np.flatnonzero(np.isfinite(moved)):
        assert actual.entered[row] >= moved[row] + 6


def test_the_second_closed_lab_counts_as_closed_entry() -> None:
    world = price_world(0.0)
    world.release("rival", "google", date(2023, 11, 5), "closed")
    world.rating("rival", "google", date(2023, 11, 5), "closed", 1100.0)
    listings, rated = frames(world)
    entered = panel(listings, rated, entrant="second closed lab").entered
    assert list(entered[:5]) == [10] * 5
    assert np.isinf(entered[5:]).all()


def test_limits_are_explained() -> None:
    assert isinstance(CLAIM, Claim)
    assert (CLAIM.ceiling, CLAIM.floor) == ("mixed", "mixed")
    assert "cause and effect" in CLAIM.limit_reason


def test_other_designs_find_the_same_cut(verdict: Callable[..., dict[str, Any]]) -> None:
    world = price_world(-0.4, tiers=18, jitter=0.02)
    tests = verdict(CLAIM, world, NOW)["tests"]
    staggered = tests["C08.staggered"]
    assert staggered["interval_low"] < -0.3 < -0.2 < staggered["estimate"] + 0.3
    assert staggered["decision"] == "supports"
    assert "months before entry" in staggered["note"]
    assert tests["C08.open_premium"]["estimate"] is None  # two makers are too few to cluster by


@pytest.mark.parametrize(("growth", "decision"), [(-0.03, "supports"), (0.03, "contradicts")])
def test_new_open_models_are_dated_by_their_first_price(
    growth: float, decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = World()
    for i, month in enumerate(months(date(2023, 1, 1), 40)):
        world.price(month, f"new-{i}", "open", 1.5 * (1 + growth) ** i * (1 + 0.05 * (-1) ** i), None)
        for earlier in range(i):
            world.price(month, f"new-{earlier}", "open", 9.0, None)
    test = verdict(CLAIM, world, NOW)["tests"]["C08.open_cohorts"]
    assert (test["sample_size"], test["decision"]) == (39, decision)
    assert test["estimate"] == pytest.approx((1 + growth) ** 12 - 1, abs=0.02)
    assert "2023 1." in test["note"] or "2023 2." in test["note"]


def test_a_month_without_a_price_keeps_the_last_one(verdict: Callable[..., dict[str, Any]]) -> None:
    world = World()
    for i, month in enumerate(months(date(2023, 1, 1), 40)):
        if i % 8 != 3:
            world.price(month, "closed", "closed", 5.0 * 0.97**i, 1300.0)
    test = verdict(CLAIM, world, NOW)["tests"]["C08.closed_trend"]
    assert test["sample_size"] == 35
    assert test["estimate"] == pytest.approx(0.97**12 - 1, abs=0.01)
    assert test["note"] == "5 months without a price keep the last one."


def test_one_cheap_pair_counts_once_however_many_floors_it_sets(verdict: Callable[..., dict[str, Any]]) -> None:
    world = World()
    month = date(2025, 1, 1)
    for i in range(6):
        world.price(month, f"open-{i}", "open", 1.0 + i, 1010.0 + 75 * i)
        world.price(month, f"closed-{i}", "closed", 2.0 + 2 * i, 1010.0 + 75 * i)
    test = verdict(CLAIM, world, NOW)["tests"]["C08.open_discount"]
    assert (test["sample_size"], test["estimate"]) == (6, pytest.approx(-0.5))


def test_prices_are_compared_around_leading_open_releases(verdict: Callable[..., dict[str, Any]]) -> None:
    quiet = verdict(CLAIM, price_world(0.0, tiers=18, jitter=0.01), NOW)["tests"]["C08.release_months"]
    loud = verdict(CLAIM, price_world(-0.9, tiers=18, jitter=0.01), NOW)["tests"]["C08.release_months"]
    assert quiet["sample_size"] == loud["sample_size"] >= 5
    assert quiet["decision"] != "supports"
    assert loud["estimate"] < quiet["estimate"]


def test_the_whole_curve_is_tested_by_dealing_out_the_months_of_entry() -> None:
    with price_world(-0.4).connect() as connection:
        assert CLAIM.estimate is not None
        findings = CLAIM.estimate(connection, AsOf(NOW, "hindsight"))
    worlds = findings.worlds["C08.open_entry"](4)
    falls = [-math.log1p(s.estimate) for s in findings.specifications if s.estimate is not None]
    assert worlds.effects.shape == (5, len(falls))
    assert worlds.effects[0] == pytest.approx(falls)
    joint = joint_test(worlds)
    assert joint is not None
    assert joint.median_effect == pytest.approx(np.median(falls))
    assert joint.significant_share is None
