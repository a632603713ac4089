"""Prices at the labs' own interfaces with the moment each began, and how that moment is known."""

import json
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.source import Bounds, Field, Licence, PackageOrigin, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each price of a model in a tier of service; spells in which the tier was not sold are left out."""
    for lab, models in json.loads(content)["prices"].items():
        for model, tiers in models.items():
            for tier, prices in tiers.items():
                for number, price in enumerate(prices, start=1):
                    if price["rates"] is not None:
                        yield {
                            **price["rates"],
                            "lab": lab,
                            "model": model,
                            "tier": tier,
                            "price_number": number,
                            "start": price["start"],
                        }


SOURCE = Source(
    name="model_prices",
    title="model-prices",
    doc="Each price a lab has charged at its own interface, with the moment it began and how that is known.",
    homepage="https://github.com/wakamex/model-prices",
    subject="prices",
    origins=(
        PackageOrigin(
            package="model-prices", member="model_prices/snapshot.json", cut=cut, every="month", since="0.0.3"
        ),
    ),
    licence=Licence(
        name="MIT",
        url="https://github.com/wakamex/model-prices/blob/main/LICENSE",
        redistributable=True,
        attribution="model-prices by wakamex (MIT), from the history of models.dev (MIT) and the labs' own pages",
    ),
    cadence=timedelta(days=14),
    stale_after=timedelta(days=60),
    history="vintages",
    proved="captured",
    key=("lab_tag", "model_prices_id", "tier_tag", "price_number"),
    fields=(
        Field("lab_tag", "VARCHAR", "$.lab", "models.dev's id of the lab whose interface it is", required=True),
        Field("model_prices_id", "VARCHAR", "$.model", "id of the model at that interface", required=True),
        Field("tier_tag", "VARCHAR", "$.tier", "standard, batch, fast, flex, thinking or ultrafast", required=True),
        Field("price_number", "INTEGER", "$.price_number", "place among the tier's spells, from 1", required=True),
        Field(
            "starts_at",
            "TIMESTAMPTZ",
            "$.start",
            "moment from which the price holds; empty: from before the record begins",
        ),
        Field("recorded_at", "TIMESTAMPTZ", "$.valid_from", "moment the evidence for the price is from", required=True),
        Field(
            "basis_tag",
            "VARCHAR",
            "$.valid_from_basis",
            "how the moment is known: documented, models.dev commit or first observed",
            required=True,
        ),
        Field(
            "input_price_usd_per_mtok",
            "DOUBLE",
            "$.input",
            "USD per million input tokens, short prompts",
            required=True,
        ),
        Field("output_price_usd_per_mtok", "DOUBLE", "$.output", "USD per million output tokens", required=True),
        Field("cached_input_price_usd_per_mtok", "DOUBLE", "$.cache_read", "USD per million tokens read from cache"),
        Field("source_url", "VARCHAR", "$.source", "page or commit that shows the price", required=True),
    ),
    # The release of October 2026 has 1,386 prices.
    bounds=Bounds(min_records=400),
    warnings=(
        "Only documented moments are days on which a price took effect; a commit is the day it was typed.",
        "Labs' own interfaces only, no resellers; nothing from before 2024-04 and little from before 2025-06.",
        "A spell may differ from the one before in the price of cached tokens alone.",
    ),
)
