"""Published figures are computed again from the real answers behind them; skipped where the answers are not at hand."""

import gzip
import hashlib
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from models_support import upstream

from pipeline.claims.anchors import anchors
from pipeline.claims.reading import tables_of
from pipeline.kernel.build import build_staging, build_table
from pipeline.kernel.contract import judge
from pipeline.kernel.project import open_project
from pipeline.kernel.snapshot import Manifest, SnapshotStore
from pipeline.kernel.warehouse import scratch

ROOT = Path(__file__).parents[2]
PAYLOADS = Path(os.environ.get("AJAR_PAYLOADS", ROOT.parent / "shared" / "payloads"))
ANSWERS = (
    ("epoch_models", 1, "epoch/notable_ai_models.csv.gz", "2025-12-02"),
    ("epoch_models", 2, "epoch/large_scale_ai_models.csv.gz", "2025-12-02"),
    ("epoch_models", 3, "epoch/frontier_ai_models.csv.gz", "2025-12-02"),
    ("epoch_capabilities_index", 0, "epoch/eci_scores_2025-12-19.csv", "2025-12-19"),
    ("openness_fmti", 0, "openness/fmti/October2023_scores.csv", "2025-12-20"),
    ("openness_fmti", 1, "openness/fmti/May2024_scores.csv", "2025-12-20"),
    ("openness_fmti", 2, "openness/fmti/Dec2025_scores.csv", "2025-12-20"),
    ("openness_mot", 0, "openness/mot_models.tar.gz", "2026-05-11"),
    ("ai_incidents", 0, "incidents/aiid_incidents_2026-02.csv.gz", "2026-02-01"),
    ("ecosystem_graphs", 0, "access/ecosystem_graphs_all_assets.csv.gz", "2025-01-24"),
)
REPRODUCED = {
    "A010", "A011", "A013", "A014", "A037", "A038", "A040", "A041", "A043", "A044", "A046", "A047", "A049", "A050",
    "A058", "A059", "A061", "A062", "A068", "A122",
}  # fmt: skip
GROWN = ("A110", "2024")
"""Incidents of 2024 went on being reported: 233 when the figure was published, 283 a year later."""


def received(file: str) -> bytes:
    content = (PAYLOADS / file).read_bytes()
    return gzip.decompress(content) if file.endswith(".csv.gz") else content


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[tuple[str, str | None], dict[str, Any]]]:
    if not PAYLOADS.is_dir():
        pytest.skip(f"no real answers at {PAYLOADS}")
    project = open_project()
    store = SnapshotStore(tmp_path_factory.mktemp("snapshots"))
    for name, place, file, day in ANSWERS:
        source, content = project.sources[name], received(file)
        origin = source.origins[place]
        judgement = judge(source, origin, content, "", None)
        assert not judgement.reason, (name, judgement.reason)
        moment = f"{day}T00:00:00+00:00"
        store.put(
            Manifest(
                source=name, origin=origin.name, observed_at=moment, captured_at=moment,
                sha256=hashlib.sha256(content).hexdigest(), byte_count=len(content), licence=source.licence.name,
                record_count=judgement.record_count,
            ),
            content,
        )  # fmt: skip
    with scratch() as connection:
        connection.execute("set threads = 1")
        yield {(row["anchor_id"], row["part"]): row for row in built(connection, store)}


def built(connection: duckdb.DuckDBPyConnection, store: SnapshotStore) -> list[dict[str, Any]]:
    """The anchors of a warehouse of just these captures, with no more built than they need."""
    project = open_project()
    figures = project.tables["reference.published_figure"]
    build_table(connection, figures)
    queries = connection.execute("select query from reference.published_figure where query is not null").fetchall()
    wanted = {table for (query,) in queries for table in tables_of(query)}
    for name in upstream(wanted):
        if name.startswith("staging."):
            build_staging(connection, project.sources[name.removeprefix("staging.")], store)
        else:
            build_table(connection, project.tables[name])
    return anchors(connection)


def test_figures_whose_data_are_at_hand_are_reproduced(checked: dict[tuple[str, str | None], dict[str, Any]]) -> None:
    off = {key: row for key, row in checked.items() if key[0] in REPRODUCED and row["is_within_tolerance"] is not True}
    assert not off, [(key, row["published"], row["computed"], row["reason"]) for key, row in off.items()]
    assert {key[0] for key, row in checked.items() if row["is_within_tolerance"]} >= REPRODUCED


def test_a_count_that_has_grown_since_says_so(checked: dict[tuple[str, str | None], dict[str, Any]]) -> None:
    row = checked[GROWN]
    assert (row["published"], row["computed"], row["is_within_tolerance"]) == (233, 283, False)
    assert row["reason"] == f"differs; the figure speaks of {date(2025, 12, 31)}, the data of {date(2026, 2, 1)}"
    assert checked["A110", "2025"]["is_within_tolerance"]


def test_what_is_not_held_names_what_it_needs(checked: dict[tuple[str, str | None], dict[str, Any]]) -> None:
    assert checked["A028", None]["computed"] is None
    assert checked["A028", None]["reason"] == "not held: needs lmarena_ratings of that time"
    assert checked["A016", None]["reason"] == "not held: needs epoch_capabilities_index of that time"
    assert all(row["computed"] is not None or row["reason"] for row in checked.values())


def test_queries_read_marts_only() -> None:
    project = open_project()
    with scratch() as connection:
        build_table(connection, project.tables["reference.published_figure"])
        rows = connection.execute("select figure_id, query, needs from reference.published_figure").fetchall()
    for figure, query, needs in rows:
        for table in tables_of(query or ""):
            assert table.startswith("marts."), (figure, table)
            assert table in project.tables, (figure, table)
        assert needs is None or needs in project.sources, figure
