"""What a claim rests on: the marts it reads, their sources and the captures they were built from."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pipeline.claims.registration import Claim
from pipeline.kernel.home import ROOT
from pipeline.kernel.project import Project
from pipeline.kernel.tables import Table


def source_rows(project: Project, claims: Iterable[Claim], read: Mapping[str, Iterable[str]]) -> list[dict[str, Any]]:
    """The rows of claims.source; `read` names the tables that each claim reads."""
    rows = []
    for claim in claims:
        for mart in sorted(read.get(claim.claim_id, ())):
            if mart not in project.tables:
                continue
            for source in sources_of(project.tables, mart):
                snapshots = sorted(project.store.all(source), key=lambda snapshot: snapshot.manifest.observed_at)
                observed = [snapshot.manifest.observed_at[:10] for snapshot in snapshots]
                rows.append(
                    {
                        "claim_id": claim.claim_id,
                        "claim_path": claim.path,
                        "mart": mart,
                        "mart_path": str(project.tables[mart].path.relative_to(ROOT)),
                        "source": source,
                        "capture_count": len(snapshots),
                        "first_observed_on": observed[0] if observed else None,
                        "last_observed_on": observed[-1] if observed else None,
                        "snapshot_ids": json.dumps([snapshot.snapshot_id for snapshot in snapshots]),
                    }
                )
    return rows


def sources_of(tables: Mapping[str, Table], name: str) -> list[str]:
    """The sources that a table is made from, directly or not."""
    reached, waiting = set[str](), [name]
    while waiting:
        table = waiting.pop()
        if table not in reached:
            reached.add(table)
            waiting += tables[table].depends
    return sorted(table.removeprefix("staging.") for table in reached if table.startswith("staging."))
