"""Epoch AI's tables of AI models: maker, date, compute, parameters and how one can get at each."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from pipeline.kernel.cutting import csv_rows, numbered
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

COLUMNS = {
    "name": ("Model", "System"),
    "published": ("Publication date",),
    "organisation": ("Organization",),
    "organisation_category": ("Organization categorization",),
    "country": ("Country (of organization)", "Country (from Organization)"),
    "domain": ("Domain",),
    "task": ("Task",),
    "accessibility": ("Model accessibility",),
    "training_code_accessibility": ("Training code accessibility",),
    "accessibility_notes": ("Accessibility notes",),
    "open_weights": ("Open model weights?",),
    "huggingface_author": ("Hugging Face developer id",),
    "parameters": ("Parameters",),
    "compute": ("Training compute (FLOP)",),
    "cost": ("Training compute cost (2023 USD)",),
    "hardware": ("Training hardware",),
    "base_model": ("Base model",),
    "finetune_compute": ("Finetune compute (FLOP)",),
    "frontier": ("Frontier model",),
    "notability": ("Notability criteria",),
    "citations": ("Citations",),
    "confidence": ("Confidence",),
    "link": ("Link",),
}
"""Our keys and the names of the columns they are taken from: those of 2025 and 2026 first, then those of 2024."""

ANSWERS = {"Yes": True, "True": True, "checked": True, "No": False, "False": False}


def cut(content: bytes, list_tag: str) -> Iterator[Record]:
    """One record for each model of a table; columns without a key of ours are kept together under `other`."""
    rows = csv_rows(content, "Organization", "Publication date", "Model accessibility")
    yield from numbered((record(row, list_tag) for row in rows), "name")


def record(row: dict[str, str | None], list_tag: str) -> dict[str, Any]:
    known: dict[str, Any] = {
        key: next((row.pop(name) for name in names if name in row), None) for key, names in COLUMNS.items()
    }
    for flag in ("open_weights", "frontier"):
        known[flag] = ANSWERS.get(known[flag], known[flag])
    # Until 2024 costs were written as $1,234.00.
    known["cost"] = known["cost"] and known["cost"].replace("$", "").replace(",", "")
    return {**known, "list": list_tag, "other": {name: value for name, value in row.items() if value is not None}}


def origin(list_tag: str) -> HttpOrigin:
    return HttpOrigin(
        url=f"https://epoch.ai/data/{list_tag}_ai_models.csv",
        cut=partial(cut, list_tag=list_tag),
        accept="text/csv",
    )


SOURCE = Source(
    name="epoch_models",
    title="Epoch AI models",
    doc="Each model of Epoch AI's four tables with maker, date, training compute and accessibility.",
    homepage="https://epoch.ai/data/ai-models",
    subject="releases",
    origins=tuple(map(origin, ("all", "notable", "large_scale", "frontier"))),
    licence=Licence(
        name="CC-BY-4.0",
        url="https://epoch.ai/data/ai-models",
        redistributable=True,
        attribution="Epoch AI, Data on AI Models, epoch.ai (CC BY 4.0)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="point_in_time",
    proved="replayed",
    key=("list_tag", "name", "entry_number"),
    fields=(
        Field("list_tag", "VARCHAR", "$.list", "the table: all, notable, large_scale or frontier", required=True),
        Field("name", "VARCHAR", "$.name", "the model as Epoch names it", required=True),
        Field(
            "entry_number",
            "INTEGER",
            "$.entry",
            "1, unless the table lists the same name again: then which of its rows this is",
            required=True,
        ),
        Field(
            "published_on",
            "DATE",
            "$.published",
            "day of the first publication; the 15th or 1 July can stand for a month or a year",
            usually=0.9,
        ),
        Field(
            "organisation_tag",
            "VARCHAR",
            "$.organisation",
            "maker as Epoch writes it, several joined by comma",
            usually=0.8,
        ),
        Field("organisation_category_tag", "VARCHAR", "$.organisation_category", "Industry, Academia and so on"),
        Field("country_tag", "VARCHAR", "$.country", "countries of the makers, several joined by comma", usually=0.8),
        Field("domain_tag", "VARCHAR", "$.domain", "Language, Vision and so on, several joined by comma"),
        Field("task_tag", "VARCHAR", "$.task", "tasks, several joined by comma"),
        Field(
            "accessibility_tag",
            "VARCHAR",
            "$.accessibility",
            "how one can get at the model today: API access, Open weights (unrestricted), Open weights (restricted "
            "use), Open weights (non-commercial), Hosted access (no API), Limited access, Unreleased; missing is "
            "unknown",
            usually=0.3,
        ),
        Field(
            "training_code_accessibility_tag",
            "VARCHAR",
            "$.training_code_accessibility",
            "Open source, Open (restricted use), Open (non-commercial) or Unreleased; missing is unknown",
        ),
        Field("accessibility_notes", "VARCHAR", "$.accessibility_notes", "what the two rest on, mostly the licence"),
        Field(
            "has_open_weights",
            "BOOLEAN",
            "$.open_weights",
            "Epoch's own yes or no, in the table of all models since 2026; missing is unknown",
        ),
        Field("huggingface_author", "VARCHAR", "$.huggingface_author", "author or organisation on the Hub"),
        Field(
            "parameters_count",
            "BIGINT",
            "$.parameters",
            "parameters, rounded to whole ones; missing where the maker does not say",
        ),
        Field("training_compute_flop", "DOUBLE", "$.compute", "training compute in FLOP, reported or estimated"),
        Field(
            "training_compute_cost_usd",
            "DOUBLE",
            "$.cost",
            "cost of the training compute in US dollars of 2023",
        ),
        Field("training_hardware_tag", "VARCHAR", "$.hardware", "chips, several joined by comma"),
        Field("base_model_tag", "VARCHAR", "$.base_model", "models it was made from, several joined by comma"),
        Field("finetune_compute_flop", "DOUBLE", "$.finetune_compute", "compute of the fine-tuning in FLOP"),
        Field(
            "is_frontier",
            "BOOLEAN",
            "$.frontier",
            "Epoch's mark for the frontier of training compute at the time; missing is unmarked, not false",
        ),
        Field("notability_tag", "VARCHAR", "$.notability", "why Epoch calls it notable"),
        Field("citation_count", "BIGINT", "$.citations", "citations of its paper, read at an unstated time"),
        Field("confidence_tag", "VARCHAR", "$.confidence", "Confident, Likely, Speculative or Unknown"),
        Field("source_url", "VARCHAR", "$.link", "paper or page that the entry rests on"),
        Field("other_columns", "JSON", "$.other", "every other column of the table that has a value in this row"),
    ),
    # The frontier table is the smallest: 131 models in December 2025.
    bounds=Bounds(min_records=100),
    warnings=(
        "Accessibility is that of today, not of the release, and is unknown for a quarter of the notable models.",
        "Parameters and compute are mostly missing for closed models: not missing at random.",
        "Notable, large_scale and frontier are selections by rules of Epoch's own; they overlap.",
        "Frontier is unmarked, not false, for models that never were.",
        "Unverified: the table of all models was read as a header only, at 57 columns in May 2026.",
    ),
)
