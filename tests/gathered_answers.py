"""Answers of sources that gather members of a package, made from their fixtures in the form a capture keeps."""

import io
import json
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.kernel.source import Origin

FIXTURES = Path(__file__).parent / "sources" / "fixtures"


def gathered(files: Mapping[str, bytes]) -> bytes:
    """The tar of members that a capture keeps."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def written(file: str, origin: Origin) -> bytes:
    """The fixture itself."""
    return (FIXTURES / file).read_bytes()


def folder(name: str, origin: Origin) -> bytes:
    """A folder of fixtures, each file under its path in the package."""
    root = FIXTURES / name
    return gathered({str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()})


def gguf_package(file: str, origin: Origin) -> bytes:
    fixture = json.loads(written(file, origin))
    names = fixture["architectures"]
    module = (
        "from enum import IntEnum, auto\n\n\nclass MODEL_ARCH(IntEnum):\n"
        + "".join(f"    {member} = auto()\n" for member in names)
        + "\n\nMODEL_ARCH_NAMES: dict[MODEL_ARCH, str] = {\n"
        + "".join(f'    MODEL_ARCH.{member}: "{name}",\n' for member, name in names.items())
        + "}\n"
    )
    about = f"Metadata-Version: 2.1\nName: gguf\nVersion: {fixture['version']}\n"
    return gathered(
        {
            "gguf/constants.py": module.encode(),
            f"gguf-{fixture['version']}.dist-info/METADATA": about.encode(),
        }
    )


GATHERED_ANSWERS: dict[str, tuple[Callable[[str, Origin], bytes], str]] = {
    "gguf_architectures": (gguf_package, "gguf_architectures.json"),
    "transformers_architectures": (written, "transformers_architectures.json"),
}
"""How the answer of each of these sources is made from its fixture."""
