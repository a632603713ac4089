"""Whole real answers on openness, incidents and finance; skipped without the folder that AJAR_PAYLOADS names."""

import gzip
import json
import os
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from made_answers import staged
from packed_answers import packed

from pipeline.kernel.build import build_table
from pipeline.kernel.checks import checks_of, run_check
from pipeline.kernel.contract import judge, projection, records_file, records_scan
from pipeline.kernel.project import open_project
from pipeline.kernel.source import Source, discover
from pipeline.kernel.warehouse import scratch

ROOT = Path(__file__).parents[2]
PAYLOADS = Path(os.environ.get("AJAR_PAYLOADS", ROOT.parent / "shared" / "payloads"))

pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason=f"no real answers at {PAYLOADS}")

ALPHABET = "filings/companyfacts_alphabet_CIK0001652044.json.gz"


def received(file: str) -> bytes:
    content = (PAYLOADS / file).read_bytes()
    return gzip.decompress(content) if file.endswith((".csv.gz", ".json.gz")) else content


def rows(name: str, file: str, columns: str, where: str = "true", origin: int = 0) -> list[tuple[Any, ...]]:
    source = discover()[name]
    return staged(source, source.origins[origin], received(file), columns, where)


@pytest.mark.parametrize(
    ("name", "origin", "file", "count"),
    [
        ("ai_incidents", 0, "incidents/aiid_incidents_2026-02.csv.gz", 1356),
        ("ecosystem_graphs", 0, "access/ecosystem_graphs_all_assets.csv.gz", 639),
        ("openness_mot", 0, "openness/mot_models.tar.gz", 273),
        ("openness_fmti", 0, "openness/fmti/October2023_scores.csv", 1000),
        ("openness_fmti", 1, "openness/fmti/May2024_scores.csv", 1400),
        ("openness_fmti", 2, "openness/fmti/Dec2025_scores.csv", 1300),
        ("sec_companyfacts", 1, ALPHABET, 711),
    ],
)
def test_the_whole_answer_is_accepted(name: str, origin: int, file: str, count: int) -> None:
    source = discover()[name]
    judgement = judge(source, source.origins[origin], received(file), "", None)
    assert (judgement.reason, judgement.record_count) == ("", count)


def test_incidents() -> None:
    file = "incidents/aiid_incidents_2026-02.csv.gz"
    columns = "incident_id, happened_on, json_extract_string(developer_tags, '$[*]'), report_count"
    assert rows("ai_incidents", file, columns, "incident_id in (1, 4)") == [
        (1, date(2015, 5, 19), ["youtube"], 13),
        (4, date(2018, 3, 18), ["uber"], 25),
    ]
    assert rows("ai_incidents", file, "happened_on", "incident_id = 1367") == [(date(2026, 1, 18),)]


def test_ecosystem_graphs() -> None:
    file = "access/ecosystem_graphs_all_assets.csv.gz"
    assert Counter(rows("ecosystem_graphs", file, "access_tag")) == {
        ("open",): 364, ("closed",): 141, ("limited",): 133, ("Open",): 1,
    }  # fmt: skip
    assert rows("ecosystem_graphs", file, "released_on_tag", "released_on is null").count((None,)) == 21
    assert rows("ecosystem_graphs", file, "released_on_tag", "released_on is null").count(("2022",)) == 1
    assert rows("ecosystem_graphs", file, "name", "entry_number = 2") == [("Imagen 3",), ("GPT-4o",)]


def test_model_openness_tool() -> None:
    file = "openness/mot_models.tar.gz"
    columns = "name, organisation_tag, submitted_on, licence_tag, component_count"
    assert rows("openness_mot", file, columns, "mot_id in ('Amber', 'Grok-1', 'Llama-3.1-8B')") == [
        ("Amber", "LLM360", date(2025, 5, 22), "Apache-2.0", 16),
        ("Grok-1", "xAI", date(2025, 5, 22), None, 4),
        ("Llama-3.1-8B", "Meta", date(2025, 5, 26), "Llama 3.1 Community License Agreement", 9),
    ]
    assert sum(row[0] for row in rows("openness_mot", file, "component_count")) == 1834


FMTI = (
    ("October2023", "Meta 54, Hugging Face 53, OpenAI 48, Stability AI 47, Google 40, Anthropic 36, Cohere 34, "
     "AI21 Labs 25, Inflection 21, Amazon 12"),
    ("May2024", "Adept 33, AI21 Labs 75, Aleph Alpha 75, Amazon 41, Anthropic 51, BigCode 85, Google 47, IBM 64, "
     "Meta 60, Microsoft 62, Mistral 55, OpenAI 49, Stability 58, Writer 56"),
    ("Dec2025", "IBM 95, Writer 72, AI21 Labs 66, Anthropic 46, Google 41, Amazon 39, OpenAI 35, DeepSeek 32, "
     "Meta 31, Alibaba 26, Mistral 18, xAI 14, Midjourney 14"),
)  # fmt: skip


