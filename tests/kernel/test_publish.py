"""Releases that readers can rely on: whole, older DuckDB can read them, and nobody reading is disturbed."""

import json
import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from duckdb import DuckDBPyConnection
from kernel_support import CC0, keep, make_source, models, run_python, write_model

from pipeline.kernel.build import build_staging, build_table
from pipeline.kernel.home import Home
from pipeline.kernel.meta import refresh
from pipeline.kernel.project import open_project
from pipeline.kernel.publish import DATABASE, KEEP, UNFINISHED, publish, publishable
from pipeline.kernel.snapshot import SnapshotStore
from pipeline.kernel.source import ParquetOrigin, Source
from pipeline.kernel.tables import Table, staging_table
from pipeline.kernel.warehouse import reader, writer

OPEN = make_source()
CLOSED = make_source(name="closed", licence=replace(CC0, redistributable=False))
SOURCES: Mapping[str, Source] = {"example": OPEN, "closed": CLOSED}
STORAGE_VERSION_OF_DUCKDB_1_2 = 65

WATCHED = """
import sys
def watch(event, arguments):
    if event in ("os.rename", "os.remove", "os.symlink"):
        print(event, *(str(path) for path in arguments[:2] if not isinstance(path, int)))
sys.addaudithook(watch)
"""
PUBLISH = """
import sys
from pathlib import Path
from pipeline.kernel.home import Home
from pipeline.kernel.publish import publish
from pipeline.kernel.tables import read_model
from pipeline.kernel.warehouse import writer
from kernel_support import make_source
home = Home(Path(sys.argv[1]))
with writer(home.database) as connection:
    tables = [read_model(Path(sys.argv[2]))]
    publish(connection, home, tables, {"example": make_source()}, lambda database, folder: folder.mkdir())
print("published")
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data")


@pytest.fixture
def tables(tmp_path: Path, home: Home) -> dict[str, Table]:
    store = SnapshotStore(home.snapshots)
    made = [staging_table(source, tmp_path / f"{source.name}.py") for source in (OPEN, CLOSED)]
    columns = {"model_id": "text - it's our id", "tags": "json - tags", "seen_at": "timestamptz - moment seen"}
    select = (
        "select model_example_id as model_id, json_object('a', 1) as tags, observed_at as seen_at from staging.example"
    )
    made.append(write_model(tmp_path, "core.model", select, columns))
    made.append(write_model(tmp_path, "core.nothing", "select 'x' as model_id where false", {"model_id": "text - id"}))
    with writer(home.database) as connection:
        for source in (OPEN, CLOSED):
            keep(store, source, models(5), "2026-05-01T23:30:00+00:00")
            build_staging(connection, source, store)
        for table in made[2:]:
            build_table(connection, table)
    return {table.name: table for table in made}


@pytest.fixture
def connection(home: Home, tables: dict[str, Table]) -> Iterator[DuckDBPyConnection]:
    with writer(home.database) as opened:
        yield opened


def write_site(database: Path, folder: Path) -> None:
    folder.mkdir()
    with reader(database) as connection:
        count = connection.execute("select count(*) from core.model").fetchone()
    (folder / "index.html").write_text(f"{count}")


def release(connection: DuckDBPyConnection, home: Home, tables: dict[str, Table]) -> Path:
    return publish(connection, home, publishable(tables, SOURCES), SOURCES, write_site)


def storage_version(file: Path) -> int:
    """The version number in DuckDB's main header: after checksum (8) and magic bytes (4)."""
    header = file.read_bytes()[:20]
    assert header[8:12] == b"DUCK"
    return int.from_bytes(header[12:20], "little")


def ask(file: Path, query: str) -> list[tuple[Any, ...]]:
    with reader(file) as connection:
        return connection.execute(query).fetchall()


def test_a_release_holds_database_parquet_words_and_site(
    connection: DuckDBPyConnection, home: Home, tables: dict[str, Table]
) -> None:
    folder = release(connection, home, tables)
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {
        "ajar.duckdb", "datapackage.json", "DICTIONARY.md", "site/index.html", "parquet/core.model.parquet",
        "parquet/core.nothing.parquet", "parquet/staging.example.parquet",
    }  # fmt: skip
    assert home.published.resolve() == folder
    assert not home.published.readlink().is_absolute()
    assert (home.published / "site" / "index.html").read_text() == "(5,)"


def test_the_published_file_can_be_read_by_older_duckdb(
    connection: DuckDBPyConnection, home: Home, tables: dict[str, Table]
) -> None:
    assert storage_version(release(connection, home, tables) / DATABASE) == STORAGE_VERSION_OF_DUCKDB_1_2
    assert storage_version(home.database) == STORAGE_VERSION_OF_DUCKDB_1_2


