"""Snapshots on disk: whole or not there at all, never silently other than received."""

import gzip
import json
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from kernel_support import make_manifest, run_python

from pipeline.kernel.snapshot import LOG, MANIFEST, PAYLOAD, Manifest, SnapshotStore, now, parse_manifest

PUT = """
import os, sys
from pathlib import Path
from kernel_support import make_manifest
from pipeline.kernel.snapshot import SnapshotStore
content = os.urandom(40_000_000)
SnapshotStore(Path(sys.argv[1])).put(make_manifest(content), content)
"""
PUT_ON_A_FULL_DISK = """
import os, resource, sys
from pathlib import Path
from kernel_support import make_manifest
from pipeline.kernel.snapshot import SnapshotStore
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
store, content = SnapshotStore(Path(sys.argv[1])), os.urandom(1_000_000)
try:
    store.put(make_manifest(content), content)
except OSError as error:
    print("refused", error.errno, [path.name for path in (store.folder / "example").iterdir()])
store.put(make_manifest(b"[]"), b"[]")
print(len(store.all("example")))
"""


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "snapshots")


@pytest.mark.parametrize(
    "manifest",
    [
        make_manifest(),
        make_manifest(
            b"x", version="1!2.0.post1", etag='W/"a"', reason="Fünf\n„viele“ \ud83d \x00", outcome="quarantined",
            status=200, record_count=7, keys=("a", "b c", "ü"), new_keys=("ü",),
        ),
    ],
)  # fmt: skip
def test_a_manifest_reads_back_as_written(manifest: Manifest, store: SnapshotStore) -> None:
    assert parse_manifest(manifest.to_json(), Path("x")) == manifest
    store.put(manifest, b"x")
    assert [snapshot.manifest for snapshot in store.all("example", None)] == [manifest]


@pytest.mark.parametrize("content", [b"", b"\x00\xff\r\n", os.urandom(3_000_000)], ids=["none", "odd", "much"])
def test_bytes_come_back_as_received(store: SnapshotStore, content: bytes) -> None:
    put = store.put(make_manifest(content), content)
    (held,) = store.all("example")
    assert held == put
    assert held.read() == content
    assert held.folder == store.folder / held.snapshot_id


def test_equal_captures_give_equal_files(tmp_path: Path) -> None:
    first, second = (SnapshotStore(tmp_path / name).put(make_manifest(b"[1]"), b"[1]") for name in "ab")
    for name in (MANIFEST, PAYLOAD):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()
    assert (first.folder / PAYLOAD).read_bytes()[4:8] == bytes(4), "the time of packing is in the file"


def test_ids_tell_apart_source_moment_origin_and_version() -> None:
    manifest = make_manifest()
    others = [
        replace(manifest, source="other"),
        replace(manifest, observed_at="2026-05-01T10:00:01+00:00"),
        replace(manifest, origin="models.example/other.json"),
        replace(manifest, version="1.0"),
    ]
    assert len({made.snapshot_id for made in [manifest, *others]}) == 5
    assert replace(manifest, captured_at="2026-06-01T00:00:00+00:00").snapshot_id == manifest.snapshot_id
    assert manifest.snapshot_id.startswith("example/20260501T100000Z-")


def test_snapshots_are_listed_by_observation_and_outcome(store: SnapshotStore) -> None:
    days = ["2026-05-03", "2026-05-01", "2026-05-02"]
    for day in days:
        outcome = "quarantined" if day.endswith("2") else "accepted"
        store.put(make_manifest(observed_at=f"{day}T00:00:00+00:00", outcome=outcome), b"[]")
    assert [s.manifest.observed_at[:10] for s in store.all("example")] == ["2026-05-01", "2026-05-03"]
    assert [s.manifest.observed_at[:10] for s in store.all("example", "quarantined")] == ["2026-05-02"]
    assert [s.manifest.observed_at[:10] for s in store.all("example", None)] == sorted(days)
    assert store.all("nothing") == []


def test_a_capture_put_again_replaces_the_first_whole(store: SnapshotStore) -> None:
    store.put(make_manifest(b"old", keys=("a",)), b"old")
    store.put(make_manifest(b"new"), b"new")
    (held,) = store.all("example")
    assert held.read() == b"new"
    assert [path.name for path in (store.folder / "example").iterdir()] == [held.folder.name]


def test_a_write_that_fails_leaves_nothing_and_the_next_works(tmp_path: Path) -> None:
    out, error = run_python(PUT_ON_A_FULL_DISK, tmp_path).communicate(timeout=60)
    assert out.startswith("refused 27 []"), out + error
    assert out.endswith("\n1\n"), out + error


def test_a_kill_in_the_middle_leaves_no_half_snapshot(store: SnapshotStore) -> None:
    process = run_python(PUT, store.folder)
    try:
        ends = time.monotonic() + 30
        while not list(store.folder.glob("example/.partial-*/snapshot")):
            assert time.monotonic() < ends
            assert process.poll() is None, process.communicate()
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert store.all("example", None) == []
    assert store.last_looked("example") is None
    store.put(make_manifest(b"[]"), b"[]")
    assert [snapshot.read() for snapshot in store.all("example")] == [b"[]"]


