"""C10 reaches every verdict."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from claims.world import World, months

from pipeline.claims.c10_built_on_open import CLAIM

NOW = date(2026, 11, 15)
SWING = (0.01, -0.02, 0.015, 0.0, -0.01, 0.02, -0.015)


def channels(openrouter: float, vercel: float, unknown: float = 0.05, weeks: int = 40, makers: int = 8) -> World:
    """Two gateways whose tokens go to open models in such shares of what is known, each kind of so many makers."""
    world = World()
    for i in range(7 * weeks):
        on = NOW - timedelta(days=i)
        if on.weekday() > 4:
            continue
        for channel, share in (("openrouter", openrouter), ("vercel", vercel)):
            opened = (1 - unknown) * (share + SWING[i // 7 % 7])
            shares = {("", "unknown"): unknown}
            for maker in range(makers):
                shares[f"o{maker}", "open"] = opened / makers
                shares[f"c{maker}", "closed"] = (1 - unknown - opened) / makers
            world.tokens(channel, on, shares)
    for i in range(40):
        model = f"m{i}"
        world.release(model, "meta", date(2025, 1, 1), "open" if i % 4 else "closed")
        world.price(date(2026, 9, 1), model, "open" if i % 4 else "closed", 1.0, None)
    return world


@pytest.mark.parametrize(
    ("world", "expected", "code"),
    [
        (channels(0.7, 0.65), "supported", "every_primary_supports"),
        (channels(0.3, 0.35), "contradicted", "primary_contradicts"),
        (channels(0.7, 0.3), "mixed", "depends_on_specification"),
        (channels(0.3, 0.7), "mixed", "depends_on_specification"),
        (channels(0.56, 0.56, unknown=0.05, makers=2), "mixed", "label_error"),
        (channels(0.7, 0.65, unknown=0.4), "insufficient evidence", "interval_too_wide"),
        (channels(0.7, 0.65, weeks=20), "insufficient evidence", "below_minimum_sample"),
    ],
)
def test_each_verdict(world: World, expected: str, code: str, verdict: Callable[..., dict[str, Any]]) -> None:
    found = verdict(CLAIM, world, NOW)
    assert (found["verdict"], found["reason_code"]) == (expected, code), found["reason"]


def test_where_channels_disagree_the_channel_is_named(verdict: Callable[..., dict[str, Any]]) -> None:
    assert "Most turns on the choice of channel" in verdict(CLAIM, channels(0.7, 0.3), NOW)["reason"]


def test_unknown_tokens_widen_the_interval_both_ways(verdict: Callable[..., dict[str, Any]]) -> None:
    test = verdict(CLAIM, channels(0.7, 0.3, unknown=0.2), NOW)["tests"]["C10.openrouter"]
    assert test["estimate"] == pytest.approx(0.7, abs=0.005)
    assert test["interval_low"] == pytest.approx(0.8 * 0.7, abs=0.02)
    assert test["interval_high"] == pytest.approx(0.8 * 0.7 + 0.2, abs=0.02)


def test_what_is_on_sale_is_counted_by_model(verdict: Callable[..., dict[str, Any]]) -> None:
    test = verdict(CLAIM, channels(0.5, 0.5), NOW)["tests"]["C10.offered"]
    assert (test["estimate"], test["sample_size"]) == (pytest.approx(0.75), 40)


def test_money_counts_dear_models_more_and_free_ones_not_at_all(verdict: Callable[..., dict[str, Any]]) -> None:
    world = channels(0.6, 0.6, unknown=0.0, makers=1)
    world.price(date(2025, 1, 1), "o0/open", "open", 1.0, None)
    world.price(date(2025, 1, 1), "c0/closed", "closed", 6.0, None)
    found = verdict(CLAIM, world, NOW)["tests"]["C10.paid"]
    assert found["estimate"] == pytest.approx(0.6 / (0.6 + 0.4 * 6), abs=0.01)
    assert found["decision"] == "contradicts"
    free = [(row[0], row[1], f"{row[2]}:free", *row[3:]) for row in world.rows["token_share_daily"] if row[5] == "open"]
    world.rows["token_share_daily"] = free + [row for row in world.rows["token_share_daily"] if row[5] != "open"]
    assert verdict(CLAIM, world, NOW)["tests"]["C10.paid"]["estimate"] == 0


def test_tokens_without_a_price_widen_the_share_of_money(verdict: Callable[..., dict[str, Any]]) -> None:
    world = channels(0.6, 0.6, unknown=0.2, makers=1)
    world.price(date(2025, 1, 1), "o0/open", "open", 1.0, None)
    world.price(date(2025, 1, 1), "c0/closed", "closed", 1.0, None)
    found = verdict(CLAIM, world, NOW)["tests"]["C10.paid"]
    assert found["estimate"] == pytest.approx(0.6, abs=0.01)
    assert found["interval_low"] == pytest.approx(0.8 * 0.6, abs=0.02)
    assert found["interval_high"] == pytest.approx(0.8 * 0.6 + 0.2, abs=0.02)


@pytest.mark.parametrize(("share", "decision"), [(0.7, "supports"), (0.3, "contradicts"), (0.5, "insufficient")])
def test_downloads_of_packages_are_described(
    share: float, decision: str, verdict: Callable[..., dict[str, Any]]
) -> None:
    world = World()
    for i, month in enumerate(months(date(2024, 10, 1), 24)):
        opened = share + (0.01, -0.02, 0.01)[i % 3]
        for package, kind, count in (("vllm", "open tooling", opened), ("openai", "closed client", 1 - opened)):
            row = (month, package, kind, round(1e9 * count), date(2026, 10, 15))
            world.rows["package_downloads_monthly"].append(row)
    test = verdict(CLAIM, world, NOW)["tests"]["C10.packages"]
    assert (test["decision"], test["sample_size"]) == (decision, 24)


def test_then_knows_only_captures_made_by_then(verdict: Callable[..., dict[str, Any]]) -> None:
    world = channels(0.7, 0.65)
    world.rows["token_share_daily"] = [(*row[:-1], NOW + timedelta(days=1)) for row in world.rows["token_share_daily"]]
    assert verdict(CLAIM, world, NOW, "then")["tests"]["C10.openrouter"]["sample_size"] == 0
    assert verdict(CLAIM, world, NOW, "hindsight")["tests"]["C10.openrouter"]["sample_size"] == 40


def test_nothing_at_all_says_what_is_missing(empty: Any) -> None:
    from pipeline.claims.run import evaluate

    (row,) = evaluate(empty, [NOW], [CLAIM], ["then"])["verdict"].to_dict("records")
    assert row["verdict"] == "insufficient evidence"
    assert "26 more weeks of tokens at OpenRouter" in row["reason"]
    assert "source vercel_gateway_leaderboard" in row["reason"]
