"""Every check that a header declares fails on rows that break it and passes on rows that do not."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from duckdb import DuckDBPyConnection
from models_support import Row, database, declared_checks, make, tables

from pipeline.kernel import header
from pipeline.kernel.checks import Check, checks_of, run_check
from pipeline.kernel.header import Column
from pipeline.kernel.tables import Table

HERE = "tests/models/test_checks_can_fail.py"


@dataclass(frozen=True)
class Example:
    """Rows of the table, and of the table it refers to, on which a check passes or fails."""

    passes: bool
    rows: Sequence[Row]
    referred: Sequence[Row] = ()


VALUES: dict[str, Any] = {
    "VARCHAR": "x",
    "DOUBLE": 0.5,
    "INTEGER": 1,
    "BIGINT": 1,
    "BOOLEAN": True,
    "DATE": date(2024, 7, 23),
    "TIMESTAMP": datetime(2024, 7, 23),
    "TIMESTAMP WITH TIME ZONE": datetime(2024, 7, 23, tzinfo=UTC),
    "JSON": {},
}
OTHERS: dict[str, Any] = {
    **{kind: value + 1 for kind, value in VALUES.items() if isinstance(value, int | float) and value is not True},
    "VARCHAR": "y",
    "BOOLEAN": False,
    "DATE": date(2024, 8, 6),
    "TIMESTAMP": datetime(2024, 8, 6),
    "TIMESTAMP WITH TIME ZONE": datetime(2024, 8, 6, tzinfo=UTC),
}


def value(table: Table, column: str) -> Any:
    return VALUES[table.header.columns[column].duckdb_type]


def other(table: Table, column: str) -> Any:
    return OTHERS[table.header.columns[column].duckdb_type]


def unique(table: Table, columns: list[str]) -> Iterator[Example]:
    row = {column: value(table, column) for column in columns}
    yield Example(False, [row, row])
    for column in columns:
        yield Example(True, [row, {**row, column: other(table, column)}])


def not_null(table: Table, columns: list[str]) -> Iterator[Example]:
    (column,) = columns
    yield Example(False, [{column: None}])
    yield Example(False, [{column: value(table, column)}, {column: None}])
    yield Example(True, [{column: value(table, column)}])


def between(table: Table, ranges: Mapping[str, list[Any]]) -> Iterator[Example]:
    ((column, (low, high)),) = ranges.items()
    for end, step in ((low, -1), (high, 1)):
        if end is not None:
            whole = table.header.columns[column].duckdb_type in ("INTEGER", "BIGINT")
            beyond = end + timedelta(days=step) if isinstance(end, date) else end + (step if whole else step / 1000)
            yield Example(False, [{column: end}, {column: beyond}])
            yield Example(True, [{column: end}, {column: None}])


def one_of(table: Table, values: Mapping[str, list[Any]]) -> Iterator[Example]:
    ((column, allowed),) = values.items()
    yield Example(True, [{column: one} for one in [*allowed, None]])
    yield Example(False, [{column: allowed[0]}, {column: f"not {allowed[0]}"}])
    yield Example(False, [{column: ""}])


def references(table: Table, targets: Mapping[str, str]) -> Iterator[Example]:
    ((column, target),) = targets.items()
    key = target.rpartition(".")[2]
    here, there = value(table, column), other(table, column)
    yield Example(False, [{column: here}])
    yield Example(False, [{column: here}, {column: there}], [{key: there}, {key: None}])
    yield Example(True, [{column: here}, {column: here}, {column: None}], [{key: here}])


def at_least(table: Table, rows: int) -> Iterator[Example]:
    yield Example(False, [{}] * (rows - 1))
    yield Example(True, [{}] * rows)
    yield Example(False, [])


def no_rows(table: Table, body: Mapping[str, str]) -> Iterator[Example]:
    name = f"{table.name} {body['name']}"
    if name not in BROKEN or name not in SOUND:
        raise KeyError(
            f"{HERE}: expected rows that break `{name}` in BROKEN and rows that keep it in SOUND, found none"
        )
    for row_or_rows in BROKEN[name]:
        yield Example(False, row_or_rows)
    yield Example(True, SOUND[name])


MAY_2024, JUNE_2024, JULY_2024 = date(2024, 5, 3), date(2024, 6, 5), date(2024, 7, 1)
SPELL = {"listing_id": "openrouter openrouter mistralai/mixtral-8x7b", "valid_from": MAY_2024}
PLACED = {"tier_share_low": 0.2, "tier_share_high": 0.5, "at_least_share_low": 0.4, "at_least_share_high": 0.9}
SHARE = {
    "month": JULY_2024, "release_count": 4, "open_count": 2, "closed_count": 1, "unknown_count": 1,
    "open_share": 2 / 3, "open_share_low": 0.5, "open_share_high": 0.75,
}  # fmt: skip
OPENNESS: Row = {
    "tier_low": 4, "tier_high": 6, "open_any": "yes", "open_unrestricted": "yes", "osi_weights": "yes",
    "osaid": "unknown",
}  # fmt: skip

HUB_SPELL = {
    "repository_tag": "a/b", "valid_from": date(2025, 5, 1), "last_observed_on": date(2025, 5, 8),
    "valid_to": date(2025, 5, 9),
}  # fmt: skip
COUNTER_FALL = {
    "counter_tag": "a/b", "before_on": date(2026, 6, 1), "fell_on": date(2026, 6, 2), "before_count": 259_378_419,
    "found_count": 189_346_246,
}  # fmt: skip
BROKEN: dict[str, Sequence[Sequence[Row]]] = {
    "core.derivation nothing_is_made_from_itself": [
        [{"checkpoint_id": "somebody/loop", "parent_checkpoint_id": "somebody/loop"}]
    ],
    "core.alias a_model_or_a_reason": [
        [{"rule": "name_key", "model_id": None}],
        [{"rule": "moving_alias", "model_id": "mistral-large-2407"}],
    ],
    "core.hub_counter_fall lower_than_before": [
        [{**COUNTER_FALL, "found_count": 259_378_419}],
        [{**COUNTER_FALL, "before_on": date(2026, 6, 2)}],
    ],
    "core.hub_downloads_daily a_fall_counts_nothing": [[{"has_fallen": True, "downloads": 0.5}]],
    "core.hub_repository_history spells_end_after_they_were_seen": [
        [{**HUB_SPELL, "last_observed_on": date(2025, 4, 30)}],
        [{**HUB_SPELL, "valid_to": date(2025, 5, 8)}],
    ],
    "core.listing_price_history spells_do_not_overlap": [
        [{**SPELL, "last_observed_on": MAY_2024, "valid_to": MAY_2024}],
        [{**SPELL, "last_observed_on": JUNE_2024, "valid_to": JUNE_2024}],
        [
            {**SPELL, "last_observed_on": MAY_2024, "valid_to": JULY_2024},
            {**SPELL, "valid_from": JUNE_2024, "last_observed_on": JUNE_2024, "valid_to": None},
        ],
        [
            {**SPELL, "last_observed_on": MAY_2024, "valid_to": None},
            {**SPELL, "valid_from": JUNE_2024, "last_observed_on": JUNE_2024, "valid_to": None},
        ],
    ],
    "core.company_quarter known_after_the_quarter": [
        [{"ends_on": JUNE_2024, "first_filed_on": JUNE_2024, "filed_on": JULY_2024}],
        [{"ends_on": MAY_2024, "first_filed_on": JULY_2024, "filed_on": JUNE_2024}],
    ],
    "reference.company_quarter a_quarter_has_its_calendar_quarter": [
        [{"basis": "quarter", "quarter": None}],
        [{"basis": "annual", "quarter": JULY_2024}],
    ],
    "core.release_date_conflict differs_by_more_than_a_month": [
        [{"difference_days": 31}],
        [{"difference_days": -31}],
        [{"difference_days": 0}],
    ],
    "marts.open_release_share_monthly parts_sum_to_whole": [
        [{**SHARE, "release_count": 5}],
        [{**SHARE, "open_share": 0.49}],
        [{**SHARE, "open_share": 0.76}],
    ],
    "core.licence_spelling never_silently_a_class": [
        [{"problem": "unmapped", "licence_class": "L1", "is_decisive": False}],
        [{"problem": "ambiguous", "licence_class": "L6", "is_decisive": False}],
        [{"problem": "memory", "licence_class": "L3", "is_decisive": True}],
        [{"problem": None, "licence_class": "L3", "is_decisive": False}],
    ],
    "core.licence_evidence bounds_in_order": [[{"class_low": "L4", "class_high": "L3"}]],
    "core.licence_lineage never_more_than_received": [
        [{"declared_class": "L3", "effective_low": "L1", "effective_high": "L6"}],
        [{"declared_class": "L6", "upstream_class": "L3", "effective_low": "L3", "effective_high": "L6"}],
        [{"effective_low": "L4", "effective_high": "L3"}],
    ],
    "core.model_licence never_more_than_received": [
        [{"declared_high": "L3", "effective_low": "L1", "effective_high": "L6"}],
        [{"declared_high": "L6", "upstream_class": "L3", "effective_low": "L3", "effective_high": "L6"}],
        [{"effective_low": "L4", "effective_high": "L3"}],
    ],
    "core.mof_class a_higher_class_asks_for_more": [
        [{"missing_for_iii": 3, "missing_for_ii": 2, "missing_for_i": 4}],
        [{"missing_for_iii": 1, "missing_for_ii": 5, "missing_for_i": 4}],
    ],
    "core.openness_subject verdicts_hold": [
        [{"osi_verdict": "pass", "osaid": "unknown", "is_complete": True}],
        [{"osi_verdict": "fail", "osaid": "yes", "is_complete": True}],
        [{"osi_verdict": "fail", "osaid": "unknown", "is_complete": False}],
        [{"osi_verdict": "fail_by_licence", "osaid": "no", "is_complete": False}],
        [{"osi_verdict": "fail_by_licence", "osaid": "no", "is_complete": None}],
    ],
    "core.model_openness definitions_are_nested": [
        [{**OPENNESS, "tier_low": 5, "tier_high": 4}],
        [{**OPENNESS, "osaid": "yes", "osi_weights": "unknown"}],
        [{**OPENNESS, "osi_weights": "yes", "open_any": "unknown"}],
        [{**OPENNESS, "open_unrestricted": "yes", "open_any": "unknown"}],
        [{**OPENNESS, "open_any": "no", "open_unrestricted": "no", "osi_weights": "no", "osaid": "unknown"}],
    ],
    "marts.release_openness known_or_unknown": [
        [{"label": "unknown", "known_on": JULY_2024}],
        [{"label": "closed", "known_on": None}],
    ],
    "marts.open_definition_share_monthly parts_sum_to_whole": [
        [{**SHARE, "release_count": 5}],
        [{**SHARE, "open_share": 0.49}],
        [{**SHARE, "open_share": 0.76}],
    ],
    "marts.open_definition_share_monthly stricter_is_never_more": [
        [{**SHARE, "definition": "open_any"}, {**SHARE, "definition": "osaid", "open_count": 3}],
        [{**SHARE, "definition": "open_any"}, {**SHARE, "definition": "osaid", "open_share_high": 0.8}],
    ],
    "marts.openness_tier_monthly bounds_in_order": [
        [{**PLACED, "tier_share_low": 0.6, "at_least_share_low": 0.7}],
        [{**PLACED, "at_least_share_low": 0.95}],
        [{**PLACED, "at_least_share_low": 0.1}],
        [{**PLACED, "tier_share_high": 0.95}],
    ],
    "reference.openness_subject patterns_begin_plainly": [
        [{"model_pattern": "grok-1"}],
        [{"model_pattern": "^gr?ok-1$"}],
        [{"model_pattern": "^(grok|aurora)-1$"}],
    ],
    "reference.licence_class every_reading_has_a_source_and_a_day": [
        [{"evidence": "memory", "read_on": JULY_2024}],
        [{"evidence": "text", "source": "a file", "read_on": None}],
        [{"evidence": "text", "source": None, "read_on": JULY_2024}],
    ],
    "reference.licence_class one_text_one_class": [
        [{"text_sha256": "a", "licence_class": "L3"}, {"text_sha256": "a", "licence_class": "L4"}],
    ],
    "reference.openness_crosswalk one_rank_a_tier": [
        [
            {"label_set": "epoch", "label_rank": 0, "tier_low": 0, "tier_high": 1},
            {"label_set": "epoch", "label_rank": 1, "tier_low": 1, "tier_high": 6},
        ],
    ],
    "reference.published_figure a_query_or_a_reason": [
        [{"query": None, "why_not": None, "method": None}],
        [{"query": "select 1", "why_not": "a survey", "method": "value"}],
        [{"query": "select 1", "why_not": None, "method": None}],
    ],
}
"""For each `no_rows` check, sets of rows each of which breaks it."""

SOUND: dict[str, Sequence[Row]] = {
    "reference.published_figure a_query_or_a_reason": [
        {"query": "select 1", "why_not": None, "method": "value"},
        {"query": None, "why_not": "a survey", "method": None},
    ],
    "core.derivation nothing_is_made_from_itself": [
        {"checkpoint_id": "unsloth/deepseek-r1-gguf", "parent_checkpoint_id": "deepseek-ai/deepseek-r1"}
    ],
    "core.alias a_model_or_a_reason": [
        {"rule": "name_key", "model_id": "deepseek-r1"},
        {"rule": "hub_only", "model_id": None},
    ],
    "core.hub_counter_fall lower_than_before": [COUNTER_FALL],
    "core.hub_downloads_daily a_fall_counts_nothing": [
        {"has_fallen": True, "downloads": 0.0},
        {"has_fallen": False, "downloads": 0.5},
    ],
    "core.hub_repository_history spells_end_after_they_were_seen": [HUB_SPELL, {**HUB_SPELL, "valid_to": None}],
    "core.listing_price_history spells_do_not_overlap": [
        {**SPELL, "last_observed_on": MAY_2024, "valid_to": JUNE_2024},
        {**SPELL, "valid_from": JUNE_2024, "last_observed_on": JUNE_2024, "valid_to": None},
        {**SPELL, "listing_id": "another", "last_observed_on": JULY_2024, "valid_to": None},
    ],
    "core.company_quarter known_after_the_quarter": [
        {"ends_on": MAY_2024, "first_filed_on": JUNE_2024, "filed_on": JULY_2024},
        {"ends_on": MAY_2024, "first_filed_on": JULY_2024, "filed_on": JULY_2024},
    ],
    "reference.company_quarter a_quarter_has_its_calendar_quarter": [
        {"basis": "quarter", "quarter": JULY_2024},
        {"basis": "annual", "quarter": None},
    ],
    "core.release_date_conflict differs_by_more_than_a_month": [{"difference_days": 32}, {"difference_days": -32}],
    "marts.open_release_share_monthly parts_sum_to_whole": [
        SHARE,
        {**SHARE, "open_count": 0, "closed_count": 0, "unknown_count": 4, "open_share": None, "open_share_low": 0},
    ],
    "core.licence_spelling never_silently_a_class": [
        {"problem": "unmapped", "licence_class": None, "is_decisive": False},
        {"problem": "memory", "licence_class": "L3", "is_decisive": False},
        {"problem": None, "licence_class": "L3", "is_decisive": True},
    ],
    "core.licence_evidence bounds_in_order": [
        {"class_low": "L3", "class_high": "L4"},
        {"class_low": None, "class_high": None},
    ],
    "core.licence_lineage never_more_than_received": [
        {"declared_class": "L6", "upstream_class": "L3", "effective_low": "L1", "effective_high": "L3"},
        {"declared_class": None, "upstream_class": None, "effective_low": "L1", "effective_high": None},
    ],
    "core.model_licence never_more_than_received": [
        {"declared_high": "L6", "upstream_class": "L3", "effective_low": "L1", "effective_high": "L3"},
        {"declared_high": None, "upstream_class": None, "effective_low": None, "effective_high": None},
    ],
    "core.mof_class a_higher_class_asks_for_more": [
        {"missing_for_iii": 0, "missing_for_ii": 2, "missing_for_i": 2},
    ],
    "core.openness_subject verdicts_hold": [
        {"osi_verdict": "pass", "osaid": "yes", "is_complete": True},
        {"osi_verdict": "fail_by_licence", "osaid": "no", "is_complete": True},
        {"osi_verdict": "fail", "osaid": "no", "is_complete": None},
    ],
    "core.model_openness definitions_are_nested": [
        OPENNESS,
        {**OPENNESS, "open_any": "no", "open_unrestricted": "no", "osi_weights": "no", "osaid": "no"},
    ],
    "marts.release_openness known_or_unknown": [
        {"label": "unknown", "known_on": None},
        {"label": "closed", "known_on": JULY_2024},
    ],
    "marts.open_definition_share_monthly parts_sum_to_whole": [SHARE],
    "marts.open_definition_share_monthly stricter_is_never_more": [
        {**SHARE, "definition": "open_any"},
        {**SHARE, "definition": "osaid", "open_count": 1},
    ],
    "marts.openness_tier_monthly bounds_in_order": [PLACED],
    "reference.openness_subject patterns_begin_plainly": [
        {"model_pattern": "^grok-1$"},
        {"model_pattern": "^t5-(small|base)$"},
    ],
    "reference.licence_class every_reading_has_a_source_and_a_day": [
        {"evidence": "memory", "source": None, "read_on": None},
        {"evidence": "text", "source": "a file", "read_on": JULY_2024},
    ],
    "reference.licence_class one_text_one_class": [
        {"text_sha256": "a", "licence_class": "L3"},
        {"text_sha256": None, "licence_class": "L4"},
        {"text_sha256": None, "licence_class": "L2"},
    ],
    "reference.openness_crosswalk one_rank_a_tier": [
        {"label_set": "epoch", "label_rank": 0, "tier_low": 0, "tier_high": 0},
        {"label_set": "epoch", "label_rank": 1, "tier_low": 1, "tier_high": 6},
        {"label_set": "helm", "label_rank": 0, "tier_low": 0, "tier_high": 1},
    ],
}
"""For each `no_rows` check, rows that keep it."""

EXAMPLES: dict[str, Callable[[Table, Any], Iterable[Example]]] = {
    "unique": unique,
    "not_null": not_null,
    "between": between,
    "one_of": one_of,
    "references": references,
    "at_least": at_least,
    "no_rows": no_rows,
}
"""For each kind of check, rows that break and rows that keep it."""

CHECKS = [
    pytest.param(table, kind, body, check, id=f"{table.name}.{check.name}")
    for table in sorted(tables().values(), key=lambda table: table.name)
    for kind, body, check in declared_checks(table)
]


@pytest.fixture(scope="module")
def connection() -> Iterator[DuckDBPyConnection]:
    with database() as connection:
        yield connection


def passes(connection: DuckDBPyConnection, table: Table, check: Check, target: str, example: Example) -> bool:
    """Whether the check passes on a table that holds just the rows of the example."""
    if target and target != table.name:
        make(connection, tables()[target], example.referred, HERE)
    make(connection, table, [*example.rows, *(example.referred if target == table.name else ())], HERE)
    result = run_check(connection, check)
    assert result.passed == (not result.sample), "a check that fails shows rows that break it"
    return result.passed


@pytest.mark.parametrize(("table", "kind", "body", "check"), CHECKS)
def test_check_fails_on_what_breaks_it_alone(
    connection: DuckDBPyConnection, table: Table, kind: str, body: Any, check: Check
) -> None:
    target = next(iter(body.values())).rpartition(".")[0] if kind == "references" else ""
    examples = list(EXAMPLES[kind](table, body))
    assert {example.passes for example in examples} == {True, False}
    for example in examples:
        assert passes(connection, table, check, target, example) == example.passes, f"{check.name} on {example}"
    if kind != "at_least":
        assert passes(connection, table, check, target, Example(True, ()))


@pytest.mark.parametrize("table", tables().values(), ids=tables())
def test_no_two_checks_of_a_table_share_a_name(table: Table) -> None:
    twice = [name for name, count in Counter(check.name for check in checks_of(table)).items() if count > 1]
    assert not twice, f"{table.path}: expected checks of different names, found {twice} more than once"


def test_every_kind_of_check_has_examples() -> None:
    assert EXAMPLES.keys() == set(header.CHECKS)


def test_no_example_is_left_over() -> None:
    declared = {f"{param.values[0].name} {param.values[3].name}" for param in CHECKS if param.values[1] == "no_rows"}
    assert BROKEN.keys() == SOUND.keys() == declared


def test_a_new_check_without_an_example_is_an_error() -> None:
    table = tables()["marts.release"]
    body = {"name": "of_tomorrow", "doc": "Nothing is after tomorrow.", "sql": "select * from marts.release"}
    new = replace(table, header=replace(table.header, checks=({"no_rows": body},)))
    ((kind, part, _),) = declared_checks(new)
    with pytest.raises(KeyError, match="of_tomorrow"):
        list(EXAMPLES[kind](new, part))


def test_a_check_that_cannot_fail_is_noticed(connection: DuckDBPyConnection) -> None:
    table = tables()["marts.release"]
    blind = Check(table.name, "blind", "Sees nothing.", f"select * from {table.name} where false")
    failing = [example for example in unique(table, ["model_id"]) if not example.passes]
    assert all(passes(connection, table, blind, "", example) for example in failing)


def test_every_type_has_a_value() -> None:
    assert VALUES.keys() == {Column(kind, "x").duckdb_type for kind in header.TYPES}
