"""Evaluates claims as of given days into the rows of the `claims` tables; it reads marts and writes nothing."""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any, get_args

from pipeline.claims import statistics
from pipeline.claims.evidence import AsOf, Clock
from pipeline.claims.figure import nothing_yet
from pipeline.claims.findings import Findings
from pipeline.claims.joint import DRAWS, joint_test, why_undrawn
from pipeline.claims.looks import look_number
from pipeline.claims.reading import Reading
from pipeline.claims.registration import Claim, discover
from pipeline.claims.verdict import Judged, Verdict, below_minimum, has_claimed_sign, judge, judge_hypotheses

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "claim": (
        "claim_id", "slug", "title", "statement", "essay_section", "essay_paragraph", "essay_phrase", "question",
        "ceiling", "caveats", "registration_hash", "path",
    ),
    "hypothesis": (
        "hypothesis_id", "claim_id", "role", "estimand", "unit", "estimation_window", "outcome",
        "openness_definition", "test_function", "alternative", "alpha", "smallest_effect", "minimum_sample",
        "null_hypothesis", "verdict_rule", "registration_hash",
    ),
    "test": (
        "claim_id", "hypothesis_id", "as_of", "clock", "estimate", "interval_low", "interval_high", "interval_level",
        "p_value", "p_adjusted", "sample_size", "effect_unit", "decision", "note",
    ),
    "specification": (
        "claim_id", "hypothesis_id", "as_of", "clock", "specification", "estimate", "interval_low", "interval_high",
        "p_value", "sample_size", "has_claimed_sign",
    ),
    "specification_joint": (
        "claim_id", "hypothesis_id", "as_of", "clock", "specification_count", "draw_count", "median_effect",
        "median_p_value", "sign_share", "sign_share_p_value", "significant_share", "significant_share_p_value", "how",
    ),
    "verdict": (
        "claim_id", "as_of", "clock", "verdict", "reason_code", "reason", "what_would_change_it",
        "distance_to_boundary", "p_claim", "p_claim_bh", "p_claim_by", "registration_hash", "data_fingerprint",
        "summary", "look_number",
    ),
    "figure": ("claim_id", "figure_id", "title", "caption", "sql", "vega_lite"),
}  # fmt: skip
"""The tables of schema `claims` and their columns, in order."""

Row = dict[str, Any]


def evaluate(
    connection: "DuckDBPyConnection | Reading",
    as_of_list: Sequence[date],
    claims: Sequence[Claim] | None = None,
    clocks: Sequence[Clock] = get_args(Clock),
    joint_on: date | None = None,
) -> "dict[str, pd.DataFrame]":
    """All claims as of each day and clock: one frame for each table of COLUMNS but `figure`; missing values are None.

    Within a claim, p-values of primary hypotheses are adjusted by Holm and the others by Benjamini and Hochberg;
    across claims, the smallest adjusted primary p-value of each is adjusted by Benjamini-Hochberg and by
    Benjamini-Yekutieli, separately for each day and clock. A `Reading` notes the tables each claim reads.
    The joint tests of specification curves are made on the day `joint_on` alone, in hindsight.
    """
    claims = discover() if claims is None else claims
    reading = connection if isinstance(connection, Reading) else Reading(connection)
    rows: dict[str, list[Row]] = {table: [] for table in COLUMNS if table != "figure"}
    for claim in claims:
        rows["claim"].append(_claim_row(claim))
        rows["hypothesis"] += [_hypothesis_row(h) for h in claim.hypotheses]
    for place, (clock, day) in enumerate(product(clocks, sorted(as_of_list))):
        if place:
            reading.forget()
        joint = (clock, day) == ("hindsight", joint_on)
        verdicts = [_evaluate_one(reading, claim, AsOf(day, clock), rows, joint) for claim in claims]
        rows["verdict"] += adjust_across_claims(verdicts)
    return {table: _frame(table, found) for table, found in rows.items()}


def adjust_across_claims(verdicts: Sequence[Row]) -> list[Row]:
    """Verdict rows of one day and clock with their smallest p-values adjusted for the number of claims."""
    smallest = [row["p_claim"] for row in verdicts]
    adjusted = zip(statistics.adjust(smallest, "fdr_bh"), statistics.adjust(smallest, "fdr_by"), strict=True)
    return [{**row, "p_claim_bh": bh, "p_claim_by": by} for row, (bh, by) in zip(verdicts, adjusted, strict=True)]


def draw_figures(connection: "DuckDBPyConnection", claims: Sequence[Claim] | None = None) -> "pd.DataFrame":
    """The rows of `claims.figure`, drawn from marts and from claims tables that are already written."""
    rows = []
    for claim in discover() if claims is None else claims:
        for figure in claim.figures:
            frame = connection.execute(figure.sql).df()
            chart = nothing_yet() if frame.empty else figure.draw(frame)
            rows.append(
                {
                    "claim_id": claim.claim_id,
                    "figure_id": figure.figure_id,
                    "title": figure.title,
                    "caption": figure.caption,
                    "sql": figure.sql.strip(),
                    "vega_lite": json.dumps(chart.to_dict(), sort_keys=True),
                }
            )
    return _frame("figure", rows)


