"""The judgement of answers and the typing of records, value by value."""

import gzip
import json
import sqlite3
import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kernel_support import FIELDS, answer, cut, keep, make_manifest, make_source, models, record

from pipeline.kernel.contract import Judgement, cast_value, judge, projection, records_file, records_scan
from pipeline.kernel.snapshot import Manifest, SnapshotStore
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Record, Source
from pipeline.kernel.staging import load
from pipeline.kernel.warehouse import scratch, writer


def judged(
    content: bytes, source: Source | None = None, content_type: str = "", last: Manifest | None = None
) -> Judgement:
    source = source or make_source()
    return judge(source, source.origins[0], content, content_type, last)


def typed(fields: tuple[Field, ...], *records: Any) -> list[tuple[Any, ...]]:
    """The typed columns of records, in their order."""
    source = make_source(fields=fields, key=(fields[0].name,))
    with records_file(source.origins[0], answer(*records)) as (path, _, _), scratch() as connection:
        return connection.execute(
            f"select columns(* exclude (position)) from (select position, {projection(source)} "
            f"from {records_scan(path)}) order by position"
        ).fetchall()


def kept_raw(*records: Any) -> list[Any]:
    """The records as the raw layer holds them."""
    with records_file(HttpOrigin("x", cut), answer(*records)) as (path, _, _), scratch() as connection:
        rows = connection.execute(f"select record from {records_scan(path)} order by position").fetchall()
    return [json.loads(row[0]) for row in rows]


def test_a_good_answer_is_accepted_with_count_and_keys() -> None:
    assert judged(models(3)) == Judgement("", 3, ("id", "name", "open", "price", "released"))


def test_too_few_records() -> None:
    source = make_source(bounds=Bounds(min_records=4))
    assert judged(models(3), source).reason == "expected at least 4 records, found 3"
    assert judged(models(4), source).reason == ""


@pytest.mark.parametrize(("count", "is_kept"), [(100, True), (75, True), (74, False), (20, False), (300, True)])
def test_a_fall_in_records_is_measured_against_the_last_accepted(count: int, is_kept: bool) -> None:
    reason = judged(models(count), last=make_manifest(record_count=100)).reason
    if is_kept:
        assert reason == ""
    else:
        assert "fall of at most 25%" in reason
        assert "100 records" in reason
        assert reason.endswith(f"found {count}")


@pytest.mark.parametrize("value", [None, "", ...], ids=["null", "empty", "gone"])
@pytest.mark.parametrize(("missing", "is_kept"), [(1, True), (2, False)])
def test_required_fields_must_be_there_in_ninety_nine_of_hundred(value: Any, missing: int, is_kept: bool) -> None:
    records = [record(number) for number in range(100)]
    for number in range(missing):
        if value is ...:
            del records[number]["name"]
        else:
            records[number]["name"] = value
    reason = judged(answer(*records)).reason
    if is_kept:
        assert reason == ""
    else:
        assert reason.startswith("expected name ($.name or $.title) in ")
        assert "found 2 " in reason


def test_an_optional_field_may_be_missing_everywhere() -> None:
    records = [{key: value for key, value in record(n).items() if key != "released"} for n in range(5)]
    assert judged(answer(*records)).reason == ""


@pytest.mark.parametrize(
    ("key", "value", "column"),
    [
        ("released", "soon", "released_on"),
        ("released", 20260501, "released_on"),
        ("released", "2026-13-01", "released_on"),
        ("open", "perhaps", "is_open"),
        ("open", [True], "is_open"),
        ("price", {"input": "1,5"}, "input_price_usd_per_mtok"),
        ("price", {"input": {"usd": 1}}, "input_price_usd_per_mtok"),
    ],
)
def test_a_wrong_type_is_refused_with_its_column(key: str, value: Any, column: str) -> None:
    reason = judged(answer(*(record(number, **{key: value}) for number in range(3)))).reason
    assert reason.startswith(f"expected {column} ($.")
    assert reason.endswith("found 3 of 3 that are not")


def test_a_key_must_name_one_record() -> None:
    reason = judged(answer(record(1), record(2), record(1, name="again"))).reason
    assert "expected one record for each" in reason
    assert "found 2 for ('m1',)" in reason


def test_an_empty_body_is_refused() -> None:
    assert judged(b"").reason == "expected content, found an empty body"


@pytest.mark.parametrize("content_type", ["text/html", "text/HTML; charset=utf-8", "application/xhtml+xml"])
def test_a_page_is_refused_by_its_type(content_type: str) -> None:
    assert content_type in judged(models(3), content_type=content_type).reason


