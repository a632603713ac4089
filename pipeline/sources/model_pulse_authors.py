"""Model Pulse's daily sums of Hub downloads by author, at one day of each month since July 2024."""

import io
import json
from collections.abc import Iterator, Sequence
from datetime import timedelta

from pipeline.kernel.cutting import answers
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

FILES = "https://huggingface.co/datasets/modelpulse/model-pulse-data/resolve/main"
COLUMNS = ("author", "day", "dl30", "dl_all", "likes", "models")
LEAST_DOWNLOADS = 10_000
"""Authors below this many downloads in 30 days are left out of the records, but not of the totals."""


def months(content: bytes) -> list[str]:
    """The months that the days of meta.json fall into, as YYYY-MM."""
    return sorted({day[:7] for day in json.loads(content)["days"]})


def monthly_files(content: bytes) -> Sequence[str]:
    """The address of each month's file, from meta.json."""
    return [f"{FILES}/author_series/{month}.parquet" for month in months(content)]


def cut(content: bytes) -> Iterator[Record]:
    """One record for each larger author on the last day of each month that meta.json does not set aside."""
    files = answers(content)
    meta = next(files, b"")
    unusable = set(json.loads(meta).get("skip_days") or ())
    for month in months(meta):
        if (file := next(files, None)) is None:
            raise ValueError(f"expected a file for {month}, as meta.json has days in it, found none")
        yield from last_usable_day(file, unusable)


def last_usable_day(content: bytes, unusable: set[str]) -> Iterator[Record]:
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(content), columns=list(COLUMNS))
    days = [day for day in pc.unique(table["day"]).to_pylist() if str(day) not in unusable]
    if not days:
        return
    day = max(days)
    rows = table.filter(pc.equal(table["day"], day))
    totals = {"all_authors": len(rows), "all_authors_dl30": pc.sum(rows["dl30"]).as_py()}
    for row in rows.filter(pc.greater_equal(rows["dl30"], LEAST_DOWNLOADS)).to_pylist():
        yield {**row, "day": str(day), **totals}


SOURCE = Source(
    name="model_pulse_authors",
    title="Model Pulse author series",
    doc="Downloads and likes of all models of each larger author on the Hub, on the last usable day of each month.",
    homepage="https://huggingface.co/datasets/modelpulse/model-pulse-data",
    subject="adoption",
    origins=(
        HttpOrigin(
            url=f"{FILES}/meta.json",
            cut=cut,
            label="model-pulse-data author_series",
            accept="*/*",
            more=monthly_files,
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
    key=("seen_on", "huggingface_author"),
    fields=(
        Field("seen_on", "DATE", "$.day", "last day of its month that the maker does not set aside", required=True),
        Field("huggingface_author", "VARCHAR", "$.author", "author or organisation on the Hub", required=True),
        Field(
            "downloads_30d_count",
            "BIGINT",
            "$.dl30",
            "the Hub's downloads of the last 30 days, summed over the author's models",
            required=True,
        ),
        Field(
            "downloads_all_time_count",
            "BIGINT",
            "$.dl_all",
            "the Hub's downloads of all time, summed over the author's models; not counted before 2025-02-27, where "
            "some releases of the data write 0: empty here",
            expression="nullif({}, 0)",
        ),
        Field("like_count", "BIGINT", "$.likes", "likes of the author's models"),
        Field("model_count", "BIGINT", "$.models", "models of the author that the maker follows"),
        Field(
            "all_authors_downloads_30d_count",
            "BIGINT",
            "$.all_authors_dl30",
            "downloads of the last 30 days summed over every author of the file that day, also those left out here",
            required=True,
        ),
        Field("all_authors_count", "BIGINT", "$.all_authors", "authors in the file that day", required=True),
    ),
    # 27 months to September 2026, and surely more than a thousand authors above the threshold in each.
    bounds=Bounds(min_records=20_000, max_drop=0.1),
    warnings=(
        f"Authors with fewer than {LEAST_DOWNLOADS:,} downloads in 30 days are left out; shares need "
        "all_authors_downloads_30d_count as their denominator.",
        "The files hold authors with at least 1,000 downloads in all, and count a model from its tenth download.",
        "All-time counters went backwards in May 2025 and June 2026, and often stand still on Wednesdays; the maker "
        "sets such days aside in skip_days, and so does this source.",
        "No snapshots for two weeks of August 2024, most of June 2025 and parts of April to June 2026: the day of "
        "such a month can lie far from its end, so divide differences by the days between.",
        "When a model moves to another author, the new one's all-time count jumps by the model's whole past.",
        "The maker rebuilds the past when rules change: each capture holds the whole series as it was then.",
        "Shape taken from the maker's code and card; no file has been read yet. [U]",
    ),
    heavy=True,
)
