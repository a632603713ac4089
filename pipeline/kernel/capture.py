"""Captures sources: fetch, judge, keep; several at a time, one failing stops no other."""

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from urllib.parse import urlsplit

from pipeline.kernel.answers import fetch as fetch_answers
from pipeline.kernel.contract import judge
from pipeline.kernel.http import Client, HttpFault, Unreachable, redact
from pipeline.kernel.large import accept_large, capture_large, rejudge_large
from pipeline.kernel.packages import PackageFault, choose, download, list_releases
from pipeline.kernel.result import Result, again, judged, newest, together
from pipeline.kernel.snapshot import Manifest, Snapshot, SnapshotStore, now
from pipeline.kernel.source import HttpOrigin, PackageOrigin, ParquetOrigin, Source

Say = Callable[[str, str], None]
Reach = Literal["light", "all", "past"]
"""How far a capture goes: past heavy origins, to every origin, or to everything an origin can still give."""
MEMBER_TYPE = "application/octet-stream"


def is_due(source: Source, store: SnapshotStore, at: datetime | None = None, *, reach: Reach = "all") -> bool:
    """Whether the source's cadence has passed since it last answered, each of its heavy origins counted apart."""
    heavy = [origin.name for origin in source.origins if isinstance(origin, PackageOrigin) and origin.heavy]
    looks = [store.last_looked(source.name)]
    looks += [store.last_looked(source.name, name) for name in heavy if reach != "light"]
    latest = (at or datetime.now(UTC)) + timedelta(minutes=5)
    return any(looked is None or looked + source.cadence <= latest for looked in looks)


def capture_all(
    sources: Sequence[Source],
    store: SnapshotStore,
    client: Client,
    *,
    say: Say = lambda source, text: None,
    workers: int = 4,
    reach: Reach = "all",
) -> list[Result]:
    """Captures the sources in parallel; `say(source, text)` is told what is going on."""
    context = copy_context()

    def one(source: Source) -> list[Result]:
        return context.copy().run(capture, source, store, client, say=say, reach=reach)

    with ThreadPoolExecutor(max_workers=workers) as pool:
        return [result for results in pool.map(one, sources) for result in results]


def host_rates(sources: Sequence[Source]) -> dict[str, float]:
    """The least requests per second that any origin of a host asks for, by host."""
    rates: dict[str, float] = {}
    for source in sources:
        for origin in source.origins:
            if not isinstance(origin, PackageOrigin) and origin.requests_per_second:
                host = urlsplit(origin.url).netloc
                rates[host] = min(origin.requests_per_second, rates.get(host, origin.requests_per_second))
    return rates


def capture(
    source: Source,
    store: SnapshotStore,
    client: Client,
    *,
    say: Say = lambda source, text: None,
    reach: Reach = "all",
) -> list[Result]:
    """Captures every origin of one source; failures become results with their reason, never exceptions."""
    results = []
    with suppress(ValueError):  # a manifest that cannot be read is told of by each origin below
        for snapshot in store.all(source.name, "quarantined"):
            rejudge(source, store, snapshot)
    for origin in source.origins:
        if reach == "light" and isinstance(origin, PackageOrigin) and origin.heavy:
            continue
        say(source.name, f"asking {origin.name}")
        try:
            if isinstance(origin, PackageOrigin):
                result = _from_package(source, origin, store, client, say, reach)
            elif isinstance(origin, ParquetOrigin):
                result = capture_large(source, origin, store, client, say=say, everything=reach == "past")
            elif reach == "past" and origin.past:
                result = _from_past(source, origin, store, client, say)
            else:
                result = _from_address(source, origin, store, client)
        except Unreachable as error:
            host = "the package index" if isinstance(origin, PackageOrigin) else urlsplit(origin.url).netloc
            result = Result(source.name, origin.name, "failed", str(error), unreachable=host)
        except Exception as error:
            result = Result(source.name, origin.name, "failed", redact(str(error) or repr(error)))
        if result.attempt in ("failed", "unchanged"):
            store.note(source.name, origin.name, result.attempt, result.reason)
        say(source.name, f"{origin.name}: {result.attempt}")
        results.append(result)
    return results


def rejudge(source: Source, store: SnapshotStore, snapshot: Snapshot) -> bool:
    """Judges a quarantined capture again, by the contract of today; whether it is accepted now."""
    manifest = snapshot.manifest
    try:
        origin = source.origin(manifest.origin)
    except KeyError:
        return False
    if isinstance(origin, ParquetOrigin):
        return rejudge_large(source, origin, store, snapshot)
    last = newest(store, source, manifest.origin, manifest.observed_at)
    content = snapshot.read()
    if judge(source, origin, content, manifest.content_type, last.manifest if last else None).reason:
        return False
    return _keep(source, origin, store, manifest, content, last).attempt == "accepted"