def _evaluate_one(reading: Reading, claim: Claim, as_of: AsOf, rows: dict[str, list[Row]], joint: bool) -> Row:
    """Adds the test and specification rows of one claim as of one day, and returns its verdict row."""
    key = {"claim_id": claim.claim_id, "as_of": as_of.date, "clock": as_of.clock}
    smallest = None
    with reading.noting(claim.claim_id) as connection:
        findings = claim.estimate(connection, as_of) if claim.estimate else None
        verdict: Verdict = judge(claim, as_of.date, findings)
    if findings is not None:
        judged = judge_hypotheses(claim, findings)
        adjusted = adjust_within_claim(judged)
        rows["test"] += [{**key, **_test_row(j, adjusted[j.hypothesis.hypothesis_id])} for j in judged]
        rows["specification"] += [{**key, **row} for row in _specification_rows(claim, findings)]
        rows["specification_joint"] += [{**key, **row} for row in _joint_rows(claim, findings)] if joint else []
        primary = [adjusted[j.hypothesis.hypothesis_id] for j in judged if j.hypothesis.role == "primary"]
        smallest = min((p for p in primary if p is not None), default=None)
    return {
        **key,
        "verdict": verdict.verdict,
        "reason_code": verdict.reason_code,
        "reason": verdict.reason,
        "summary": verdict.summary,
        "what_would_change_it": verdict.what_would_change_it,
        "distance_to_boundary": verdict.distance_to_boundary,
        "p_claim": smallest,
        "registration_hash": claim.registration_hash,
        "data_fingerprint": findings.fingerprint if findings else None,
        "look_number": look_number(as_of.date),
    }


def adjust_within_claim(judged: Sequence[Judged]) -> dict[str, float | None]:
    """Adjusted p-values by hypothesis: Holm over the primary ones, Benjamini-Hochberg over the rest.

    Hypotheses below their minimum sample are not counted as tests.
    """
    found: dict[str, float | None] = {}
    primary = [j for j in judged if j.hypothesis.role == "primary"]
    rest = [j for j in judged if j.hypothesis.role != "primary"]
    methods: tuple[statistics.Method, statistics.Method] = ("holm", "fdr_bh")
    for group, method in zip((primary, rest), methods, strict=True):
        adjusted = statistics.adjust([None if below_minimum(j) else j.estimate.p_value for j in group], method)
        found |= {j.hypothesis.hypothesis_id: p for j, p in zip(group, adjusted, strict=True)}
    return found


def _claim_row(claim: Claim) -> Row:
    row = {name: getattr(claim, name) for name in COLUMNS["claim"]}
    return {**row, "caveats": json.dumps(list(claim.caveats), ensure_ascii=False)}


def _hypothesis_row(hypothesis: Any) -> Row:
    return {name: getattr(hypothesis, name) for name in COLUMNS["hypothesis"]}


def _test_row(judged: Judged, p_adjusted: float | None) -> Row:
    estimate = judged.estimate
    return {
        "hypothesis_id": judged.hypothesis.hypothesis_id,
        "estimate": estimate.estimate,
        "interval_low": estimate.interval_low,
        "interval_high": estimate.interval_high,
        "interval_level": estimate.interval_level,
        "p_value": estimate.p_value,
        "p_adjusted": p_adjusted,
        "sample_size": estimate.sample_size,
        "effect_unit": estimate.effect_unit,
        "decision": judged.decision,
        "note": estimate.note,
    }


def _specification_rows(claim: Claim, findings: Findings) -> list[Row]:
    hypotheses = {h.hypothesis_id: h for h in claim.hypotheses}
    return [
        {
            "hypothesis_id": s.hypothesis_id,
            "specification": json.dumps(dict(s.choices), ensure_ascii=False),
            "estimate": s.estimate,
            "interval_low": s.interval_low,
            "interval_high": s.interval_high,
            "p_value": s.p_value,
            "sample_size": s.sample_size,
            "has_claimed_sign": has_claimed_sign(hypotheses[s.hypothesis_id], s.estimate),
        }
        for s in findings.specifications
    ]


def _joint_rows(claim: Claim, findings: Findings) -> list[Row]:
    """A row for each hypothesis that has other ways of counting."""
    rows = []
    for hypothesis in claim.hypotheses:
        if not hypothesis.grid:
            continue
        name = hypothesis.hypothesis_id
        draw = findings.worlds.get(name)
        found = joint_test(draw(DRAWS)) if draw else None
        measures = dict.fromkeys(COLUMNS["specification_joint"][4:])
        untold = "No way of counting has an answer." if draw else why_undrawn(name)
        rows.append({**measures, "hypothesis_id": name, **(vars(found) if found else {"draw_count": 0, "how": untold})})
    return rows


def _frame(table: str, rows: Sequence[Row]) -> "pd.DataFrame":
    """Rows in declared order; None for what is missing or infinite, so that every reader and JSON agree."""
    import pandas as pd

    def plain(value: Any) -> Any:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return pd.DataFrame(
        [[plain(row[column]) for column in COLUMNS[table]] for row in rows], columns=list(COLUMNS[table]), dtype=object
    )
