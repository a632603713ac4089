"""Tokens that went through OpenRouter by model and day: the fifty largest and the rest."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from pipeline.kernel.cutting import answers, csv_rows
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

EXPORTS = "https://openrouter.ai/api/v1/datasets/exports/rankings-daily"


FIRST_EXPORT = date(2026, 9, 19)
DAYS_IN_EXPORT = 30


def cut(content: bytes) -> Iterator[Record]:
    """One record for each model and day of the dated file, once it is what its manifest says.

    A file of an earlier day comes alone, without a manifest.
    """
    table = content if content[:5] == b"date," else _as_promised(content)
    yield from csv_rows(table, "date", "model_permaslug", "rank", "total_tokens", "share_of_daily_tokens")


def _as_promised(content: bytes) -> bytes:
    manifest, table = answers(content)
    promised, found = json.loads(manifest)["files"]["csv"]["sha256"], hashlib.sha256(table).hexdigest()
    if found != promised:
        raise ValueError(f"expected a table with the sha256 of its manifest, {promised}, found {found}")
    return table


def earlier_exports(today: date) -> list[tuple[date, str]]:
    """The dated files that together hold every day since the first export, each with the 30 days before it."""
    step = timedelta(days=DAYS_IN_EXPORT)
    days = [FIRST_EXPORT + number * step for number in range((today - FIRST_EXPORT) // step + 1)]
    return [(day, f"{EXPORTS}/{day}.csv") for day in days]


def dated_file(content: bytes) -> Sequence[str]:
    """The address of the newest dated table, from its manifest."""
    address = str(json.loads(content)["files"]["csv"]["url"])
    if not address.startswith(f"{EXPORTS}/"):
        raise ValueError(f"expected a table below {EXPORTS}, found {address!r}")
    return [address]


SOURCE = Source(
    name="openrouter_rankings",
    title="OpenRouter rankings",
    doc="Tokens and share of tokens of the fifty largest models on OpenRouter, and of the rest, on each of 30 days.",
    homepage="https://openrouter.ai/rankings",
    subject="adoption",
    origins=(
        HttpOrigin(
            url=f"{EXPORTS}/latest.manifest.json",
            cut=cut,
            label="openrouter.ai exports rankings-daily",
            accept="application/json, text/csv",
            more=dated_file,
            past=earlier_exports,
        ),
    ),
    licence=Licence(
        name="CC-BY-4.0",
        url="https://openrouter.ai/api/v1/datasets/exports/LICENSE",
        redistributable=True,
        attribution=(
            "Source: OpenRouter (openrouter.ai), licensed under CC BY 4.0: reuse and republish with attribution to "
            "OpenRouter."
        ),
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=21),
    history="replayable",
    proved="in part",
    key=("used_on", "openrouter_permaslug"),
    fields=(
        Field("used_on", "DATE", "$.date", "day of the use, UTC", required=True),
        Field(
            "openrouter_permaslug",
            "VARCHAR",
            "$.model_permaslug",
            "the model's id that does not move, with :free and similar suffixes; other is all but the fifty largest",
            required=True,
        ),
        Field("rank", "INTEGER", "$.rank", "1 to 50 by tokens that day; other has none", usually=0.9),
        Field("token_count", "BIGINT", "$.total_tokens", "input and output tokens that day", required=True),
        Field(
            "token_share",
            "DOUBLE",
            "$.share_of_daily_tokens",
            "share of all tokens that day; with other they add up to 1",
            required=True,
        ),
    ),
    # 30 days of 51 rows.
    bounds=Bounds(min_records=1_000),
    warnings=(
        "Developers who go through OpenRouter, drawn to cheap and free models; no direct traffic to the labs.",
        "Each capture holds 30 days: with one missed for longer, days are lost. The last days are revised by up to "
        "0.04 %: take a day from the newest capture that has it.",
        "stealth/ models are unnamed tests: space-bunny-alpha had 22 % on 2026-09-30 and then vanished. Neither open "
        "nor closed.",
        "A token is what each model's own tokenizer makes; the date in an id is not a release date.",
        "Unverified: eleven rows of a table have been read, not a whole one.",
    ),
)
