"""The list of sources and the sheet of one: what they tell, and that they fit 100 columns."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from kernel_support import CC0, keep, make_source, models, packaged

from pipeline.kernel.home import STARTER
from pipeline.kernel.inventory import WIDTH, listing, proofs, sheet
from pipeline.kernel.snapshot import SnapshotStore
from pipeline.kernel.source import Bounds, discover

NOW = datetime(2026, 5, 11, 10, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> SnapshotStore:
    return SnapshotStore(tmp_path / "snapshots")


def line_of(name: str, text: str) -> str:
    (line,) = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    return " ".join(line.split())


def test_a_source_is_told_in_a_line(store: SnapshotStore) -> None:
    source = make_source()
    for month in (3, 4, 5):
        keep(store, source, models(month), f"2026-0{month}-01T10:00:00+00:00")
    assert (
        line_of("example", listing([source], store, NOW))
        == "example CC0-1.0 1 d 10 d ! 12 2026-05-01 2026-03…2026-05 x3"
    )
    fresh = replace(source, stale_after=timedelta(days=30))
    assert " 10 d 12 " in line_of("example", listing([fresh], store, NOW))


def test_a_source_never_captured_is_told_as_such(store: SnapshotStore) -> None:
    kept_back = make_source(licence=replace(CC0, name="Terms of a service with a long name", redistributable=False))
    assert line_of("example", listing([kept_back], store, NOW)) == "example Terms of a …* 1 d never 0"


def test_what_was_quarantined_or_failed_is_told_with_its_reason(store: SnapshotStore) -> None:
    source = make_source(bounds=Bounds(min_records=4))
    keep(store, source, models(3), "2026-05-02T10:00:00+00:00")
    store.note(
        "example", "models.example/api.json", "failed", "https://models.example/api.json: expected 200, found 503"
    )
    text = listing([source], store, NOW)
    assert "quarantined 2026-05-02, models.example/api.json: expected at least 4 records, found 3" in text
    assert "models.example/api.json: expected 200, found 503" in text
    store.note("example", "models.example/api.json", "unchanged")
    assert "503" not in listing([source], store, NOW)


def test_sources_stand_below_their_subjects(store: SnapshotStore) -> None:
    lines = listing([make_source(), make_source(name="priced", subject="prices")], store, NOW).splitlines()
    assert lines[2:7] == [lines[2], lines[3], "", lines[5], lines[6]]
    assert [lines[2], lines[5]] == ["releases", "prices"]
    assert lines[3].startswith("example ")
    assert lines[6].startswith("priced ")


def test_a_sheet_tells_all_of_a_source(store: SnapshotStore) -> None:
    source = packaged("month", warnings=("Two of its models are one.",), bounds=Bounds(min_records=4))
    keep(store, source, models(5), "2026-04-02T10:00:00+00:00", version="1.0")
    keep(store, source, models(3), "2026-05-02T10:00:00+00:00", version="1.1")
    store.note("example", "demo-data", "quarantined", "expected at least 4 records, found 3", version="1.1")
    text = sheet(source, store, NOW)
    for part in (
        "example - Example", "Each model of the example.", "CC0-1.0, may be republished", "every 1 days",
        "observed 39 days ago, stale after 7: STALE", "vintages; 2026-04 x1", "5 in staging.example",
        "at least 4 records, at most 25% fewer than before", "pipeline/sources/example.py",
        "package demo-data, last of each month, demo_data/models.json: 2026-04 x1; newest 5 rows",
        "model_example_id varchar required: id of the model", "- Two of its models are one.",
        "quarantined, kept and not loaded", "expected at least 4 records, found 3", "quarantined, demo-data 1.1",
    ):  # fmt: skip
        assert part in text, part


def test_the_list_of_all_sources_and_each_sheet_fit_the_width(store: SnapshotStore) -> None:
    sources = discover()
    for name, source in sources.items():
        long = "https://example.org/a/very/long/address/that/goes/on: expected an answer, found none; " * 3
        store.note(name, source.origins[0].name, "failed", long)
    texts = [listing(sources.values(), store), *(sheet(source, store) for source in sources.values())]
    wide = [line for text in texts for line in text.splitlines() if len(line) > WIDTH]
    assert not [line for line in wide if " " in line.strip()]
    assert all(any(line.startswith(f"{name} ") for line in texts[0].splitlines()) for name in sources)


def test_a_narrow_terminal_gets_a_narrower_list(store: SnapshotStore) -> None:
    source = make_source(name="a_source_with_the_longest_na")
    for month in (3, 4):
        keep(store, source, models(month), f"2026-0{month}-01T10:00:00+00:00")
    store.note(source.name, "models.example/api.json", "failed", "expected an answer, found none " * 9)
    lines = listing([source], store, NOW, width=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert line_of(source.name, "\n".join(lines)) == f"{source.name} CC0-1.0 40 d ! 7 2026-03…2026-04 x2"
    assert len(lines[3]) == len(lines[0].replace("history", "2026-03…2026-04 x2"))


def test_how_each_source_was_proved_is_a_table(store: SnapshotStore) -> None:
    source = make_source(proved="in part", warnings=("Prices are of the day.", "More."))
    keep(store, source, models(3), "2026-05-01T10:00:00+00:00")
    text = proofs([source], store, NOW)
    assert "| example | in part | 3 | 2026-05 x1 | Prices are of the day. |" in text
    assert "in part: records of a real answer" in text
    assert "proved       in part: records of a real answer" in sheet(source, store, NOW)


def test_captured_are_the_sources_of_the_starter_archive() -> None:
    archived = {path.name.removesuffix(".tar.xz") for path in STARTER.glob("*.tar.xz")}
    assert {name for name, source in discover().items() if source.proved == "captured"} == archived
