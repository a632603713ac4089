"""Downloads of Python packages from PyPI, month by month: open tooling against the closed labs' own clients."""

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlencode

from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

PACKAGES = (
    "accelerate",
    "anthropic",
    "cohere",
    "google-genai",
    "google-generativeai",
    "groq",
    "huggingface-hub",
    "langchain",
    "litellm",
    "llama-cpp-python",
    "llama-stack",
    "mistralai",
    "mlx-lm",
    "ollama",
    "openai",
    "peft",
    "safetensors",
    "sglang",
    "together",
    "transformers",
    "vllm",
    "xai-sdk",
)
"""The packages asked for: what runs or tunes open weights, what calls closed APIs, and what does both."""

QUERY = f"""
select project, toStartOfMonth(date) as month, sum(count) as downloads
from pypi.pypi_downloads_per_day
where project in ({", ".join(f"'{package}'" for package in PACKAGES)}) and date < toStartOfMonth(today())
group by project, month order by project, month
settings read_overflow_mode = 'throw'
format JSON
"""


def cut(content: bytes) -> Iterator[Record]:
    """One record for each package and month; an answer that is not whole is an error."""
    answer = json.loads(content)
    if len(answer["data"]) != answer["rows"]:
        raise ValueError(f"expected {answer['rows']} rows, found {len(answer['data'])}")
    yield from answer["data"]


SOURCE = Source(
    name="package_downloads",
    title="PyPI downloads",
    doc="How often each of a declared list of AI packages was downloaded from PyPI in each full month.",
    homepage="https://clickpy.clickhouse.com/",
    subject="adoption",
    origins=(
        HttpOrigin(
            url="https://sql-clickhouse.clickhouse.com/?" + urlencode({"user": "demo", "query": QUERY.strip()}),
            cut=cut,
            label="sql-clickhouse.clickhouse.com pypi.pypi_downloads_per_day",
        ),
    ),
    licence=Licence(
        name="none stated",
        url="https://github.com/ClickHouse/clickpy",
        redistributable=False,
        attribution="ClickPy by ClickHouse, from the download logs that the Python Software Foundation publishes",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=45),
    history="replayable",
    proved="documented",
    key=("package", "month"),
    fields=(
        Field("package", "VARCHAR", "$.project", "name of the package on PyPI", required=True),
        Field("month", "DATE", "$.month", "first day of the month", required=True),
        Field(
            "pypi_download_count",
            "BIGINT",
            "$.downloads",
            "downloads from PyPI in the month, mirrors and automatic builds included",
            required=True,
        ),
    ),
    # Eight of the packages are older than four years.
    bounds=Bounds(min_records=300, max_drop=0.05),
    warnings=(
        "Most downloads are automatic builds and mirrors: levels say little, changes and ratios somewhat more.",
        "A client is not its model: the openai package is also how people talk to vLLM and Ollama.",
        "The service stops reading at a billion rows and would pass off a part as the whole: the query makes that an "
        "error.",
        "In the first days of a month the month before may still be incomplete.",
        "Unverified: no answer was read, only the service's own description of the table and others' queries.",
    ),
)
