"""What was known when: the replay of the marts."""

from datetime import date, timedelta

import pytest
from claims.world import World, full_world, month_end, months
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.claims.evidence import (
    DEFINITIONS,
    AsOf,
    by_definition,
    fingerprint,
    monthly_prices,
    rated_releases,
    releases,
)
from pipeline.claims.run import evaluate

DAY = date(2024, 5, 31)
THEN, NOW = AsOf(DAY, "then"), AsOf(DAY, "hindsight")


def access(world: World, as_of: AsOf) -> dict[str, str]:
    with world.connect() as connection:
        frame = releases(connection, as_of)
    return dict(zip(frame["model_id"], frame["weights_access"], strict=True))


def test_the_strongest_source_heard_by_then_decides() -> None:
    world = World()
    world.release("m", "meta", date(2024, 1, 1), "open", known_on=date(2024, 6, 2))
    world.evidence("m", "meta", date(2024, 1, 1), "closed", date(2024, 2, 1), precedence=9, source="reseller")
    assert access(world, THEN) == {"m": "closed"}
    assert access(world, AsOf(date(2024, 6, 2), "then")) == {"m": "open"}
    assert access(world, NOW) == {"m": "open"}


def test_of_equal_sources_the_newest_word_heard_counts() -> None:
    world = World()
    world.release("m", "meta", date(2024, 1, 1), "unknown", known_on=date(2024, 1, 1))
    for month, said, source in ((1, "open", "a"), (2, "closed", "z"), (3, "open", "a"), (6, "closed", "z")):
        world.evidence("m", "meta", date(2024, 1, 1), said, date(2024, month, 2), source=source)
    assert access(world, AsOf(date(2024, 2, 28), "then")) == {"m": "closed"}
    assert access(world, THEN) == {"m": "open"}


def test_resellers_who_change_their_word_are_held_to_what_they_said_most() -> None:
    world = World()
    world.release("m", "meta", date(2024, 1, 1), "unknown", known_on=date(2024, 1, 1))
    for month, said in ((1, "open"), (2, "open"), (3, "closed"), (6, "closed")):
        world.evidence("m", "meta", date(2024, 1, 1), said, date(2024, month, 2), 4, "models_dev_resellers")
    assert access(world, THEN) == {"m": "open"}
    assert access(world, AsOf(date(2024, 6, 2), "then")) == {"m": "closed"}


def test_what_is_no_release_is_none_whatever_is_said_of_its_weights() -> None:
    world = World()
    world.evidence("fine-tune", "meta", date(2024, 1, 1), "open", date(2024, 2, 1))
    assert access(world, THEN) == {}


def test_weights_that_came_later_date_a_rated_model_from_when_they_were_out() -> None:
    world = World()
    world.release("grok", "xai", date(2023, 8, 13), "open", known_on=date(2024, 3, 1))
    world.evidence("grok", "xai", date(2023, 8, 13), "closed", date(2023, 9, 1))
    world.rating("grok", "xai", date(2024, 2, 23), "open", 1000, rated_on=date(2023, 12, 1))
    with world.connect() as connection:
        (before,) = rated_releases(connection, AsOf(date(2024, 1, 1), "then")).to_dict("records")
        (after,) = rated_releases(connection, THEN).to_dict("records")
    assert (before["weights_access"], before["released_on"].date()) == ("closed", date(2023, 8, 13))
    assert (after["weights_access"], after["released_on"].date()) == ("open", date(2024, 2, 23))


def test_unheard_of_is_absent_and_unjudged_is_unknown() -> None:
    world = World()
    world.release("late", "meta", date(2024, 1, 1), "open", known_on=date(2024, 7, 1))
    world.release("untold", "meta", date(2024, 1, 1), "unknown", known_on=date(2024, 1, 2))
    world.release("announced", "meta", date(2024, 9, 1), "open", known_on=date(2024, 1, 2))
    assert access(world, THEN) == {"untold": "unknown"}
    assert access(world, NOW) == {"untold": "unknown", "late": "open"}


def test_each_board_is_read_in_its_newest_vintage_by_then() -> None:
    world = World()
    world.release("a", "meta", date(2023, 1, 1), "open")
    world.rating("a", "meta", date(2023, 1, 1), "closed", 1000, rated_on=date(2024, 1, 1))
    world.rating("gone", "meta", date(2023, 1, 1), "closed", 900, rated_on=date(2024, 1, 1))
    world.rating("a", "meta", date(2023, 1, 1), "closed", 1010, rated_on=date(2024, 5, 1))
    world.rating("a", "meta", date(2023, 1, 1), "closed", 1020, rated_on=date(2024, 8, 1))
    with world.connect() as connection:
        (then,) = rated_releases(connection, THEN).to_dict("records")
        (now,) = rated_releases(connection, NOW).to_dict("records")
    assert (then["rating"], then["weights_access"]) == (1010, "open")
    assert (now["rating"], now["weights_access"]) == (1020, "closed")


def test_weights_that_came_out_later_date_a_rated_model_in_both_clocks() -> None:
    world, out, opened = World(), date(2024, 1, 1), date(2024, 3, 1)
    world.release("m", "xai", out, "closed")
    world.evidence("m", "xai", out, "open", opened, source="later")
    world.rating("m", "xai", opened, "open", 1200.0, rated_on=date(2024, 1, 31))
    with world.connect() as connection:
        early, late = (
            rated_releases(connection, AsOf(day, "then")).to_dict("records") for day in (date(2024, 2, 15), DAY)
        )
        (hindsight,) = rated_releases(connection, NOW).to_dict("records")
    assert [(row["released_on"].date(), row["weights_access"]) for row in early] == [(out, "closed")]
    assert [(row["released_on"].date(), row["weights_access"]) for row in late] == [(opened, "open")]
    assert hindsight["released_on"].date() == opened


