"""Model architectures that llama.cpp's file format can name, release by release of its own Python package."""

import ast
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import assigned_literal, members, packaged_version
from pipeline.kernel.source import Bounds, Field, Licence, PackageOrigin, Record, Source

MODULES = ("gguf/constants.py", "gguf/gguf.py")
"""Where the list stands: before version 0.5 in the second."""


def cut(content: bytes) -> Iterator[Record]:
    """One record for each entry of the dict that names the architectures; the module is parsed, never run."""
    found = members(content)
    version = packaged_version(found)
    module = next((found[name] for name in MODULES if name in found), None)
    if module is None:
        raise ValueError(f"expected one of {', '.join(MODULES)}, found {', '.join(found)}")
    named = assigned_literal(module, "MODEL_ARCH_NAMES")
    for member, value in zip(named.keys, named.values, strict=True):
        if not isinstance(member, ast.Attribute) or not isinstance(value, ast.Constant):
            raise ValueError(f"expected a member of MODEL_ARCH and its name, found {ast.dump(value)[:100]}")
        yield {"version": version, "member": member.attr, "architecture": value.value}


SOURCE = Source(
    name="gguf_architectures",
    title="Architectures of GGUF",
    doc="Each model architecture that a release of llama.cpp's gguf package can name in a model file.",
    homepage="https://github.com/ggml-org/llama.cpp/tree/master/gguf-py",
    subject="adoption",
    origins=(
        PackageOrigin(
            package="gguf",
            member=(*MODULES, "*.dist-info/METADATA"),
            cut=cut,
            gather="files",
        ),
    ),
    licence=Licence(
        name="MIT",
        url="https://github.com/ggml-org/llama.cpp/blob/master/LICENSE",
        redistributable=True,
        attribution="llama.cpp, Copyright (c) 2023-2026 The ggml authors (MIT)",
    ),
    cadence=timedelta(days=14),
    # Releases of the package are up to eight months apart.
    stale_after=timedelta(days=365),
    history="vintages",
    proved="captured",
    key=("architecture_tag",),
    fields=(
        Field("package_version", "VARCHAR", "$.version", "release of the package", required=True),
        Field(
            "architecture_tag",
            "VARCHAR",
            "$.architecture",
            "name of the architecture as a model file writes it, such as llama or qwen2moe",
            required=True,
        ),
        Field(
            "member_tag", "VARCHAR", "$.member", "the same as a constant of the code, such as QWEN2MOE", required=True
        ),
    ),
    # The first release named eight architectures, and some can go when they are merged.
    bounds=Bounds(min_records=6, max_drop=0.1),
    warnings=(
        "A name is reserved for an architecture when llama.cpp learns to run it; the package is released months later, "
        "with none between 2025-06 and 2026-02: dates are upper bounds.",
        "clip, bert, t5encoder and the like are parts or embedders and no chat models.",
    ),
)
