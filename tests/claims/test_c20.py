"""C20 says how far control has concentrated, and never more than its ceiling and floor allow."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from claims.world import World

from pipeline.claims.c20_concentrates_control import CLAIM, gini

ESSAY = date(2024, 5, 31)
NOW = date(2026, 6, 30)


def layered_world(before: Sequence[str], after: Sequence[str], days: int = 40) -> World:
    """The same makers, in turn, of what is best, on sale and new, before the essay and in the last year."""
    world = World()
    for place, (makers, last) in enumerate(((before, ESSAY), (after, NOW))):
        for i in range(300):
            maker, on = makers[i % len(makers)], last - timedelta(days=1 + i)
            model = f"m-{place}-{i}"
            world.release(model, maker, on, "open")
            world.rating(model, maker, on, "open", 1000 + 500 * place - i)
            world.price(last.replace(day=1), model, "open", 1.0, None)
    for i in range(days):
        world.tokens("openrouter", NOW - timedelta(days=i), {("a", "open"): 0.6, ("b", "closed"): 0.4})
    return world


MANY = [f"maker{i}" for i in range(25)]
FEW = ["maker0"] * 8 + ["maker1", "maker2"]


@pytest.mark.parametrize(
    ("before", "after", "on", "code"),
    [
        (MANY, FEW, NOW, "ceiling"),
        (FEW, MANY, NOW, "floor"),
        (MANY, MANY, NOW, "floor"),
        (FEW, FEW, NOW, "interval_too_wide"),
        (MANY, FEW, date(2025, 3, 31), "below_minimum_sample"),
    ],
)
def test_each_verdict(
    before: list[str], after: list[str], on: date, code: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    found = verdict(CLAIM, layered_world(before, after), on)
    assert found["verdict"] == ("mixed" if code in ("ceiling", "floor") else "insufficient evidence"), found["reason"]
    assert found["reason_code"] == code, found["reason"]


def test_the_change_is_that_of_the_index(verdict: Callable[..., dict[str, Any]]) -> None:
    tests = verdict(CLAIM, layered_world(MANY, FEW), NOW)["tests"]
    for layer, size in (("frontier", 20), ("offered", 300), ("released", 300)):
        indices = []
        for makers in (MANY, FEW):
            counts = Counter(makers[i % len(makers)] for i in range(size)).values()
            indices.append(sum(n * (n - 1) for n in counts) / (size * (size - 1)))
        assert tests[f"C20.{layer}"]["estimate"] == pytest.approx(indices[1] - indices[0], abs=0.003)
    assert tests["C20.tokens"]["estimate"] == pytest.approx(0.6**2 + 0.4**2)
    assert tests["C20.downloads"]["decision"] == "insufficient"


def downloaded_world(before: dict[str, int], after: dict[str, int], last: date = date(2026, 5, 1)) -> World:
    world = layered_world(MANY, FEW)
    for month, counts in ((date(2024, 5, 1), before), (last, after)):
        world.hub_downloads("author", month, counts)
        world.hub_downloads("family", month, {f"{author}/{i}": n for author, n in counts.items() for i in range(2)})
    return world


def downloads_of(large: int, small: int) -> dict[str, int]:
    """Two large authors and sixty small ones."""
    return {"large0": large, "large1": large, **{f"small{i}": small for i in range(60)}}


@pytest.mark.parametrize(
    ("before", "after", "decision"),
    [
        (downloads_of(100, 100), downloads_of(6000, 100), "inconclusive"),
        ({f"a{i}": 100 for i in range(80)}, {f"a{i}": 100 + 9900 * (i < 20) for i in range(80)}, "supports"),
        ({f"a{i}": 100 + i for i in range(80)}, {f"a{i}": 110 + i for i in range(80)}, "contradicts"),
        (downloads_of(100, 100), {"large0": 5, "large1": 7}, "insufficient"),
    ],
)
def test_downloads_are_compared_with_those_of_may_2024(
    before: dict[str, int], after: dict[str, int], decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    found = verdict(CLAIM, downloaded_world(before, after), NOW)
    test = found["tests"]["C20.downloads"]
    assert test["decision"] == decision, test
    index = [sum((n / sum(side.values())) ** 2 for n in side.values()) for side in (before, after)]
    assert test["estimate"] == pytest.approx(index[1] - index[0])
    curve = found["specifications"][found["specifications"]["hypothesis_id"] == "C20.downloads"]
    family = curve[curve["specification"].str.contains("family")]["estimate"]
    assert len(curve) == 4
    assert family.iloc[0] == pytest.approx(test["estimate"])


@pytest.mark.parametrize("last", [date(2024, 4, 1), date(2025, 12, 1), date(2026, 6, 30)])
def test_downloads_of_a_month_long_past_or_not_over_are_not_those_of_the_day(
    last: date, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = downloaded_world(downloads_of(100, 100), downloads_of(600, 100), last)
    test = verdict(CLAIM, world, date(2026, 6, 29))["tests"]["C20.downloads"]
    assert (test["decision"], test["estimate"]) == ("insufficient", None)


@pytest.mark.parametrize(
    ("before", "after", "decision"),
    [(MANY, FEW, "supports"), (FEW, MANY, "contradicts"), (FEW[:1] + MANY[:4], ["maker0", "maker1"], "supports")],
)
def test_large_models_are_a_layer_beside_the_verdict(
    before: list[str], after: list[str], decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = layered_world(MANY, FEW)
    for makers, last in ((before, ESSAY), (after, NOW)):
        for i in range(200):
            on = last - timedelta(days=i)
            world.epoch_model(f"{last} {i}", f"{makers[i % len(makers)]}, a university", on, "open", heard_on=NOW)
            world.epoch_model(f"{last} {i} small", makers[i % len(makers)], on, "open", heard_on=NOW)
    test = verdict(CLAIM, world, NOW)["tests"]["C20.large_models"]
    assert (test["decision"], test["sample_size"]) == (decision, 400), test
    early = verdict(CLAIM, world, NOW - timedelta(days=1), "then")["tests"]["C20.large_models"]
    assert early["decision"] == "insufficient"


def test_unknown_makers_are_left_out_or_stand_alone(verdict: Callable[..., dict[str, Any]]) -> None:
    world = layered_world(MANY, FEW)
    world.rows["release"] = [
        (*row[:2], None, None, *row[4:]) if row[0].startswith("m-1") and int(row[0].rsplit("-")[-1]) % 2 else row
        for row in world.rows["release"]
    ]
    specifications = verdict(CLAIM, world, NOW)["specifications"]
    released = specifications[specifications["hypothesis_id"] == "C20.released"]
    size = {
        way: released[released["specification"].str.contains(way)]["sample_size"].max()
        for way in ("left out", "maker of its own")
    }
    assert size["left out"] == size["maker of its own"] - 150


def test_gini_of_known_distributions() -> None:
    assert gini([5, 5, 5, 5]) == pytest.approx(0.0)
    assert gini([0, 0, 0, 8]) == pytest.approx(0.75)
    assert gini([1, 2, 3, 4]) == pytest.approx(0.25)


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["then"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "source openrouter_rankings" in row["reason"]
    assert "source lmarena_ratings" in row["reason"]
