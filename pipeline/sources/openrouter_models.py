"""OpenRouter's catalogue: every model it lists, with price, context, modalities and the id of its weights."""

import json
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import utc_text
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

# -1 stands for "depends on the model it is routed to", and some prices have been the text nan.
PER_MILLION = "case when {} >= 0 and not isnan({}) then round({} * 1e6, 9) end"


def cut(content: bytes) -> Iterator[Record]:
    """One record for each listed model, without its description."""
    for model in json.loads(content)["data"]:
        kept = {key: value for key, value in model.items() if key != "description"}
        yield {**kept, "listed": utc_text(model.get("created"))}


SOURCE = Source(
    name="openrouter_models",
    title="OpenRouter models",
    doc="Each model in OpenRouter's catalogue with the price of one host, context window and Hugging Face id.",
    homepage="https://openrouter.ai/models",
    subject="prices",
    origins=(HttpOrigin(url="https://openrouter.ai/api/v1/models?output_modalities=all", cut=cut),),
    licence=Licence(
        name="none stated (OpenRouter terms of service)",
        url="https://openrouter.ai/terms",
        redistributable=False,
        attribution="OpenRouter (openrouter.ai)",
    ),
    cadence=timedelta(days=1),
    stale_after=timedelta(days=7),
    history="point_in_time",
    proved="replayed",
    key=("openrouter_id",),
    fields=(
        Field(
            "openrouter_id",
            "VARCHAR",
            "$.id",
            "OpenRouter's id, lab/model, with :free and similar suffixes; ~lab/name-latest points to the newest",
            required=True,
        ),
        Field(
            "openrouter_permaslug",
            "VARCHAR",
            "$.canonical_slug",
            "the id that does not move, often with a date; the rankings use it",
            required=True,
        ),
        Field("name", "VARCHAR", "$.name", "display name, mostly with the lab before a colon", required=True),
        Field(
            "huggingface_id",
            "VARCHAR",
            "$.hugging_face_id",
            "id of the weights on the Hub; missing is unknown, not closed",
            expression="nullif({}, '')",
        ),
        Field(
            "listed_at",
            "TIMESTAMP",
            "$.listed",
            "when OpenRouter listed it, UTC: not the release",
            required=True,
        ),
        Field(
            "input_price_usd_per_mtok",
            "DOUBLE",
            "$.pricing.prompt",
            "USD per million input tokens; 0 is a free variant or trial; empty for routers, which have no price",
            required=True,
            expression=PER_MILLION,
        ),
        Field(
            "output_price_usd_per_mtok",
            "DOUBLE",
            "$.pricing.completion",
            "USD per million output tokens; 0 is a free variant, trial or embedding; empty for routers",
            required=True,
            expression=PER_MILLION,
        ),
        Field(
            "cache_read_price_usd_per_mtok",
            "DOUBLE",
            "$.pricing.input_cache_read",
            "USD per million input tokens read from a cache",
            expression=PER_MILLION,
        ),
        Field(
            "price_overrides",
            "JSON",
            "$.pricing.overrides",
            "prices under conditions, such as long prompts, as OpenRouter gives them",
        ),
        Field(
            "context_tokens",
            "BIGINT",
            "$.context_length",
            "context window in tokens; 0 means unstated and is empty here",
            expression="nullif({}, 0)",
        ),
        Field("modality_tag", "VARCHAR", "$.architecture.modality", "inputs->outputs, such as text+image->text"),
        Field("tokenizer_tag", "VARCHAR", "$.architecture.tokenizer", "family of the tokenizer"),
        Field(
            "deprecated_on",
            "DATE",
            "$.expiration_date",
            "day OpenRouter takes it off; 2098-12-31 is no day and empty here",
            expression="nullif({}, date '2098-12-31')",
        ),
        Field("alias_of_openrouter_id", "VARCHAR", "$.alias_target.slug", "for a ~latest id, where it points today"),
    ),
    # 342 to 400 models between December 2025 and August 2026, and more with all modalities.
    bounds=Bounds(min_records=250),
    warnings=(
        "The price is that of one host, and not always the cheapest: see openrouter_endpoints for the others.",
        "~latest ids and :free variants repeat models under another id.",
        "Ids without a date can be pointed at another model: compare by openrouter_permaslug.",
        "Unverified: the real answers read are of text models; of all modalities only the address is documented.",
    ),
)
