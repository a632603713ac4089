"""Epoch AI's collection of what AI companies and the press say about revenue."""

from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import csv_rows, numbered
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

COLUMNS = {
    "report": "Id",
    "company": "Company",
    "date": "Date",
    "report_date": "Report date",
    "annualised": "Annualized revenue (USD)",
    "annualised_type": "Annualized revenue type",
    "normalised": "Revenue amount (normalize to annual)",
    "scope": "Scope",
    "period_revenue": "Period revenue",
    "period_type": "Period type",
    "other": "Other revenue info",
    "source_type": "Source type",
    "confidence": "Confidence",
    "graph_note": "Graph note",
    "notes": "Notes",
    "source_1": "Source 1",
    "source_2": "Source 2",
    "source_3": "Source 3",
}


def cut(content: bytes) -> Iterator[Record]:
    """One record for each report."""
    rows = csv_rows(content, "Company", "Date", "Annualized revenue (USD)", "Scope")
    reports = ({key: row.get(name) for key, name in COLUMNS.items()} for row in rows)
    yield from numbered(({**report, "report": report["report"] or report["company"]} for report in reports), "report")


SOURCE = Source(
    name="epoch_company_revenue",
    title="Epoch AI company revenue reports",
    doc="Reported revenue of AI companies, each with its day, kind, scope and source.",
    homepage="https://epoch.ai/data/ai-companies",
    subject="finance",
    origins=(
        HttpOrigin(
            url="https://epoch.ai/data/ai_companies_revenue_reports.csv",
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
    proved="documented",
    key=("report", "entry_number"),
    fields=(
        Field(
            "report",
            "VARCHAR",
            "$.report",
            "Epoch's label, or the company where there is none; not unique",
            required=True,
        ),
        Field(
            "entry_number",
            "INTEGER",
            "$.entry",
            "1, unless the label stands again: then which of its rows this is",
            required=True,
        ),
        Field("company_tag", "VARCHAR", "$.company", "company as Epoch writes it", required=True),
        Field("measured_on", "DATE", "$.date", "day the figure is about; the end of a month can stand for the month"),
        Field("reported_on", "DATE", "$.report_date", "day it was reported"),
        Field(
            "annualised_revenue_usd",
            "DOUBLE",
            "$.annualised",
            "revenue a year in US dollars at the rate of that day; see the kind and the scope",
        ),
        Field(
            "annualised_revenue_type_tag",
            "VARCHAR",
            "$.annualised_type",
            "kind of rate, such as Annualized run rate or Annual recurring revenue (ARR): not the same thing",
        ),
        Field("scope_tag", "VARCHAR", "$.scope", "Full company or Product/division"),
        Field(
            "normalised_revenue_usd",
            "DOUBLE",
            "$.normalised",
            "Epoch's figure scaled to a year, in US dollars, also for products",
        ),
        Field("period_revenue_usd", "DOUBLE", "$.period_revenue", "revenue of a past period in US dollars"),
        Field("period_type_tag", "VARCHAR", "$.period_type", "length of that period, such as Year"),
        Field("other_revenue", "VARCHAR", "$.other", "what else the report says about revenue"),
        Field(
            "source_type_tag",
            "VARCHAR",
            "$.source_type",
            "Company disclosure, Media report and others, several joined by comma",
        ),
        Field("confidence_tag", "VARCHAR", "$.confidence", "Confident, Likely or Uncertain"),
        Field("graph_note", "VARCHAR", "$.graph_note", "Epoch's short caveat"),
        Field("notes", "VARCHAR", "$.notes", "Epoch's notes"),
        Field("source_url", "VARCHAR", "$.source_1", "first source"),
    ),
    # 67 reports in September 2026, 72 in October.
    bounds=Bounds(min_records=50),
    warnings=(
        "Private companies: mostly press reports, not accounts. Keep the confidence beside the figure.",
        "Only rows whose scope is Full company compare across companies; a revenue of a year is not a run rate.",
        "Unverified: read from a described header; no row of the current file has been read yet.",
    ),
)
