"""Contracts of large Parquet sources: a small true file, and that file damaged in each way that matters."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from made_answers import FIXTURES, typed_parquet

from pipeline.kernel.columns import judge_files, open_files, typed
from pipeline.kernel.contract import Judgement
from pipeline.kernel.snapshot import Manifest
from pipeline.kernel.source import Field, ParquetOrigin, Source, discover
from pipeline.kernel.warehouse import scratch

LARGE = {name: source for name, source in discover().items() if source.is_large}


@dataclass(frozen=True)
class Made:
    """What a fixture says: the columns with their DuckDB types, and the rows of each file."""

    columns: dict[str, str]
    files: list[list[dict[str, Any]]]


def fixture(name: str) -> Made:
    return Made(**json.loads((FIXTURES / f"{name}.json").read_text()))


def fitted(source: Source) -> Source:
    """The source with the least number of records that its fixture has; a fixture is smaller than a real answer."""
    count = sum(map(len, fixture(source.name).files))
    return replace(source, bounds=replace(source.bounds, min_records=count))


def origin_of(source: Source) -> ParquetOrigin:
    (origin,) = source.origins
    assert isinstance(origin, ParquetOrigin)
    return origin


def write(folder: Path, made: Made) -> list[Path]:
    paths = []
    for number, rows in enumerate(made.files):
        paths.append(folder / f"{number:06d}.parquet")
        typed_parquet(paths[-1], made.columns, rows)
    return paths


@contextmanager
def judging(source: Source, made: Made, folder: Path, last: Manifest | None = None) -> Iterator[Judgement]:
    with scratch() as connection:
        yield judge_files(source, origin_of(source), connection, write(folder, made), "", last)


def reason_for(source: Source, made: Made, folder: Path) -> str:
    with judging(source, made, folder) as judgement:
        return judgement.reason


def every_row(made: Made, change: Callable[[dict[str, Any]], None]) -> Made:
    for rows in made.files:
        for row in rows:
            change(row)
    return made


def retyped(made: Made, field: Field) -> Made:
    """The fixture with text where the field's numbers, days or flags should be."""
    columns = dict(made.columns)
    for path in field.paths:
        first, *inner = re.findall(r"[^.$\[\]]+", path)
        if not inner:
            columns[first] = "VARCHAR"
            every_row(made, lambda row, first=first: row.update({first: "about twelve"}))  # type: ignore[misc]
        else:
            columns[first] = re.sub(rf"\b{inner[-1]} BIGINT", f"{inner[-1]} VARCHAR", columns[first])
            struct = {inner[-1]: "about twelve"}
            every_row(made, lambda row, first=first, struct=struct: row.update({first: struct}))  # type: ignore[misc]
    return Made(columns, made.files)


SOURCES = list(LARGE.values())
NAMES = list(LARGE)
REQUIRED = [
    pytest.param(source, field, id=f"{source.name}-{field.name}")
    for source in SOURCES
    for field in source.fields
    if field.required
]
TYPED = [
    pytest.param(source, field, id=f"{source.name}-{field.name}")
    for source in SOURCES
    for field in source.fields
    if field.type not in ("VARCHAR", "JSON") and not field.reads
]
OPTIONAL = [
    pytest.param(source, field, id=f"{source.name}-{field.name}")
    for source in SOURCES
    for field in source.fields
    if not field.required and not field.usually
]


def test_every_large_source_has_a_fixture() -> None:
    missing = [name for name in LARGE if not (FIXTURES / f"{name}.json").exists()]
    assert not missing, f"tests/sources/fixtures: expected a file of columns and rows for {missing}"


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_the_fixture_is_accepted(source: Source, tmp_path: Path) -> None:
    made = fixture(source.name)
    with judging(fitted(source), made, tmp_path) as judgement:
        assert judgement == Judgement("", sum(map(len, made.files)), tuple(sorted(made.columns)))


