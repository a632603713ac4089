"""The Linux Foundation's Model Openness Tool: which parts of a model are out, and under which licence."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import PurePosixPath

from pipeline.kernel.cutting import archived_yaml
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

EMPTY = "nullif({}, '')"


def is_entry(path: PurePosixPath) -> bool:
    return path.parent.name == "models" and len(path.parts) <= 3 and path.suffix in (".yml", ".yaml")


def cut(content: bytes) -> Iterator[Record]:
    """One record for each model's file; a file that is no YAML keeps its name and loses the rest."""
    for path, entry in archived_yaml(content, is_entry):
        components = (entry.get("release") or {}).get("components") or []
        yield {**entry, "file": path.stem, "component_count": len(components) or None}


SOURCE = Source(
    name="openness_mot",
    title="Model Openness Tool",
    doc="Which of the framework's components each registered model comes with, and under which licence each stands.",
    homepage="https://mot.isitopen.ai/",
    subject="openness",
    origins=(
        HttpOrigin(
            url="https://github.com/lfai/model_openness_tool/archive/refs/heads/main.tar.gz",
            cut=cut,
            accept="application/gzip",
        ),
    ),
    licence=Licence(
        name="MIT for the tool; none stated for the entries",
        url="https://github.com/lfai/model_openness_tool/blob/main/LICENSE",
        redistributable=False,
        attribution="Model Openness Tool, LF AI & Data, Copyright 2024 The Model Openness Tool Authors",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=60),
    history="point_in_time",
    proved="replayed",
    key=("mot_id",),
    fields=(
        Field("mot_id", "VARCHAR", "$.file", "name of the model's file", required=True),
        Field("name", "VARCHAR", "$.release.name", "the model", required=True, expression=EMPTY),
        Field("version_tag", "VARCHAR", "$.release.version", "its version as typed, often its size", expression=EMPTY),
        Field(
            "organisation_tag",
            "VARCHAR",
            "$.release.producer",
            "who made it, as typed",
            required=True,
            expression=EMPTY,
        ),
        Field("submitted_on", "DATE", "$.release.date", "day of the entry, not of the model's release", required=True),
        Field(
            "type_tag",
            "VARCHAR",
            "$.release.type",
            "kind of model as typed; empty for every fourth entry",
            expression=EMPTY,
        ),
        Field(
            "huggingface_url", "VARCHAR", "$.release.huggingface", "page of the model on Hugging Face", expression=EMPTY
        ),
        Field("repository_url", "VARCHAR", "$.release.repository", "page of the code", expression=EMPTY),
        Field(
            "licence_tag",
            "VARCHAR",
            ("$.release.license.distribution.name", "$.release.license.code.name", "$.release.license.data.name"),
            "licence of the whole, or of its code or data, where one stands for all; else see the components",
        ),
        Field(
            "distribution_licence_tag",
            "VARCHAR",
            "$.release.license.distribution.name",
            "licence of the whole release",
            expression=EMPTY,
        ),
        *(
            Field(
                f"{kind}_licence_tag",
                "VARCHAR",
                f"$.release.license.{kind}.name",
                f"licence of all its {kind}, where that has one of its own",
                expression=EMPTY,
            )
            for kind in ("code", "data", "document")
        ),
        Field(
            "components",
            "JSON",
            "$.release.components",
            "the components that are out, each with name, description and, mostly, a licence",
            required=True,
        ),
        Field("component_count", "INTEGER", "$.component_count", "how many components are out", required=True),
    ),
    # 273 models in May 2026; one bad file of a contributor must not stop the rest.
    bounds=Bounds(min_records=220, min_required_share=0.95),
    warnings=(
        "Makers and volunteers submit the entries: the selection follows interest, not the market.",
        "A component without a licence takes the licence of the whole, if there is one: missing is not closed.",
        "submitted_on is the day of the entry; release dates are not recorded.",
        "Unverified: the archive as GitHub packs it; the model files in it were read in another packing.",
    ),
)