def test_prices_are_of_months_that_are_over_with_what_was_known_of_the_model() -> None:
    world = World()
    world.release("a", "meta", date(2023, 1, 1), "open", known_on=date(2024, 1, 1))
    world.rating("a", "meta", date(2023, 1, 1), "open", 1000, rated_on=date(2024, 1, 1))
    for month in (date(2024, 4, 1), date(2024, 5, 1)):
        world.price(month, "a", "closed", 2.0, 1500)
    with world.connect() as connection:
        then = monthly_prices(connection, AsOf(date(2024, 5, 30), "then")).to_dict("records")
        now = monthly_prices(connection, NOW).to_dict("records")
    seen = [[(r["month"].month, r["weights_access"], r["rating"]) for r in rows] for rows in (then, now)]
    assert seen == [[(4, "open", 1000)], [(4, "closed", 1500), (5, "closed", 1500)]]


def test_a_stricter_definition_takes_what_was_on_record_and_leaves_the_rest_unknown() -> None:
    world = World()
    for model, label, known_on in (
        ("free", "open", date(2024, 2, 1)),
        ("community", "closed", date(2024, 2, 1)),
        ("later", "open", date(2024, 7, 1)),
        ("untold", "unknown", None),
    ):
        world.release(model, "meta", date(2024, 1, 1), "open")
        world.openness(model, "osi_weights", label, known_on)
    world.release("absent", "meta", date(2024, 1, 1), "open")
    world.release("sold", "openai", date(2024, 1, 1), "closed")
    world.rating("free", "meta", date(2024, 1, 1), "open", 1000, rated_on=DAY)
    world.price(date(2024, 4, 1), "community", "open", 2.0, 1000)
    with world.connect() as connection:
        seen = {
            as_of.clock: dict(releases(connection, as_of, "osi_weights")[["model_id", "weights_access"]].to_numpy())
            for as_of in (THEN, NOW)
        }
        (rated,) = rated_releases(connection, THEN, "osi_weights").to_dict("records")
        (price,) = monthly_prices(connection, THEN, "osi_weights").to_dict("records")
        frames = by_definition(releases, connection, NOW)
    known = {"free": "open", "community": "closed", "untold": "unknown", "absent": "unknown", "sold": "closed"}
    assert seen == {"then": {**known, "later": "unknown"}, "hindsight": {**known, "later": "open"}}
    assert (rated["weights_access"], price["weights_access"]) == ("open", "closed")
    assert tuple(frames) == DEFINITIONS
    assert set(frames["open_any"]["weights_access"]) == {"open", "closed"}
    assert set(frames["osaid"]["weights_access"]) == {"unknown", "closed"}


def test_nothing_dated_after_the_day_is_seen_by_either_clock() -> None:
    world = full_world()
    with world.connect() as connection:
        for as_of in (THEN, NOW):
            for read in (releases, rated_releases):
                frame = read(connection, as_of)
                assert len(frame)
                assert (frame["released_on"].dt.date <= DAY).all()
            assert (monthly_prices(connection, as_of)["month"].dt.date.map(month_end) <= DAY).all()


def test_the_fingerprint_knows_rows_and_not_their_order() -> None:
    with full_world().connect() as connection:
        frame = releases(connection, NOW)
    assert fingerprint(frame) == fingerprint(frame.iloc[::-1])
    assert fingerprint(frame) != fingerprint(frame.iloc[1:])
    assert fingerprint(frame) != fingerprint(frame.assign(weights_access="open"))


LATER = st.dates(DAY + timedelta(days=1), date(2026, 11, 1))
ACCESS = st.sampled_from(["open", "closed"])
LAB = st.sampled_from(["openai", "google", "meta", "alibaba"])
CLOSED_MODEL = st.integers(0, 25).map(lambda i: f"closed-{i}")


@pytest.fixture(scope="module")
def told_then() -> list[dict[str, object]]:
    with full_world().connect() as connection:
        return evaluate(connection, [DAY], clocks=["then"])["verdict"].to_dict("records")


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
@given(
    words=st.lists(st.tuples(CLOSED_MODEL, LAB, ACCESS, LATER), min_size=1, max_size=5),
    newcomers=st.lists(st.tuples(LAB, ACCESS, LATER, st.dates(date(2023, 2, 1), DAY)), max_size=5),
    vintage=LATER,
    shift=st.floats(-300, 300),
)
def test_what_is_observed_later_changes_no_earlier_verdict(
    told_then: list[dict[str, object]],
    words: list[tuple[str, str, str, date]],
    newcomers: list[tuple[str, str, date, date]],
    vintage: date,
    shift: float,
) -> None:
    world = full_world()
    for model, lab, weights, observed in words:
        world.evidence(model, lab, date(2023, 6, 1), weights, observed, precedence=0, source="correction")
    for i, (lab, weights, observed, released) in enumerate(newcomers):
        world.release(f"newcomer-{i}", lab, released, weights, known_on=observed)
    for row in list(world.rows["rated_release"]):
        model, _, lab, on, weights, board, rating, *_ = row
        world.rating(model, lab, on, weights, None if rating is None else rating + shift, rated_on=vintage, board=board)
    for month in months(date(2024, 6, 1), 3):
        world.price(month, "closed-1", "closed", 0.01, 1300)
    with world.connect() as connection:
        assert evaluate(connection, [DAY], clocks=["then"])["verdict"].to_dict("records") == told_then
