"""What holds for the Hub's tables whatever captures bring: spells, lineage in any graph, and counters that fall."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from models_support import build_up_to, database

FIRST = datetime(2026, 6, 1, 6, tzinfo=UTC)
PAYLOADS = Path(os.environ.get("AJAR_PAYLOADS", Path(__file__).parents[3] / "shared" / "payloads"))
RECEIVED = PAYLOADS / "huggingface" / "top30_log_2026-06-01.json"
TRUE_FIGURES = {
    "sentence-transformers/all-MiniLM-L6-v2": 259_378_419,
    "cross-encoder/ms-marco-MiniLM-L6-v2": 69_585_055,
    "google-bert/bert-base-uncased": 68_246_210,
    "openbmb/MiniCPM5-1B": 45_698,
}
"""Downloads of 30 days on 2026-06-01, where the whole list of that day is not at hand."""
MOST = "sentence-transformers/all-MiniLM-L6-v2"

few = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def connection() -> Iterator[DuckDBPyConnection]:
    with database() as connection:
        yield connection


def select(connection: DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()


# --- spells

attributes = st.fixed_dictionaries(
    {"licence_tag": st.sampled_from([None, "mit", "other"]), "gated_tag": st.sampled_from([None, "false", "auto"])}
)
states = st.none() | attributes
"""What a capture shows of one repository; None when it is not there."""
histories = st.lists(states, min_size=1, max_size=6)


def as_changes(name: str, history: Sequence[Mapping[str, Any] | None]) -> Iterator[dict[str, Any]]:
    """The rows that staging keeps of a repository that is captured every other day."""
    before: Mapping[str, Any] | None = None
    for number, state in enumerate(history):
        change = None
        if state is None and before is not None:
            change = {"change_tag": "gone"}
        elif state is not None and before is None:
            change = {"change_tag": "new", **state}
        elif state is not None and state != before:
            change = {"change_tag": "attributes", **state}
        if change:
            yield {"huggingface_id": name, "observed_at": FIRST + timedelta(days=2 * number), **change}
        before = state


def with_gates(history: Sequence[Mapping[str, Any] | None]) -> list[tuple[Any, Any] | None]:
    """Licence and gate of each capture, a gate that is not mentioned as it was."""
    gate, found = None, list[tuple[Any, Any] | None]()
    for state in history:
        gate = gate if state is None else state["gated_tag"] or gate
        found.append(None if state is None else (state["licence_tag"], gate))
    return found


@few
@given(st.lists(histories, min_size=1, max_size=3))
def test_spells_tell_the_state_of_every_capture_and_never_overlap(
    connection: DuckDBPyConnection, worlds: list[list[Mapping[str, Any] | None]]
) -> None:
    # One that is always there, so that every day has a capture.
    days = max(map(len, worlds))
    steady = [{"huggingface_id": "a/steady", "observed_at": FIRST + timedelta(days=2 * n), "change_tag": "counters",
               "like_count": n} for n in range(1, days)]  # fmt: skip
    steady.append({"huggingface_id": "a/steady", "observed_at": FIRST, "change_tag": "new", "like_count": 0})
    changes = [row for number, world in enumerate(worlds) for row in as_changes(f"a/m{number}", world)]
    given_rows = {"staging.huggingface_repositories": [*steady, *changes]}
    build_up_to(connection, ["core.hub_repository_event", "core.hub_repository_history"], given_rows)
    overlapping = """
        select a.repository_tag from core.hub_repository_history as a
        join core.hub_repository_history as b on a.repository_tag = b.repository_tag and a.valid_from < b.valid_from
        where coalesce(a.valid_to, date '9999-12-31') > b.valid_from or a.last_observed_on >= b.valid_from
    """
    assert select(connection, overlapping) == []
    for number, world in enumerate(worlds):
        for place, expected in enumerate(with_gates(world)):
            day = (FIRST + timedelta(days=2 * place)).date()
            found = select(
                connection,
                f"select licence_tag, gate_tag from core.hub_repository_history where repository_tag = 'a/m{number}' "
                f"and valid_from <= date '{day}' and date '{day}' < coalesce(valid_to, date '9999-12-31')",
            )
            assert found == ([] if expected is None else [expected]), (number, day)
            confirmed = select(
                connection,
                f"select count(*) from core.hub_repository_history where repository_tag = 'a/m{number}' "
                f"and valid_from <= date '{day}' and date '{day}' <= last_observed_on",
            )
            assert confirmed == [(0 if expected is None else 1,)], (number, day)


# --- lineage

names = st.sampled_from("abcdefg")
graphs = st.sets(st.tuples(names, names), min_size=1, max_size=14)


def ancestors(edges: set[tuple[str, str]], name: str) -> set[str]:
    found, waiting = set[str](), [name]
    while waiting:
        here = waiting.pop()
        above = {base for repository, base in edges if repository == here and base != repository}
        waiting += above - found
        found |= above
    return found


@few
@given(graphs)
def test_every_repository_has_its_roots_whatever_the_graph(
    connection: DuckDBPyConnection, edges: set[tuple[str, str]]
) -> None:
    rows = [
        {"repository_tag": repository, "base_repository_tag": base, "relation_tag": "finetune", "is_current": True}
        for repository, base in edges
    ]
    build_up_to(connection, ["core.hub_lineage"], {"core.hub_base_model": rows})
    real = {(repository, base) for repository, base in edges if repository != base}
    having = {repository for repository, _ in real}
    expected = set()
    for name in {end for edge in real for end in edge}:
        above = ancestors(real, name) | {name}
        roots = {other for other in above if other not in having}
        circle = {other for other in above if other in ancestors(real, other)}
        expected |= {(name, root, False) for root in roots}
        expected |= {(name, min(circle), True)} if not roots else set()
    found = select(connection, "select repository_tag, root_repository_tag, is_circular from core.hub_lineage")
    assert set(found) == expected
    assert len(found) == len(expected)


# --- counters that fall


def downloads_of_a_day() -> dict[str, int]:
    """The most downloaded models of 2026-06-01: the list as logged that day when it is at hand."""
    if not RECEIVED.exists():
        return TRUE_FIGURES
    logged = json.loads(RECEIVED.read_text())
    return {model["id"]: model["downloads"] for model in [*logged["models"], *logged["smallModels"]]}


def test_the_figures_written_down_are_those_of_the_list() -> None:
    found = downloads_of_a_day()
    assert {name: found[name] for name in TRUE_FIGURES} == TRUE_FIGURES


def test_a_quarter_lost_in_a_day_is_flagged_and_nothing_else_is(connection: DuckDBPyConnection) -> None:
    """The day's true counts, a thirtieth less for all the next day, but for one that loses 27 per cent."""
    today = downloads_of_a_day()
    tomorrow = {name: count - count // 30 for name, count in today.items()} | {MOST: round(today[MOST] * 0.73)}
    rows = [
        {"huggingface_id": name, "observed_at": FIRST + timedelta(days=day), "change_tag": tag, "like_count": 1,
         "downloads_30d_count": count}
        for day, tag, counts in ((0, "new", today), (1, "counters", tomorrow))
        for name, count in counts.items()
    ]  # fmt: skip
    given_rows = {"staging.huggingface_repositories": rows}
    build_up_to(connection, ["core.hub_counter_fall", "core.hub_repository_counter"], given_rows)
    found = select(
        connection,
        "select counted_thing, counter_tag, counter, fell_on, round(fall_share, 4), is_mended "
        "from core.hub_counter_fall",
    )
    assert found == [("repository", MOST, "downloads_30d", date(2026, 6, 2), 0.27, False)]
    # The counter itself stays as it was seen: nothing is smoothed away.
    counts = f"select downloads_30d_count from core.hub_repository_counter where repository_tag = '{MOST}' order by 1"
    assert select(connection, counts) == [(round(today[MOST] * 0.73),), (today[MOST],)]


@pytest.mark.parametrize("mended", [True, False])
def test_a_fall_of_the_all_time_count_is_never_absorbed(connection: DuckDBPyConnection, mended: bool) -> None:
    """A counter that loses 27 per cent in a day and comes back, or does not."""
    before, step = 259_378_419, 1_000_000
    counts = [before, before + step, round((before + step) * 0.73)]
    counts += [before + 3 * step, before + 4 * step] if mended else [counts[2] + step, counts[2] + 2 * step]
    rows = [
        {"huggingface_id": MOST, "seen_on": date(2026, 6, 1) + timedelta(days=day), "observed_at": FIRST,
         "change_tag": "new", "downloads_30d_count": 5_000_000, "downloads_all_time_count": count}
        for day, count in enumerate(counts)
    ]  # fmt: skip
    build_up_to(
        connection, ["core.hub_counter_fall", "marts.hub_downloads_monthly"], {"staging.model_pulse_models": rows}
    )
    falls = select(connection, "select fell_on, round(fall_share, 2), is_mended from core.hub_counter_fall")
    assert falls == [(date(2026, 6, 3), 0.27, mended)]
    daily = select(
        connection, "select downloads, gap_days, has_fallen from core.hub_downloads_daily order by downloaded_on"
    )
    month = select(connection, "select downloads, known_day_count, fallen_day_count from marts.hub_downloads_monthly")
    if mended:
        # The day of the dip and the day after share what was downloaded in both: nothing twice, nothing lost.
        assert daily == [(step, 1, False), (step, 2, False), (step, 2, False), (step, 1, False)]
        assert month == [(4.0 * step, 4, 0)]
    else:
        assert daily == [(step, 1, False), (0, 1, True), (step, 1, False), (step, 1, False)]
        assert month == [(3.0 * step, 4, 1)]
