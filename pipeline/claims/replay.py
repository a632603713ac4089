"""Evaluates many days at once: in several processes, and a month only once while nothing behind it has changed."""

import json
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from pipeline.claims.evidence import Clock
from pipeline.claims.reading import Reading
from pipeline.claims.registration import Claim, discover
from pipeline.claims.run import Row, adjust_across_claims, evaluate
from pipeline.kernel.build import digest
from pipeline.kernel.home import CLAIMS
from pipeline.kernel.warehouse import READABLE_SINCE, literal, quote, reader

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

WORKERS = 2
Rows = dict[str, list[Row]]


def evaluate_in_parallel(
    connection: "DuckDBPyConnection",
    days: Sequence[date],
    claims: Sequence[Claim] | None = None,
    clocks: Sequence[Clock] = get_args(Clock),
    workers: int = WORKERS,
) -> tuple[Rows, dict[str, set[str]]]:
    """The rows of `evaluate` by table, in its order, and the tables that each claim read.

    Each worker judges whole days on a copy of the marts, as the database itself has one process at a time.
    """
    names = [claim.claim_id for claim in (discover() if claims is None else claims)]
    jobs = list(product(clocks, sorted(days)))
    read: dict[str, set[str]] = {}
    found: list[Rows] = []
    with tempfile.TemporaryDirectory(prefix="ajar-") as folder:
        copy = Path(folder) / "copied.duckdb"
        copy_marts(connection, copy)
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            for rows, tables in pool.map(_evaluate_day, *zip(*[(copy, names, *job) for job in jobs], strict=True)):
                found.append(rows)
                for name, those in tables.items():
                    read.setdefault(name, set()).update(those)
    merged: Rows = {table: [] for table in found[0]} if found else {}
    for place, rows in enumerate(found):
        for table, part in rows.items():
            if place == 0 or table not in ("claim", "hypothesis"):
                merged[table] += part
    return merged, read


def _evaluate_day(copy: Path, names: Sequence[str], clock: Clock, day: date) -> tuple[Rows, dict[str, set[str]]]:
    claims = [claim for claim in discover() if claim.claim_id in names]
    with reader(copy) as connection:
        reading = Reading(connection)
        frames = evaluate(reading, [day], claims, [clock])
    return {table: records(frame) for table, frame in frames.items()}, reading.tables


def records(frame: "pd.DataFrame") -> list[Row]:
    """The rows of a frame that `evaluate` made."""
    return [{str(column): value for column, value in row.items()} for row in frame.to_dict("records")]


def copy_marts(connection: "DuckDBPyConnection", target: Path) -> None:
    """Writes the marts into a file of their own."""
    names = connection.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
    connection.execute(f"attach {literal(str(target))} as replayed (storage_version '{READABLE_SINCE}')")
    try:
        connection.execute("create schema replayed.marts")
        for (name,) in names:
            connection.execute(f"create table replayed.marts.{quote(name)} as from marts.{quote(name)}")
    finally:
        connection.execute("detach replayed")


def history(
    connection: "DuckDBPyConnection",
    days: Sequence[date],
    kept: Mapping[str, Sequence[Row]],
    claims: Sequence[Claim] | None = None,
    workers: int = WORKERS,
) -> tuple[Rows, list[str]]:
    """The rows of claims.verdict_history and claims.test_history at the days given, and the claims judged anew.

    `kept` has the rows of an earlier run by the same names. A claim's rows are taken from there when its registration,
    its code and the content of every mart it reads are what they were, and all days are among them.
    """
    claims = discover() if claims is None else claims
    codes = {claim.claim_id: code_of(claim) for claim in claims}
    marts = {row["claim_id"]: json.loads(row["marts"]) for row in kept["verdict_history"] if row["claim_id"] in codes}
    prints = content_hashes(connection, {mart for names in marts.values() for mart in names})
    wanted = set(product(days, get_args(Clock)))
    anew = []
    for claim in claims:
        own = [row for row in kept["verdict_history"] if row["claim_id"] == claim.claim_id]
        mark = (claim.registration_hash, codes[claim.claim_id], _mark(marts.get(claim.claim_id, ()), prints))
        same = all((row["registration_hash"], row["code_hash"], row["marts_fingerprint"]) == mark for row in own)
        if not same or wanted - {(row["as_of"], row["clock"]) for row in own}:
            anew.append(claim)
    rows: Rows = {"verdict": [], "test": []}
    if anew:
        rows, read = evaluate_in_parallel(connection, days, anew, workers=workers)
        marts |= {
            name: sorted(table for table in tables if table.startswith("marts.")) for name, tables in read.items()
        }
        prints |= content_hashes(connection, {mart for names in marts.values() for mart in names} - prints.keys())
    judged = {claim.claim_id for claim in anew}
    verdicts = [row for row in kept["verdict_history"] if row["claim_id"] in codes.keys() - judged]
    verdicts += [
        {
            **row,
            "code_hash": codes[row["claim_id"]],
            "marts": json.dumps(marts.get(row["claim_id"], [])),
            "marts_fingerprint": _mark(marts.get(row["claim_id"], ()), prints),
        }
        for row in rows["verdict"]
    ]
    adjusted = []
    for day, clock in sorted(wanted):
        there = [row for row in verdicts if (row["as_of"], row["clock"]) == (day, clock)]
        adjusted += adjust_across_claims(sorted(there, key=lambda row: str(row["claim_id"])))
    tests = [
        row for row in kept["test_history"] if row["claim_id"] in codes.keys() - judged and row["as_of"] in set(days)
    ]
    return {"verdict_history": adjusted, "test_history": [*tests, *rows["test"]]}, sorted(judged)


def code_of(claim: Claim) -> str:
    """A hash of the claim's own file and of all that claims share."""
    own = Path(claim.path).name
    files = [file for file in sorted(CLAIMS.glob("*.py")) if file.name == own or not re.match(r"[cn]\d\d_", file.name)]
    return digest(*(file.read_text() for file in files))


def content_hashes(connection: "DuckDBPyConnection", tables: Iterable[str]) -> dict[str, str]:
    """A hash of the rows of each table, whatever their order; `absent` for one that is not there."""
    there = {f"{schema}.{name}" for schema, name in connection.execute(
        "select schema_name, table_name from duckdb_tables()"
    ).fetchall()}  # fmt: skip
    found = {}
    for table in sorted(tables):
        if table not in there:
            found[table] = "absent"
            continue
        count = connection.execute(f"select count(*), sum(cast(hash(t) as hugeint)) from {table} as t").fetchone()
        found[table] = repr(count)
    return found


def _mark(marts: Iterable[str], prints: Mapping[str, str]) -> str:
    return digest(*(f"{mart} {prints.get(mart, 'absent')}" for mart in sorted(marts)))


def rows_of(connection: "DuckDBPyConnection", table: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of a table of an earlier run; none when it is not there or has other columns."""
    schema, name = table.split(".")
    there = [row[0] for row in connection.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ? order by column_index",
        [schema, name],
    ).fetchall()]  # fmt: skip
    if there != list(columns):
        return []
    found = connection.execute(f"select {', '.join(map(quote, columns))} from {table}").fetchall()
    return [dict(zip(columns, row, strict=True)) for row in found]
