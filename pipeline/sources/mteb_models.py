"""MTEB's register of embedding models: weights, licence, and whether training code and data are public."""

import ast
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import calls, literal_or_none, members, numbered, packaged_version
from pipeline.kernel.source import Bounds, Field, Licence, PackageOrigin, Record, Source

STATED = (
    "name", "open_weights", "license", "release_date", "n_parameters", "public_training_code", "public_training_data",
    "framework", "adapted_from", "superseded_by", "reference",
)  # fmt: skip
LINKS = ("public_training_code", "public_training_data")


def cut(content: bytes) -> Iterator[Record]:
    """One record for each `ModelMeta(…)` of the register's modules, which are parsed and never run.

    A value that is a name is looked up among the modules' literals; any other expression counts as not stated.
    """
    files = members(content)
    version = packaged_version(files)
    modules = [text for name, text in files.items() if name.endswith(".py")]
    named = {name: value for module in modules for name, value in _literals(module)}
    yield from numbered(_entries(modules, named, version), "name")


def _entries(modules: list[bytes], named: dict[str, object], version: str) -> Iterator[dict[str, object]]:
    for module in modules:
        for call in calls(module, "ModelMeta"):
            record = {keyword.arg: _value(keyword.value, named) for keyword in call.keywords if keyword.arg in STATED}
            if record.get("name"):
                yield {**record, **{f"has_{link}": bool(record.get(link)) for link in LINKS}, "version": version}


def _literals(module: bytes) -> Iterator[tuple[str, object]]:
    for statement in ast.parse(module).body:
        if isinstance(statement, ast.Assign) and (value := literal_or_none(statement.value)) is not None:
            yield from ((target.id, value) for target in statement.targets if isinstance(target, ast.Name))


def _value(written: ast.expr, named: dict[str, object]) -> object:
    return named.get(written.id) if isinstance(written, ast.Name) else literal_or_none(written)


SOURCE = Source(
    name="mteb_models",
    title="MTEB model register",
    doc="Each embedding model that MTEB knows, with weights, licence, release date, and public training code and data.",
    homepage="https://github.com/embeddings-benchmark/mteb",
    subject="openness",
    origins=(
        PackageOrigin(
            package="mteb",
            member=("mteb/models/*.py", "mteb-*.dist-info/METADATA"),
            cut=cut,
            every="newest",
            since="2.0.0",
            gather="files",
        ),
    ),
    licence=Licence(
        name="Apache-2.0",
        url="https://github.com/embeddings-benchmark/mteb/blob/main/LICENSE",
        redistributable=True,
        attribution="MTEB: Massive Text Embedding Benchmark, its contributors (Apache-2.0)",
    ),
    cadence=timedelta(days=30),
    stale_after=timedelta(days=90),
    history="vintages",
    proved="captured",
    key=("repository_tag", "entry_number"),
    fields=(
        Field(
            "repository_tag",
            "VARCHAR",
            "$.name",
            "name of the model, mostly its Hugging Face repository",
            required=True,
        ),
        Field("entry_number", "INTEGER", "$.entry", "1, and 2 for the second entry of one name", required=True),
        Field("package_version", "VARCHAR", "$.version", "release of the package", required=True),
        Field(
            "has_open_weights",
            "BOOLEAN",
            "$.open_weights",
            "whether the register calls the weights open; empty where it does not say",
            usually=0.8,
        ),
        Field("licence_tag", "VARCHAR", "$.license", "licence as the register writes it", usually=0.7),
        Field("released_on", "DATE", "$.release_date", "day the model's revision was released", usually=0.8),
        Field("parameters_count", "BIGINT", "$.n_parameters", "parameters in all", usually=0.7),
        Field(
            "has_public_training_code",
            "BOOLEAN",
            "$.has_public_training_code",
            "whether the register knows public training code; no is none known, not none there",
            required=True,
        ),
        Field(
            "has_public_training_data",
            "BOOLEAN",
            "$.has_public_training_data",
            "whether the register knows public training data; no is none known, not none there",
            required=True,
        ),
        Field("training_code_url", "VARCHAR", "$.public_training_code", "where the training code is"),
        Field("training_data_url", "VARCHAR", "$.public_training_data", "where the training data are; true: they are"),
        Field("adapted_from_tag", "VARCHAR", "$.adapted_from", "model it was tuned from"),
    ),
    # The release of October 2026 describes 969 models, one of late 2025 about 500.
    bounds=Bounds(min_records=300),
    warnings=(
        "Embedding models, hardly any of them a chat model: openness here is not openness of language models at large.",
        "What is public is what contributors, often the makers themselves, typed in; nobody checked the links.",
        "Some values are computed by code, such as a few numbers of parameters, and count as not stated.",
    ),
)
