"""Whole real answers of the Hub, Epoch, OpenRouter, Arena and Vercel; skipped without the folder in AJAR_PAYLOADS."""

import csv
import gzip
import io
import json
import os
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from made_answers import in_order, parquet, staged

from pipeline.kernel.contract import judge
from pipeline.kernel.source import Origin, Source, discover

ROOT = Path(__file__).parents[2]
PAYLOADS = Path(os.environ.get("AJAR_PAYLOADS", ROOT.parent / "shared" / "payloads"))

pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason=f"no real answers at {PAYLOADS}")


def received(file: str) -> bytes:
    content = (PAYLOADS / file).read_bytes()
    return gzip.decompress(content) if file.endswith(".gz") else content


def accepted(source: Source, origin: Origin, content: bytes, count: int) -> None:
    judgement = judge(source, origin, content, "", None)
    assert (judgement.reason, judgement.record_count) == ("", count)


def small(name: str, least: int) -> Source:
    source = discover()[name]
    return replace(source, bounds=replace(source.bounds, min_records=least))


@pytest.mark.parametrize(("number", "file", "count"), [(0, "tracked_models", 1772), (1, "extra_models", 186)])
def test_tracked_models_are_accepted_whole(number: int, file: str, count: int) -> None:
    source = discover()["huggingface_tracked_models"]
    content = received(f"huggingface/{file}.csv")
    accepted(source, source.origins[number], content, count)
    authors = staged(source, source.origins[number], content, "huggingface_author")
    regions = discover()["huggingface_author_regions"]
    placed = staged(regions, regions.origins[0], received("huggingface/organization_regions.csv"), "huggingface_author")
    assert {author for (author,) in authors} <= {author for (author,) in placed}


def test_author_regions_are_accepted_whole() -> None:
    source = discover()["huggingface_author_regions"]
    content = received("huggingface/organization_regions.csv")
    accepted(source, source.origins[0], content, 118)
    tally = staged(source, source.origins[0], content, "region_tag")
    assert {region: tally.count((region,)) for region in ("us", "china", "eu", "other", "unknown")} == {
        "us": 45, "china": 38, "eu": 19, "other": 13, "unknown": 3
    }  # fmt: skip


def test_model_parameters_are_accepted_whole() -> None:
    source = discover()["huggingface_model_parameters"]
    content = received("huggingface/model_parameters.csv")
    accepted(source, source.origins[0], content, 299)
    columns = "parameters_count, active_parameters_count, is_mixture_of_experts"
    assert staged(source, source.origins[0], content, columns, "huggingface_id = 'zai-org/GLM-4.5'") == [
        (355_000_000_000, 32_000_000_000, True)
    ]
    reviewed = staged(source, source.origins[0], content, "is_mixture_of_experts", "is_mixture_of_experts is not null")
    assert (len(reviewed), reviewed.count((True,))) == (52, 49)


def as_served(stored: dict[str, Any]) -> dict[str, Any]:
    """A model as the Hub's API gives it, from the form in which huggingface_hub stored it."""
    return {
        "id": stored["id"],
        "author": stored["author"],
        "createdAt": stored["created_at"],
        "lastModified": stored["last_modified"],
        "cardData": yaml.safe_load(stored["card_data"] or "null"),
        **{key: stored[key] for key in ("downloads", "likes", "gated", "gguf", "tags", "safetensors")},
        **{key: stored[key] for key in ("library_name", "pipeline_tag")},
    }


