"""Whole real answers of those who label openness, captured from a local server and built; no test logic."""

import csv
import gzip
import io
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml
from duckdb import DuckDBPyConnection
from made_answers import parquet
from misbehaving import Answer, Server
from models_support import tables, upstream
from packed_answers import packed

from pipeline.kernel import starter
from pipeline.kernel.capture import capture
from pipeline.kernel.home import STARTER
from pipeline.kernel.http import Client
from pipeline.kernel.project import open_project
from pipeline.kernel.snapshot import SnapshotStore
from pipeline.kernel.source import HttpOrigin, Source
from pipeline.kernel.staging import load
from pipeline.kernel.warehouse import literal, scratch

ROOT = Path(__file__).parents[1]
PAYLOADS = Path(os.environ.get("AJAR_PAYLOADS", ROOT.parent / "shared" / "payloads"))
LABELLERS = ("lmarena_ratings", "openness_osai", "openness_mot", "ecosystem_graphs", "epoch_models")
TARGETS = ("marts.openness_agreement", "marts.openness_disagreement", "marts.release_openness", "marts.openness_tier")

OSAI_KEYS = {
    "llmdata": "datasources_basemodel", "rldata": "datasources_endmodel", "llmweights": "weights_basemodel",
    "rlweights": "weights_endmodel", "opencode": "trainingcode", "architecture": "hardware_architecture",
    "license": "licenses",
}  # fmt: skip
"""What the index before OSAI called the same dimensions."""


def plain(file: str) -> bytes:
    return gzip.decompress((PAYLOADS / file).read_bytes())


def lines_of(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(plain(file).decode())))


def arena_table() -> bytes:
    """The Arena's table of models of June 2024, with its licences, in the columns of the dataset that followed it.

    The ratings are those of the same day's history; the dataset has one line a model, category and day.
    """
    history = {row[""]: row for row in lines_of("arena/wide_history_2023-05_2025-02.csv.gz")}
    day = max(name for name in history if name <= "20240629")
    listed = lines_of("arena/leaderboard_table_20240629.csv.gz")
    rated = [(row, float(history[day].get(row["key"]) or 0)) for row in listed]
    return parquet(
        [
            {
                "model_name": row["key"], "organization": row["Organization"], "license": row["License"],
                "rating": rating, "rating_lower": rating - 5, "rating_upper": rating + 5, "variance": 6.5,
                "vote_count": 1000.0, "rank": 1.0, "category": "overall",
                "leaderboard_publish_date": f"{day[:4]}-{day[4:6]}-{day[6:]}",
            }
            for row, rating in rated if rating
        ]
    )  # fmt: skip


def osai_archive() -> bytes:
    """The files of the index of March 2025 under the keys that OSAI, which grew out of it, gives the dimensions."""
    entries: dict[str, bytes] = {}
    with tarfile.open(PAYLOADS / "openness" / "opening_up_projects.tar.gz") as tar:
        for member in tar.getmembers():
            path = Path(member.name)
            if path.suffix == ".yaml" and not path.name.startswith(("A_", ".", "_")):
                opened = tar.extractfile(member)
                assert opened is not None
                entries[f"name-main/{path.name}"] = yaml.dump(as_osai(yaml.safe_load(opened.read()))).encode()
    return packed(entries, "w:gz")


def as_osai(entry: Mapping[str, Any]) -> dict[str, Any]:
    judged = {OSAI_KEYS.get(key, key): value for key, value in entry.items()}
    project = judged.pop("project")
    return {
        **judged,
        "system": {
            "name": project["name"], "link": project.get("link"), "basemodelname": project.get("llmbase"),
            "endmodelname": project["name"], "endmodellicense": project.get("license"),
        },
    }  # fmt: skip


def bodies(source: Source) -> Iterator[tuple[HttpOrigin, bytes]]:
    """What each of the source's addresses answers, where a real answer is kept."""
    made = {
        "lmarena_ratings": [arena_table],
        "openness_osai": [osai_archive],
        "openness_mot": [lambda: (PAYLOADS / "openness" / "mot_models.tar.gz").read_bytes()],
        "ecosystem_graphs": [lambda: plain("access/ecosystem_graphs_all_assets.csv.gz")],
        "epoch_models": [
            None,
            *(
                lambda name=name: plain(f"epoch/{name}_ai_models.csv.gz")
                for name in ("notable", "large_scale", "frontier")
            ),
        ],
    }[source.name]
    for origin, make in zip(source.origins, made, strict=False):
        if make is not None and isinstance(origin, HttpOrigin):
            yield origin, make()


@contextmanager
def labelled_warehouse(folder: Path) -> Iterator[DuckDBPyConnection]:
    """The starter archive and the labellers' answers, captured from a local server, up to the tables of agreement."""
    project, store = open_project(), SnapshotStore(folder)
    needed = upstream(TARGETS)
    sources = {name: source for name, source in project.sources.items() if f"staging.{name}" in needed}
    starter.load(STARTER, store, sources)
    with Server() as server:
        os.environ["AJAR_ORIGIN"] = server.url
        try:
            with Client(requests_per_second=1000) as client:
                for name in LABELLERS:
                    answered = list(bodies(project.sources[name]))
                    for origin, body in answered:
                        server.on(f"/{origin.url.removeprefix('https://')}", Answer(body))
                    asked = replace(
                        project.sources[name],
                        origins=tuple(origin for origin, _ in answered),
                        bounds=replace(project.sources[name].bounds, min_records=40),
                    )
                    for result in capture(asked, store, client):
                        assert result.attempt == "accepted", result
        finally:
            del os.environ["AJAR_ORIGIN"]
    with scratch() as connection:
        for name, source in sources.items():
            load(connection, source, store.all(name))
        for name in needed:
            table = tables()[name]
            connection.execute(f"create schema if not exists {table.layer}")
            if table.layer == "reference":
                columns = ", ".join(f"'{key}': '{value.duckdb_type}'" for key, value in table.header.columns.items())
                file = ROOT / "warehouse" / "reference" / f"{name.partition('.')[2]}.csv"
                connection.execute(
                    f"create table {name} as select * from read_csv({literal(str(file))}, header = true, "
                    f"columns = {{{columns}}})"
                )
            elif table.select and table.layer in ("core", "marts"):
                connection.execute(f"create table {name} as {table.select}")
        yield connection
