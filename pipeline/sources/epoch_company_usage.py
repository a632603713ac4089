"""Epoch AI's collection of what AI companies and the press say about users, tokens and messages."""

from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import csv_rows, numbered
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

COLUMNS = {
    "report": "Id",
    "company": "Company",
    "product": "Product",
    "users": "Active users",
    "users_period": "Active users time period",
    "tokens": "Daily tokens",
    "messages": "Daily messages",
    "date": "Date",
    "report_date": "Report date",
    "source_type": "Source type",
    "confidence": "Confidence",
    "excluded": "Exclude from graph view",
    "graph_note": "Graph note",
    "notes": "Notes",
    "source_1": "Source 1",
    "source_2": "Source 2",
}


def cut(content: bytes) -> Iterator[Record]:
    """One record for each report."""
    rows = csv_rows(content, "Id", "Company", "Date", "Active users", "Daily tokens")
    yield from numbered(({key: row.get(name) for key, name in COLUMNS.items()} for row in rows), "report")


SOURCE = Source(
    name="epoch_company_usage",
    title="Epoch AI company usage reports",
    doc="Reported users, tokens and messages of AI companies' products, each with its day and source.",
    homepage="https://epoch.ai/data/ai-companies",
    subject="adoption",
    origins=(
        HttpOrigin(
            url="https://epoch.ai/data/ai_companies_usage_reports.csv",
            cut=cut,
            accept="text/csv",
        ),
    ),
    licence=Licence(
        name="CC-BY-4.0",
        url="https://epoch.ai/data/ai-companies",
        redistributable=True,
        attribution="Epoch AI, Data on AI Companies, epoch.ai (CC BY 4.0)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="point_in_time",
    proved="in part",
    key=("report", "entry_number"),
    fields=(
        Field("report", "VARCHAR", "$.report", "Epoch's label, such as ChatGPT 50M WAU; not unique", required=True),
        Field(
            "entry_number",
            "INTEGER",
            "$.entry",
            "1, unless the label stands again: then which of its rows this is",
            required=True,
        ),
        Field("company_tag", "VARCHAR", "$.company", "company as Epoch writes it", required=True),
        Field("product_tag", "VARCHAR", "$.product", "product or products that the figure covers"),
        Field("measured_on", "DATE", "$.date", "day the figure is about", required=True),
        Field("reported_on", "DATE", "$.report_date", "day it was reported; can be years later", usually=0.8),
        Field("active_user_count", "BIGINT", "$.users", "users active in the period"),
        Field("active_user_period_tag", "VARCHAR", "$.users_period", "Daily, Weekly or Monthly"),
        Field("daily_token_count", "BIGINT", "$.tokens", "tokens a day, converted by Epoch where reported otherwise"),
        Field("daily_message_count", "BIGINT", "$.messages", "messages a day"),
        Field("source_type_tag", "VARCHAR", "$.source_type", "Company disclosure, Media report or Other"),
        Field("confidence_tag", "VARCHAR", "$.confidence", "Confident, Likely or Uncertain"),
        Field(
            "is_excluded_from_graph",
            "BOOLEAN",
            "$.excluded",
            "True where Epoch leaves the report out of its charts; missing elsewhere",
        ),
        Field("graph_note", "VARCHAR", "$.graph_note", "Epoch's short caveat"),
        Field("notes", "VARCHAR", "$.notes", "Epoch's notes"),
        Field("source_url", "VARCHAR", "$.source_1", "first source, or several joined by comma"),
    ),
    # 51 reports in October 2026.
    bounds=Bounds(min_records=40),
    warnings=(
        "Daily, weekly and monthly users are different things and must not share a line.",
        "Seven companies only, none of them Mistral or Alibaba; what companies choose to disclose.",
        "Never read a number out of the label: one row called 700M holds 770,000,000.",
        "Unverified: read from three rows and a described header; no whole file has been read yet.",
    ),
)
