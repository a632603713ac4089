"""What the sources on the Hub, on prices, usage and ratings make of their answers: units, sentinels, refusals."""

import json
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest
from made_answers import LIVE_ANSWERS, in_order, parquet, staged, table_after_manifest, written
from misbehaving import Answer, Server

from pipeline.kernel.answers import fetch
from pipeline.kernel.contract import judge
from pipeline.kernel.cutting import answers, csv_rows, numbered, utc_text
from pipeline.kernel.http import Client
from pipeline.kernel.source import HttpOrigin, Origin, Source, discover


def answer(source: Source, origin: Origin) -> bytes:
    make, file = LIVE_ANSWERS[source.name]
    return make(file, origin)


def live(name: str, number: int = 0) -> tuple[Source, HttpOrigin]:
    source = discover()[name]
    origin = source.origins[number]
    assert isinstance(origin, HttpOrigin)
    return source, origin


def addresses(name: str, first: bytes) -> list[str]:
    _, origin = live(name)
    assert origin.more is not None
    return list(origin.more(first))


VALUES: list[tuple[str, str, str, list[tuple[Any, ...]]]] = [
    (
        "huggingface_models",
        "huggingface_id, repository_created_at, downloads_30d_count, gated_tag, licence_tag, base_relation_tag, "
        "cast(base_model_ids as varchar), parameters_count",
        "true",
        [
            (
                "opensourcerelease/DeepSeek-V3-bf16", datetime(2024, 12, 26, 16, 7, 44), 40_077, "false", None,
                "finetune", '["deepseek-ai/DeepSeek-V3"]', 684_489_845_504,
            ),
            ("opensource/extract_names", None, 10, "false", "apache-2.0", None, "[]", None),
            (
                "WhiteboardLLM/opensource_12000", datetime(2024, 11, 24, 10, 49, 25), 0, "auto", "mit", None, "[]",
                None,
            ),
            (
                "jd-opensource/JSL-joysafety-v1", datetime(2025, 9, 23, 7, 51, 20), 32, "false", None, None, "[]",
                335_424,
            ),
            (
                "mradermacher/stackexchange_opensource-GGUF", datetime(2024, 12, 28, 8, 49, 42), 16, "false",
                "llama3.1", "quantized", '["mlfoundations-dev/stackexchange_opensource"]', 8_030_261_312,
            ),
        ],
    ),
    (
        "huggingface_tracked_models",
        "huggingface_id, huggingface_author, name",
        "name like 'gpt-oss%'",
        [("openai/gpt-oss-120b", "openai", "gpt-oss-120b")],
    ),
    (
        "huggingface_author_regions",
        "huggingface_author, region_tag",
        "region_tag in ('eu', 'unknown')",
        [("allura-forge", "unknown"), ("mistralai", "eu")],
    ),
    (
        "huggingface_model_parameters",
        "huggingface_id, parameters_count, active_parameters_count, is_mixture_of_experts",
        "huggingface_id not like 'zai%'",
        [
            ("deepseek-ai/DeepSeek-R1", 671_000_000_000, 37_000_000_000, None),
            ("deepseek-ai/DeepSeek-V3.2", 685_000_000_000, None, None),
            ("google/gemma-3-27b-it", 27_000_000_000, None, False),
            ("moonshotai/Kimi-K2-Instruct", 1_000_000_000_000, 32_000_000_000, True),
        ],
    ),
    (
        "huggingface_release_dates",
        "huggingface_id, repository_created_on, released_on",
        "released_on < repository_created_on",
        [("meituan-longcat/LongCat-2.0", date(2026, 7, 5), date(2026, 6, 30))],
    ),
    (
        "huggingface_providers",
        "huggingface_id, host_tag, input_price_usd_per_mtok, output_price_usd_per_mtok, is_free, context_tokens, "
        "repository_created_at",
        "true",
        [
            ("thinkingmachines/Inkling", "together", 1.0, 4.05, False, 524_288, datetime(2026, 7, 14, 13, 23, 14)),
            ("deepseek-ai/DeepSeek-V4-Pro", "novita", 1.69, 3.38, None, 1_048_576, datetime(2026, 4, 22, 6, 4, 45)),
            ("deepseek-ai/DeepSeek-V4-Pro", "together", 2.1, 4.4, None, 512_000, datetime(2026, 4, 22, 6, 4, 45)),
            (
                "deepseek-ai/DeepSeek-V4-Pro", "fireworks-ai", None, None, None, 1_048_576,
                datetime(2026, 4, 22, 6, 4, 45),
            ),
            (
                "deepseek-ai/DeepSeek-V4-Pro", "featherless-ai", None, None, None, None,
                datetime(2026, 4, 22, 6, 4, 45),
            ),
        ],
    ),
    (
        "model_pulse_days",
        "seen_on",
        "is_set_aside",
        [(date(2025, 11, 24),)],
    ),
    (
        "lmarena_ratings",
        "arena_name, published_on, round(rating, 1), round(rating_low, 1), vote_count, rank, organisation_tag, "
        "licence_tag, entry_number",
        "category = 'overall' and arena_name like 'gpt%' or category = 'coding'",
        [
            ("gpt-4-0314", date(2023, 12, 6), 1125.0, None, None, 1, "openai", "Proprietary", 1),
            ("gpt-4-0314", date(2024, 1, 9), 1190.5, 1176.6, 16_237, 1, "openai", "Proprietary", 1),
            ("gemini-3.1-pro-preview", date(2026, 9, 13), 1520.2, 1515.3, 29_544, 28, None, None, 1),
        ],
    ),
    (
        "vercel_gateway_leaderboard",
        "used_on, group_tag, name, metric_tag, usage_share",
        "metric_tag <> 'requests'",
        [
            (date(2025, 10, 1), "lab", "anthropic", "tokens", 0.411772),
            (date(2025, 10, 1), "lab", "openai", "tokens", 0.403839),
            (date(2025, 10, 1), "lab", "deepseek", "tokens", 0.013356),
            (date(2025, 10, 1), "lab", "inception", "tokens", 0.0),
            (date(2025, 10, 1), "lab", "anthropic", "spend", 0.594077),
        ],
    ),
    (
        "epoch_models",
        "name, published_on, parameters_count, training_compute_flop, is_frontier, has_open_weights, "
        "huggingface_author, json_extract_string(other_columns, '$.\"Numerical format\"')",
        "true",
        [
            ("PaLM (540B)", date(2022, 4, 4), 540_350_000_000, 2.5272e24, True, False, None, None),
            ("GPT-4", date(2023, 3, 15), 1_800_000_000_000, 2.1e25, True, False, None, None),
            ("Llama 3.1-405B", date(2024, 7, 23), 405_000_000_000, 3.8e25, True, True, "meta-llama", "BF16"),
            ("DeepSeek-R1", date(2025, 1, 20), 671_000_000_000, 4.020010000000001e24, None, True, None, "FP8"),
            ("GPT-5", date(2025, 8, 7), None, 6.6e25, None, None, None, None),
        ],
    ),
    (
        "epoch_capabilities_index",
        "name, eci_points, round(eci_points_low, 1), released_on, accessibility_tag, accessibility_group_tag",
        "accessibility_group_tag = 'Other' or eci_points_low is null or released_on is null",
        [
            ("GPT-5.2", 152.02540595267698, 148.8, date(2025, 12, 11), "Unknown", "Other"),
            ("GPT-5", 150.0, None, date(2025, 8, 7), "API access", "Closed weights"),
            ("Claude Instant", 121.10539353900039, 111.4, None, "API access", "Closed weights"),
        ],
    ),
    (
        "epoch_company_usage",
        "company_tag, measured_on, reported_on, active_user_count, active_user_period_tag, daily_token_count, "
        "is_excluded_from_graph",
        "true",
        [
            ("OpenAI", date(2023, 3, 25), date(2025, 9, 14), 50_000_000, "Weekly", None, None),
            ("DeepSeek", date(2025, 2, 28), date(2025, 3, 12), None, None, 788_000_000_000, None),
            ("Google", date(2025, 5, 20), date(2025, 5, 20), 1_500_000_000, "Monthly", None, True),
        ],
    ),
    (
        "epoch_company_revenue",
        "report, entry_number, measured_on, annualised_revenue_usd, period_revenue_usd, scope_tag",
        "company_tag = 'OpenAI' or measured_on > date '2026-01-01'",
        [
            ("OpenAI", 1, date(2024, 12, 31), None, 3.7e9, "Full company"),
            ("OpenAI", 2, date(2025, 7, 30), 1.2e10, None, "Full company"),
            ("Anthropic", 2, date(2026, 7, 31), 6.5e10, None, "Full company"),
        ],
    ),
    (
        "openrouter_models",
        "openrouter_id, huggingface_id, listed_at, input_price_usd_per_mtok, output_price_usd_per_mtok, "
        "deprecated_on, alias_of_openrouter_id",
        "openrouter_id not like 'anthropic%'",
        [
            ("openai/gpt-4o", None, datetime(2024, 5, 13), 2.5, 10.0, None, None),
            (
                "deepseek/deepseek-r1", "deepseek-ai/DeepSeek-R1", datetime(2025, 1, 20, 13, 51, 35), 0.7, 2.5, None,
                None,
            ),
            ("z-ai/glm-5-turbo", None, datetime(2026, 3, 15, 14, 6, 13), 1.2, 4.0, None, None),
            (
                "tencent/hy3:free", "tencent/Hy3", datetime(2026, 7, 6, 13, 20, 48), 0.0, 0.0, date(2026, 7, 21),
                None,
            ),
            (
                "~openai/gpt-mini-latest", None, datetime(2026, 4, 27, 19, 34, 31), 0.75, 4.5, None,
                "openai/gpt-5.4-mini",
            ),
            ("openrouter/auto", None, datetime(2023, 11, 8), None, None, None, None),
        ],
    ),
    (
        "openrouter_endpoints",
        "openrouter_id, endpoint_tag, entry_number, quantization_tag, input_price_usd_per_mtok, "
        "output_price_usd_per_mtok, discount_share, status_code",
        "true",
        [
            ("deepseek/deepseek-r1", "novita/fp8", 1, "fp8", 0.7, 2.5, 0.0, 0),
            ("deepseek/deepseek-r1", "azure", 1, None, 1.485, 5.94, 0.0, -2),
            ("meta-llama/llama-3.3-70b-instruct", "deepinfra/turbo", 1, "fp8", 0.1, 0.32, 0.0, 0),
            ("meta-llama/llama-3.3-70b-instruct", "google-vertex", 1, None, 0.72, 0.72, 0.0, 0),
            ("meta-llama/llama-3.3-70b-instruct", "google-vertex", 2, None, 0.72, 0.72, 0.0, 0),
            ("meta-llama/llama-3.3-70b-instruct", "sambanova-turbo", 1, "bf16", 0.45, 0.9, 0.25, -2),
        ],
    ),
    (
        "openrouter_rankings",
        "used_on, openrouter_permaslug, rank, token_count, round(token_share, 4)",
        "rank is null or rank = 1",
        [
            (date(2026, 9, 30), "stealth/space-bunny-alpha", 1, 5_331_621_827_040, 0.2187),
            (date(2026, 10, 7), "deepseek/deepseek-v4.1-flash-20260910", 1, 7_519_183_440_956, 0.2993),
            (date(2026, 10, 7), "other", None, 1_771_712_615_873, 0.0705),
        ],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "columns", "where", "expected"), VALUES, ids=[case[0] for case in VALUES])
