"""Stanford's Ecosystem Graphs: models, datasets and applications up to January 2025, with access and dependencies."""

from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import csv_rows, numbered
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each asset."""
    yield from numbered(csv_rows(content, "name", "type", "access"), "type", "organization", "name")


SOURCE = Source(
    name="ecosystem_graphs",
    title="Ecosystem Graphs",
    doc="Each model, dataset and application that Stanford's register held when it stopped in January 2025.",
    homepage="https://crfm.stanford.edu/ecosystem-graphs/",
    subject="openness",
    origins=(
        HttpOrigin(
            url="https://raw.githubusercontent.com/stanford-crfm/ecosystem-graphs/main/resources/all_assets.csv",
            cut=cut,
            accept="text/plain",
        ),
    ),
    licence=Licence(
        name="none stated",
        url="https://github.com/stanford-crfm/ecosystem-graphs",
        redistributable=False,
        attribution="Ecosystem Graphs, Stanford CRFM; the repository has no licence file",
    ),
    cadence=timedelta(days=90),
    stale_after=timedelta(days=400),
    history="replayable",
    proved="replayed",
    key=("type_tag", "organisation_tag", "name", "entry_number"),
    fields=(
        Field("type_tag", "VARCHAR", "$.type", "model, dataset or application", required=True),
        Field("organisation_tag", "VARCHAR", "$.organization", "who made it, as typed", required=True),
        Field("name", "VARCHAR", "$.name", "the asset", required=True),
        Field(
            "entry_number",
            "INTEGER",
            "$.entry",
            "1, unless the register lists the asset again: then which of its entries this is",
            required=True,
        ),
        Field("access_tag", "VARCHAR", "$.access", "open, limited or closed as typed, once Open", required=True),
        Field(
            "released_on",
            "DATE",
            "$.created_date",
            "day it came out; missing for 22 assets, one of them with a year only",
            usually=0.8,
        ),
        Field("released_on_tag", "VARCHAR", "$.created_date", "the same as typed"),
        Field("licence_tag", "VARCHAR", "$.license", "licence as typed; unknown and custom are frequent"),
        Field("country_tag", "VARCHAR", "$.nationality", "country of the maker as typed"),
        Field("size_tag", "VARCHAR", "$.size", "size as typed, such as 7B parameters (dense)"),
        Field("dependencies_tag", "VARCHAR", "$.dependencies", "names of the assets it was made from, a Python list"),
    ),
    # The register stopped at 639 assets.
    bounds=Bounds(min_records=600),
    warnings=(
        "Frozen since 2025-01-24: a baseline for 2019 to 2024, not a source of today.",
        "Countries have errors: DeepSeek stands under USA.",
    ),
)
