"""Headers and declared tables: what is wrong in a file is found when it is read, and named with the file."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from kernel_support import make_source, write_model

from pipeline.kernel.build import build_table
from pipeline.kernel.header import CHECKS, TYPES, Column, HeaderError, parse_header
from pipeline.kernel.project import open_project
from pipeline.kernel.tables import (
    READS,
    Table,
    dependencies,
    in_order,
    read_model,
    read_reference,
    read_tables,
    read_written,
    staging_table,
)
from pipeline.kernel.warehouse import scratch

GOOD = """doc: Models.
grain: a model
subject: releases
columns:
  model_id: text - our id
  released_on: date - day of release
  price: double - USD
"""


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_header_reads_as_written() -> None:
    header = parse_header(
        GOOD + "owners: [team:x]\nwarnings: [Mind the gap.]\ndeprecated: use another\n"
        "chart: {x: released_on, y: price}\nchecks:\n"
        "  - unique: [model_id]\n  - between: {price: [0, null]}\n  - at_least: 5\n",
        Path("x.sql"),
    )
    assert (header.doc, header.grain, header.subject, header.owners) == ("Models.", "a model", "releases", ["team:x"])
    assert header.columns["released_on"] == Column("date", "day of release")
    assert [column.duckdb_type for column in header.columns.values()] == ["VARCHAR", "DATE", "DOUBLE"]
    assert header.checks == [{"unique": ["model_id"]}, {"between": {"price": [0, None]}}, {"at_least": 5}]
    assert header.chart == {"x": "released_on", "y": "price"}


def test_optional_keys_have_defaults() -> None:
    header = parse_header(GOOD, Path("x.sql"))
    assert (list(header.checks), list(header.warnings), header.deprecated, dict(header.chart)) == ([], [], "", {})
    assert list(header.owners) == ["team:ajar"]


WITH_CHECK = GOOD + "checks:\n  - "
HEADERS = {
    "no YAML": ("doc: [", "YAML"),
    "a text": ("Models.", "found str"),
    "nothing": ("", "NoneType"),
    "missing key": (GOOD.replace("grain: a model\n", ""), "missing ['grain']"),
    "empty key": (GOOD.replace("grain: a model", "grain:"), "missing ['grain']"),
    "unknown key": (GOOD + "column: x\n", "unknown ['column']"),
    "doc as a list": (GOOD.replace("doc: Models.", "doc: [Models.]"), "expected doc as a str"),
    "columns as a list": ("doc: a\ngrain: b\nsubject: c\ncolumns: [model_id]\n", "expected columns as a dict"),
    "column without text": (GOOD.replace("text - our id", "text"), "model_id as `type - text`"),
    "column with empty text": (GOOD.replace("text - our id", "'text - '"), "model_id as `type - text`"),
    "column without anything": (GOOD.replace("text - our id", ""), "model_id as `type - text`"),
    "column of unknown type": (GOOD.replace("text - our", "string - our"), "found 'string - our id'"),
    "column called yes": (GOOD + "  yes: text - reply\n", "column names as text, found True"),
    "checks empty": (GOOD + "checks:\n", "expected checks as a list"),
    "checks as a dict": (GOOD + "checks: {unique: [model_id]}\n", "expected checks as a list"),
    "chart empty": (GOOD + "chart:\n", "expected chart as a dict"),
    "chart of unknown column": (GOOD + "chart: {x: month}\n", "found 'month'"),
    "warnings as a text": (GOOD + "warnings: Beware\n", "expected warnings as a list"),
    "unknown check": (WITH_CHECK + "positive: [price]", "'positive'"),
    "a check as text": (WITH_CHECK + "unique", "found 'unique'"),
    "two checks in one": (WITH_CHECK + "{at_least: 1, unique: [price]}", "expected each check to be one of"),
    "check of unknown column": (WITH_CHECK + "unique: [model_id, month]", "declared columns, found month"),
    "unique as text": (WITH_CHECK + "unique: model_id", "expected check unique as in [column"),
    "not_null of nothing": (WITH_CHECK + "not_null: []", "expected check not_null"),
    "between one number": (WITH_CHECK + "between: {price: 5}", "expected check between"),
    "between three": (WITH_CHECK + "between: {price: [1, 2, 3]}", "expected check between"),
    "between nothing": (WITH_CHECK + "between: {price: [null, null]}", "not both null"),
    "one_of a text": (WITH_CHECK + "one_of: {model_id: open}", "expected check one_of"),
    "references a table": (WITH_CHECK + "references: {model_id: core.model}", "schema.table.column"),
    "at_least a text": (WITH_CHECK + "at_least: many", "expected check at_least"),
    "at_least a truth": (WITH_CHECK + "at_least: true", "expected check at_least"),
    "no_rows without sql": (WITH_CHECK + "no_rows: {name: a, doc: b}", "expected check no_rows"),
    "no_rows as text": (WITH_CHECK + "no_rows: select 1", "expected check no_rows"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_bad_header_is_named(tmp_path: Path, name: str) -> None:
    text, found = HEADERS[name]
    path = put(tmp_path / "core" / "model.yml", text)
    with pytest.raises(HeaderError, match="expected") as raised:
        read_written(path)
    assert str(path) in str(raised.value)
    assert found in str(raised.value)


def test_every_kind_of_check_can_be_declared() -> None:
    bodies = {
        "unique": "[model_id]",
        "not_null": "[model_id]",
        "between": "{price: [0, 1], released_on: [2020-01-01, null]}",
        "one_of": "{model_id: [a, b]}",
        "references": "{model_id: core.model.model_id}",
        "at_least": "0",
        "no_rows": "{name: none, doc: None., sql: select 1 where false}",
    }
    assert bodies.keys() == CHECKS.keys()
    text = GOOD + "checks:\n" + "".join(f"  - {kind}: {body}\n" for kind, body in bodies.items())
    assert [next(iter(check)) for check in parse_header(text, Path("x")).checks] == list(bodies)


COLUMNS = {"model_id": "text - our id"}


@pytest.mark.parametrize(
    ("select", "expected"),
    [
        ("select model_id from core.a", ("core.a",)),
        ("select model_id from core.b inner join staging.c using (x) left join reference.d on true",
         ("core.b", "reference.d", "staging.c")),
        ("select model_id from (select model_id from (select model_id from core.a))", ("core.a",)),
        ("select (select max(x) from core.b where b.y = a.y) as model_id from core.a as a", ("core.a", "core.b")),
        ("select model_id from core.a where exists (select 1 from core.b) and x in (select x from core.c)",
         ("core.a", "core.b", "core.c")),
        ("select model_id from core.a union all select model_id from core.b", ("core.a", "core.b")),
        ("with a as (select model_id from core.b) select model_id from a", ("core.b",)),
        ("with a as (select 1 as x from core.b), c as (select x from a) select x from c, core.d", ("core.b", "core.d")),
        ("select model_id from (with a as (select 1 as model_id from core.b) select model_id from a)", ("core.b",)),
        ("with recursive a as (select 1 as x union all select x + 1 from a where x < 5) select x from a", ()),
        ("with model as (select model_id from core.other) select model.model_id from model inner join core.b on true",
         ("core.b", "core.other")),
        ("select model_id from \"core\".\"a\" -- from core.b", ("core.a",)),
        ("select 'from core.b' as model_id from core.a", ("core.a",)),
        ("select x as model_id from core.a, unnest([1, 2]) as t (x)", ("core.a",)),
        ("select cast(x as varchar) as model_id from range(5) as t (x)", ()),
        ("select cast(x as varchar) as model_id from generate_series(1, 5) as t (x)", ()),
        ("select x as model_id from (values ('a')) as t (x)", ()),
        ("select a.model_id from core.a as a asof join core.b as b on a.x = b.x and a.d >= b.d", ("core.a", "core.b")),
    ],
)  # fmt: skip
def test_dependencies_are_read_from_the_select(tmp_path: Path, select: str, expected: tuple[str, ...]) -> None:
    assert write_model(tmp_path, "core.model", select, COLUMNS).depends == expected


@pytest.mark.parametrize(
    ("name", "select", "found"),
    [
        ("core.model", "select model_id from listing", "'listing'"),
        ("core.model", "with a as (select 1) select model_id from b", "'b'"),
        ("core.model", "select model_id from 'file.csv'", "'file.csv'"),
        ("core.model", "select model_id from read_csv('/etc/passwd')", "READ_CSV"),
        ("core.model", "select model_id from read_parquet('x.parquet')", "READ_PARQUET"),
        ("core.model", "select content from read_text('x')", "READ_TEXT"),
        ("core.model", "select x from (select file as x from glob('*'))", "GLOB"),
        ("core.model", "select model_id from query('select 1')", "QUERY"),
        ("core.model", "select model_id from other.core.listing", "other.core.listing"),
        ("core.model", "select model_id from raw.models_dev", "raw.models_dev"),
        ("core.model", "select model_id from marts.release", "marts.release"),
        ("core.model", "select model_id from core.model", "core.model"),
        ("core.model", "select table_name from information_schema.tables", "information_schema.tables"),
        ("marts.release", "select model_id from staging.models_dev", "staging.models_dev"),
        ("marts.release", "select model_id from reference.event", "reference.event"),
        ("marts.release", "select model_id from core.a where x in (select x from claims.verdict)", "claims.verdict"),
        ("core.model", "select model_id from", "parses"),
        ("core.model", "selct model_id", "found"),
        ("core.model", "select 1 from core.a; select 2 from core.b", "one select"),
        ("core.model", "delete from core.a", "Delete"),
        ("core.model", "create table core.x as select 1", "Create"),
        ("core.model", "pivot core.a on b", "Pivot"),
    ],
)
def test_a_select_that_reads_what_it_may_not_is_named(tmp_path: Path, name: str, select: str, found: str) -> None:
    with pytest.raises(HeaderError, match="expected") as raised:
        write_model(tmp_path, name, select, COLUMNS)
    layer, _, stem = name.partition(".")
    assert str(tmp_path / layer / f"{stem}.sql") in str(raised.value)
    assert found.lower() in str(raised.value).lower()


@pytest.mark.parametrize("layer", READS)
def test_each_layer_reads_only_what_it_may(tmp_path: Path, layer: str) -> None:
    for other in ("raw", "staging", "reference", "core", "marts", "claims", "meta"):
        if other in READS[layer]:
            assert dependencies(f"select 1 from {other}.x", f"{layer}.t", tmp_path) == (f"{other}.x",)
        else:
            with pytest.raises(HeaderError, match="expected to read only"):
                dependencies(f"select 1 from {other}.x", f"{layer}.t", tmp_path)


@pytest.mark.parametrize("text", ["select 1", f"--{GOOD}\nselect 1", f"/*\n{GOOD}*/", f"/*\n{GOOD}\nselect 1", ""])
def test_a_file_of_another_form_is_named(tmp_path: Path, text: str) -> None:
    path = put(tmp_path / "core" / "model.sql", text)
    with pytest.raises(HeaderError, match="expected `/\\*`, a YAML header") as raised:
        read_model(path)
    assert str(path) in str(raised.value)


def test_comments_and_a_final_semicolon_are_no_matter(tmp_path: Path) -> None:
    select = "/* one more */\nselect model_id -- the id\nfrom core.a;\n"
    table = write_model(tmp_path, "core.model", select, COLUMNS)
    assert table.depends == ("core.a",)
    assert not table.select.endswith(";")


@pytest.mark.parametrize("name", ["elsewhere/model.sql", "elsewhere/model.yml", "raw/model.sql"])
def test_a_folder_that_is_no_layer_is_named(tmp_path: Path, name: str) -> None:
    path = put(tmp_path / name, f"/*\n{GOOD}*/\nselect 1" if name.endswith("sql") else GOOD)
    with pytest.raises(HeaderError, match="expected a folder named for a layer") as raised:
        read_tables(tmp_path, tmp_path)
    assert str(path) in str(raised.value)


def test_what_a_check_refers_to_is_built_first(tmp_path: Path) -> None:
    more = "checks:\n  - references: {model_id: core.a_later_name.model_id}\n"
    first = write_model(tmp_path, "core.a", "select 'x' as model_id", COLUMNS, more)
    second = write_model(tmp_path, "core.a_later_name", "select 'x' as model_id", COLUMNS)
    assert first.depends == ("core.a_later_name",)
    assert list(in_order([first, second])) == ["core.a_later_name", "core.a"]


def chain(folder: Path, **reads: str) -> list[Table]:
    return [
        write_model(folder, f"core.{name}", f"select 'x' as model_id{f' from {read}' if read else ''}", COLUMNS)
        for name, read in reads.items()
    ]


def test_tables_come_after_those_they_read(tmp_path: Path) -> None:
    tables = chain(tmp_path, a="core.b", b="core.c", c="", d="core.a")
    assert list(in_order(tables)) == ["core.c", "core.b", "core.a", "core.d"]
    assert list(in_order(reversed(tables))) == ["core.c", "core.b", "core.a", "core.d"]


def test_a_circle_is_named_with_a_file_of_it(tmp_path: Path) -> None:
    with pytest.raises(HeaderError, match="without a circle") as raised:
        in_order(chain(tmp_path, a="core.b", b="core.c", c="core.a", d="core.a"))
    assert str(tmp_path / "core") in str(raised.value)
    assert {"core.a", "core.b", "core.c"} == set(str(raised.value).rpartition("found ")[2].split(" <- "))


def test_a_table_that_nobody_declares_is_named(tmp_path: Path) -> None:
    with pytest.raises(HeaderError, match=r"found core\.gone, which no file declares") as raised:
        in_order(chain(tmp_path, a="core.gone"))
    assert str(tmp_path / "core" / "a.sql") in str(raised.value)


def test_a_staging_table_that_no_source_makes_is_named_once_sources_are_known(tmp_path: Path) -> None:
    tables = chain(tmp_path, a="staging.exmaple")
    assert list(in_order(tables)) == ["core.a"]
    with pytest.raises(HeaderError, match=r"found staging\.exmaple"):
        in_order([staging_table(make_source(), Path("example.py")), *tables])


def test_two_files_for_one_table_are_named(tmp_path: Path) -> None:
    sql = put(tmp_path / "models" / "core" / "model.sql", f"/*\n{GOOD}*/\nselect 1 as model_id")
    yml = put(tmp_path / "models" / "core" / "model.yml", GOOD)
    with pytest.raises(HeaderError, match=r"expected one file for core\.model") as raised:
        read_tables(tmp_path / "models", tmp_path / "reference")
    assert str(sql) in str(raised.value)
    assert str(yml) in str(raised.value)


def reference(folder: Path, text: str, header: str = GOOD) -> Path:
    put(folder / "event.yml", header)
    return put(folder / "event.csv", text)


def rows(table: Table) -> list[tuple[Any, ...]]:
    with scratch() as connection:
        build_table(connection, table)
        return connection.execute(f"from {table.name}").fetchall()


def test_a_reference_is_typed_and_empty_means_unknown(tmp_path: Path) -> None:
    path = reference(tmp_path, 'model_id,released_on,price\n"a, ""b""\n—ü",2026-05-01,1.5\nc,,\n')
    assert rows(read_reference(path)) == [('a, "b"\n—ü', date(2026, 5, 1), 1.5), ("c", None, None)]
    assert read_reference(path).name == "reference.event"


def test_a_path_with_a_quotation_mark_is_no_matter(tmp_path: Path) -> None:
    path = reference(tmp_path / "it's here", "model_id,released_on,price\na,2026-05-01,1\n")
    assert len(rows(read_reference(path))) == 1


@pytest.mark.parametrize(
    "first", ["model_id,released_on", "model_id,price,released_on", "model_id,released_on,price,x", "", "Model_id,x,y"]
)
def test_a_reference_with_other_columns_is_named(tmp_path: Path, first: str) -> None:
    path = reference(tmp_path, f"{first}\na,2026-05-01,1\n")
    with pytest.raises(HeaderError, match="expected the columns model_id, released_on, price; found ") as raised:
        read_reference(path)
    assert str(path) in str(raised.value)


def test_a_reference_without_header_is_named(tmp_path: Path) -> None:
    path = put(tmp_path / "event.csv", "model_id\n")
    with pytest.raises(HeaderError, match=r"event\.yml beside it") as raised:
        read_reference(path)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    "bad",
    ["c,soon,1", "c,2026-05-01,cheap", "c,2026-05-01", "c,2026-05-01,1,extra", 'c,2026-05-01,"1', "c,2026-02-30,1"],
)
def test_a_value_that_does_not_fit_names_file_and_line(tmp_path: Path, bad: str) -> None:
    path = reference(tmp_path, f"model_id,released_on,price\na,2026-05-01,1\nb,2026-05-01,2\n{bad}\n")
    with pytest.raises(duckdb.Error) as raised:
        rows(read_reference(path))
    assert str(path) in str(raised.value)
    assert "Line: 4" in str(raised.value)


def test_code_versions_change_with_header_select_and_rows(tmp_path: Path) -> None:
    def versions() -> list[str]:
        return [read_model(tmp_path / "core/a.sql").code_version, read_reference(tmp_path / "event.csv").code_version]

    chain(tmp_path, a="")
    reference(tmp_path, "model_id,released_on,price\n")
    seen = [versions()]
    write_model(tmp_path, "core.a", "select 'y' as model_id", COLUMNS)
    reference(tmp_path, "model_id,released_on,price\na,,\n")
    seen.append(versions())
    write_model(tmp_path, "core.a", "select 'y' as model_id", {"model_id": "text - another meaning"})
    reference(tmp_path, "model_id,released_on,price\na,,\n", GOOD.replace("our id", "their id"))
    seen.append(versions())
    assert [len(set(each)) for each in zip(*seen, strict=True)] == [3, 3]
    assert versions() == seen[-1]


def test_a_file_changed_after_reading_does_not_pass_for_what_was_read(tmp_path: Path) -> None:
    table = write_model(tmp_path, "core.a", "select 'x' as model_id", COLUMNS)
    before = table.code_version
    assert write_model(tmp_path, "core.a", "select 'y' as model_id", COLUMNS).code_version != before
    assert table.code_version == before


def test_staging_tables_promise_key_and_contract() -> None:
    source = make_source(warnings=("Mind the gap.",), owners=("team:x",))
    header = staging_table(source, Path("example.py")).header
    assert list(header.columns)[:5] == ["snapshot_id", "origin", "observed_at", "position", "model_example_id"]
    assert header.columns["input_price_usd_per_mtok"].duckdb_type == "DOUBLE"
    assert {"unique": ["snapshot_id", "model_example_id"]} in header.checks
    assert {"not_null": ["model_example_id"]} in header.checks
    assert (header.warnings, header.owners, header.subject) == (("Mind the gap.",), ("team:x",), "releases")


def test_the_project_declares_tables_in_an_order_that_can_be_built() -> None:
    tables = open_project().tables
    assert {table.layer for table in tables.values()} <= READS.keys()
    seen: set[str] = set()
    for name, table in tables.items():
        assert set(table.depends) <= seen, name
        seen.add(name)
    assert {column.type for table in tables.values() for column in table.header.columns.values()} <= TYPES.keys()


def test_a_table_is_not_its_own_reference(tmp_path: Path) -> None:
    more = "checks:\n  - references: {model_id: core.a.model_id}\n"
    table = write_model(tmp_path, "core.a", "select 'x' as model_id", COLUMNS, more)
    assert table.depends == ()
    with pytest.raises(HeaderError, match="not to read itself"):
        in_order([replace(table, depends=("core.a",))])
