"""C18 says what incidents can say, and never more than its ceiling and floor allow."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from claims.world import World, labs_world, months

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


@pytest.mark.parametrize(
    ("early", "late", "decision"), [(0.2, 0.8, "supports"), (0.8, 0.2, "contradicts"), (0.01, 0.02, "insufficient")]
)
def test_open_models_come_to_be_named_more_often(
    early: float, late: float, decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = misuse(0, 0, 10, accidents=(0, 0))
    for i in range(200):
        share = early if i < 100 else late
        access = "open" if int((i + 1) * share) > int(i * share) else "closed"
        world.incident(date(2023, 1, 1) + timedelta(days=4 * i), access, malicious=i % 2 == 0)
    test = verdict(CLAIM, world, NOW)["tests"]["C18.named_open"]
    assert (test["decision"], test["sample_size"]) == (decision, 200), test


@pytest.mark.parametrize(
    ("rise", "gap", "decision", "size"),
    [(5, None, "supports", 29), (0, None, "contradicts", 29), (5, 12, "insufficient", 16)],
)
def test_names_tell_of_safeguards_taken_out(
    rise: int, gap: int | None, decision: str, size: int, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = misuse(120, 40, 20)
    for i, month in enumerate(months(date(2023, 2, 1), 30)):
        count = 10 if i == gap else 2000
        for seen in (date(2025, 3, 1), date(2025, 8, 1)):
            row = (month, seen, count, min(count, 20 + rise * i + (2, -1, 0, 1)[i % 4]))
            world.rows["safeguards_removed_monthly"].append(row)
    test = verdict(CLAIM, world, NOW)["tests"]["C18.safeguards_removed"]
    assert (test["decision"], test["sample_size"]) == (decision, size), test
    # The last month is not over on the day, and what was seen in August was not known in June.
    if rise and gap is None:
        assert test["estimate"] == pytest.approx(rise / 2000, abs=0.0002)
        assert verdict(CLAIM, world, date(2025, 2, 28), "then")["tests"]["C18.safeguards_removed"]["sample_size"] == 0


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["then"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "source ai_incidents" in row["reason"]
