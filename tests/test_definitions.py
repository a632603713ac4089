"""What Dagster is told: every asset described and owned, layers respected, only one place that opens the database."""

import ast
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from pipeline.kernel.home import MODELS, ROOT
from pipeline.kernel.project import open_project


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    os.environ["DAGSTER_HOME"] = str(tmp_path_factory.mktemp("dagster"))
    from pipeline.definitions import defs

    return defs()


def test_every_asset_has_words_an_owner_and_a_group(definitions: dg.Definitions) -> None:
    specs = definitions.resolve_all_asset_specs()
    assert len(specs) > 40
    for spec in specs:
        assert spec.description, spec.key
        assert spec.owners, spec.key
        assert spec.group_name != "default", spec.key


def test_every_declared_table_is_an_asset(definitions: dg.Definitions) -> None:
    keys = {".".join(key.path) for key in definitions.resolve_all_asset_keys()}
    expected = {name for name, table in open_project().tables.items() if table.layer != "meta"}
    assert expected <= keys


def test_every_table_made_by_sql_has_blocking_checks(definitions: dg.Definitions) -> None:
    checks = [spec for asset in definitions.resolve_asset_graph().assets_defs for spec in asset.check_specs]
    checked = {".".join(spec.asset_key.path) for spec in checks}
    assert {name for name, table in open_project().tables.items() if table.select} <= checked
    assert all(spec.blocking for spec in checks if spec.asset_key.path[0] != "claims")


def test_a_table_that_breaks_a_promise_stops_what_reads_it_and_is_stale_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.defs.models import model_asset
    from pipeline.kernel.build import ledger
    from pipeline.kernel.header import parse_header
    from pipeline.kernel.tables import Table
    from pipeline.kernel.warehouse import writer

    monkeypatch.setenv("AJAR_DATA", str(tmp_path))
    project = replace(open_project())
    columns = "columns: {number: integer - a number}"
    text = f"doc: A number.\ngrain: a number\nsubject: releases\n{columns}\nchecks:\n  - at_least: "
    made = {}
    for name, least, depends in (("core.few", 5, ()), ("core.after", 1, ("core.few",))):
        path = MODELS / "core" / f"{name}.sql"
        header = parse_header(f"{text}{least}\n", path)
        made[name] = Table(name, path, header, "select 1 as number", depends)
    tables = {**made, **project.tables}
    monkeypatch.setattr("pipeline.defs.models.open_project", lambda: replace(project, tables=tables))
    result = dg.materialize([model_asset(table) for table in made.values()], raise_on_error=False)
    (check,) = result.get_asset_check_evaluations()
    assert not check.passed
    assert check.metadata["failing_rows"].value == 1
    with writer(project.home.database) as connection:
        assert ledger(connection).keys().isdisjoint(made)
        found = connection.execute("select table_name, has_passed from meta.check_result").fetchall()
    assert found == [("core.few", False)]


def test_every_source_has_a_freshness_policy(definitions: dg.Definitions) -> None:
    specs = [spec for spec in definitions.resolve_all_asset_specs() if spec.key.path[0] == "snapshot"]
    assert len(specs) == len(open_project().sources)
    assert all(spec.freshness_policy for spec in specs)


def test_jobs_and_schedules(definitions: dg.Definitions) -> None:
    jobs = {job.name for job in definitions.resolve_all_job_defs()}
    assert {"capture", "build"} <= jobs
    for name in ("capture_daily", "build_daily", "history_monthly"):
        assert definitions.resolve_schedule_def(name).default_status == dg.DefaultScheduleStatus.RUNNING


def test_the_history_is_judged_before_what_shows_it(definitions: dg.Definitions) -> None:
    context = dg.build_schedule_context()
    (request,) = definitions.resolve_schedule_def("history_monthly").evaluate_tick(context).run_requests or ()
    asked = {key.to_user_string() for key in request.asset_selection or ()}
    assert {"claims/verdict_history", "claims/test_history", "claims/figure", "publication/release"} <= asked
    graph = definitions.resolve_asset_graph()
    shown = graph.get(dg.AssetKey(["claims", "figure"]))
    claims = [graph.get(key) for key in shown.parent_keys]
    assert all(dg.AssetKey(["claims", "test_history"]) in claim.parent_keys for claim in claims)


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


ALLOWED = {
    "kernel": ("pipeline.kernel", "pipeline.sources"),
    "sources": ("pipeline.kernel", "pipeline.sources"),
    "claims": ("pipeline.kernel", "pipeline.claims"),
    "defs": ("pipeline.kernel", "pipeline.claims", "pipeline.defs", "pipeline.sources"),
}


@pytest.mark.parametrize("room", ALLOWED)
def test_nothing_imports_upward(room: str) -> None:
    for path in (ROOT / "pipeline" / room).glob("*.py"):
        for name in imports(path):
            if name.startswith("pipeline"):
                assert name == "pipeline" or name.startswith(ALLOWED[room]), f"{path} imports {name}"


def test_the_kernel_never_imports_dagster() -> None:
    for path in (ROOT / "pipeline" / "kernel").glob("*.py"):
        assert not any(name.split(".")[0] == "dagster" for name in imports(path)), path


def test_only_the_warehouse_module_opens_duckdb() -> None:
    for path in [*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "dashboards").rglob("*.py")]:
        if path.name != "warehouse.py":
            assert "duckdb.connect" not in path.read_text(), path


def test_the_command_line_starts_without_heavy_imports() -> None:
    code = "import sys, pipeline.cli; print([m for m in ('dagster', 'pandas', 'duckdb', 'altair') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == "[]"


def test_heavy_sources_wait_for_schedules_or_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.runs import due_sources

    monkeypatch.setenv("AJAR_DATA", str(tmp_path))
    project = open_project()
    heavy = {name for name, source in project.sources.items() if source.heavy}
    assert heavy
    assert set(due_sources(project)) == set(project.sources) - heavy
    assert set(due_sources(project, heavy=True)) == set(project.sources)


def test_the_capture_schedule_asks_what_is_due(
    definitions: dg.Definitions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AJAR_DATA", str(tmp_path))
    with dg.instance_for_test() as instance:
        context = dg.build_schedule_context(instance=instance)
        (request,) = definitions.resolve_schedule_def("capture_daily").evaluate_tick(context).run_requests or ()
    assert request.asset_selection is not None
    assert {key.path[-1] for key in request.asset_selection} == set(open_project().sources)
