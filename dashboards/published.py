"""Reads the published file: rows of marts, claims and meta, and what is missing from it; nothing is worded here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from duckdb import DuckDBPyConnection
from duckdb import Error as DuckDBError

from pipeline.kernel.warehouse import quote

Row: TypeAlias = dict[str, Any]

ESSAY_DATE = date(2024, 5, 31)
"""The day the essay came out."""

ESSAY_SECTIONS = (
    "The Power of Open Source: Sharing the Future of AI?",
    "The AI Arms Race: A New Era of Competition",
    "Navigating Ethical Crossroads: Safety, Access, and the Future of AI",
    "Conclusion: A Future Shaped by Open-Source AI?",
)
"""The essay's headings in their order; what stands before the first of them has none."""

OPENING = "Opening"
"""What the part before the first heading is called here."""

VERDICTS = ("supported", "contradicted", "mixed", "insufficient evidence", "not testable")
NOT_TESTABLE = "not testable"
CLOCKS = ("then", "hindsight")


class Unreadable(ValueError):
    """A query that the published file cannot answer."""


@dataclass(frozen=True)
class Catalogue:
    """One table of the file: its comment, columns and number of rows, from the database's own catalogue."""

    name: str
    doc: str
    row_count: int
    columns: tuple[str, ...]


@dataclass
class Published:
    """A published file, open for reading."""

    connection: DuckDBPyConnection
    missing: list[str] = field(default_factory=list)
    """Tables the site wanted that are absent or empty, in words."""

    def __post_init__(self) -> None:
        columns: dict[str, list[str]] = {}
        for table, column in self.connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns() where not internal "
            "order by table_oid, column_index"
        ).fetchall():
            columns.setdefault(table, []).append(column)
        self.tables = {
            name: Catalogue(name, comment or "", int(count), tuple(columns.get(name, ())))
            for name, comment, count in self.connection.execute(
                "select schema_name || '.' || table_name, comment, estimated_size from duckdb_tables() "
                "where not internal order by 1"
            ).fetchall()
        }

    def rows(self, table: str, columns: Sequence[str], order: str, maybe: Sequence[str] = ()) -> list[Row]:
        """The named columns of a table; columns it lacks are None, and a table it lacks has no rows.

        What is lacking is noted in `missing`, but for the columns of `maybe`.
        """
        present = self.tables.get(table)
        if present is None:
            self._miss(f"{table} is not in the file")
            return []
        if absent := [name for name in columns if name not in present.columns]:
            self._miss(f"{table} lacks {', '.join(absent)}")
        rows = self.optional(table, (*columns, *maybe), order)
        if not rows:
            self._miss(f"{table} has no rows")
        return rows

    def optional(self, table: str, columns: Sequence[str], order: str) -> list[Row]:
        """The named columns of a table that need not be there; none of it is called missing."""
        if (present := self.tables.get(table)) is None:
            return []
        named = ", ".join(quote(c) if c in present.columns else f"null as {quote(c)}" for c in columns)
        return self.query(f"select {named} from {table} order by {order}")

    def query(self, sql: str) -> list[Row]:
        """The rows of a query, decimals as floats; Unreadable when the file cannot answer it."""
        try:
            result = self.connection.execute(sql)
            names = [column[0] for column in result.description]
            return [dict(zip(names, map(_plain, values), strict=True)) for values in result.fetchall()]
        except DuckDBError as error:
            raise Unreadable(str(error).split("\n")[0]) from error

    def _miss(self, text: str) -> None:
        if text not in self.missing:
            self.missing.append(text)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


