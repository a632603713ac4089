"""Records, reigns and places on a board."""

from datetime import date

import pytest
from claims.world import World

from pipeline.claims.evidence import AsOf, rated_releases
from pipeline.claims.standings import (
    Board,
    Reign,
    best_by_lab,
    boards,
    difference,
    drawn_ratings,
    month_ends,
    rank,
    records,
    reign,
)

JUNE = date(2026, 6, 30)


def board(*models: tuple[str, str, int, float], half: float | None = 5.0) -> Board:
    world = World()
    for model, lab, day, rating in models:
        world.rating(model, lab, date(2026, 6, day), "open", rating, half=half)
    with world.connect() as connection:
        return boards(rated_releases(connection, AsOf(JUNE, "hindsight")))["text/overall"]


def test_only_what_beats_all_before_is_a_record_and_one_a_day() -> None:
    found = board(("c", "x", 9, 30), ("a", "x", 1, 10), ("b", "x", 2, 10), ("d", "x", 9, 20), ("e", "x", 10, 25))
    assert [row.model_id for row in records(found.rows)] == ["a", "c"]


def test_a_reign_lasts_until_the_next_record_and_ends_where_nothing_can_be_told() -> None:
    found = board(("a", "x", 1, 10), ("b", "x", 11, 20), ("c", "x", 25, 30))
    assert reign(found, date(2026, 6, 6), date(2026, 6, 30)) == Reign(("a", "b", "c"), (5, 14, 6), ("open",) * 3, 0)
    cut = reign(found, date(2026, 6, 6), date(2026, 6, 30), unseen_from=date(2026, 6, 21))
    assert (cut.days, cut.unseen_days) == ((5, 10), 10)
    assert reign(found, date(2026, 6, 2), date(2026, 6, 1)) == Reign((), (), (), 0)
    assert reign(Board(), date(2026, 6, 1), JUNE).count().known == 0


def test_what_is_released_by_a_day() -> None:
    found = board(("a", "x", 1, 10), ("b", "x", 11, 20))
    assert [row.model_id for row in found.by(date(2026, 6, 10))] == ["a"]
    assert [row.model_id for row in found.by(date(2026, 6, 11))] == ["a", "b"]


def test_places_of_makers_by_their_best_model() -> None:
    found = board(("a", "x", 1, 10), ("b", "y", 2, 20), ("c", "x", 3, 15), ("d", "z", 4, 20))
    best = best_by_lab(found.rows)
    assert {lab: row.model_id for lab, row in best.items()} == {"x": "c", "y": "b", "z": "d"}
    assert [rank(lab, best) for lab in ("x", "y", "z")] == [3, 1, 1]
    assert found.labs == ("x", "y", "z")
    assert found.of("y").labs == ("y",)


def test_months_that_are_over() -> None:
    assert month_ends(date(2025, 11, 20), date(2026, 2, 27)) == [
        date(2025, 11, 30),
        date(2025, 12, 31),
        date(2026, 1, 31),
    ]
    assert month_ends(date(2026, 2, 1), date(2026, 2, 28)) == [date(2026, 2, 28)]
    assert month_ends(date(2026, 2, 1), date(2026, 2, 1)) == []


def test_errors_come_from_intervals_and_none_is_no_error() -> None:
    found = board(("a", "x", 1, 10), ("b", "y", 2, 20))
    assert found.rows[0].error == pytest.approx(5 / 1.959963985)
    points = difference(found.rows[1], found.rows[0], 0.95)
    assert (points.estimate, points.high - 10) == pytest.approx((10, 5 * 2**0.5))
    exact = board(("a", "x", 1, 10), half=None)
    assert exact.rows[0].error == 0
    assert set(drawn_ratings(exact.rows, 3).ravel()) == {10.0}


def test_drawn_ratings_have_the_errors_of_their_intervals() -> None:
    drawn = drawn_ratings(board(("a", "x", 1, 10), ("b", "y", 2, 20)).rows, 4000)
    assert drawn.mean(axis=0) == pytest.approx([10, 20], abs=0.2)
    assert drawn.std(axis=0) == pytest.approx([5 / 1.96] * 2, rel=0.05)
