"""C16 reaches every verdict its ceiling allows."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from claims.world import World, months

from pipeline.claims.c16_mixed_reactions import CLAIM, GRID

NOW = date(2026, 9, 30)
ARTICLES = {"meta": "Meta_AI", "openai": "ChatGPT", "google": "Google_Gemini", "anthropic": "Claude", "xai": "Grok"}


def liked(meta: float, half: float = 4.0, boards: tuple[str, ...] = GRID["board"], views: int = 300) -> World:
    """Meta's best model rated so far above or below the third of its rivals, on each board."""
    world = World()
    for board in GRID["board"]:
        for lab, rating in {"google": 1520, "anthropic": 1505, "openai": 1480, "xai": 1470}.items():
            world.rating(lab, lab, date(2026, 3, 1), "closed", rating, half, NOW, board)
        for access, less in (("closed", 0.0), ("open", 1.0)):
            place = meta if board in boards else 60.0
            world.rating(f"meta-{access}", "meta", date(2026, 4, 8), access, 1480 + place - less, half, NOW, board)
    for i, month in enumerate(months(date(2024, 7, 1), 26)):
        for lab, article in ARTICLES.items():
            count = views + i % 3 if lab == "meta" else 1000
            row = (month, article, "assistant", lab, count, date(2026, 9, 15))
            world.rows["attention_monthly"].append(row)
    return world


@pytest.mark.parametrize(
    ("world", "expected", "code"),
    [
        (liked(-60), "mixed", "ceiling"),
        (liked(60), "contradicted", "primary_contradicts"),
        (liked(-14), "mixed", "between_marks"),
        (liked(-60, boards=GRID["board"][:2]), "mixed", "depends_on_specification"),
        (liked(0, half=60), "insufficient evidence", "interval_too_wide"),
    ],
)
def test_each_verdict(world: World, expected: str, code: str, verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


@pytest.mark.parametrize(
    ("lift", "control", "launches", "controls"),
    [
        (1.0, 1.0, "supports", "supports"),
        (2.0, 1.0, "contradicts", "supports"),
        (2.0, 2.0, "contradicts", "contradicts"),
        (1.25, 1.0, "insufficient", "supports"),
    ],
)
def test_a_launch_wins_people_over_or_not(
    lift: float, control: float, launches: str, controls: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = liked(-60)
    world.rows["attention_monthly"] = []
    starts = [date(2024, 4, 1), date(2025, 4, 1), date(2026, 4, 1)]
    for i, month in enumerate(months(date(2023, 1, 1), 44)):
        after = any(0 <= (month - start).days < 100 for start in starts)
        noise = 1 + (0.02, -0.015, 0.01, -0.02, 0.005)[i % 5]
        seen = date(2026, 9, 15)
        for lab, article in ARTICLES.items():
            count = round(100 * noise * (lift if after else 1)) if lab == "meta" else 10_000
            world.rows["attention_monthly"].append((month, article, "assistant", lab, count, seen))
        for article in ("WhatsApp", "Instagram"):
            count = round(50_000 * noise * (control if after else 1))
            world.rows["attention_monthly"].append((month, article, "control", "meta", count, seen))
    tests = verdict(CLAIM, world, NOW)["tests"]
    assert (tests["C16.launches"]["decision"], tests["C16.controls"]["decision"]) == (launches, controls), tests
    assert tests["C16.launches"]["estimate"] == pytest.approx(lift, abs=0.06)
    assert verdict(CLAIM, world, date(2026, 9, 14), "then")["tests"]["C16.launches"]["sample_size"] == 0


def test_too_few_rivals_are_not_enough(verdict: Callable[..., dict[str, Any]]) -> None:
    world = liked(-60)
    world.rows["rated_release"] = [row for row in world.rows["rated_release"] if row[2] in ("meta", "google", "xai")]
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == ("insufficient evidence", "below_minimum_sample")
    assert "source lmarena_ratings" in found["reason"]


def test_a_hundred_points_are_won_in_sixty_four_of_a_hundred(verdict: Callable[..., dict[str, Any]]) -> None:
    tests = verdict(CLAIM, liked(100), NOW)["tests"]
    assert tests["C16.preference"]["estimate"] == pytest.approx(0.640, abs=0.001)
    assert tests["C16.attention"]["estimate"] == pytest.approx(301 / 4301, abs=0.0005)


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["then"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "source lmarena_ratings" in row["reason"]
    assert "24 more months of article views" in row["reason"]
