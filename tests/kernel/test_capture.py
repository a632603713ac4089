"""Captures to the end, against a server and an index that misbehave: kept, judged, told; never lost, never raised."""

import json
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kernel_support import (
    MEMBER,
    Index,
    answer,
    clear_environment,
    cut,
    keep,
    make_manifest,
    make_source,
    models,
    packaged,
    quick_client,
    record,
)
from misbehaving import Answer, Server

from pipeline.kernel.capture import accept, capture, capture_all, is_due
from pipeline.kernel.progress import listening, say
from pipeline.kernel.result import Result
from pipeline.kernel.snapshot import MANIFEST, SnapshotStore
from pipeline.kernel.source import Bounds, HttpOrigin, Record, Source
from pipeline.kernel.staging import load
from pipeline.kernel.warehouse import writer
from pipeline.sources.models_dev import SOURCE as MODELS_DEV

PATH = "/models.example/api.json"
JSON = {"Content-Type": "application/json"}
HIDDEN = "s3cr3t-of-the-test"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    clear_environment(monkeypatch)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as running:
        monkeypatch.setenv("AJAR_ORIGIN", running.url)
        yield running


@pytest.fixture
def index(server: Server, monkeypatch: pytest.MonkeyPatch) -> Index:
    index = Index(server)
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    return index


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "snapshots")


def ask(source: Source, store: SnapshotStore, **settings: Any) -> list[Result]:
    with quick_client(**settings) as client:
        return capture(source, store, client)


def ask_one(source: Source, store: SnapshotStore, **settings: Any) -> Result:
    (result,) = ask(source, store, **settings)
    return result


def attempts(store: SnapshotStore, source: str = "example") -> list[str]:
    return [entry["attempt"] for entry in store.log(source)]


def files(store: SnapshotStore) -> set[Path]:
    return {path for path in store.folder.rglob("*") if path.is_file() and path.suffix != ".jsonl"}


def age_all(store: SnapshotStore, days: int = 1) -> None:
    """Makes what is held look observed some days ago, as time would."""
    held = [(snapshot, snapshot.read()) for snapshot in store.all("example", None)]
    for snapshot, _ in held:
        shutil.rmtree(snapshot.folder)
    for snapshot, content in held:
        earlier = datetime.fromisoformat(snapshot.manifest.observed_at) - timedelta(days=days)
        store.put(replace(snapshot.manifest, observed_at=earlier.isoformat()), content)


def loaded(store: SnapshotStore, source: Source, tmp_path: Path) -> int:
    with writer(tmp_path / "work.duckdb") as connection:
        return load(connection, source, store.all(source.name))


def test_an_answer_is_kept_with_all_that_is_known_of_it(server: Server, store: SnapshotStore, tmp_path: Path) -> None:
    server.on(PATH, Answer(models(30), headers=JSON, etag='"v1"', gzip=True))
    began = datetime.now(UTC).replace(microsecond=0)
    result = ask_one(make_source(), store)
    (snapshot,) = store.all("example")
    assert result == Result("example", "models.example/api.json", "accepted", "", (snapshot.snapshot_id,))
    manifest = snapshot.manifest
    assert snapshot.read() == models(30)
    assert manifest == replace(
        make_manifest(models(30)), observed_at=manifest.observed_at, captured_at=manifest.captured_at, status=200,
        content_type="application/json", etag='"v1"', record_count=30, keys=("id", "name", "open", "price", "released"),
    )  # fmt: skip
    assert began <= datetime.fromisoformat(manifest.observed_at) <= datetime.now(UTC)
    assert attempts(store) == ["accepted"]
    assert loaded(store, make_source(), tmp_path) == 30


def test_a_source_of_the_project_is_captured_from_its_own_address(server: Server, store: SnapshotStore) -> None:
    model = {"id": "m", "name": "M", "release_date": "2026-05-01", "open_weights": True, "cost": {"input": 1}}
    host = {"name": "Host", "models": {str(n): {**model, "id": f"m{n}"} for n in range(2500)}}
    server.on("/models.dev/api.json", Answer(json.dumps({"host": host}).encode(), headers=JSON))
    address = next(origin for origin in MODELS_DEV.origins if isinstance(origin, HttpOrigin))
    result = ask_one(replace(MODELS_DEV, origins=(address,)), store)
    assert (result.attempt, result.reason) == ("accepted", "")
    assert store.all("models_dev")[0].manifest.record_count == 2500


