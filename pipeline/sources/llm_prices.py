"""Simon Willison's list of the big labs' own prices, with the days they changed."""

import json
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import numbered
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each price a model has or had."""
    yield from numbered(json.loads(content)["prices"], "vendor", "id")


SOURCE = Source(
    name="llm_prices",
    title="llm-prices",
    doc="What the big labs ask for their models at their own APIs, now and, where a change was recorded, before.",
    homepage="https://www.llm-prices.com/",
    subject="prices",
    origins=(HttpOrigin(url="https://www.llm-prices.com/historical-v1.json", cut=cut),),
    licence=Licence(
        name="none stated",
        url="https://github.com/simonw/llm-prices",
        redistributable=False,
        attribution="llm-prices.com by Simon Willison; the repository has no licence file",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=60),
    history="replayable",
    proved="documented",
    key=("host_tag", "llm_prices_id", "price_number"),
    fields=(
        Field("host_tag", "VARCHAR", "$.vendor", "lab whose own API asks the price", required=True),
        Field("llm_prices_id", "VARCHAR", "$.id", "id of the model on the list", required=True),
        Field("price_number", "INTEGER", "$.entry", "place among the model's prices, from 1", required=True),
        Field("name", "VARCHAR", "$.name", "display name; says so where the price is for long prompts", required=True),
        Field("starts_on", "DATE", "$.from_date", "first day of the price; empty: not recorded"),
        Field("ends_on", "DATE", "$.to_date", "first day on which it no longer held; empty: it still holds"),
        Field("input_price_usd_per_mtok", "DOUBLE", "$.input", "USD per million input tokens", required=True),
        Field("output_price_usd_per_mtok", "DOUBLE", "$.output", "USD per million output tokens", required=True),
        Field(
            "cached_input_price_usd_per_mtok",
            "DOUBLE",
            "$.input_cached",
            "USD per million input tokens read from the cache; empty: no such price",
        ),
    ),
    # Eleven vendors in August 2026; 170 current prices were counted in September 2026.
    bounds=Bounds(min_records=120),
    warnings=(
        "Most prices have no first day: only recorded changes are dated.",
        "It disagrees with other lists: deepseek-v4-pro stood at 1.74/3.48 here and at 0.435/0.87 in models.dev in "
        "July 2026.",
        "A model with a dearer price for long prompts is listed twice, under two ids.",
        "Unverified: the file was read through its build script and excerpts, not whole.",
    ),
)
