"""Metergraph's catalogue of model prices, each with the day it took effect and the page that says so."""

from collections.abc import Iterator
from datetime import timedelta

import yaml

from pipeline.kernel.source import Bounds, Field, Licence, PackageOrigin, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each price of a model on a channel in a region."""
    for model in yaml.load(content, Loader=yaml.CSafeLoader)["models"]:
        for price in model.get("prices", ()):
            starts, ends = str(price["effective_from"]), price.get("effective_to")
            yield {
                **price,
                "model": model["canonical_id"],
                "publisher": model.get("publisher"),
                "effective_from": starts,
                "effective_to": None if ends is None else str(ends),
            }


SOURCE = Source(
    name="metergraph_prices",
    title="Metergraph price catalogue",
    doc="Each price of a model on a channel with the days it took effect and ended, and the page it was read on.",
    homepage="https://github.com/metergraph/metergraph",
    subject="prices",
    origins=(
        PackageOrigin(package="metergraph-core", member="metergraph_core/data/prices.yaml", cut=cut, every="newest"),
    ),
    licence=Licence(
        name="Apache-2.0",
        url="https://github.com/metergraph/metergraph/blob/main/LICENSE",
        redistributable=True,
        attribution="Metergraph price catalogue (Apache-2.0)",
    ),
    cadence=timedelta(days=14),
    stale_after=timedelta(days=60),
    history="vintages",
    proved="captured",
    key=("metergraph_id", "channel_tag", "region_tag", "starts_at"),
    fields=(
        Field("metergraph_id", "VARCHAR", "$.model", "id of the model, maker/name", required=True),
        Field("publisher_tag", "VARCHAR", "$.publisher", "who makes the model", required=True),
        Field("channel_tag", "VARCHAR", "$.channel", "interface it is sold through, such as openai-api", required=True),
        Field("region_tag", "VARCHAR", "$.region", "region, mostly global", required=True),
        Field(
            "starts_at",
            "TIMESTAMPTZ",
            "$.effective_from",
            "moment from which the price holds, midnight UTC where a day is given",
            required=True,
        ),
        Field("ends_at", "TIMESTAMPTZ", "$.effective_to", "moment until which it held; empty: it still does"),
        Field(
            "input_price_usd_per_mtok",
            "DOUBLE",
            "$.input_per_mtok",
            "USD per million input tokens; 0: free",
            required=True,
        ),
        Field(
            "output_price_usd_per_mtok",
            "DOUBLE",
            "$.output_per_mtok",
            "USD per million output tokens; 0: free",
            required=True,
        ),
        Field(
            "cached_input_price_usd_per_mtok",
            "DOUBLE",
            "$.cache_read_per_mtok",
            "USD per million input tokens read from the host's cache",
        ),
        Field("source_url", "VARCHAR", "$.source_url", "page the price was read on", required=True),
    ),
    # The first release, of August 2026, has 55 prices; that of October 2026 has 663 of 390 models.
    bounds=Bounds(min_records=50),
    warnings=(
        "Two thirds of the days are of 2026-10, when the catalogue was filled: for those the price may be older.",
        "Superseded prices are kept only since the catalogue began; 79 models have more than one day.",
        "A day after the capture is an announced price.",
    ),
)
