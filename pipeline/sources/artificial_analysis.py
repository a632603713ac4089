"""Artificial Analysis: capability indices, prices and speed of models, with a key of one's own and for own use."""

import json
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import answers
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, PagePaging, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each model of all pages, with the version of the index that its page names."""
    for answer in answers(content):
        page = json.loads(answer)
        for model in page["data"]:
            yield {**model, "index_version": page.get("intelligence_index_version")}


SOURCE = Source(
    name="artificial_analysis",
    title="Artificial Analysis",
    doc="Each model that Artificial Analysis measures: its indices, its median price and its speed.",
    homepage="https://artificialanalysis.ai/data-api/docs",
    subject="capability",
    origins=(
        HttpOrigin(
            url="https://artificialanalysis.ai/api/v2/language/models/free",
            cut=cut,
            paging=PagePaging(limit_parameter="page_size", limit=200),
            headers={"x-api-key": "$AJAR_ARTIFICIAL_ANALYSIS_KEY"},
            requires="AJAR_ARTIFICIAL_ANALYSIS_KEY",
        ),
    ),
    licence=Licence(
        name="Artificial Analysis terms of use",
        url="https://artificialanalysis.ai/docs/legal/Terms-of-Use.pdf",
        redistributable=False,
        derivable=False,
        attribution="Artificial Analysis, https://artificialanalysis.ai/",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="point_in_time",
    proved="in part",
    key=("artificial_analysis_id",),
    fields=(
        Field("artificial_analysis_id", "VARCHAR", "$.id", "id of the model", required=True),
        Field("slug", "VARCHAR", "$.slug", "short name in addresses", required=True),
        Field("name", "VARCHAR", "$.name", "the model with its effort setting in brackets", required=True),
        Field("organisation_tag", "VARCHAR", "$.model_creator.name", "who made it"),
        Field("released_on", "DATE", "$.release_date", "release date", usually=0.5),
        Field(
            "index_version",
            "VARCHAR",
            "$.index_version",
            "version of the index; values of two versions cannot be compared",
        ),
        Field(
            "intelligence_index",
            "DOUBLE",
            "$.evaluations.artificial_analysis_intelligence_index",
            "their index of capability, points up to 100; empty: not measured",
        ),
        Field("coding_index", "DOUBLE", "$.evaluations.artificial_analysis_coding_index", "the same for coding alone"),
        Field(
            "agentic_index", "DOUBLE", "$.evaluations.artificial_analysis_agentic_index", "the same for agents alone"
        ),
        Field(
            "index_cost_usd",
            "DOUBLE",
            "$.artificial_analysis_intelligence_index_cost.total_cost",
            "USD spent to run the index on the model",
        ),
        Field(
            "input_price_usd_per_mtok",
            "DOUBLE",
            "$.pricing.price_1m_input_tokens",
            "USD per million input tokens over hosts; empty: not measured, 0 is kept and may mean the same",
        ),
        Field(
            "output_price_usd_per_mtok",
            "DOUBLE",
            "$.pricing.price_1m_output_tokens",
            "USD per million output tokens over hosts; empty: not measured, 0 is kept and may mean the same",
        ),
        Field(
            "output_tokens_per_second",
            "DOUBLE",
            "$.performance.median_output_tokens_per_second",
            "median output speed over hosts, tokens a second",
        ),
        Field(
            "first_token_seconds",
            "DOUBLE",
            "$.performance.median_time_to_first_token_seconds",
            "median wait for the first token, seconds",
        ),
    ),
    # 518 entries were counted in June 2026 and 647 in September 2026.
    bounds=Bounds(min_records=300),
    warnings=(
        "Needs a free key in AJAR_ARTIFICIAL_ANALYSIS_KEY. Its terms forbid passing the data on: it stays local.",
        "One model stands under several names, one for each effort setting: 647 entries were 453 models.",
        "Old values are computed again with each version of the index.",
        "There is no word on weights, licence or context window at this level of access.",
        "Unverified: one documented record was read, and the page's frame through programs that use it.",
    ),
)