def test_a_page_that_calls_itself_json_is_refused_by_its_content() -> None:
    assert "cut into records" in judged(b"<!doctype html><title>Busy</title>", content_type="application/json").reason


def deep(content: bytes) -> Iterator[Record]:
    nested: Any = []
    for _ in range(100_000):
        nested = [nested]
    yield {"id": "m1", "name": "deep", "nested": nested}


def nan(content: bytes) -> Iterator[Record]:
    yield {"id": "m1", "name": "Model", "price": {"input": float("nan")}}


def mixed_keys(content: bytes) -> Iterator[Record]:
    yield {"id": "m1", 5: "five"}  # type: ignore[dict-item]


def no_records(content: bytes) -> Iterator[Record]:
    yield 5  # type: ignore[misc]


def breaking(error: BaseException) -> Any:
    def cut_and_break(content: bytes) -> Iterator[Record]:
        yield record(1)
        raise error

    return cut_and_break


CUTS = {
    "ValueError": breaking(ValueError("no list")),
    "IndexError": breaking(IndexError("list index out of range")),
    "ZeroDivisionError": breaking(ZeroDivisionError("division by zero")),
    "RuntimeError": breaking(RuntimeError("anything")),
    "EOFError": breaking(EOFError("cut short")),
    "sqlite3.Error": breaking(sqlite3.DatabaseError("file is not a database")),
    "struct.error": breaking(struct.error("unpack requires a buffer")),
    "BadGzipFile": breaking(gzip.BadGzipFile("Not a gzipped file")),
    "UnicodeDecodeError": breaking(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")),
    "nested too deep": deep,
    "not a number": nan,
    "keys of two types": mixed_keys,
    "no record": no_records,
}


@pytest.mark.parametrize("name", CUTS)
def test_a_cut_that_breaks_is_a_reason_and_never_an_exception(name: str) -> None:
    source = make_source(origins=(HttpOrigin("x", CUTS[name]),))
    judgement = judged(b"anything", source)
    assert judgement.reason.startswith("expected an answer that can be cut into records, found ")
    assert len(judgement.reason) <= 500


def test_a_deeply_nested_answer_is_a_reason() -> None:
    assert "RecursionError" in judged(b"[" * 200_000).reason


def test_a_contract_that_cannot_be_computed_is_a_reason() -> None:
    broken = replace(FIELDS[0], expression="no_such_function({})")
    reason = judged(models(3), make_source(fields=(broken, *FIELDS[1:]))).reason
    assert "no_such_function" in reason


NAME = Field("name", "VARCHAR", ("$.name", "$.names.first", "$.title"), "name")


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ({"name": "a", "title": "b"}, "a"),
        ({"name": None, "title": "b"}, "b"),
        ({"names": {"first": "c"}, "title": "b"}, "c"),
        ({"names": [], "title": "b"}, "b"),
        ({"name": "", "title": "b"}, ""),
        ({"name": None}, None),
        ({}, None),
        ({"name": 5}, "5"),
        ({"name": False}, "false"),
        ({"name": ["a", 1]}, '["a",1]'),
    ],
)
def test_the_first_path_present_wins(shape: dict[str, Any], expected: str | None) -> None:
    assert typed((NAME,), shape) == [(expected,)]


TAGS = Field("tags", "JSON", ("$.tags", "$.labels"), "tags")


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ({"tags": ["a"]}, '["a"]'),
        ({"tags": None, "labels": {"b": 1}}, '{"b":1}'),
        ({"labels": ["c"]}, '["c"]'),
        ({"tags": None}, None),
        ({"tags": "null"}, '"null"'),
        ({}, None),
    ],
)
def test_json_fields_have_several_paths_too(shape: dict[str, Any], expected: str | None) -> None:
    assert typed((TAGS,), shape) == [(expected,)]


def test_a_json_field_found_at_its_second_path_is_not_mistyped() -> None:
    source = make_source(fields=(*FIELDS, TAGS))
    assert judged(answer(*(record(n, labels=["x"]) for n in range(3))), source).reason == ""


