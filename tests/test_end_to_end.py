"""The first promise, kept for real: from the starter archive to a verdict board, with no network and with bad luck."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import pytest
import sqlglot

from pipeline.claims.reading import Question, Reading
from pipeline.kernel.home import ROOT

UNREACHABLE = {"AJAR_ORIGIN": "http://127.0.0.1:9", "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}


def ajar(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, env=env(data, environment), timeout=600)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "pipeline.cli", *arguments]


def env(data: Path, more: Mapping[str, str] = {}) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "AJAR_DATA": str(data), "COLUMNS": "250", **more}


def tables_of(data: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(data / "published" / "ajar.duckdb"), read_only=True) as connection:
        names = [
            f"{schema}.{table}"
            for schema, table in connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            if schema in ("staging", "reference", "core", "marts", "claims")
        ]
        return {name: sorted(connection.execute(f"select * from {name}").fetchall(), key=repr) for name in names}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ajar") / "data"
    done = ajar(folder, "run", "--offline")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Verdicts as of" in done.stdout
    return folder


def test_everything_readers_use_is_published(data: Path) -> None:
    published = data / "published"
    package = json.loads((published / "datapackage.json").read_text())
    assert {resource["path"] for resource in package["resources"]} == {
        f"parquet/{file.name}" for file in (published / "parquet").iterdir()
    }
    committed = (ROOT / "warehouse" / "DICTIONARY.md").read_text()
    described = re.findall(r"^### .+?(?=^##|\Z)", (published / "DICTIONARY.md").read_text(), re.MULTILINE | re.DOTALL)
    assert len(described) > 40
    for table in described:
        assert table.strip() in committed
    assert "<html" in (published / "site" / "index.html").read_text()


def test_the_readme_shows_the_board_of_the_starter_archive(data: Path) -> None:
    with duckdb.connect(str(data / "published" / "ajar.duckdb"), read_only=True) as connection:
        board = dict(
            connection.execute(
                "select claim_id, verdict from claims.verdict "
                "where clock = 'hindsight' and as_of = (select max(as_of) from claims.verdict)"
            ).fetchall()
        )
    shown = dict(re.findall(r"^\| ([CN]\d\d) \|.*?\| \*\*(.+?)\*\* \|", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert shown == board


def test_on_the_newest_day_both_clocks_say_the_same(data: Path) -> None:
    query = """
        select hypothesis_id, estimate, interval_low, interval_high, p_value, sample_size, decision from claims.test
        where clock = $clock and as_of = (select max(as_of) from claims.test) order by hypothesis_id
    """
    with duckdb.connect(str(data / "published" / "ajar.duckdb"), read_only=True) as connection:
        then, hindsight = (connection.execute(query, {"clock": clock}).fetchall() for clock in ("then", "hindsight"))
    assert len(then) > 60
    assert then == hindsight


def test_the_queries_of_a_verdict_find_what_they_found(data: Path) -> None:
    with duckdb.connect(str(data / "published" / "ajar.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select query, parameters, answer_hash from claims.query "
            "where as_of = (select max(as_of) from claims.query)"
        ).fetchall()
        assert len(rows) > 100
        reading = Reading(connection)
        for query, parameters, answer in rows:
            shapes = [[Question(shape, query, parameters, answer)] for shape in ("df", "fetchall")]
            assert any(reading.would_find(asked) for asked in shapes), query
            assert sqlglot.parse_one(query, dialect="duckdb").args.get("order"), f"rows in no order: {query}"


def test_facts_kept_by_hand_stand_behind_a_verdict_beside_its_captures(data: Path) -> None:
    with duckdb.connect(str(data / "published" / "ajar.duckdb"), read_only=True) as connection:
        behind = connection.execute(
            "select source, capture_count, first_observed_on is not null from claims.source where claim_id = 'C12'"
        ).fetchall()
    assert ("reference.company_quarter", None, True) in behind
    assert ("sec_companyfacts", 0, False) in behind


def test_every_row_of_staging_can_be_traced_to_a_snapshot(data: Path) -> None:
    with duckdb.connect(str(data / "published" / "ajar.duckdb"), read_only=True) as connection:
        names = connection.execute("select table_name from duckdb_tables() where schema_name = 'staging'").fetchall()
        assert names
        for (name,) in names:
            untraced = connection.execute(
                f"select count(*) from staging.{name} where snapshot_id not in (select snapshot_id from meta.snapshot)"
            ).fetchone()
            assert untraced == (0,), name


def test_a_second_run_rebuilds_nothing(data: Path) -> None:
    release = (data / "published").resolve()
    done = ajar(data, "run", "--offline")
    assert done.returncode == 0
    assert "nothing rebuilt" in done.stdout
    assert (data / "published").resolve() == release


def test_with_every_source_failing_it_says_so_and_goes_on(data: Path) -> None:
    for source in (data / "snapshots").iterdir():
        if source.is_dir():
            for manifest in source.glob("*/manifest.json"):
                manifest.write_text(
                    re.sub(
                        r'"captured_at": "[^"]+"', '"captured_at": "2026-01-01T00:00:00+00:00"', manifest.read_text()
                    )
                )
            (source / "log.jsonl").unlink(missing_ok=True)
    done = ajar(data, "run", **UNREACHABLE)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "expected" in done.stdout
    assert "Verdicts as of" in done.stdout


def test_sql_and_claims_answer_from_the_published_file(data: Path) -> None:
    done = ajar(data, "sql", "--csv", "select count(*) as models from core.model")
    assert done.returncode == 0
    assert int(done.stdout.split()[1]) > 500
    assert ajar(data, "claims", "--as-of", "2024-05-31").returncode == 0
    early = ajar(data, "claims", "--as-of", "1999-01-01")
    assert early.returncode == 0
    assert "insufficient evidence" in early.stdout
    assert not any(verdict in early.stdout for verdict in ("supported", "contradicted", "mixed"))
    assert ajar(data, "claims", "--as-of", "yesterday").returncode == 2
    write = ajar(data, "sql", "drop table core.model")
    assert write.returncode == 1
    assert "read-only" in write.stderr


def kill_when(data: Path, arguments: list[str], appears: Callable[[], bool], then_wait: float) -> None:
    """Starts a command and kills it, without mercy, some seconds after something has appeared."""
    with subprocess.Popen(
        command(*arguments), env=env(data), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as run:
        deadline = time.monotonic() + 120
        while not appears():
            assert time.monotonic() < deadline, "the moment to kill never came"
            assert run.poll() is None, "the command ended before it could be killed"
            time.sleep(0.02)
        time.sleep(then_wait)
        run.send_signal(signal.SIGKILL)


def test_killed_in_mid_build_the_published_file_is_whole_and_the_next_run_recovers(data: Path) -> None:
    before = tables_of(data)
    release = (data / "published").resolve()
    (data / "work.duckdb").unlink()
    kill_when(data, ["run", "--offline"], (data / "work.duckdb").exists, 6.0)
    assert (data / "published").resolve() == release
    assert tables_of(data) == before
    assert ajar(data, "run", "--offline").returncode == 0
    assert tables_of(data) == before


@pytest.mark.parametrize("then_wait", [0.0, 0.4])
def test_killed_in_mid_publication_the_old_release_stays_and_the_next_succeeds(data: Path, then_wait: float) -> None:
    before = tables_of(data)
    release = (data / "published").resolve()
    with duckdb.connect(str(data / "published" / "ajar.duckdb"), read_only=True) as reader:
        models = reader.execute("select count(*) from core.model").fetchone()
        kill_when(data, ["publish"], lambda: any((data / "releases").glob(".next-*")), then_wait)
        assert (data / "published").resolve() == release
        assert tables_of(data) == before
        done = ajar(data, "publish")
        assert done.returncode == 0, done.stdout
        assert (data / "published").resolve() != release
        assert tables_of(data) == before
        assert not list((data / "releases").glob(".next-*"))
        assert reader.execute("select count(*) from core.model").fetchone() == models
