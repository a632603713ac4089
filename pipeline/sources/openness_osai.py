"""The European Open Source AI Index: twelve dimensions of openness, judged by people, for systems called open."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import PurePosixPath

from pipeline.kernel.cutting import archived_yaml, first_day
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

DIMENSIONS = {
    "datasources_basemodel": "the data the base model was trained on",
    "datasources_endmodel": "the data the end model was tuned on",
    "weights_basemodel": "the weights of the base model",
    "weights_endmodel": "the weights of the end model",
    "trainingcode": "the code for training",
    "code": "documentation of the code",
    "hardware_architecture": "documentation of the hardware and the architecture",
    "preprint": "a preprint",
    "paper": "a peer-reviewed paper",
    "modelcard": "a model card",
    "datasheet": "a data sheet",
    "licenses": "the licences",
}
"""Dimension by the index's key, and what is judged open, partial or closed in it."""


def is_entry(path: PurePosixPath) -> bool:
    return len(path.parts) <= 2 and path.suffix == ".yaml" and path.name[0] not in "._"


def cut(content: bytes) -> Iterator[Record]:
    """One record for each system's file; a file that is no YAML keeps its name and loses the rest."""
    for path, entry in archived_yaml(content, is_entry):
        released = (entry.get("system") or {}).get("releasedate")
        yield {**entry, "file": path.stem, "released": first_day(released)}


SOURCE = Source(
    name="openness_osai",
    title="European Open Source AI Index",
    doc="How open each system that is called open really is, dimension by dimension, in the judgement of OSAI.",
    homepage="https://osai-index.eu/",
    subject="openness",
    origins=(
        HttpOrigin(
            url="https://github.com/Language-Technology-Assessment/main-database/archive/refs/heads/main.tar.gz",
            cut=cut,
            accept="application/gzip",
        ),
    ),
    licence=Licence(
        name="CC-BY-4.0",
        url="https://osai-index.eu/contribute",
        redistributable=True,
        attribution=(
            "European Open Source AI Index, https://osai-index.eu/ (CC BY 4.0); Liesenfeld and Dingemanse 2024, "
            "Rethinking open source generative AI, doi:10.1145/3630106.3659005"
        ),
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=60),
    history="point_in_time",
    proved="in part",
    key=("osai_id",),
    fields=(
        Field("osai_id", "VARCHAR", "$.file", "name of the system's file in the index", required=True),
        Field("name", "VARCHAR", "$.system.name", "the system, mostly a family of models", required=True),
        Field("organisation_tag", "VARCHAR", "$.org.name", "who made it, as the index spells it", required=True),
        Field("type_tag", "VARCHAR", "$.system.type", "what it makes: text, image, code, audio, video, …"),
        Field("performance_tag", "VARCHAR", "$.system.performanceclass", "how the index files it: latest, full, …"),
        Field("url", "VARCHAR", "$.system.link", "page of the system, often on Hugging Face"),
        Field("base_model_tag", "VARCHAR", "$.system.basemodelname", "base model as typed; empty: none named"),
        Field("end_model_tag", "VARCHAR", "$.system.endmodelname", "end model as typed"),
        Field("licence_tag", "VARCHAR", "$.system.endmodellicense", "licence of the end model as typed"),
        Field("released_on", "DATE", "$.released", "release date, the first day where only a month is known"),
        Field("released_on_tag", "VARCHAR", "$.system.releasedate", "release date as typed, mostly YYYY-MM"),
        *(
            Field(f"{name}_tag", "VARCHAR", f"$.{name}.class", f"open, partial or closed: {what}", required=True)
            for name, what in DIMENSIONS.items()
        ),
    ),
    # 194 systems in June 2026; one bad file of a contributor must not stop the rest.
    bounds=Bounds(min_records=150, min_required_share=0.95),
    warnings=(
        "Only systems that are called open are judged: there is no closed system to compare with.",
        "An entry is a family and its newest version; older versions are overwritten in place.",
        "Earlier files have two more dimensions, package and api; they are in raw, not here.",
        "Unverified: the archive as GitHub packs it; the files in it were read one by one and not in this form.",
    ),
)
