"""Worlds with a known truth are drawn and judged, and the kept table of wrong answers is one of these cases."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from bench.verdict_false_positives import CASES, COLUMNS, Case, table
from statsmodels.stats.proportion import proportion_confint

KEPT = Path(__file__).parents[2] / "warehouse/reference/false_positive.csv"
CHEAP = tuple(case for case in CASES if case.case_id in ("misuse_1", "kept_back", "trend_0.6_24"))


def test_a_row_says_how_often_a_case_was_judged_wrongly() -> None:
    answers = ["supported", "contradicted", "mixed", "insufficient evidence", "supported"]
    case = Case("made", "share", "C00", "a truth", "a sample", ("supported",), lambda _: answers.pop())
    (row,) = table(5, (case,))
    assert tuple(row) == COLUMNS
    assert (row["draw_count"], row["wrong_share"], row["supported_share"]) == (5, 0.4, 0.4)
    assert (row["contradicted_share"], row["insufficient_share"]) == (0.2, 0.2)
    assert (row["wrong_low_share"], row["wrong_high_share"]) == pytest.approx((0.1176, 0.7693), abs=0.0001)


def test_a_seed_draws_the_same_worlds_again() -> None:
    once, again = (list(table(2, CHEAP)) for _ in range(2))
    assert once == again
    assert [row["draw_count"] for row in once] == [2, 2, 10]


@pytest.mark.parametrize("case", CHEAP, ids=lambda case: case.case_id)
def test_a_world_is_judged(case: Case) -> None:
    answers = {case.draw(np.random.default_rng(seed)) for seed in range(3)}
    assert answers <= {"supported", "contradicted", "mixed", "insufficient evidence"}


def test_the_kept_table_has_every_case_and_the_intervals_of_its_draws() -> None:
    with KEPT.open() as lines:
        rows = list(csv.DictReader(lines))
    cases = {case.case_id: case for case in CASES}
    assert {row["case_id"] for row in rows} == set(cases)
    for row in rows:
        case, draws = cases[row["case_id"]], int(row["draw_count"])
        assert (row["kind"], row["judged"], row["truth"], row["sample"], row["wrong"]) == (
            case.kind,
            case.judged,
            case.truth,
            case.sample,
            " or ".join(case.wrong),
        )
        wrong = sum(float(row[f"{verdict}_share"]) for verdict in case.wrong)
        assert float(row["wrong_share"]) == pytest.approx(wrong, abs=0.0002)
        interval = proportion_confint(round(wrong * draws), draws, method="wilson")
        assert (float(row["wrong_low_share"]), float(row["wrong_high_share"])) == pytest.approx(interval, abs=0.0001)
        assert date.fromisoformat(row["computed_on"])