def test_rows_and_words_survive(connection: DuckDBPyConnection, home: Home, tables: dict[str, Table]) -> None:
    file = release(connection, home, tables) / DATABASE
    for name, table in tables.items():
        if name == "staging.closed":
            continue
        columns = ", ".join(table.header.columns)
        query = f"select {columns} from {name} order by all"
        assert ask(file, query) == connection.execute(query).fetchall()
        layer, _, stem = name.partition(".")
        where = f"where schema_name = '{layer}' and table_name = '{stem}'"
        assert ask(file, f"select comment from duckdb_tables() {where}") == [
            (f"{table.header.doc} One row: {table.header.grain}.",)
        ]
        found = ask(file, f"select column_name, data_type, comment from duckdb_columns() {where} order by column_index")
        assert found == [(column, c.duckdb_type, c.doc) for column, c in table.header.columns.items()]


def test_tables_of_sources_that_may_not_be_passed_on_stay(
    connection: DuckDBPyConnection, home: Home, tables: dict[str, Table]
) -> None:
    folder = release(connection, home, tables)
    assert "staging.closed" not in {table.name for table in publishable(tables, SOURCES)}
    names = ask(folder / DATABASE, "select schema_name || '.' || table_name from duckdb_tables() order by 1")
    assert names == [("core.model",), ("core.nothing",), ("staging.example",)]
    assert "staging.closed" not in (folder / "DICTIONARY.md").read_text()
    assert "staging.closed" not in (folder / "datapackage.json").read_text()


def test_the_kept_changes_of_a_large_source_stay(tables: Mapping[str, Table]) -> None:
    large = make_source(origins=(ParquetOrigin("https://models.example/all.parquet"),))
    names = {table.name for table in publishable(tables, {**SOURCES, "example": large})}
    assert "staging.example" not in names
    assert "core.model" in names


def test_nothing_made_from_a_source_whose_figures_may_not_be_published_leaves(tables: Mapping[str, Table]) -> None:
    secret = make_source(name="closed", licence=replace(CC0, redistributable=False, derivable=False))
    made = {**tables, "core.derived": replace(tables["core.nothing"], name="core.derived", depends=("staging.closed",))}
    made["marts.further"] = replace(tables["core.nothing"], name="marts.further", depends=("core.derived",))
    names = {table.name for table in publishable(made, {"example": OPEN, "closed": secret})}
    assert not names & {"core.derived", "marts.further", "staging.closed"}
    assert "core.derived" in {table.name for table in publishable(made, SOURCES)}


def test_parquet_and_descriptor_agree_with_the_tables(
    connection: DuckDBPyConnection, home: Home, tables: dict[str, Table]
) -> None:
    folder = release(connection, home, tables)
    package = json.loads((folder / "datapackage.json").read_text())
    resources = {resource["path"]: resource for resource in package["resources"]}
    assert resources.keys() == {f"parquet/{path.name}" for path in (folder / "parquet").iterdir()}
    with duckdb.connect() as other:
        other.execute("set timezone = 'UTC'")
        for path, resource in resources.items():
            name = path.removeprefix("parquet/").removesuffix(".parquet")
            query = f"select {', '.join(tables[name].header.columns)} from {{}} order by all"
            rows = other.execute(query.format(f"'{folder / path}'")).fetchall()
            assert rows == connection.execute(query.format(name)).fetchall()
            assert resource["rows"] == len(rows)
            described = other.execute(f"describe select * from '{folder / path}'").fetchall()
            assert [row[0] for row in described] == [field["name"] for field in resource["schema"]["fields"]]
            assert [row[1] for row in described] == [c.duckdb_type for c in tables[name].header.columns.values()]


def test_equal_tables_give_equal_parquet(connection: DuckDBPyConnection, home: Home, tables: dict[str, Table]) -> None:
    first = release(connection, home, tables)
    content = {path.name: path.read_bytes() for path in (first / "parquet").iterdir()}
    connection.execute("create or replace table core.model as select * from core.model order by model_id desc")
    second = release(connection, home, tables)
    assert {path.name: path.read_bytes() for path in (second / "parquet").iterdir()} == content


