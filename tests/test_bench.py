"""The benchmark at a tiny size: every way comes to the same answers, and the history replays to its state."""

import re

import pytest

from tests.bench.__main__ import main


def test_the_benchmark_runs_and_all_ways_agree(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--rows", "3000", "--days", "2"])
    printed = capsys.readouterr().out
    assert "3,000 repositories" in printed
    for step in ("staging", "licence", "organisation", "lineage", "monthly"):
        assert re.search(rf"^\| {step} \| ", printed, re.MULTILINE), step
    assert re.search(r"Peak memory: floor .* GB, ours .* GB, polars .* GB, pandas .* GB", printed)
    days = re.findall(r"change_MB: the first capture ([\d.]+), then ([\d.]+) a day", printed)
    assert len(days) == 2
    assert all(float(day) < float(first) for first, day in days)
