"""Evaluates many days at once: in several processes, and a month only once while nothing behind it has changed."""

import ast
import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass, field
from datetime import date
from functools import cache
from itertools import product, repeat
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, get_args

from pipeline.claims.evidence import Clock
from pipeline.claims.reading import Question, Reading
from pipeline.claims.registration import Claim, discover
from pipeline.claims.run import Row, adjust_across_claims, evaluate
from pipeline.kernel.build import digest
from pipeline.kernel.home import CLAIMS
from pipeline.kernel.warehouse import READABLE_SINCE, literal, quote, reader

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

WORKERS = 2
Rows: TypeAlias = dict[str, list[Row]]
Key: TypeAlias = tuple[str, date, Clock]
"""A claim, a day and a clock."""

QUESTIONS = "meta.question"
QUESTION_COLUMNS = {
    "claim_id": "varchar", "as_of": "date", "clock": "varchar", "place": "integer", "shape": "varchar",
    "query": "varchar", "parameters": "varchar", "answer": "varchar",
}  # fmt: skip
QUESTION_FIELDS = ("shape", "query", "parameters", "answer")
CHECKING = "checking"
"""The name under which questions are asked again only to see whether their answers have changed."""
DRAWING = "figure"
"""The module of charts: no number of a verdict is computed there."""


@dataclass(frozen=True)
class Job:
    """A day and a clock, and the claims to judge: all but those whose earlier questions would find what they found."""

    clock: Clock
    day: date
    claim_ids: frozenset[str]
    asked: Mapping[str, Sequence[Question]] = field(default_factory=dict)
    joint_on: date | None = None
    """The day on which specification curves are tested as a whole."""


@dataclass(frozen=True)
class Done:
    """What a job came to."""

    rows: Rows
    """By table; none of a claim that was left as it stood."""
    tables: Mapping[str, set[str]]
    """The tables that each claim read."""
    asked: Mapping[str, Sequence[Question]]
    """What each claim that was judged asked."""


def evaluate_in_parallel(
    connection: "DuckDBPyConnection",
    days: Sequence[date],
    claims: Sequence[Claim] | None = None,
    clocks: Sequence[Clock] = get_args(Clock),
    workers: int = WORKERS,
    joint_on: date | None = None,
) -> tuple[Rows, dict[str, set[str]]]:
    """The rows of `evaluate` by table, in its order, with those of `query`, and the tables that each claim read.

    With two workers or more each judges whole days in a process of its own, on a copy of the marts, as the database
    itself has one process at a time.
    """
    chosen = discover() if claims is None else claims
    ids = frozenset(claim.claim_id for claim in chosen)
    jobs = [Job(clock, day, ids, joint_on=joint_on) for clock, day in product(clocks, sorted(days))]
    read: dict[str, set[str]] = {}
    merged: Rows = {}
    for place, done in enumerate(_done(connection, jobs, chosen, workers)):
        for name, those in done.tables.items():
            read.setdefault(name, set()).update(those)
        for table, part in done.rows.items():
            if place == 0 or table not in ("claim", "hypothesis"):
                merged.setdefault(table, []).extend(part)
        merged.setdefault("query", []).extend(_query_rows(jobs[place], done.asked))
    return merged, read


def _query_rows(job: Job, asked: Mapping[str, Sequence[Question]]) -> Iterator[Row]:
    """The rows of claims.query."""
    for claim_id, questions in asked.items():
        for place, question in enumerate(questions):
            yield {
                "claim_id": claim_id,
                "as_of": job.day,
                "clock": job.clock,
                "place": place,
                "query": question.query.strip(),
                "parameters": question.parameters,
                "answer_hash": question.answer,
            }


def _done(
    connection: "DuckDBPyConnection", jobs: Sequence[Job], claims: Sequence[Claim], workers: int
) -> Iterator[Done]:
    """What each job came to, in order."""
    if workers < 2:
        for job in jobs:
            yield _do(job, connection, claims)
        return
    with tempfile.TemporaryDirectory(prefix="ajar-") as folder:
        copy = Path(folder) / "copied.duckdb"
        copy_marts(connection, copy)
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            yield from pool.map(_do_on_copy, jobs, repeat(copy))


def _do_on_copy(job: Job, copy: Path) -> Done:
    with reader(copy) as connection:
        return _do(job, connection, discover())