def test_many_at_once_are_all_kept(store: SnapshotStore) -> None:
    def put(number: int) -> None:
        content = str(number).encode()
        store.put(make_manifest(content, version=str(number)), content)
        store.note("example", "origin", "accepted", version=str(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, range(60)))
    assert {snapshot.read() for snapshot in store.all("example")} == {str(number).encode() for number in range(60)}
    assert sorted(int(entry["version"]) for entry in store.log("example")) == list(range(60))


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda packed: packed[: len(packed) // 2],
    "empty": lambda packed: b"",
    "other bytes": lambda packed: b"not gzip",
    "a bit turned": lambda packed: packed[:20] + bytes([packed[20] ^ 1]) + packed[21:],
    "other content": lambda packed: gzip.compress(b"another capture"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_payload_is_named(store: SnapshotStore, damage: str) -> None:
    content = b"[" + b"1," * 500 + b"1]"
    snapshot = store.put(make_manifest(content), content)
    payload = snapshot.folder / PAYLOAD
    payload.write_bytes(DAMAGES[damage](payload.read_bytes()))
    with pytest.raises(ValueError, match="capture again") as raised:
        snapshot.read()
    assert str(payload) in str(raised.value)


def test_a_missing_payload_is_named(store: SnapshotStore) -> None:
    snapshot = store.put(make_manifest(), b"[]")
    (snapshot.folder / PAYLOAD).unlink()
    with pytest.raises(ValueError, match="capture again") as raised:
        snapshot.read()
    assert str(snapshot.folder / PAYLOAD) in str(raised.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"{}",
        make_manifest().to_json().encode()[:100],
        make_manifest().to_json().replace('"sha256"', '"sha255"').encode(),
        make_manifest().to_json().replace('"keys": []', '"keys": 5').encode(),
        make_manifest(observed_at="yesterday").to_json().encode(),
        make_manifest(observed_at="../../../elsewhere").to_json().encode(),
        make_manifest(observed_at="2026-05-01T10:00:00").to_json().encode(),
        make_manifest(observed_at="2026-05-01T10:00:00+02:00").to_json().encode(),
    ],
)
def test_a_damaged_manifest_is_named(store: SnapshotStore, content: bytes) -> None:
    snapshot = store.put(make_manifest(), b"[]")
    path = snapshot.folder / MANIFEST
    path.write_bytes(content)
    with pytest.raises(ValueError, match="expected a snapshot manifest") as raised:
        store.all("example")
    assert str(path) in str(raised.value)
    assert "remove the folder" in str(raised.value)


def test_the_log_keeps_attempts_in_order(store: SnapshotStore) -> None:
    store.note("example", "a", "failed", "no answer\nat all")
    store.note("example", "b", "accepted", version="1.0")
    entries = list(store.log("example"))
    assert [(e["origin"], e["attempt"], e["reason"]) for e in entries] == [
        ("a", "failed", "no answer\nat all"), ("b", "accepted", ""),
    ]  # fmt: skip
    assert entries[1]["version"] == "1.0"
    assert list(store.log("nothing")) == []


@pytest.mark.parametrize("cut", [1, 30, -1])
def test_a_log_line_cut_short_is_skipped_and_swallows_no_other(store: SnapshotStore, cut: int) -> None:
    for name in ("a", "b"):
        store.note("example", name, "unchanged")
    path = store.folder / "example" / LOG
    first, second, _ = path.read_bytes().split(b"\n")
    path.write_bytes(first + b"\n" + second[:cut])
    store.note("example", "c", "unchanged")
    assert [entry["origin"] for entry in store.log("example")] == ["a", "c"]


def test_log_lines_that_are_no_text_are_skipped(store: SnapshotStore) -> None:
    store.note("example", "a", "unchanged")
    with (store.folder / "example" / LOG).open("ab") as log:
        log.write(b"\xff\x00\xfe")
    store.note("example", "b", "unchanged")
    assert [entry["origin"] for entry in store.log("example")] == ["a", "b"]


def test_only_answers_count_as_having_looked(store: SnapshotStore) -> None:
    assert store.last_looked("example") is None
    store.note("example", "a", "failed", "unreachable")
    assert store.last_looked("example") is None
    store.put(make_manifest(captured_at="2026-05-02T00:00:00+00:00"), b"[]")
    assert store.last_looked("example") == datetime(2026, 5, 2, tzinfo=UTC)
    store.note("example", "a", "unchanged")
    looked = store.last_looked("example")
    assert looked is not None
    assert timedelta(0) <= datetime.now(UTC) - looked < timedelta(seconds=10)


def test_now_is_utc_in_whole_seconds() -> None:
    moment = datetime.fromisoformat(now())
    assert moment.utcoffset() == timedelta(0)
    assert moment.microsecond == 0
    assert json.loads(make_manifest(observed_at=now()).to_json())["observed_at"].endswith("+00:00")
