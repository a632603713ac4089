"""Tables of the published file shown as they are, for pages that must read well whether or not a table is there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from dashboards import words
from dashboards.published import Published, Row, Unreadable
from pipeline.kernel.warehouse import quote

MOST_LISTED = 60


@dataclass(frozen=True)
class Heading:
    """A column's name in words and what it means."""

    column: str
    words: str
    doc: str
    is_figure: bool


@dataclass(frozen=True)
class Listing:
    """A table with the rows a page lists and the query for all of them."""

    name: str
    doc: str
    headings: Sequence[Heading]
    rows: Sequence[Row]
    row_count: int
    sql: str

    def cell(self, row: Row, heading: Heading) -> str:
        """A value in words, a share as percent, a month without its day."""
        return said(heading.column, row[heading.column])


@dataclass(frozen=True)
class ListingPlan:
    """A table that a page shows when the published file has it, with its heading and what a reader must know."""

    title: str
    words: str
    table: str
    sql: str = ""
    """A query over the table, where not all of it is shown."""


def listings(
    published: Published, columns: Mapping[str, Sequence[Row]], wanted: Iterable[ListingPlan]
) -> list[tuple[ListingPlan, Listing]]:
    """Those of the wanted tables that the file has with rows; `columns` is the dictionary by table."""
    found = [(plan, listing(published, columns, plan)) for plan in wanted]
    return [(plan, table) for plan, table in found if table is not None]


def listing(published: Published, columns: Mapping[str, Sequence[Row]], plan: ListingPlan) -> Listing | None:
    """One table as planned; None when the file lacks it or its rows, or has it in a shape the plan cannot ask."""
    table = published.tables.get(plan.table)
    if table is None:
        return None
    sql = plan.sql.strip() or f"select {', '.join(map(quote, table.columns))}\nfrom {table.name}"
    try:
        rows = published.query(sql)
    except Unreadable:
        return listing(published, columns, replace(plan, sql="")) if plan.sql else None
    docs = {row["column_name"]: row["doc"] or "" for row in columns.get(table.name, ())}
    return listed(rows, name=table.name, doc=table.doc, docs=docs, sql=sql)


def listed(
    rows: Sequence[Row],
    *,
    name: str = "",
    doc: str = "",
    docs: Mapping[str, str] | None = None,
    sql: str = "",
    without: Iterable[str] = (),
) -> Listing | None:
    """Rows as a listing; None without any. Columns that are null throughout are left out."""
    left_out = set(without)
    headings = [
        Heading(column, heading_words(column), (docs or {}).get(column, ""), _is_figure(row[column] for row in rows))
        for column in (rows[0] if rows else ())
        if column not in left_out and any(row[column] is not None for row in rows)
    ]
    return Listing(name, doc, headings, rows[:MOST_LISTED], len(rows), sql) if headings else None


def _is_figure(values: Iterable[Any]) -> bool:
    return any(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


KINDS = {"_id": "", "_share": "", "_count": "", "_tag": "", "_class": "", "_usd": " in US dollars"}
"""Ends of column names that say a kind, and what a heading says instead."""


def heading_words(column: str) -> str:
    """A column's name as a heading."""
    named = column.removeprefix("is_").removeprefix("has_")
    for end, words_instead in KINDS.items():
        if named.endswith(end) and named != end:
            named = named.removesuffix(end) + words_instead
            break
    return named.replace("_", " ")


def said(column: str, value: Any) -> str:
    """A value in words, by what its column's name promises."""
    if column.endswith("_share") and isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{words.percent(float(value))}%"
    if (column == "month" or column.endswith("_month")) and isinstance(value, date):
        return f"{value:%B %Y}"
    return words.cell(value)