@dataclass(frozen=True)
class Claim:
    """A claim with all that the file holds on it, each list in order."""

    row: Row
    verdicts: list[Row]
    tests: list[Row]
    hypotheses: list[Row]
    specifications: list[Row]
    figures: list[Row]
    sources: list[Row]
    """What it rests on, where the file says so."""
    anchors: list[Row]
    """Figures that others published and that bear on it, computed again."""
    log: list[Row]
    """What was registered for it and when that was changed, where the file says so."""
    queries: list[Row]
    """What was asked of the marts for each verdict, in order, where the file says so."""

    @property
    def claim_id(self) -> str:
        return str(self.row["claim_id"])

    @property
    def page(self) -> str:
        return f"claim-{self.claim_id}.html"

    @property
    def caveats(self) -> list[str]:
        return texts(self.row["caveats"])

    def verdict(self, as_of: date, clock: str) -> Row | None:
        """The verdict of one day and clock."""
        return next((v for v in self.verdicts if (v["as_of"], v["clock"]) == (as_of, clock)), None)

    @property
    def now(self) -> Row | None:
        """The verdict of the newest day, by all evidence held today where both clocks have one."""
        return max(self.verdicts, key=lambda v: (v["as_of"], v["clock"] == "hindsight"), default=None)

    @property
    def known_then(self) -> Row | None:
        return self.verdict(ESSAY_DATE, "then")

    @property
    def in_hindsight(self) -> Row | None:
        return self.verdict(ESSAY_DATE, "hindsight")

    @property
    def days(self) -> list[date]:
        """The days looked at, oldest first."""
        return sorted({v["as_of"] for v in self.verdicts})

    @property
    def is_testable(self) -> bool:
        """Whether data could decide it, as far as its verdict says."""
        return self.now is None or bool(self.now["verdict"] != NOT_TESTABLE)

    @property
    def section(self) -> str:
        return str(self.row["essay_section"] or OPENING)

    @property
    def changes(self) -> list[Row]:
        """The log of its registration, oldest first: on one day the first entry first and what holds now last."""
        return sorted(
            self.log,
            key=lambda one: (
                one["changed_on"],
                one["registration_hash"] == self.row["registration_hash"],
                one["what"] != FIRST_ENTRY,
            ),
        )

    def looks(self, hypothesis_id: str) -> list[Row]:
        """The answers to one hypothesis on every day it was looked at; newest first, known then before hindsight."""
        found = [t for t in self.tests if t["hypothesis_id"] == hypothesis_id]
        return sorted(found, key=lambda t: (t["as_of"], t["clock"] == "then"), reverse=True)

    def tests_of(self, verdict: Row | None, *roles: str) -> list[Row]:
        """The test results a verdict rests on, in the order of registration, with their hypothesis."""
        if verdict is None:
            return []
        found = {t["hypothesis_id"]: t for t in self.tests if _same(t, verdict)}
        return [
            {**found[h["hypothesis_id"]], "hypothesis": h}
            for h in self.hypotheses
            if h["hypothesis_id"] in found and (not roles or h["role"] in roles)
        ]

    def specifications_of(self, hypothesis_id: str, verdict: Row | None) -> list[Row]:
        """The answered specifications of a hypothesis as of a verdict, by rising estimate."""
        if verdict is None:
            return []
        found = [s for s in self.specifications if s["hypothesis_id"] == hypothesis_id and _same(s, verdict)]
        return sorted((s for s in found if s["estimate"] is not None), key=lambda s: float(s["estimate"]))


def _same(row: Row, verdict: Row) -> bool:
    return bool(row["as_of"] == verdict["as_of"] and row["clock"] == verdict["clock"])


COLUMNS = {
    "claim": (
        "claim_id",
        "slug",
        "title",
        "statement",
        "essay_section",
        "essay_paragraph",
        "essay_phrase",
        "question",
        "ceiling",
        "caveats",
        "registration_hash",
    ),
    "verdict": (
        "claim_id",
        "as_of",
        "clock",
        "verdict",
        "reason_code",
        "reason",
        "what_would_change_it",
        "distance_to_boundary",
        "registration_hash",
        "data_fingerprint",
    ),
    "test": (
        "claim_id",
        "hypothesis_id",
        "as_of",
        "clock",
        "estimate",
        "interval_low",
        "interval_high",
        "interval_level",
        "p_value",
        "p_adjusted",
        "sample_size",
        "effect_unit",
        "decision",
        "note",
    ),
    "hypothesis": (
        "hypothesis_id",
        "claim_id",
        "role",
        "estimand",
        "unit",
        "estimation_window",
        "outcome",
        "openness_definition",
        "test_function",
        "alternative",
        "alpha",
        "smallest_effect",
        "minimum_sample",
        "null_hypothesis",
        "verdict_rule",
        "registration_hash",
    ),
    "specification": (
        "claim_id",
        "hypothesis_id",
        "as_of",
        "clock",
        "specification",
        "estimate",
        "interval_low",
        "interval_high",
        "p_value",
        "sample_size",
        "has_claimed_sign",
    ),
    "figure": ("claim_id", "figure_id", "title", "caption", "sql", "vega_lite"),
    "source": (
        "source",
        "title",
        "doc",
        "homepage",
        "subject",
        "licence",
        "licence_url",
        "is_redistributable",
        "attribution",
        "cadence_hours",
        "stale_after_hours",
        "history",
        "warnings",
        "snapshot_count",
        "first_observed_at",
        "last_observed_at",
        "last_looked_at",
        "last_attempt",
        "last_reason",
        "quarantined_count",
    ),
    "column": ("table_name", "column_name", "type", "doc", "position"),
}
RESTS_ON: tuple[str, ...] = (
    "claim_id", "mart", "source", "capture_count", "first_observed_on", "last_observed_on",
)  # fmt: skip
ANCHOR: tuple[str, ...] = (
    "anchor_id", "part", "claim_ids", "metric", "unit", "published", "computed", "difference", "tolerance",
    "is_within_tolerance", "reason", "note", "as_of", "observed_on", "publisher", "url", "sql",
)  # fmt: skip
CHANGE: tuple[str, ...] = ("claim_id", "registration_hash", "changed_on", "what", "why", "is_after_results")
QUERY: tuple[str, ...] = ("claim_id", "as_of", "clock", "place", "query", "parameters")
FIRST_ENTRY = "first entry"
NOT_HELD, NO_DATA = "waits for data", "cannot be tried"
ANCHOR_STATES: Mapping[bool | None, str] = {True: "reproduced", False: "differs", None: "no tolerance set"}
MAYBE: Mapping[str, tuple[str, ...]] = {"verdict": ("summary",)}
"""Columns read where a table has them; a file without them is whole."""

