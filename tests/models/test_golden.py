"""Golden cases of the SQL models: given rows, the rows each table should come to, and the runner itself."""

from pathlib import Path

import pytest
from models_support import CaseError, build, database, declared_checks, difference, read_case, sql_models

from pipeline.kernel.checks import run_check

FOLDER = Path(__file__).parent
CASES = sorted(FOLDER.glob("*.*/*.yml"))
ON_OTHER_TABLES_OR_SIZE = ("references", "at_least")
"""Checks that a case with a few rows cannot be held to."""


@pytest.mark.parametrize("path", CASES, ids=[f"{path.parent.name}/{path.stem}" for path in CASES])
def test_case(path: Path) -> None:
    case = read_case(path)
    with database() as connection:
        found = build(connection, case.table, case.given, path)
        assert not (wrong := difference(case.expect, found)), f"{path}:\n{wrong}"
        for kind, _, check in declared_checks(case.table):
            if kind not in ON_OTHER_TABLES_OR_SIZE:
                assert run_check(connection, check).passed, f"{path}: {check.name}"


@pytest.mark.parametrize("name", [table.name for table in sql_models()])
def test_every_model_has_a_case(name: str) -> None:
    assert list((FOLDER / name).glob("*.yml")), f"tests/models/{name}: expected a golden case, found none"


def test_every_case_is_of_a_model() -> None:
    strays = {path.parent.name for path in CASES} - {table.name for table in sql_models()}
    assert not strays, f"tests/models: expected folders named after SQL models, found {strays}"


GOOD = """
doc: An organisation without a country.
given:
  reference.organisation:
    - {organisation_id: eleutherai, name: EleutherAI, country_code: '', kind: non_profit}
expect:
  - {organisation_id: eleutherai, country_code: null}
"""
BAD = {
    "unknown_given_column": (GOOD.replace("kind:", "sort:"), "found sort"),
    "unknown_given_table": (GOOD.replace("reference.organisation:", "reference.organization:"), "organization"),
    "table_that_is_not_read": (GOOD.replace("reference.organisation:", "core.model:"), "found core.model"),
    "unknown_expected_column": (GOOD.replace("country_code: null", "country: null"), "found country"),
    "expected_rows_of_different_columns": (GOOD + "  - {name: Meta}\n", "2 sets"),
    "value_of_another_type": (
        GOOD.replace("expect:", "    - {organisation_id: x, read_on: soon}\nexpect:").replace("sort", "kind"),
        "soon",
    ),
    "key_that_stands_twice": (GOOD + "expect: []\n", "expect stands twice"),
    "key_that_is_missing": (GOOD.replace("doc: ", "note: "), "found note, given, expect"),
    "no_yaml": (GOOD + "}", "expected YAML"),
}


def run(folder: Path, text: str) -> str:
    path = folder / "core.organisation" / "case.yml"
    path.parent.mkdir()
    path.write_text(text)
    case = read_case(path)
    with database() as connection:
        return difference(case.expect, build(connection, case.table, case.given, path))


def test_a_good_case_passes(tmp_path: Path) -> None:
    assert run(tmp_path, GOOD) == ""


@pytest.mark.parametrize(("text", "found"), BAD.values(), ids=BAD)
def test_a_case_that_cannot_be_used_is_an_error_that_names_its_file(tmp_path: Path, text: str, found: str) -> None:
    with pytest.raises(CaseError, match=r"case\.yml: expected") as error:
        run(tmp_path, text)
    assert found in str(error.value)


def test_a_case_of_no_model_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "core.organization" / "case.yml"
    with pytest.raises(CaseError, match=r"found core\.organization"):
        read_case(path)


@pytest.mark.parametrize(
    ("expect", "found", "wrong"),
    [
        ([{"a": 1, "b": "x"}, {"a": 2, "b": None}], [{"a": 2, "b": None}, {"a": 1, "b": "x"}], ""),
        ([{"a": 0.1}], [{"a": 0.1 + 1e-12}], ""),
        ([{"a": 0.1}], [{"a": 0.1001}], "missing {'a': 0.1}\nnot expected {'a': 0.1001}"),
        ([{"a": 1}, {"a": 1}], [{"a": 1}], "missing {'a': 1}"),
        ([{"a": 1}], [{"a": 1}, {"a": 1}], "not expected {'a': 1}"),
        ([{"a": 0}], [{"a": None}], "missing {'a': 0}\nnot expected {'a': None}"),
        ([{"a": 1}], [{"a": True}], "missing {'a': 1}\nnot expected {'a': True}"),
        ([], [{"a": 1}], "not expected {'a': 1}"),
        ([{"a": 1}], [{"a": 1, "b": 2}], ""),
    ],
)
def test_rows_are_compared(expect: list[dict[str, object]], found: list[dict[str, object]], wrong: str) -> None:
    assert difference(expect, found) == wrong
