"""Many days at once: the same rows in one process or two, and nothing judged again that stands as it stood."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pytest
from claims.world import labs_world

from pipeline.claims import c14_rivals_stay_closed as c14
from pipeline.claims import c15_contrast_with_meta as c15
from pipeline.claims.looks import ESSAY_ON, error_spent, look_number, looks, month_ends, newest_day
from pipeline.claims.reading import Reading, tables_of
from pipeline.claims.registration import discover
from pipeline.claims.replay import (
    QUESTION_COLUMNS,
    QUESTIONS,
    evaluate_in_parallel,
    history,
    keep_questions,
    modules_of,
    rows_of,
)

CLAIMS = [c14.CLAIM, c15.CLAIM]
DAYS = [date(2024, 5, 31), date(2024, 6, 30)]


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with labs_world({"meta": (18, 2), "openai": (2, 20), "google": (3, 20)}).connect() as opened:
        yield opened


def test_two_processes_find_what_one_finds(connection: duckdb.DuckDBPyConnection) -> None:
    one, read = evaluate_in_parallel(connection, DAYS[:1], CLAIMS, workers=1)
    two, also_read = evaluate_in_parallel(connection, DAYS[:1], CLAIMS, workers=2)
    assert two == one
    assert also_read == read
    assert [(row["claim_id"], row["clock"]) for row in one["verdict"]] == [
        ("C14", "then"), ("C15", "then"), ("C14", "hindsight"), ("C15", "hindsight"),
    ]  # fmt: skip
    assert read["C15"] == {"marts.release", "marts.release_evidence", "marts.release_openness"}
    assert "marts.rated_release" in read["C14"]
    asked = {(row["claim_id"], row["clock"], row["place"]): row for row in one["query"]}
    assert len(asked) == len(one["query"])
    first = asked["C15", "then", 0]
    assert "from marts.release" in first["query"]
    assert first["parameters"] == '{"as_of": {"day": "2024-05-31"}}'


def test_a_month_is_judged_again_only_when_something_behind_it_has_changed(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    kept: dict[str, list[dict[str, Any]]] = {"verdict_history": [], "test_history": [], "question": []}
    first, judged = history(connection, DAYS, kept, CLAIMS, workers=1)
    assert judged == {"C14": 4, "C15": 4}
    assert len(first["verdict_history"]) == 2 * len(DAYS) * len(CLAIMS)
    keep_questions(connection, first["question"])
    assert rows_of(connection, QUESTIONS, list(QUESTION_COLUMNS)) == first["question"]
    again, judged = history(connection, DAYS, first, CLAIMS, workers=1)
    assert judged == {}
    assert again == first
    _, judged = history(connection, [*DAYS, date(2024, 7, 31)], first, CLAIMS, workers=1)
    assert judged == {"C14": 2, "C15": 2}
    other = [{**row, "registration_hash": "earlier"} for row in first["verdict_history"]]
    _, judged = history(connection, DAYS, {**first, "verdict_history": other}, CLAIMS[1:], workers=1)
    assert judged == {"C15": 4}


def test_what_came_in_later_changes_no_verdict_of_what_was_known_before(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    kept: dict[str, list[dict[str, Any]]] = {"verdict_history": [], "test_history": [], "question": []}
    first, _ = history(connection, DAYS, kept, CLAIMS, workers=1)
    for place in range(60):
        values = [f"late-{place}", date(2023, 3, 1), date(2025, 1, 1)]
        connection.execute(
            "insert into marts.release (model_id, name, organisation_id, country_code, released_on, weights_access, "
            "known_on) values ($1, $1, 'openai', 'US', $2, 'open', $3)",
            values,
        )
        connection.execute(
            "insert into marts.release_evidence values ($1, 'openai', $2, 'catalogue', 'open', $3, 1, 1)", values
        )
    later, judged = history(connection, DAYS, first, CLAIMS, workers=1)
    assert judged == {"C14": 2, "C15": 2}
    fresh, _ = history(connection, DAYS, kept, CLAIMS, workers=1)
    assert later == fresh

    def said(rows: dict[str, list[dict[str, Any]]], clock: str) -> list[Any]:
        return [row["data_fingerprint"] for row in rows["verdict_history"] if row["clock"] == clock]

    assert said(later, "then") == said(first, "then")
    assert not set(said(later, "hindsight")) & set(said(first, "hindsight"))


def test_only_the_code_that_a_claim_imports_counts_as_its_own() -> None:
    assert {"concentration", "statistics", "verdict", "c20_concentrates_control"} <= set(
        modules_of(next(claim for claim in discover() if claim.claim_id == "C20"))
    )
    assert not {"concentration", "figure", "anchors", "c20_concentrates_control"} & set(modules_of(c14.CLAIM))


def test_days_are_the_essays_the_last_quarter_end_and_the_newest(connection: duckdb.DuckDBPyConnection) -> None:
    assert newest_day(connection) == ESSAY_ON
    assert looks(connection) == [ESSAY_ON]
    connection.execute("insert into marts.release_evidence (model_id, observed_on) values ('m', date '2026-11-23')")
    connection.execute("insert into marts.rated_release (model_id, rated_on) values ('m', date '2026-10-05')")
    assert looks(connection) == [ESSAY_ON, date(2026, 9, 30), date(2026, 11, 23)]
    assert month_ends(date(2024, 8, 10)) == [ESSAY_ON, date(2024, 6, 30), date(2024, 7, 31), date(2024, 8, 10)]
    assert month_ends(date(2024, 7, 31)) == [ESSAY_ON, date(2024, 6, 30), date(2024, 7, 31)]
    assert month_ends(ESSAY_ON) == [ESSAY_ON]


def test_a_years_error_rate_is_spent_look_by_look() -> None:
    assert [look_number(day) for day in (date(2026, 3, 31), date(2026, 9, 30), date(2026, 10, 1))] == [1, 3, None]
    assert [error_spent(day) for day in (date(2026, 3, 30), date(2026, 6, 30), date(2026, 12, 31))] == [
        0.0, pytest.approx(0.025), pytest.approx(0.05),
    ]  # fmt: skip


def test_a_question_is_asked_once_and_what_it_read_is_noted(connection: duckdb.DuckDBPyConnection) -> None:
    reading = Reading(connection)
    query = "select count(*) as n from marts.release where released_on <= $as_of"
    with reading.noting("C99") as opened:
        frame = opened.execute(query, {"as_of": DAYS[0]}).df()
    before = int(frame["n"].iloc[0])
    frame.loc[0, "n"] = -1
    connection.execute("delete from marts.release")
    assert int(reading.execute(query, {"as_of": DAYS[0]}).df()["n"].iloc[0]) == before
    reading.forget()
    assert reading.execute(query, {"as_of": DAYS[0]}).fetchall() == [(0,)]
    assert reading.tables["C99"] == {"marts.release"}
    assert tables_of("with a as (select 1 from marts.b) select * from a join core.c on true") == {"marts.b", "core.c"}
