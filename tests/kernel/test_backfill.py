"""How far a capture goes: past heavy origins, to every origin, or to all that can still be had; and going on."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from kernel_support import (
    MEMBER,
    Index,
    clear_environment,
    cut,
    keep,
    make_source,
    models,
    packaged,
    quick_client,
    wheel,
)
from misbehaving import Answer, Server

from pipeline.kernel.capture import Reach, capture, is_due
from pipeline.kernel.result import Result
from pipeline.kernel.snapshot import SnapshotStore
from pipeline.kernel.source import HttpOrigin, PackageOrigin, Source

JSON = {"Content-Type": "application/json"}
HEAVY = PackageOrigin("demo-data", MEMBER, cut, every="month", heavy=True)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    clear_environment(monkeypatch)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as running:
        monkeypatch.setenv("AJAR_ORIGIN", running.url)
        yield running


@pytest.fixture
def index(server: Server, monkeypatch: pytest.MonkeyPatch) -> Index:
    index = Index(server)
    monkeypatch.setenv("PIP_INDEX_URL", index.url)
    for version, uploaded in [("1.0", "2026-01-05"), ("1.1", "2026-01-20"), ("2.0", "2026-03-01")]:
        index.add(version, f"{uploaded}T10:00:00Z", {MEMBER: models(3)})
    return index


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "snapshots")


def ask(source: Source, store: SnapshotStore, reach: Reach) -> list[Result]:
    with quick_client() as client:
        return capture(source, store, client, reach=reach)


def versions(store: SnapshotStore) -> list[str]:
    return [snapshot.manifest.version for snapshot in store.all("example")]


@pytest.mark.parametrize("every", ["month", "quarter", "newest"])
def test_a_backfill_brings_every_release_and_only_what_is_not_held(
    index: Index, store: SnapshotStore, every: str
) -> None:
    source = packaged(every)
    ask(source, store, "all")
    held = versions(store)
    assert held == {"month": ["1.1", "2.0"], "quarter": ["2.0"], "newest": ["2.0"]}[every]
    index.server.requests.clear()
    (result,) = ask(source, store, "past")
    assert (result.attempt, len(result.snapshots)) == ("accepted", 3 - len(held))
    assert versions(store) == ["1.0", "1.1", "2.0"]
    assert not index.server.seen("/files/demo_data-2.0-py3-none-any.whl")
    assert ask(source, store, "past")[0].attempt == "unchanged"


def test_a_backfill_that_broke_off_goes_on(index: Index, store: SnapshotStore) -> None:
    index.server.on("/files/demo_data-1.1-py3-none-any.whl", Answer(status=404))
    (result,) = ask(packaged(), store, "past")
    assert (result.attempt, versions(store)) == ("failed", ["1.0", "2.0"])
    index.server.on("/files/demo_data-1.1-py3-none-any.whl", Answer(wheel("1.1", {MEMBER: models(3)})))
    (result,) = ask(packaged(), store, "past")
    assert (result.attempt, versions(store)) == ("accepted", ["1.0", "1.1", "2.0"])


def test_heavy_origins_are_left_out_unless_asked_for(index: Index, server: Server, store: SnapshotStore) -> None:
    server.on("/models.example/api.json", Answer(models(3), headers=JSON))
    light = HttpOrigin("https://models.example/api.json", cut)
    source = make_source(origins=(HEAVY, light), history="vintages")
    assert [result.origin for result in ask(source, store, "light")] == [light.name]
    assert not server.seen(index.page)
    assert [result.origin for result in ask(source, store, "all")] == ["demo-data", light.name]


def test_a_heavy_origin_is_due_by_its_own_last_answer(store: SnapshotStore) -> None:
    light = HttpOrigin("https://models.example/api.json", cut)
    source = make_source(origins=(HEAVY, light), history="vintages", cadence=timedelta(days=1))
    keep(store, replace(source, origins=(light,)), models(3), "2026-05-01T10:00:00+00:00")
    noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert not is_due(source, store, noon, reach="light")
    assert is_due(source, store, noon)
    keep(store, source, models(3), "2026-05-01T11:00:00+00:00", version="2.0")
    assert not is_due(source, store, noon)
    assert is_due(source, store, noon + timedelta(days=1))


def days(today: date) -> Sequence[tuple[date, str]]:
    return [(date(2026, 5, day), f"https://models.example/2026-05-0{day}.json") for day in (1, 2, 3)]


def test_earlier_answers_of_an_address_are_dated_by_their_day(server: Server, store: SnapshotStore) -> None:
    for day, answered in [(1, Answer(models(3), headers=JSON)), (2, Answer(status=404)), (3, Answer(b"<html>"))]:
        server.on(f"/models.example/2026-05-0{day}.json", answered)
    source = make_source(origins=(HttpOrigin("https://models.example/api.json", cut, past=days),))
    (result,) = ask(source, store, "past")
    assert result.attempt == "failed"
    assert "404" in result.reason
    (kept,) = store.all("example")
    assert (kept.manifest.observed_at, kept.manifest.version) == ("2026-05-01T00:00:00+00:00", "2026-05-01")
    (refused,) = store.all("example", "quarantined")
    assert refused.manifest.version == "2026-05-03"
    assert not server.seen("/models.example/api.json")
    server.on("/models.example/2026-05-02.json", Answer(models(3), headers=JSON))
    server.requests.clear()
    ask(source, store, "past")
    assert versions(store) == ["2026-05-01", "2026-05-02"]
    assert [request.target for request in server.requests] == ["/models.example/2026-05-02.json"]


def test_without_earlier_answers_a_backfill_asks_for_news(server: Server, store: SnapshotStore) -> None:
    server.on("/models.example/api.json", Answer(models(3), headers=JSON))
    assert [result.attempt for result in ask(make_source(), store, "past")] == ["accepted"]
