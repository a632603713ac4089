"""A year of daily captures of a price list through the real snapshot store: bytes and processor seconds a day.

The list is the newest LiteLLM price file of the starter archive; each day a share of its models gets another price.
A share of 0 stands for the real vintages of the archive, month by month, instead.
"""

import gzip
import hashlib
import json
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from pipeline.kernel import starter
from pipeline.kernel.home import STARTER
from pipeline.kernel.snapshot import Manifest, Snapshot, SnapshotStore
from pipeline.kernel.source import discover
from tests.bench.measure import Clock

SOURCE = "litellm_prices"
PRICE = "input_cost_per_token"
FIRST = datetime(2026, 1, 1, 6, tzinfo=UTC)


def vintages(store: SnapshotStore) -> list[Snapshot]:
    """The real captures of the price file, oldest first."""
    starter.load(STARTER, store, {SOURCE: discover()[SOURCE]})
    return store.all(SOURCE)


def changing(newest: bytes, days: int, share: float) -> Iterator[tuple[bytes, int]]:
    """The list as of each day, and the bytes of the lines that are not those of the day before."""
    chance, listed = Random(1), json.loads(newest)  # noqa: S311
    priced = sorted(name for name, model in listed.items() if isinstance(model, dict) and PRICE in model)
    yield json.dumps(listed, indent=1).encode(), 0
    for _ in range(days):
        changed = 0
        for name in chance.sample(priced, round(share * len(priced))):
            listed[name][PRICE] = chance.randint(1, 9999) / 1e9
            changed += len(f'  "{PRICE}": {listed[name][PRICE]},\n')
        yield json.dumps(listed, indent=1).encode(), changed


def differing(captures: list[bytes]) -> Iterator[tuple[bytes, int]]:
    """Each capture, and the bytes of its lines that the one before has not."""
    before = set(captures[0].splitlines(keepends=True))
    for content in captures:
        lines = content.splitlines(keepends=True)
        yield content, sum(len(line) for line in lines if line not in before)
        before = set(lines)


def main(folder: Path, days: int, share: float) -> None:
    """Keeps a capture a day and reads all of them back."""
    shutil.rmtree(folder, ignore_errors=True)
    clock = Clock()
    real = [snapshot.read() for snapshot in vintages(SnapshotStore(folder / "starter"))]
    store = SnapshotStore(folder / "snapshots")
    kept_bytes, changed_bytes, gzip_bytes, keeping = [], [], [], []
    hashes = []
    for day, (content, changed) in enumerate(changing(real[-1], days, share) if share else differing(real)):
        moment = (FIRST + timedelta(days=day)).isoformat()
        hashes.append(hashlib.sha256(content).hexdigest())
        manifest = Manifest(
            source=SOURCE, origin="prices", observed_at=moment, captured_at=moment, sha256=hashes[-1],
            byte_count=len(content), licence="",
        )  # fmt: skip
        began = time.process_time()
        snapshot = store.put(manifest, content)
        keeping.append(time.process_time() - began)
        kept_bytes.append(float(snapshot.payload.stat().st_size))
        changed_bytes.append(float(changed))
        gzip_bytes.append(float(len(gzip.compress(content, compresslevel=6))))
    snapshots = store.all(SOURCE)
    began = time.process_time()
    back = [hashlib.sha256(snapshot.read()).hexdigest() for snapshot in snapshots]
    clock.answers = {
        "kept_bytes": kept_bytes,
        "changed_bytes": changed_bytes,
        "gzip_bytes": gzip_bytes,
        "keep_seconds": keeping,
        "read_seconds": [(time.process_time() - began) / len(back)],
        "whole": [float(sum(snapshot.base is None for snapshot in snapshots))],
        "differing": [float(sum(found != sha256 for found, sha256 in zip(back, hashes, strict=True)))],
    }
    clock.report()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
