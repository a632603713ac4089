"""LiteLLM's community price list: as it stands, in its own releases, and in copies that other packages ship."""

import json
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, PackageOrigin, Record, Source

NOT_MODELS = ("sample_spec", "fallback_generalizations")
FROM_UNITS_TO_MILLIONS = "round({} * 1e6, 9)"


def cut(content: bytes) -> Iterator[Record]:
    """One record for each model; the file's own notes (a template, matching rules, a time stamp) are left out."""
    for litellm_id, entry in json.loads(content).items():
        if isinstance(entry, dict) and litellm_id not in NOT_MODELS:
            yield {"litellm_id": litellm_id, **entry}


SOURCE = Source(
    name="litellm_prices",
    title="LiteLLM price list",
    doc="What each model costs at each host by LiteLLM's community-kept list, today and in copies that packages ship.",
    homepage="https://github.com/BerriAI/litellm",
    subject="prices",
    origins=(
        PackageOrigin(
            package="litellm",
            member=(
                "litellm/model_prices_and_context_window_backup.json",
                "litellm/model_prices_and_context_window.json",
            ),
            cut=cut,
            every="month",
            since="0.12.0",
            heavy=True,
        ),
        PackageOrigin(
            package="tokencost",
            member="tokencost/model_prices.json",
            cut=cut,
            every="month",
            since="0.1.0",
        ),
        PackageOrigin(
            package="llmprice-kit",
            member="llmprice/data/model_prices.json",
            cut=cut,
            every="month",
        ),
        PackageOrigin(
            package="txaion-model-pricing",
            member="txaion_model_pricing/model_prices_and_context_window.json",
            cut=cut,
            every="month",
        ),
        HttpOrigin(
            url="https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json",
            cut=cut,
        ),
    ),
    licence=Licence(
        name="MIT",
        url="https://github.com/BerriAI/litellm/blob/main/LICENSE",
        redistributable=True,
        attribution="LiteLLM model price list, Copyright (c) 2023 Berri AI (MIT)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="vintages",
    proved="captured",
    key=("litellm_id",),
    fields=(
        Field(
            "litellm_id",
            "VARCHAR",
            "$.litellm_id",
            "LiteLLM's id, mostly host/model; bare ids are the lab's own API",
            required=True,
        ),
        Field("host_tag", "VARCHAR", "$.litellm_provider", "host as LiteLLM names it; absent before 2024-03"),
        Field(
            "mode",
            "VARCHAR",
            "$.mode",
            "what the model is called for: chat, completion, embedding, image_generation, …",
        ),
        Field(
            "input_price_usd_per_mtok",
            "DOUBLE",
            "$.input_cost_per_token",
            "USD per million input tokens, from USD per token; absent where another unit is billed; 0: free or unknown",
            usually=0.5,
            expression=FROM_UNITS_TO_MILLIONS,
        ),
        Field(
            "output_price_usd_per_mtok",
            "DOUBLE",
            "$.output_cost_per_token",
            "USD per million output tokens, from USD per token; 0: free or unknown, and usual for embeddings",
            usually=0.5,
            expression=FROM_UNITS_TO_MILLIONS,
        ),
        Field(
            "input_tokens_max",
            "BIGINT",
            ("$.max_input_tokens", "$.max_tokens"),
            "longest input in tokens; where only the older max_tokens stands, that",
        ),
        Field("deprecated_on", "DATE", "$.deprecation_date", "day the host retires the model; often in the future"),
        Field("source_url", "VARCHAR", "$.source", "page the contributor read the price from"),
    ),
    # The oldest copy kept, of October 2023, has 90 models.
    bounds=Bounds(min_records=80),
    warnings=(
        "A date is the day of a capture or the day a package shipped the list, not the day a host changed its price.",
        "Packages ship old copies again: txaion-model-pricing 0.1.2 of 2026-08-13 holds the list of 2026-07-26, and a "
        "release of litellm itself is some weeks behind the list: a month's copies do not follow from one another.",
        "litellm has no files of 2024-01 to 2024-10; tokencost's copies stand in, without 2024-04, 2024-08, 2024-09.",
        "Before 2023-10 the prices stood in litellm's code and are left out.",
        "Unit slips stand as recorded: azure_ai/jais-30b-chat at 3,200 USD per million input tokens, 13 wandb/* models "
        "above 1,000, and Vertex's gemini-1.5-pro of 2024-10 at 0.078, 45 times below Google's own API.",
        "Entries of retired models stay for years at their last price.",
    ),
)
