"""Captured bytes on disk with their manifests; what the bytes mean is the contract's business."""

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from pipeline.kernel.payload import Damaged, pack, pack_since, unpack, unpack_since

Outcome = Literal["accepted", "quarantined"]
Attempt = Literal["accepted", "unchanged", "quarantined", "failed"]

MANIFEST = "manifest.json"
WHOLE = "payload.zst"
"""A capture kept whole, on which later ones of its origin may rest."""
GZIPPED = "payload.gz"
"""A capture kept whole before there was zstd here; read, and never written."""
SINCE = "since-"
"""A capture kept as what differs from a whole one, whose folder the rest of the name is."""
RECEIVED = "received"
ABANDONED_SECONDS = 24 * 3600
"""Age at which a folder of a run that was killed is taken away."""
LOG = "log.jsonl"


@dataclass(frozen=True)
class Manifest:
    """What is known about one capture.

    `observed_at` is the moment the data says something about: the capture for a live address, the upload for a
    published package. `captured_at` is when the bytes came here. All times are UTC, ISO 8601.
    """

    source: str
    origin: str
    observed_at: str
    captured_at: str
    sha256: str
    byte_count: int
    licence: str
    version: str = ""
    release_sha256: str = ""
    status: int = 0
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    outcome: Outcome = "accepted"
    reason: str = ""
    record_count: int = 0
    keys: tuple[str, ...] = ()
    new_keys: tuple[str, ...] = ()
    change_count: int = 0
    """Of a large source, of which only changes are kept: the records that changed since the capture before."""
    changes_sha256: str = ""
    """Of a large source: the hash of the kept changes, while `sha256` is that of what was received."""

    @property
    def snapshot_id(self) -> str:
        moment = datetime.fromisoformat(self.observed_at).strftime("%Y%m%dT%H%M%SZ")
        return f"{self.source}/{moment}-{hashlib.sha256((self.origin + self.version).encode()).hexdigest()[:6]}"

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1, sort_keys=True) + "\n"


def parse_manifest(text: str | bytes, path: Path) -> Manifest:
    """Reads the text of a `manifest.json`; ValueError names the file and what is wrong with it."""
    try:
        values: dict[str, Any] = json.loads(text)
        values["keys"], values["new_keys"] = tuple(values["keys"]), tuple(values["new_keys"])
        manifest = Manifest(**values)
        if datetime.fromisoformat(manifest.observed_at).utcoffset() != timedelta(0):
            raise ValueError(f"observed_at {manifest.observed_at}, which is not in UTC")
        return manifest
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f"{path}: expected a snapshot manifest, found {error!r}; remove the folder and capture again"
        ) from error


@dataclass(frozen=True)
class Snapshot:
    """One stored capture."""

    folder: Path
    manifest: Manifest

    @property
    def snapshot_id(self) -> str:
        return self.manifest.snapshot_id

    @property
    def payload(self) -> Path:
        """The file that keeps the bytes; where there is none, the one there should be."""
        kept = chain(self.folder.glob(f"{SINCE}*.zst"), self.folder.glob(GZIPPED))
        return next(kept, self.folder / WHOLE)

    def read(self) -> bytes:
        """The bytes as received; ValueError when they are no longer what the manifest says."""
        file = self.payload
        try:
            packed = file.read_bytes()
            base = self.base
            content = unpack_since(base.read(), packed) if base else unpack(packed)
            found = hashlib.sha256(content).hexdigest()
        except (OSError, Damaged) as error:
            content, found = b"", repr(error)
        if found != self.manifest.sha256:
            resting = len(_resting_on(self.folder))
            those = f" and the {resting} with a {SINCE}{self.folder.name}.zst" if resting else ""
            raise ValueError(
                f"{file}: expected content with sha256 {self.manifest.sha256}, found {found}; "
                f"remove the folder{those} and capture again"
            )
        return content

    @property
    def base(self) -> "Snapshot | None":
        """The whole capture that this one is kept as a difference from; ValueError when it is gone."""
        file = self.payload
        if not file.name.startswith(SINCE):
            return None
        folder = self.folder.with_name(file.stem.removeprefix(SINCE))
        try:
            return _read_snapshot(folder / MANIFEST)
        except FileNotFoundError as error:
            raise ValueError(
                f"{file}: expected the capture it rests on at {folder}, found none; "
                "bring that folder back, or remove this one and capture again"
            ) from error


