"""Declarations of sources: faults are found where they are made, and names lead back to what they name."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from kernel_support import FIELDS, URL, cut, make_source, packaged, run_python

from pipeline.kernel.header import TYPES
from pipeline.kernel.source import Bounds, Field, HttpOrigin, PackageOrigin, Source, discover

DISCOVER = """
import sys
import pipeline.sources
pipeline.sources.__path__.append(sys.argv[1])
from pipeline.kernel.source import discover
try:
    print(sorted(discover())[-1])
except TypeError as error:
    print("refused:", error)
"""
GOOD = "from dataclasses import replace\nfrom kernel_support import make_source\nSOURCE = make_source(name={!r})\n"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"fields": (*FIELDS, FIELDS[0])}, "field 'model_example_id' is declared twice"),
        ({"key": ("model_id",)}, "key column 'model_id' is not a field"),
        ({"subject": "weather"}, "subject 'weather' is none of releases, licences, prices"),
        ({"origins": ()}, "there is no origin"),
    ],
)
def test_a_faulty_declaration_names_file_and_fault(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=r"pipeline/sources/example\.py: ") as raised:
        make_source(**changes)
    assert problem in str(raised.value)


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(ValueError, match="there is no origin") as raised:
        make_source(origins=(), subject="weather")
    assert "weather" in str(raised.value)


def test_fields_have_one_path_or_several() -> None:
    assert Field("a", "VARCHAR", "$.a", "a").paths == ("$.a",)
    assert Field("a", "VARCHAR", ("$.a", "$.b"), "a").paths == ("$.a", "$.b")


def test_origins_are_found_by_the_name_that_manifests_carry() -> None:
    address, package = HttpOrigin(URL, cut), PackageOrigin("demo-data", "x", cut)
    source = make_source(origins=(address, package))
    assert (address.name, package.name) == ("models.example/api.json", "demo-data")
    assert source.origin("models.example/api.json") is address
    assert source.origin("demo-data") is package


def test_an_origin_that_is_not_declared_is_named() -> None:
    with pytest.raises(KeyError, match=r"gone\.example"):
        make_source().origin("gone.example")


def other_cut(content: bytes) -> Any:
    return cut(content)


@pytest.mark.parametrize(
    ("changes", "is_other"),
    [
        ({}, False),
        ({"title": "Another", "doc": "Other words.", "warnings": ("Mind.",)}, False),
        ({"bounds": Bounds(min_records=99), "cadence": timedelta(days=9)}, False),
        ({"key": ("name",)}, True),
        ({"fields": FIELDS[:-1]}, True),
        ({"fields": (replace(FIELDS[0], type="BIGINT"), *FIELDS[1:])}, True),
        ({"fields": (replace(FIELDS[0], path="$.uid"), *FIELDS[1:])}, True),
        ({"fields": (*FIELDS[:-1], replace(FIELDS[-1], expression="{}"))}, True),
        ({"origins": (HttpOrigin(URL, partial(cut)),)}, False),
        ({"origins": (HttpOrigin(URL, other_cut),)}, True),
    ],
)
def test_the_contract_changes_when_rows_could(changes: dict[str, Any], is_other: bool) -> None:
    assert (make_source(**changes).contract_hash != make_source().contract_hash) is is_other


def test_the_same_contract_has_the_same_hash_in_another_process() -> None:
    code = "from kernel_support import packaged; print(packaged().contract_hash)"
    out, error = run_python(code, PYTHONHASHSEED="1").communicate(timeout=60)
    assert out.strip() == packaged().contract_hash, error


def test_every_source_of_the_project_is_found_under_its_name() -> None:
    found = discover()
    assert list(found) == sorted(found)
    for name, source in found.items():
        assert isinstance(source, Source)
        assert source.name == name
        assert len({origin.name for origin in source.origins}) == len(source.origins), name
        assert {field.type.lower() for field in source.fields} <= TYPES.keys(), name
        assert source.stale_after >= source.cadence, name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (GOOD.format("zz_test"), "zz_test\n"),
        (GOOD.format("zz_other"), "refused: pipeline/sources/zz_test.py: expected SOURCE, a Source named 'zz_test'"),
        ("SOURCE = 5\n", "refused: pipeline/sources/zz_test.py: expected SOURCE"),
        ("X = 5\n", "found None"),
    ],
)
def test_a_module_without_its_source_is_named(tmp_path: Path, text: str, found: str) -> None:
    (tmp_path / "zz_test.py").write_text(text)
    out, error = run_python(DISCOVER, tmp_path).communicate(timeout=60)
    assert found in out, error