def test_values_have_the_units_and_sentinels_that_the_docs_promise(
    name: str, columns: str, where: str, expected: list[tuple[Any, ...]]
) -> None:
    source = discover()[name]
    for origin in source.origins:
        assert staged(source, origin, answer(source, origin), columns, where) == expected


def test_every_one_of_these_sources_has_its_values_looked_at() -> None:
    assert {case[0] for case in VALUES} == set(LIVE_ANSWERS)


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("huggingface_tracked_models", ["primary", "secondary"]),
        ("epoch_models", ["all", "notable", "large_scale", "frontier"]),
    ],
)
def test_a_row_says_which_of_several_lists_it_is_from(name: str, tags: list[str]) -> None:
    source = discover()[name]
    for origin, tag in zip(source.origins, tags, strict=True):
        assert set(staged(source, origin, answer(source, origin), "list_tag")) == {(tag,)}


def test_the_style_controlled_board_is_another_board() -> None:
    source, _ = live("lmarena_ratings")
    boards = [set(staged(source, o, answer(source, o), "board", "category = 'overall'")) for o in source.origins]
    assert boards == [{("text/overall",)}, {("text_style_control/overall",)}]


def test_arena_lines_of_other_categories_are_left_out_and_nan_is_no_rating() -> None:
    source, origin = live("lmarena_ratings")
    line = {
        "model_name": "example", "organization": "", "license": "", "rating": 1000.0, "rating_lower": float("nan"),
        "rating_upper": float("nan"), "variance": None, "vote_count": 7.0, "rank": 3.0, "category": "coding",
        "leaderboard_publish_date": "2026-09-13",
    }  # fmt: skip
    content = parquet([line, {**line, "category": "japanese"}, line], variance=pa.float64())
    columns = "board, arena_name, rating_low, rating_variance, vote_count, entry_number"
    assert staged(source, origin, content, columns) == [
        ("text/coding", "example", None, None, 7, 1),
        ("text/coding", "example", None, None, 7, 2),
    ]