class SnapshotStore:
    """The snapshots below one folder: `<source>/<time>-<origin>/` with payload and manifest, and a log a source.

    A payload is whole, or what differs from the newest whole one of the same origin before it. Once the differences
    from it add up to its own size, the next is whole again: so many are few where little changes, and reading takes
    two files at most. A capture of a large source has files in the place of a payload.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def all(self, source: str, outcome: Outcome | None = "accepted") -> list[Snapshot]:
        """Snapshots of a source, oldest observation first; None for those of every outcome."""
        found = [_read_snapshot(path) for path in (self.folder / source).glob(f"*/{MANIFEST}")]
        chosen = [snapshot for snapshot in found if outcome in (None, snapshot.manifest.outcome)]
        return sorted(chosen, key=lambda s: (s.manifest.observed_at, s.manifest.origin, s.manifest.version))

    def put(self, manifest: Manifest, content: bytes) -> Snapshot:
        """Stores a capture so that it is there whole or not at all; ValueError when others rest on what was there."""
        name, packed = self._packed(manifest, content)
        with self.beside(manifest.source) as partial:
            written = partial / "snapshot"
            written.mkdir()
            _write(written / name, packed)
            return self.put_folder(manifest, written, partial)

    def _packed(self, manifest: Manifest, content: bytes) -> tuple[str, bytes]:
        """The name and the bytes of the file that keeps a capture."""
        target = self.folder / manifest.snapshot_id
        if resting := _resting_on(target):
            if _read_snapshot(target / MANIFEST).manifest.sha256 != manifest.sha256:
                raise ValueError(
                    f"{target}: expected to stay as it is, since {len(resting)} captures rest on it, found other "
                    f"content with sha256 {manifest.sha256} for the same moment; capture again"
                )
        elif base := self._base(manifest):
            with suppress(ValueError):  # one that is damaged is told of when it is read, and stops no capture
                packed = pack_since(base.read(), content)
                if len(packed) + _size(_resting_on(base.folder)) < _size([base.folder / WHOLE]):
                    return f"{SINCE}{base.folder.name}.zst", packed
        return WHOLE, pack(content)

    def _base(self, manifest: Manifest) -> Snapshot | None:
        """The newest accepted capture of the same origin that is kept whole, of those before this one."""
        wholes = sorted((self.folder / manifest.source).glob(f"*/{WHOLE}"), reverse=True)
        for snapshot in (_read_snapshot(path.with_name(MANIFEST)) for path in wholes):
            held = snapshot.manifest
            is_before = held.origin == manifest.origin and held.observed_at < manifest.observed_at
            if is_before and held.outcome == "accepted":
                return snapshot
        return None

    def put_folder(self, manifest: Manifest, written: Path, partial: Path) -> Snapshot:
        """Moves a folder with a capture's files into its place, with its manifest; `partial` takes what was there."""
        target = self.folder / manifest.snapshot_id
        _write(written / MANIFEST, manifest.to_json().encode())
        if target.exists():
            target.replace(partial / "replaced")
        written.replace(target)
        return Snapshot(target, manifest)

    @contextmanager
    def beside(self, source: str) -> Iterator[Path]:
        """A folder on the same disk as the source's snapshots, gone afterwards; one left by a killed run goes too."""
        (self.folder / source).mkdir(parents=True, exist_ok=True)
        for left in (self.folder / source).glob(".partial-*"):
            with suppress(FileNotFoundError):
                if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
                    shutil.rmtree(left)
        with tempfile.TemporaryDirectory(dir=self.folder / source, prefix=".partial-") as partial:
            yield Path(partial)

    def incoming(self, source: str, origin: str) -> Path:
        """Where the files of a large origin come in; what an interrupted run leaves there, the next goes on with."""
        return self.folder / source / f".incoming-{hashlib.sha256(origin.encode()).hexdigest()[:6]}"

    def note(self, source: str, origin: str, attempt: Attempt, reason: str = "", **validators: str) -> None:
        """Adds one line to the source's log: every attempt leaves a trace, however it ended."""
        line = {"at": now(), "origin": origin, "attempt": attempt, "reason": reason, **validators}
        path = self.folder / source / LOG
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as log:
            if log.tell():
                log.seek(-1, os.SEEK_END)
            # A line cut short by a crash must not swallow this one.
            begin = b"" if log.read(1) in (b"", b"\n") else b"\n"
            log.write(begin + json.dumps(line).encode() + b"\n")

    def log(self, source: str) -> Iterator[dict[str, str]]:
        """The attempts, oldest first; a line cut short by a crash is skipped."""
        path = self.folder / source / LOG
        if not path.exists():
            return
        for line in path.read_bytes().splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue

    def last_looked(self, source: str, origin: str | None = None) -> datetime | None:
        """When the source, or one origin of it, last answered, whether with news or not; None if it never did."""
        answers = [
            entry["at"]
            for entry in self.log(source)
            if entry["attempt"] in ("accepted", "unchanged", "quarantined") and origin in (None, entry["origin"])
        ]
        captures = [
            snapshot.manifest.captured_at
            for snapshot in self.all(source, None)
            if origin in (None, snapshot.manifest.origin)
        ]
        moments = answers + captures
        return datetime.fromisoformat(max(moments)) if moments else None


def _read_snapshot(manifest: Path) -> Snapshot:
    return Snapshot(manifest.parent, parse_manifest(manifest.read_bytes(), manifest))


def _resting_on(folder: Path) -> list[Path]:
    """The files of the captures that are kept as what differs from the one in this folder."""
    return list(folder.parent.glob(f"*/{SINCE}{folder.name}.zst"))


def _size(files: Iterable[Path]) -> int:
    return sum(file.stat().st_size for file in files)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def now() -> str:
    """This moment in UTC, ISO 8601, whole seconds."""
    return datetime.now(UTC).replace(microsecond=0).isoformat()


def file_sha256(file: Path) -> str:
    """The hash of a file, read piece by piece."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
