"""The fixtures of sources in the starter archive hold what those sources really said."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from made_answers import staged
from source_answers import answer, distinct

from pipeline.kernel.home import STARTER
from pipeline.kernel.snapshot import SnapshotStore
from pipeline.kernel.source import Source, discover
from pipeline.kernel.staging import load
from pipeline.kernel.starter import load as load_archive
from pipeline.kernel.warehouse import writer

HELD = [name for name in discover() if (STARTER / f"{name}.tar.xz").exists()]
COUNTED = ("event_number", "price_number")
"""Places among the records of one model, of which a fixture holds a few."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> SnapshotStore:
    store = SnapshotStore(tmp_path_factory.mktemp("snapshots"))
    load_archive(STARTER, store, discover())
    return store


def columns_of(source: Source) -> str:
    names = (field.name for field in source.fields if field.type != "JSON" and field.name not in COUNTED)
    return ", ".join(f'"{name}"' for name in names)


def rows_of(source: Source) -> Iterator[tuple[object, ...]]:
    for origin in distinct(source.origins):
        yield from staged(source, origin, answer(source, origin), columns_of(source))


@pytest.mark.parametrize("name", HELD)
def test_each_record_was_said_by_the_source(name: str, store: SnapshotStore, tmp_path: Path) -> None:
    source = discover()[name]
    with writer(tmp_path / "warehouse.duckdb") as connection:
        load(connection, source, store.all(name))
        said = set(connection.execute(f"select {columns_of(source)} from staging.{name}").fetchall())
    assert not [row for row in rows_of(source) if row not in said]
