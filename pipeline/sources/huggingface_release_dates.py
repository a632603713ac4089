"""Release dates of models whose repository on the Hub is older or younger than the release, by the ATOM Project."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import dropwhile

from pipeline.kernel.cutting import csv_rows
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each corrected model; the remarks before the header are left out."""
    lines = dropwhile(lambda line: line.startswith(b"#"), content.splitlines(keepends=True))
    yield from csv_rows(b"".join(lines), "model_id", "hf_created_at", "actual_release_date")


SOURCE = Source(
    name="huggingface_release_dates",
    title="ATOM Project release date corrections",
    doc="The public release date of models on the Hub for which the date of the repository misleads.",
    homepage="https://github.com/Interconnects-AI/tracked-models/tree/main/metadata",
    subject="releases",
    origins=(
        HttpOrigin(
            url=(
                "https://raw.githubusercontent.com/Interconnects-AI/tracked-models/main/metadata/"
                "release_date_corrections.csv"
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
    proved="documented",
    key=("huggingface_id",),
    fields=(
        Field("huggingface_id", "VARCHAR", "$.model_id", "id of the model on the Hub, author/model", required=True),
        Field(
            "repository_created_on",
            "DATE",
            "$.hf_created_at",
            "day the Hub gives for the repository, often an upload before the release",
            required=True,
        ),
        Field(
            "released_on",
            "DATE",
            "$.actual_release_date",
            "day of the public release by the list's account",
            required=True,
        ),
        Field("notes", "VARCHAR", "$.notes", "how far apart the two are, or what the release date rests on"),
    ),
    # A copy of August 2026 has 62 models.
    bounds=Bounds(min_records=40),
    warnings=(
        "Only cases that somebody noticed: a model that is not here may have a misleading date as well.",
        "The evidence for a correction is in the history of the repository, not in the file.",
    ),
)
