"""What providers behind Hugging Face's router ask for the same open model: one row for each model and provider."""

import json
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import utc_text
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each provider of each model, with the model's own facts under `model`."""
    for model in json.loads(content)["data"]:
        facts = {key: value for key, value in model.items() if key != "providers"}
        for provider in model.get("providers") or ():
            yield {**provider, "model": facts, "created": utc_text(model.get("created"))}


SOURCE = Source(
    name="huggingface_providers",
    title="Hugging Face Inference Providers",
    doc="Price and speed of each open model at each provider that Hugging Face's router can send a request to.",
    homepage="https://huggingface.co/docs/inference-providers/hub-api",
    subject="prices",
    origins=(HttpOrigin(url="https://router.huggingface.co/v1/models", cut=cut),),
    licence=Licence(
        name="none stated (Hugging Face terms of service)",
        url="https://huggingface.co/terms-of-service",
        redistributable=False,
        attribution="Hugging Face Inference Providers",
    ),
    cadence=timedelta(days=1),
    stale_after=timedelta(days=7),
    history="point_in_time",
    proved="in part",
    key=("huggingface_id", "host_tag"),
    fields=(
        Field("huggingface_id", "VARCHAR", "$.model.id", "id of the model on the Hub, author/model", required=True),
        Field("host_tag", "VARCHAR", "$.provider", "provider as the router names it", required=True),
        Field("status_tag", "VARCHAR", "$.status", "live, staging or error, as the router gives it", required=True),
        Field(
            "input_price_usd_per_mtok",
            "DOUBLE",
            "$.pricing.input",
            "USD per million input tokens; missing is unknown, not free",
            expression="round({}, 6)",
        ),
        Field(
            "output_price_usd_per_mtok",
            "DOUBLE",
            "$.pricing.output",
            "USD per million output tokens; missing is unknown, not free",
            expression="round({}, 6)",
        ),
        Field("is_free", "BOOLEAN", "$.is_free", "whether the router calls it free; missing is unknown"),
        Field("context_tokens", "BIGINT", "$.context_length", "context window in tokens at this provider"),
        Field("has_tool_use", "BOOLEAN", "$.supports_tools", "whether the provider takes tool calls for it"),
        Field(
            "has_structured_output",
            "BOOLEAN",
            "$.supports_structured_output",
            "whether the provider can keep to a schema for it",
        ),
        Field(
            "first_token_latency_ms",
            "DOUBLE",
            "$.first_token_latency_ms",
            "milliseconds to the first token as the router measures it",
        ),
        Field(
            "throughput_tokens_per_second",
            "DOUBLE",
            "$.throughput",
            "output tokens per second as the router measures it",
        ),
        Field("is_model_author", "BOOLEAN", "$.is_model_author", "whether the provider made the model"),
        Field(
            "repository_created_at",
            "TIMESTAMP",
            "$.created",
            "when the model's repository was made on the Hub, UTC",
        ),
    ),
    # Others counted about 290 pairs of model and provider in July and October 2026.
    bounds=Bounds(min_records=150),
    warnings=(
        "The router gives no price for about 112 of its pairs: left empty, since unknown is not free.",
        "Chat models only, and only providers with a contract with Hugging Face.",
        "Unverified: parsed from documented examples; no whole answer has been read yet.",
    ),
)
