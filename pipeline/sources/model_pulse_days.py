"""The days Model Pulse has counted, and those it sets aside because the Hub's counters stood still or fell.

Also what all its sources share: where its files are, their terms and their common fields.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial

from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, ParquetOrigin, Record, Source

HOME = "https://huggingface.co/datasets/modelpulse/model-pulse-data"
FILES = f"{HOME}/resolve/main"
LICENCE = Licence(
    name="Apache-2.0 by a copy of the dataset card; the card itself has not been read",
    url=HOME,
    redistributable=False,
    attribution="Tardelli Stekel: Model Pulse, from hub-stats by Caleb Fahlgren (Apache-2.0)",
)
SEEN_ON = Field("seen_on", "DATE", "$.day", "day the maker counted", required=True)
ALL_TIME = "not counted before 2025-02-27, where some releases of the data write 0: empty here"
SERIES_BOUNDS = Bounds(min_records=1_000, max_drop=0.1)
"""Of one month's file, which in its first days holds a day or two."""
SERIES_WARNINGS = (
    "All-time counters went backwards in May 2025 and June 2026, and often stand still on Wednesdays: see "
    "core.hub_downloads_daily and, for days the maker sets aside, model_pulse_days.",
    "No snapshots for two weeks of August 2024, most of June 2025 and parts of April to June 2026.",
    "The maker rebuilds the past when rules change: only what a capture changed is kept, with its date. Months before "
    "the last two are asked for again by a backfill alone.",
    "Columns as the maker's code writes them; no file has been read yet. [U]",
)


def series(folder: str, least_downloads: int) -> ParquetOrigin:
    """A series in a file a month, without the days on which one has fewer downloads in 30 days than the least."""
    return ParquetOrigin(
        url=f"{FILES}/meta.json",
        label=f"model-pulse-data {folder}",
        dated=partial(monthly_files, folder=folder),
        keep=f"downloads_30d_count >= {least_downloads}",
        keeps_received=False,
        requests_per_second=1.0,
    )


def monthly_files(content: bytes, folder: str) -> Sequence[tuple[str, str]]:
    """Each month that meta.json lists days of, with the address of its file."""
    months = sorted({day[:7] for day in json.loads(content)["days"]})
    return [(month, f"{FILES}/{folder}/{month}.parquet") for month in months]


def counts(whose: str) -> tuple[Field, Field]:
    """The two counters of a series."""
    return (
        Field(
            "downloads_30d_count",
            "BIGINT",
            "$.dl30",
            f"the Hub's downloads of the last 30 days, {whose}",
            required=True,
        ),
        Field(
            "downloads_all_time_count",
            "BIGINT",
            "$.dl_all",
            f"the Hub's downloads of all time, {whose}; {ALL_TIME}",
            expression="nullif({}, 0)",
        ),
    )


def cut(content: bytes) -> Iterator[Record]:
    """One record for each day of meta.json, with whether it is set aside."""
    meta = json.loads(content)
    aside = set(meta.get("skip_days") or ())
    for day in sorted({*meta["days"], *aside}):
        yield {"day": day, "set_aside": day in aside}


SOURCE = Source(
    name="model_pulse_days",
    title="Model Pulse days",
    doc="Days Model Pulse has counted the Hub's downloads, and whether it sets the day aside.",
    homepage=HOME,
    subject="adoption",
    origins=(
        HttpOrigin(
            url=f"{FILES}/meta.json",
            cut=cut,
            label="model-pulse-data meta",
            accept="application/json, text/plain",
        ),
    ),
    licence=LICENCE,
    cadence=timedelta(days=7),
    stale_after=timedelta(days=60),
    history="replayable",
    proved="documented",
    key=("seen_on",),
    fields=(
        Field("seen_on", "DATE", "$.day", "day in the series", required=True),
        Field(
            "is_set_aside",
            "BOOLEAN",
            "$.set_aside",
            "whether the maker sets the day aside: its counters stood still or fell",
            required=True,
        ),
    ),
    # 681 days between July 2024 and October 2026.
    bounds=Bounds(min_records=300, max_drop=0.1),
    warnings=("Shape taken from the maker's code; no file has been read yet. [U]",),
)