def test_each_author_is_asked_for_once_and_a_model_counts_once() -> None:
    source, origin = live("huggingface_models")
    first, *pages = answers(answer(source, origin))
    listings = addresses("huggingface_models", first)
    assert [address.rpartition("&author=")[2] for address in listings] == ["opensourcerelease", "jd-opensource"]
    assert all("limit=1000" in address and "expand%5B%5D=downloadsAllTime" in address for address in listings)
    assert not any("baseModels" in address for address in listings)
    assert len(list(origin.cut(in_order(first, *pages, *pages)))) == 5


@pytest.mark.parametrize(
    ("card", "tags", "expected"),
    [
        ({"license": ["mit", "apache-2.0"]}, [], ("mit, apache-2.0", None, None)),
        ({"license": "other", "license_name": "example-1.0"}, [], ("other", "example-1.0", None)),
        ({}, ["license:gemma"], ("gemma", None, None)),
        ({}, ["base_model:a/b"], (None, None, None)),
        ({}, ["base_model:merge:a/b", "base_model:merge:a/c", "base_model:a/b"], (None, None, "merge")),
    ],
)
def test_licence_and_ancestry_are_read_from_card_and_tags(
    card: dict[str, Any], tags: list[str], expected: tuple[Any, ...]
) -> None:
    source, origin = live("huggingface_models", 1)
    content = json.dumps([{"id": "example/model", "cardData": card, "tags": tags}]).encode()
    assert staged(source, origin, content, "licence_tag, licence_name_tag, base_relation_tag") == [expected]


