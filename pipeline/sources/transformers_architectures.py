"""Model architectures that Hugging Face's transformers implements, from the folders of its releases."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import PurePosixPath

from pipeline.kernel.cutting import packaged_version
from pipeline.kernel.source import Bounds, Field, Licence, PackageOrigin, Record, Source

WITHDRAWN = "deprecated"
NOT_MODELS = ("auto",)


def cut(content: bytes) -> Iterator[Record]:
    """One record for each folder of models that holds an implementation."""
    names = json.loads(content)
    version = packaged_version(names)
    folders = {PurePosixPath(name).parent for name in names if PurePosixPath(name).name.startswith("modeling_")}
    for folder in sorted(folders):
        if folder.name not in NOT_MODELS:
            yield {"version": version, "architecture": folder.name, "is_withdrawn": folder.parent.name == WITHDRAWN}


SOURCE = Source(
    name="transformers_architectures",
    title="Architectures of transformers",
    doc="Each model architecture that a release of Hugging Face's transformers implements.",
    homepage="https://github.com/huggingface/transformers",
    subject="adoption",
    origins=(
        PackageOrigin(
            package="transformers",
            member=("transformers/models/*/modeling_*.py", "transformers-*.dist-info/METADATA"),
            cut=cut,
            every="month",
            since="4.0.0",
            gather="names",
        ),
    ),
    licence=Licence(
        name="Apache-2.0",
        url="https://github.com/huggingface/transformers/blob/main/LICENSE",
        redistributable=True,
        attribution="transformers, Copyright 2018- The Hugging Face team (Apache-2.0)",
    ),
    cadence=timedelta(days=30),
    stale_after=timedelta(days=120),
    history="vintages",
    proved="captured",
    key=("architecture_tag", "is_withdrawn"),
    fields=(
        Field("package_version", "VARCHAR", "$.version", "release of the package", required=True),
        Field(
            "architecture_tag",
            "VARCHAR",
            "$.architecture",
            "folder of the implementation, such as llama or qwen2_moe",
            required=True,
        ),
        Field(
            "is_withdrawn",
            "BOOLEAN",
            "$.is_withdrawn",
            "whether it stands among the deprecated ones, no longer looked after",
            required=True,
        ),
    ),
    # Version 4.0 of 2020-11 has 39 folders with an implementation.
    bounds=Bounds(min_records=35, max_drop=0.1),
    warnings=(
        "Kept by month: the first release that has an architecture may be up to a month older than the one kept.",
        "Models of images, sound and tables are among them; a folder may serve several.",
        "Releases before 4.0 keep all models in one folder and are left out: what was there in 2020-11 may be older.",
    ),
    heavy=True,
)
