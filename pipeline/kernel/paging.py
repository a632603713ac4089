"""Walks through paged answers of the three common styles, lazily; fetching is the caller's function."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import unquote_plus, urlencode, urljoin, urlsplit

from pipeline.kernel.http import HttpFault

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page: what the caller made of it, its number of records, and the next link or cursor it names."""

    content: T
    record_count: int
    next: str | None = None


class PagingFault(HttpFault):
    """The pages do not come to an end, or not in the announced size."""


def follow_links(fetch: Callable[[str], Page[T]], first_url: str, *, max_pages: int) -> Iterator[Page[T]]:
    """Pages whose `next` is an address, absolute or relative, until one has none.

    The address is followed verbatim, but only within the scheme and host of `first_url`, because the caller's key
    goes along. Raises PagingFault for an address elsewhere, for one that was there before, and when there are
    more than `max_pages` pages.
    """
    url, seen = first_url, {first_url}
    for number in range(1, max_pages + 1):
        page = fetch(url)
        yield page
        if not page.next:
            return
        previous, url = url, urljoin(url, page.next)
        if urlsplit(url)[:2] != urlsplit(first_url)[:2]:
            found = "{}://{}".format(*urlsplit(url)[:2])
            raise PagingFault(previous, f"a next link on the same host after page {number}", found, "ask the provider")
        _refuse_repetition(previous, url, seen, "next link", number)
    raise _too_many(first_url, max_pages)


def follow_cursor(
    fetch: Callable[[str], Page[T]], first_url: str, *, parameter: str = "cursor", max_pages: int
) -> Iterator[Page[T]]:
    """Pages whose `next` is the value of a query parameter of `first_url`, until one has none.

    Raises PagingFault for a cursor that was there before, and when there are more than `max_pages` pages.
    """
    url, seen = first_url, {""}
    for number in range(1, max_pages + 1):
        page = fetch(url)
        yield page
        if not page.next:
            return
        _refuse_repetition(url, page.next, seen, "cursor", number)
        url = set_query(first_url, {parameter: page.next})
    raise _too_many(first_url, max_pages)


def follow_offset(
    fetch: Callable[[str], Page[T]],
    first_url: str,
    *,
    page_size: int,
    parameter: str = "offset",
    size_parameter: str = "limit",
    start: int = 0,
    step: int | None = None,
    max_pages: int,
) -> Iterator[Page[T]]:
    """Pages by offset, up to and including the first with fewer than `page_size` records, be it empty.

    `page_size` has to be a size that the host grants: if it gives fewer than asked for, the first page looks like
    the last. With `parameter="page", start=1, step=1` the pages are numbered. Raises PagingFault for a page larger
    than asked for, and when there are more than `max_pages` pages.
    """
    step = page_size if step is None else step
    for index in range(max_pages):
        url = set_query(first_url, {parameter: str(start + index * step), size_parameter: str(page_size)})
        page = fetch(url)
        if page.record_count > page_size:
            found = f"{page.record_count}"
            raise PagingFault(url, f"at most {page_size} records", found, "check what the size parameter is called")
        yield page
        if page.record_count < page_size:
            return
    raise _too_many(first_url, max_pages)


def set_query(url: str, values: dict[str, str]) -> str:
    """The address with these query parameters set and all others as they were, byte for byte."""
    parts = urlsplit(url)
    kept = [pair for pair in parts.query.split("&") if pair and unquote_plus(pair.partition("=")[0]) not in values]
    return parts._replace(query="&".join([*kept, urlencode(values)])).geturl()


def _refuse_repetition(url: str, mark: str, seen: set[str], what: str, number: int) -> None:
    if mark in seen:
        raise PagingFault(url, f"a new {what} after page {number}", "one that was there before", "ask the provider")
    seen.add(mark)


def _too_many(url: str, max_pages: int) -> PagingFault:
    return PagingFault(url, f"at most {max_pages} pages", "a further one", "raise max_pages if the source has grown")