def test_endpoints_are_asked_for_once_a_model_and_not_for_routers_and_aliases() -> None:
    assert addresses("openrouter_endpoints", written("openrouter_models.json", live("openrouter_models")[1])) == [
        f"https://openrouter.ai/api/v1/models/{model}/endpoints"
        for model in (
            "openai/gpt-4o",
            "deepseek/deepseek-r1",
            "anthropic/claude-4.5-sonnet-20250929",
            "z-ai/glm-5-turbo-20260315",
            "tencent/hy3-20260706",
        )
    ]


def test_an_endpoint_as_openrouter_documents_it_is_read() -> None:
    source, origin = live("openrouter_endpoints")
    documented = {
        "name": "OpenAI: GPT-4", "model_name": "GPT-4", "context_length": 8192, "provider_name": "OpenAI",
        "pricing": {"prompt": "0.00003", "completion": "0.00006", "request": "0", "image": "0"}, "tag": "openai",
        "quantization": "fp16", "max_completion_tokens": 4096, "max_prompt_tokens": 8192, "status": 0,
        "uptime_last_30m": 99.5, "supports_implicit_caching": True,
    }  # fmt: skip
    model = json.dumps({"data": {"id": "openai/gpt-4", "endpoints": [documented, documented]}}).encode()
    columns = "endpoint_tag, entry_number, quantization_tag, input_price_usd_per_mtok, uptime_30m_share"
    assert staged(source, origin, in_order(b"{}", model, model), columns) == [
        ("openai", 1, "fp16", 30.0, 0.995),
        ("openai", 2, "fp16", 30.0, 0.995),
    ]


