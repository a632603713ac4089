"""Pydantic's price list of model hosts, with the days and hours from which a price holds."""

import ast
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, PackageOrigin, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each price of a model: `prices` is one price, or a list of prices with their conditions."""
    yield from _prices(json.loads(content))


def cut_module(content: bytes) -> Iterator[Record]:
    """The same for the package, where the list is Python that builds objects; it is parsed and never run."""
    for statement in ast.parse(content).body:
        if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == "providers":
            assert statement.value is not None
            yield from _prices(_data(statement.value))
            return
    raise ValueError("expected a list assigned to providers, found none")


def _data(node: ast.expr) -> Any:
    """What the expression says as JSON would: an object as a dict of its keywords, a date or an hour as text."""
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [_data(element) for element in elements]
        case ast.Call(func=ast.Name(id="Decimal"), args=[ast.Constant(value=number)]):
            return float(str(number))
        case ast.Call(func=ast.Attribute(attr="date"), args=parts):
            return "-".join(f"{ast.literal_eval(part):02}" for part in parts)
        case ast.Call(func=ast.Attribute(attr="time"), args=parts):
            return ":".join(f"{ast.literal_eval(part):02}" for part in [*parts, *[ast.Constant(0)] * 3][:3]) + "Z"
        case ast.Call(args=[], keywords=keywords):
            return {keyword.arg: _data(keyword.value) for keyword in keywords}
        case ast.Constant(value=value):
            return value
        case _:
            return None


def _prices(hosts: Any) -> Iterator[Record]:
    for host in hosts:
        for model in host["models"]:
            listed = model["prices"]
            for number, entry in enumerate(listed if isinstance(listed, list) else [{"prices": listed}], start=1):
                yield {
                    "host_tag": host["id"],
                    "host_name": host.get("name"),
                    "id": model["id"],
                    "name": model.get("name"),
                    "context_window": model.get("context_window"),
                    "deprecated": model.get("deprecated"),
                    "price_number": number,
                    "constraint": entry.get("constraint") or {},
                    "price": entry["prices"],
                }


SOURCE = Source(
    name="genai_prices",
    title="genai-prices",
    doc="What each model costs at each host by Pydantic's list, with start days and hours where a price has them.",
    homepage="https://github.com/pydantic/genai-prices",
    subject="prices",
    origins=(
        PackageOrigin(package="genai-prices", member="genai_prices/data.py", cut=cut_module, every="quarter"),
        HttpOrigin(url="https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/data.json", cut=cut),
    ),
    licence=Licence(
        name="MIT",
        url="https://github.com/pydantic/genai-prices/blob/main/LICENSE",
        redistributable=True,
        attribution="genai-prices by Pydantic (MIT)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="vintages",
    proved="captured",
    key=("host_tag", "genai_prices_id", "price_number"),
    fields=(
        Field("host_tag", "VARCHAR", "$.host_tag", "host as the list names it, such as openai or aws", required=True),
        Field("host_name", "VARCHAR", "$.host_name", "name of the host"),
        Field("genai_prices_id", "VARCHAR", "$.id", "id of the model at this host", required=True),
        Field("name", "VARCHAR", "$.name", "display name of the model"),
        Field(
            "price_number",
            "INTEGER",
            "$.price_number",
            "place among the model's prices, from 1; of several that hold at a moment the last counts",
            required=True,
        ),
        Field(
            "starts_on",
            "DATE",
            "$.constraint.start_date",
            "day from which the price holds; empty: always, or by hours",
        ),
        Field(
            "starts_at_tag",
            "VARCHAR",
            "$.constraint.start_time",
            "hour of the day from which the price holds, such as 00:30:00Z; empty for a price without hours",
        ),
        Field("ends_at_tag", "VARCHAR", "$.constraint.end_time", "hour of the day until which the price holds"),
        Field(
            "input_price_usd_per_mtok",
            "DOUBLE",
            ("$.price.input_mtok.base", "$.price.input_mtok"),
            "USD per million input tokens, for short prompts where prices rise with length; never 0: free is empty",
            usually=0.5,
        ),
        Field(
            "output_price_usd_per_mtok",
            "DOUBLE",
            ("$.price.output_mtok.base", "$.price.output_mtok"),
            "USD per million output tokens, for short prompts where prices rise with length; never 0: free is empty",
            usually=0.5,
        ),
        Field(
            "cached_input_price_usd_per_mtok",
            "DOUBLE",
            ("$.price.cache_read_mtok.base", "$.price.cache_read_mtok"),
            "USD per million input tokens read from the host's cache",
        ),
        Field("context_tokens", "BIGINT", "$.context_window", "context window in tokens; missing for most models"),
        Field("is_deprecated", "BOOLEAN", "$.deprecated", "whether the host has announced the end; empty: not said"),
    ),
    # The oldest copy kept, of July 2025, has 854 models; that of November 2026 has 2,330.
    bounds=Bounds(min_records=700),
    warnings=(
        "Prices that hold by the hour, such as DeepSeek's off-peak price, stand beside the main one: count one.",
        "Most changes overwrite the old price without a start day; only a handful of models keep both.",
        "Models that a host has switched off are taken out of the list.",
    ),
)
