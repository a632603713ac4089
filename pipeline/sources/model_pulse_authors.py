"""Model Pulse's daily sums of Hub downloads by author since July 2024."""

from datetime import timedelta

from pipeline.kernel.source import Field, Source
from pipeline.sources.model_pulse_days import HOME, LICENCE, SEEN_ON, SERIES_BOUNDS, SERIES_WARNINGS, counts, series

LEAST_DOWNLOADS = 10_000
"""Days on which a series has fewer downloads in 30 days than this are not kept."""


SOURCE = Source(
    name="model_pulse_authors",
    title="Model Pulse author series",
    doc="Downloads and likes of all models of each larger author on the Hub, day by day.",
    homepage=HOME,
    subject="adoption",
    origins=(series("author_series", LEAST_DOWNLOADS),),
    licence=LICENCE,
    cadence=timedelta(days=30),
    stale_after=timedelta(days=60),
    history="replayable",
    proved="documented",
    key=("seen_on", "huggingface_author"),
    fields=(
        SEEN_ON,
        Field("huggingface_author", "VARCHAR", "$.author", "author or organisation on the Hub", required=True),
        *counts("summed over its models"),
        Field("like_count", "BIGINT", "$.likes", "likes of the author's models"),
        Field("model_count", "BIGINT", "$.models", "models of the author that the maker follows"),
        Field(
            "all_authors_downloads_30d_count",
            "BIGINT",
            "$.dl30",
            "downloads of the last 30 days summed over every author of the file that day, also those left out here",
            required=True,
            expression='sum({}) over (partition by "day")',
        ),
        Field(
            "all_authors_count",
            "BIGINT",
            "$.author",
            "authors in the file that day",
            required=True,
            reads="VARCHAR",
            expression='count({}) over (partition by "day")',
        ),
    ),
    bounds=SERIES_BOUNDS,
    warnings=(
        f"Days on which an author has fewer than {LEAST_DOWNLOADS:,} downloads in 30 days are left out; shares need "
        "all_authors_downloads_30d_count as their denominator.",
        "The files hold authors with at least 1,000 downloads in all, and count a model from its tenth download.",
        "When a model moves to another author, the new one's all-time count jumps by the model's whole past.",
        *SERIES_WARNINGS,
    ),
    heavy=True,
)