@pytest.mark.parametrize("mark", ["etag", "last_modified"])
def test_an_unchanged_answer_costs_one_request_and_no_disk(server: Server, store: SnapshotStore, mark: str) -> None:
    value = '"v1"' if mark == "etag" else "Fri, 01 May 2026 10:00:00 GMT"
    server.on(PATH, Answer(models(3), headers=JSON, **{mark: value}))  # type: ignore[arg-type]
    ask(make_source(), store)
    before = files(store)
    assert ask_one(make_source(), store) == Result("example", "models.example/api.json", "unchanged", "")
    first, second = server.requests
    asked = {"etag": "If-None-Match", "last_modified": "If-Modified-Since"}[mark]
    assert asked not in first.headers
    assert second.headers[asked] == value
    assert files(store) == before
    assert attempts(store) == ["accepted", "unchanged"]


def test_the_same_bytes_without_validators_are_unchanged(server: Server, store: SnapshotStore) -> None:
    server.on(PATH, Answer(models(3), headers=JSON))
    ask(make_source(), store)
    before = files(store)
    assert ask_one(make_source(), store).attempt == "unchanged"
    assert files(store) == before


def test_other_bytes_are_a_new_snapshot_and_new_keys_are_told(server: Server, store: SnapshotStore) -> None:
    server.on(
        PATH, Answer(models(3), headers=JSON), Answer(answer(*(record(n, extra=1) for n in range(4))), headers=JSON)
    )
    ask(make_source(), store)
    age_all(store)
    assert ask_one(make_source(), store).attempt == "accepted"
    old, new = store.all("example")
    assert (old.manifest.new_keys, new.manifest.new_keys) == ((), ("extra",))
    assert [s.manifest.record_count for s in (old, new)] == [3, 4]


def test_a_busy_server_is_asked_again(server: Server, store: SnapshotStore) -> None:
    server.on(PATH, Answer(status=503), Answer(status=500), Answer(models(3), headers=JSON))
    assert ask_one(make_source(), store).attempt == "accepted"
    assert len(server.requests) == 3


def test_a_pause_that_the_server_asks_for_is_kept(server: Server, store: SnapshotStore) -> None:
    server.on(PATH, Answer(status=429, headers={"Retry-After": "1"}), Answer(models(3), headers=JSON))
    assert ask_one(make_source(), store).attempt == "accepted"
    first, second = server.requests
    assert second.at - first.at >= 1


def test_a_pause_longer_than_a_run_sleeps_is_a_failure_that_says_when(server: Server, store: SnapshotStore) -> None:
    server.on(PATH, Answer(status=429, headers={"Retry-After": "7200"}))
    began = time.monotonic()
    result = ask_one(make_source(), store)
    assert result.attempt == "failed"
    assert "capture again after" in result.reason
    assert time.monotonic() - began < 5


def test_a_body_cut_short_is_asked_for_again_and_then_failed(server: Server, store: SnapshotStore) -> None:
    server.on(PATH, Answer(models(300), headers=JSON, keep=1000))
    result = ask_one(make_source(), store, max_tries=3)
    assert result.attempt == "failed"
    assert "whole body" in result.reason
    assert len(server.requests) == 3
    assert files(store) == set()
    assert attempts(store) == ["failed"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_a_failure_with_its_status(server: Server, store: SnapshotStore, status: int) -> None:
    server.on(PATH, Answer(b"{}", status=status))
    result = ask_one(make_source(), store)
    assert result.attempt == "failed"
    assert str(status) in result.reason
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (Answer(b"<html>Sign in</html>", headers={"Content-Type": "text/html"}), "found a page of type text/html"),
        (Answer(b"", headers=JSON), "found an empty body"),
        (Answer(b'{"error": "busy"}', headers=JSON), "cut into records"),
        (Answer(models(20), headers=JSON), "fall of at most 25%"),
    ],
    ids=["html", "empty", "other shape", "fall"],
)
def test_a_bad_answer_is_kept_apart_and_the_last_good_one_stays_loaded(
    server: Server, store: SnapshotStore, tmp_path: Path, bad: Answer, reason: str
) -> None:
    server.on(PATH, Answer(models(100), headers=JSON, etag='"good"'), bad, Answer(models(101), headers=JSON))
    source = make_source()
    ask(source, store)
    age_all(store, 2)
    result = ask_one(source, store)
    assert result.attempt == "quarantined"
    assert reason in result.reason
    (kept,) = store.all("example", "quarantined")
    assert kept.read() == bad.body
    assert kept.manifest.reason == result.reason
    assert result.snapshots == (kept.snapshot_id,)
    assert [entry["reason"] for entry in store.log("example")][-1] == result.reason
    assert loaded(store, source, tmp_path) == 100
    age_all(store)
    assert ask_one(source, store).attempt == "accepted"
    assert server.requests[-1].headers["If-None-Match"] == '"good"'
    assert loaded(store, source, tmp_path) == 201


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_a_host_that_cannot_be_reached_fails_at_once_and_says_so(store: SnapshotStore) -> None:
    port = closed_port()
    source = make_source(origins=tuple(HttpOrigin(f"http://127.0.0.1:{port}/{name}.json", cut) for name in "ab"))
    began = time.monotonic()
    first, second = ask(source, store, backoff_base=60)
    assert time.monotonic() - began < 5
    assert {first.attempt, second.attempt} == {"failed"}
    for result in (first, second):
        assert f"127.0.0.1:{port}" in result.reason
        assert "not asked again in this run" in result.reason
    assert is_due(source, store)


