"""Captures an origin of large Parquet: fetched to disk, judged there, kept as what changed; capture calls it."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from pipeline.kernel.changes import CHANGES, STATE, state_of, write_changes
from pipeline.kernel.columns import bound_memory, judge_files, open_files, typed
from pipeline.kernel.contract import Judgement
from pipeline.kernel.download import download, list_dated
from pipeline.kernel.http import Client, HttpFault, Unreachable, redact
from pipeline.kernel.result import Result, again, judged, newest, together
from pipeline.kernel.snapshot import RECEIVED, Manifest, Snapshot, SnapshotStore, file_sha256, now
from pipeline.kernel.source import ParquetOrigin, Source
from pipeline.kernel.warehouse import scratch


def capture_large(
    source: Source,
    origin: ParquetOrigin,
    store: SnapshotStore,
    client: Client,
    *,
    say: Callable[[str, str], None] = lambda source, text: None,
    everything: bool = False,
) -> Result:
    """Captures one origin: its file, or of dated files those not held and the last ones, or with `everything` all.

    Every accepted capture keeps what changed; only the newest also its files as received, as does the newest that
    was quarantined since.
    """
    if origin.dated is None:
        return _capture_file(source, origin, store, client, origin.url)
    named = list_dated(origin, client)
    held = {s.manifest.version for s in store.all(source.name, None) if s.manifest.origin == origin.name}
    closed = held if not everything else set()
    last = len(named) - origin.open_periods
    wanted = [(period, url) for place, (period, url) in enumerate(named) if place >= last or period not in closed]
    results = []
    for number, (period, url) in enumerate(wanted, start=1):
        say(source.name, f"{origin.name} of {period} ({number} of {len(wanted)})")
        try:
            results.append(_capture_file(source, origin, store, client, url, period))
        except Unreachable:
            raise
        except HttpFault as fault:
            results.append(Result(source.name, origin.name, "failed", redact(str(fault))))
    return together(source, origin, results)


def _capture_file(
    source: Source, origin: ParquetOrigin, store: SnapshotStore, client: Client, url: str, version: str = ""
) -> Result:
    last = newest(store, source, origin.name, version=version)
    known = (last.manifest.etag, last.manifest.last_modified) if last else ("", "")
    incoming = store.incoming(source.name, origin.name + version)
    answer = download(origin, client, incoming, url, *known)
    if answer.path is None or (last and answer.sha256 == last.manifest.sha256):
        shutil.rmtree(incoming, ignore_errors=True)
        return Result(source.name, origin.name, "unchanged", "")
    if held := again(store, source, origin.name, answer.sha256):
        shutil.rmtree(incoming, ignore_errors=True)
        return held
    manifest = Manifest(
        source=source.name, origin=origin.name, observed_at=now(), captured_at=now(), sha256=answer.sha256,
        byte_count=answer.byte_count, licence=source.licence.name, version=version, status=200,
        content_type=answer.content_type, etag=answer.etag or "", last_modified=answer.last_modified or "",
    )  # fmt: skip
    manifest = keep_files(source, origin, store, manifest, incoming)
    store.note(source.name, origin.name, manifest.outcome, manifest.reason, version=version)
    return Result(source.name, origin.name, manifest.outcome, manifest.reason, (manifest.snapshot_id,))


def keep_files(
    source: Source, origin: ParquetOrigin, store: SnapshotStore, manifest: Manifest, incoming: Path
) -> Manifest:
    """Judges the files that came in and stores them; the manifest with what it came to."""
    last = newest(store, source, origin.name, version=manifest.version)
    with store.beside(source.name) as partial, scratch() as connection:
        bound_memory(connection, partial)
        judgement = judge_files(
            source, origin, connection, _received(incoming), manifest.content_type, last.manifest if last else None
        )
        return _keep(source, origin, store, judged(manifest, judgement, last), incoming, partial, connection)


def rejudge_large(source: Source, origin: ParquetOrigin, store: SnapshotStore, snapshot: Snapshot) -> bool:
    """Judges a quarantined capture again; whether it is accepted now.

    Not once a later one is accepted: that one's changes are against the one before.
    """
    if _overtaking(source, store, snapshot):
        return False
    last = newest(store, source, origin.name, snapshot.manifest.observed_at, snapshot.manifest.version)
    with store.beside(source.name) as partial, scratch() as connection:
        bound_memory(connection, partial)
        paths = _received(snapshot.folder / RECEIVED)
        judgement = judge_files(
            source, origin, connection, paths, snapshot.manifest.content_type, last.manifest if last else None
        )
        if judgement.reason:
            return False
        manifest = judged(snapshot.manifest, judgement, last)
        manifest = _keep(source, origin, store, manifest, snapshot.folder / RECEIVED, partial, connection)
    store.note(source.name, origin.name, manifest.outcome, manifest.reason)
    return manifest.outcome == "accepted"


def accept_large(
    source: Source, origin: ParquetOrigin, store: SnapshotStore, snapshot: Snapshot, manifest: Manifest
) -> None:
    """Accepts a quarantined capture with this manifest; ValueError when it cannot be typed or a later one is in."""
    if later := _overtaking(source, store, snapshot):
        raise ValueError(
            f"{snapshot.snapshot_id}: expected the newest capture of {origin.name}, found {later.snapshot_id} accepted "
            "after it, when the file received here was let go. Leave this one be if the later one is right; if it is "
            f"wrong, remove {later.folder} and capture again"
        )
    with store.beside(source.name) as partial, scratch() as connection:
        bound_memory(connection, partial)
        kept = _keep(source, origin, store, manifest, snapshot.folder / RECEIVED, partial, connection)
    if kept.outcome != "accepted":
        raise ValueError(f"{snapshot.snapshot_id}: expected a capture that can be typed, found {kept.reason}")


def _keep(
    source: Source,
    origin: ParquetOrigin,
    store: SnapshotStore,
    manifest: Manifest,
    received: Path,
    partial: Path,
    connection: DuckDBPyConnection,
) -> Manifest:
    """Stores a judged capture: its files and, if it is accepted, what changed; the manifest as it is then.

    A file that breaks only where no one looked before puts it into quarantine after all.
    """
    written = partial / "snapshot"
    written.mkdir()
    earlier = [s for s in store.all(source.name) if _is_same_file(s.manifest, manifest)]
    if manifest.outcome == "accepted":
        try:
            rows = typed(source, origin, open_files(connection, _received(received)))
            before = state_of(connection, source, earlier)
            count = write_changes(connection, source, origin, rows, before, written)
            manifest = replace(manifest, change_count=count, changes_sha256=file_sha256(written / CHANGES))
        except duckdb.Error as error:
            reason = f"expected Parquet that can be typed, found {type(error).__name__}: {error}"[:500]
            manifest = judged(manifest, Judgement(reason, manifest.record_count, manifest.keys), None)
            shutil.rmtree(written)
            written.mkdir()
    if origin.keeps_received or manifest.outcome == "quarantined":
        received.replace(written / RECEIVED)
    else:
        shutil.rmtree(received)
    store.put_folder(manifest, written, partial)
    if manifest.outcome == "accepted":
        for snapshot in earlier:
            (snapshot.folder / STATE).unlink(missing_ok=True)
    for snapshot in store.all(source.name, None if manifest.outcome == "accepted" else "quarantined"):
        if _is_same_file(snapshot.manifest, manifest) and snapshot.snapshot_id != manifest.snapshot_id:
            shutil.rmtree(snapshot.folder / RECEIVED, ignore_errors=True)
    return manifest


def _received(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def _is_same_file(one: Manifest, other: Manifest) -> bool:
    return (one.origin, one.version) == (other.origin, other.version)


def _overtaking(source: Source, store: SnapshotStore, snapshot: Snapshot) -> Snapshot | None:
    """The newest accepted capture of the same file, if it is no older than this one."""
    manifest = snapshot.manifest
    last = newest(store, source, manifest.origin, version=manifest.version)
    return last if last and last.manifest.observed_at >= manifest.observed_at else None
