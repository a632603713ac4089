"""The only client of package indexes: lists releases, downloads one, reads members; never installs or runs it."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from pipeline.kernel.http import redact
from pipeline.kernel.source import Every, PackageOrigin

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
    others: tuple[str, ...] = ()
    """Hashes of this version's further wheels, for other machines: pip takes the one that fits this machine."""


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


def parse_index(page: bytes, package: str, *, prereleases: bool = False) -> list[Release]:
    """The wheels of an index answer (PEP 691 JSON with the upload times of PEP 700), oldest first.

    Yanked files are left out, pre-releases unless asked for, and backports: a release counts only if its version is
    higher than any uploaded before it, because a later upload of an older line holds older data. PackageFault when
    nothing is left.
    """
    name = canonicalize_name(package)
    try:
        found = [wheel for file in json.loads(page)["files"] if (wheel := _wheel(file, name, prereleases))]
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
        elif version == highest:
            kept[-1] = replace(kept[-1], others=(*kept[-1].others, sha256))
    return kept


def _wheel(file: dict[str, Any], package: str, prereleases: bool) -> tuple[str, Version, str] | None:
    """Upload time in UTC, version and sha256 of a listed file, if it counts."""
    if not file["filename"].endswith(".whl") or file.get("yanked"):
        return None
    try:
        name, version, _, _ = parse_wheel_filename(file["filename"])
    except (InvalidWheelFilename, InvalidVersion):
        return None
    uploaded, sha256 = file.get("upload-time"), file["hashes"].get("sha256")
    if name != package or not uploaded or not sha256 or (version.is_prerelease and not prereleases):
        return None
    moment = datetime.fromisoformat(uploaded)
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.replace(microsecond=0).isoformat(), version, sha256


def choose(origin: PackageOrigin, releases: list[Release], every: Every | None = None) -> list[Release]:
    """The releases an origin keeps, oldest first; `every` asks for another grain than it declares."""
    wanted = [r for r in releases if origin.since is None or Version(r.version) >= Version(origin.since)]
    match every or origin.every:
        case "newest":
            return wanted[-1:]
        case "month":
            return list({release.uploaded_at[:7]: release for release in wanted}.values())
        case "quarter":
            return list({_quarter(release.uploaded_at): release for release in wanted}.values())
        case "release":
            return wanted


def _quarter(moment: str) -> tuple[str, int]:
    return moment[:4], (int(moment[5:7]) - 1) // 3


def list_releases(package: str, fetch: Callable[[str, str], bytes], *, prereleases: bool = False) -> list[Release]:
    """Asks the index; `fetch(url, accept)` is the HTTP client's."""
    page = fetch(f"{index_url()}/{canonicalize_name(package)}/", JSON_INDEX)
    return parse_index(page, package, prereleases=prereleases)


def download(release: Release, origin: PackageOrigin) -> tuple[bytes, str]:
    """Downloads one wheel through pip, which verifies its hash; what the origin keeps of it, and its hash."""
    hashes = (release.sha256, *release.others)
    with tempfile.TemporaryDirectory(prefix="ajar-") as folder:
        requirement = Path(folder) / "requirement.txt"
        allowed = " ".join(f"--hash=sha256:{sha256}" for sha256 in hashes)
        requirement.write_text(f"{release.package}=={release.version} {allowed}\n")
        _pip(
            "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--ignore-requires-python",
            "--require-hashes", "--dest", folder, "--requirement", str(requirement),
        )  # fmt: skip
        wheels = list(Path(folder).glob("*.whl"))
        if len(wheels) != 1:
            raise PackageFault(f"{release.package}=={release.version}: expected one wheel, found {len(wheels)}")
        found = hashlib.sha256(wheels[0].read_bytes()).hexdigest()
        if found not in hashes:
            raise PackageFault(f"{wheels[0].name}: expected sha256 {' or '.join(hashes)}, found {found}; not used")
        return read(wheels[0], origin), found


def read(archive: Path, origin: PackageOrigin) -> bytes:
    """What an origin keeps of an archive; refuses archives with paths that lead outside, and more bytes than the cap.

    PackageFault when the archive is broken, lacks the member, or its bytes are not what `keep` looks for.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            names = _safe_names(archive, opened)
            if origin.gather is None:
                return _read_one(archive, opened, origin, names)
            chosen = sorted({n for n in names if any(fnmatchcase(n, pattern) for pattern in origin.members)})
            if not chosen:
                raise PackageFault(
                    f"{archive.name}: expected members like {' or '.join(origin.members)}, found none; "
                    "has the package moved them?"
                )
            if origin.gather == "names":
                return json.dumps(chosen, indent=0).encode()
            return _read_all(archive, opened, origin, chosen)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise PackageFault(f"{archive.name}: expected a wheel that can be read, found {error}") from error


def _safe_names(archive: Path, opened: zipfile.ZipFile) -> list[str]:
    for name in opened.namelist():
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or re.match(r"^[A-Za-z]:", name):
            raise PackageFault(f"{archive.name}: expected paths inside the archive, found {name!r}; not read")
    return opened.namelist()


def _read_one(archive: Path, opened: zipfile.ZipFile, origin: PackageOrigin, names: list[str]) -> bytes:
    for member in origin.members:
        if member in names:
            return _kept(archive, opened, origin, member, origin.max_bytes)
    expected = " or ".join(origin.members)
    raise PackageFault(f"{archive.name}: expected a member {expected}, found none; has the package moved it?")


def _read_all(archive: Path, opened: zipfile.ZipFile, origin: PackageOrigin, chosen: list[str]) -> bytes:
    packed = io.BytesIO()
    left = origin.max_bytes
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in chosen:
            content = _kept(archive, opened, origin, name, left)
            left -= len(content)
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def _kept(archive: Path, opened: zipfile.ZipFile, origin: PackageOrigin, member: str, max_bytes: int) -> bytes:
    with opened.open(member) as stream:
        content = stream.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise PackageFault(f"{archive.name}: expected {member} to hold at most {max_bytes} bytes, found more; not read")
    try:
        return origin.keep(content) if origin.keep else content
    except ValueError as error:
        raise PackageFault(f"{archive.name}: {member}: {error}") from error


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
