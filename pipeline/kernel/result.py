"""How the capture of an origin ended, and how it stands to the captures before it; nothing is fetched here."""

from dataclasses import dataclass, replace

from pipeline.kernel.contract import Judgement
from pipeline.kernel.snapshot import Attempt, Manifest, Snapshot, SnapshotStore
from pipeline.kernel.source import Source


@dataclass(frozen=True)
class Result:
    """How the capture of one origin ended."""

    source: str
    origin: str
    attempt: Attempt
    reason: str
    snapshots: tuple[str, ...] = ()
    unreachable: str = ""
    """The host that could not be reached at all, if that is why it failed."""


def newest(store: SnapshotStore, source: Source, origin: str, before: str = "9999") -> Snapshot | None:
    """The newest accepted snapshot of an origin observed before a moment."""
    earlier = [s for s in store.all(source.name) if s.manifest.origin == origin and s.manifest.observed_at < before]
    return earlier[-1] if earlier else None


def again(store: SnapshotStore, source: Source, origin: str, sha256: str) -> Result | None:
    """Notes that an answer already in quarantine has come again; None when it has not."""
    for held in store.all(source.name, "quarantined"):
        if held.manifest.origin == origin and held.manifest.sha256 == sha256:
            store.note(source.name, origin, "quarantined", held.manifest.reason)
            return Result(source.name, origin, "quarantined", held.manifest.reason)
    return None


def judged(manifest: Manifest, judgement: Judgement, last: Snapshot | None) -> Manifest:
    """The manifest with what judging the capture came to."""
    known = set(last.manifest.keys) if last else set(judgement.keys)
    return replace(
        manifest, outcome="quarantined" if judgement.reason else "accepted", reason=judgement.reason,
        record_count=judgement.record_count, keys=judgement.keys,
        new_keys=tuple(key for key in judgement.keys if key not in known),
    )  # fmt: skip
