"""Identity on labelled pairs: right often enough, published as computed, and nothing merged that is kept apart."""

from collections.abc import Iterator
from typing import Any

import pytest
from duckdb import DuckDBPyConnection
from models_support import build_up_to, database, rows_of, tables

from identity.measure import (
    ALL,
    QUALITY,
    RULES,
    Name,
    Pair,
    by_rule,
    in_the_world_of_pairs,
    models_of,
    pairs,
    quality,
    reference,
    world,
    written,
)

LEAST_PRECISION, LEAST_RECALL = 0.99, 0.95
HELD_BACK = ("held_back", "held_back_2", "held_back_3")


@pytest.fixture(scope="module")
def gold() -> list[Pair]:
    return pairs()


@pytest.fixture(scope="module")
def names(gold: list[Pair]) -> dict[Name, dict[str, Any]]:
    return in_the_world_of_pairs(gold)


@pytest.fixture(scope="module")
def models(names: dict[Name, dict[str, Any]]) -> dict[Name, str | None]:
    return {name: row["model_id"] for name, row in names.items()}


def test_the_pairs_are_many_and_of_every_kind(gold: list[Pair]) -> None:
    assert len(gold) >= 1150
    assert len({frozenset((pair.one, pair.other)) for pair in gold}) == len(gold)
    assert {pair.stratum for pair in gold} == {"nearest", "near_miss", "hub_link", "own_link", "hard"}
    assert len({pair.one[0] for pair in gold} | {pair.other[0] for pair in gold}) >= 14
    assert 0.3 < sum(pair.is_same_model for pair in gold) / len(gold) < 0.7
    assert 0.45 < sum(pair.part in HELD_BACK for pair in gold) / len(gold) < 0.55


def test_precision_and_recall(gold: list[Pair], models: dict[Name, str | None]) -> None:
    rows = {row["part"]: row for row in quality(gold, models) if row["catalogue_a"] == ALL}
    assert rows[ALL]["precision_share"] >= LEAST_PRECISION, rows[ALL]
    assert rows[ALL]["recall_share"] >= LEAST_RECALL, rows[ALL]


def test_the_published_figures_are_the_computed_ones(
    gold: list[Pair], names: dict[Name, dict[str, Any]], models: dict[Name, str | None]
) -> None:
    expected = "run `python tests/identity/measure.py` and read what changed"
    for file, rows in ((QUALITY, quality(gold, models)), (RULES, by_rule(gold, names))):
        committed = file.read_text()
        measured_on = committed.splitlines()[1].rpartition(",")[2]
        assert written(rows, measured_on) == committed, expected


def test_confidence_is_what_was_measured(gold: list[Pair], connection: DuckDBPyConnection) -> None:
    """A rule that joined labelled pairs has its lower end as confidence; one that joined none says nothing."""
    measured = {row["rule"]: float(row["precision_low"]) for row in reference("identity_rule")}
    build_up_to(connection, ["core.alias"], world(name for pair in gold for name in (pair.one, pair.other)))
    rows = rows_of(connection, tables()["core.alias"])
    placed = {row["rule"]: row["confidence"] for row in rows if row["model_id"] is not None}
    assert placed == {rule: measured.get(rule) for rule in placed}
    assert 0.9 < measured["name_key"] < 1


def test_a_wrong_rule_would_be_noticed(gold: list[Pair], models: dict[Name, str | None]) -> None:
    """Were all names of a line one model, precision would fall; were each name a model, recall would."""
    merged = {name: name[1].lower().rpartition("/")[2][:4] for name in models}
    apart = {name: " ".join(name) for name in models}
    for spoilt, share, least in ((merged, "precision_share", LEAST_PRECISION), (apart, "recall_share", LEAST_RECALL)):
        (row,) = (r for r in quality(gold, spoilt) if (r["catalogue_a"], r["part"]) == (ALL, ALL))
        assert row[share] < least


def test_the_order_of_names_does_not_matter(gold: list[Pair], models: dict[Name, str | None]) -> None:
    given = world(models)
    shuffled = {name: rows[::-1] for name, rows in given.items()}
    assert models_of(shuffled) == models_of(given)


def test_another_catalogue_merges_nothing_that_a_person_keeps_apart(gold: list[Pair]) -> None:
    """Names kept apart, and hand-decided names of different models, stay apart whatever else is listed."""
    hand = {(row["catalogue"], row["alias_tag"]): row["model_id"] for row in reference("model_alias")}
    kept = [(row["name"], row["other_name"]) for row in reference("model_kept_apart")]
    told = [("models_dev", name) for pair in kept for name in pair]
    more = [
        (catalogue, f"new/{tag.rpartition('/')[2]}") for catalogue in ("openrouter", "huggingface") for _, tag in hand
    ]
    for added in ([], more, more[::2]):
        found = models_of(world([*hand, *told, *(name for pair in gold for name in (pair.one, pair.other)), *added]))
        assert {name: found[name] for name in hand} == hand
        for one, other in kept:
            assert found["models_dev", one] != found["models_dev", other]


@pytest.fixture(scope="module")
def connection() -> Iterator[DuckDBPyConnection]:
    with database() as connection:
        yield connection


def test_every_join_names_its_rule(connection: DuckDBPyConnection, gold: list[Pair]) -> None:
    build_up_to(connection, ["core.alias"], world(name for pair in gold for name in (pair.one, pair.other)))
    rows = rows_of(connection, tables()["core.alias"])
    assert all(row["rule"] for row in rows)
    assert all(row["confidence"] is None for row in rows if row["model_id"] is None)
