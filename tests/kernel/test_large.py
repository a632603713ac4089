"""Large Parquet sources end to end: resumed, judged on disk, kept as changes that replay to the newest state."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kernel_support import clear_environment, make_source, quick_client
from made_answers import parquet
from misbehaving import Answer, Server

from pipeline.kernel.capture import accept, capture
from pipeline.kernel.changes import CHANGES, STATE, replay, state_of
from pipeline.kernel.columns import address, bound_memory, open_files
from pipeline.kernel.download import download
from pipeline.kernel.partial import Partial
from pipeline.kernel.result import Result
from pipeline.kernel.snapshot import RECEIVED, SnapshotStore
from pipeline.kernel.source import Bounds, Field, ParquetOrigin, Source
from pipeline.kernel.staging import load
from pipeline.kernel.warehouse import scratch, writer

PATH = "/hub.example/models.parquet"
ORIGIN = ParquetOrigin("https://hub.example/models.parquet", counters=("download_count",))
FIELDS = (
    Field("repository_tag", "VARCHAR", "$.id", "id of the repository", required=True),
    Field("download_count", "BIGINT", "$.downloads", "downloads", required=True),
    Field("licence_tag", "VARCHAR", "$.card.license", "licence in the card"),
    Field("gate_tag", "VARCHAR", "$.gated", "gate"),
    Field("base_tags", "JSON", "$.base.models[*].id", "bases", reads="VARCHAR[]", expression="to_json(list_sort({}))"),
)


def large(**changes: Any) -> Source:
    """A source of one large Parquet file."""
    return make_source(**{"origins": (ORIGIN,), "fields": FIELDS, "key": ("repository_tag",), **changes})


def row(number: int, **changes: Any) -> dict[str, Any]:
    """One well-formed row."""
    base = {"relation": "finetune", "models": [{"id": "meta/llama"}]} if number % 2 else None
    return {
        "id": f"a/m{number}", "downloads": number, "card": '{"license": "mit"}', "gated": "false", "base": base,
        "tags": ["x"], **changes,
    }  # fmt: skip


def rows(count: int, **changes: Any) -> list[dict[str, Any]]:
    return [row(number, **changes) for number in range(count)]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    clear_environment(monkeypatch)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as running:
        monkeypatch.setenv("AJAR_ORIGIN", running.url)
        yield running


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "snapshots")


def ask(source: Source, store: SnapshotStore, **client: Any) -> Result:
    with quick_client(**client) as opened:
        (result,) = capture(source, store, opened)
    return result


def serve(server: Server, content: Sequence[Mapping[str, Any]] | bytes, version: int = 1, **changes: Any) -> None:
    body = content if isinstance(content, bytes) else parquet([dict(one) for one in content])
    server.on(PATH, Answer(body, etag=f'"v{version}"', ranges=True, **changes))


def age(store: SnapshotStore, days: int = 1) -> None:
    """Makes what is held look observed some days earlier, as time would."""
    for snapshot in store.all("example", None):
        earlier = datetime.fromisoformat(snapshot.manifest.observed_at) - timedelta(days=days)
        manifest = replace(snapshot.manifest, observed_at=earlier.isoformat())
        (snapshot.folder / "manifest.json").write_text(manifest.to_json())
        snapshot.folder.rename(store.folder / manifest.snapshot_id)


def usage(store: SnapshotStore) -> dict[str, int]:
    """Bytes of every file below the store but the log, which gets a line for each attempt."""
    return {str(p): p.stat().st_size for p in store.folder.rglob("*") if p.is_file() and p.suffix != ".jsonl"}


def staged(source: Source, store: SnapshotStore, tmp_path: Path, columns: str) -> list[tuple[Any, ...]]:
    with writer(tmp_path / "work.duckdb") as connection:
        load(connection, source, store.all(source.name))
        return connection.execute(
            f"select {columns} from staging.example order by observed_at, change_tag, repository_tag"
        ).fetchall()


def states(source: Source, store: SnapshotStore) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The newest state as kept and as replayed from all changes."""
    with scratch() as connection:
        snapshots = store.all(source.name)
        kept = state_of(connection, source, snapshots)
        assert (snapshots[-1].folder / STATE).exists() == (len(snapshots) > 1)
        played = replay(connection, source, snapshots)
        return tuple(connection.execute(f"select * from ({q}) order by all").fetchall() for q in (kept, played))  # type: ignore[return-value]


