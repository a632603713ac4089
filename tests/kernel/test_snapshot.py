"""Snapshots on disk: whole or not there at all, never silently other than received."""

import gzip
import json
import os
import shutil
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from kernel_support import make_manifest, run_python

from pipeline.kernel.payload import PIECE, pack
from pipeline.kernel.snapshot import (
    GZIPPED,
    LOG,
    MANIFEST,
    SINCE,
    WHOLE,
    Manifest,
    Snapshot,
    SnapshotStore,
    now,
    parse_manifest,
)

PUT = """
import os, sys
from pathlib import Path
from kernel_support import make_manifest
from pipeline.kernel.payload import PIECE, pack
from pipeline.kernel.snapshot import SnapshotStore
content = os.urandom(15_000_000)
SnapshotStore(Path(sys.argv[1])).put(make_manifest(content, observed_at=sys.argv[2]), content)
"""
PUT_ON_A_FULL_DISK = """
import os, resource, sys
from pathlib import Path
from kernel_support import make_manifest
from pipeline.kernel.payload import PIECE, pack
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


DAYS = [f"{datetime(2026, 5, 2, tzinfo=UTC) + timedelta(days=number):%Y-%m-%dT%H:%M:%S+00:00}" for number in range(99)]


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
    for name in (MANIFEST, WHOLE):
        assert (first.folder / name).read_bytes() == (second.folder / name).read_bytes()


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


@pytest.mark.parametrize("base", [b"", os.urandom(20_000_000)], ids=["whole", "a difference"])
def test_a_kill_in_the_middle_leaves_no_half_snapshot(store: SnapshotStore, base: bytes) -> None:
    held = [store.put(make_manifest(base), base).snapshot_id] if base else []
    process = run_python(PUT, store.folder, DAYS[1])
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
    assert [snapshot.snapshot_id for snapshot in store.all("example", None)] == held
    store.put(make_manifest(b"[]", observed_at=DAYS[1]), b"[]")
    assert store.all("example")[-1].read() == b"[]"


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
    "other bytes": lambda packed: b"not zstd",
    "a bit turned": lambda packed: packed[:20] + bytes([packed[20] ^ 1]) + packed[21:],
    "other content": lambda packed: pack(b"another capture"),
    "gzip cut short": lambda packed: gzip.compress(b"another capture")[:-5],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_payload_is_named(store: SnapshotStore, damage: str) -> None:
    content = b"[" + b"1," * 500 + b"1]"
    snapshot = store.put(make_manifest(content), content)
    payload = snapshot.payload
    payload.write_bytes(DAMAGES[damage](payload.read_bytes()))
    with pytest.raises(ValueError, match="capture again") as raised:
        snapshot.read()
    assert str(payload) in str(raised.value)


def listing(changed: int = 0, size: int = 2000) -> bytes:
    """A listing of prices of which the first few are others."""
    prices = Random(1)  # noqa: S311
    lines = [[f"model-{number}", prices.random()] for number in range(size)]
    lines[:changed] = [[f"model-{number}", number] for number in range(changed)]
    return json.dumps(lines).encode()


def put_each(store: SnapshotStore, contents: Sequence[bytes], **changes: str) -> list[Snapshot]:
    """Stores one a day."""
    return [
        store.put(make_manifest(content, observed_at=day, **changes), content)
        for day, content in zip(DAYS, contents, strict=False)
    ]


def test_a_capture_that_changed_little_is_kept_as_what_changed(store: SnapshotStore) -> None:
    contents = [listing(), listing(3), listing(5) + b"\x00\xff", b"", listing()]
    first, *others = put_each(store, contents)
    assert [path.name for path in first.folder.iterdir() if path.name != MANIFEST] == [WHOLE]
    for snapshot in others:
        assert snapshot.payload.name == f"{SINCE}{first.folder.name}.zst"
        assert snapshot.payload.stat().st_size < first.payload.stat().st_size / 20
        assert snapshot.base == first
    assert [snapshot.read() for snapshot in store.all("example")] == contents


@pytest.mark.parametrize(
    "content",
    [b"", b"x", os.urandom(PIECE + 1), b"y" * PIECE, bytes(3 * PIECE), b"[" + os.urandom(2 * PIECE)],
    ids=["none", "one", "a piece and one", "a piece", "pieces alike", "moved by one"],
)
def test_differences_come_back_whatever_their_size(store: SnapshotStore, content: bytes) -> None:
    base = content[1:] + os.urandom(PIECE // 2)
    first, second = put_each(store, [base, content])
    assert second.base == first
    assert second.read() == content
    if len(content) > 2 * PIECE:
        assert second.payload.stat().st_size < PIECE / 100


def test_what_moved_in_a_large_capture_is_found_again(store: SnapshotStore) -> None:
    content = os.urandom(4 * PIECE)
    first, second = put_each(store, [content, os.urandom(PIECE // 4) + content])
    assert second.base == first
    assert second.payload.stat().st_size < PIECE / 2


def test_differences_never_add_up_to_more_than_what_they_rest_on(store: SnapshotStore) -> None:
    contents = [listing(10 * day) for day in range(60)]
    snapshots = put_each(store, contents)
    wholes = [snapshot for snapshot in snapshots if snapshot.base is None]
    assert 1 < len(wholes) < 20
    for whole in wholes:
        resting = [snapshot for snapshot in snapshots if snapshot.base == whole]
        assert sum(snapshot.payload.stat().st_size for snapshot in resting) < whole.payload.stat().st_size
    assert all(snapshot.base in (None, *wholes) for snapshot in snapshots), "a chain"
    assert [snapshot.read() for snapshot in snapshots] == contents


def test_a_capture_that_has_nothing_of_the_last_is_whole(store: SnapshotStore) -> None:
    snapshots = put_each(store, [os.urandom(5000) for _ in range(4)])
    assert [snapshot.payload.name for snapshot in snapshots] == 4 * [WHOLE]


def test_only_accepted_captures_of_the_same_origin_before_are_rested_on(store: SnapshotStore) -> None:
    (other,) = put_each(store, [listing()], origin="elsewhere")
    (bad,) = put_each(store, [listing()], outcome="quarantined")
    late = store.put(make_manifest(listing(), observed_at=DAYS[9]), listing())
    second = store.put(make_manifest(listing(1), observed_at=DAYS[1]), listing(1))
    assert [snapshot.base for snapshot in (other, bad, late, second)] == 4 * [None]
    third = store.put(make_manifest(listing(2), observed_at=DAYS[2], outcome="quarantined"), listing(2))
    assert third.base == second
    accepted = store.put(replace(third.manifest, outcome="accepted"), third.read())
    assert (accepted.base, accepted.read()) == (second, listing(2))


def test_what_gzip_kept_is_read_and_not_rested_on(store: SnapshotStore) -> None:
    (old,) = put_each(store, [listing()])
    old.payload.unlink()
    (old.folder / GZIPPED).write_bytes(gzip.compress(listing()))
    new = store.put(make_manifest(listing(1), observed_at=DAYS[1]), listing(1))
    assert (old.payload.name, old.read()) == (GZIPPED, listing())
    assert new.base is None


def test_a_base_that_is_gone_is_named(store: SnapshotStore) -> None:
    base, second = put_each(store, [listing(), listing(1)])
    shutil.rmtree(base.folder)
    with pytest.raises(ValueError, match="bring that folder back") as raised:
        second.read()
    assert str(base.folder) in str(raised.value)
    assert str(second.payload) in str(raised.value)
    third = store.put(make_manifest(listing(2), observed_at=DAYS[2]), listing(2))
    assert (third.base, third.read()) == (None, listing(2))


def test_a_damaged_base_is_named_with_how_many_rest_on_it_and_stops_no_capture(store: SnapshotStore) -> None:
    base, second, _ = put_each(store, [listing(), listing(1), listing(2)])
    base.payload.write_bytes(pack(b"another capture"))
    with pytest.raises(ValueError, match=f"and the 2 with a {second.payload.name} and capture") as raised:
        second.read()
    assert str(base.payload) in str(raised.value)
    fourth = store.put(make_manifest(listing(3), observed_at=DAYS[3]), listing(3))
    assert (fourth.base, fourth.read()) == (None, listing(3))


@pytest.mark.parametrize("damage", ["cut short", "empty", "other bytes", "a bit turned", "other content"])
def test_a_damaged_difference_is_named(store: SnapshotStore, damage: str) -> None:
    _, second = put_each(store, [listing(), listing(9)])
    second.payload.write_bytes(DAMAGES[damage](second.payload.read_bytes()))
    with pytest.raises(ValueError, match="remove the folder and capture again") as raised:
        second.read()
    assert str(second.payload) in str(raised.value)


def test_what_others_rest_on_is_not_replaced(store: SnapshotStore) -> None:
    base, second = put_each(store, [listing(), listing(1)])
    with pytest.raises(ValueError, match="1 captures rest on it"):
        store.put(make_manifest(listing(5), observed_at=DAYS[0]), listing(5))
    again = store.put(replace(base.manifest, reason="looked at"), listing())
    assert again.base is None
    assert second.read() == listing(1)


def test_a_missing_payload_is_named(store: SnapshotStore) -> None:
    snapshot = store.put(make_manifest(), b"[]")
    (snapshot.payload).unlink()
    with pytest.raises(ValueError, match="capture again") as raised:
        snapshot.read()
    assert str(snapshot.payload) in str(raised.value)


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
