"""The benchmark at a tiny size: every way comes to the same answers, and the history replays to its state."""

import re

import pytest

from tests.bench.__main__ import main


def test_the_benchmark_runs_and_all_ways_agree(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--rows", "3000", "--days", "3", "--year", "4"])
    printed = capsys.readouterr().out
    assert "3,000 repositories" in printed
    for step in ("staging", "licence", "organisation", "lineage", "monthly"):
        assert re.search(rf"^\| {step} \| ", printed, re.MULTILINE), step
    assert re.search(r"Peak memory: floor .* GB, ours .* GB, polars .* GB, pandas .* GB", printed)
    days = re.findall(r"change_MB: the first capture ([\d.]+), then ([\d.]+) a day", printed)
    assert len(days) == 2
    kept = re.findall(r"([\d.]+) KB kept of each, .*; ([\d.]+) KB of text changed, ([\d.]+) KB are all of it", printed)
    assert len(kept) == 3
    assert all(float(a_day) < float(whole) for a_day, _, whole in kept)
    assert all(float(day) < float(first) for first, day in days)
