"""Tables built whole or not at all, rebuilt when and only when their rows could differ, loaded once and not again."""

import importlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from duckdb import DuckDBPyConnection
from kernel_support import FIELDS, URL, cut, keep, make_manifest, make_source, models, write_model

from pipeline.kernel.build import (
    LEDGER,
    RELEASE,
    VERDICTS,
    Built,
    build_staging,
    build_table,
    code_hash,
    compare,
    create_empty,
    fill,
    fingerprints,
    forget,
    ledger,
    record,
    release_from,
    stale,
    verdicts_from,
)
from pipeline.kernel.header import TYPES, HeaderError
from pipeline.kernel.snapshot import Snapshot, SnapshotStore
from pipeline.kernel.source import Field, HttpOrigin, Source
from pipeline.kernel.staging import load
from pipeline.kernel.tables import Table, in_order, read_model, read_reference, read_written, staging_table
from pipeline.kernel.warehouse import writer

SOURCE = make_source()
ID = {"model_id": "text - our id"}


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[DuckDBPyConnection]:
    with writer(tmp_path / "work.duckdb") as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "snapshots")


def rows(connection: DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()


def comments(connection: DuckDBPyConnection, table: str) -> tuple[str, dict[str, str]]:
    where = "where schema_name || '.' || table_name = ?"
    found = connection.execute(f"select comment from duckdb_tables() {where}", [table]).fetchone()
    assert found is not None
    columns = connection.execute(f"select column_name, comment from duckdb_columns() {where}", [table]).fetchall()
    return found[0], dict(columns)


def test_a_table_is_built_with_its_words(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    columns = {"model_id": "text - it's our id", "share": "double - share, 0 to 1"}
    table = write_model(tmp_path, "core.model", "select 'a' as model_id, 0.5::double as share", columns)
    for _ in range(2):
        built = build_table(connection, table)
        assert (built.table, built.row_count) == ("core.model", 1)
        assert rows(connection, "from core.model") == [("a", 0.5)]
        assert comments(connection, "core.model") == (
            "Rows of model. One row: a row.", {"model_id": "it's our id", "share": "share, 0 to 1"},
        )  # fmt: skip
    assert rows(connection, f"select table_name, row_count from {LEDGER}") == [("core.model", 1)]


BROKEN = {
    "an error in the middle": ("select cast(x as integer)::varchar as model_id from (values ('1'), ('b')) t(x)", ID),
    "a column too many": ("select 'a' as model_id, 1 as more", ID),
    "a column too few": ("select 'a' as model_id", {**ID, "more": "integer - more"}),
    "another name": ("select 'a' as model", ID),
    "another type": ("select 1 as model_id", ID),
    "another order": ("select 1 as b, 'a' as a", {"a": "text - a", "b": "integer - b"}),
    "a wider number": ("select sum(x) as n from range(3) t(x)", {"n": "bigint - n"}),
    "a decimal": ("select 0.5 as share", {"share": "double - share"}),
    "a zone lost": ("select timestamp '2026-01-01 00:00:00' as at", {"at": "timestamptz - at"}),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_build_that_fails_leaves_the_old_table(connection: DuckDBPyConnection, tmp_path: Path, name: str) -> None:
    build_table(connection, write_model(tmp_path, "core.model", "select 'old' as model_id", ID))
    before = (rows(connection, "from core.model"), comments(connection, "core.model"), ledger(connection))
    select, columns = BROKEN[name]
    broken = write_model(tmp_path, "core.model", select, columns)
    with pytest.raises((HeaderError, duckdb.Error)) as raised:
        build_table(connection, broken)
    if isinstance(raised.value, HeaderError):
        assert str(broken.path) in str(raised.value)
        assert "Change the header or cast in the final select" in str(raised.value)
    assert (rows(connection, "from core.model"), comments(connection, "core.model"), ledger(connection)) == before


def test_what_differs_is_named_with_expected_and_found(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    columns = {"a": "text - a", "b": "date - b", "c": "text - c"}
    table = write_model(tmp_path, "core.model", "select 'x' as a, '2026-01-01' as b", columns)
    with pytest.raises(HeaderError) as raised:
        build_table(connection, table)
    said = str(raised.value)
    assert "('b', 'DATE') (found ('b', 'VARCHAR'))" in said
    assert "('c', 'VARCHAR') (found nothing)" in said
    assert "'a'" not in said


def test_every_declared_type_is_one_that_duckdb_gives_back(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    columns = {f"c_{kind}": f"{kind} - a column" for kind in TYPES}
    select = ", ".join(f"cast(null as {duckdb_type}) as c_{kind}" for kind, duckdb_type in TYPES.items())
    table = write_model(tmp_path, "core.model", f"select {select}", columns)
    build_table(connection, table)
    create_empty(connection, table)
    compare(connection, table)


def test_python_fills_a_table_whole_or_not_at_all(connection: DuckDBPyConnection, tmp_path: Path) -> None:
    path = tmp_path / "claims" / "verdict.yml"
    path.parent.mkdir()
    path.write_text(
        "doc: Verdicts.\ngrain: a claim\nsubject: releases\ncolumns:\n  claim_id: text - claim\n"
        "  judged_on: date - day\n  share: double - share\n"
    )
    table = read_written(path)
    good: list[Mapping[Any, object]] = [
        {"share": None, "claim_id": "C1", "judged_on": date(2026, 1, 1)},
        {"claim_id": "C2", "judged_on": "2026-01-02", "share": 0.5},
    ]
    assert fill(connection, table, good) == 2
    expected = [("C1", date(2026, 1, 1), None), ("C2", date(2026, 1, 2), 0.5)]
    assert rows(connection, "from claims.verdict order by 1") == expected
    with pytest.raises(HeaderError, match="expected rows with claim_id, judged_on, share") as raised:
        fill(connection, table, [*good, {"claim_id": "C3"}])
    assert str(path) in str(raised.value)
    with pytest.raises(duckdb.Error):
        fill(connection, table, [{**good[0], "claim_id": "C0"}, {**good[1], "judged_on": "never"}])
    assert rows(connection, "from claims.verdict order by 1") == expected
    assert fill(connection, table, []) == 0
    assert rows(connection, "from claims.verdict") == []


class World:
    """A small project: a source, a reference and four models in a line with a branch."""

    def __init__(self, folder: Path, store: SnapshotStore, source: Source = SOURCE) -> None:
        self.folder, self.store, self.source = folder, store, source
        (folder / "reference").mkdir()
        (folder / "reference" / "kind.yml").write_text(
            "doc: Kinds.\ngrain: a kind\nsubject: releases\ncolumns:\n  kind: text - kind\n"
        )
        self.write_kinds("open\nclosed\n")
        self.write("core.model", "select model_example_id as model_id from staging.example")
        self.write("core.kind", "select kind as model_id from reference.kind")
        self.write("core.both", "select model_id from core.model union all select model_id from core.kind")
        self.write("marts.count_monthly", "select cast(count(*) as varchar) as model_id from core.both")

    def write(self, name: str, select: str, more: str = "") -> None:
        write_model(self.folder, name, select, ID, more)

    def write_kinds(self, text: str) -> None:
        (self.folder / "reference" / "kind.csv").write_text(f"kind\n{text}")

    @property
    def tables(self) -> dict[str, Table]:
        return in_order(
            [
                staging_table(self.source, Path(__file__)),
                read_reference(self.folder / "reference" / "kind.csv"),
                *(read_model(path) for path in sorted(self.folder.glob("*/*.sql"))),
            ]
        )

    def fingerprints(self) -> dict[str, str]:
        return fingerprints(self.tables, {"example": self.source}, self.store)

    def stale(self, connection: DuckDBPyConnection) -> list[str]:
        return stale(connection, self.fingerprints())

    def build(self, connection: DuckDBPyConnection) -> list[str]:
        """Builds what is stale, in order, and pretends to judge and to publish; what was stale."""
        names = self.stale(connection)
        for name, table in self.tables.items():
            if name in names and table.layer == "staging":
                build_staging(connection, self.source, self.store)
            elif name in names:
                build_table(connection, table)
        connection.execute("create schema if not exists claims")
        connection.execute("create table if not exists claims.verdict (claim_id varchar)")
        record(connection, VERDICTS, verdicts_from(ledger(connection)), 0, 0)
        record(connection, RELEASE, release_from(ledger(connection)), 0, 0)
        return names


ALL = ["staging.example", "reference.kind", "core.kind", "core.model", "core.both", "marts.count_monthly"]
END = [VERDICTS, RELEASE]


@pytest.fixture
def world(tmp_path: Path, store: SnapshotStore) -> World:
    keep(store, SOURCE, models(3), "2026-05-01T00:00:00+00:00")
    return World(tmp_path, store)


def test_all_is_stale_at_first_and_nothing_after_a_build(connection: DuckDBPyConnection, world: World) -> None:
    assert sorted(world.build(connection)) == sorted([*ALL, *END])
    assert world.stale(connection) == []
    assert rows(connection, "from marts.count_monthly") == [("5",)]
    assert world.build(connection) == []


CHANGES: dict[str, tuple[Callable[[World], object], list[str]]] = {
    "SQL at the start": (
        lambda w: w.write("core.model", "select upper(model_example_id) as model_id from staging.example"),
        ["core.model", "core.both", "marts.count_monthly", *END],
    ),
    "SQL at the end": (
        lambda w: w.write("marts.count_monthly", "select 'x' as model_id from core.both"),
        ["marts.count_monthly", *END],
    ),
    "a header": (
        lambda w: w.write("core.kind", "select kind as model_id from reference.kind", "checks:\n  - at_least: 1\n"),
        ["core.kind", "core.both", "marts.count_monthly", *END],
    ),
    "a reference": (
        lambda w: w.write_kinds("open\n"),
        ["reference.kind", "core.kind", "core.both", "marts.count_monthly", *END],
    ),
    "a snapshot more": (
        lambda w: keep(w.store, SOURCE, models(4), "2026-05-02T00:00:00+00:00"),
        ["staging.example", "core.model", "core.both", "marts.count_monthly", *END],
    ),
    "a snapshot less": (
        lambda w: shutil.rmtree(w.store.all("example")[0].folder),
        ["core.model", "core.both", "marts.count_monthly", *END],
    ),
    "the contract": (
        lambda w: setattr(w, "source", make_source(fields=(replace(FIELDS[0], expression="lower({})"), *FIELDS[1:]))),
        ["staging.example", "core.model", "core.both", "marts.count_monthly", *END],
    ),
    "a quarantined snapshot": (lambda w: keep(w.store, SOURCE, b"[]", "2026-05-02T00:00:00+00:00"), []),
    "nothing but time": (lambda w: os.utime(w.folder / "core" / "model.sql"), []),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_makes_stale_what_rests_on_it_and_nothing_else(
    connection: DuckDBPyConnection, world: World, name: str
) -> None:
    world.build(connection)
    change, expected = CHANGES[name]
    change(world)
    assert sorted(world.stale(connection)) == sorted(expected)
    assert sorted(world.build(connection)) == sorted(expected)
    assert world.stale(connection) == []


def test_a_table_that_is_gone_or_was_refused_is_built_again(connection: DuckDBPyConnection, world: World) -> None:
    world.build(connection)
    connection.execute("drop table core.kind")
    assert world.stale(connection) == ["core.kind"]
    world.build(connection)
    forget(connection, "core.kind")
    assert world.stale(connection) == ["core.kind"]


def test_a_table_taken_out_of_the_project_leaves_nothing_stale(connection: DuckDBPyConnection, world: World) -> None:
    world.write("marts.other_monthly", "select 'x' as model_id from core.both")
    world.build(connection)
    (world.folder / "marts" / "other_monthly.sql").unlink()
    assert sorted(world.build(connection)) == sorted(END)
    assert world.stale(connection) == []


def test_a_failed_build_stays_stale_with_all_that_rests_on_it(connection: DuckDBPyConnection, world: World) -> None:
    world.build(connection)
    world.write("core.kind", "select error('no') as model_id from reference.kind")
    with pytest.raises(duckdb.Error):
        world.build(connection)
    assert sorted(world.stale(connection)) == sorted(["core.kind", "core.both", "marts.count_monthly", *END])
    assert rows(connection, "select count(*) from core.kind") == [(2,)]


def test_code_hashes_follow_content_and_names_only(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    first = code_hash(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("x")
    os.utime(tmp_path / "a.py", (0, 0))
    assert code_hash(tmp_path) == first
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert code_hash(tmp_path) != first


def vintages(store: SnapshotStore, *counts: int) -> list[Snapshot]:
    return [
        keep(store, SOURCE, models(count), f"2026-05-{day:02}T00:00:00+00:00") for day, count in enumerate(counts, 1)
    ]


def row_ids(connection: DuckDBPyConnection, table: str) -> dict[str, set[int]]:
    """Where on disk the rows of each snapshot are: the same before and after unless they were written again."""
    found: dict[str, set[int]] = {}
    for snapshot_id, row_id in rows(connection, f"select snapshot_id, rowid from {table}"):
        found.setdefault(snapshot_id, set()).add(row_id)
    return found


def test_only_new_snapshots_are_loaded(connection: DuckDBPyConnection, store: SnapshotStore) -> None:
    first, second = vintages(store, 3, 4)
    assert load(connection, SOURCE, [first]) == 3
    before = {table: row_ids(connection, table) for table in ("raw.example", "staging.example")}
    assert load(connection, SOURCE, [first, second]) == 7
    for table, held in before.items():
        now = row_ids(connection, table)
        assert now[first.snapshot_id] == held[first.snapshot_id]
        assert len(now[second.snapshot_id]) == 4
    assert load(connection, SOURCE, [first, second]) == 7


def test_a_removed_snapshot_takes_its_rows_along(connection: DuckDBPyConnection, store: SnapshotStore) -> None:
    first, second = vintages(store, 3, 4)
    load(connection, SOURCE, [first, second])
    assert load(connection, SOURCE, [second]) == 4
    for table in ("raw.example", "staging.example"):
        assert row_ids(connection, table).keys() == {second.snapshot_id}
    assert load(connection, SOURCE, []) == 0


def test_a_changed_contract_types_every_snapshot_again(connection: DuckDBPyConnection, store: SnapshotStore) -> None:
    snapshots = vintages(store, 2, 2)
    load(connection, SOURCE, snapshots)
    more = Field("is_hidden", "BOOLEAN", "$.open", "the opposite", expression="not {}")
    changed = make_source(fields=(*FIELDS, more))
    assert load(connection, changed, snapshots) == 4
    typed = rows(connection, "select model_example_id, is_open, is_hidden from staging.example order by all")
    assert typed == [("m0", True, False)] * 2 + [("m1", False, True)] * 2
    assert load(connection, SOURCE, snapshots) == 4
    assert "is_hidden" not in comments(connection, "staging.example")[1]


def test_a_changed_cut_cuts_every_snapshot_again(
    connection: DuckDBPyConnection, store: SnapshotStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    code = tmp_path / "cut_of_this_test.py"
    body = "import json\n\n\ndef cut(content):\n    yield from json.loads(content){}\n"
    code.write_text(body.format(""))
    module = importlib.import_module("cut_of_this_test")
    source = make_source(origins=(HttpOrigin(URL, module.cut),))
    keep(store, source, models(3), "2026-05-01T00:00:00+00:00")
    build_staging(connection, source, store)
    before = fingerprints({}, {"example": source}, store)
    code.write_text(body.format("[:2]"))
    source = make_source(origins=(HttpOrigin(URL, importlib.reload(module).cut),))
    assert fingerprints({}, {"example": source}, store)["staging.example"] != before["staging.example"]
    assert build_staging(connection, source, store).row_count == 2
    del sys.modules["cut_of_this_test"]


def test_a_load_that_fails_leaves_both_tables_as_they_were(
    connection: DuckDBPyConnection, store: SnapshotStore
) -> None:
    first, second = vintages(store, 3, 4)
    load(connection, SOURCE, [first])
    second.payload.write_bytes(b"damaged")
    with pytest.raises(ValueError, match=second.payload.name):
        load(connection, SOURCE, [second])
    for table in ("raw.example", "staging.example"):
        assert row_ids(connection, table).keys() == {first.snapshot_id}


def test_rows_of_staging_carry_their_trace_and_words(connection: DuckDBPyConnection, store: SnapshotStore) -> None:
    (snapshot,) = vintages(store, 2)
    built = build_staging(connection, SOURCE, store)
    assert (built.table, built.row_count) == ("staging.example", 2)
    assert isinstance(built, Built)
    assert rows(connection, "from staging.example order by position") == [
        (snapshot.snapshot_id, "models.example/api.json", datetime(2026, 5, 1, tzinfo=UTC), 1, "m0", "Model 0",
         date(2026, 5, 1), True, 1.0),
        (snapshot.snapshot_id, "models.example/api.json", datetime(2026, 5, 1, tzinfo=UTC), 2, "m1", "Model 1",
         date(2026, 5, 1), False, 1.0),
    ]  # fmt: skip
    said, columns = comments(connection, "staging.example")
    assert said.startswith("Each model of the example.")
    assert columns["input_price_usd_per_mtok"] == "USD per million input tokens, from USD per token"
    assert columns["observed_at"].startswith("when the source showed this")
    assert comments(connection, "raw.example")[1]["record"] == "the record as received"


def test_a_source_without_snapshots_has_empty_tables(connection: DuckDBPyConnection, store: SnapshotStore) -> None:
    assert build_staging(connection, SOURCE, store).row_count == 0
    assert rows(connection, "from staging.example") == []


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Los_Angeles", "UTC"])
def test_days_are_those_of_utc_wherever_the_machine_is(
    tmp_path: Path, store: SnapshotStore, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        late = keep(store, SOURCE, models(1), "2026-05-01T23:30:00+00:00")
        early = keep(store, SOURCE, models(1), "2026-05-02T00:30:00+00:00")
        with writer(tmp_path / "work.duckdb") as connection:
            load(connection, SOURCE, [late, early])
            days = rows(connection, "select cast(observed_at as date) from staging.example order by observed_at")
            months = rows(connection, "select distinct date_trunc('month', observed_at) from staging.example")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert days == [(date(2026, 5, 1),), (date(2026, 5, 2),)]
    assert [str(month[0])[:10] for month in months] == ["2026-05-01"]


def test_snapshots_of_two_origins_share_a_table(connection: DuckDBPyConnection, store: SnapshotStore) -> None:
    here, there = (HttpOrigin(f"https://{name}.example/x", cut) for name in ("here", "there"))
    source = make_source(origins=(here, there))
    for origin in (here, there):
        keep(store, source, models(2), "2026-05-01T00:00:00+00:00", origin=origin.name)
    assert build_staging(connection, source, store).row_count == 4
    assert rows(connection, "select distinct origin from staging.example order by 1") == [
        ("here.example/x",), ("there.example/x",),
    ]  # fmt: skip


def test_building_twice_from_the_same_snapshots_gives_the_same_rows(tmp_path: Path, store: SnapshotStore) -> None:
    snapshots = vintages(store, 5, 3, 4)
    tables = []
    for name, order in (("a", snapshots), ("b", snapshots[::-1])):
        with writer(tmp_path / f"{name}.duckdb") as connection:
            load(connection, SOURCE, order)
            tables.append(rows(connection, "from staging.example order by all"))
    assert tables[0] == tables[1]


def test_a_manifest_of_an_origin_no_longer_declared_is_an_error(
    connection: DuckDBPyConnection, store: SnapshotStore
) -> None:
    store.put(make_manifest(models(1), origin="gone.example/x"), models(1))
    with pytest.raises((LookupError, ValueError), match=r"gone\.example/x"):
        build_staging(connection, SOURCE, store)