def test_a_ranking_that_is_not_its_manifests_is_refused() -> None:
    source, origin = live("openrouter_rankings")
    manifest, table = answers(table_after_manifest("openrouter_rankings.csv", origin))
    changed = table.replace(b"5331621827040", b"5331621827041")
    reason = judge(source, origin, in_order(manifest, changed), "", None).reason
    assert "expected a table with the sha256 of its manifest" in reason


def test_only_a_table_among_the_exports_is_fetched() -> None:
    manifest = json.dumps({"files": {"csv": {"url": "https://example.org/table.csv"}}}).encode()
    with pytest.raises(ValueError, match="expected a table below https://openrouter"):
        addresses("openrouter_rankings", manifest)


def test_an_export_under_another_licence_is_refused() -> None:
    source, origin = live("vercel_gateway_leaderboard")
    content = answer(source, origin).replace(b'"CC-BY-4.0"', b'"proprietary"')
    assert "expected an export under CC-BY-4.0, found 'proprietary'" in judge(source, origin, content, "", None).reason


@pytest.mark.parametrize("price", ["-1", "nan", "NaN"])
def test_a_price_that_is_none_is_empty(price: str) -> None:
    source, origin = live("openrouter_models")
    content = json.dumps({"data": [{"id": "a/b", "pricing": {"prompt": price, "completion": "0.000002"}}]}).encode()
    found = staged(source, origin, content, "input_price_usd_per_mtok, output_price_usd_per_mtok")
    assert found == [(None, 2.0)]


def test_epoch_names_of_2024_are_understood() -> None:
    source, origin = live("epoch_models")
    content = (
        b"System,Organization,Publication date,Model accessibility,Country (from Organization),Frontier model\n"
        b"GPT-4,OpenAI,2023-03-15,API access,United States of America,checked\n"
    )
    assert staged(source, origin, content, "name, country_tag, is_frontier, accessibility_tag") == [
        ("GPT-4", "United States of America", True, "API access")
    ]


def test_an_epoch_table_without_accessibility_is_refused() -> None:
    source, origin = live("epoch_models")
    content = answer(source, origin).replace(b"Model accessibility", b"Access")
    assert "expected a header with Model accessibility" in judge(source, origin, content, "", None).reason


def test_csv_rows_are_as_wide_as_their_header_and_empty_cells_are_none() -> None:
    assert list(csv_rows(b'\xef\xbb\xbfa,b\r\n1,\r\n\r\n"x\ny",2\r\n', "a")) == [
        {"a": "1", "b": None}, {"a": "x\ny", "b": "2"}
    ]  # fmt: skip
    for broken in (b"a,b\n1\n", b"a,b\n1,2,3\n", b'a,b\n1,"2\n', b"b\n1\n", b""):
        with pytest.raises(ValueError, match="expected"):
            list(csv_rows(broken, "a"))


def test_repeated_records_are_numbered_in_order() -> None:
    records = [{"id": "a"}, {"id": "b"}, {"id": "a"}, {}]
    assert [record["entry"] for record in numbered(records, "id")] == [1, 1, 2, 1]


def test_unix_time_is_written_in_utc() -> None:
    assert (utc_text(1_715_558_400), utc_text(None)) == ("2024-05-13 00:00:00", None)


@pytest.mark.parametrize("name", ["huggingface_models", "openrouter_endpoints", "openrouter_rankings"])
def test_what_several_addresses_give_is_kept_as_it_is_cut(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _, origin = live(name)
    expected = answer(*live(name))
    first, *others = answers(expected)
    further = addresses(name, first)
    # The fixture of the endpoints has answers for two of the five models that the first answer names.
    others += [others[-1]] * (len(further) - len(others))
    with Server() as server:
        monkeypatch.setenv("AJAR_ORIGIN", server.url)
        for address, body in zip([origin.url, *further], [first, *others], strict=True):
            server.on(f"/{address.removeprefix('https://')}", Answer(body))
        with Client(requests_per_second=1000) as client:
            _, content = fetch(origin, client)
    assert content is not None
    assert list(origin.cut(content)) == list(origin.cut(expected))
