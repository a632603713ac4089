"""One writer, readers that know what to do, and transactions that survive a kill."""

import ast
import signal
from pathlib import Path

import duckdb
import pytest
from kernel_support import ROOT, run_python

from pipeline.kernel.warehouse import (
    WarehouseBusy,
    comment,
    literal,
    quote,
    reader,
    scratch,
    transaction,
    writer,
)

HOLD = """
import sys
from pathlib import Path
from pipeline.kernel.warehouse import writer
with writer(Path(sys.argv[1])) as connection:
    connection.execute("create table held (a integer)")
    print("held", flush=True)
    sys.stdin.read()
"""
CHANGE = """
import sys
from pathlib import Path
from pipeline.kernel.warehouse import transaction, writer
with writer(Path(sys.argv[1])) as connection, transaction(connection):
    connection.execute("create or replace table t as select x from range(3000000) as r (x)")
    connection.execute("create table other as select 1 as a")
    print("changed", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "work.duckdb"


def test_a_second_process_is_told_who_and_what_to_do(path: Path) -> None:
    process = run_python(HOLD, path)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with pytest.raises(WarehouseBusy) as raised, writer(path):
            pass
        said = str(raised.value)
        assert str(path) in said
        assert "wait for that run to end" in said
        assert "published file" in said
        assert str(process.pid) in said
        with pytest.raises(WarehouseBusy), reader(path):
            pass
    finally:
        process.kill()
        process.communicate()
    with writer(path) as connection:
        connection.execute("select 1")


def test_another_fault_is_not_taken_for_a_lock(tmp_path: Path) -> None:
    folder = tmp_path / "lock" / "block.duckdb"
    folder.mkdir(parents=True)
    with pytest.raises(duckdb.IOException), writer(folder):
        pass
    damaged = tmp_path / "lock" / "unlocked.duckdb"
    damaged.write_bytes(b"not a database" * 1000)
    with pytest.raises(duckdb.IOException), reader(damaged):
        pass


def test_a_reader_of_nothing_is_told_how_to_get_something(path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="run `ajar run` first") as raised, reader(path):
        pass
    assert str(path) in str(raised.value)
    assert not path.parent.exists()


def test_readers_cannot_write_and_do_not_disturb_one_another(path: Path) -> None:
    with writer(path) as connection:
        connection.execute("create table t as select 1 as a")
    with reader(path) as first, reader(path) as second:
        assert first.execute("from t").fetchall() == second.execute("from t").fetchall() == [(1,)]
        with pytest.raises(duckdb.Error):
            first.execute("insert into t values (2)")


def test_a_kill_in_a_transaction_leaves_the_old_table(path: Path) -> None:
    with writer(path) as connection:
        connection.execute("create table t as select 42 as x")
    process = run_python(CHANGE, path)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "changed\n"
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.communicate()
    with writer(path) as connection:
        assert connection.execute("from t").fetchall() == [(42,)]
        assert connection.execute("select table_name from duckdb_tables()").fetchall() == [("t",)]


def change_and_fail(connection: duckdb.DuckDBPyConnection, error: type[BaseException]) -> None:
    with transaction(connection):
        connection.execute("insert into t values (2)")
        connection.execute("create table other (a integer)")
        if error is duckdb.Error:
            connection.execute("select no_such_column from t")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, duckdb.Error])
def test_a_transaction_happens_whole_or_not(path: Path, error: type[BaseException]) -> None:
    with writer(path) as connection:
        connection.execute("create table t (a integer)")
        with transaction(connection):
            connection.execute("insert into t values (1)")
        with pytest.raises(error):
            change_and_fail(connection, error)
        assert connection.execute("from t").fetchall() == [(1,)]
        with transaction(connection):
            connection.execute("insert into t values (3)")
        assert connection.execute("select count(*) from t").fetchone() == (2,)


def test_every_connection_lives_in_utc_and_loads_nothing_from_outside(path: Path) -> None:
    settings = "select current_setting('timezone'), current_setting('autoinstall_known_extensions'), " \
        "current_setting('autoload_known_extensions'), current_setting('allow_community_extensions')"  # fmt: skip
    with writer(path) as connection:
        assert connection.execute(settings).fetchone() == ("UTC", False, False, False)
    for opened in (reader(path), scratch()):
        with opened as connection:
            assert connection.execute(settings).fetchone() == ("UTC", False, False, False)


def test_connections_are_closed_even_after_an_error(path: Path) -> None:
    with pytest.raises(ValueError, match="on purpose"), writer(path) as connection:
        raise ValueError("on purpose")
    with pytest.raises(duckdb.ConnectionException):
        connection.execute("select 1")
    process = run_python(HOLD, path)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
    finally:
        process.kill()
        process.communicate()


NAMES = ["plain", "order", "it's", 'a "quoted" one', "ünï cödé", "a;b--c", "a\\b"]


@pytest.mark.parametrize("name", NAMES)
def test_names_and_texts_are_quoted(name: str) -> None:
    with scratch() as connection:
        connection.execute(f"create table {quote(name)} ({quote(name)} varchar)")
        connection.execute(f"insert into {quote(name)} values ({literal(name)})")
        comment(connection, f"main.{quote(name)}", f"doc of {name}", {name: f"meaning of {name}"})
        assert connection.execute(f"select {quote(name)} from {quote(name)}").fetchall() == [(name,)]
        assert connection.execute("select comment from duckdb_tables()").fetchall() == [(f"doc of {name}",)]
        assert connection.execute("select comment from duckdb_columns() where not internal").fetchall() == [
            (f"meaning of {name}",)
        ]


def test_only_the_warehouse_opens_duckdb() -> None:
    opening = set()
    for folder in ("pipeline", "dashboards"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Attribute) and node.attr == "connect" and isinstance(node.value, ast.Name):
                    opening.add((path.relative_to(ROOT).as_posix(), node.value.id))
    assert {file for file, module in opening if module == "duckdb"} == {"pipeline/kernel/warehouse.py"}
