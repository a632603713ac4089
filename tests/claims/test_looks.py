"""A year of runs: when verdicts of record change, what error the looks spend, and what later evidence may change."""

import math
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import pytest
from claims.world import World, labs_world

from pipeline.claims import c14_rivals_stay_closed as c14
from pipeline.claims import statistics
from pipeline.claims.findings import Estimate
from pipeline.claims.looks import ESSAY_ON, YEARLY_ERROR, error_spent, look_number, looks, quarter_ends
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, discover
from pipeline.claims.replay import history
from pipeline.claims.run import evaluate
from pipeline.claims.verdict import decide

YEAR = 2025
DAYS = [date(YEAR, 1, 1) + timedelta(days=day) for day in range(365)]
RUNS = sorted({*DAYS[::12], *quarter_ends(YEAR), *(end + timedelta(days=1) for end in quarter_ends(YEAR)[:-1])})
"""Days on which the pipeline is run: every twelfth, and around the quarter ends."""


def add(connection: duckdb.DuckDBPyConnection, rows: World) -> None:
    for table in ("release", "release_evidence"):
        for row in rows.rows[table]:
            connection.execute(f"insert into marts.{table} values ({', '.join('?' * len(row))})", row)


def turning_year() -> Iterator[tuple[date, str, str, int | None]]:
    """For each run the verdict of record, that of the newest day, and the look the first was taken at.

    All that came before is closed; from February on a lab opens what it releases.
    """
    world = labs_world({"openai": (0, 12), "google": (0, 12), "meta": (20, 0)}, first=date(2024, 1, 5))
    with world.connect() as connection:
        for place, day in enumerate(RUNS):
            new = World()
            for earlier in range(3):
                on = day - timedelta(days=earlier)
                new.release(f"late-{place}-{earlier}", "openai", on, "open" if day >= date(YEAR, 2, 1) else "closed")
            add(connection, new)
            days = looks(connection)[1:]
            found = evaluate(connection, days, [c14.CLAIM], ["then"])["verdict"]
            recorded = found[found["look_number"].notna()].iloc[-1]
            yield day, str(recorded["verdict"]), str(found["verdict"].iloc[-1]), int(recorded["look_number"])


def test_verdicts_of_record_change_at_quarter_ends_only_while_estimates_change_between() -> None:
    runs = list(turning_year())
    provisional = [day for before, (day, _, now, _) in pairwise(runs) if now != before[2]]
    recorded = [(before[0], day) for before, (day, verdict, _, _) in pairwise(runs) if verdict != before[1]]
    assert len({verdict for _, verdict, _, _ in runs}) > 1
    for earlier, day in recorded:
        assert any(earlier < end <= day for end in quarter_ends(YEAR - 1) + quarter_ends(YEAR))
    assert any(look_number(day) is None and day not in [late for _, late in recorded] for day in provisional)
    assert [number for number, _ in sorted({(look, look) for *_, look in runs})] == [1, 2, 3, 4]


def test_the_years_error_is_spent_at_its_four_looks_and_nowhere_else() -> None:
    spent = [error_spent(day) for day in DAYS]
    steps = {day: late - early for (early, late), day in zip(pairwise(spent), DAYS[1:], strict=True) if late != early}
    assert list(steps) == [day for day in DAYS if look_number(day)] == quarter_ends(YEAR)
    assert list(steps.values()) == pytest.approx([YEARLY_ERROR / LOOKS_PER_YEAR] * 4)
    assert (spent[0], spent[-1]) == (0.0, pytest.approx(YEARLY_ERROR))


@pytest.mark.parametrize("claim", [c for c in discover() if c.hypotheses], ids=lambda claim: str(claim.claim_id))
def test_a_claim_spends_no_more_in_a_year_than_is_promised(claim: Claim) -> None:
    """An error lies at one end of an interval; to support, all primary hypotheses must, to contradict, one is enough.

    What is counted off, without a sample, cannot err in this way.
    """
    primary = [h for h in claim.hypotheses if h.role == "primary" and not h.test_function.startswith("none:")]
    supporting = max(h.alpha / 2 for h in primary)
    contradicting = sum(h.alpha / 2 for h in primary if math.isfinite(h.marks.contradict))
    assert LOOKS_PER_YEAR * max(supporting, contradicting) <= YEARLY_ERROR + 1e-9