def accept(source: Source, store: SnapshotStore, snapshot_id: str, why: str) -> None:
    """Accepts a quarantined capture on a person's word; ValueError when there is none or it cannot be cut."""
    for snapshot in store.all(source.name, "quarantined"):
        if snapshot.snapshot_id == snapshot_id:
            if not snapshot.manifest.record_count:
                reason = snapshot.manifest.reason
                raise ValueError(
                    f"{snapshot_id}: expected a capture with records, found none ({reason}); mend the source"
                )
            manifest = replace(snapshot.manifest, outcome="accepted", reason=f"accepted by hand: {why}")
            origin = source.origin(manifest.origin)
            if isinstance(origin, ParquetOrigin):
                accept_large(source, origin, store, snapshot, manifest)
            else:
                store.put(manifest, snapshot.read())
            store.note(source.name, manifest.origin, "accepted", manifest.reason, version=manifest.version)
            return
    held = ", ".join(snapshot.snapshot_id for snapshot in store.all(source.name, "quarantined")) or "none"
    raise ValueError(f"{snapshot_id}: expected a quarantined capture of {source.name} ({held}), found none")


def _from_address(source: Source, origin: HttpOrigin, store: SnapshotStore, client: Client) -> Result:
    last = newest(store, source, origin.name)
    known = (last.manifest.etag, last.manifest.last_modified) if last else ("", "")
    answer, content = fetch_answers(origin, client, *known)
    if content is None or (last and answer.sha256 == last.manifest.sha256):
        return Result(source.name, origin.name, "unchanged", "")
    if held := again(store, source, origin.name, answer.sha256):
        return held
    manifest = Manifest(
        source=source.name, origin=origin.name, observed_at=now(), captured_at=now(), sha256=answer.sha256,
        byte_count=len(content), licence=source.licence.name, status=answer.status,
        content_type=answer.content_type, etag=answer.etag or "", last_modified=answer.last_modified or "",
    )  # fmt: skip
    return _keep(source, origin, store, manifest, content, last)


def _from_package(
    source: Source, origin: PackageOrigin, store: SnapshotStore, client: Client, say: Say, reach: Reach
) -> Result:
    def fetch(url: str, accept: str) -> bytes:
        with TemporaryDirectory(prefix="ajar-") as folder:
            answer = client.get(url, into=Path(folder) / "page", accept=accept)
            assert answer.path is not None
            return answer.path.read_bytes()

    held = {s.manifest.version for s in store.all(source.name, None) if s.manifest.origin == origin.name}
    wanted = [
        release
        for release in choose(
            origin,
            list_releases(origin.package, fetch, prereleases=origin.prereleases),
            "release" if reach == "past" else None,
        )
        if release.version not in held
    ]
    results = []
    for number, release in enumerate(wanted, start=1):
        say(source.name, f"{origin.package} {release.version} ({number} of {len(wanted)})")
        try:
            content, wheel = download(release, origin)
        except PackageFault as fault:
            results.append(Result(source.name, origin.name, "failed", str(fault)))
            continue
        manifest = Manifest(
            source=source.name, origin=origin.name, observed_at=release.uploaded_at, captured_at=now(),
            sha256=hashlib.sha256(content).hexdigest(), byte_count=len(content), licence=source.licence.name,
            version=release.version, release_sha256=wheel, content_type=MEMBER_TYPE,
        )  # fmt: skip
        results.append(
            _keep(
                source,
                origin,
                store,
                manifest,
                content,
                newest(store, source, origin.name, release.uploaded_at),
            )
        )
    return together(source, origin, results)


def _from_past(source: Source, origin: HttpOrigin, store: SnapshotStore, client: Client, say: Say) -> Result:
    """Asks for each earlier answer that the origin declares and that is not held yet."""
    assert origin.past is not None
    held = {s.manifest.version for s in store.all(source.name, None) if s.manifest.origin == origin.name}
    wanted = [(day, url) for day, url in origin.past(datetime.now(UTC).date()) if day.isoformat() not in held]
    results = []
    for number, (day, url) in enumerate(wanted, start=1):
        say(source.name, f"{origin.name} of {day} ({number} of {len(wanted)})")
        try:
            answer, content = fetch_answers(replace(origin, url=url, more=None, paging=None), client)
        except Unreachable:
            raise
        except HttpFault as fault:
            results.append(Result(source.name, origin.name, "failed", redact(str(fault))))
            continue
        assert content is not None
        moment = f"{day}T00:00:00+00:00"
        manifest = Manifest(
            source=source.name, origin=origin.name, observed_at=moment, captured_at=now(), sha256=answer.sha256,
            byte_count=len(content), licence=source.licence.name, version=day.isoformat(), status=answer.status,
            content_type=answer.content_type,
        )  # fmt: skip
        results.append(_keep(source, origin, store, manifest, content, newest(store, source, origin.name, moment)))
    return together(source, origin, results)


def _keep(
    source: Source,
    origin: HttpOrigin | PackageOrigin,
    store: SnapshotStore,
    manifest: Manifest,
    content: bytes,
    last: Snapshot | None,
) -> Result:
    judgement = judge(source, origin, content, manifest.content_type, last.manifest if last else None)
    manifest = judged(manifest, judgement, last)
    store.put(manifest, content)
    store.note(source.name, origin.name, manifest.outcome, judgement.reason, version=manifest.version)
    return Result(source.name, origin.name, manifest.outcome, judgement.reason, (manifest.snapshot_id,))
