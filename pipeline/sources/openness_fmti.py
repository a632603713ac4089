"""The Foundation Model Transparency Index: a hundred yes-or-no indicators for each developer, in three editions."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from pipeline.kernel.cutting import csv_rows
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

EDITIONS = {"2023-10": "October2023", "2024-05": "May2024", "2025-12": "Dec2025"}
BESIDE_DEVELOPERS = ("Domain", "Subdomain", "Indicator", "Total")


def cut(content: bytes, edition: str) -> Iterator[Record]:
    """One record for each indicator and developer; totals are left out."""
    for line in csv_rows(content, "Indicator"):
        indicator = (line["Indicator"] or "Total").strip()
        if indicator == "Total":
            continue
        for developer, score in line.items():
            if developer not in BESIDE_DEVELOPERS:
                yield {
                    "edition": edition,
                    "domain": line.get("Domain"),
                    "subdomain": line.get("Subdomain"),
                    "indicator": indicator,
                    "developer": developer.strip(),
                    "score": score,
                }


SOURCE = Source(
    name="openness_fmti",
    title="Foundation Model Transparency Index",
    doc="Whether a developer disclosed what each of a hundred indicators asks for, edition by edition.",
    homepage="https://crfm.stanford.edu/fmti/",
    subject="openness",
    origins=tuple(
        HttpOrigin(
            url=f"https://raw.githubusercontent.com/stanford-crfm/fmti/main/{folder}/{folder}_scores.csv",
            cut=partial(cut, edition=edition),
            accept="text/plain",
            label=f"fmti {edition}",
        )
        for edition, folder in EDITIONS.items()
    ),
    licence=Licence(
        name="CC-BY-4.0",
        url="https://github.com/stanford-crfm/fmti",
        redistributable=True,
        attribution="Foundation Model Transparency Index, Stanford CRFM (CC BY 4.0)",
    ),
    cadence=timedelta(days=90),
    stale_after=timedelta(days=400),
    history="replayable",
    proved="replayed",
    key=("edition", "indicator", "organisation_tag"),
    fields=(
        Field("edition", "VARCHAR", "$.edition", "year and month of the edition", required=True),
        Field("domain", "VARCHAR", "$.domain", "Upstream, Model or Downstream; only the first edition says"),
        Field("subdomain", "VARCHAR", "$.subdomain", "finer group of the indicator; only the first edition says"),
        Field("indicator", "VARCHAR", "$.indicator", "what is asked for", required=True),
        Field("organisation_tag", "VARCHAR", "$.developer", "the developer as the index names it", required=True),
        Field("is_disclosed", "BOOLEAN", "$.score", "whether the point was given (1) or not (0)", required=True),
    ),
    # Each edition has 100 indicators; the smallest, the first, scores ten developers.
    bounds=Bounds(min_records=1_000),
    warnings=(
        "Transparency is not openness of weights: in December 2025 IBM had 95 points and Mistral 18.",
        "The indicators were rewritten for 2025: totals of editions cannot be compared.",
        "Developers are spelled differently in each edition: Stability and Stability AI are one.",
    ),
)
