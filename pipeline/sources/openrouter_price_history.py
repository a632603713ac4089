"""OpenRouter's price list month by month since July 2023, as archived copies of its catalogue show it."""

import json
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import gunzip
from pipeline.kernel.source import Bounds, Field, Licence, PackageOrigin, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each model in each dated copy of the catalogue."""
    for snapshot in json.loads(gunzip(content))["snapshots"]:
        for openrouter_id, prices in snapshot["prices"].items():
            yield {"date": snapshot["date"], "id": openrouter_id, "prices": prices}


SOURCE = Source(
    name="openrouter_price_history",
    title="OpenRouter price history",
    doc="What each model cost on OpenRouter on the days for which the Internet Archive holds a copy of its catalogue.",
    homepage="https://github.com/alialtunar/model-price-radar-mcp",
    subject="prices",
    origins=(
        PackageOrigin(
            package="model-price-radar-mcp",
            member="model_price_radar/data/history.json.gz",
            cut=cut,
        ),
    ),
    licence=Licence(
        name="MIT",
        url="https://github.com/alialtunar/model-price-radar-mcp/blob/main/LICENSE",
        redistributable=True,
        attribution=(
            "model-price-radar-mcp by Ali Altunar (MIT), from Internet Archive copies of the OpenRouter model list; "
            "OpenRouter itself states no licence for the list"
        ),
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="replayable",
    proved="captured",
    key=("seen_on", "openrouter_id"),
    fields=(
        Field("seen_on", "DATE", "$.date", "day of the archived copy of the catalogue", required=True),
        Field(
            "openrouter_id",
            "VARCHAR",
            "$.id",
            "OpenRouter's id, lab/model, with :free and similar suffixes",
            required=True,
        ),
        Field(
            "input_price_usd_per_mtok",
            "DOUBLE",
            "$.prices[0]",
            "USD per million input tokens as the catalogue states it; 0 is a free variant or trial, not a price",
            required=True,
        ),
        Field(
            "output_price_usd_per_mtok",
            "DOUBLE",
            "$.prices[1]",
            "USD per million output tokens as the catalogue states it; 0 is a free variant or trial, not a price",
            required=True,
        ),
    ),
    # The one release so far has 8,120 prices in 31 copies; a later one can only add copies.
    bounds=Bounds(min_records=7_000, max_drop=0.05),
    warnings=(
        "Copies lie up to four months apart before 2024-09, then a month: a change is dated between two copies.",
        "Two copies before 2024 hold only 17 and 57 models: early medians rest on few models.",
        "Some ids, such as deepseek/deepseek-chat, always point to the newest model of their name.",
        "One price stands for all hosts of a model: it can rise because a cheap host left.",
    ),
)
