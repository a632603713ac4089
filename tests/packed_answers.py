"""Answers of the sources on openness, use, incidents and finance, made from their fixtures; expects nothing."""

import io
import json
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

from pipeline.kernel.source import Origin, Source

FIXTURES = Path(__file__).parent / "sources" / "fixtures"


def packed(members: Mapping[str, bytes], mode: Literal["w", "w:gz"]) -> bytes:
    """A tar of files by name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def whole(file: str, origin: Origin) -> bytes:
    """The fixture itself."""
    return (FIXTURES / file).read_bytes()


def several(file: str, origin: Origin) -> bytes:
    """The answers of a fixture that is a list of them, packed as a capture keeps them."""
    listed = json.loads(whole(file, origin))
    return packed({f"{number:06d}": json.dumps(answer).encode() for number, answer in enumerate(listed)}, "w")


def repository(folder: str, origin: Origin) -> bytes:
    """A folder of fixtures as GitHub packs a repository."""
    files = sorted(path for path in (FIXTURES / folder).rglob("*") if path.is_file())
    return packed({f"name-main/{path.relative_to(FIXTURES / folder)}": path.read_bytes() for path in files}, "w:gz")


def edition(folder: str, origin: Origin) -> bytes:
    """The fixture of the edition that the origin is named after."""
    return whole(f"{folder}/{origin.name.split()[-1]}.csv", origin)


PACKED_ANSWERS: dict[str, tuple[Callable[[str, Origin], bytes], str]] = {
    "ai_incidents": (whole, "ai_incidents.json"),
    "artificial_analysis": (several, "artificial_analysis.json"),
    "docker_pulls": (several, "docker_pulls.json"),
    "ecosystem_graphs": (whole, "ecosystem_graphs.csv"),
    "genai_prices": (whole, "genai_prices.json"),
    "github_repositories": (several, "github_repositories.json"),
    "llm_prices": (whole, "llm_prices.json"),
    "openness_fmti": (edition, "openness_fmti"),
    "openness_mot": (repository, "openness_mot"),
    "openness_osai": (repository, "openness_osai"),
    "package_downloads": (whole, "package_downloads.json"),
    "sec_companyfacts": (whole, "sec_companyfacts.json"),
    "wikimedia_pageviews": (whole, "wikimedia_pageviews.json"),
}
"""How the answer of each of these sources is made from its fixture."""


def answer(source: Source, origin: Origin) -> bytes:
    """What the origin would send."""
    make, file = PACKED_ANSWERS[source.name]
    return make(file, origin)