def _do(job: Job, connection: "DuckDBPyConnection", claims: Sequence[Claim]) -> Done:
    reading = Reading(connection)
    anew = []
    for claim in claims:
        if claim.claim_id in job.claim_ids:
            asked = job.asked.get(claim.claim_id)
            with reading.noting(CHECKING):
                stands = asked is not None and reading.would_find(asked)
            if not stands:
                anew.append(claim)
    frames = evaluate(reading, [job.day], anew, [job.clock], job.joint_on)
    tables = {name: found for name, found in reading.tables.items() if name != CHECKING}
    return Done(
        {table: records(frame) for table, frame in frames.items()},
        tables,
        {claim.claim_id: reading.questions(claim.claim_id) for claim in anew},
    )


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
) -> tuple[Rows, dict[str, int]]:
    """The rows of HISTORY at the days given by their names there, and how many verdicts of each claim were judged anew.

    `kept` has the rows of an earlier run by the same names. A verdict is taken from there while the claim's
    registration and its code are what they were, and so is the content of every mart it reads or, where that has
    changed, every answer that the claim was given: what came in since then changes nothing that was known before.
    """
    claims = discover() if claims is None else claims
    codes = {claim.claim_id: code_of(claim) for claim in claims}
    hashes = {claim.claim_id: claim.registration_hash for claim in claims}
    earlier = {
        _key(row): row
        for row in kept["verdict_history"]
        if (row["registration_hash"], row["code_hash"]) == (hashes.get(row["claim_id"]), codes.get(row["claim_id"]))
    }
    asked: dict[Key, list[Question]] = {}
    for row in kept["question"]:
        asked.setdefault(_key(row), []).append(Question(*(row[name] for name in QUESTION_FIELDS)))
    marts: dict[str, set[str]] = {claim.claim_id: set() for claim in claims}
    for (name, _, _), row in earlier.items():
        marts[name].update(json.loads(row["marts"]))
    prints = content_hashes(connection, set[str]().union(*marts.values()))
    unchanged = {
        key for key, row in earlier.items() if row["marts_fingerprint"] == _mark(marts[key[0]], prints)
    }  # fmt: skip

    jobs = []
    for day, clock in product(days, get_args(Clock)):
        open_keys = {name: (name, day, clock) for name in codes if (name, day, clock) not in unchanged}
        if open_keys:
            told = {name: asked.get(key, []) for name, key in open_keys.items() if key in earlier}
            jobs.append(Job(clock, day, frozenset(open_keys), told))
    verdicts = {key: row for key, row in earlier.items() if key[1] in set(days)}
    tests: dict[Key, list[Row]] = {}
    for row in kept["test_history"]:
        if _key(row) in verdicts:
            tests.setdefault(_key(row), []).append(row)
    counts = dict.fromkeys(codes, 0)
    for done in _done(connection, jobs, claims, workers) if jobs else ():
        for row in done.rows["verdict"]:
            verdicts[_key(row)] = row
            tests[_key(row)] = []
            asked[_key(row)] = list(done.asked[row["claim_id"]])
            marts[row["claim_id"]].update(t for t in done.tables.get(row["claim_id"], ()) if t.startswith("marts."))
            counts[row["claim_id"]] += 1
        for row in done.rows["test"]:
            tests[_key(row)].append(row)

    prints |= content_hashes(connection, set[str]().union(*marts.values()) - prints.keys())
    marks = {name: _mark(read, prints) for name, read in marts.items()}
    adjusted = []
    for day, clock in product(days, get_args(Clock)):
        adjusted += adjust_across_claims([verdicts[name, day, clock] for name in sorted(codes)])
    rows = {
        "verdict_history": [
            {
                **row,
                "code_hash": codes[row["claim_id"]],
                "marts": json.dumps(sorted(marts[row["claim_id"]])),
                "marts_fingerprint": marks[row["claim_id"]],
            }
            for row in adjusted
        ],
        "test_history": [row for key in sorted(verdicts) for row in tests.get(key, ())],
        "question": [
            dict(zip(QUESTION_COLUMNS, (*key, place, *astuple(question)), strict=True))
            for key in sorted(verdicts)
            for place, question in enumerate(asked.get(key, ()))
        ],
    }
    return rows, {name: count for name, count in counts.items() if count}


def _key(row: Row) -> Key:
    return row["claim_id"], row["as_of"], row["clock"]


def keep_questions(connection: "DuckDBPyConnection", rows: Sequence[Row]) -> None:
    """Replaces what is remembered of the questions behind the history; it is in the work file only."""
    import pandas as pd

    asked = pd.DataFrame(rows, columns=list(QUESTION_COLUMNS))
    casts = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in QUESTION_COLUMNS.items())
    connection.execute("create schema if not exists meta")
    connection.register("questions_to_keep", asked)
    try:
        connection.execute(f"create or replace table {QUESTIONS} as select {casts} from questions_to_keep")
    finally:
        connection.unregister("questions_to_keep")


def code_of(claim: Claim) -> str:
    """A hash of the code that judges a claim."""
    return digest(*((CLAIMS / f"{name}.py").read_text() for name in modules_of(claim)))


def modules_of(claim: Claim) -> list[str]:
    """The claim's own module and all beside it that judging it imports, but for how charts look."""
    reached, waiting = {DRAWING}, [Path(claim.path).stem, "run"]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += _imported(CLAIMS / f"{name}.py")
    return sorted(reached - {DRAWING})


@cache
def _imported(path: Path) -> tuple[str, ...]:
    """The modules of `pipeline.claims` that a file imports."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "pipeline.claims":
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("pipeline.claims."):
            found.append(node.module.rsplit(".", 1)[-1])
    return tuple(found)


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


def rows_of(connection: "DuckDBPyConnection", table: str, columns: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The rows of a table; none when it is not there, or has other columns than those expected."""
    schema, name = table.split(".")
    there = [row[0] for row in connection.execute(
        "select column_name from duckdb_columns() where schema_name = ? and table_name = ? order by column_index",
        [schema, name],
    ).fetchall()]  # fmt: skip
    if not there or there != list(columns or there):
        return []
    found = connection.execute(f"select {', '.join(map(quote, there))} from {table}").fetchall()
    return [dict(zip(there, row, strict=True)) for row in found]
