"""Fetches the files of a Parquet origin to disk, going on with what an earlier run left; judging them is capture's."""

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.kernel.answers import KeyMissing, filled
from pipeline.kernel.http import Client, Fetched
from pipeline.kernel.paging import PagingFault
from pipeline.kernel.snapshot import file_sha256
from pipeline.kernel.source import ParquetOrigin

DEADLINE_SECONDS = 6 * 3600.0
"""Longest time one run spends on one file; the next goes on from there."""


@dataclass(frozen=True)
class Downloaded:
    """The files of one capture, in order, and what is known of them as a whole."""

    paths: tuple[Path, ...]
    content_type: str
    etag: str
    last_modified: str
    sha256: str
    byte_count: int


def download(
    origin: ParquetOrigin, client: Client, folder: Path, etag: str = "", last_modified: str = ""
) -> Downloaded | None:
    """Brings the origin's files into the folder; None when a conditional request says that nothing changed.

    Only origins of one file are asked conditionally. `sha256` is that of the file or, of several, of their hashes
    in order.
    """
    if origin.requires and not os.environ.get(origin.requires):
        raise KeyMissing(origin.url, f"a key in {origin.requires}", "none", f"set {origin.requires} to capture this")
    folder.mkdir(parents=True, exist_ok=True)
    if origin.more is None:
        answer = _get(origin, client, origin.url, folder / "000000.parquet", etag, last_modified)
        if answer.path is None:
            with suppress(OSError):
                folder.rmdir()
            return None
        answers = [answer]
    else:
        answers = [
            _get(origin, client, url, folder / f"{number:06d}.parquet")
            for number, url in enumerate(_named(origin, client, folder / "names"))
        ]
    paths = [answer.path for answer in answers if answer.path]
    for left in set(folder.iterdir()) - {*paths, *map(_note, paths)}:
        left.unlink()
    hashes = [answer.sha256 for answer in answers]
    return Downloaded(
        paths=tuple(paths),
        content_type=next((a.content_type for a in answers if "html" in a.content_type), answers[0].content_type),
        etag=(answers[0].etag or "") if origin.more is None else "",
        last_modified=(answers[0].last_modified or "") if origin.more is None else "",
        sha256=hashes[0] if origin.more is None else hashlib.sha256("".join(hashes).encode()).hexdigest(),
        byte_count=sum(answer.byte_count for answer in answers),
    )


def _named(origin: ParquetOrigin, client: Client, into: Path) -> Sequence[str]:
    assert origin.more is not None
    first = client.get(origin.url, into=into, accept=origin.accept, headers=_headers(origin, origin.url))
    assert first.path is not None
    content = first.path.read_bytes()
    first.path.unlink()
    expected = "an answer that names files"
    try:
        urls = origin.more(content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PagingFault(origin.url, expected, repr(error), "see whether the source has changed its shape") from error
    if not urls:
        raise PagingFault(origin.url, expected, "none", "see whether the source has changed its shape")
    return urls


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
