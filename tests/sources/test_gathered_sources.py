"""What staging holds of the sources that gather members of packages: units, dates and what stands for nothing."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from gathered_answers import GATHERED_ANSWERS
from made_answers import LIVE_ANSWERS, staged

from pipeline.kernel.cutting import answers
from pipeline.kernel.source import HttpOrigin, discover
from pipeline.sources.llmfit_repositories import embedded_list
from pipeline.sources.openrouter_rankings import earlier_exports
from pipeline.sources.scancode_licences import front_matter

CASES: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "alpaca_eval": (
        "board, alpaca_eval_name, package_version, round(win_share, 4), round(length_controlled_win_share, 4), "
        "round(win_share_standard_error, 4), comparison_count, mode_tag",
        [
            ("alpaca_eval_1", "gpt4", "0.6", 0.9528, 0.8651, 0.0072, 805, "minimal"),
            ("alpaca_eval_1", "llama-2-70b-chat-hf", "0.6", 0.9266, 0.7411, 0.0091, 804, "minimal"),
            ("alpaca_eval_1", "claude", "0.6", 0.9155, 0.7683, 0.0098, 805, "verified"),
            ("alpaca_eval_2", "gpt4_1106_preview", "0.6", 0.5, 0.5, 0.0, 805, "minimal"),
            ("alpaca_eval_2", "claude-3-opus-20240229", "0.6", 0.2904, 0.4039, 0.0139, 805, "minimal"),
            ("alpaca_eval_2", "llama-2-70b-chat-hf", "0.6", 0.1389, 0.1469, 0.0108, 804, "verified"),
        ],
    ),
    "bfcl_models": (
        "bfcl_id, package_version, model_tag, organisation_tag, licence_tag, input_price_usd_per_mtok",
        [
            ("gorilla-openfunctions-v2", "2026.3.23", "gorilla-openfunctions-v2", "Gorilla LLM", "Apache 2.0", None),
            ("DeepSeek-V3.2-Exp-FC", "2026.3.23", "deepseek-chat", "DeepSeek", "MIT", None),
            ("claude-opus-4-5-20251101", "2026.3.23", "claude-opus-4-5-20251101", "Anthropic", "Proprietary", 5.0),
            ("google/gemma-3-4b-it", "2026.3.23", "google/gemma-3-4b-it", "Google", "gemma-terms-of-use", None),
        ],
    ),
    "gguf_architectures": (
        "package_version, architecture_tag, member_tag",
        [
            ("0.6.0", name, member)
            for name, member in [
                ("llama", "LLAMA"), ("falcon", "FALCON"), ("baichuan", "BAICHUAN"), ("gpt2", "GPT2"), ("gptj", "GPTJ"),
                ("gptneox", "GPTNEOX"), ("mpt", "MPT"), ("starcoder", "STARCODER"), ("persimmon", "PERSIMMON"),
                ("refact", "REFACT"), ("bert", "BERT"), ("bloom", "BLOOM"), ("stablelm", "STABLELM"), ("qwen", "QWEN"),
            ]
        ],
    ),
    "litellm_price_events": (
        "litellm_id, event_number, changed_on, field_tag, old_usd_per_mtok, new_usd_per_mtok, commit_tag",
        [
            ("gpt-4o", 1, date(2024, 11, 13), "input_cost_per_token", 5.0, 2.5, "e7543378b8b7"),
            ("gpt-4o", 2, date(2024, 11, 13), "output_cost_per_token", 15.0, 10.0, "e7543378b8b7"),
            ("gpt-4o", 3, date(2024, 12, 24), "input_cost_per_token_batches", None, 1.25, "6f6c651ee023"),
            ("gpt-4o", 4, date(2025, 3, 22), "search_context_cost_per_query", None, None, "d468a2fa3483"),
        ],
    ),
    "llmfit_repositories": (
        "repository_tag, licence_tag, architecture_tag, parameters_count, created_on, downloads_count",
        [
            ("openai-community/gpt2", "mit", "gpt2", 137_022_720, date(2022, 3, 2), 15_508_105),
            ("Qwen/Qwen3-0.6B", "apache-2.0", "qwen3", 751_632_384, date(2025, 4, 27), 29_646_527),
            ("meta-llama/Llama-3.1-8B-Instruct", "llama3.1", "llama", 8_030_261_248, date(2024, 7, 18), 6_112_855),
            ("deepseek-ai/DeepSeek-R1", "mit", "deepseek_v3", 684_489_845_504, date(2025, 1, 20), 1_022_411),
        ],
    ),
    "metergraph_prices": (
        "metergraph_id, channel_tag, starts_at, ends_at, input_price_usd_per_mtok, output_price_usd_per_mtok",
        [
            ("openai/gpt-4o", "openai-api", datetime(2024, 8, 6, tzinfo=UTC), None, 2.5, 10.0),
            (
                "deepseek/v4-pro", "deepseek-api", datetime(2026, 4, 24, tzinfo=UTC),
                datetime(2026, 9, 10, 4, tzinfo=UTC), 0.435, 0.87,
            ),
            ("deepseek/v4-pro", "deepseek-api", datetime(2026, 9, 10, 4, tzinfo=UTC), None, 1.32, 3.96),
        ],
    ),
    "model_prices": (
        "lab_tag, model_prices_id, tier_tag, price_number, starts_at, basis_tag, input_price_usd_per_mtok",
        [
            ("deepseek", "deepseek-chat", "standard", 1, None, "models.dev commit", 0.27),
            (
                "deepseek", "deepseek-chat", "standard", 2, datetime(2025, 6, 10, 22, 55, 28, tzinfo=UTC),
                "documented", 0.27,
            ),
            (
                "deepseek", "deepseek-chat", "standard", 3, datetime(2025, 8, 25, 16, 35, 54, tzinfo=UTC),
                "models.dev commit", 0.57,
            ),
            ("openai", "gpt-4o", "batch", 2, datetime(2024, 4, 15, tzinfo=UTC), "models.dev commit", 1.25),
        ],
    ),
    "mteb_models": (
        "repository_tag, entry_number, has_open_weights, licence_tag, released_on, has_public_training_code, "
        "has_public_training_data",
        [
            ("intfloat/multilingual-e5-small", 1, True, "mit", date(2024, 2, 8), False, False),
            ("BAAI/bge-m3", 1, True, "mit", date(2024, 6, 28), False, True),
            ("avsolatorio/NoInstruct-small-Embedding-v0", 1, True, "mit", date(2024, 5, 1), False, False),
            ("avsolatorio/NoInstruct-small-Embedding-v0", 2, True, "mit", date(2024, 5, 1), False, False),
            ("nomic-ai/nomic-embed-text-v1", 1, True, "apache-2.0", date(2024, 1, 31), True, False),
            ("openai/text-embedding-3-small", 1, False, None, date(2024, 1, 25), False, False),
        ],
    ),
    "transformers_architectures": (
        "package_version, architecture_tag, is_withdrawn",
        [
            ("4.36.2", "mctct", True),
            ("4.36.2", "open_llama", True),
            ("4.36.2", "llama", False),
            ("4.36.2", "mixtral", False),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_values_as_staging_holds_them(name: str) -> None:
    source = discover()[name]
    (make, file), (columns, rows) = GATHERED_ANSWERS[name], CASES[name]
    (origin,) = source.origins
    assert staged(source, origin, make(file, origin), columns) == rows


def test_the_list_in_the_genai_package_says_what_the_published_file_says() -> None:
    source = discover()["genai_prices"]
    make, file = GATHERED_ANSWERS["genai_prices"]
    columns = ", ".join(field.name for field in source.fields if field.name != "is_deprecated")
    package, address = (staged(source, origin, make(file, origin), columns) for origin in source.origins)
    assert not isinstance(source.origins[0], HttpOrigin)
    assert package == address


def test_the_heads_of_licence_files_say_what_the_index_says() -> None:
    source = discover()["scancode_licences"]
    make, file = GATHERED_ANSWERS["scancode_licences"]
    columns = "licence_key, category_tag, spdx_id, is_exception, is_deprecated"
    index, heads, _ = (staged(source, origin, make(file, origin), columns) for origin in source.origins)
    assert heads == index


@pytest.mark.parametrize("text", [b"---\nkey: mit\n---\n\nPermission is hereby granted", b"---\nkey: mit\n---"])
def test_only_the_head_of_a_licence_is_kept(text: bytes) -> None:
    assert front_matter(text) == b"key: mit\n"


def test_a_licence_without_a_head_is_refused() -> None:
    with pytest.raises(ValueError, match="expected YAML between two lines of dashes"):
        front_matter(b"Permission is hereby granted")


def program(entries: list[dict[str, Any]]) -> bytes:
    """Bytes as a compiled program has them around a list: other text, another list, and what is no text."""
    return b'\x7fELF\x00\xff[\n {"name": "a preset"}]\x00\x01' + json.dumps(entries, indent=2).encode() + b"\x00\xfe["


REPOSITORIES = [
    {"name": f"owner/model-{number}", "hf_downloads": number, "license": "mit", "use_case": "näher", "provider": "ö"}
    for number in range(150)
]


def test_a_list_is_found_in_a_program_and_cut_to_what_is_used() -> None:
    found = json.loads(embedded_list(program(REPOSITORIES)))
    assert found == [{key: entry[key] for key in ("name", "hf_downloads", "license")} for entry in REPOSITORIES]


@pytest.mark.parametrize("content", [b"", b"\x00\xff" * 100, program(REPOSITORIES[:50])])
def test_a_program_without_the_list_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="expected a JSON list of repositories"):
        embedded_list(content)


def test_earlier_exports_together_hold_every_day_since_the_first() -> None:
    today = date(2026, 11, 24)
    exports = earlier_exports(today)
    held = {day - timedelta(days=back) for day, _ in exports for back in range(30)}
    assert {date(2026, 9, 1) + timedelta(days=number) for number in range(79)} <= held
    assert max(day for day, _ in exports) <= today < max(day for day, _ in exports) + timedelta(days=30)
    assert exports[0][1].endswith("/rankings-daily/2026-09-19.csv")
    assert earlier_exports(date(2026, 9, 18)) == []


def test_a_table_of_an_earlier_day_is_read_without_a_manifest() -> None:
    source = discover()["openrouter_rankings"]
    (origin,) = source.origins
    make, file = LIVE_ANSWERS["openrouter_rankings"]
    columns = "used_on, openrouter_permaslug, token_share"
    _, table = answers(make(file, origin))
    assert staged(source, origin, table, columns) == staged(source, origin, make(file, origin), columns)
