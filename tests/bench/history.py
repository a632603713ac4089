"""Simulated days of the Hub through the real capture of large sources: bytes and seconds a day, and whether flat."""

import hashlib
import os
import shutil
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.kernel.changes import CHANGES, STATE, replay, state_of
from pipeline.kernel.columns import bound_memory
from pipeline.kernel.large import keep_files
from pipeline.kernel.snapshot import RECEIVED, Manifest, SnapshotStore
from pipeline.kernel.source import ParquetOrigin, discover
from pipeline.kernel.staging import load
from pipeline.kernel.warehouse import literal, quote, scratch, writer
from tests.bench.floor import COLUMNS
from tests.bench.generate import write_next_day
from tests.bench.measure import Clock

FIRST = datetime(2026, 10, 1, 6, tzinfo=UTC)


def main(first: Path, folder: Path, days: int, change_share: float) -> None:
    """Keeps and loads a dump a day, of the columns that are read.

    The answers are change bytes and processor seconds to keep and to load, day by day.
    """
    source = discover()["huggingface_repositories"]
    source = replace(source, bounds=replace(source.bounds, min_records=1))
    origin = source.origins[0]
    assert isinstance(origin, ParquetOrigin)
    clock = Clock()
    shutil.rmtree(folder, ignore_errors=True)
    store = SnapshotStore(folder / "snapshots")
    (folder / "dumps").mkdir(parents=True)
    dump = folder / "dumps" / "0.parquet"
    with scratch() as connection:
        connection.execute(
            f"copy (select {', '.join(map(quote, COLUMNS))} from read_parquet({literal(str(first))})) "
            f"to {literal(str(dump))} (format parquet, compression zstd)"
        )
    rows = 0
    change_bytes, keeping, loading = [], [], []
    for day in range(days + 1):
        if day:
            following = folder / "dumps" / f"{day}.parquet"
            write_next_day(dump, following, day, change_share, max(1, rows // 800))
            dump.unlink()
            dump = following
        incoming = store.incoming(source.name, origin.name)
        incoming.mkdir(parents=True)
        os.link(dump, incoming / "000000.parquet")
        moment = (FIRST + timedelta(days=day)).isoformat()
        manifest = Manifest(
            source=source.name, origin=origin.name, observed_at=moment, captured_at=moment,
            sha256=hashlib.sha256(str(day).encode()).hexdigest(), byte_count=dump.stat().st_size, licence="",
        )  # fmt: skip
        began = time.process_time()
        kept = keep_files(source, origin, store, manifest, incoming)
        keeping.append(time.process_time() - began)
        assert kept.outcome == "accepted", kept.reason
        rows = rows or kept.record_count
        change_bytes.append(float((store.folder / kept.snapshot_id / CHANGES).stat().st_size))
        began = time.process_time()
        with writer(folder / "work.duckdb") as connection:
            load(connection, source, store.all(source.name))
        loading.append(time.process_time() - began)
    snapshots = store.all(source.name)
    with scratch() as connection:
        bound_memory(connection, folder)
        columns = ", ".join(quote(field.name) for field in source.fields)
        found = [
            connection.execute(f"select count(*), sum(hash({columns})) from ({select})").fetchall()
            for select in (state_of(connection, source, snapshots), replay(connection, source, snapshots))
        ]
    newest = snapshots[-1].folder
    clock.answers = {
        "rows": [float(rows)],
        "change_bytes": change_bytes,
        "keep_seconds": keeping,
        "load_seconds": loading,
        "differing": [float(found[0] != found[1])],
        "received_bytes": [float(sum(file.stat().st_size for file in (newest / RECEIVED).iterdir()))],
        "state_bytes": [float((newest / STATE).stat().st_size)],
        "database_bytes": [float((folder / "work.duckdb").stat().st_size)],
    }
    clock.report()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]))
