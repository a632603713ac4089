"""C15 reaches every verdict."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeAlias

import pytest
from claims.world import World, labs_world

from pipeline.claims import statistics
from pipeline.claims.c15_contrast_with_meta import CLAIM

T0 = date(2024, 5, 31)
NOW = date(2026, 6, 30)


RIVALS_WITH_UNKNOWN = {"as open": (9, 20), "as closed": (4, 25)}
Periods: TypeAlias = tuple[tuple[int, int], tuple[int, int]]


def two_periods(meta: Periods, rivals: Periods) -> World:
    """Open and closed releases of Meta and of Google, before 2025 and since."""
    world = World()
    for first, one, other in zip((date(2023, 1, 5), date(2025, 1, 5)), meta, rivals, strict=True):
        part = labs_world({"meta": one, "google": other}, first, step=10)
        for table, rows in part.rows.items():
            world.rows[table] += [(f"{row[0]}-{first.year}", *row[1:]) for row in rows]
    return world


@pytest.mark.parametrize(
    ("on", "world", "expected", "code"),
    [
        (T0, labs_world({"meta": (18, 2), "google": (2, 20)}), "supported", "every_primary_supports"),
        (T0, labs_world({"meta": (5, 15), "google": (20, 10)}), "contradicted", "primary_contradicts"),
        (T0, labs_world({"meta": (9, 1), "google": (2, 5)}), "insufficient evidence", "below_minimum_sample"),
        (T0, labs_world({"meta": (6, 0), "google": (1, 2)}), "insufficient evidence", "below_minimum_sample"),
        (T0, labs_world({"meta": (16, 7), "google": (12, 18)}), "mixed", "between_marks"),
        (T0, labs_world({"meta": (18, 2), "google": (2, 20), "deepseek": (24, 1)}), "mixed", "falsification_failed"),
        (
            NOW,
            two_periods(((18, 2), (4, 26)), ((2, 28), (14, 16))),
            "contradicted",
            "primary_contradicts",
        ),
        (NOW, two_periods(((25, 5), (3, 1)), ((5, 25), (5, 25))), "insufficient evidence", "below_minimum_sample"),
        (NOW, two_periods(((18, 4), (18, 4)), ((4, 26), (4, 26))), "mixed", "partly_decided"),
        (NOW, two_periods(((16, 16), (24, 1)), ((16, 16), (1, 24))), "supported", "every_primary_supports"),
    ],
)
def test_each_verdict(on: date, world: World, expected: str, code: str, verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, world, on)
    assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def test_a_ratio_without_finite_estimate_still_decides_and_says_so(verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, labs_world({"meta": (20, 0), "google": (1, 20)}), T0)
    test = found["tests"]["C15.contrast"]
    assert found["verdict"] == "supported"
    assert test["estimate"] is None
    assert test["interval_low"] > 1
    assert "no finite estimate" in test["note"]


def test_unknown_weights_bound_the_contrast(verdict: Callable[..., dict[str, Any]]) -> None:
    world = labs_world({"meta": (18, 2), "google": (4, 20)})
    for i in range(5):
        world.release(f"untold-{i}", "google", date(2023, 5, 1 + i), "unknown")
    found = verdict(CLAIM, world, T0)
    specifications, test = found["specifications"], found["tests"]["C15.contrast"]
    contrast = specifications[specifications["hypothesis_id"] == "C15.contrast"]
    ratio = {
        name: float(contrast[contrast["specification"].str.contains(name)]["estimate"].iloc[0])
        for name in ("as open", "left out", "as closed")
    }
    assert ratio["as open"] < ratio["left out"] < ratio["as closed"]
    ends = {name: statistics.odds_ratio(((18, 2), rivals), 0.99375) for name, rivals in RIVALS_WITH_UNKNOWN.items()}
    assert test["interval_low"] == pytest.approx(ends["as open"].low)
    assert test["interval_high"] == pytest.approx(ends["as closed"].high)
    assert test["p_value"] == pytest.approx(statistics.fisher_p_value(((18, 2), (9, 20)), "greater"))


def test_unknown_weights_may_leave_the_contrast_open(verdict: Callable[..., dict[str, Any]]) -> None:
    world = labs_world({"meta": (18, 2), "google": (4, 20)})
    for i in range(60):
        world.release(f"untold-{i}", "google", date(2023, 1, 6) + timedelta(days=3 * i), "unknown")
    found = verdict(CLAIM, world, T0)
    assert (found["verdict"], found["reason_code"]) == ("insufficient evidence", "interval_too_wide")


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["hindsight"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "releases of Meta" in row["reason"]
