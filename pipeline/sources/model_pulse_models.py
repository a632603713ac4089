"""Model Pulse's daily Hub downloads of single models since July 2024, of the larger ones."""

from datetime import timedelta

from pipeline.kernel.source import Field, Source
from pipeline.sources.model_pulse_days import HOME, LICENCE, SEEN_ON, SERIES_BOUNDS, SERIES_WARNINGS, counts, series

LEAST_DOWNLOADS = 100_000
"""Days on which a series has fewer downloads in 30 days than this are not kept."""


SOURCE = Source(
    name="model_pulse_models",
    title="Model Pulse model series",
    doc="Downloads and likes of each larger model repository on the Hub, day by day.",
    homepage=HOME,
    subject="adoption",
    origins=(series("series", LEAST_DOWNLOADS),),
    licence=LICENCE,
    cadence=timedelta(days=30),
    stale_after=timedelta(days=60),
    history="replayable",
    proved="documented",
    key=("seen_on", "huggingface_id"),
    fields=(
        SEEN_ON,
        Field("huggingface_id", "VARCHAR", "$.id", "id of the repository on the Hub, author/model", required=True),
        *counts("counted for it"),
        Field("like_count", "BIGINT", "$.likes", "likes"),
    ),
    bounds=SERIES_BOUNDS,
    warnings=(
        f"Days on which a model has fewer than {LEAST_DOWNLOADS:,} downloads in 30 days are left out.",
        "Gigabytes in all; the files themselves are not kept.",
        *SERIES_WARNINGS,
    ),
    heavy=True,
)
