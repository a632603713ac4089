"""C22 reaches every verdict, and measures what it says."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from claims.world import World, frontier_world, median_of_shared_matches, shared_matches

from pipeline.claims.c22_distance_to_best_open import CLAIM, _p_value, monthly_gaps
from pipeline.claims.evidence import HEADLINE_BOARD, AsOf, rated_releases
from pipeline.claims.record_lags import (
    AS_GOOD,
    DAYS_PER_MONTH,
    NO_WIDER,
    NOT_WORSE,
    Board,
    followed_up,
    match_records,
)
from pipeline.claims.statistics import kaplan_meier_median

NOW = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("lags", "expected", "code"),
    [
        ([30, 40] * 12, "mixed", "partly_decided"),
        ([110, 140] * 12, "mixed", "between_marks"),
        ([300] * 5 + [40] * 5, "insufficient evidence", "interval_too_wide"),
        ([300, 320] * 12, "contradicted", "primary_contradicts"),
        ([None] * 24, "contradicted", "primary_contradicts"),
        ([20] * 7, "insufficient evidence", "below_minimum_sample"),
        ([], "insufficient evidence", "below_minimum_sample"),
    ],
)
def test_each_verdict(lags: list[int | None], expected: str, code: str, verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, frontier_world(lags), NOW)
    assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def licensed(world: World, label: str) -> World:
    """The world with what is known of each open model under the definition of the Open Source Initiative."""
    for row in list(world.rows["release"]):
        if row[7] == "open":
            world.openness(row[0], "osi_weights", label, row[5])
    return world


@pytest.mark.parametrize("clock", ["then", "hindsight"])
@pytest.mark.parametrize(
    ("label", "expected", "code"),
    [("open", "supported", "every_primary_supports"), ("closed", "mixed", "partly_decided")],
)
def test_support_needs_a_licence_that_is_open_source(
    label: str, expected: str, code: str, clock: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = licensed(frontier_world([30, 40] * 12), label)
    world.rows["rated_release"] = [(*row[:-1], date(2025, 6, 30)) for row in world.rows["rated_release"]]
    found = verdict(CLAIM, world, NOW, clock)
    assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]
    rung = found["tests"]["C22.lag_osi"]
    assert rung["note"].endswith("Licences of 0 of 24 open models are not known.")
    assert (rung["estimate"] is None) == (label == "closed")


def test_unknown_licences_widen_the_interval_of_a_rung_downwards(verdict: Callable[..., dict[str, Any]]) -> None:
    tests = verdict(CLAIM, frontier_world([30, 40] * 12), NOW)["tests"]
    rung = tests["C22.lag_osaid"]
    assert (rung["estimate"], rung["interval_high"], rung["decision"]) == (None, None, "inconclusive")
    assert rung["interval_low"] == tests["C22.lag"]["interval_low"]


def sized(world: World, gigabytes: Callable[[int], float | None]) -> World:
    """The world with the size of each open model."""
    opened = [row for row in world.rows["release"] if row[7] == "open"]
    for place, row in enumerate(opened):
        terms = (row[0], row[1], row[2], row[5], "open", None, None, None, None, None, None, None, gigabytes(place))
        world.rows["release_terms"].append(terms)
    return world


@pytest.mark.parametrize(
    ("gigabytes", "lag", "low"),
    [
        (lambda _: 24.0, 100, 100),
        (lambda place: 23.9 if place % 2 else 24.1, 130, 100),
        (lambda place: 23.9 if place % 2 else None, 130, 100),
    ],
    ids=["all fit", "every other fits", "every other is unknown"],
)
def test_what_fits_one_card_takes_longer(
    gigabytes: Callable[[int], float | None], lag: int, low: int, verdict: Callable[..., dict[str, Any]]
) -> None:
    # The model after the next matches as well and comes thirty days later.
    found = verdict(CLAIM, sized(frontier_world([100] * 24), gigabytes), NOW)["tests"]["C22.lag_one_card"]
    assert found["interval_low"] == pytest.approx(low / DAYS_PER_MONTH)
    assert lag / DAYS_PER_MONTH == pytest.approx(found["interval_high"], abs=0.01)
    assert "Sizes of" in found["note"]


def test_the_p_value_asks_only_records_old_enough_to_tell() -> None:
    world = World()
    for i, (age, lag) in enumerate([(400, 100), (300, 300), (250, 200), (100, 10), (60, 5), (30, 1)]):
        on = NOW - timedelta(days=age)
        world.rating(f"closed-{i}", "openai", on, "closed", 1000.0 + 20 * i)
        if lag < age:
            world.rating(f"open-{i}", "meta", on + timedelta(days=lag), "open", 1000.0 + 20 * i)
    found = match_records(board(world), NOW, NOT_WORSE)
    assert found.ages[0] == pytest.approx(400 / DAYS_PER_MONTH)
    # Three records are half a year old, of which two were matched in time; of the young ones nothing is known yet.
    assert _p_value(found, 6.0) == pytest.approx(0.5)


def test_a_model_of_the_lags_agrees_with_the_curve(verdict: Callable[..., dict[str, Any]]) -> None:
    lags: list[int | None] = [30, 60, 90, 120, 150, 180, 210, 240]
    tests = verdict(CLAIM, frontier_world(lags * 2, every=400, first=date(2005, 1, 1)), NOW)["tests"]
    assert tests["C22.weibull_lag"]["estimate"] == pytest.approx(tests["C22.lag"]["estimate"], abs=1.0)


def test_the_index_is_asked_once_it_is_there(verdict: Callable[..., dict[str, Any]]) -> None:
    world = frontier_world([30] * 24)
    assert verdict(CLAIM, world, NOW)["tests"]["C22.index_lag"]["decision"] == "insufficient"
    world.rows["rated_release"] += [(*row[:5], "eci", *row[6:]) for row in world.rows["rated_release"]]
    found = verdict(CLAIM, world, NOW)
    assert found["tests"]["C22.index_lag"]["estimate"] == pytest.approx(30 / DAYS_PER_MONTH)


def test_it_is_insufficient_before_there_were_ratings(verdict: Callable[..., dict[str, Any]]) -> None:
    world = frontier_world([30] * 24)
    world.rows["rated_release"] = [(*row[:-1], date(2026, 10, 5)) for row in world.rows["rated_release"]]
    then, now = (verdict(CLAIM, world, NOW, clock) for clock in ("then", "hindsight"))
    assert (then["verdict"], now["verdict"]) == ("insufficient evidence", "mixed")
    assert f"ratings on {HEADLINE_BOARD}" in then["reason"]


def test_a_median_that_is_not_reached_has_no_estimate_and_says_so(verdict: Callable[..., dict[str, Any]]) -> None:
    lag = verdict(CLAIM, frontier_world([None] * 24), NOW)["tests"]["C22.lag"]
    assert (lag["estimate"], lag["interval_high"]) == (None, None)
    assert "not reached" in lag["note"]
    assert lag["decision"] == "contradicts"


def rated(world: World) -> pd.DataFrame:
    with world.connect() as connection:
        return rated_releases(connection, AsOf(NOW, "hindsight")).dropna(subset=["rating"])


def board(world: World) -> Board:
    return Board.of(rated(world))


def small() -> World:
    world = World()
    for model, lab, day, access, rating, half in [
        ("old", "meta", 1, "open", 990, 5.0),
        ("first", "openai", 5, "closed", 1000, 5.0),
        ("same-day-worse", "google", 5, "closed", 995, 5.0),
        ("no-record", "google", 8, "closed", 999, 5.0),
        ("thin", "deepseek", 10, "open", 970, 40.0),
        ("close", "meta", 15, "open", 996, 5.0),
        ("lead", "meta", 20, "open", 1010, 5.0),
        ("second", "openai", 25, "closed", 1050, 5.0),
        ("dark", "xai", 26, "unknown", 1100, 5.0),
        ("under-dark", "openai", 27, "closed", 1060, 5.0),
    ]:
        world.rating(model, lab, date(2026, 6, day), access, rating, half)
    return world


def test_records_are_new_best_ratings_of_closed_models_among_all() -> None:
    assert list(board(small()).records().rating) == [1000, 1050]
    assert len(Board.of(rated(small()).iloc[:0]).records().rating) == 0


@pytest.mark.parametrize(("match", "days"), [(NOT_WORSE, 5), (NO_WIDER, 10), (AS_GOOD, 15)])
def test_stricter_matches_take_longer(match: str, days: int) -> None:
    months, observed = match_records(board(small()), NOW, match).lags
    assert observed == (True, False)
    assert months == pytest.approx((days / DAYS_PER_MONTH, 5 / DAYS_PER_MONTH))


def test_labs_that_set_and_match_most_records_are_named() -> None:
    found = match_records(board(small()), NOW, NOT_WORSE)
    assert (found.record_lab, found.matching_lab) == ("openai", "deepseek")


def test_shared_matches_make_the_interval_miss_as_often_as_the_caveat_says() -> None:
    generator = np.random.default_rng(4)
    truth = median_of_shared_matches(generator)
    above, below, apart = 0, 0, 0
    alpha = CLAIM.hypothesis("lag").alpha
    for _ in range(800):
        closed, matched, places = shared_matches(generator, 16)
        end = closed[-1] + generator.exponential(75)
        seen, lags = matched <= end, np.minimum(matched, end) - closed
        groups = np.where(seen, places, -1).tolist()
        found, independent = (kaplan_meier_median(lags, seen, 1 - alpha, known) for known in (groups, None))
        assert found is not None
        assert independent is not None
        above += found.low > truth
        below += found.high < truth
        apart += not independent.low <= truth <= independent.high
    assert above / 800 < alpha / 2
    assert 1.2 < below / 800 / (alpha / 2) < 3
    assert above + below < 0.75 * apart


def test_records_that_one_release_matched_are_of_one_group() -> None:
    world = World()
    for month, (lab, rating) in enumerate([("openai", 1000), ("google", 1050), ("openai", 1100), ("google", 1150)], 1):
        world.rating(f"closed-{month}", lab, date(2025, month, 1), "closed", rating)
    world.rating("early", "meta", date(2025, 6, 1), "open", 1000)
    world.rating("late", "meta", date(2025, 7, 1), "open", 1100)
    found = match_records(board(world), NOW, NOT_WORSE)
    assert found.lags[1] == (True, True, True, False)
    assert found.groups == (0, 1, 1, 2)


def test_an_open_record_is_no_closed_one() -> None:
    world = World()
    world.rating("open", "meta", date(2026, 1, 1), "open", 1000)
    world.rating("closed", "openai", date(2026, 1, 2), "closed", 999)
    assert len(board(world).records().rating) == 0


def test_missing_interval_ends_count_as_the_rating() -> None:
    world = World()
    world.rating("closed", "openai", date(2026, 1, 1), "closed", 1000, half=None)
    world.rating("below", "meta", date(2026, 1, 2), "open", 999.9, half=None)
    world.rating("equal", "meta", date(2026, 1, 4), "open", 1000, half=None)
    months, observed = match_records(board(world), NOW, NOT_WORSE).lags
    assert (months, observed) == ((pytest.approx(3 / DAYS_PER_MONTH),), (True,))


def test_gaps_are_of_complete_months_and_carry_the_best_so_far() -> None:
    world = World()
    world.rating("c", "openai", date(2026, 1, 10), "closed", 1000)
    world.rating("o", "meta", date(2026, 2, 10), "open", 950)
    world.rating("o2", "meta", date(2026, 4, 10), "open", 990)
    world.rating("c2", "openai", date(2026, 6, 10), "closed", 1100)
    assert monthly_gaps(rated(world), date(2026, 6, 29)) == [50, 50, 10, 10]
    assert monthly_gaps(rated(world), NOW) == [50, 50, 10, 10, 110]
    assert monthly_gaps(rated(world).iloc[:0], NOW) == []


def test_look_back_is_between_clearly_and_merely_better(verdict: Callable[..., dict[str, Any]]) -> None:
    world = World()
    for model, lab, on, access, rating in [
        ("open", "meta", date(2026, 6, 1), "open", 1000),
        ("equal", "openai", date(2025, 6, 30), "closed", 990),
        ("better", "openai", date(2025, 12, 30), "closed", 1008),
        ("clear", "openai", date(2026, 3, 30), "closed", 1020),
    ]:
        world.rating(model, lab, on, access, rating)
    found = verdict(CLAIM, world, NOW)["tests"]["C22.look_back"]
    assert (found["interval_low"], found["interval_high"]) == pytest.approx((92 / DAYS_PER_MONTH, 182 / DAYS_PER_MONTH))


def test_matches_by_thinly_rated_models_fail_the_falsification(verdict: Callable[..., dict[str, Any]]) -> None:
    world = frontier_world([300] * 24)
    for i in range(24):
        on = date(2023, 1, 10) + timedelta(days=30 * i + 20)
        world.rating(f"thin-{i}", "mistral", on, "open", 900.0 + 20 * i, half=150.0)
    tests = verdict(CLAIM, world, NOW)["tests"]
    assert tests["C22.lag"]["decision"] == "supports"
    assert tests["C22.thin_ratings"]["decision"] == "contradicts"


def test_specifications_cover_the_boards_that_exist(verdict: Callable[..., dict[str, Any]]) -> None:
    world = frontier_world([30] * 24)
    world.rows["rated_release"] += [(*row[:5], "text/math", *row[6:]) for row in world.rows["rated_release"]]
    found = verdict(CLAIM, world, NOW)["specifications"]
    assert len(found) == 2 * 2 * 2 * 3
    assert found["specification"].is_unique


def test_nothing_is_concluded_of_days_after_the_board_was_read() -> None:
    world = World()
    world.rating("old", "openai", date(2025, 1, 1), "closed", 1300, rated_on=date(2026, 1, 1))
    world.rating("early", "google", date(2026, 2, 1), "closed", 1400, rated_on=date(2026, 1, 1))
    followed, seen = followed_up(rated(world), NOW)
    assert list(followed["model_id"]) == ["old"]
    assert seen == date(2026, 1, 1)
    months, observed = match_records(Board.of(followed), seen, NOT_WORSE).lags
    assert list(observed) == [False]
    assert months[0] == pytest.approx(365 / DAYS_PER_MONTH, abs=0.1)
