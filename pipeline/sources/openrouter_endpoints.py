"""What each provider behind OpenRouter asks for the same model: one row for each endpoint."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from pipeline.kernel.cutting import answers, numbered
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

SITE = "https://openrouter.ai"
PER_MILLION = "case when {} >= 0 and not isnan({}) then round({} * 1e6, 9) end"


def cut(content: bytes) -> Iterator[Record]:
    """One record for each endpoint of each model; the first answer only names the models."""
    models = answers(content)
    next(models, None)
    yield from numbered(endpoints(models), "model", "tag")


def endpoints(models: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for answer in models:
        model = json.loads(answer)["data"]
        if model["id"] not in seen:
            seen.add(model["id"])
            for endpoint in model["endpoints"]:
                yield {**endpoint, "model": model["id"]}


def addresses(content: bytes) -> Sequence[str]:
    """The address of each model's endpoints, once; routers and ~latest ids have no endpoints of their own."""
    models = json.loads(content)["data"]
    own = [model for model in models if model["pricing"]["prompt"] != "-1" and not model["id"].startswith("~")]
    return list(dict.fromkeys(SITE + model["links"]["details"] for model in own))


SOURCE = Source(
    name="openrouter_endpoints",
    title="OpenRouter endpoints",
    doc="Each provider's price, precision, limits and uptime for each model on OpenRouter.",
    homepage="https://openrouter.ai/docs/api/api-reference/endpoints/list-endpoints",
    subject="prices",
    origins=(
        HttpOrigin(
            url=f"{SITE}/api/v1/models?output_modalities=all",
            cut=cut,
            label="openrouter.ai/api/v1/models/*/endpoints",
            more=addresses,
            requests_per_second=2.0,
        ),
    ),
    licence=Licence(
        name="none stated (OpenRouter terms of service)",
        url="https://openrouter.ai/terms",
        redistributable=False,
        attribution="OpenRouter (openrouter.ai)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=21),
    history="point_in_time",
    proved="in part",
    key=("openrouter_id", "endpoint_tag", "entry_number"),
    fields=(
        Field("openrouter_id", "VARCHAR", "$.model", "OpenRouter's id of the model, lab/model", required=True),
        Field(
            "endpoint_tag",
            "VARCHAR",
            ("$.tag", "$.provider_name"),
            "provider and precision or region, such as novita/fp8, as used to ask for this endpoint",
            required=True,
        ),
        Field(
            "entry_number",
            "INTEGER",
            "$.entry",
            "1, unless the model has the same tag again: then which of its endpoints this is",
            required=True,
        ),
        Field("host_tag", "VARCHAR", "$.provider_name", "provider as OpenRouter names it", required=True),
        Field(
            "quantization_tag",
            "VARCHAR",
            "$.quantization",
            "precision of the weights, such as fp8; unknown is empty here",
            expression="nullif({}, 'unknown')",
        ),
        Field(
            "input_price_usd_per_mtok",
            "DOUBLE",
            "$.pricing.prompt",
            "USD per million input tokens; 0 is a free variant or trial",
            required=True,
            expression=PER_MILLION,
        ),
        Field(
            "output_price_usd_per_mtok",
            "DOUBLE",
            "$.pricing.completion",
            "USD per million output tokens; 0 is a free variant, trial or embedding",
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
            "discount_share",
            "DOUBLE",
            "$.pricing.discount",
            "discount as a share; whether the prices already have it taken off is not documented",
        ),
        Field("context_tokens", "BIGINT", "$.context_length", "context window in tokens at this provider"),
        Field("input_tokens_max", "BIGINT", "$.max_prompt_tokens", "longest prompt in tokens, where it is less"),
        Field("output_tokens_max", "BIGINT", "$.max_completion_tokens", "longest answer in tokens"),
        Field(
            "status_code",
            "INTEGER",
            "$.status",
            "0 in service; negative when OpenRouter sends it fewer or no requests",
        ),
        Field(
            "uptime_30m_share",
            "DOUBLE",
            "$.uptime_last_30m",
            "share of requests answered in the last half hour, from per cent",
            expression="round({} / 100, 6)",
        ),
    ),
    # 1,061 endpoints of 415 models on 2026-07-17.
    bounds=Bounds(min_records=600),
    warnings=(
        "Providers serve different precisions of the same weights: a lower price may buy less.",
        "Prices here and in openrouter_models are read minutes apart and can differ.",
        "Unverified: whether the address of a model lists its :free variants too is not documented.",
        "Unverified: shape by OpenRouter's description; real figures of 2026-07-17 were read in another form only.",
    ),
    heavy=True,
)
