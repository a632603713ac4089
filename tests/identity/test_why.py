"""What `ajar why` prints: the chain for a name that catalogues write, one that is typed, and one that nobody knows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from duckdb import DuckDBPyConnection
from models_support import build_up_to, database, tables

from pipeline.cli import main
from pipeline.why import Section, unmatched, why

DAY, RELEASED = datetime(2026, 10, 8, tzinfo=UTC), date(2025, 1, 20)
WORLD: dict[str, list[dict[str, Any]]] = {
    "staging.arena_ratings": [
        {"board": "text/overall", "arena_name": "deepseek-r1", "rating": 1390.0, "fetched_at": DAY, "observed_at": DAY},
        {"board": "text/overall", "arena_name": "gpt-latest", "rating": 1400.0, "fetched_at": DAY, "observed_at": DAY},
    ],
    "staging.helm_models": [
        {"helm_id": "deepseek-ai/deepseek-r1", "access_tag": "open", "released_on": RELEASED, "observed_at": DAY}
    ],
    "staging.huggingface_models": [
        {"huggingface_id": "deepseek-ai/DeepSeek-R1", "observed_at": DAY, "downloads_30d_count": 500_000},
        {"huggingface_id": "unsloth/DeepSeek-R1-GGUF", "observed_at": DAY, "downloads_30d_count": 9_000},
    ],
    "reference.organisation": [{"organisation_id": "deepseek", "name": "DeepSeek", "country_code": "CN"}],
    "reference.organisation_alias": [
        {"organisation_tag": "deepseek-ai", "catalogue": catalogue, "organisation_id": "deepseek"}
        for catalogue in ("helm", "huggingface")
    ],
    "reference.model_line": [{"line_tag": "deepseek", "name": "DeepSeek", "organisation_id": "deepseek"}],
    "reference.leading_model": [
        {
            "model_id": "deepseek-r1", "name": "DeepSeek-R1", "organisation_id": "deepseek", "weights_access": "open",
            "released_on": RELEASED, "released_precision": "day", "evidence": "two_sources", "read_on": DAY.date(),
        }
    ],
    "reference.model_alias": [
        {"alias_tag": "deepseek-r1", "catalogue": "arena", "model_id": "deepseek-r1", "reason": "same model"}
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> Iterator[DuckDBPyConnection]:
    with database() as connection:
        build_up_to(
            connection, ["core.model", "core.family", "core.checkpoint", "core.derivation", "core.moving_alias"], WORLD
        )
        yield connection


def chain(connection: DuckDBPyConnection, name: str) -> dict[str, Section]:
    return {section.title: section for section in why(connection, name, tables()["core.name_key"])}


def test_a_name_of_a_catalogue_leads_to_rule_model_date_weights_and_checkpoints(connection: DuckDBPyConnection) -> None:
    found = chain(connection, "DeepSeek-R1")
    steps = dict(found["DeepSeek-R1, as catalogues write it"].rows)
    assert list(steps.values()) == ["deepseek-r1"] * 6
    names = {row[:3] for row in found["deepseek-r1: the names that stand for it"].rows}
    assert ("arena", "deepseek-r1", "hand") in names
    assert ("huggingface", "deepseek-ai/DeepSeek-R1", "leading_key") in names
    (model,) = found["deepseek-r1: the model"].rows
    assert model == (
        "DeepSeek-R1", "DeepSeek r1", "DeepSeek", "leading_model", date(2025, 1, 20), "day", "leading_model", "open",
        "leading_model",
    )  # fmt: skip
    dates = [row[0] for row in found["deepseek-r1: evidence on the release date, strongest first"].rows]
    assert dates == ["leading_model", "helm"]
    assert [row[0] for row in found["deepseek-r1: evidence on its weights, strongest first"].rows] == [
        "leading_model",
        "helm",
    ]
    checkpoints = [row[:4] for row in found["deepseek-r1: its checkpoints"].rows]
    assert checkpoints == [
        ("deepseek-ai/deepseek-r1", True, False, None),
        ("unsloth/deepseek-r1-gguf", False, False, "gguf"),
    ]


def test_a_spelling_that_no_catalogue_has_is_brought_to_its_key(connection: DuckDBPyConnection) -> None:
    found = chain(connection, "us.DeepSeek R1 (FP8):free")
    assert "us.DeepSeek R1 (FP8):free, as typed: no catalogue writes it" in found
    assert "deepseek-r1: the model" in found


def test_an_unknown_name_gets_near_ones(connection: DuckDBPyConnection) -> None:
    found = chain(connection, "deepsek-r1")
    assert [row[1:] for row in found["near names"].rows] == [("arena", "deepseek-r1", "deepseek-r1")]


def test_a_name_that_moves_stands_for_nothing(connection: DuckDBPyConnection) -> None:
    (row,) = chain(connection, "gpt-latest")["stands for no model"].rows
    assert row[:3] == ("arena", "gpt-latest", "moving_alias")


def test_the_command_says_what_is_missing_without_a_release(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AJAR_DATA", str(tmp_path))
    result = CliRunner().invoke(main, ["why", "deepseek-r1"])
    assert result.exit_code == 1
    assert "Error" in result.output


def test_names_that_wait_come_with_candidates_and_names_that_move_do_not(connection: DuckDBPyConnection) -> None:
    build_up_to(
        connection,
        ["core.unmatched_name"],
        {
            **WORLD,
            "staging.genai_prices": [
                {"genai_prices_id": "deepseek-r1-fancy", "host_tag": "host", "observed_at": DAY},
                {"genai_prices_id": "fancy/deepseek-r1-fancy", "host_tag": "host", "observed_at": DAY},
            ],
        },
    )
    section = unmatched(connection, 5)
    (row,) = [row for row in section.rows if "fancy" in row[0]]
    assert row[2:4] == (2, 0)
    assert row[5].startswith("deepseek-r1 ")
    assert not [row for row in section.rows if "latest" in row[0]]
