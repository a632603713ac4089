"""Runs a piece of work in a process of its own: seconds a step and peak memory; what the work is stands elsewhere."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Clock:
    """Collects seconds a step, by the wall and of all processors, and answers to compare between ways."""

    seconds: dict[str, float] = field(default_factory=dict)
    cpu_seconds: dict[str, float] = field(default_factory=dict)
    answers: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began, worked = time.perf_counter(), time.process_time()
        yield
        self.seconds[name] = time.perf_counter() - began
        self.cpu_seconds[name] = time.process_time() - worked

    def report(self) -> None:
        """Prints all as one line of JSON, for `run` to read."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({**asdict(self), "peak_bytes": peak}), flush=True)


@dataclass(frozen=True)
class Measured:
    """What one process came to."""

    seconds: dict[str, float]
    cpu_seconds: dict[str, float]
    answers: dict[str, list[float]]
    peak_bytes: int


def run(module: str, *arguments: object) -> Measured:
    """Runs `python -m tests.bench.<module>`; RuntimeError, with its last words, when it fails."""
    command = [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if finished.returncode:
        raise RuntimeError(f"{' '.join(command)}: expected to end well, found {finished.stderr[-3000:]}")
    return Measured(**json.loads(finished.stdout.splitlines()[-1]))
