"""The ATOM Project's list of language models on the Hugging Face Hub: the cohort that adoption is measured on."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from pipeline.kernel.cutting import csv_rows
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

REPOSITORY = "https://raw.githubusercontent.com/Interconnects-AI/tracked-models/main"


def cut(content: bytes, list_tag: str) -> Iterator[Record]:
    """One record for each model of one of the two lists."""
    for row in csv_rows(content, "org", "model", "modelId"):
        yield {**row, "list": list_tag}


SOURCE = Source(
    name="huggingface_tracked_models",
    title="ATOM Project tracked models",
    doc="Each first-party language or vision-language model on the Hub that the ATOM Project counts in its charts.",
    homepage="https://github.com/Interconnects-AI/tracked-models",
    subject="adoption",
    origins=(
        HttpOrigin(
            url=f"{REPOSITORY}/models.csv",
            cut=partial(cut, list_tag="primary"),
            accept="text/plain",
        ),
        HttpOrigin(
            url=f"{REPOSITORY}/extra_models.csv",
            cut=partial(cut, list_tag="secondary"),
            accept="text/plain",
        ),
    ),
    licence=Licence(
        name="Apache-2.0",
        url="https://github.com/Interconnects-AI/tracked-models/blob/main/README.md",
        redistributable=True,
        attribution="ATOM Project, Interconnects AI: tracked-models (Apache-2.0)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="point_in_time",
    proved="replayed",
    key=("huggingface_id",),
    fields=(
        Field("huggingface_id", "VARCHAR", "$.modelId", "id of the model on the Hub, author/model", required=True),
        Field("huggingface_author", "VARCHAR", "$.org", "author or organisation on the Hub", required=True),
        Field("name", "VARCHAR", "$.model", "name of the model on the Hub, without the author", required=True),
        Field(
            "list_tag",
            "VARCHAR",
            "$.list",
            "primary: in the ATOM charts; secondary: followed, but not in them",
            required=True,
        ),
    ),
    # On 2026-08-17 the primary list had 1,772 models and the secondary 186.
    bounds=Bounds(min_records=150),
    warnings=(
        "Models after November 2022 with first-party weights and mostly above 100,000 downloads in all: no tail.",
        "Guard models and community quantisations are left out by choice of the list.",
        "A model may stand under a former namespace: AIDC-AI is now ATH-MaaS.",
    ),
)