def explode(content: bytes) -> Iterator[Record]:
    raise RuntimeError("not foreseen")


def test_one_failing_source_stops_no_other(server: Server, store: SnapshotStore, tmp_path: Path) -> None:
    server.on(PATH, Answer(models(3), headers=JSON))
    broken = make_source(name="broken_manifest")
    damaged = keep(store, broken, models(3), "2026-05-01T00:00:00+00:00").folder / MANIFEST
    damaged.write_text("{")
    sources = [
        make_source(name="unreachable", origins=(HttpOrigin(f"http://127.0.0.1:{closed_port()}/x", cut),)),
        make_source(name="exploding", origins=(HttpOrigin("https://models.example/api.json", explode),)),
        broken,
        make_source(name="too_large", origins=(HttpOrigin("https://models.example/api.json", cut, max_bytes=10),)),
        make_source(),
    ]
    with quick_client() as client:
        client.origin, at_home = "", client.origin
        unreachable = capture(sources[0], store, client)
        client.origin = at_home
        results = unreachable + capture_all(sources[1:], store, client, workers=2)
    ended = {result.source: (result.attempt, result.reason) for result in results}
    assert [result.source for result in results] == [source.name for source in sources]
    assert ended["example"] == ("accepted", "")
    assert ended["unreachable"][0] == "failed"
    assert ended["exploding"] == (
        "quarantined", "expected an answer that can be cut into records, found RuntimeError: not foreseen",
    )  # fmt: skip
    assert ended["broken_manifest"][0] == "failed"
    assert str(damaged) in ended["broken_manifest"][1]
    assert ended["too_large"][0] == "failed"
    assert "at most 10 bytes" in ended["too_large"][1]


def test_one_failing_origin_stops_no_other_of_its_source(server: Server, store: SnapshotStore) -> None:
    gone, there = (HttpOrigin(f"https://models.example/{name}.json", cut) for name in ("gone", "api"))
    server.on(PATH, Answer(models(3), headers=JSON))
    source = make_source(origins=(gone, there))
    assert [result.attempt for result in ask(source, store)] == ["failed", "accepted"]


def test_origins_are_judged_each_against_its_own_past(server: Server, store: SnapshotStore) -> None:
    large, small = (HttpOrigin(f"https://models.example/{name}.json", cut) for name in ("large", "small"))
    server.on("/models.example/large.json", Answer(models(100), headers=JSON))
    server.on("/models.example/small.json", Answer(models(10), headers=JSON))
    source = make_source(origins=(large, small))
    assert [result.attempt for result in ask(source, store)] == ["accepted", "accepted"]
    assert [s.manifest.record_count for s in store.all("example")] == [100, 10]


