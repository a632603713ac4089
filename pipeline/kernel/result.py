"""How the capture of an origin ended, and how it stands to the captures before it; nothing is fetched here."""

from dataclasses import dataclass, replace

from pipeline.kernel.contract import Judgement
from pipeline.kernel.snapshot import Attempt, Manifest, Snapshot, SnapshotStore
from pipeline.kernel.source import Origin, Source


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


def newest(
    store: SnapshotStore, source: Source, origin: str, before: str = "9999", version: str | None = None
) -> Snapshot | None:
    """The newest accepted snapshot of an origin, or of one version of it, observed before a moment."""
    earlier = [
        snapshot
        for snapshot in store.all(source.name)
        if snapshot.manifest.origin == origin
        and snapshot.manifest.observed_at < before
        and version in (None, snapshot.manifest.version)
    ]
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


def together(source: Source, origin: Origin, results: list[Result]) -> Result:
    """One result of an origin for those of its vintages."""
    attempts = {result.attempt for result in results}
    if attempts <= {"unchanged"}:
        return Result(source.name, origin.name, "unchanged", "")
    worst: Attempt = "failed" if "failed" in attempts else "quarantined" if "quarantined" in attempts else "accepted"
    return Result(
        source.name, origin.name, worst,
        "; ".join(result.reason for result in results if result.reason),
        tuple(i for result in results for i in result.snapshots),
    )  # fmt: skip