def test_hub_models_are_read_in_the_form_the_api_has() -> None:
    source = small("huggingface_models", 68)
    models = [as_served(json.loads(line)) for line in received("huggingface/model_info_objects.jsonl.gz").splitlines()]
    content = json.dumps(models).encode()
    for origin in source.origins[1:]:
        accepted(source, origin, content, 68)
    halves = in_order(b"hf_org\n", json.dumps(models[:40]).encode(), json.dumps(models[30:]).encode())
    accepted(source, source.origins[0], halves, 68)

    def count(where: str) -> int:
        return len(staged(source, source.origins[1], content, "huggingface_id", where))

    found = {
        where: count(where)
        for where in (
            "licence_tag is null",
            "licence_tag = 'apache-2.0'",
            "licence_tag = 'llama3.1'",
            "gated_tag = 'auto'",
            "gated_tag = 'false'",
            "base_relation_tag = 'finetune'",
            "base_relation_tag = 'quantized'",
            "base_relation_tag = 'adapter'",
            "base_relation_tag is null",
            "repository_created_at is null",
            "parameters_count is not null",
        )
    }
    assert found == {
        "licence_tag is null": 36,
        "licence_tag = 'apache-2.0'": 19,
        "licence_tag = 'llama3.1'": 3,
        "gated_tag = 'auto'": 2,
        "gated_tag = 'false'": 66,
        "base_relation_tag = 'finetune'": 27,
        "base_relation_tag = 'quantized'": 6,
        "base_relation_tag = 'adapter'": 1,
        "base_relation_tag is null": 34,
        "repository_created_at is null": 1,
        "parameters_count is not null": 33,
    }
    columns = "downloads_30d_count, repository_created_at, parameters_count, cast(base_model_ids as varchar)"
    where = "huggingface_id = 'opensourcerelease/DeepSeek-V3-bf16'"
    assert staged(source, source.origins[1], content, columns, where) == [
        (40_077, datetime(2024, 12, 26, 16, 7, 44), 684_489_845_504, '["deepseek-ai/DeepSeek-V3"]')
    ]


def test_a_router_answer_is_read() -> None:
    source = small("huggingface_providers", 1)
    content = received("samples/01_huggingface/router_v1_models.sample.json")
    accepted(source, source.origins[0], content, 1)


EPOCH = (
    (1, "notable", 952, 699, 667, 117),
    (2, "large_scale", 473, 450, 324, 0),
    (3, "frontier", 131, 68, 104, 131),
)
"""Origin, table, models, and of these with accessibility, with parameters, marked as frontier."""


@pytest.mark.parametrize(("number", "table", "count", "accessible", "sized", "frontier"), EPOCH)
def test_epoch_tables_are_accepted_whole(
    number: int, table: str, count: int, accessible: int, sized: int, frontier: int
) -> None:
    source = discover()["epoch_models"]
    origin = source.origins[number]
    content = received(f"epoch/{table}_ai_models.csv.gz")
    accepted(source, origin, content, count)
    columns = "accessibility_tag is not null, parameters_count is not null, is_frontier is true, entry_number > 1"
    found = staged(source, origin, content, columns)
    assert [sum(column) for column in zip(*found, strict=True)] == [accessible, sized, frontier, 0]


def test_epoch_values() -> None:
    source = discover()["epoch_models"]
    columns = "published_on, accessibility_tag, parameters_count, training_compute_flop, training_compute_cost_usd"
    assert staged(
        source, source.origins[1], received("epoch/notable_ai_models.csv.gz"), columns,
        "name in ('LLaMA-65B', 'DeepSeek-R1')",
    ) == [
        (date(2025, 1, 20), "Open weights (unrestricted)", 671_000_000_000, 4.020010000000001e24, 6_770_000.0),
        (date(2023, 2, 24), "Open weights (non-commercial)", 65_200_000_000, 5.5e23, 578_026.3043),
    ]  # fmt: skip


def test_epoch_table_of_2024_is_read_under_its_old_names() -> None:
    source = small("epoch_models", 5)
    content = received("samples/02_epoch/all_ai_systems_2024-11.sample.csv")
    judgement = judge(source, source.origins[0], content, "", None)
    assert judgement.reason == ""
    assert staged(
        source, source.origins[0], content, "accessibility_tag, is_frontier", "name = 'Gemini 1.0 Ultra'"
    ) == [("API access", True)]