def test_sources_are_asked_side_by_side(server: Server, store: SnapshotStore) -> None:
    sources = []
    for name in "abcd":
        server.on(f"/{name}.example/x", Answer(models(3), headers=JSON, silence=1.0))
        sources.append(make_source(name=name, origins=(HttpOrigin(f"https://{name}.example/x", cut),)))
    with quick_client() as client:
        results = capture_all(sources, store, client)
    assert [result.attempt for result in results] == ["accepted"] * 4
    asked = [request.at for request in server.requests]
    assert max(asked) - min(asked) < 1, "the last was asked before the first had answered"


def test_what_goes_on_is_heard_outside_of_the_threads(server: Server, store: SnapshotStore) -> None:
    server.on(PATH, Answer(models(3), headers=JSON))
    heard: list[str] = []
    threads = set()

    def tell(source: str, text: str) -> None:
        threads.add(threading.current_thread())
        say(f"{source}: {text}")

    with quick_client() as client, listening(heard.append):
        capture_all([make_source()], store, client, say=tell)
    assert heard == ["example: asking models.example/api.json", "example: models.example/api.json: accepted"]
    assert threading.main_thread() not in threads


def test_keys_in_addresses_stay_out_of_results_and_log(server: Server, store: SnapshotStore) -> None:
    source = make_source(origins=(HttpOrigin(f"https://models.example/api.json?api_key={HIDDEN}", cut),))
    server.on(PATH, Answer(status=404))
    result = ask_one(source, store)
    assert result.attempt == "failed"
    assert HIDDEN not in result.reason


def vintage(count: int) -> dict[str, bytes]:
    return {MEMBER: models(count)}


def test_each_release_of_a_package_is_a_vintage_of_its_upload(
    index: Index, store: SnapshotStore, tmp_path: Path
) -> None:
    hashes = [
        index.add("1.0", "2026-01-05T10:00:00Z", vintage(10)),
        index.add("1.1", "2026-01-25T10:00:00Z", vintage(11)),
        index.add("1.2", "2026-02-25T23:59:59.9Z", vintage(12)),
    ]
    source = packaged(every="month")
    result = ask_one(source, store)
    newer, newest = store.all("example")
    assert (result.attempt, result.snapshots) == ("accepted", (newer.snapshot_id, newest.snapshot_id))
    assert [(s.manifest.version, s.manifest.observed_at, s.manifest.record_count) for s in (newer, newest)] == [
        ("1.1", "2026-01-25T10:00:00+00:00", 11), ("1.2", "2026-02-25T23:59:59+00:00", 12),
    ]  # fmt: skip
    assert [newer.manifest.release_sha256, newest.manifest.release_sha256] == hashes[1:]
    assert newest.manifest.captured_at > newest.manifest.observed_at
    assert loaded(store, source, tmp_path) == 23
    asked = len(index.server.requests)
    assert ask_one(source, store).attempt == "unchanged"
    assert [request.target for request in index.server.requests[asked:]] == [index.page]


def test_a_release_is_judged_against_the_one_before_it(index: Index, store: SnapshotStore) -> None:
    index.add("1.0", "2026-01-05T10:00:00Z", vintage(100))
    index.add("1.1", "2026-02-05T10:00:00Z", vintage(20))
    index.add("1.2", "2026-03-05T10:00:00Z", vintage(90))
    result = ask_one(packaged(), store)
    assert result.attempt == "quarantined"
    assert "found 20" in result.reason
    assert [s.manifest.version for s in store.all("example")] == ["1.0", "1.2"]
    assert [s.manifest.version for s in store.all("example", "quarantined")] == ["1.1"]
    assert attempts(store) == ["accepted", "quarantined", "accepted"]


def test_a_release_that_cannot_be_read_does_not_hold_up_later_ones(index: Index, store: SnapshotStore) -> None:
    index.add("1.0", "2026-01-05T10:00:00Z", vintage(10))
    index.add("1.1", "2026-02-05T10:00:00Z", {"demo_data/moved.json": models(10)})
    index.add("1.2", "2026-03-05T10:00:00Z", vintage(12))
    result = ask_one(packaged(), store)
    assert result.attempt == "failed"
    assert re.search(r"demo_data-1\.1-.*expected a member demo_data/models\.json", result.reason)
    assert len(result.snapshots) == 2
    assert [s.manifest.version for s in store.all("example")] == ["1.0", "1.2"]
    asked = len(index.server.requests)
    assert ask_one(packaged(), store).attempt == "failed"
    downloads = {r.target for r in index.server.requests[asked:] if r.target.startswith("/files/")}
    assert downloads == {"/files/demo_data-1.1-py3-none-any.whl"}


