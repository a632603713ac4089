"""Model Pulse's daily Hub downloads of single models since July 2024, of the larger ones."""

from collections.abc import Sequence
from datetime import timedelta

from pipeline.kernel.cutting import monthly_addresses
from pipeline.kernel.source import Bounds, Field, Licence, ParquetOrigin, Source

FILES = "https://huggingface.co/datasets/modelpulse/model-pulse-data/resolve/main"
LEAST_DOWNLOADS = 100_000
"""Days on which a series has fewer downloads in 30 days than this are not kept."""


def monthly_files(content: bytes) -> Sequence[str]:
    """The address of each month's file, from meta.json."""
    return monthly_addresses(content, f"{FILES}/series")


SOURCE = Source(
    name="model_pulse_models",
    title="Model Pulse model series",
    doc="Downloads and likes of each larger model repository on the Hub, day by day.",
    homepage="https://huggingface.co/datasets/modelpulse/model-pulse-data",
    subject="adoption",
    origins=(
        ParquetOrigin(
            url=f"{FILES}/meta.json",
            label="model-pulse-data series",
            more=monthly_files,
            keep=f"downloads_30d_count >= {LEAST_DOWNLOADS}",
            keeps_received=False,
            requests_per_second=1.0,
        ),
    ),
    licence=Licence(
        name="Apache-2.0 by a copy of the dataset card; the card itself has not been read",
        url="https://huggingface.co/datasets/modelpulse/model-pulse-data",
        redistributable=False,
        attribution="Tardelli Stekel: Model Pulse, from hub-stats by Caleb Fahlgren (Apache-2.0)",
    ),
    cadence=timedelta(days=30),
    stale_after=timedelta(days=60),
    history="replayable",
    key=("seen_on", "huggingface_id"),
    fields=(
        Field("seen_on", "DATE", "$.day", "day the maker counted", required=True),
        Field("huggingface_id", "VARCHAR", "$.id", "id of the repository on the Hub, author/model", required=True),
        Field(
            "downloads_30d_count",
            "BIGINT",
            "$.dl30",
            "the Hub's downloads of the last 30 days, counted for it",
            required=True,
        ),
        Field(
            "downloads_all_time_count",
            "BIGINT",
            "$.dl_all",
            "the Hub's downloads of all time, counted for it; not counted before 2025-02-27, where some "
            "releases of the data write 0: empty here",
            expression="nullif({}, 0)",
        ),
        Field("like_count", "BIGINT", "$.likes", "likes"),
    ),
    bounds=Bounds(min_records=1_000_000, max_drop=0.1),
    warnings=(
        f"Days on which a model has fewer than {LEAST_DOWNLOADS:,} downloads in 30 days are left out.",
        "Gigabytes a capture, since every month is fetched again; the files themselves are not kept.",
        "All-time counters went backwards in May 2025 and June 2026, and often stand still on Wednesdays: see "
        "core.hub_downloads_daily and, for days the maker sets aside, model_pulse_days.",
        "No snapshots for two weeks of August 2024, most of June 2025 and parts of April to June 2026.",
        "The maker rebuilds the past when rules change: only what a capture changed is kept, with its date.",
        "Columns as the maker's code writes them; no file has been read yet. [U]",
    ),
    heavy=True,
)
