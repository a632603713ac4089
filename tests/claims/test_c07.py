"""C07 reaches every verdict, and says which channel it lacks."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from claims.world import World, months

from pipeline.claims.c07_dominant_standard import CHANNELS, CLAIM

NOW = date(2026, 6, 30)


def world(shares: dict[str, float], elsewhere: float = 0.0, count: int = 18, total: float = 1e7) -> World:
    """A year and a half up to June 2026 in which Meta has so much of each channel, give or take a little."""
    made = World()
    for i, month in enumerate(months(date(2025, 1, 1), count)):
        for channel, share in shares.items():
            meta = share + (0.01 if i % 2 else -0.01)
            rest = 1 - meta - elsewhere
            groups = {"meta": meta, "llama elsewhere": elsewhere, "alibaba": rest / 2, "others": rest / 2}
            made.channel(channel, month, groups, total)
    return made


def everywhere(share: float) -> dict[str, float]:
    return dict.fromkeys(CHANNELS, share)


@pytest.mark.parametrize(
    ("made", "expected", "code"),
    [
        (world(everywhere(0.8)), "supported", "every_primary_supports"),
        (world(everywhere(0.1)), "contradicted", "primary_contradicts"),
        (world({**everywhere(0.8), "tokens": 0.1}), "contradicted", "primary_contradicts"),
        (world(everywhere(0.4), elsewhere=0.2), "insufficient evidence", "interval_too_wide"),
        (world({"tokens": 0.8}), "insufficient evidence", "below_minimum_sample"),
        (world(everywhere(0.8), count=6), "insufficient evidence", "below_minimum_sample"),
        (world(everywhere(0.8), total=100.0), "insufficient evidence", "below_minimum_sample"),
        (World(), "insufficient evidence", "below_minimum_sample"),
    ],
    ids=["dominant", "small", "one_channel", "copies", "lacking", "short", "thin", "nothing"],
)
def test_each_verdict(made: World, expected: str, code: str, verdict: Callable[..., dict[str, Any]]) -> None:
    for clock in ("then", "hindsight"):
        found = verdict(CLAIM, made, NOW, clock)
        assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def test_mixed_where_an_old_dominance_is_over(verdict: Callable[..., dict[str, Any]]) -> None:
    made = world(everywhere(0.35))
    early = date(2025, 6, 30)
    later = {t: [r for r in rows if t != "standard_share_monthly" or r[1] > early] for t, rows in made.rows.items()}
    made.rows = later
    for table, rows in world(everywhere(0.95)).rows.items():
        made.rows[table] += [row for row in rows if table == "standard_share_monthly" and row[1] <= early]
    found = verdict(CLAIM, made, NOW)
    assert (found["verdict"], found["reason_code"]) == ("mixed", "depends_on_specification"), found["reason"]
    assert "window" in found["reason"]


def test_what_is_missing_is_named_with_its_source(verdict: Callable[..., dict[str, Any]]) -> None:
    reason = verdict(CLAIM, world({"tokens": 0.8}), NOW)["reason"]
    assert "huggingface_repositories" in reason
    assert "model_pulse_families (0 of 12 months" in reason
    assert "openrouter_rankings" not in reason


def test_months_count_from_the_day_they_were_on_record(verdict: Callable[..., dict[str, Any]]) -> None:
    made = world(everywhere(0.8))
    made.rows["standard_share_monthly"] = [(*row[:-1], date(2026, 7, 1)) for row in made.rows["standard_share_monthly"]]
    assert verdict(CLAIM, made, NOW, "then")["verdict"] == "insufficient evidence"
    assert verdict(CLAIM, made, NOW, "hindsight")["verdict"] == "supported"


def test_copies_at_others_are_a_bound_and_no_estimate(verdict: Callable[..., dict[str, Any]]) -> None:
    tests = verdict(CLAIM, world(everywhere(0.4), elsewhere=0.2), NOW)["tests"]
    found = tests["C07.derivatives"]
    assert found["estimate"] == pytest.approx(0.4)
    assert found["interval_low"] < 0.4
    assert found["interval_high"] > 0.59
    # Without copies Meta has 0.4 against 0.2 of the next maker.
    assert (tests["C07.first"]["interval_low"], tests["C07.first"]["interval_high"]) == (1.0, 1.0)


def test_what_is_not_named_may_be_metas(verdict: Callable[..., dict[str, Any]]) -> None:
    made = world(everywhere(0.3))
    rows = made.rows["standard_share_monthly"]
    made.rows["standard_share_monthly"] = [
        (*row[:2], "unknown" if row[0] == "tokens" and row[2] == "others" else row[2], *row[3:]) for row in rows
    ]
    found = verdict(CLAIM, made, NOW)["tests"]
    assert found["C07.tokens"]["estimate"] == pytest.approx(0.3)
    assert found["C07.tokens"]["interval_low"] < 0.3
    assert found["C07.tokens"]["interval_high"] > 0.64
    assert (found["C07.tokens"]["decision"], found["C07.downloads"]["decision"]) == ("insufficient", "contradicts")


def test_new_architectures_are_counted_over_two_years(verdict: Callable[..., dict[str, Any]]) -> None:
    made = World()
    rows = [("gguf", "old", date(2023, 8, 24), True), ("transformers", "t", date(2026, 1, 1), True)]
    rows += [("gguf", f"new-{i}", date(2025, 1, 1), i == 0) for i in range(40)]
    made.rows["new_architecture"] = rows
    found = verdict(CLAIM, made, NOW)["tests"]["C07.architectures"]
    assert (found["estimate"], found["sample_size"], found["decision"]) == (1 / 40, 40, "contradicts")
