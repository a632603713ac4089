"""Two captures of the Hub's listing, a month apart: what became of a licence and a gate between them is an event."""

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection
from kernel_support import clear_environment, quick_client
from misbehaving import Answer, Server
from models_support import tables, upstream

from pipeline.kernel.capture import capture
from pipeline.kernel.project import open_project
from pipeline.kernel.snapshot import SnapshotStore
from pipeline.kernel.source import HttpOrigin, Source
from pipeline.kernel.staging import load
from pipeline.kernel.tables import Table
from pipeline.kernel.warehouse import literal, scratch

KEPT = ("reference.licence_class", "reference.licence_alias")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    clear_environment(monkeypatch)
    with Server() as running:
        monkeypatch.setenv("AJAR_ORIGIN", running.url)
        yield running


def model(name: str, gated: bool | str, card: Mapping[str, Any]) -> dict[str, Any]:
    """One model as the Hub lists it."""
    tags = ["safetensors", "region:us", *([f"license:{card['license']}"] if "license" in card else [])]
    return {
        "id": name, "author": name.split("/")[0], "createdAt": "2023-11-01T07:10:36.000Z",
        "lastModified": "2024-06-01T00:00:00.000Z", "downloads": 4000, "likes": 1200, "gated": gated,
        "library_name": "transformers", "pipeline_tag": "text-generation", "cardData": dict(card), "tags": tags,
        "safetensors": {"parameters": {"BF16": 34_388_917_248}, "total": 34_388_917_248},
    }  # fmt: skip


BEFORE = [
    model("01-ai/Yi-34B", False, {"license": "other", "license_name": "yi-license"}),
    model("meta-llama/Llama-3.1-8B", "manual", {"license": "llama3.1"}),
    model("mistralai/Mistral-7B-v0.1", False, {"license": "apache-2.0"}),
    model("a/unlicensed", False, {}),
]
AFTER = [
    model("01-ai/Yi-34B", False, {"license": "apache-2.0"}),
    model("meta-llama/Llama-3.1-8B", "auto", {"license": "llama3.1"}),
    model("mistralai/Mistral-7B-v0.1", "auto", {"license": "apache-2.0"}),
    model("a/unlicensed", False, {"license": "never-seen-1.0"}),
]


def listing() -> Source:
    """The Hub's listing of the most downloaded, small answers allowed."""
    source = open_project().sources["huggingface_models"]
    asked = [
        origin for origin in source.origins if isinstance(origin, HttpOrigin) and origin.label == "most downloaded"
    ]
    return replace(source, origins=tuple(asked), bounds=replace(source.bounds, min_records=2, max_drop=1.0))


def ask(server: Server, store: SnapshotStore, source: Source, models: list[dict[str, Any]]) -> None:
    (origin,) = source.origins
    assert isinstance(origin, HttpOrigin)
    path = f"/{origin.url.removeprefix('https://')}"
    server.on(path, Answer(json.dumps(models).encode(), headers={"Content-Type": "application/json"}))
    with quick_client() as client:
        (result,) = capture(source, store, client)
    assert result.attempt == "accepted", result.reason


def age(store: SnapshotStore, source: Source, days: int) -> None:
    """Makes what is held look observed some days ago, as time would."""
    for snapshot in store.all(source.name):
        earlier = datetime.fromisoformat(snapshot.manifest.observed_at) - timedelta(days=days)
        content = snapshot.read()
        shutil.rmtree(snapshot.folder)
        store.put(replace(snapshot.manifest, observed_at=earlier.isoformat()), content)


def events(connection: DuckDBPyConnection, store: SnapshotStore, source: Source) -> dict[str, dict[str, Any]]:
    """The events by repository, from the captures held and the kept licence map."""
    load(connection, source, store.all(source.name))
    for name in upstream(["core.licence_event"]):
        table = tables()[name]
        connection.execute(f"create schema if not exists {table.layer}")
        if table.select and table.layer == "core":
            connection.execute(f"create or replace table {name} as {table.select}")
        elif name != "staging.huggingface_models":
            hold(connection, table)
    found = connection.execute("select * from core.licence_event")
    names = [column[0] for column in found.description or ()]
    return {row["subject_tag"]: row for row in (dict(zip(names, row, strict=True)) for row in found.fetchall())}


def hold(connection: DuckDBPyConnection, table: Table) -> None:
    """The kept rows of a reference table that the licence map is made of; any other table is empty."""
    types = {name: column.duckdb_type for name, column in table.header.columns.items()}
    columns = ", ".join(f"{name} {kind}" for name, kind in types.items())
    connection.execute(f"create or replace table {table.name} ({columns})")
    if table.name in KEPT:
        file = table.path.with_suffix(".csv")
        typed = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in types.items())
        read = f"read_csv({literal(str(file))}, header = true, columns = {{{typed}}})"
        connection.execute(f"insert into {table.name} select * from {read}")


def test_a_licence_and_a_gate_that_change_between_two_captures_are_events(server: Server, tmp_path: Path) -> None:
    store, source = SnapshotStore(tmp_path), listing()
    ask(server, store, source, BEFORE)
    age(store, source, days=30)
    ask(server, store, source, AFTER)
    with scratch() as connection:
        found = events(connection, store, source)
    assert set(found) == {"01-ai/Yi-34B", "meta-llama/Llama-3.1-8B", "mistralai/Mistral-7B-v0.1", "a/unlicensed"}
    told = {
        name: (row["kind"], row["licence_class_before"], row["licence_class"], row["direction"])
        for name, row in found.items()
    }
    assert told == {
        "01-ai/Yi-34B": ("licence", "L2", "L6", "opened"),
        "meta-llama/Llama-3.1-8B": ("gate", "L3", "L3", "opened"),
        "mistralai/Mistral-7B-v0.1": ("gate", "L6", "L6", "closed"),
        "a/unlicensed": ("licence", "L1", None, None),
    }
    yi = found["01-ai/Yi-34B"]
    assert (yi["licence_tag_before"], yi["licence_tag"]) == ("yi-license", "apache-2.0")
    assert (yi["seen_on"] - yi["last_seen_before_on"]).days == 30


def test_two_captures_of_the_same_state_are_no_event(server: Server, tmp_path: Path) -> None:
    store, source = SnapshotStore(tmp_path), listing()
    ask(server, store, source, BEFORE)
    age(store, source, days=30)
    ask(server, store, source, [{**each, "downloads": 5000, "likes": 1300} for each in BEFORE])
    with scratch() as connection:
        assert events(connection, store, source) == {}
