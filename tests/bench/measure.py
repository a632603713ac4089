"""Runs a piece of work in a process of its own: seconds a step and peak memory; what the work is stands elsewhere."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass
class Clock:
    """Collects seconds a step, and numbers to compare between ways of doing the same."""

    seconds: dict[str, float] = field(default_factory=dict)
    answers: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - began

    def report(self) -> None:
        """Prints all as one line of JSON, for `run` to read."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"seconds": self.seconds, "answers": self.answers, "peak_bytes": peak}), flush=True)


@dataclass(frozen=True)
class Measured:
    """What one process came to."""

    seconds: dict[str, float]
    answers: dict[str, list[float]]
    peak_bytes: int


def run(module: str, *arguments: object) -> Measured:
    """Runs `python -m tests.bench.<module>`; RuntimeError, with its last words, when it fails."""
    command = [sys.executable, "-m", f"tests.bench.{module}", *map(str, arguments)]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if finished.returncode:
        raise RuntimeError(f"{' '.join(command)}: expected to end well, found {finished.stderr[-3000:]}")
    return Measured(**json.loads(finished.stdout.splitlines()[-1]))
