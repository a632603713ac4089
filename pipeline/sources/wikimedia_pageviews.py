"""How often people open the English Wikipedia's articles on AI assistants, model families and companies."""

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote

from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

ARTICLES = (
    "ChatGPT",
    "Claude_(language_model)",
    "DeepSeek",
    "Google_Gemini",
    "Grok_(chatbot)",
    "Hugging_Face",
    "Instagram",
    "Large_language_model",
    "Llama_(language_model)",
    "Meta_AI",
    "Mistral_AI",
    "Open-source_artificial_intelligence",
    "Qwen",
    "WhatsApp",
)
"""The articles asked for; Instagram and WhatsApp are there to compare with."""

SERVICE = "https://wikimedia.org/api/rest_v1/metrics/pageviews/per-article/en.wikipedia/all-access/user"


def cut(content: bytes) -> Iterator[Record]:
    """One record for each month of the article."""
    for item in json.loads(content)["items"]:
        written = item["timestamp"]
        yield {**item, "month": f"{written[:4]}-{written[4:6]}-01"}


SOURCE = Source(
    name="wikimedia_pageviews",
    title="Wikipedia page views",
    doc="How often readers opened each of a declared list of English Wikipedia articles, month by month.",
    homepage="https://doc.wikimedia.org/generated-data-platform/aqs/analytics-api/",
    subject="adoption",
    origins=tuple(
        HttpOrigin(
            url=f"{SERVICE}/{quote(article, safe='')}/monthly/2015070100/2035010100",
            cut=cut,
            label=f"wikimedia.org pageviews en.wikipedia {article}",
            requests_per_second=2,
        )
        for article in ARTICLES
    ),
    licence=Licence(
        name="CC0-1.0",
        url="https://dumps.wikimedia.org/legal.html",
        redistributable=True,
        attribution="Wikimedia Foundation, Wikimedia Analytics API (CC0)",
    ),
    cadence=timedelta(days=14),
    stale_after=timedelta(days=45),
    history="replayable",
    proved="in part",
    key=("project", "article", "month"),
    fields=(
        Field("project", "VARCHAR", "$.project", "the wiki, en.wikipedia", required=True),
        Field("article", "VARCHAR", "$.article", "title of the article, underscores for spaces", required=True),
        Field("month", "DATE", "$.month", "first day of the month", required=True),
        Field("pageview_count", "BIGINT", "$.views", "views by people, all devices", required=True),
        Field("access_tag", "VARCHAR", "$.access", "devices counted: all-access", required=True),
        Field(
            "agent_tag", "VARCHAR", "$.agent", "readers counted: user, that is without known programs", required=True
        ),
    ),
    # An article has at least a year of months.
    bounds=Bounds(min_records=12),
    warnings=(
        "The month of the capture is not over: leave out months that end after observed_at.",
        "An article that was renamed starts a new series, and views under its old title stay there.",
        "Attention is not use, and interest in a name is not approval.",
        "The service asks for a contact: set AJAR_CONTACT, else it allows ten requests a minute.",
        "Unverified: that a last day in the future is accepted (an older release of the service does not check), and "
        "today's titles of the articles; an origin whose article was renamed fails alone.",
    ),
)