def test_the_first_capture_is_typed_column_by_column_and_kept_whole(
    server: Server, store: SnapshotStore, tmp_path: Path
) -> None:
    serve(server, [row(1), row(2, card="no JSON", gated=None), row(3, card='{"license": ["mit", "other"]}')])
    result = ask(large(), store)
    assert (result.attempt, result.reason) == ("accepted", "")
    (snapshot,) = store.all("example")
    manifest = snapshot.manifest
    assert (manifest.record_count, manifest.change_count, manifest.etag) == (3, 3, '"v1"')
    assert manifest.keys == ("base", "card", "downloads", "gated", "id", "tags")
    assert {p.name for p in snapshot.folder.iterdir()} == {CHANGES, RECEIVED, "manifest.json"}
    found = staged(large(), store, tmp_path, "position, change_tag, repository_tag, licence_tag, gate_tag, base_tags")
    assert found == [
        (1, "new", "a/m1", "mit", "false", '["meta/llama"]'),
        (2, "new", "a/m2", None, None, None),
        (3, "new", "a/m3", '["mit","other"]', "false", '["meta/llama"]'),
    ]
    traced = staged(large(), store, tmp_path, "snapshot_id, origin, observed_at")
    assert traced == 3 * [(snapshot.snapshot_id, ORIGIN.name, datetime.fromisoformat(manifest.observed_at))]


def test_an_unchanged_file_costs_one_conditional_request_and_no_disk(server: Server, store: SnapshotStore) -> None:
    serve(server, rows(50))
    ask(large(), store)
    before, asked = usage(store), len(server.requests)
    for _ in range(3):
        assert ask(large(), store).attempt == "unchanged"
    assert usage(store) == before
    assert [request.headers.get("If-None-Match") for request in server.requests[asked:]] == ['"v1"'] * 3


def test_a_later_capture_keeps_what_changed(server: Server, store: SnapshotStore, tmp_path: Path) -> None:
    serve(server, rows(10))
    ask(large(), store)
    age(store)
    changed = [row(n) for n in range(9) if n != 3] + [row(20)]
    changed[0] = row(0, downloads=99)
    changed[1] = row(1, gated="manual")
    serve(server, changed, 2)
    assert ask(large(), store).attempt == "accepted"
    first, second = store.all("example")
    assert {p.name for p in first.folder.iterdir()} == {CHANGES, "manifest.json"}
    assert {p.name for p in second.folder.iterdir()} == {CHANGES, STATE, RECEIVED, "manifest.json"}
    assert (second.manifest.record_count, second.manifest.change_count) == (9, 5)
    columns = "change_tag, repository_tag, download_count, licence_tag, gate_tag"
    assert staged(large(), store, tmp_path, columns)[10:] == [
        ("attributes", "a/m1", 1, "mit", "manual"),
        ("counters", "a/m0", 99, None, None),
        ("gone", "a/m3", None, None, None),
        ("gone", "a/m9", None, None, None),
        ("new", "a/m20", 20, "mit", "false"),
    ]
    kept, replayed = states(large(), store)
    assert kept == replayed
    assert len(kept) == 9


def test_loading_again_and_dropping_snapshots(server: Server, store: SnapshotStore, tmp_path: Path) -> None:
    serve(server, rows(10))
    ask(large(), store)
    age(store)
    serve(server, rows(12), 2)
    ask(large(), store)
    assert len(staged(large(), store, tmp_path, "repository_tag")) == 12
    assert len(staged(large(), store, tmp_path, "repository_tag")) == 12
    shutil.rmtree(store.all("example")[-1].folder)
    assert len(staged(large(), store, tmp_path, "repository_tag")) == 10
    # The state went with its capture; the next is compared with what the changes replay to.
    serve(server, rows(11), 3)
    ask(large(), store)
    assert store.all("example")[-1].manifest.change_count == 1


STRING = pa.string()
BASE = pa.struct({"relation": STRING, "models": pa.list_(pa.struct({"id": STRING}))})
values = st.fixed_dictionaries(
    {
        "downloads": st.integers(0, 2),
        "card": st.sampled_from([None, "{}", '{"license": "mit"}']),
        "gated": st.sampled_from([None, "auto"]),
        "base": st.sampled_from([None, {"relation": "merge", "models": [{"id": "b"}, {"id": "a"}]}]),
    }
)
captures = st.lists(st.dictionaries(st.sampled_from("abcd"), values, min_size=1), min_size=1, max_size=5)


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(captures)
def test_changes_replay_to_the_state_whatever_happens(
    server: Server, store: SnapshotStore, history: list[dict[str, dict[str, Any]]]
) -> None:
    shutil.rmtree(store.folder, ignore_errors=True)
    source = large(bounds=Bounds(min_records=1, max_drop=1))
    for number, capture_of_day in enumerate(history):
        content = [{"id": key, "downloads": 0, "card": None, "gated": None, "base": None, **value}
                   for key, value in capture_of_day.items()]  # fmt: skip
        body = parquet(content, card=STRING, gated=STRING, base=BASE)
        serve(server, body, number)
        assert ask(source, store).attempt in ("accepted", "unchanged")
        kept, replayed = states(source, store)
        assert kept == replayed
        assert [line[0] for line in kept] == sorted(capture_of_day)
        age(store)


