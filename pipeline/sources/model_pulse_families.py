"""Model Pulse's daily sums of Hub downloads by family, a base model and its derivatives, since July 2024."""

from datetime import timedelta

from pipeline.kernel.source import Field, Source
from pipeline.sources.model_pulse_days import HOME, LICENCE, SEEN_ON, SERIES_BOUNDS, SERIES_WARNINGS, counts, series

LEAST_DOWNLOADS = 10_000
"""Days on which a series has fewer downloads in 30 days than this are not kept."""


SOURCE = Source(
    name="model_pulse_families",
    title="Model Pulse family series",
    doc="Downloads of each larger family on the Hub, a base model with what was made from it, day by day.",
    homepage=HOME,
    subject="adoption",
    origins=(series("family_series", LEAST_DOWNLOADS),),
    licence=LICENCE,
    cadence=timedelta(days=30),
    stale_after=timedelta(days=60),
    history="replayable",
    proved="documented",
    key=("seen_on", "base_repository_tag"),
    fields=(
        SEEN_ON,
        Field("base_repository_tag", "VARCHAR", "$.id", "id of the family's base repository on the Hub", required=True),
        *counts("summed over its models"),
        Field("member_count", "BIGINT", "$.members", "repositories in the family that the maker follows"),
    ),
    bounds=SERIES_BOUNDS,
    warnings=(
        f"Days on which a family has fewer than {LEAST_DOWNLOADS:,} downloads in 30 days are left out.",
        "Families rest on base models as uploaders declare them.",
        *SERIES_WARNINGS,
    ),
    heavy=True,
)
