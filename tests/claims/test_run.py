"""Evaluating all claims: rows, adjustments, odd inputs, figures."""

import json
from collections.abc import Iterator
from datetime import date

import duckdb
import pandas as pd
import pytest
import sqlglot
from claims.world import full_world
from sqlglot import exp

from pipeline.claims.registration import discover
from pipeline.claims.run import COLUMNS, draw_figures, evaluate
from pipeline.claims.statistics import adjust

DAYS = [date(2024, 5, 31), date(2025, 11, 30)]
"""The day of the essay, and one on which the world below has all it ever gets."""
VERDICTS = {"supported", "contradicted", "mixed", "insufficient evidence", "not testable"}
TYPES = {"as_of": "date", "has_claimed_sign": "boolean", "sample_size": "bigint"}
NUMBERS = {"estimate", "interval_low", "interval_high", "interval_level", "p_value", "p_adjusted", "alpha",
           "smallest_effect", "distance_to_boundary", "p_claim", "p_claim_bh", "p_claim_by"}  # fmt: skip


def write(connection: duckdb.DuckDBPyConnection, table: str, frame: pd.DataFrame) -> None:
    """As the pipeline does: declared columns, rows one by one."""
    columns = ", ".join(f"{c} {'double' if c in NUMBERS else TYPES.get(c, 'text')}" for c in frame.columns)
    connection.execute("create schema if not exists claims")
    connection.execute(f"create table claims.{table} ({columns})")
    if len(frame):
        marks = ", ".join("?" for _ in frame.columns)
        connection.executemany(f"insert into claims.{table} values ({marks})", frame.to_numpy().tolist())


def write_all(connection: duckdb.DuckDBPyConnection, frames: dict[str, pd.DataFrame]) -> None:
    """All tables, and the two of the history without a row, as when it was never asked for."""
    for table, frame in frames.items():
        write(connection, table, frame)
    for table in ("test", "verdict"):
        connection.execute(f"create table claims.{table}_history as from claims.{table} limit 0")


Evaluated = tuple[duckdb.DuckDBPyConnection, dict[str, pd.DataFrame]]


@pytest.fixture(scope="module")
def evaluated() -> Iterator[Evaluated]:
    connection = full_world().connect()
    frames = evaluate(connection, DAYS, joint_on=DAYS[-1])
    write_all(connection, frames)
    yield connection, frames
    connection.close()


def test_each_table_has_its_columns_and_no_nan(
    evaluated: Evaluated,
) -> None:
    _, frames = evaluated
    assert set(frames) == set(COLUMNS) - {"figure"}
    for table, frame in frames.items():
        assert tuple(frame.columns) == COLUMNS[table]
        assert len(frame)
        values = frame.to_numpy().ravel().tolist()
        assert not [v for v in values if isinstance(v, float) and v != v]


def test_every_claim_gets_one_verdict_for_each_day_and_clock(
    evaluated: Evaluated,
) -> None:
    _, frames = evaluated
    verdicts = frames["verdict"]
    assert len(verdicts) == len(discover()) * len(DAYS) * 2
    assert not verdicts.duplicated(["claim_id", "as_of", "clock"]).any()
    assert set(verdicts["verdict"]) <= VERDICTS
    assert verdicts["reason"].str.len().min() > 20
    hashes = frames["claim"].set_index("claim_id")["registration_hash"]
    assert (verdicts["registration_hash"] == verdicts["claim_id"].map(hashes)).all()


def test_the_same_data_give_the_same_rows(
    evaluated: Evaluated,
) -> None:
    connection, frames = evaluated
    again = evaluate(connection, DAYS[:1], clocks=["hindsight"])
    for table in ("test", "specification", "verdict"):
        first = frames[table]
        same = first[(first["as_of"] == DAYS[0]) & (first["clock"] == "hindsight")]
        assert again[table].to_dict("records") == same.to_dict("records")


def test_adjustments_within_and_across_claims(
    evaluated: Evaluated,
) -> None:
    _, frames = evaluated
    roles = frames["hypothesis"].set_index("hypothesis_id")["role"]
    tests = frames["test"][(frames["test"]["as_of"] == DAYS[1]) & (frames["test"]["clock"] == "hindsight")]
    primary = tests[(tests["claim_id"] == "C14") & (tests["hypothesis_id"].map(roles) == "primary")]
    assert list(primary["p_adjusted"]) == adjust(list(primary["p_value"]), "holm")
    verdicts = frames["verdict"][(frames["verdict"]["as_of"] == DAYS[1]) & (frames["verdict"]["clock"] == "hindsight")]
    smallest = list(verdicts["p_claim"])
    assert smallest[list(verdicts["claim_id"]).index("C14")] == min(primary["p_adjusted"])
    assert list(verdicts["p_claim_bh"]) == adjust(smallest, "fdr_bh")
    assert list(verdicts["p_claim_by"]) == adjust(smallest, "fdr_by")


def test_specifications_and_caveats_are_json(
    evaluated: Evaluated,
) -> None:
    _, frames = evaluated
    registered = {h.hypothesis_id: h.grid for claim in discover() for h in claim.hypotheses}
    for row in frames["specification"].to_dict("records"):
        choices = json.loads(row["specification"])
        assert set(choices) == set(registered[row["hypothesis_id"]])
        assert all(choices[axis] in values for axis, values in registered[row["hypothesis_id"]].items())
    assert all(isinstance(json.loads(text), list) for text in frames["claim"]["caveats"])


def test_no_rows_at_all_are_insufficient_and_say_what_is_missing(empty: duckdb.DuckDBPyConnection) -> None:
    frames = evaluate(empty, [DAYS[0]])
    verdicts = frames["verdict"][~frames["verdict"]["claim_id"].str.startswith("N")]
    assert set(verdicts["verdict"]) == {"insufficient evidence"}
    reasons = verdicts[verdicts["reason_code"] != "too_early"]
    assert reasons["reason"].str.contains("Missing: ").all()
    assert reasons["distance_to_boundary"].notna().all()
    assert set(frames["test"]["decision"]) == {"insufficient"}


def test_figures_draw_and_render(
    evaluated: Evaluated,
) -> None:
    import vl_convert

    connection, _ = evaluated
    figures = draw_figures(connection)
    assert tuple(figures.columns) == COLUMNS["figure"]
    assert not figures.duplicated(["claim_id", "figure_id"]).any()
    empty = set()
    for row in figures.to_dict("records"):
        svg = vl_convert.vegalite_to_svg(row["vega_lite"])
        if "No source has brought data" in svg:
            empty.add((row["claim_id"], row["figure_id"]))
        else:
            marks = svg.count("<path") + svg.count("<rect") + svg.count("<line")
            assert marks > 10, (row["claim_id"], row["figure_id"])
    assert len(empty) < 5, empty


def test_figures_draw_from_empty_tables(empty: duckdb.DuckDBPyConnection) -> None:
    import vl_convert

    write_all(empty, evaluate(empty, []))
    for row in draw_figures(empty).to_dict("records"):
        assert vl_convert.vegalite_to_svg(row["vega_lite"]).startswith("<svg")
        assert len(vl_convert.vegalite_to_png(row["vega_lite"], scale=1)) > 100


def test_figures_read_marts_and_claims_only() -> None:
    for claim in discover():
        for figure in claim.figures:
            (statement,) = sqlglot.parse(figure.sql, dialect="duckdb")
            assert statement is not None
            named = {cte.alias for cte in statement.find_all(exp.CTE)}
            read = {t.db for t in statement.find_all(exp.Table) if t.name not in named}
            assert read <= {"marts", "claims"}, (claim.claim_id, figure.figure_id)
