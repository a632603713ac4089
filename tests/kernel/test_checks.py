"""Every check fails on rows that break its promise, passes on rows that keep it, and shows what it found."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from pipeline.kernel.checks import MAKERS, SAMPLE, Check, checks_of, run_check
from pipeline.kernel.header import CHECKS, Column, Header
from pipeline.kernel.meta import record_checks
from pipeline.kernel.project import open_project
from pipeline.kernel.tables import Table
from pipeline.kernel.warehouse import scratch

COLUMNS = {
    "model_id": Column("text", "id"),
    "kind": Column("text", "kind"),
    "share": Column("double", "share"),
    "seen_on": Column("date", "day"),
}
GOOD = [("a", "open", 0.0, date(2026, 1, 1)), ("b", "closed", 1.0, date(2026, 1, 2)), ("c", None, None, None)]


@pytest.fixture
def connection() -> Iterator[DuckDBPyConnection]:
    with scratch() as opened:
        opened.execute("create schema core")
        opened.execute("create table core.model (model_id varchar, kind varchar, share double, seen_on date)")
        opened.execute("create table core.kind (name varchar)")
        opened.execute("insert into core.kind values ('open'), ('closed'), (null)")
        yield opened


def declared(kind: str, body: Any) -> list[Check]:
    header = Header("Models.", "a model", "releases", COLUMNS, checks=({kind: body},))
    return list(checks_of(Table("core.model", Path("core/model.sql"), header)))


CASES: list[tuple[str, Any, tuple[Any, ...], str]] = [
    ("unique", ["model_id"], ("a", "open", 0.5, None), "unique_model_id"),
    ("unique", ["model_id", "kind"], ("a", "open", 0.5, None), "unique_model_id_kind"),
    ("not_null", ["model_id"], (None, "open", 0.5, None), "not_null"),
    ("between", {"share": [0, 1]}, ("d", "open", 1.000001, None), "between_share"),
    ("between", {"share": [0, 1]}, ("d", "open", -0.1, None), "between_share"),
    ("between", {"share": [0, None]}, ("d", "open", -0.1, None), "between_share"),
    ("between", {"share": [None, 1]}, ("d", "open", 2.0, None), "between_share"),
    ("between", {"share": [0, 1]}, ("d", "open", float("nan"), None), "between_share"),
    ("between", {"seen_on": [date(2026, 1, 1), None]}, ("d", "open", 0, date(2025, 12, 31)), "between_seen_on"),
    ("one_of", {"kind": ["open", "closed"]}, ("d", "half", 0.5, None), "one_of_kind"),
    ("one_of", {"kind": ["open", "closed", "it's"]}, ("d", "its", 0.5, None), "one_of_kind"),
    ("one_of", {"share": [0, 0.5, 1]}, ("d", "open", 0.7, None), "one_of_share"),
    ("references", {"kind": "core.kind.name"}, ("d", "half", 0.5, None), "references_kind"),
    ("no_rows", {"name": "no_half", "doc": "None.", "sql": "select * from core.model where kind = 'half' -- so"},
     ("d", "half", 0.5, None), "no_half"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "body", "bad", "name"), CASES)
def test_a_check_passes_on_good_rows_and_fails_on_a_bad_one(
    connection: DuckDBPyConnection, kind: str, body: Any, bad: tuple[Any, ...], name: str
) -> None:
    connection.executemany("insert into core.model values (?, ?, ?, ?)", GOOD)
    (check,) = declared(kind, body)
    assert check.name == name
    assert check.doc.endswith(".")
    assert run_check(connection, check).passed
    connection.execute("insert into core.model values (?, ?, ?, ?)", bad)
    result = run_check(connection, check)
    assert not result.passed
    assert result.failing_rows == 1
    assert len(result.sample) == 1
    assert bad[0] in result.sample[0]


def test_at_least_counts_rows(connection: DuckDBPyConnection) -> None:
    (check,) = declared("at_least", 3)
    connection.executemany("insert into core.model values (?, ?, ?, ?)", GOOD[:2])
    assert run_check(connection, check).sample == ((2,),)
    connection.execute("insert into core.model values (?, ?, ?, ?)", GOOD[2])
    assert run_check(connection, check).passed


def test_every_declarable_check_is_made_and_tried_here() -> None:
    assert MAKERS.keys() == CHECKS.keys()
    assert {kind for kind, *_ in CASES} | {"at_least"} == set(CHECKS)


def test_columns_that_must_be_there_share_a_check(connection: DuckDBPyConnection) -> None:
    (check,) = declared("not_null", ["model_id", "kind"])
    connection.execute("insert into core.model values ('a', null, 0.5, null), (null, 'open', 0.5, null)")
    assert run_check(connection, check).failing_rows == 2


def test_each_range_has_its_own_check() -> None:
    assert [c.name for c in declared("between", {"share": [0, 1], "seen_on": [None, "2030-01-01"]})] == [
        "between_share", "between_seen_on",
    ]  # fmt: skip


def test_a_long_list_of_failures_is_counted_whole_and_shown_in_part(connection: DuckDBPyConnection) -> None:
    connection.execute("insert into core.model select null, 'open', 0, null from range(1000)")
    (check,) = declared("not_null", ["model_id"])
    result = run_check(connection, check)
    assert (result.failing_rows, len(result.sample)) == (1000, SAMPLE)
    assert result.columns == tuple(COLUMNS)


def test_a_check_on_what_is_not_there_is_an_error_and_not_a_pass(connection: DuckDBPyConnection) -> None:
    (check,) = declared("references", {"kind": "core.gone.name"})
    with pytest.raises(duckdb.Error):
        run_check(connection, check)


def test_the_last_result_of_a_check_is_remembered(connection: DuckDBPyConnection) -> None:
    table = open_project().tables["meta.check_result"]
    (check,) = declared("not_null", ["model_id"])
    (other,) = declared("at_least", 1)
    connection.execute("insert into core.model values (null, 'it''s \"so\"', 0, date '2026-01-01')")
    record_checks(connection, table, "core.model", [run_check(connection, each) for each in (check, other)])
    seen = "select check_name, doc, has_passed, failing_rows, sample from meta.check_result order by all"
    first, second = connection.execute(seen).fetchall()
    assert first[:4] == ("at_least_rows", "There are at least 1 rows.", True, 0)
    assert second[:4] == ("not_null", "Always there: model_id.", False, 1)
    assert json.loads(second[4])[0]["kind"] == 'it\'s "so"'
    connection.execute("delete from core.model")
    record_checks(connection, table, "core.model", [run_check(connection, each) for each in (check, other)])
    assert [row[2] for row in connection.execute(seen).fetchall()] == [False, True]
    record_checks(connection, table, "core.model", [run_check(connection, check)])
    assert [row[0] for row in connection.execute(seen).fetchall()] == ["not_null"]


def test_results_survive_until_their_table_changes_shape(connection: DuckDBPyConnection) -> None:
    table = open_project().tables["meta.check_result"]
    (check,) = declared("at_least", 0)
    connection.execute("create schema meta")
    connection.execute("create table meta.check_result (of_another_day varchar)")
    record_checks(connection, table, "core.model", [run_check(connection, check)])
    other = replace(check, table="core.other")
    record_checks(connection, table, "core.other", [run_check(connection, other)])
    assert connection.execute("select count(*) from meta.check_result").fetchone() == (2,)