@pytest.mark.parametrize(("origin", "file", "published"), [(n, *case) for n, case in enumerate(FMTI)])
def test_transparency_index_comes_to_its_published_totals(origin: int, file: str, published: str) -> None:
    found = rows("openness_fmti", f"openness/fmti/{file}_scores.csv", "organisation_tag", "is_disclosed", origin)
    assert Counter(name for (name,) in found) == {
        name: int(points) for name, points in (entry.rsplit(" ", 1) for entry in published.split(", "))
    }


def test_the_index_that_came_before_osai_is_refused() -> None:
    source = discover()["openness_osai"]
    small = replace(source, bounds=replace(source.bounds, min_records=40))
    reason = judge(small, source.origins[0], received("openness/opening_up_projects.tar.gz"), "", None).reason
    assert reason == "expected name ($.system.name) in at least 95% of 48 records, found 48 without"


def test_one_entry_of_osai() -> None:
    source = discover()["openness_osai"]
    content = packed({"main-database-main/OLMo.yaml": received("samples/08_osai_mot/osai_OLMo.yaml")}, "w:gz")
    small = replace(source, bounds=replace(source.bounds, min_records=1))
    assert judge(small, source.origins[0], content, "", None).reason == ""
    columns = "name, organisation_tag, released_on, licence_tag, datasources_basemodel_tag, paper_tag"
    assert staged(source, source.origins[0], content, columns) == [
        ("OLMo", "Ai2", date(2025, 12, 1), "Apache-2.0", "open", "partial")
    ]


SAMPLES = (
    ("genai_prices", "samples/05_litellm_prices/genai-prices_data.subset.json", 7),
    ("wikimedia_pageviews", "samples/11_wikimedia/pageviews_ChatGPT_monthly.sample.json", 4),
    ("sec_companyfacts", "samples/10_sec/companyfacts_SNOW_trimmed.json", 28),
    ("litellm_prices", "samples/05_litellm_prices/model_prices.subset.json", 7),
)


@pytest.mark.parametrize(("name", "file", "count"), SAMPLES)
def test_a_part_of_a_real_answer_is_accepted(name: str, file: str, count: int) -> None:
    source = discover()[name]
    small = replace(source, bounds=replace(source.bounds, min_records=2))
    judgement = judge(small, source.origins[-1], received(file), "", None)
    assert (judgement.reason, judgement.record_count) == ("", count)


def test_the_documented_record_of_artificial_analysis() -> None:
    source = discover()["artificial_analysis"]
    record = json.loads(received("samples/16_artificial_analysis/language_models_free_record.sample.json"))
    content = packed({"000000": json.dumps({"intelligence_index_version": 4.1, "data": [record]}).encode()}, "w")
    small = replace(source, bounds=replace(source.bounds, min_records=1))
    assert judge(small, source.origins[0], content, "", None).reason == ""


def quarters_of(source: Source, file: str) -> list[tuple[Any, ...]]:
    """core.company_quarter as built from one answer, its checks passed: metric, quarter, USD, method, filed days."""
    table = open_project().tables["core.company_quarter"]
    with records_file(source.origins[0], received(file)) as (path, _, _), scratch() as connection:
        connection.execute("create schema staging")
        connection.execute(
            "create table staging.sec_companyfacts as select timestamptz '2026-07-09 00:00:00+00' as observed_at, "
            f"{projection(source)} from {records_scan(path)}"
        )
        build_table(connection, table)
        for check in checks_of(table):
            assert run_check(connection, check).passed, check.name
        return connection.execute(
            f"select metric, quarter, value_usd, method, filed_on, first_filed_on from {table.name} order by all"
        ).fetchall()


def test_alphabets_quarters_agree_with_those_gathered_by_hand() -> None:
    filed = {row[:2]: row[2:] for row in quarters_of(discover()["sec_companyfacts"], ALPHABET)}
    assert len(filed) == 255
    by_hand = open_project().tables["reference.company_quarter"]
    with scratch() as connection:
        build_table(connection, by_hand)
        gathered = connection.execute(
            f"select metric, quarter, value_usd, note from {by_hand.name} "
            "where company_id = 'alphabet' and basis = 'quarter'"
        ).fetchall()
    shared = [
        (filed[metric, quarter], usd, note) for metric, quarter, usd, note in gathered if (metric, quarter) in filed
    ]
    near = [entry for entry in shared if abs(entry[0][0] - entry[1]) <= 1e6]
    restated = [entry for entry in shared if abs(entry[0][0] - entry[1]) > 1e6]
    assert (len(shared), len(near), len(restated)) == (195, 183, 12)
    for (usd, *_), _, note in restated:
        assert f"latest-filed value {usd / 1e6:.0f}" in note


def test_alphabets_restated_quarter_keeps_the_day_it_was_first_known() -> None:
    filed = {row[:2]: row[2:] for row in quarters_of(discover()["sec_companyfacts"], ALPHABET)}
    assert filed["capex_purchases_ppe", date(2016, 1, 1)] == (2_444e6, "filed", date(2017, 5, 2), date(2016, 5, 3))
    assert filed["capex_purchases_ppe", date(2025, 10, 1)][:2] == (91_447e6 - 63_596e6, "difference")
    assert filed["revenue", date(2026, 1, 1)][:2] == (109_896e6, "filed")