def test_a_reader_keeps_the_release_it_has_open(
    connection: DuckDBPyConnection, home: Home, tables: dict[str, Table]
) -> None:
    release(connection, home, tables)
    code = (
        "import sys; from pathlib import Path; from pipeline.kernel.warehouse import reader\n"
        "with reader(Path(sys.argv[1])) as c:\n"
        "    for line in sys.stdin:\n"
        "        print(c.execute('select count(*), max(model_id) from core.model').fetchall(), flush=True)"
    )
    process = run_python(code, home.published / DATABASE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write("\n")
        process.stdin.flush()
        before = process.stdout.readline()
        assert before == "[(5, 'm4')]\n"
        for _ in range(KEEP + 1):
            connection.execute("insert into core.model values ('z', null, null)")
            release(connection, home, tables)
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == before
        assert ask(home.published / DATABASE, "select count(*) from core.model") == [(5 + KEEP + 1,)]
    finally:
        process.kill()
        process.communicate()


def test_the_link_is_moved_in_one_step(tmp_path: Path, home: Home) -> None:
    table = write_model(tmp_path, "core.model", "select 'a' as model_id", {"model_id": "text - id"})
    with writer(home.database) as connection:
        build_table(connection, table)
    seen = []
    for _ in range(2):
        out, error = run_python(WATCHED + PUBLISH, home.data, table.path).communicate(timeout=60)
        assert out.endswith("published\n"), error
        seen.append([line for line in out.splitlines() if line.endswith("/published")])
    moved = f"os.rename {home.data}/.published-next {home.data}/published"
    assert seen == [[moved], [moved]]


def test_only_the_newest_releases_are_kept(
    connection: DuckDBPyConnection, home: Home, tables: dict[str, Table]
) -> None:
    made = [release(connection, home, tables) for _ in range(KEEP + 2)]
    assert sorted(home.releases.iterdir()) == made[-KEEP:]
    assert home.published.resolve() == made[-1]


def test_a_clock_set_back_never_removes_what_is_published(
    connection: DuckDBPyConnection, home: Home, tables: dict[str, Table]
) -> None:
    home.releases.mkdir(parents=True)
    for year in range(9990, 9990 + KEEP + 1):
        (home.releases / f"{year}0101T000000000000Z").mkdir()
    folder = release(connection, home, tables)
    assert folder.exists()
    assert home.published.resolve() == folder
    assert len(list(home.releases.iterdir())) == KEEP


def test_a_site_that_fails_leaves_the_old_release(
    connection: DuckDBPyConnection, home: Home, tables: dict[str, Table]
) -> None:
    old = release(connection, home, tables)

    def failing(database: Path, folder: Path) -> None:
        raise RuntimeError("no site")

    with pytest.raises(RuntimeError, match="no site"):
        publish(connection, home, publishable(tables, SOURCES), SOURCES, failing)
    with pytest.raises(duckdb.Error):
        publish(connection, home, [replace(tables["core.model"], name="core.gone")], SOURCES, write_site)
    assert home.published.resolve() == old
    newer = release(connection, home, tables)
    assert sorted(home.releases.iterdir()) == sorted([old, newer])


def test_a_kill_in_the_middle_leaves_the_old_release_whole(tmp_path: Path, home: Home) -> None:
    columns = {"model_id": "bigint - number", "name": "text - name"}
    select = "select x as model_id, md5(cast(x as varchar)) as name from range(600000) as t (x)"
    table = write_model(tmp_path, "core.model", select, columns)
    with writer(home.database) as connection:
        build_table(connection, table)
        old = publish(connection, home, [table], SOURCES, lambda database, folder: folder.mkdir())
    process = run_python(PUBLISH, home.data, table.path)
    try:
        ends = time.monotonic() + 60
        while not list(home.releases.glob(f"{UNFINISHED}*/{DATABASE}*")):
            assert time.monotonic() < ends
            assert process.poll() is None, process.communicate()
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        out, _ = process.communicate()
    assert (process.returncode, out) == (-signal.SIGKILL, "")
    assert home.published.resolve() == old
    assert ask(home.published / DATABASE, "select count(*) from core.model") == [(600_000,)]
    assert list(home.releases.glob(f"{UNFINISHED}*"))
    out, error = run_python(PUBLISH, home.data, table.path).communicate(timeout=60)
    assert out == "published\n", error
    assert not list(home.releases.glob(f"{UNFINISHED}*"))
    assert home.published.resolve() != old
    assert len(list(home.releases.iterdir())) == 2


def test_the_data_folder_can_be_moved(connection: DuckDBPyConnection, home: Home, tables: dict[str, Table]) -> None:
    release(connection, home, tables)
    elsewhere = home.data.with_name("elsewhere")
    shutil.copytree(home.data, elsewhere, symlinks=True)
    shutil.rmtree(home.releases)
    assert ask(Home(elsewhere).published / DATABASE, "select count(*) from core.model") == [(5,)]


def test_the_pipeline_about_itself_is_published_as_declared(
    connection: DuckDBPyConnection, home: Home, tables: dict[str, Table]
) -> None:
    store = SnapshotStore(home.snapshots)
    keep(store, OPEN, b"[]", "2026-05-02T00:00:00+00:00")
    store.note("example", "x", "quarantined", "expected at least 1 records, found 0")
    meta = {name: table for name, table in open_project().tables.items() if table.layer == "meta"}
    refresh(connection, {**tables, **meta}, SOURCES, store)
    folder = release(connection, home, {**tables, **meta})
    (row,) = ask(folder / DATABASE, "select snapshot_count, quarantined_count, last_attempt, last_reason, "
                 "cast(first_observed_at as varchar), is_redistributable, cadence_hours from meta.source "
                 "where source = 'example'")  # fmt: skip
    assert row == (1, 1, "quarantined", "expected at least 1 records, found 0", "2026-05-01 23:30:00+00", True, 24.0)
    assert ask(folder / DATABASE, "select outcome, count(*) from meta.snapshot group by all order by 1") == [
        ("accepted", 2), ("quarantined", 1),
    ]  # fmt: skip
    listed = ask(folder / DATABASE, "select table_name, column_name from meta.column where table_name like 'core.%'")
    assert {f"{table}.{column}" for table, column in listed} == {
        "core.model.model_id", "core.model.tags", "core.model.seen_at", "core.nothing.model_id",
    }  # fmt: skip
