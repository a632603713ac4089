"""Whole real answers through the contracts; skipped without the folder that AJAR_PAYLOADS names."""

import gzip
import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.kernel.contract import judge, projection, records_file, records_scan
from pipeline.kernel.snapshot import Manifest
from pipeline.kernel.source import HttpOrigin, Origin, Source, discover
from pipeline.kernel.warehouse import scratch

ROOT = Path(__file__).parents[2]
PAYLOADS = Path(os.environ.get("AJAR_PAYLOADS", ROOT.parent / "shared" / "payloads"))

pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason=f"no real answers at {PAYLOADS}")


def received(file: str) -> bytes:
    content = (PAYLOADS / file).read_bytes()
    return gzip.decompress(content) if file.endswith(".gz") else content


def address(source: Source) -> Origin:
    return next(origin for origin in source.origins if isinstance(origin, HttpOrigin))


def accepted(source: Source, origin: Origin, record_count: int, observed_at: str) -> Manifest:
    return Manifest(
        source=source.name, origin=origin.name, observed_at=observed_at, captured_at=observed_at, sha256="",
        byte_count=0, licence="", record_count=record_count,
    )  # fmt: skip


def rows(source: Source, origin: Origin, content: bytes, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
    with records_file(origin, content) as (path, _, _), scratch() as connection:
        table = f"select position, {projection(source)} from {records_scan(path)}"
        return connection.execute(f"select {columns} from ({table}) where {where} order by all").fetchall()


MODELS_DEV = (
    ("2026-03-01", 3053, 168, 2, (date(2024, 12, 26), False, 0.28, 0.42, 128_000)),
    ("2026-05-01", 4389, 186, 5, (date(2025, 12, 1), True, 0.14, 0.28, 1_000_000)),
)
"""Day, rows, dates of a month only, dates left empty (1970-01-01, and 2025-25-11), DeepSeek's own deepseek-chat."""


def test_models_dev_is_accepted_whole_on_both_days() -> None:
    source = discover()["models_dev"]
    origin = address(source)
    last = None
    for day, count, months, empty, _ in MODELS_DEV:
        content = received(f"models_dev/api_{day}.json.gz")
        judgement = judge(source, origin, content, "application/json", last)
        assert (judgement.reason, judgement.record_count) == ("", count)
        tally = "count(*) filter (length(released_on_tag) = 7), count(*) filter (released_on is null)"
        assert rows(source, origin, content, tally) == [(months, empty)]
        last = accepted(source, origin, count, f"{day}T00:00:00+00:00")


@pytest.mark.parametrize(("day", "deepseek"), [(case[0], case[4]) for case in MODELS_DEV])
def test_models_dev_values(day: str, deepseek: tuple[Any, ...]) -> None:
    source = discover()["models_dev"]
    found = {
        row[:2]: row[2:]
        for row in rows(
            source,
            address(source),
            received(f"models_dev/api_{day}.json.gz"),
            "host_tag, models_dev_id, released_on, has_open_weights, input_price_usd_per_mtok, "
            "output_price_usd_per_mtok, context_tokens",
        )
    }
    assert found["openai", "gpt-4o"] == (date(2024, 5, 13), False, 2.5, 10.0, 128_000)
    assert found["alibaba", "qwen2-5-72b-instruct"] == (date(2024, 9, 1), True, 1.4, 5.6, 131_072)
    assert found["github-models", "deepseek/deepseek-r1"] == (date(2025, 1, 20), True, 0.0, 0.0, 65_536)
    assert found["deepseek", "deepseek-chat"] == deepseek


LITELLM = (
    ("2023-09-30", 72, "claude-2", (11.02, 32.68, 100_000)),
    ("2024-01-01", 219, "gpt-4-0613", (30.0, 60.0, 8192)),
    ("2024-05-31", 410, "gpt-4o", (5.0, 15.0, 128_000)),
    ("2024-09-27", 619, "mistral/mistral-large-latest", (3.0, 9.0, 128_000)),
    ("2024-11-28", 690, None, None),
    ("2025-02-28", 804, None, None),
    ("2025-07-29", 1256, "azure_ai/jais-30b-chat", (3200.0, 9710.0, 8192)),
    ("2025-12-28", 2250, None, None),
    ("2026-05-29", 2747, "deepseek/deepseek-chat", (0.28, 0.42, 131_072)),
)


@pytest.mark.parametrize(("day", "count", "litellm_id", "values"), LITELLM, ids=[case[0] for case in LITELLM])
def test_litellm_prices_of_nine_days(
    day: str, count: int, litellm_id: str | None, values: tuple[Any, ...] | None
) -> None:
    source = discover()["litellm_prices"]
    origin = source.origins[0]
    # The two oldest lists are older than the oldest that a package carries, and smaller than its bound.
    early = replace(source, bounds=replace(source.bounds, min_records=70))
    content = received(f"litellm_prices/{day}.json.gz")
    judgement = judge(early, origin, content, "", None)
    assert (judgement.reason, judgement.record_count) == ("", count)
    if litellm_id:
        columns = "input_price_usd_per_mtok, output_price_usd_per_mtok, input_tokens_max"
        assert rows(source, origin, content, columns, f"litellm_id = '{litellm_id}'") == [values]


def test_litellm_keeps_its_unit_slips_for_later_stages_to_correct() -> None:
    source = discover()["litellm_prices"]
    dear = {
        day: len(
            rows(
                source,
                source.origins[0],
                received(f"litellm_prices/{day}.json.gz"),
                "litellm_id",
                "input_price_usd_per_mtok > 1000",
            )
        )
        for day in ("2025-02-28", "2025-07-29", "2025-12-28", "2026-05-29")
    }
    assert dear == {"2025-02-28": 0, "2025-07-29": 1, "2025-12-28": 14, "2026-05-29": 14}


def test_scancode_index_is_accepted_whole() -> None:
    source = discover()["scancode_licences"]
    origin = source.origins[0]
    content = received("licences/scancode-licensedb-index.json.gz")
    judgement = judge(source, origin, content, "", None)
    assert (judgement.reason, judgement.record_count) == ("", 2579)
    assert rows(source, origin, content, "count(*)", "category_tag = 'Permissive'") == [(967,)]
    assert rows(source, origin, content, "count(*)", "is_exception") == [(277,)]
    assert rows(source, origin, content, "category_tag, spdx_id", "licence_key = 'llama-4-license-2025'") == [
        ("Proprietary Free", "LicenseRef-scancode-llama-4-license-2025")
    ]


def test_spdx_list_as_its_producer_writes_it_is_read() -> None:
    source = discover()["spdx_licences"]
    small = replace(source, bounds=replace(source.bounds, min_records=3))
    content = received("samples/18_licenses/spdx_licenses.sample.json")
    assert judge(small, address(source), content, "text/plain", None).reason == ""
    assert rows(source, address(source), content, "spdx_id, is_osi_approved, is_deprecated") == [
        ("0BSD", True, False),
        ("Aladdin", False, False),
        ("Apache-2.0", True, False),
    ]


def test_spdx_list_as_another_packager_writes_it_is_refused() -> None:
    source = discover()["spdx_licences"]
    content = received("licences/spdx_list_2025-04.json.gz")
    reason = judge(source, address(source), content, "application/json", None).reason
    assert reason == "expected an answer that can be cut into records, found KeyError: 'licenses'"
