"""What the sources on openness, use, incidents and finance make of their fixtures: units, sentinels, odd cases."""

import json
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from made_answers import staged
from packed_answers import FIXTURES, answer, packed

from pipeline.kernel.contract import judge
from pipeline.kernel.source import HttpOrigin, Source, discover
from pipeline.sources.ai_incidents import entered_on

CASES: dict[str, tuple[str, list[tuple[Any, ...]]]] = {
    "genai_prices": (
        "host_tag, genai_prices_id, price_number, starts_on, starts_at_tag, ends_at_tag, input_price_usd_per_mtok, "
        "output_price_usd_per_mtok, cached_input_price_usd_per_mtok, context_tokens",
        [
            ("anthropic", "claude-2", 1, None, None, None, 8, 24, None, 200_000),
            ("anthropic", "claude-opus-4-6", 1, None, None, None, 5, 25, 0.5, 200_000),
            ("anthropic", "claude-opus-4-6", 2, date(2026, 3, 13), None, None, 5, 25, 0.5, 200_000),
            ("aws", "amazon.titan-embed-text-v1", 1, None, None, None, 0.1, None, None, None),
            ("deepseek", "deepseek-chat", 1, None, None, None, 0.135, 0.55, 0.035, 64_000),
            ("deepseek", "deepseek-chat", 2, None, "00:30:00Z", "16:30:00Z", 0.27, 1.1, 0.07, 64_000),
        ],
    ),
    "llm_prices": (
        "host_tag, llm_prices_id, price_number, starts_on, ends_on, input_price_usd_per_mtok, "
        "output_price_usd_per_mtok, cached_input_price_usd_per_mtok",
        [
            ("deepseek", "deepseek-chat", 1, date(2025, 2, 8), None, 0.27, 1.1, None),
            ("deepseek", "deepseek-chat", 2, None, date(2025, 2, 8), 0.14, 0.28, None),
            ("deepseek", "deepseek-reasoner", 1, None, None, 0.55, 2.19, None),
            ("openai", "gpt-4o", 1, None, None, 2.5, 10, 1.25),
            ("openai", "gpt-5.5", 1, None, None, 5, 30, 0.5),
            ("openai", "gpt-5.5-272k", 1, None, None, 10, 45, 1),
        ],
    ),
    "sec_companyfacts": (
        "usgaap_tag, starts_on, ends_on, value_usd, entry_number, fiscal_period_tag, form_tag, filed_on",
        [
            ("Revenues", date(2026, 1, 1), date(2026, 3, 31), 109_896e6, 1, "Q1", "10-Q", date(2026, 4, 30)),
            *(
                ("PaymentsToAcquirePropertyPlantAndEquipment", date(2016, 1, 1), *rest)
                for rest in (
                    (date(2016, 3, 31), 2_428e6, 1, "Q1", "10-Q", date(2016, 5, 3)),
                    (date(2016, 3, 31), 2_444e6, 1, "Q1", "10-Q", date(2017, 5, 2)),
                    (date(2016, 6, 30), 4_551e6, 1, "Q2", "10-Q", date(2016, 8, 4)),
                    (date(2016, 6, 30), 4_580e6, 1, "Q2", "10-Q", date(2017, 7, 25)),
                    (date(2016, 12, 31), 10_212e6, 1, "FY", "10-K", date(2017, 2, 3)),
                )
            ),
            ("NetIncomeLoss", date(2021, 1, 1), date(2021, 12, 31), 76_033e6, 1, None, "DEF 14A", date(2026, 4, 24)),
        ],
    ),
    "openness_osai": (
        "osai_id, name, organisation_tag, base_model_tag, licence_tag, released_on, released_on_tag, "
        "datasources_basemodel_tag, weights_endmodel_tag, paper_tag, licenses_tag",
        [
            (
                "KimiK2.5", "Kimi K2.5", "Moonshot AI", None, "Modified MIT License", date(2026, 1, 1), "2026-01",
                "closed", "open", "closed", "partial",
            ),
            (
                "OLMo", "OLMo", "Ai2", "Olmo-3-1125-32B", "Apache-2.0", date(2025, 12, 1), "2025-12",
                "open", "open", "partial", "open",
            ),
        ],
    ),
    "openness_mot": (
        "mot_id, organisation_tag, submitted_on, repository_url, licence_tag, component_count, "
        "json_extract_string(components, '$[1].license')",
        [
            ("Amber", "LLM360", date(2025, 5, 22), "https://github.com/LLM360/amber-train", "Apache-2.0", 3, None),
            ("Grok-1", "xAI", date(2025, 5, 22), None, None, 2, "Apache-2.0"),
        ],
    ),
    "ecosystem_graphs": (
        "name, entry_number, organisation_tag, access_tag, released_on, licence_tag, dependencies_tag",
        [
            ("Llama 2", 1, "Meta", "open", date(2023, 7, 18), "custom", "[]"),
            ("MiniMA", 1, "Beijing Institute of Technology", "open", date(2023, 11, 13), "Llama 2", "['Llama 2']"),
            ("GPT-4o", 1, "OpenAI", "limited", date(2024, 8, 8), "unknown", "['Shutterstock']"),
            ("GPT-4o", 2, "OpenAI", "limited", date(2024, 5, 13), "unknown", "[]"),
            (
                "ChatGLM", 1, "Team GLM, Zhipu AI, Tsinghua University", "Open", date(2023, 7, 2), "Apache 2.0", "[]",
            ),
            ("LinkedIn", 1, "LinkedIn", "open", None, "unknown", "['Azure Cognitive Services for Vision']"),
        ],
    ),
    "ai_incidents": (
        "incident_id, happened_on, json_extract_string(developer_tags, '$[*]'), report_count, first_submitted_on",
        [
            (1, date(2015, 5, 19), ["youtube"], None, None),
            (4, date(2018, 3, 18), ["uber"], None, None),
            (10, date(2014, 8, 14), ["kronos"], 2, date(2019, 6, 1)),
            (23, date(2017, 11, 8), ["navya", "keolis-north-america"], None, None),
        ],
    ),
    "package_downloads": (
        "package, month, pypi_download_count",
        [
            ("openai", date(2024, 9, 1), 13_346_747),
            ("openai", date(2024, 10, 1), 3_718_403),
        ],
    ),
    "wikimedia_pageviews": (
        "project, article, month, pageview_count",
        [
            ("en.wikipedia", "ChatGPT", date(2022, 12, 1), 1_882_964),
            ("en.wikipedia", "ChatGPT", date(2023, 1, 1), 5_349_371),
            ("en.wikipedia", "ChatGPT", date(2026, 8, 1), 1_618_890),
            ("en.wikipedia", "ChatGPT", date(2026, 9, 1), 1_811_003),
        ],
    ),
    "github_repositories": (
        "github_id, star_count, fork_count, licence_tag, created_at, pushed_at, is_archived",
        [
            (
                "huggingface/transformers", 151_202, 30_809, "Apache-2.0", datetime(2018, 10, 29, 13, 56), None, False,
            ),
            (
                "octocat/Hello-World", 80, 9, "MIT", datetime(2011, 1, 26, 19, 1, 12),
                datetime(2011, 1, 26, 19, 6, 43), False,
            ),
        ],
    ),
    "docker_pulls": (
        "image, pull_count, star_count, updated_at",
        [
            ("ollama/ollama", 13_256_501, 1183, datetime(2025, 3, 4, 4, 1, 22, 754_331)),
            ("grimoirelab/perceval", 398, 1, datetime(2017, 5, 10, 8, 12, 52, 217_787)),
        ],
    ),
    "artificial_analysis": (
        "slug, organisation_tag, released_on, index_version, intelligence_index, index_cost_usd, "
        "input_price_usd_per_mtok, output_price_usd_per_mtok, output_tokens_per_second, first_token_seconds",
        [
            ("gpt-oss-20b", "OpenAI", date(2025, 8, 5), "4.1", 24.5, 20.69, 0.06, 0.2, 296.47, 0.65),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("name", "columns", "expected"), [(name, *case) for name, case in CASES.items()], ids=CASES)
def test_values_have_the_units_and_sentinels_that_the_docs_promise(
    name: str, columns: str, expected: list[tuple[Any, ...]]
) -> None:
    source = discover()[name]
    origin = next(origin for origin in source.origins if isinstance(origin, HttpOrigin))
    assert staged(source, origin, answer(source, origin), columns) == expected


@pytest.mark.parametrize(
    ("edition", "count", "points", "ibm_or_meta"),
    [("2023-10", 40, 11, 3), ("2024-05", 56, 38, 4), ("2025-12", 52, 15, 4)],
)
def test_each_edition_of_the_transparency_index_is_read_without_its_totals(
    edition: str, count: int, points: int, ibm_or_meta: int
) -> None:
    source = discover()["openness_fmti"]
    origin = source.origin(f"fmti {edition}")
    columns = "edition, indicator, organisation_tag, is_disclosed, subdomain"
    rows = staged(source, origin, answer(source, origin), columns)
    assert {row[0] for row in rows} == {edition}
    assert (len(rows), sum(row[3] for row in rows)) == (count, points)
    most = "Meta" if edition == "2023-10" else "IBM"
    assert sum(row[3] for row in rows if row[2] == most) == ibm_or_meta
    assert not [row for row in rows if "Total" in row]
    assert {row[4] is None for row in rows} == {edition != "2023-10"}


def test_the_weekly_dump_of_incidents_gives_what_the_page_gives() -> None:
    source = discover()["ai_incidents"]
    origin = source.origins[0]
    page = answer(source, origin)
    dump = (
        b"_id,incident_id,date,reports,Alleged deployer of AI system,Alleged developer of AI system,"
        b"Alleged harmed or nearly harmed parties,description,title\n"
        b'ObjectId(0),4,2018-03-18,"[629,630]","[""uber""]","[""uber""]","[""elaine-herzberg"",""pedestrians""]",'
        b'"A self-driving Uber killed a pedestrian in Tempe, Arizona.",Uber AV Killed Pedestrian in Arizona\n'
    )
    columns = "incident_id, happened_on, title, description, developer_tags, deployer_tags, harmed_party_tags"
    assert staged(source, origin, dump, columns) == staged(source, origin, page, columns, "incident_id = 4")
    assert staged(source, origin, dump, "report_count") == [(2,)]


@pytest.mark.parametrize(
    ("document_id", "day"),
    [
        ("ObjectId(625763db343edc875fe639ff)", None),  # moved to the database with all others
        ("ObjectId(677b1c800000000000000000)", "2025-01-05"),
        ("677b1c800000000000000000", "2025-01-05"),
        ("ObjectId(0)", None),
        ("", None),
    ],
)
def test_an_incident_is_entered_on_the_day_in_its_id(document_id: str, day: str | None) -> None:
    assert entered_on(document_id) == day


def test_the_first_day_of_submission_is_the_earliest_that_is_a_day() -> None:
    source = discover()["ai_incidents"]
    page = json.loads(answer(source, source.origins[0]))
    group = page["result"]["data"]["reports"]["nodes"][0]
    days = ["2019-06-02", "2019-06-01T00:00:00.000Z", "Saturday", None]
    group["reports"] = [{"report_number": number, "date_submitted": day} for number, day in enumerate(days)]
    columns = "report_count, first_submitted_on"
    content = json.dumps(page).encode()
    assert staged(source, source.origins[0], content, columns, "incident_id = 10") == [(4, date(2019, 6, 1))]
    group["reports"] = [{"report_number": 1, "date_submitted": "Saturday"}]
    content = json.dumps(page).encode()
    assert staged(source, source.origins[0], content, columns, "incident_id = 10") == [(1, None)]


@pytest.mark.parametrize(("name", "entry"), [("openness_osai", "bad.yaml"), ("openness_mot", "models/bad.yml")])
def test_an_entry_that_is_no_yaml_is_counted_as_empty(name: str, entry: str) -> None:
    source = discover()[name]
    origin = source.origins[0]
    folder = FIXTURES / name
    files = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    content = packed({f"name-main/{path}": text for path, text in {**files, entry: b"a: [\n"}.items()}, "w:gz")
    ids = [row[0] for row in staged(source, origin, content, f"{source.key[0]}, name", "name is null")]
    assert ids == ["bad"]
    assert "expected name (" in judge(_small(source, 3), origin, content, "", None).reason


def test_a_query_answer_that_lacks_rows_is_refused() -> None:
    source = discover()["package_downloads"]
    content = json.loads(answer(source, source.origins[0]))
    content["data"].pop()
    reason = judge(_small(source, 1), source.origins[0], json.dumps(content).encode(), "", None).reason
    assert reason.endswith("expected 2 rows, found 1")


def test_an_answer_for_each_image_or_none() -> None:
    source = discover()["docker_pulls"]
    content = packed({"000000": b'{"pull_count": 1}'}, "w")
    assert "ValueError" in judge(_small(source, 1), source.origins[0], content, "", None).reason


@pytest.mark.parametrize(("name", "first", "last", "count"), [
    (
        "github_repositories", "https://api.github.com/repos/huggingface/transformers",
        "https://api.github.com/repos/vllm-project/vllm", 16,
    ),
    (
        "docker_pulls", "https://hub.docker.com/v2/repositories/ollama/ollama/",
        "https://hub.docker.com/v2/repositories/vllm/vllm-openai/", 2,
    ),
])  # fmt: skip
def test_every_declared_address_is_asked_for_once(name: str, first: str, last: str, count: int) -> None:
    (origin,) = discover()[name].origins
    assert isinstance(origin, HttpOrigin)
    assert origin.more is not None
    addresses = [origin.url, *origin.more(b"{}")]
    assert (addresses[0], addresses[-1], len(set(addresses)), len(addresses)) == (first, last, count, count)


def _small(source: Source, count: int) -> Source:
    return replace(source, bounds=replace(source.bounds, min_records=count))
