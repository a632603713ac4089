"""Captures an origin of large Parquet: fetched to disk, judged there, kept as what changed; capture calls it."""

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from pipeline.kernel.changes import CHANGES, STATE, state_of, write_changes
from pipeline.kernel.columns import bound_memory, judge_files, open_files, typed
from pipeline.kernel.contract import Judgement
from pipeline.kernel.download import download
from pipeline.kernel.http import Client
from pipeline.kernel.result import Result, again, judged, newest
from pipeline.kernel.snapshot import RECEIVED, Manifest, Snapshot, SnapshotStore, file_sha256, now
from pipeline.kernel.source import ParquetOrigin, Source
from pipeline.kernel.warehouse import scratch


def capture_large(source: Source, origin: ParquetOrigin, store: SnapshotStore, client: Client) -> Result:
    """Captures one origin.

    Every accepted capture keeps what changed; only the newest also its files as received, as does the newest that
    was quarantined since.
    """
    last = newest(store, source, origin.name)
    known = (last.manifest.etag, last.manifest.last_modified) if last else ("", "")
    incoming = store.incoming(source.name, origin.name)
    answer = download(origin, client, incoming, *known)
    if answer is None or (last and answer.sha256 == last.manifest.sha256):
        shutil.rmtree(incoming, ignore_errors=True)
        return Result(source.name, origin.name, "unchanged", "")
    if held := again(store, source, origin.name, answer.sha256):
        shutil.rmtree(incoming, ignore_errors=True)
        return held
    manifest = Manifest(
        source=source.name, origin=origin.name, observed_at=now(), captured_at=now(), sha256=answer.sha256,
        byte_count=answer.byte_count, licence=source.licence.name, status=200, content_type=answer.content_type,
        etag=answer.etag, last_modified=answer.last_modified,
    )  # fmt: skip
    manifest = keep_files(source, origin, store, manifest, incoming)
    store.note(source.name, origin.name, manifest.outcome, manifest.reason)
    return Result(source.name, origin.name, manifest.outcome, manifest.reason, (manifest.snapshot_id,))


def keep_files(
    source: Source, origin: ParquetOrigin, store: SnapshotStore, manifest: Manifest, incoming: Path
) -> Manifest:
    """Judges the files that came in and stores them; the manifest with what it came to."""
    last = newest(store, source, origin.name)
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
    if _is_overtaken(source, store, snapshot):
        return False
    last = newest(store, source, origin.name, snapshot.manifest.observed_at)
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
    if _is_overtaken(source, store, snapshot):
        raise ValueError(
            f"{snapshot.snapshot_id}: expected the newest capture of {origin.name}, found a later one accepted; "
            "its changes are against the one before, so leave this one be"
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
    earlier = [s for s in store.all(source.name) if s.manifest.origin == origin.name]
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
        if snapshot.manifest.origin == origin.name and snapshot.snapshot_id != manifest.snapshot_id:
            shutil.rmtree(snapshot.folder / RECEIVED, ignore_errors=True)
    return manifest


def _received(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.parquet"))


def _is_overtaken(source: Source, store: SnapshotStore, snapshot: Snapshot) -> bool:
    last = newest(store, source, snapshot.manifest.origin)
    return last is not None and last.manifest.observed_at >= snapshot.manifest.observed_at
