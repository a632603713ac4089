"""Fetches all an HTTP origin gives: one answer, pages, or further addresses; judging it is capture's business."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

from pipeline.kernel.http import Client, Fetched, HttpFault
from pipeline.kernel.paging import Page, PagingFault, follow_cursor, follow_links, follow_offset
from pipeline.kernel.source import CursorPaging, HttpOrigin, LinkPaging, OffsetPaging, PagePaging


class KeyMissing(HttpFault):
    """The origin wants a key that the environment does not hold."""


def fetch(origin: HttpOrigin, client: Client, etag: str = "", last_modified: str = "") -> tuple[Fetched, bytes | None]:
    """What the origin gives now: the first answer's facts, and all bytes; None instead of bytes when nothing changed.

    Conditional requests are made only for origins of one answer, since a first page says nothing about the others.
    """
    if origin.requires and not os.environ.get(origin.requires):
        raise KeyMissing(origin.url, f"a key in {origin.requires}", "none", f"set {origin.requires} to capture this")
    with TemporaryDirectory(prefix="ajar-") as folder:
        if origin.paging is None and origin.more is None:
            answer = _get(origin, client, origin.url, Path(folder), etag, last_modified)
            return answer, answer.path.read_bytes() if answer.path else None
        first: Fetched | None = None
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for number, (answer, content) in enumerate(_answers(origin, client, Path(folder))):
                first = first or answer
                member = tarfile.TarInfo(f"{number:06d}")
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    assert first is not None
    whole = packed.getvalue()
    return replace(first, sha256=hashlib.sha256(whole).hexdigest(), byte_count=len(whole), etag=None), whole


def _answers(origin: HttpOrigin, client: Client, folder: Path) -> Iterator[tuple[Fetched, bytes]]:
    def whole(url: str) -> tuple[Fetched, bytes]:
        answer = _get(origin, client, url, folder)
        assert answer.path is not None
        return answer, answer.path.read_bytes()

    def page(url: str) -> Page[tuple[Fetched, bytes]]:
        answer, content = whole(url)
        paging = origin.paging
        if paging is None or isinstance(paging, LinkPaging):
            return Page((answer, content), 0, answer.link_next)
        try:
            listed = json.loads(content)
            if isinstance(paging, CursorPaging):
                return Page((answer, content), 0, listed.get(paging.cursor))
            return Page((answer, content), len(listed[paging.items]))
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise PagingFault(url, "a page of JSON that names its records", repr(error), "see the origin") from error

    for found in _pages(origin, page):
        yield found.content
        for url in _further(origin, found.content[1]):
            yield whole(url)


def _further(origin: HttpOrigin, content: bytes) -> Sequence[str]:
    if origin.more is None:
        return ()
    try:
        return origin.more(content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        expected = "an answer that names further addresses"
        raise PagingFault(origin.url, expected, repr(error), "see whether the source has changed its shape") from error


def filled(value: str) -> str:
    """A header value with `$NAME` taken from the environment; empty when a name is not set."""
    names = Template(value).get_identifiers()
    return Template(value).substitute(os.environ) if all(os.environ.get(name) for name in names) else ""


def _get(
    origin: HttpOrigin, client: Client, url: str, folder: Path, etag: str = "", last_modified: str = ""
) -> Fetched:
    named = {name: filled(value) for name, value in origin.headers.items()}
    return client.get(
        url, into=folder / "answer", accept=origin.accept, max_bytes=origin.max_bytes, etag=etag or None,
        last_modified=last_modified or None, headers={name: value for name, value in named.items() if value},
    )  # fmt: skip


def _pages(
    origin: HttpOrigin, page: Callable[[str], Page[tuple[Fetched, bytes]]]
) -> Iterator[Page[tuple[Fetched, bytes]]]:
    paging = origin.paging
    if isinstance(paging, LinkPaging):
        return follow_links(page, origin.url, max_pages=paging.max_pages)
    if isinstance(paging, CursorPaging):
        return follow_cursor(page, origin.url, parameter=paging.parameter, max_pages=paging.max_pages)
    if isinstance(paging, OffsetPaging):
        return follow_offset(
            page, origin.url, page_size=paging.limit, parameter=paging.parameter,
            size_parameter=paging.limit_parameter, max_pages=paging.max_pages,
        )  # fmt: skip
    if isinstance(paging, PagePaging):
        return follow_offset(
            page, origin.url, page_size=paging.limit, parameter=paging.parameter,
            size_parameter=paging.limit_parameter, start=paging.start, step=1, max_pages=paging.max_pages,
        )  # fmt: skip
    return iter([page(origin.url)])
