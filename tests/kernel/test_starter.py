"""The starter archive: what goes in comes out the same, and an archive cannot write where it likes."""

import io
import json
import lzma
import shutil
import tarfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from kernel_support import CC0, keep, make_manifest, make_source, models

from pipeline.kernel.home import STARTER
from pipeline.kernel.snapshot import MANIFEST, Manifest, SnapshotStore
from pipeline.kernel.source import Source, discover
from pipeline.kernel.starter import MARK, build, load

SOURCE = make_source()
SOURCES = {"example": SOURCE}
DAYS = ("2026-05-01", "2026-05-02", "2026-05-03")


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return filled(tmp_path / "snapshots", DAYS)


@pytest.fixture
def empty(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "empty" / "snapshots")


def filled(folder: Path, days: Iterable[str]) -> SnapshotStore:
    store = SnapshotStore(folder)
    for day in days:
        keep(store, SOURCE, models(int(day[-2:]) * 10), f"{day}T00:00:00+00:00", etag=f'"{day}"')
    return store


def held(store: SnapshotStore, source: str = "example") -> list[tuple[Manifest, bytes]]:
    return [(snapshot.manifest, snapshot.read()) for snapshot in store.all(source, None)]


def pack(target: Path, *members: tuple[str | tarfile.TarInfo, bytes]) -> None:
    """Writes an archive with these members, whatever they are called."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with lzma.open(target, "wb") as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_what_goes_in_comes_out_the_same(tmp_path: Path, store: SnapshotStore, empty: SnapshotStore) -> None:
    keep(store, SOURCE, b"<html>", "2026-05-04T00:00:00+00:00")
    sizes = build([SOURCE], store, tmp_path / "starter")
    assert sizes == {"example": (tmp_path / "starter" / "example.tar.xz").stat().st_size}
    assert load(tmp_path / "starter", empty, SOURCES) == 3
    assert held(empty) == [pair for pair in held(store) if pair[0].outcome == "accepted"]


def test_equal_snapshots_give_equal_bytes(tmp_path: Path, store: SnapshotStore) -> None:
    other = filled(tmp_path / "other", reversed(DAYS))
    for name, each in (("a", store), ("b", other)):
        build([SOURCE], each, tmp_path / name)
    for file in ("example.tar.xz", "NOTICE.md"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_only_what_may_be_passed_on_goes_in(tmp_path: Path, store: SnapshotStore) -> None:
    closed = make_source(name="closed", licence=replace(CC0, name="All rights reserved", redistributable=False))
    keep(store, closed, models(3), "2026-05-01T00:00:00+00:00")
    without = make_source(name="without_captures")
    (tmp_path / "starter").mkdir()
    (tmp_path / "starter" / "closed.tar.xz").write_bytes(b"from when it was open")
    assert list(build([SOURCE, closed, without], store, tmp_path / "starter")) == ["example"]
    assert everything(tmp_path / "starter") == {"example.tar.xz", "NOTICE.md"}
    notice = (tmp_path / "starter" / "NOTICE.md").read_text()
    for said in ("example.tar.xz", "CC0-1.0", CC0.url, CC0.attribution, "3 captures", "models.example/api.json"):
        assert said in notice
    assert "closed" not in notice


def test_loading_again_changes_nothing(tmp_path: Path, store: SnapshotStore, empty: SnapshotStore) -> None:
    build([SOURCE], store, tmp_path / "starter")
    load(tmp_path / "starter", empty, SOURCES)
    before = {path: path.stat().st_mtime_ns for path in empty.folder.rglob(MANIFEST)}
    assert load(tmp_path / "starter", empty, SOURCES) == 0
    (empty.folder / MARK).unlink()
    assert load(tmp_path / "starter", empty, SOURCES) == 0
    assert {path: path.stat().st_mtime_ns for path in empty.folder.rglob(MANIFEST)} == before


def test_a_newer_archive_adds_only_what_is_new(tmp_path: Path, store: SnapshotStore, empty: SnapshotStore) -> None:
    build([SOURCE], store, tmp_path / "starter")
    load(tmp_path / "starter", empty, SOURCES)
    keep(store, SOURCE, models(40), "2026-05-04T00:00:00+00:00")
    build([SOURCE], store, tmp_path / "starter")
    assert load(tmp_path / "starter", empty, SOURCES) == 1
    assert held(empty) == held(store)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"5"])
def test_a_mark_cut_short_costs_nothing(
    tmp_path: Path, store: SnapshotStore, empty: SnapshotStore, content: bytes
) -> None:
    build([SOURCE], store, tmp_path / "starter")
    empty.folder.mkdir(parents=True)
    (empty.folder / MARK).write_bytes(content)
    assert load(tmp_path / "starter", empty, SOURCES) == 3
    assert load(tmp_path / "starter", empty, SOURCES) == 0


def test_a_payload_other_than_its_manifest_says_is_refused(tmp_path: Path, empty: SnapshotStore) -> None:
    archive = tmp_path / "starter" / "example.tar.xz"
    manifest = make_manifest(b"[1]")
    pack(archive, (f"x/{MANIFEST}", manifest.to_json().encode()), ("x/payload", b"[2]"))
    with pytest.raises(ValueError, match="hash of its manifest") as raised:
        load(archive.parent, empty, SOURCES)
    assert str(archive) in str(raised.value)
    assert held(empty) == []


def test_names_inside_never_become_paths(tmp_path: Path, empty: SnapshotStore) -> None:
    first, second = make_manifest(b"[1]"), make_manifest(b"[2]", version="2")
    pack(
        tmp_path / "starter" / "example.tar.xz",
        (f"../../x/{MANIFEST}", first.to_json().encode()), ("../../x/payload", b"[1]"),
        (f"/{tmp_path.name}/{MANIFEST}", second.to_json().encode()), ("/etc/payload", b"[2]"),
    )  # fmt: skip
    before = everything(tmp_path)
    assert load(tmp_path / "starter", empty, SOURCES) == 2
    assert {content for _, content in held(empty)} == {b"[1]", b"[2]"}
    inside = {f"empty/snapshots/{name}" for name in everything(empty.folder)}
    assert everything(tmp_path) - before == {"empty", "empty/snapshots"} | inside
    assert {name for name in inside if name.count("/") == 3} == {
        f"empty/snapshots/{manifest.snapshot_id}" for manifest in (first, second)
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "../../../elsewhere"},
        {"source": "/etc"},
        {"source": "other"},
        {"observed_at": "../../../elsewhere"},
        {"observed_at": 5},
        {"snapshot_id": "../../../elsewhere"},
    ],
    ids=str,
)
def test_a_manifest_that_leads_elsewhere_is_refused(
    tmp_path: Path, empty: SnapshotStore, changes: dict[str, object]
) -> None:
    archive = tmp_path / "starter" / "example.tar.xz"
    text = json.dumps({**json.loads(make_manifest(b"[]").to_json()), **changes})
    pack(archive, (f"x/{MANIFEST}", text.encode()), ("x/payload", b"[]"))
    before = everything(tmp_path)
    with pytest.raises(ValueError, match="expected") as raised:
        load(archive.parent, empty, SOURCES)
    assert str(archive) in str(raised.value)
    assert everything(tmp_path) == before


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE])
def test_links_and_devices_are_no_payload(tmp_path: Path, empty: SnapshotStore, kind: bytes) -> None:
    link = tarfile.TarInfo("x/payload")
    link.type, link.linkname = kind, "/etc/passwd"
    manifest = make_manifest(Path("/etc/passwd").read_bytes())
    archive = tmp_path / "starter" / "example.tar.xz"
    pack(archive, (f"x/{MANIFEST}", manifest.to_json().encode()), (link, b""))
    with pytest.raises(ValueError, match="expected") as raised:
        load(archive.parent, empty, SOURCES)
    assert str(archive) in str(raised.value)
    assert held(empty) == []


@pytest.mark.parametrize("keep_bytes", [0, 10, 200, -50])
def test_an_archive_cut_short_is_named(
    tmp_path: Path, store: SnapshotStore, empty: SnapshotStore, keep_bytes: int
) -> None:
    build([SOURCE], store, tmp_path / "starter")
    archive = tmp_path / "starter" / "example.tar.xz"
    archive.write_bytes(archive.read_bytes()[:keep_bytes])
    with pytest.raises(ValueError, match="check the file out again") as raised:
        load(archive.parent, empty, SOURCES)
    assert str(archive) in str(raised.value)
    build([SOURCE], store, tmp_path / "starter")
    load(archive.parent, empty, SOURCES)
    assert held(empty) == held(store)


def test_a_manifest_without_its_payload_is_not_passed_over(tmp_path: Path, empty: SnapshotStore) -> None:
    archive = tmp_path / "starter" / "example.tar.xz"
    pack(archive, (f"x/{MANIFEST}", make_manifest(b"[]").to_json().encode()))
    with pytest.raises(ValueError, match="without its payload"):
        load(archive.parent, empty, SOURCES)


def test_archives_of_sources_that_nobody_declares_are_left_alone(tmp_path: Path, store: SnapshotStore) -> None:
    build([SOURCE], store, tmp_path / "starter")
    shutil.copy(tmp_path / "starter" / "example.tar.xz", tmp_path / "starter" / "unknown.tar.xz")
    empty = SnapshotStore(tmp_path / "empty")
    assert load(tmp_path / "starter", empty, {}) == 0
    assert load(tmp_path / "nowhere", empty, SOURCES) == 0
    assert everything(empty.folder) == {MARK}


def test_the_committed_archive_says_whose_it_is() -> None:
    archives = {path.name.removesuffix(".tar.xz") for path in STARTER.glob("*.tar.xz")}
    sources: dict[str, Source] = discover()
    notice = (STARTER / "NOTICE.md").read_text()
    assert archives
    for name in archives:
        source = sources[name]
        assert source.licence.redistributable
        assert f"## {name}.tar.xz" in notice
        assert source.licence.attribution in notice