def test_a_release_that_comes_late_is_judged_against_the_one_before_it(index: Index, store: SnapshotStore) -> None:
    index.add("1.0", "2026-01-05T10:00:00Z", vintage(100))
    index.add("1.1", "2026-02-05T10:00:00Z", {"demo_data/moved.json": models(100)})
    index.add("1.2", "2026-03-05T10:00:00Z", vintage(200))
    assert len(ask_one(packaged(), store).snapshots) == 2
    del index.files[1]
    index.add("1.1", "2026-02-05T10:00:00Z", vintage(100))
    assert ask_one(packaged(), store).attempt == "accepted"
    assert [s.manifest.version for s in store.all("example")] == ["1.0", "1.1", "1.2"]


def test_an_index_without_json_is_a_failure_that_says_so(index: Index, store: SnapshotStore) -> None:
    index.server.on(index.page, Answer(b"<a href=x>x</a>", headers={"Content-Type": "text/html"}))
    result = ask_one(packaged(), store)
    assert result.attempt == "failed"
    assert "index page of demo-data: expected the JSON form" in result.reason


def test_a_source_is_due_when_its_cadence_has_passed(store: SnapshotStore) -> None:
    source = make_source(cadence=timedelta(days=1))
    assert is_due(source, store)
    keep(store, source, models(3), "2026-05-01T10:00:00+00:00")
    looked = datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert not is_due(source, store, looked + timedelta(hours=12))
    assert not is_due(source, store, looked + timedelta(hours=23, minutes=54))
    assert is_due(source, store, looked + timedelta(hours=23, minutes=56))
    assert is_due(source, store)
    store.note("example", "x", "failed", "no answer")
    assert is_due(source, store)
    store.note("example", "x", "unchanged")
    assert not is_due(source, store)


def test_a_source_below_its_bound_is_quarantined_from_the_start(server: Server, store: SnapshotStore) -> None:
    server.on(PATH, Answer(models(3), headers=JSON))
    result = ask_one(make_source(bounds=Bounds(min_records=4)), store)
    assert (result.attempt, result.reason) == ("quarantined", "expected at least 4 records, found 3")
    assert store.all("example") == []


def shrunk(server: Server, store: SnapshotStore) -> Source:
    """A source that answered with 100 models, then with 20."""
    source = make_source()
    server.on(PATH, Answer(models(100), headers=JSON), Answer(models(20), headers=JSON))
    assert ask_one(source, store).attempt == "accepted"
    age_all(store)
    assert ask_one(source, store).attempt == "quarantined"
    return source


def test_the_same_bad_answer_is_told_again_but_kept_once(server: Server, store: SnapshotStore) -> None:
    source = shrunk(server, store)
    before = files(store)
    assert ask_one(source, store).attempt == "quarantined"
    assert files(store) == before
    assert attempts(store)[-1] == "quarantined"


def test_a_quarantined_answer_is_judged_again_by_a_mended_contract(server: Server, store: SnapshotStore) -> None:
    source = shrunk(server, store)
    mended = replace(source, bounds=replace(source.bounds, max_drop=0.9))
    ask_one(mended, store)
    assert [s.manifest.record_count for s in store.all(source.name)] == [100, 20]
    assert not store.all(source.name, "quarantined")


def test_a_person_may_accept_what_was_quarantined(server: Server, store: SnapshotStore) -> None:
    source = shrunk(server, store)
    (held,) = store.all(source.name, "quarantined")
    accept(source, store, held.snapshot_id, "the provider has dropped old models")
    newest = store.all(source.name)[-1].manifest
    assert (newest.record_count, newest.reason) == (20, "accepted by hand: the provider has dropped old models")
    with pytest.raises(ValueError, match="expected a quarantined capture"):
        accept(source, store, held.snapshot_id, "again")


def test_a_person_cannot_accept_what_holds_no_records(server: Server, store: SnapshotStore) -> None:
    source = make_source()
    server.on(PATH, Answer(b"<html>", headers={"Content-Type": "text/html"}))
    assert ask_one(source, store).attempt == "quarantined"
    (held,) = store.all(source.name, "quarantined")
    with pytest.raises(ValueError, match="mend the source"):
        accept(source, store, held.snapshot_id, "why not")