@pytest.mark.parametrize(("source", "field"), REQUIRED)
def test_a_required_column_that_is_gone_is_named(source: Source, field: Field, tmp_path: Path) -> None:
    made = fixture(source.name)
    for path in field.paths:
        made.columns.pop(re.findall(r"[^.$\[\]]+", path)[0])
    reason = reason_for(fitted(source), made, tmp_path)
    assert reason.startswith("expected "), reason
    assert f"({field.paths[0]}" in reason
    assert "without" in reason


@pytest.mark.parametrize(("source", "field"), REQUIRED)
def test_a_required_field_that_is_empty_is_named(source: Source, field: Field, tmp_path: Path) -> None:
    first = re.findall(r"[^.$\[\]]+", field.paths[0])[0]
    made = every_row(fixture(source.name), lambda row: row.pop(first, None))
    reason = reason_for(fitted(source), made, tmp_path)
    assert reason.startswith("expected "), reason
    assert f"({field.paths[0]}" in reason
    assert "without" in reason


@pytest.mark.parametrize(("source", "field"), TYPED)
def test_a_field_of_another_type_is_named(source: Source, field: Field, tmp_path: Path) -> None:
    reason = reason_for(fitted(source), retyped(fixture(source.name), field), tmp_path)
    assert reason.startswith("expected "), reason
    assert f"({field.paths[0]}" in reason
    assert f"as {field.type}" in reason


@pytest.mark.parametrize(("source", "field"), OPTIONAL)
def test_an_optional_column_may_be_missing(source: Source, field: Field, tmp_path: Path) -> None:
    made = fixture(source.name)
    for path in field.paths:
        made.columns.pop(re.findall(r"[^.$\[\]]+", path)[0], None)
    with scratch() as connection:
        paths = write(tmp_path, made)
        assert judge_files(fitted(source), origin_of(source), connection, paths, "", None).reason == ""
        rows = connection.execute(
            f"select count({field.name}) from ({typed(source, origin_of(source), open_files(connection, paths))})"
        ).fetchall()
    assert rows == [(0,)]


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_a_new_column_is_accepted_and_reported(source: Source, tmp_path: Path) -> None:
    made = fixture(source.name)
    made.columns["column_of_tomorrow"] = "STRUCT(two BIGINT[])"
    with judging(fitted(source), made, tmp_path) as judgement:
        assert judgement.reason == ""
        assert "column_of_tomorrow" in judgement.keys


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_four_fifths_fewer_records_than_last_time_are_refused(source: Source, tmp_path: Path) -> None:
    made = fixture(source.name)
    count = sum(map(len, made.files))
    last = Manifest(
        source=source.name, origin="", observed_at="2026-10-01T00:00:00+00:00",
        captured_at="2026-10-01T00:00:00+00:00", sha256="", byte_count=0, licence="", record_count=5 * count,
    )  # fmt: skip
    with judging(fitted(source), made, tmp_path, last) as judgement:
        assert judgement.reason.startswith("expected a fall of at most"), judgement.reason


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_a_repeated_record_is_refused(source: Source, tmp_path: Path) -> None:
    made = fixture(source.name)
    for rows in made.files:
        rows += rows
    reason = reason_for(fitted(source), made, tmp_path)
    assert reason.startswith("expected one record for each"), reason


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9])
@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_a_file_that_breaks_off_is_refused(source: Source, share: float, tmp_path: Path) -> None:
    paths = write(tmp_path, fixture(source.name))
    content = paths[0].read_bytes()
    paths[0].write_bytes(content[: int(len(content) * share)])
    with scratch() as connection:
        reason = judge_files(fitted(source), origin_of(source), connection, paths, "", None).reason
    assert reason.startswith("expected "), reason


@pytest.mark.parametrize("source", SOURCES, ids=NAMES)
def test_an_empty_table_and_a_page_are_refused(source: Source, tmp_path: Path) -> None:
    made = Made(fixture(source.name).columns, [[]])
    assert "found 0" in reason_for(fitted(source), made, tmp_path)
    with scratch() as connection:
        page = judge_files(source, origin_of(source), connection, write(tmp_path, made), "text/html", None)
    assert page.reason == "expected data, found a page of type text/html"