def test_epoch_capabilities_index_is_accepted_whole() -> None:
    source = discover()["epoch_capabilities_index"]
    content = received("epoch/eci_scores_2025-12-19.csv")
    accepted(source, source.origins[0], content, 140)
    groups = staged(source, source.origins[0], content, "accessibility_group_tag")
    assert [groups.count((group,)) for group in ("Open weights", "Closed weights", "Other")] == [72, 64, 4]
    columns = "eci_points, eci_points_low, eci_points_high, released_on"
    assert staged(source, source.origins[0], content, columns, "name in ('GPT-5', 'StarCoder 2 15B')") == [
        (150.0, None, None, date(2025, 8, 7)),
        (102.57244160370311, 86.11169206272476, 112.30670925635503, date(2024, 2, 20)),
    ]
    # Ten rows with both models that have no interval: more gaps than a whole answer may have.
    later = replace(small("epoch_capabilities_index", 10), fields=tuple(replace(f, usually=0.0) for f in source.fields))
    accepted(later, source.origins[0], received("samples/02_epoch/eci_scores_2026-10-08.sample.csv"), 10)


def test_epoch_usage_reports_are_read() -> None:
    source = small("epoch_company_usage", 3)
    accepted(source, source.origins[0], received("samples/02_epoch/usage_reports.sample.csv"), 3)


OPENROUTER = (
    ("2025-12-30", 353, 199, 2, 35, 0),
    ("2026-03-01", 343, 186, 2, 29, 9),
    ("2026-06-01", 350, 165, 3, 26, 9),
    ("raw_api_2026-07-17", 342, 155, 4, None, 13),
)
"""Day, models, and of these with weights on the Hub, without a price, free, with a day of deprecation."""


@pytest.mark.parametrize(("day", "count", "weighted", "unpriced", "free", "ending"), OPENROUTER)
def test_openrouter_catalogues_are_accepted_whole(
    day: str, count: int, weighted: int, unpriced: int, free: int | None, ending: int
) -> None:
    source = discover()["openrouter_models"]
    content = received(f"openrouter_models/{day}.json.gz")
    content = content if content.startswith(b"{") else b'{"data": ' + content + b"}"
    accepted(source, source.origins[0], content, count)
    columns = "huggingface_id, input_price_usd_per_mtok, deprecated_on"
    found = staged(source, source.origins[0], content, columns)
    assert sum(row[0] is not None for row in found) == weighted
    assert sum(row[1] is None for row in found) == unpriced
    assert free in (None, sum(row[1] == 0 for row in found))
    assert sum(row[2] is not None for row in found) == ending


def test_openrouter_values() -> None:
    source = discover()["openrouter_models"]
    content = b'{"data": ' + received("openrouter_models/raw_api_2026-07-17.json.gz") + b"}"
    columns = (
        "openrouter_id, openrouter_permaslug, listed_at, input_price_usd_per_mtok, output_price_usd_per_mtok, "
        "cache_read_price_usd_per_mtok, context_tokens, deprecated_on, json_array_length(price_overrides)"
    )
    where = "openrouter_id in ('anthropic/claude-sonnet-4.5', 'z-ai/glm-5-turbo')"
    assert staged(source, source.origins[0], content, columns, where) == [
        (
            "z-ai/glm-5-turbo", "z-ai/glm-5-turbo-20260315", datetime(2026, 3, 15, 14, 6, 13), 1.2, 4.0, 0.24,
            202_752, None, None,
        ),
        (
            "anthropic/claude-sonnet-4.5", "anthropic/claude-4.5-sonnet-20250929", datetime(2025, 9, 29, 16, 1, 16),
            3.0, 15.0, 0.3, 1_000_000, None, 1,
        ),
    ]  # fmt: skip
    endpoints = discover()["openrouter_endpoints"].origins[0]
    addresses = list(endpoints.more(content))  # type: ignore[union-attr, misc]
    assert (len(addresses), len(set(addresses)), any("~" in address for address in addresses)) == (312, 312, False)


