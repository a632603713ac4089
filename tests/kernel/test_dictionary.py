"""The dictionary in its three forms says the same, says all, and says it stably."""

import re
from pathlib import Path
from typing import Any

from kernel_support import make_source

from pipeline.kernel.dictionary import FRICTIONLESS, LAYERS, column_rows, datapackage, dictionary
from pipeline.kernel.header import TYPES, Column, Header
from pipeline.kernel.project import open_project
from pipeline.kernel.tables import READS, Table, staging_table


def table(name: str, **changes: Any) -> Table:
    columns = {"model_id": Column("text", "id | or so"), "seen_on": Column("date", "day")}
    header = Header(**{"doc": "Models.", "grain": "a model", "subject": "releases", "columns": columns, **changes})
    return Table(name, Path("x.sql"), header)


def test_a_table_is_written_out() -> None:
    text = dictionary([table("core.model", warnings=["Mind the gap.", "And the step."], deprecated="use core.other")])
    assert "### core.model\n\nModels.\n\nOne row: a model. Subject: releases.\n" in text
    assert "\nDeprecated: use core.other\n" in text
    assert "\n- Beware: Mind the gap.\n- Beware: And the step.\n\n| column | type | meaning |\n|---|---|---|\n" in text
    assert "\n| model_id | text | id / or so |\n| seen_on | date | day |\n" in text


def test_order_is_of_layers_and_names_and_not_of_input() -> None:
    names = ["marts.b", "core.b", "staging.example", "core.a"]
    tables = [staging_table(make_source(), Path("x")) if n.startswith("staging") else table(n) for n in names]
    text = dictionary(tables)
    assert re.findall(r"^###? (\S+)$", text, re.MULTILINE) == [
        "staging", "staging.example", "reference", "core", "core.a", "core.b", "marts", "marts.b", "claims", "meta",
    ]  # fmt: skip
    assert dictionary(reversed(tables)) == text


def test_every_layer_that_can_hold_tables_has_its_words() -> None:
    assert LAYERS.keys() == READS.keys()


def test_every_table_and_column_of_the_project_is_in_all_three() -> None:
    project = open_project()
    text = dictionary(project.tables.values())
    rows = column_rows(project.tables.values())
    package = datapackage(project.tables.values(), project.sources, dict.fromkeys(project.tables, 0), "2026-05-01")
    columns = [(name, column) for name, t in project.tables.items() for column in t.header.columns]
    assert [(row["table_name"], row["column_name"]) for row in rows] == columns
    fields = [
        (Path(resource["path"]).stem, field["name"])
        for resource in package["resources"]
        for field in resource["schema"]["fields"]
    ]
    assert fields == columns
    sections = dict(re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL))
    assert sections.keys() == project.tables.keys()
    for name, column in columns:
        assert f"\n| {column} | " in sections[name]


def test_the_descriptor_credits_every_source() -> None:
    package = datapackage([], {"example": make_source()}, {}, "2026-05-01T00:00:00+00:00")
    (source,) = package["sources"]
    assert source["title"] == "Example"
    assert source["path"] == "https://models.example"
    assert "CC0-1.0" in source.values()
    assert package["created"] == "2026-05-01T00:00:00+00:00"


def test_resources_have_names_that_frictionless_allows_and_no_two_the_same() -> None:
    tables = open_project().tables
    package = datapackage(tables.values(), {}, dict.fromkeys(tables, 3), "")
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(tables)
    assert all(re.fullmatch(r"[-a-z0-9._/]+", name) for name in names)
    assert {resource["rows"] for resource in package["resources"]} == {3}


def test_only_tables_that_were_counted_are_described() -> None:
    package = datapackage([table("core.a"), table("core.b")], {}, {"core.b": 5}, "")
    assert [(r["path"], r["rows"]) for r in package["resources"]] == [("parquet/core.b.parquet", 5)]


def test_every_type_has_its_word() -> None:
    assert FRICTIONLESS.keys() == set(TYPES.values())


def test_positions_count_from_one_in_each_table() -> None:
    assert [row["position"] for row in column_rows([table("core.a"), table("core.b")])] == [1, 2, 1, 2]
