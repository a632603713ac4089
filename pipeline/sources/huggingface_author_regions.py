"""Where the organisations behind the tracked models on the Hub sit, by the ATOM Project's account."""

from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import csv_rows
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each namespace on the Hub."""
    yield from csv_rows(content, "hf_org", "region")


SOURCE = Source(
    name="huggingface_author_regions",
    title="ATOM Project organisation regions",
    doc="The region of each organisation on the Hub that the ATOM Project follows.",
    homepage="https://github.com/Interconnects-AI/tracked-models/tree/main/metadata",
    subject="adoption",
    origins=(
        HttpOrigin(
            url=(
                "https://raw.githubusercontent.com/Interconnects-AI/tracked-models/main/metadata/"
                "organization_regions.csv"
            ),
            cut=cut,
            accept="text/plain",
        ),
    ),
    licence=Licence(
        name="Apache-2.0",
        url="https://github.com/Interconnects-AI/tracked-models/blob/main/README.md",
        redistributable=True,
        attribution="ATOM Project, Interconnects AI: tracked-models (Apache-2.0)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="point_in_time",
    proved="replayed",
    key=("huggingface_author",),
    fields=(
        Field(
            "huggingface_author",
            "VARCHAR",
            "$.hf_org",
            "author or organisation on the Hub, in the Hub's spelling",
            required=True,
        ),
        Field(
            "region_tag",
            "VARCHAR",
            "$.region",
            "us, china, eu, other or unknown, as the list gives it",
            required=True,
        ),
        Field("notes", "VARCHAR", "$.notes", "what the list adds, such as a renamed namespace"),
    ),
    # On 2026-08-17 it had 118 organisations, three of them unknown.
    bounds=Bounds(min_records=90),
    warnings=(
        "One region for each organisation: subsidiaries and joint projects are not split.",
        "unknown is a finding of the list (no disclosed base), not a gap in it.",
    ),
)
