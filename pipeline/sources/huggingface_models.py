"""Models on the Hugging Face Hub: downloads, declared licence, gating, ancestry and size."""

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from pipeline.kernel.cutting import answers, csv_rows
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

# Listings refuse baseModels, which only the address of one model gives; the tags say the same.
EXPANDED = (
    "author",
    "cardData",
    "createdAt",
    "downloads",
    "downloadsAllTime",
    "gated",
    "gguf",
    "lastModified",
    "library_name",
    "likes",
    "pipeline_tag",
    "safetensors",
    "tags",
)
CARD = ("license_name", "license_link")
LISTING = "https://huggingface.co/api/models?limit=1000&direction=-1" + "".join(f"&expand%5B%5D={p}" for p in EXPANDED)
AUTHORS = "https://raw.githubusercontent.com/Interconnects-AI/tracked-models/main/metadata/organization_regions.csv"


def cut(content: bytes) -> Iterator[Record]:
    """One record for each model of one page of a listing."""
    for model in json.loads(content):
        yield summary(model)


def cut_tracked(content: bytes) -> Iterator[Record]:
    """One record for each model of the tracked authors; the first answer only names the authors."""
    pages = answers(content)
    next(pages, None)
    seen: set[str] = set()
    for page in pages:
        for record in cut(page):
            if record["id"] not in seen:
                seen.add(record["id"])
                yield record


def listings_of_authors(content: bytes) -> Sequence[str]:
    """The address of each tracked author's listing, from the list of authors."""
    return [f"{LISTING}&sort=downloads&author={row['hf_org']}" for row in csv_rows(content, "hf_org")]


def summary(model: dict[str, Any]) -> dict[str, Any]:
    """The model without its card and tags, but with what they say about licence and ancestry."""
    card, tags = model.get("cardData") or {}, model.get("tags") or []
    licence = card.get("license") or [tag.removeprefix("license:") for tag in tags if tag.startswith("license:")]
    bases = [tag.split(":") for tag in tags if tag.startswith("base_model:")]
    return {
        **{key: value for key, value in model.items() if key not in ("cardData", "tags", "gguf")},
        "gguf_parameters": (model.get("gguf") or {}).get("total"),
        "license": ", ".join(licence) if isinstance(licence, list) else str(licence),
        **{key: card.get(key) for key in CARD},
        "base_relation": ", ".join(sorted({parts[1] for parts in bases if len(parts) == 3})),
        "base_models": sorted({parts[-1] for parts in bases}),
    }


SHOWN = (
    Field(
        "huggingface_author",
        "VARCHAR",
        "$.author",
        "author or organisation on the Hub; missing for the few ids without one",
        usually=0.9,
    ),
    Field(
        "repository_created_at",
        "TIMESTAMP",
        "$.createdAt",
        "when the repository was made, UTC; the Hub gives 2022-03-02 23:29 for all older ones: empty here",
        required=True,
        expression="case when {} >= timestamp '2022-03-02 23:30:00' then {} end",
    ),
    Field("modified_at", "TIMESTAMP", "$.lastModified", "when the repository last changed, UTC", required=True),
    Field(
        "downloads_30d_count",
        "BIGINT",
        "$.downloads",
        "requests for the files that the Hub counts as downloads in the last 30 days",
        required=True,
    ),
)
"""Fields that every listing of the Hub has, and that mean the same in each."""
MADE_FOR = (
    Field("library_tag", "VARCHAR", "$.library_name", "library the files are for"),
    Field("pipeline_tag", "VARCHAR", "$.pipeline_tag", "task, such as text-generation"),
)

SOURCE = Source(
    name="huggingface_models",
    title="Hugging Face Hub models",
    doc="Models on the Hub with downloads, declared licence, gating, base models and parameters on the day of capture.",
    homepage="https://huggingface.co/docs/hub/api",
    subject="adoption",
    origins=(
        HttpOrigin(
            url=AUTHORS,
            cut=cut_tracked,
            label="tracked authors",
            accept="application/json, text/plain",
            more=listings_of_authors,
            requests_per_second=1.0,
        ),
        HttpOrigin(
            url=f"{LISTING}&sort=downloads",
            cut=cut,
            label="most downloaded",
        ),
        HttpOrigin(
            url=f"{LISTING}&sort=createdAt",
            cut=cut,
            label="newest",
        ),
    ),
    licence=Licence(
        name="none stated (Hugging Face terms of service)",
        url="https://huggingface.co/terms-of-service",
        redistributable=False,
        attribution="Hugging Face Hub API",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=21),
    history="point_in_time",
    proved="in part",
    key=("huggingface_id",),
    fields=(
        Field("huggingface_id", "VARCHAR", "$.id", "id of the model on the Hub, author/model", required=True),
        *SHOWN,
        Field("downloads_all_time_count", "BIGINT", "$.downloadsAllTime", "the same since the Hub began to count"),
        Field("like_count", "BIGINT", "$.likes", "likes", required=True),
        Field(
            "gated_tag",
            "VARCHAR",
            "$.gated",
            "false: anyone may download; auto: after accepting terms; manual: after the author agrees",
            required=True,
        ),
        Field(
            "licence_tag",
            "VARCHAR",
            "$.license",
            "licence as the uploader typed it, several joined by comma; other where the Hub has no identifier; "
            "missing is unstated",
            expression="nullif({}, '')",
        ),
        Field(
            "licence_name_tag",
            "VARCHAR",
            "$.license_name",
            "name of the licence as the uploader typed it, mostly where the tag is other",
        ),
        Field("licence_link_tag", "VARCHAR", "$.license_link", "address or file of the licence, as typed"),
        Field(
            "base_relation_tag",
            "VARCHAR",
            "$.base_relation",
            "finetune, adapter, quantized or merge: what the model is to its base models; missing is undeclared",
            expression="nullif({}, '')",
        ),
        Field(
            "base_model_ids",
            "JSON",
            "$.base_models",
            "ids of the models it was made from, as a JSON list; empty is undeclared, not from scratch",
        ),
        Field(
            "parameters_count",
            "BIGINT",
            ("$.safetensors.total", "$.gguf_parameters"),
            "parameters by the headers of its safetensors or GGUF files; missing without such files",
        ),
        *MADE_FOR,
    ),
    # A full page is asked for as 1,000 models; a server that grants a tenth of that is still heard.
    bounds=Bounds(min_records=100),
    warnings=(
        "Three samples, not the Hub: up to 1,000 most downloaded models of each tracked author, the 1,000 most "
        "downloaded of all, and the 1,000 newest, which are those of a few hours. Do not pool them.",
        "A download is any request for a counted file: continuous integration and mirrors inflate it, and a test "
        "model can be among the ten most downloaded.",
        "Licence and base models are declared by the uploader and may be missing or wrong.",
        "Qwen, Mistral and DeepSeek licences have no identifier on the Hub: see licence_name_tag.",
        "Parameter counts add up tensors: packed quantisations count too few, and a total can be wrong outright "
        "(jd-opensource/JSL-joysafety-v1 of 2025-09 says 335,424 for 21 billion).",
        "A renamed model appears under its new id only.",
        "Use from China goes through ModelScope and is not seen here.",
        "Unverified: that a listing gives downloadsAllTime, gguf and 1,000 models at once, which is documented.",
    ),
    heavy=True,
)