def test_a_download_that_was_cut_is_gone_on_with_by_the_next_run(server: Server, store: SnapshotStore) -> None:
    body = parquet([row(n, tags=[Random(n).randbytes(200).hex()]) for n in range(2000)])  # noqa: S311
    serve(server, body, keep=len(body) // 2)
    assert ask(large(), store, max_tries=1).attempt == "failed"
    incoming = store.incoming("example", ORIGIN.name) / "file.parquet"
    held = Partial(incoming).size
    assert held > 0
    serve(server, body)
    assert ask(large(), store).attempt == "accepted"
    assert server.requests[-1].headers["Range"] == f"bytes={held}-"
    assert not incoming.parent.exists()


def test_a_file_that_came_in_whole_is_not_fetched_again_after_a_kill(server: Server, store: SnapshotStore) -> None:
    serve(server, rows(200))
    incoming = store.incoming("example", ORIGIN.name)
    with quick_client() as client:
        download(ORIGIN, client, incoming, ORIGIN.url)  # and here the process dies
    assert sorted(path.name for path in incoming.iterdir()) == ["file.parquet", "file.parquet.json"]
    assert ask(large(), store).attempt == "accepted"
    assert store.all("example")[0].manifest.etag == '"v1"'
    assert [request.headers.get("If-None-Match") for request in server.requests] == [None, '"v1"']
    # The same, with another version at the source by now.
    age(store)
    with quick_client() as client:
        download(ORIGIN, client, incoming, ORIGIN.url)
    serve(server, rows(210), 2)
    assert ask(large(), store).attempt == "accepted"
    assert store.all("example")[-1].manifest.record_count == 210


def test_what_a_killed_run_left_is_taken_away_in_time(server: Server, store: SnapshotStore) -> None:
    serve(server, rows(10))
    old, young = (store.folder / "example" / f".partial-{name}" for name in ("old", "young"))
    for left in (old, young):
        (left / "snapshot").mkdir(parents=True)
    os.utime(old, (0, 0))
    ask(large(), store)
    assert (old.exists(), young.exists()) == (False, True)


def test_a_fall_is_quarantined_kept_and_may_be_accepted_by_hand(
    server: Server, store: SnapshotStore, tmp_path: Path
) -> None:
    serve(server, rows(100))
    ask(large(), store)
    age(store)
    serve(server, rows(20), 2)
    result = ask(large(), store)
    assert (result.attempt, "fall of at most" in result.reason) == ("quarantined", True)
    (held,) = store.all("example", "quarantined")
    assert {p.name for p in held.folder.iterdir()} == {RECEIVED, "manifest.json"}
    assert len(staged(large(), store, tmp_path, "repository_tag")) == 100
    before = usage(store)
    assert ask(large(), store).attempt == "quarantined"
    assert usage(store) == before
    accept(large(), store, held.snapshot_id, "the Hub cleaned up")
    assert store.all("example")[-1].manifest.change_count == 80
    kept, replayed = states(large(), store)
    assert kept == replayed


def test_a_quarantined_capture_that_is_overtaken_stays_where_it_is(server: Server, store: SnapshotStore) -> None:
    serve(server, rows(100))
    ask(large(), store)
    age(store)
    serve(server, rows(20), 2)
    ask(large(), store)
    age(store)
    serve(server, rows(101), 3)
    assert ask(large(), store).attempt == "accepted"
    (held,) = store.all("example", "quarantined")
    assert not (held.folder / RECEIVED).exists()
    with pytest.raises(ValueError, match=f"remove {store.folder}.* and capture again"):
        accept(large(), store, held.snapshot_id, "late")


def test_a_laxer_contract_lets_a_quarantined_capture_in(server: Server, store: SnapshotStore) -> None:
    strict = large(bounds=Bounds(min_records=200))
    serve(server, rows(100))
    assert ask(strict, store).attempt == "quarantined"
    assert ask(large(), store).attempt == "unchanged"
    assert store.all("example")[-1].manifest.change_count == 100
    assert not store.all("example", "quarantined")


def test_a_field_added_later_is_filled_by_the_next_capture(
    server: Server, store: SnapshotStore, tmp_path: Path
) -> None:
    serve(server, rows(10))
    ask(large(fields=FIELDS[:3]), store)
    age(store)
    found = staged(large(), store, tmp_path, "repository_tag, gate_tag")
    assert found[0] == ("a/m0", None)
    serve(server, [*rows(10), row(11)], 2)
    ask(large(), store)
    assert store.all("example")[-1].manifest.change_count == 11
    kept, replayed = states(large(), store)
    assert kept == replayed


def test_kept_changes_that_are_damaged_are_not_loaded(server: Server, store: SnapshotStore, tmp_path: Path) -> None:
    serve(server, rows(10))
    ask(large(), store)
    file = store.all("example")[0].folder / CHANGES
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(ValueError, match="expected changes with sha256"):
        staged(large(), store, tmp_path, "repository_tag")
    file.unlink()
    with pytest.raises(ValueError, match="found no file"):
        staged(large(), store, tmp_path, "repository_tag")


def test_a_page_of_data_that_is_damaged_where_the_judge_does_not_look(server: Server, store: SnapshotStore) -> None:
    body = bytearray(parquet([row(n, gated=Random(n).randbytes(20).hex()) for n in range(3000)]))  # noqa: S311
    place = body.index(Random(0).randbytes(20).hex()[:6].encode())  # noqa: S311
    body[place - 40 : place + 4000] = bytes(4040)
    serve(server, bytes(body))
    result = ask(large(), store)
    assert result.attempt == "quarantined"
    assert result.reason.startswith("expected Parquet that can be")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"<html>sorry</html>", b"[]"])
