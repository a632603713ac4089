"""The days Model Pulse has counted, and those it sets aside because the Hub's counters stood still or fell."""

import json
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source


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
    homepage="https://huggingface.co/datasets/modelpulse/model-pulse-data",
    subject="adoption",
    origins=(
        HttpOrigin(
            url="https://huggingface.co/datasets/modelpulse/model-pulse-data/resolve/main/meta.json",
            cut=cut,
            label="model-pulse-data meta",
            accept="application/json, text/plain",
        ),
    ),
    licence=Licence(
        name="Apache-2.0 by a copy of the dataset card; the card itself has not been read",
        url="https://huggingface.co/datasets/modelpulse/model-pulse-data",
        redistributable=False,
        attribution="Tardelli Stekel: Model Pulse, from hub-stats by Caleb Fahlgren (Apache-2.0)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=60),
    history="replayable",
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
