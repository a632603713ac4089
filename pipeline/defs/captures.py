"""One asset per source's snapshots, captured together in threads; nothing here opens the database."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import dagster as dg

from pipeline.kernel.capture import Reach, capture_all, host_rates
from pipeline.kernel.home import ROOT
from pipeline.kernel.http import Client
from pipeline.kernel.meta import source_row
from pipeline.kernel.progress import say
from pipeline.kernel.project import Project, open_project, source_file
from pipeline.kernel.result import Result
from pipeline.kernel.snapshot import SnapshotStore
from pipeline.kernel.source import Source

UNREACHABLE = "unreachable host"
REACH = "ajar/reach"
"""Tag of a run that says how far its captures go; without it they go to every origin."""


def snapshot_key(source: str) -> dg.AssetKey:
    return dg.AssetKey(["snapshot", source])


def snapshot_spec(source: Source) -> dg.AssetSpec:
    """The asset of a source's snapshots, described from its declaration."""
    origins = "\n".join(f"- {origin.name}" for origin in source.origins)
    warnings = "\n".join(f"- {warning}" for warning in source.warnings)
    return dg.AssetSpec(
        snapshot_key(source.name),
        description=f"{source.doc}\n\nOrigins:\n{origins}\n\nBeware:\n{warnings}",
        group_name=source.subject,
        owners=list(source.owners),
        kinds={"file"},
        tags={"history": source.history},
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=source.stale_after),
        skippable=True,
        metadata={
            "title": source.title,
            "homepage": dg.MetadataValue.url(source.homepage),
            "licence": dg.MetadataValue.url(source.licence.url),
            "licence_name": source.licence.name,
            "attribution": source.licence.attribution,
            "redistributable": source.licence.redistributable,
            **declared_in(source_file(source.name)),
        },
    )


def declared_in(path: Path) -> dict[str, dg.MetadataValue]:
    """Metadata that names the file that declares an asset."""
    return {"declared in": dg.MetadataValue.path(str(path.relative_to(ROOT)))}


def snapshot_metadata(source: Source, store: SnapshotStore) -> dict[str, dg.MetadataValue]:
    """What is held of a source now."""
    row = source_row(source, store)
    snapshots = store.all(source.name)
    return {
        "snapshots": dg.MetadataValue.int(row["snapshot_count"]),
        "records_in_newest": dg.MetadataValue.int(snapshots[-1].manifest.record_count if snapshots else 0),
        "observed_from": dg.MetadataValue.text(row["first_observed_at"] or "never"),
        "observed_to": dg.MetadataValue.text(row["last_observed_at"] or "never"),
        "quarantined": dg.MetadataValue.int(row["quarantined_count"]),
    }


def data_version(source: Source, store: SnapshotStore) -> dg.DataVersion:
    """Changes when accepted snapshots are added or removed."""
    snapshots = store.all(source.name)
    return dg.DataVersion(f"{len(snapshots)}-{snapshots[-1].manifest.sha256[:12]}" if snapshots else "empty")


@dg.multi_asset(
    specs=[snapshot_spec(source) for source in open_project().sources.values()],
    name="ask_sources",
    can_subset=True,
    description="Asks the selected sources for news and keeps what passes their contract.",
)
def capture_sources(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None] | dg.AssetObservation]:
    project = open_project()
    chosen = [s for s in project.sources.values() if snapshot_key(s.name) in context.selected_asset_keys]
    reach: Reach = next((known for known in get_args(Reach) if known == context.run.tags.get(REACH)), "all")
    with Client(host_rates=host_rates(chosen)) as client:
        results = capture_all(
            chosen, project.store, client, say=lambda source, text: say(f"{source}: {text}"), reach=reach
        )
    for source in chosen:
        yield from _events(context, project, source, [result for result in results if result.source == source.name])


def _events(
    context: dg.AssetExecutionContext, project: Project, source: Source, results: list[Result]
) -> Iterator[dg.MaterializeResult[None] | dg.AssetObservation]:
    for result in results:
        if result.attempt in ("failed", "quarantined"):
            context.log.warning(f"{source.name}: {result.origin}: {result.attempt}: {result.reason}")
            yield dg.AssetObservation(
                snapshot_key(source.name),
                description=f"{result.attempt}: {result.reason}",
                metadata={
                    "origin": result.origin,
                    "attempt": result.attempt,
                    "reason": result.reason,
                    UNREACHABLE: result.unreachable,
                },
            )
    if any(result.attempt in ("accepted", "unchanged") or result.snapshots for result in results):
        attempts = {f"attempt {result.origin}": dg.MetadataValue.text(result.attempt) for result in results}
        yield dg.MaterializeResult(
            snapshot_key(source.name),
            metadata={**snapshot_metadata(source, project.store), **attempts},
            data_version=data_version(source, project.store),
        )