VALUES: list[tuple[str, str, str, list[tuple[Any, ...]]]] = [
    (
        "huggingface_repositories",
        "huggingface_id, repository_created_at, downloads_30d_count, gated_tag, licence_tag, licence_name_tag, "
        "base_relation_tag, cast(base_model_ids as varchar), parameters_count",
        "true",
        [
            (
                "opensourcerelease/DeepSeek-V3-bf16", datetime(2024, 12, 26, 16, 7, 44), 40_077, "false", None, None,
                "finetune", '["deepseek-ai/DeepSeek-V3"]', 684_489_845_504,
            ),
            ("opensource/extract_names", None, 10, "false", "apache-2.0", None, None, None, None),
            (
                "WhiteboardLLM/opensource_12000", datetime(2024, 11, 24, 10, 49, 25), 0, "auto", "mit", None, None,
                None, None,
            ),
            (
                "jd-opensource/JSL-joysafety-v1", datetime(2025, 9, 23, 7, 51, 20), 32, "false", None, None, None,
                None, 335_424,
            ),
            (
                "mradermacher/stackexchange_opensource-GGUF", datetime(2024, 12, 28, 8, 49, 42), 16, "false",
                "llama3.1", None, "quantized", '["mlfoundations-dev/stackexchange_opensource"]', 8_030_261_312,
            ),
            (
                "Qwen/Qwen2.5-3B-Instruct", datetime(2024, 9, 17, 14, 8, 52), 13_875_715, "false", "other",
                "qwen-research", "finetune", '["Qwen/Qwen2.5-3B"]', 3_085_938_688,
            ),
        ],
    ),
    (
        "model_pulse_authors",
        "seen_on, huggingface_author, downloads_30d_count, downloads_all_time_count, model_count, "
        "all_authors_downloads_30d_count, all_authors_count",
        "huggingface_author <> 'amazon'",
        [
            (date(2024, 7, 29), "01-ai", 198_531, None, 24, 202_207, 2),
            (date(2024, 7, 31), "01-ai", 211_779, None, 24, 211_779, 1),
            (date(2026, 10, 4), "BAAI", 149_115_088, None, None, 193_407_735, 3),
            (date(2026, 10, 4), "aidealab", 20_448, None, 11, 193_407_735, 3),
            (date(2026, 10, 4), "mradermacher", 44_272_199, 316_993_041, 70_529, 193_407_735, 3),
        ],
    ),
    (
        "model_pulse_models",
        "seen_on, huggingface_id, downloads_30d_count",
        "true",
        [
            (date(2026, 6, 1), "sentence-transformers/all-MiniLM-L6-v2", 259_378_419),
            (date(2026, 6, 1), "Qwen/Qwen3-0.6B", 20_562_755),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "columns", "where", "expected"), VALUES, ids=[case[0] for case in VALUES])
def test_values_have_the_units_and_sentinels_that_the_docs_promise(
    name: str, columns: str, where: str, expected: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    source = LARGE[name]
    with scratch() as connection:
        rows = typed(source, origin_of(source), open_files(connection, write(tmp_path, fixture(name))))
        found = connection.execute(f"select {columns} from ({rows}) where {where} order by position").fetchall()
    assert found == expected


@pytest.mark.parametrize("source", [s for s in SOURCES if origin_of(s).dated], ids=lambda source: source.name)
def test_files_are_those_of_the_months_in_meta(source: Source) -> None:
    dated = origin_of(source).dated
    assert dated is not None
    found = dated((FIXTURES / "model_pulse_days.json").read_bytes())
    months = ["2024-07", "2025-11", "2026-10"]
    assert [(month, address.rpartition("/")[2]) for month, address in found] == [
        (month, f"{month}.parquet") for month in months
    ]
