"""C21 reaches every verdict."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from claims.world import World

from pipeline.claims.c21_others_respond import CLAIM

NOW = date(2024, 12, 31)
LLAMA_2 = date(2023, 7, 18)


def responding_world(before: float, after: float, labs: int = 40, each: int = 60, early: float = 0.0) -> World:
    """Labs whose releases are open with one probability before Llama 2 and with another after it.

    `early` is what the first probability becomes at the end of November 2022 already, if not zero.
    """
    world = World()
    rng = np.random.default_rng(11)
    for lab in range(labs):
        for i in range(each):
            on = date(2021, 1, 3) + timedelta(days=int(1450 * i / each) + lab % 20)
            share = after if on >= LLAMA_2 else early if early and on >= date(2022, 11, 30) else before
            world.release(f"m-{lab}-{i}", f"lab{lab}", on, "open" if rng.random() < share else "closed")
    return world


@pytest.mark.parametrize(
    ("world", "expected", "code"),
    [
        (responding_world(0.25, 0.6, labs=30, each=40), "supported", "every_primary_supports"),
        (responding_world(0.5, 0.2), "contradicted", "primary_contradicts"),
        (responding_world(0.25, 0.6, early=0.6), "mixed", "depends_on_specification"),
        (responding_world(0.4, 0.48, labs=50, each=50), "mixed", "between_marks"),
        (responding_world(0.25, 0.6, labs=15), "insufficient evidence", "below_minimum_sample"),
        (responding_world(0.4, 0.4, labs=25, each=8), "insufficient evidence", "interval_too_wide"),
    ],
)
def test_each_verdict(world: World, expected: str, code: str, verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


@pytest.mark.parametrize(
    ("before", "after", "labs", "decision"),
    [(0.25, 0.7, 40, "supports"), (0.5, 0.1, 40, "contradicts"), (0.25, 0.7, 10, "insufficient")],
)
def test_large_models_are_asked_beside_the_catalogues(
    before: float, after: float, labs: int, decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = responding_world(0.4, 0.4, labs=25, each=8)
    for row in responding_world(before, after, labs, 40).rows["release"]:
        world.epoch_model(row[0], row[2], row[5], row[7], heard_on=date(2024, 12, 1))
        world.epoch_model(f"meta {row[0]}", "Meta AI,MIT", row[5], "open", heard_on=date(2024, 12, 1))
    found = verdict(CLAIM, world, NOW)["tests"]["C21.large_models"]
    assert (found["decision"], found["sample_size"]) == (decision, 40 * labs), found
    early = verdict(CLAIM, world, date(2024, 11, 30), "then")["tests"]["C21.large_models"]
    assert early["sample_size"] == 0


def test_a_search_without_dates_says_where_the_share_changed(verdict: Callable[..., dict[str, Any]]) -> None:
    note = verdict(CLAIM, responding_world(0.1, 0.8), NOW)["tests"]["C21.after_llama"]["note"]
    assert "finds them from 2023Q3 (" in note
    still = verdict(CLAIM, responding_world(0.5, 0.5), NOW)["tests"]["C21.after_llama"]["note"]
    assert "finds none" in still


def test_a_break_is_read_no_later_than_releases_go(verdict: Callable[..., dict[str, Any]]) -> None:
    """Three months after a break a year of its new slope is not foretold from them."""
    world, on = responding_world(0.4, 0.4, labs=40, each=60), date(2025, 4, 20)
    rng = np.random.default_rng(5)
    for i in range(240):
        day = date(2025, 1, 20) + timedelta(days=3 * (i % 30))
        opened = rng.random() < (0.4 if i % 30 < 15 else 0.7)
        world.release(f"late-{i}", f"lab{i % 40}", day, "open" if opened else "closed")
    test = verdict(CLAIM, world, on)["tests"]["C21.after_r1"]
    # From odds of two to three before to those of about seven to three at the end of the three months.
    assert 1.5 < test["estimate"] < 8


def test_metas_own_releases_do_not_count(verdict: Callable[..., dict[str, Any]]) -> None:
    world = responding_world(0.4, 0.4)
    size = verdict(CLAIM, world, NOW)["tests"]["C21.after_llama"]["sample_size"]
    for i in range(50):
        world.release(f"llama-{i}", "meta", LLAMA_2 + timedelta(days=i), "open")
    assert verdict(CLAIM, world, NOW)["tests"]["C21.after_llama"]["sample_size"] == size


def test_opening_up_before_llama_is_found(verdict: Callable[..., dict[str, Any]]) -> None:
    tests = verdict(CLAIM, responding_world(0.2, 0.7, early=0.7), NOW)["tests"]
    assert tests["C21.before_llama"]["decision"] == "contradicts"


def test_first_open_releases_are_counted_by_lab_months(verdict: Callable[..., dict[str, Any]]) -> None:
    world = World()
    for lab, first, opened in [
        ("turns", date(2022, 12, 5), date(2023, 9, 2)),
        ("stays", date(2023, 5, 1), None),
        ("born-open", date(2023, 8, 1), date(2023, 8, 1)),
    ]:
        world.release(f"{lab}-1", lab, first, "open" if opened == first else "closed")
        if opened and opened != first:
            world.release(f"{lab}-2", lab, opened, "open")
    test = verdict(CLAIM, world, date(2023, 10, 31))["tests"]["C21.first_open"]
    # Before: January to June 2023 of one lab, June of the other. After: July to September, and July to October.
    assert test["note"] == "1 in 7 lab-months after, 0 in 7 before."


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["then"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "source epoch_models" in row["reason"]