def test_what_is_no_parquet_is_quarantined(server: Server, store: SnapshotStore, content: bytes) -> None:
    serve(server, content)
    result = ask(large(), store)
    assert result.attempt == "quarantined"
    assert result.reason.startswith("expected ")


def monthly(server: Server, months: Mapping[str, Sequence[Mapping[str, Any]]], keep: str = "") -> Source:
    """A source of a file a month, as the server has them."""
    server.on("/hub.example/meta.json", Answer(b"{}"))
    for month, content in months.items():
        body = parquet([dict(one) for one in content])
        server.on(f"/hub.example/{month}.parquet", Answer(body, etag=f'"{hash(body)}"', ranges=True))
    named = [(month, f"https://hub.example/{month}.parquet") for month in months]
    origin = ParquetOrigin("https://hub.example/meta.json", "series", dated=lambda first: named, keep=keep)
    return large(origins=(origin,))


def asked(server: Server, since: int = 0) -> list[str]:
    """Months that were asked for, with a star where only for news."""
    return [
        request.target.removeprefix("/hub.example/").removesuffix(".parquet")
        + ("*" if "If-None-Match" in request.headers else "")
        for request in server.requests[since:]
        if request.target.endswith(".parquet")
    ]


def test_each_dated_file_is_a_capture(server: Server, store: SnapshotStore, tmp_path: Path) -> None:
    months = {"2026-01": rows(3), "2026-02": [{"id": "a/m9", "downloads": 5.0}]}
    source = monthly(server, months, keep="download_count > 0")
    assert ask(source, store).attempt == "accepted"
    assert {(s.manifest.version, s.manifest.record_count) for s in store.all("example")} == {
        ("2026-01", 3),
        ("2026-02", 1),
    }
    found = staged(source, store, tmp_path, "repository_tag, download_count, licence_tag")
    assert sorted(found) == [("a/m1", 1, "mit"), ("a/m2", 2, "mit"), ("a/m9", 5, None)]
    before = usage(store)
    assert ask(source, store).attempt == "unchanged"
    assert usage(store) == before


def test_only_months_not_held_and_the_last_are_asked_for(server: Server, store: SnapshotStore) -> None:
    months = {f"2026-0{month}": [row(month)] for month in (1, 2, 3)}
    ask(monthly(server, months), store)
    assert asked(server) == ["2026-01", "2026-02", "2026-03"]
    age(store)
    done = len(server.requests)
    months |= {"2026-03": [row(3, downloads=7)], "2026-04": [row(4)], "2026-01": [row(1, downloads=9)]}
    source = monthly(server, months)
    assert ask(source, store).attempt == "accepted"
    assert asked(server, done) == ["2026-03*", "2026-04"]
    versions = [s.manifest.version for s in store.all("example")]
    assert sorted(versions) == ["2026-01", "2026-02", "2026-03", "2026-03", "2026-04"]


