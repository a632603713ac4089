"""The event log that keeps its connections: what others read of it, and how many files it holds open."""

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage

from pipeline.event_log import PAGES_BEFORE_CHECKPOINT, KeptEventLogStorage
from pipeline.runs import SETTINGS

KEY = dg.AssetKey(["core", "model"])


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "dagster.yaml").write_bytes(SETTINGS.read_bytes())
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with dg.DagsterInstance.get() as instance:
        yield instance


@dg.asset(key=KEY, check_specs=[dg.AssetCheckSpec("unique", asset=KEY)])
def model():
    check = dg.AssetCheckResult(check_name="unique", asset_key=KEY, passed=True)
    return dg.MaterializeResult(metadata={"dagster/row_count": 3}, check_results=[check])


def test_the_settings_use_it(instance):
    assert type(instance.event_log_storage) is KeptEventLogStorage


def test_dagsters_own_storage_reads_what_it_wrote(instance):
    """The folder is Dagster's default one, so that a data folder of an older release keeps its history."""
    result = dg.materialize([model], instance=instance)
    base = Path(instance.root_directory) / "history" / "runs"
    other = SqliteEventLogStorage(str(base))
    written = [record.event_log_entry.message for record in other.get_records_for_run(result.run_id).records]
    kept = instance.event_log_storage.get_records_for_run(result.run_id).records
    assert written
    assert written == [record.event_log_entry.message for record in kept]
    assert instance.get_latest_materialization_event(KEY) is not None
    checks = instance.event_log_storage.get_asset_check_execution_history(dg.AssetCheckKey(KEY, "unique"), limit=5)
    assert [check.status.value for check in checks] == ["SUCCEEDED"]


def test_it_holds_the_index_and_one_run_open(instance):
    runs = [dg.materialize([model], instance=instance).run_id for _ in range(3)]
    for run in runs:
        instance.event_log_storage.get_records_for_run(run)
    assert set(instance.event_log_storage._engines) == {"index", runs[-1]}


def test_the_file_changes_while_a_run_goes_on(instance):
    """Others are told of news by the change of the file, so what waits beside it must stay small."""
    run = dg.materialize([model], instance=instance).run_id
    file = Path(instance.event_log_storage.path_for_shard(run))
    before = file.stat().st_size
    for _ in range(20 * PAGES_BEFORE_CHECKPOINT):
        instance.report_engine_event("a word", run_id=run, job_name="build")
    assert file.stat().st_size > before


def test_nothing_is_open_after_the_end(tmp_path: Path):
    storage = KeptEventLogStorage(str(tmp_path))
    with storage.index_connection():
        pass
    storage.dispose()
    assert storage._engines == {}
    assert [file.name for file in tmp_path.iterdir()] == ["index.db"]