def wrong_in_a_year(generator: Any, looked: list[int], hypothesis: Any) -> bool:
    """Whether releases that are open every second time ever decide, when all so far are counted on some days.

    A year of two hundred releases follows on sixty.
    """
    opened = generator.random(260) < 0.5
    for seen in looked:
        count, level = int(opened[:seen].sum()), 1 - hypothesis.alpha
        p_value = statistics.proportion_p_value(count, seen, 0.5, hypothesis.alternative)
        answer = Estimate.of("", "share", statistics.proportion(count, seen, level), level, seen, p_value)
        if decide(hypothesis, answer) in ("supports", "contradicts"):
            return True
    return False


def test_four_looks_at_the_split_level_are_wrong_in_a_year_less_often_than_one_in_twenty() -> None:
    from dataclasses import replace

    split = replace(c14.CLAIM.hypothesis("openai"), alpha=YEARLY_ERROR / LOOKS_PER_YEAR)
    whole = replace(split, alpha=YEARLY_ERROR)
    quarterly, daily = [110, 160, 210, 260], list(range(61, 261))

    def rate(looked: list[int], hypothesis: Any) -> float:
        generator = np.random.default_rng(statistics.SEED)
        return float(np.mean([wrong_in_a_year(generator, looked, hypothesis) for _ in range(2000)]))

    found = rate(quarterly, split)
    assert found > 0.005
    assert statistics.wilson_proportion(round(2000 * found), 2000, 0.95).high <= YEARLY_ERROR
    # What the looks are split for: each day at the whole level is wrong in far more years than that.
    assert rate(daily, whole) > 2 * YEARLY_ERROR


def reversed_world() -> World:
    """Releases that a catalogue calls closed at once, and of which a better source says a year later that they are
    open."""
    world = labs_world({"openai": (0, 20), "google": (0, 20), "meta": (20, 0)}, first=date(2023, 1, 5))
    for lab in ("openai", "google"):
        for place in range(20):
            on = date(2023, 1, 5) + timedelta(days=14 * place)
            world.evidence(f"{lab}-{place}", lab, on, "open", date(2025, 2, 1), precedence=0, source="better")
    rows = world.rows["release"]
    # The mart of releases holds what is known now.
    world.rows["release"] = [(*row[:7], "open", *row[8:]) for row in rows]
    return world


Verdicts = dict[tuple[date, str], dict[str, Any]]
BEFORE, AFTER = date(2024, 6, 30), date(2025, 6, 30)


def judged(connection: duckdb.DuckDBPyConnection, kept: Any = None) -> tuple[Verdicts, Any]:
    empty: dict[str, list[dict[str, Any]]] = {"verdict_history": [], "test_history": [], "question": []}
    rows, _ = history(connection, [BEFORE, AFTER], kept or empty, [c14.CLAIM], workers=1)
    found = {(row["as_of"], row["clock"]): row for row in rows["verdict_history"]}
    return found, rows


def test_later_evidence_turns_a_verdict_in_hindsight_and_never_what_was_on_record() -> None:
    with reversed_world().connect() as connection:
        found, rows = judged(connection)
        assert found[BEFORE, "then"]["verdict"] == "supported"
        assert found[BEFORE, "hindsight"]["verdict"] == "contradicted"
        assert found[AFTER, "then"]["verdict"] == found[AFTER, "hindsight"]["verdict"] == "contradicted"

        later = World()
        for lab in ("openai", "google"):
            for place in range(20):
                on = date(2023, 1, 5) + timedelta(days=14 * place)
                later.evidence(f"{lab}-{place}", lab, on, "closed", date(2025, 9, 1), precedence=-1, source="best")
            later.release(f"{lab}-new", lab, date(2025, 9, 1), "closed")
        add(connection, later)
        connection.execute("update marts.release set weights_access = 'closed' where organisation_id <> 'meta'")
        for again, _ in (judged(connection, rows), judged(connection)):
            for day, verdict in ((BEFORE, "supported"), (AFTER, "contradicted")):
                assert again[day, "then"]["verdict"] == verdict
                kept = ("reason", "p_claim", "distance_to_boundary", "data_fingerprint")
                assert [again[day, "then"][name] for name in kept] == [found[day, "then"][name] for name in kept]
                # In hindsight the newest word on old releases counts on every day.
                assert again[day, "hindsight"]["verdict"] == "supported"


def test_the_day_of_the_essay_is_looked_at_however_far_off_it_is() -> None:
    with reversed_world().connect() as connection:
        days = looks(connection)
    assert (days[0], days[-1]) == (ESSAY_ON, date(2025, 2, 1))
    assert [look_number(day) for day in days] == [None, 4, None]