def test_a_backfill_asks_for_every_month_and_takes_what_was_rebuilt(
    server: Server, store: SnapshotStore, tmp_path: Path
) -> None:
    months = {f"2026-0{month}": [row(month)] for month in (1, 2, 3, 4)}
    ask(monthly(server, months), store)
    age(store)
    shutil.rmtree(next(s.folder for s in store.all("example") if s.manifest.version == "2026-02"))
    done = len(server.requests)
    source = monthly(server, {**months, "2026-01": [row(1, downloads=9)]})
    with quick_client() as client:
        (result,) = capture(source, store, client, reach="past")
    assert result.attempt == "accepted"
    assert asked(server, done) == ["2026-01*", "2026-02", "2026-03*", "2026-04*"]
    rebuilt = store.all("example")[-2:]
    assert {(s.manifest.version, s.manifest.change_count) for s in rebuilt} == {("2026-01", 1), ("2026-02", 1)}
    found = staged(source, store, tmp_path, "change_tag, repository_tag, download_count")
    assert ("attributes", "a/m1", 9) in found
    assert len(found) == 5


def test_a_month_that_fails_stops_no_other(server: Server, store: SnapshotStore) -> None:
    source = monthly(server, {f"2026-0{month}": [row(month)] for month in (1, 2, 3)})
    server.on("/hub.example/2026-02.parquet", Answer(b"", status=404))
    result = ask(source, store)
    assert (result.attempt, "2026-02" in result.reason) == ("failed", True)
    assert sorted(s.manifest.version for s in store.all("example")) == ["2026-01", "2026-03"]


def test_disk_grows_with_what_changes(server: Server, store: SnapshotStore) -> None:
    """Twenty captures of which one record in fifty changes cost less than the first two did."""
    content = [row(n, card=f'{{"license": "{Random(n).randbytes(30).hex()}"}}') for n in range(2000)]  # noqa: S311
    serve(server, content)
    ask(large(), store)
    first = (store.all("example")[0].folder / CHANGES).stat().st_size
    for day in range(1, 21):
        age(store)
        for n in range(day, 2000, 50):
            content[n] = {**content[n], "downloads": content[n]["downloads"] + day}
        serve(server, content, day + 1)
        assert ask(large(), store).attempt == "accepted"
    sizes = [(snapshot.folder / CHANGES).stat().st_size for snapshot in store.all("example")]
    assert sum(sizes[1:]) < 2 * first
    assert max(sizes[1:]) < 1.5 * min(sizes[1:])
    assert sum((snapshot.folder / RECEIVED).exists() for snapshot in store.all("example")) == 1


def test_memory_is_bounded(tmp_path: Path) -> None:
    with scratch() as connection:
        bound_memory(connection, tmp_path)
        found = connection.execute("select current_setting('memory_limit')").fetchone()
        assert found is not None
        assert found[0].startswith("1.1 GiB")
        connection.execute("set memory_limit = '1MB'")
        with pytest.raises(duckdb.OutOfMemoryException):
            connection.execute("select list(range) from range(10000000)").fetchall()


MODELS_OF_BASE = "list_transform(struct_extract(\"base\", 'models'), lambda item: struct_extract(item, 'id'))"


@pytest.mark.parametrize(
    ("path", "sql"),
    [
        ("$.id", '"id"'),
        ("$.base.relation", "struct_extract(\"base\", 'relation')"),
        ("$.base.models[*].id", MODELS_OF_BASE),
        ("$.nothing", None),
        ("$.base.nothing", None),
        ("$.base.models[*].nothing", None),
        ("$.downloads.total", None),
    ],
)  # fmt: skip
def test_paths_through_columns(tmp_path: Path, path: str, sql: str | None) -> None:
    file = tmp_path / "x.parquet"
    file.write_bytes(parquet(rows(2)))
    with scratch() as connection:
        (opened,) = open_files(connection, [file])
        assert address(path, opened.columns) == sql


def test_a_source_of_both_kinds_is_refused() -> None:
    with pytest.raises(ValueError, match="some origins are Parquet"):
        make_source(origins=(*make_source().origins, ORIGIN))


def test_the_contract_of_a_large_source_changes_with_its_fields() -> None:
    assert large().contract_hash != large(fields=FIELDS[:4]).contract_hash