def test_expressions_apply_to_the_cast_value() -> None:
    fields = (
        Field("price", "DOUBLE", "$.p", "price", expression="round({} * 1e6, 3)"),
        Field("context", "BIGINT", "$.c", "context", expression="nullif({}, 0)"),
        Field("day", "DATE", "$.d", "day", expression="case when {} > date '2000-01-01' then {} end"),
        Field("tag", "VARCHAR", "$.t", "tag", expression="lower({})"),
    )
    assert typed(
        fields,
        {"p": "0.000002", "c": 0, "d": "1970-01-01", "t": "ÄB"},
        {"p": 3e-6, "c": 128_000, "d": "2026-05-01", "t": ""},
        {"p": "", "c": None, "d": "", "t": None},
    ) == [(2.0, None, None, "äb"), (3.0, 128_000, date(2026, 5, 1), ""), (None, None, None, None)]


def test_values_of_another_type_become_null_and_not_zero() -> None:
    fields = (
        Field("price", "DOUBLE", "$.p", "price"),
        Field("count", "BIGINT", "$.c", "count"),
        Field("open", "BOOLEAN", "$.o", "open"),
        Field("day", "DATE", "$.d", "day"),
        Field("at", "TIMESTAMP", "$.a", "at"),
    )
    assert typed(fields, {"p": "free", "c": "many", "o": "unknown", "d": "2026", "a": "noon"}) == [(None,) * 5]
    assert typed(fields, {"p": 0, "c": 0, "o": False, "d": "2026-05-01", "a": "2026-05-01T12:00:00"}) == [
        (0.0, 0, False, date(2026, 5, 1), datetime(2026, 5, 1, 12))
    ]


TEXTS = {
    "quotes": 'it\'s "so" `odd`; drop table x --',
    "NUL": "before\x00after",
    "control": "tab\tline\nreturn\rdelete\x7f",
    "unicode": "Ünïcödé 模型 🦙 \u2028 e\u0301",
    "backslashes": "C:\\new\\u0041",
    "very long": "x" * 3_000_000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_arrives_unchanged(name: str) -> None:
    text = TEXTS[name]
    assert judged(answer(record(1, name=text), record(2))).reason == ""
    assert typed((NAME,), {"name": text}) == [(text,)]
    assert kept_raw({text: text}) == [{text: text}]


def test_half_a_surrogate_pair_costs_one_character_and_not_the_answer() -> None:
    content = b'[{"id": "m1", "name": "llama \\ud83e tuned"}]'
    assert judged(content).reason == ""
    assert typed((NAME,), *json.loads(content)) == [("llama ? tuned",)]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc$.[]\"' \\", max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.dictionaries(st.text("abcü\"'\\", max_size=3), json_values, max_size=4), min_size=1, max_size=5))
def test_any_records_are_kept_as_they_are(records: list[dict[str, Any]]) -> None:
    assert kept_raw(*records) == records


def test_numbers_beyond_64_bits_keep_their_digits() -> None:
    assert kept_raw({"n": 123456789012345678901234567890}) == [{"n": 123456789012345678901234567890}]


def test_nesting_of_some_hundred_levels_is_kept() -> None:
    nested: Any = "end"
    for level in range(300):
        nested = {"in": nested} if level % 2 else [nested]
    assert kept_raw({"nested": nested}) == [{"nested": nested}]


def test_a_key_that_comes_late_is_reported_and_kept(tmp_path: Path) -> None:
    records = [record(number) for number in range(30_000)] + [record(30_000, late={"as": "this"})]
    source, store = make_source(), SnapshotStore(tmp_path / "snapshots")
    content = answer(*records)
    judgement = judged(content, source)
    assert (judgement.reason, judgement.record_count) == ("", 30_001)
    assert "late" in judgement.keys
    snapshot = keep(store, source, content, "2026-05-01T00:00:00+00:00")
    with writer(tmp_path / "work.duckdb") as connection:
        assert load(connection, source, [snapshot]) == 30_001
        late = connection.execute(
            "select position, json_extract_string(record, '$.late.as') from raw.example "
            "where json_exists(record, '$.late')"
        ).fetchall()
    assert late == [(30_001, "this")]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("BIGINT", "4", 4),
        ("BIGINT", "4.0", 4),
        ("BIGINT", "3.5", None),
        ("BIGINT", "256999999.99999997", 257000000),
        ("BIGINT", "256999999.9", None),
        ("BIGINT", "many", None),
        ("DOUBLE", "3.5", 3.5),
        ("DOUBLE", "nan", None),
        ("DOUBLE", "inf", None),
    ],
)
def test_a_cast_that_would_change_the_value_is_refused(kind: str, text: str, expected: object) -> None:
    field = Field("value", kind, "$.value", "a value")
    with scratch() as connection:
        found = connection.execute(
            f"select {cast_value(field)} from (select cast(? as json) as record)", [json.dumps({"value": text})]
        ).fetchone()
    assert found == (expected,)
