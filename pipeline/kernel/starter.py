"""The starter archive: real captures committed with the code, so that a first run needs no network."""

import hashlib
import io
import json
import lzma
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from pipeline.kernel.snapshot import MANIFEST, Manifest, SnapshotStore, parse_manifest
from pipeline.kernel.source import Source

MARK = ".starter.json"


def build(sources: Iterable[Source], store: SnapshotStore, folder: Path) -> dict[str, int]:
    """Writes `<source>.tar.xz` for each redistributable source that is not large and a NOTICE.md; bytes a source.

    Payloads are stored plain inside one solid archive a source, because vintages repeat each other. The same
    snapshots give the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.tar.xz"):
        old.unlink()
    sizes, notice = {}, [NOTICE]
    for source in sources:
        snapshots = store.all(source.name)
        if not source.licence.redistributable or source.is_large or not snapshots:
            continue
        target = folder / f"{source.name}.tar.xz"
        with (
            lzma.open(target, "wb", preset=9 | lzma.PRESET_EXTREME) as packed,
            tarfile.open(fileobj=packed, mode="w") as tar,
        ):
            for snapshot in snapshots:
                _add(tar, f"{snapshot.snapshot_id}/{MANIFEST}", snapshot.manifest.to_json().encode())
                _add(tar, f"{snapshot.snapshot_id}/payload", snapshot.read())
        sizes[source.name] = target.stat().st_size
        vintages = sorted({f"{s.manifest.origin} {s.manifest.version}".strip() for s in snapshots})
        notice.append(
            f"## {source.name}.tar.xz\n\n{source.title}. {source.licence.attribution}\n\n"
            f"- Licence: [{source.licence.name}]({source.licence.url})\n- Home: {source.homepage}\n"
            f"- {len(snapshots)} captures: {', '.join(vintages)}\n"
        )
    (folder / "NOTICE.md").write_text("\n".join(notice))
    return sizes


NOTICE = """# Starter archive

Captures of published data with a manifest each: the bytes as received, or of a package the members, names or parts of
members that its source declares. Written by `ajar starter build` and read by `ajar run`. Each part keeps its own
licence:
"""


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def load(folder: Path, store: SnapshotStore, sources: Mapping[str, Source]) -> int:
    """Puts the archive's captures into the store, unless they are there; how many came in.

    Names inside an archive are never used as paths: each capture goes where its manifest's own id says, and only
    if its bytes have the hash the manifest gives.
    """
    mark = store.folder / MARK
    done = _read_mark(mark)
    added = 0
    for archive in sorted(folder.glob("*.tar.xz")):
        content = archive.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        name = archive.name.removesuffix(".tar.xz")
        if done.get(archive.name) == digest or name not in sources:
            continue
        held = {snapshot.snapshot_id for snapshot in store.all(name, None)}
        for manifest, payload in _captures(archive, content):
            if manifest.source != name:
                raise ValueError(f"{archive}: expected captures of {name}, found one of {manifest.source}; not loaded")
            if manifest.snapshot_id not in held:
                store.put(manifest, payload)
                added += 1
        done[archive.name] = digest
    store.folder.mkdir(parents=True, exist_ok=True)
    mark.write_text(json.dumps(done, indent=1, sort_keys=True))
    return added


def _read_mark(mark: Path) -> dict[str, str]:
    """Which archives are loaded, by hash; nothing when the mark is not there or cut short, which costs only time."""
    try:
        return dict(json.loads(mark.read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return {}


def _captures(archive: Path, content: bytes) -> Iterable[tuple[Manifest, bytes]]:
    try:
        with lzma.open(io.BytesIO(content)) as packed, tarfile.open(fileobj=packed, mode="r|") as tar:
            manifest: Manifest | None = None
            for member in tar:
                stream = tar.extractfile(member) if member.isfile() else None
                body = stream.read() if stream else b""
                if member.name.endswith(f"/{MANIFEST}"):
                    manifest = parse_manifest(body, archive / member.name)
                    continue
                if manifest is None or hashlib.sha256(body).hexdigest() != manifest.sha256:
                    raise ValueError(
                        f"{archive}: expected a payload with the hash of its manifest, found {member.name}"
                    )
                yield manifest, body
                manifest = None
            if manifest is not None:
                raise EOFError(f"the manifest of {manifest.snapshot_id} without its payload")
    except (lzma.LZMAError, tarfile.TarError, EOFError) as error:
        raise ValueError(f"{archive}: expected a starter archive, found {error}; check the file out again") from error
