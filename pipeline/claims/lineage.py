"""What a claim rests on: the marts it reads, their sources, and the captures and facts they were built from."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.claims.registration import Claim
from pipeline.kernel.home import ROOT
from pipeline.kernel.project import Project
from pipeline.kernel.tables import Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def source_rows(
    connection: "DuckDBPyConnection", project: Project, claims: Iterable[Claim], read: Mapping[str, Iterable[str]]
) -> list[dict[str, Any]]:
    """The rows of claims.source; `read` names the tables that each claim reads."""
    behind = {mart: made_from(project.tables, mart) for mart in set[str]().union(*read.values()) & set(project.tables)}
    seen = {name: _seen(connection, project, name) for name in set[str]().union(*behind.values())}
    return [
        {
            "claim_id": claim.claim_id,
            "claim_path": claim.path,
            "mart": mart,
            "mart_path": str(project.tables[mart].path.relative_to(ROOT)),
            "source": name,
            **seen[name],
        }
        for claim in claims
        for mart in sorted(read.get(claim.claim_id, ()))
        for name in behind.get(mart, ())
    ]


def _seen(connection: "DuckDBPyConnection", project: Project, name: str) -> dict[str, Any]:
    """How often and when a source was captured, or when the facts of a table kept by hand were read."""
    if name in project.tables:
        dated = "read_on" in project.tables[name].header.columns
        days = connection.execute(f"select min(read_on), max(read_on) from {name}").fetchone() if dated else None
        first, last = days or (None, None)
        return {"capture_count": None, "first_observed_on": first, "last_observed_on": last, "snapshot_ids": "[]"}
    snapshots = sorted(project.store.all(name), key=lambda snapshot: snapshot.manifest.observed_at)
    observed = [snapshot.manifest.observed_at[:10] for snapshot in snapshots]
    return {
        "capture_count": len(snapshots),
        "first_observed_on": observed[0] if observed else None,
        "last_observed_on": observed[-1] if observed else None,
        "snapshot_ids": json.dumps([snapshot.snapshot_id for snapshot in snapshots]),
    }


def made_from(tables: Mapping[str, Table], name: str) -> list[str]:
    """The sources that a table is made from, directly or not, and the tables kept by hand."""
    reached, waiting = set[str](), [name]
    while waiting:
        table = waiting.pop()
        if table not in reached:
            reached.add(table)
            waiting += tables[table].depends
    origins = (table for table in reached if table.startswith(("staging.", "reference.")))
    return sorted(table.removeprefix("staging.") for table in origins)
