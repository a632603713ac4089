"""Alpha from a table of counts is alpha of the ratings counted, and is missing where it means nothing."""

import itertools
from collections.abc import Iterator, Mapping

import duckdb
import krippendorff
import numpy as np
import pytest

from pipeline.claims.agreement import COLUMNS, agreement


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.openness_agreement (label_set varchar, their_rank integer, our_rank integer, "
            "model_count bigint, independent_count bigint)"
        )
        yield connection


def met(connection: duckdb.DuckDBPyConnection, name: str, counts: Mapping[tuple[int, int], tuple[int, int]]) -> None:
    rows = [(name, theirs, ours, *count) for (theirs, ours), count in counts.items()]
    connection.executemany("insert into marts.openness_agreement values (?, ?, ?, ?, ?)", rows)


def test_alpha_is_that_of_the_ratings(connection: duckdb.DuckDBPyConnection) -> None:
    counts = {(0, 0): 7, (0, 1): 2, (1, 1): 5, (2, 2): 3, (2, 0): 1, (3, 2): 2, (3, 3): 9}
    met(connection, "epoch", {pair: (count, 0) for pair, count in counts.items()})
    ratings = np.array(list(itertools.chain.from_iterable([pair] * count for pair, count in counts.items()))).T
    expected = krippendorff.alpha(reliability_data=ratings, level_of_measurement="ordinal")
    row = agreement(connection).to_dict("records")[0]
    assert row["alpha"] == pytest.approx(expected)
    assert row["alpha_low"] < row["alpha"] < row["alpha_high"] <= 1
    assert (row["model_count"], row["agreed_count"]) == (29, 24)


def test_a_near_miss_counts_less_than_a_far_one(connection: duckdb.DuckDBPyConnection) -> None:
    same = {(rank, rank): (10, 10) for rank in range(4)}
    met(connection, "near", {**same, (2, 3): (5, 5)})
    met(connection, "far", {**same, (0, 3): (5, 5)})
    alpha = {row["label_set"]: row["alpha"] for row in agreement(connection).to_dict("records")}
    assert alpha["far"] < alpha["near"] < 1


def test_full_agreement_is_one_and_chance_about_none(connection: duckdb.DuckDBPyConnection) -> None:
    met(connection, "full", {(0, 0): (20, 4), (1, 1): (30, 6)})
    met(connection, "chance", dict.fromkeys(itertools.product((0, 1), (0, 1)), (50, 50)))
    rows = {(row["label_set"], row["selection"]): row for row in agreement(connection).to_dict("records")}
    assert rows["full", "all"]["alpha"] == rows["full", "independent"]["alpha"] == 1
    assert rows["full", "all"]["is_reliable"] is True
    assert abs(rows["chance", "all"]["alpha"]) < 0.01
    assert rows["chance", "all"]["is_reliable"] is False


def test_undefined_where_one_label_or_one_model_is_all(connection: duckdb.DuckDBPyConnection) -> None:
    met(connection, "one_label", {(1, 1): (20, 0)})
    met(connection, "unknown_to_us", {(1, -1): (20, 20)})
    rows = agreement(connection).to_dict("records")
    assert [row["label_set"] for row in rows] == ["one_label", "one_label"]
    assert all(row["alpha"] is row["alpha_low"] is row["is_reliable"] is None for row in rows)
    assert [row["agreed_share"] for row in rows] == [1.0, None]


def test_without_labels_there_is_an_empty_table(connection: duckdb.DuckDBPyConnection) -> None:
    found = agreement(connection)
    assert (list(found.columns), len(found)) == (COLUMNS, 0)
