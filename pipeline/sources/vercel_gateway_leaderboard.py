"""Daily shares of labs and models in what goes through Vercel's AI Gateway: requests, tokens and spend."""

import json
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

EXPORT = "https://vercel.com/api/ai/leaderboard-export?format=json&modality=all"
LICENCE = "CC-BY-4.0"


def cut(content: bytes) -> Iterator[Record]:
    """One record for each share; an export under another licence is an error, since shares are republished."""
    answer = json.loads(content)
    if answer["license"] != LICENCE:
        raise ValueError(f"expected an export under {LICENCE}, found {answer['license']!r}")
    yield from answer["rows"]


SOURCE = Source(
    name="vercel_gateway_leaderboard",
    title="Vercel AI Gateway leaderboards",
    doc="Share of each lab, and of the leading models, in a day's requests, tokens and spend on Vercel's AI Gateway.",
    homepage="https://vercel.com/docs/ai-gateway/leaderboards",
    subject="adoption",
    origins=(
        HttpOrigin(
            url=f"{EXPORT}&dataset=labs&from=2025-10-01",
            cut=cut,
            label="labs since 2025-10-01",
        ),
        HttpOrigin(
            url=f"{EXPORT}&dataset=models",
            cut=cut,
            label="models of the last two months",
        ),
    ),
    licence=Licence(
        name=LICENCE,
        url="https://vercel.com/docs/ai-gateway/leaderboards",
        redistributable=True,
        attribution='© 2026 Vercel. "AI Gateway Leaderboard Data" is licensed under CC BY 4.0.',
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=21),
    history="replayable",
    proved="replayed",
    key=("used_on", "group_tag", "name", "metric_tag", "modality_tag"),
    fields=(
        Field("used_on", "DATE", "$.date", "day of the use, UTC", required=True),
        Field("group_tag", "VARCHAR", "$.group", "lab or model", required=True),
        Field(
            "name",
            "VARCHAR",
            "$.name",
            "lab as Vercel writes it, such as zai, or display name of a model; Other is the rest of the models",
            required=True,
        ),
        Field(
            "metric_tag",
            "VARCHAR",
            "$.metric",
            "what is shared out: requests, tokens, spend, imageCount or videoCount",
            required=True,
        ),
        Field("modality_tag", "VARCHAR", "$.modality", "all, as asked for", required=True),
        Field(
            "usage_share",
            "DOUBLE",
            "$.share_percent",
            "share of that day's total, from per cent with four decimals, so 0 can be a little",
            required=True,
            expression="round({} / 100, 8)",
        ),
    ),
    # One day of labs has 45 shares; a month of models had 863 in September 2026.
    bounds=Bounds(min_records=500),
    warnings=(
        "Developers who build on Vercel, not the market; shares only, so days cannot be weighted by their traffic.",
        "Labs are complete and add up to 1. Models are the leading ones of the window asked for, so the list of "
        "another capture can differ and a lab must not be added up from its models.",
        "The last day is still being counted.",
        "spacexai is xAI; stealth stands for models without a name; fireworks and morph are hosts with own models.",
        "Spend is what Vercel measures; whether customers' own keys and discounts count is not said.",
    ),
)
