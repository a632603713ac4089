"""Fetches the files of a Parquet origin to disk, going on with what an earlier run left; judging them is capture's."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from pipeline.kernel.answers import KeyMissing, filled
from pipeline.kernel.http import Client, Fetched
from pipeline.kernel.paging import PagingFault
from pipeline.kernel.snapshot import file_sha256
from pipeline.kernel.source import ParquetOrigin

DEADLINE_SECONDS = 6 * 3600.0
"""Longest time one run spends on one file; the next goes on from there."""
FILE = "file.parquet"


def download(
    origin: ParquetOrigin, client: Client, folder: Path, url: str, etag: str = "", last_modified: str = ""
) -> Fetched:
    """Brings one file of the origin into the folder, alone; without a path when nothing changed."""
    _need_key(origin)
    folder.mkdir(parents=True, exist_ok=True)
    answer = _get(origin, client, url, folder / FILE, etag, last_modified)
    if answer.path is None:
        with suppress(OSError):
            folder.rmdir()
        return answer
    for left in set(folder.iterdir()) - {answer.path, _note(answer.path)}:
        left.unlink()
    return answer


def list_dated(origin: ParquetOrigin, client: Client) -> Sequence[tuple[str, str]]:
    """The periods that the origin names now, oldest first, each with the address of its file."""
    assert origin.dated is not None
    _need_key(origin)
    with TemporaryDirectory(prefix="ajar-") as folder:
        into = Path(folder) / "names"
        first = client.get(origin.url, into=into, accept=origin.accept, headers=_headers(origin, origin.url))
        assert first.path is not None
        content = first.path.read_bytes()
    expected = "an answer that names files"
    try:
        named = origin.dated(content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PagingFault(origin.url, expected, repr(error), "see whether the source has changed its shape") from error
    if not named:
        raise PagingFault(origin.url, expected, "none", "see whether the source has changed its shape")
    return named


def _need_key(origin: ParquetOrigin) -> None:
    if origin.requires and not os.environ.get(origin.requires):
        raise KeyMissing(origin.url, f"a key in {origin.requires}", "none", f"set {origin.requires} to capture this")


def _get(
    origin: ParquetOrigin, client: Client, url: str, into: Path, etag: str = "", last_modified: str = ""
) -> Fetched:
    """One file; one that an earlier run fetched to its end, and did not get to keep, is not fetched again."""
    finished = _finished(into)
    answer = client.get(
        url, into=into, accept=origin.accept, max_bytes=origin.max_bytes, etag=finished.get("etag", etag) or None,
        last_modified=finished.get("last_modified", last_modified) or None, headers=_headers(origin, url),
        resume=True, deadline_seconds=DEADLINE_SECONDS,
    )  # fmt: skip
    if answer.path is None and finished:
        answer = replace(answer, path=into, sha256=file_sha256(into), byte_count=into.stat().st_size)
    if answer.path is not None:
        validators = {"etag": answer.etag or "", "last_modified": answer.last_modified or ""}
        _note(into).write_text(json.dumps(validators))
    return answer


def _note(file: Path) -> Path:
    return file.with_name(f"{file.name}.json")


def _finished(file: Path) -> dict[str, str]:
    """The validators of a file that is here whole; empty when it is not, or they are not known."""
    try:
        validators = {name: str(value) for name, value in json.loads(_note(file).read_bytes()).items()}
    except (OSError, ValueError, AttributeError):
        return {}
    return validators if file.exists() and any(validators.values()) else {}


def _headers(origin: ParquetOrigin, url: str) -> dict[str, str]:
    """The origin's own headers, with their keys, for its own host only."""
    if urlsplit(url).netloc != urlsplit(origin.url).netloc:
        return {}
    named = {name: filled(value) for name, value in origin.headers.items()}
    return {name: value for name, value in named.items() if value}
