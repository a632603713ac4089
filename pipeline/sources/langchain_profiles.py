"""Model profiles in LangChain's integration packages: the newest published copy of models.dev, host by host."""

import ast
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from pipeline.kernel.cutting import assigned_literal, first_day
from pipeline.kernel.source import Bounds, Field, Licence, PackageOrigin, Record, Source

HOSTS = {
    "langchain-anthropic": "anthropic",
    "langchain-aws": "amazon-bedrock",
    "langchain-deepseek": "deepseek",
    "langchain-fireworks": "fireworks-ai",
    "langchain-google-genai": "google",
    "langchain-groq": "groq",
    "langchain-huggingface": "huggingface",
    "langchain-mistralai": "mistral",
    "langchain-nvidia-ai-endpoints": "nvidia",
    "langchain-openai": "openai",
    "langchain-openrouter": "openrouter",
    "langchain-perplexity": "perplexity",
    "langchain-xai": "xai",
}
"""models.dev's id of the host whose models each package profiles."""


def cut(content: bytes, package: str) -> Iterator[Record]:
    """One record for each profile in the file's `_PROFILES` literal, with the package and its host."""
    profiles = ast.literal_eval(assigned_literal(content, "_PROFILES"))
    for models_dev_id, profile in profiles.items():
        yield {
            **profile,
            "package": package,
            "host_tag": HOSTS[package],
            "models_dev_id": models_dev_id,
            "release_day": first_day(profile.get("release_date")),
        }


SOURCE = Source(
    name="langchain_profiles",
    title="LangChain model profiles",
    doc="Each model a LangChain integration profiles, with the release date and open-weights flag from models.dev.",
    homepage="https://docs.langchain.com/oss/python/langchain/models",
    subject="releases",
    origins=tuple(
        PackageOrigin(
            package=package,
            member=f"{package.replace('-', '_')}/data/_profiles.py",
            cut=partial(cut, package=package),
            every="newest",
        )
        for package in HOSTS
    ),
    licence=Licence(
        name="MIT",
        url="https://github.com/anomalyco/models.dev/blob/dev/LICENSE",
        redistributable=True,
        attribution="models.dev (MIT), Copyright (c) 2025 models.dev, carried in LangChain's packages (MIT)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="vintages",
    proved="captured",
    key=("package", "models_dev_id"),
    fields=(
        Field("package", "VARCHAR", "$.package", "package that carries the profile", required=True),
        Field("host_tag", "VARCHAR", "$.host_tag", "models.dev's id of the host the package talks to", required=True),
        Field("models_dev_id", "VARCHAR", "$.models_dev_id", "id of the model at this host", required=True),
        Field("name", "VARCHAR", "$.name", "display name of the model"),
        Field(
            "released_on",
            "DATE",
            "$.release_day",
            "release date at this host, the first day where only a month is known; 1970-01-01 is unknown: empty",
            expression="nullif({}, date '1970-01-01')",
        ),
        Field(
            "released_on_tag",
            "VARCHAR",
            "$.release_date",
            "release date as typed, YYYY-MM-DD or YYYY-MM: shows its precision",
        ),
        Field("has_open_weights", "BOOLEAN", "$.open_weights", "whether this host's entry calls the weights open"),
        Field(
            "context_tokens",
            "BIGINT",
            "$.max_input_tokens",
            "longest input in tokens, which models.dev calls the context window; 0 means unstated and is empty here",
            expression="nullif({}, 0)",
        ),
    ),
    # DeepSeek and Perplexity have four profiles each; together the thirteen packages have 959.
    bounds=Bounds(min_records=3, max_drop=0.5),
    warnings=(
        "Each package has its own release date, from 2026-06 to 2026-11: the hosts are not seen on one day.",
        "A few profiles (23 of 959) are LangChain's own additions and have neither date nor flag.",
        "It is an extract of models.dev: not a second witness beside models_dev.",
    ),
)
