"""Model Pulse's daily sums of Hub downloads by family, a base model and its derivatives, since July 2024."""

from collections.abc import Sequence
from datetime import timedelta

from pipeline.kernel.cutting import monthly_addresses
from pipeline.kernel.source import Bounds, Field, Licence, ParquetOrigin, Source

FILES = "https://huggingface.co/datasets/modelpulse/model-pulse-data/resolve/main"
LEAST_DOWNLOADS = 10_000
"""Days on which a series has fewer downloads in 30 days than this are not kept."""


def monthly_files(content: bytes) -> Sequence[str]:
    """The address of each month's file, from meta.json."""
    return monthly_addresses(content, f"{FILES}/family_series")


SOURCE = Source(
    name="model_pulse_families",
    title="Model Pulse family series",
    doc="Downloads of each larger family on the Hub, a base model with what was made from it, day by day.",
    homepage="https://huggingface.co/datasets/modelpulse/model-pulse-data",
    subject="adoption",
    origins=(
        ParquetOrigin(
            url=f"{FILES}/meta.json",
            label="model-pulse-data family_series",
            more=monthly_files,
            keep=f"downloads_30d_count >= {LEAST_DOWNLOADS}",
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
    key=("seen_on", "base_repository_tag"),
    fields=(
        Field("seen_on", "DATE", "$.day", "day the maker counted", required=True),
        Field("base_repository_tag", "VARCHAR", "$.id", "id of the family's base repository on the Hub", required=True),
        Field(
            "downloads_30d_count",
            "BIGINT",
            "$.dl30",
            "the Hub's downloads of the last 30 days, summed over its models",
            required=True,
        ),
        Field(
            "downloads_all_time_count",
            "BIGINT",
            "$.dl_all",
            "the Hub's downloads of all time, summed over its models; not counted before 2025-02-27, where some "
            "releases of the data write 0: empty here",
            expression="nullif({}, 0)",
        ),
        Field("member_count", "BIGINT", "$.members", "repositories in the family that the maker follows"),
    ),
    bounds=Bounds(min_records=100_000, max_drop=0.1),
    warnings=(
        f"Days on which a family has fewer than {LEAST_DOWNLOADS:,} downloads in 30 days are left out.",
        "Families rest on base models as uploaders declare them.",
        "All-time counters went backwards in May 2025 and June 2026, and often stand still on Wednesdays: see "
        "core.hub_downloads_daily and, for days the maker sets aside, model_pulse_days.",
        "No snapshots for two weeks of August 2024, most of June 2025 and parts of April to June 2026.",
        "The maker rebuilds the past when rules change: only what a capture changed is kept, with its date.",
        "Columns as the maker's code writes them; no file has been read yet. [U]",
    ),
    heavy=True,
)
