"""What a person types about sources: the list, one source, and a backfill that names what it wants."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.kernel.source import discover


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AJAR_DATA", str(tmp_path))


def typed(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.output


def test_sources_lists_each_source_within_100_columns() -> None:
    code, output = typed("sources")
    assert code == 0
    listed = {line.split()[0] for line in output.splitlines() if " never " in line}
    assert listed == set(discover())
    assert max(map(len, output.splitlines())) <= 100


def test_sources_tells_all_of_one_source() -> None:
    code, output = typed("sources", "litellm_prices")
    assert code == 0
    for part in ("litellm_prices - LiteLLM price list", "never captured", "package litellm", "heavy", "beware"):
        assert part in output


def test_a_source_that_is_not_there_is_told_with_those_that_are() -> None:
    code, output = typed("sources", "lightllm")
    assert code == 2
    assert "litellm_prices" in output


def test_a_backfill_wants_names() -> None:
    code, output = typed("capture", "--backfill")
    assert code == 2
    assert "expected the names of sources to backfill" in output