QUARANTINED: tuple[str, ...] = ("snapshot_id", "source", "observed_at", "captured_at", "outcome", "reason")  # fmt: skip
ORDER = {
    "claim": "claim_id",
    "verdict": "claim_id, as_of, clock",
    "test": "claim_id, hypothesis_id, as_of, clock",
    "hypothesis": "claim_id, case role when 'primary' then 1 when 'secondary' then 2 else 3 end, hypothesis_id",
    "specification": "claim_id, hypothesis_id, estimate",
    "figure": "claim_id, figure_id",
    "source": "lower(title)",
    "column": "table_name, position",
}


def read_claims(published: Published) -> list[Claim]:
    """All claims in the order of the essay."""
    by_claim: dict[str, dict[Any, list[Row]]] = {}
    parts = ("verdict", "test", "hypothesis", "specification", "figure")
    for table in parts:
        rows = published.rows(f"claims.{table}", COLUMNS[table], ORDER[table], MAYBE.get(table, ()))
        by_claim[table] = _by_claim(rows)
    by_claim["source"] = _by_claim(_sources_of_claims(published))
    by_claim["anchor"] = _by_claim(
        [
            {**row, "claim_id": claim_id}
            for row in read_anchors(published)
            for claim_id in (row["claim_ids"] or "").split()
        ]
    )
    by_claim["change"] = _by_claim(published.optional("claims.registration_change", CHANGE, "claim_id, changed_on"))
    by_claim["query"] = _by_claim(published.optional("claims.query", QUERY, "claim_id, as_of, clock, place"))
    told = (*parts, "source", "anchor", "change", "query")
    claims = [
        Claim(row, *(by_claim[table].get(row["claim_id"], []) for table in told))
        for row in published.rows("claims.claim", COLUMNS["claim"], ORDER["claim"])
    ]
    return sorted(claims, key=essay_place)


def essay_place(claim: Claim) -> tuple[int, str, int, str]:
    """Sorts claims as the essay has them: section, paragraph in the section, id; unknown headings come first."""
    section = claim.section
    place = ESSAY_SECTIONS.index(section) if section in ESSAY_SECTIONS else -1
    return place, section, claim.row["essay_paragraph"] or 0, claim.claim_id


def _by_claim(rows: Sequence[Row]) -> dict[Any, list[Row]]:
    grouped: dict[Any, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["claim_id"], []).append(row)
    return grouped


def _sources_of_claims(published: Published) -> list[Row]:
    """What each claim rests on; none where the file has no claims.source."""
    return published.optional("claims.source", RESTS_ON, "claim_id, source, mart")


def read_anchors(published: Published) -> list[Row]:
    """Figures that others published with the same computed here; none where the file has no claims.anchor."""
    rows = published.optional("claims.anchor", ANCHOR, "anchor_id, part")
    return [{**row, "state": state_of(row), "is_ours": (row["publisher"] or "").startswith("our ")} for row in rows]


def state_of(anchor: Row) -> str:
    """Whether a figure came out again, and where it was not computed whether a capture would change that."""
    if anchor["computed"] is not None:
        return ANCHOR_STATES[anchor["is_within_tolerance"]]
    return NOT_HELD if anchor["sql"] else NO_DATA


def read_sources(published: Published) -> list[Row]:
    """All sources by title."""
    rows = published.rows("meta.source", COLUMNS["source"], ORDER["source"])
    return [{**row, "warnings": texts(row["warnings"])} for row in rows]


def read_quarantined(published: Published) -> dict[str, list[Row]]:
    """Answers kept but not used, newest first, by source."""
    found: dict[str, list[Row]] = {}
    rows = published.optional("meta.snapshot", QUARANTINED, "captured_at desc nulls last, snapshot_id")
    for row in rows:
        if row["outcome"] == "quarantined":
            found.setdefault(row["source"], []).append(row)
    return found


def read_columns(published: Published) -> dict[str, list[Row]]:
    """The dictionary: columns in order, by table."""
    tables: dict[str, list[Row]] = {}
    for row in published.rows("meta.column", COLUMNS["column"], ORDER["column"]):
        tables.setdefault(row["table_name"], []).append(row)
    return tables


def texts(value: Any) -> list[str]:
    """A JSON list of texts; one text that is not JSON is a list of it."""
    if not value:
        return []
    try:
        found = json.loads(value)
    except (TypeError, ValueError):
        found = value
    return [str(text) for text in found] if isinstance(found, list) else [str(found)]
