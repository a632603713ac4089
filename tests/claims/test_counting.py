"""Counting releases, bounding the unknown ones, and flipping labels."""

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claims.release_counts import CHECKPOINT, EVENT, Count, count, relabelled, window_start, within
from pipeline.claims.sensitivity import LABEL_ERRORS, flip_rates

ROWS = st.lists(
    st.tuples(st.sampled_from(["meta", "openai"]), st.integers(0, 5), st.sampled_from(["open", "closed", "unknown"])),
    min_size=1,
    max_size=30,
)


def frame(rows: list[tuple[str, int, str]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "organisation_id": [lab for lab, _, _ in rows],
            "released_on": pd.to_datetime([date(2024, 1, 1) + timedelta(days=day) for _, day, _ in rows]),
            "weights_access": [access for _, _, access in rows],
        }
    )


@given(rows=ROWS, unit=st.sampled_from([EVENT, CHECKPOINT]))
def test_the_share_lies_between_its_bounds(rows: list[tuple[str, int, str]], unit: str) -> None:
    low, middle, high = (count(frame(rows), unit, unknown) for unknown in ("as closed", "left out", "as open"))
    assert low.unknown == high.unknown == 0
    shares = [c.open / c.known for c in (low, middle, high) if c.known]
    assert shares == sorted(shares)


@given(rows=ROWS)
def test_events_are_never_more_than_checkpoints(rows: list[tuple[str, int, str]]) -> None:
    events, checkpoints = (count(frame(rows), unit, "left out") for unit in (EVENT, CHECKPOINT))
    assert events.open <= checkpoints.open
    assert events.closed <= checkpoints.closed
    assert checkpoints.known + checkpoints.unknown == len(rows)


def test_one_day_one_lab_one_access_is_one_event() -> None:
    rows = [("meta", 0, "open")] * 5 + [("meta", 0, "closed"), ("openai", 0, "open"), ("meta", 1, "open")]
    assert count(frame(rows), EVENT, "left out") == Count(3, 1, 0)
    assert count(frame(rows), CHECKPOINT, "left out") == Count(7, 1, 0)


@given(rows=ROWS, unit=st.sampled_from([EVENT, CHECKPOINT]))
def test_flipping_no_label_changes_nothing_and_flipping_all_turns_the_count(
    rows: list[tuple[str, int, str]], unit: str
) -> None:
    plain = count(frame(rows), unit, "left out")
    (same,) = relabelled(frame(rows), unit, 0.0, 1)
    (turned,) = relabelled(frame(rows), unit, 1.0, 1)
    assert (same.open, same.closed) == (plain.open, plain.closed)
    assert (turned.open, turned.closed) == (plain.closed, plain.open)


def test_labels_flip_at_the_rate_asked_for() -> None:
    rows = [("meta", day, "open") for day in range(200)]
    draws = relabelled(frame(rows), EVENT, 0.1, 300)
    assert sum(draw.closed for draw in draws) / 300 / 200 == pytest.approx(0.1, abs=0.01)
    assert draws == relabelled(frame(rows), EVENT, 0.1, 300)


def test_no_rows_count_nothing() -> None:
    none = frame([("meta", 0, "open")]).iloc[:0]
    assert count(none, EVENT, "as open") == Count(0, 0, 0)
    assert relabelled(none, EVENT, 0.5, 2) == [Count(0, 0, 0)] * 2


def test_windows() -> None:
    assert window_start("since 2023-01-01", date(2026, 1, 1)) == pd.Timestamp("2023-01-01")
    assert window_start("last 24 months", date(2024, 2, 29)) == pd.Timestamp("2022-02-28")
    rows = frame([("meta", 0, "open"), ("meta", 3, "open"), ("openai", 4, "open")])
    assert len(within(rows, ["meta"], pd.Timestamp("2024-01-03"))) == 1


def test_flip_rates_count_changed_decisions_and_decide_equal_draws_once() -> None:
    asked: list[int] = []

    def redecide(draw: int) -> str:
        asked.append(draw)
        return "yes" if draw == 0 else "no"

    found = flip_rates("yes", lambda error: [0, 0, 1, 2] if error > 0.05 else [0, 0, 0, 1], redecide)
    assert found.deciding == 0.25
    assert dict(found.rates) == dict(zip(LABEL_ERRORS, (0.25, 0.5, 0.5), strict=True))
    assert sorted(asked) == [0, 1, 2]
    assert "5%, 10%, 20%" in found.note
    assert "25%, 50%, 50%" in found.note