def as_documented(line: dict[str, str]) -> dict[str, Any]:
    """An endpoint in the form OpenRouter documents, from one line of the flattened copy."""

    def number(key: str) -> int | None:
        return int(line[key]) if line[key] else None

    return {
        "name": line["endpoint_name"],
        "model_id": line["model_slug"],
        "provider_name": line["provider_name"],
        "tag": line["provider_slug"],
        "quantization": line["quantization"],
        "context_length": number("context_length"),
        "max_completion_tokens": number("max_completion_tokens"),
        "max_prompt_tokens": number("max_prompt_tokens"),
        "pricing": {
            "prompt": line["price_prompt"],
            "completion": line["price_completion"],
            **({"input_cache_read": line["price_cache_read"]} if line["price_cache_read"] else {}),
            "discount": float(line["discount"]),
        },
        "status": number("status"),
    }


def test_openrouter_endpoints_are_read_in_the_form_the_api_documents() -> None:
    source = discover()["openrouter_endpoints"]
    by_model: dict[str, list[dict[str, Any]]] = {}
    for line in csv.DictReader(io.StringIO(received("openrouter_endpoints/2026-07-17.csv.gz").decode(), newline="")):
        by_model.setdefault(line["model_slug"], []).append(as_documented(line))
    models = [json.dumps({"data": {"id": key, "endpoints": found}}).encode() for key, found in by_model.items()]
    content = in_order(b'{"data": []}', *models)
    accepted(source, source.origins[0], content, 1061)
    found = staged(source, source.origins[0], content, "openrouter_id, host_tag, entry_number, quantization_tag")
    assert len({row[0] for row in found}) == 415
    assert len({row[1] for row in found}) == 73
    assert sum(row[3] is None for row in found) == 631
    columns = "host_tag, quantization_tag, input_price_usd_per_mtok, output_price_usd_per_mtok, status_code"
    assert staged(source, source.origins[0], content, columns, "openrouter_id = 'deepseek/deepseek-r1'") == [
        ("Novita", "fp8", 0.7, 2.5, 0),
        ("Azure", None, 1.485, 5.94, -2),
    ]


def test_arena_rows_of_the_dataset_viewer_are_read() -> None:
    source = small("lmarena_ratings", 9)
    rows = json.loads(received("samples/06_lmarena/text_full_rows.sample.json"))
    for origin in source.origins:
        accepted(source, origin, parquet(rows), 9)
    columns = "rank, licence_tag, vote_count"
    assert staged(source, source.origins[0], parquet(rows), columns, "arena_name = 'llama-3-70b-instruct'") == [
        (9, "Llama 3 Community", 143_726)
    ]


def test_rankings_rows_are_read_but_are_not_the_table_of_their_manifest() -> None:
    source = small("openrouter_rankings", 17)
    manifest = received("samples/04_openrouter/exports_rankings-daily_manifest.json")
    rows = received("samples/04_openrouter/exports_rankings-daily.sample.csv")
    reason = judge(source, source.origins[0], in_order(manifest, rows), "", None).reason
    assert "expected a table with the sha256 of its manifest, a568e932" in reason
    addresses = source.origins[0].more(manifest)  # type: ignore[union-attr, misc]
    assert addresses == ["https://openrouter.ai/api/v1/datasets/exports/rankings-daily/2026-10-08.csv"]


def test_a_day_of_vercels_export_is_accepted_whole() -> None:
    source = small("vercel_gateway_leaderboard", 45)
    content = received("usage/gateway_leaderboard_export_2025-10-01.json")
    accepted(source, source.origins[0], content, 45)
    shares = staged(source, source.origins[0], content, "metric_tag, name, usage_share")
    for metric in ("requests", "tokens", "spend"):
        assert sum(share for found, _, share in shares if found == metric) == pytest.approx(1, abs=1e-5)
    assert ("spend", "anthropic", 0.594077) in shares
