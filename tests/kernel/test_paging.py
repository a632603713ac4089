"""The paginators on scripted pages, and once through the client: complete, lazy, and loud where they would not end."""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from misbehaving import Answer, Server

from pipeline.kernel.http import Client, HttpFault
from pipeline.kernel.paging import Page, PagingFault, follow_cursor, follow_links, follow_offset, set_query

Fetch = Callable[[str], Page[str]]
FIRST = "https://hub.example/api/models"


def scripted(pages: dict[str, str | None]) -> tuple[Fetch, list[str]]:
    """Pages by address with what each names as next; their content is the address."""
    asked: list[str] = []

    def fetch(url: str) -> Page[str]:
        asked.append(url)
        return Page(url, 1, pages[url])

    return fetch, asked


def numbered(total: int, parameter: str = "offset", start: int = 0, unit: int = 1) -> tuple[Fetch, list[str]]:
    """A table of `total` records of which a page shows `limit`, from (offset - start) * unit on."""
    asked: list[str] = []

    def fetch(url: str) -> Page[str]:
        asked.append(url)
        query = parse_qs(urlsplit(url).query)
        skipped = (int(query[parameter][0]) - start) * unit
        return Page(url, max(0, min(int(query["limit"][0]), total - skipped)))

    return fetch, asked


def counts(pages: Iterator[Page[str]]) -> list[int]:
    return [page.record_count for page in pages]


# --- links


def test_links_are_followed_verbatim_until_there_is_none() -> None:
    second = f"{FIRST}?limit=2&cursor=eyJf%3D%3D&full=true"
    fetch, asked = scripted({FIRST: second, second: None})
    assert [page.content for page in follow_links(fetch, FIRST, max_pages=2)] == asked == [FIRST, second]


@pytest.mark.parametrize(
    ("link", "expected"),
    [("?p=2", f"{FIRST}?p=2"), ("more/2", "https://hub.example/api/more/2"), ("/2", "https://hub.example/2")],
)
def test_relative_links_are_resolved(link: str, expected: str) -> None:
    fetch, asked = scripted({FIRST: link, expected: None})
    list(follow_links(fetch, FIRST, max_pages=9))
    assert asked == [FIRST, expected]


@pytest.mark.parametrize("back", ["?p=2", "?p=3", FIRST])
def test_links_in_a_circle_are_refused(back: str) -> None:
    fetch, asked = scripted({FIRST: "?p=2", f"{FIRST}?p=2": "?p=3", f"{FIRST}?p=3": back})
    with pytest.raises(PagingFault, match="expected a new next link after page 3"):
        list(follow_links(fetch, FIRST, max_pages=99))
    assert len(asked) == 3


@pytest.mark.parametrize("link", ["https://elsewhere.example/2", "http://hub.example/2", "https://hub.example:8443/2"])
def test_links_to_another_host_are_refused(link: str) -> None:
    fetch, asked = scripted({FIRST: link, link: None})
    with pytest.raises(PagingFault, match="same host after page 1"):
        list(follow_links(fetch, FIRST, max_pages=9))
    assert asked == [FIRST]


def test_links_through_the_client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server() as server, Client(requests_per_second=1000) as client:
        monkeypatch.setattr(client, "origin", server.url)
        here = "/hub.example/api/models"
        server.on(f"{here}?limit=2", Answer(b"[1, 2]", headers={"Link": f'<{FIRST}?limit=2&cursor=b>; rel="next"'}))
        server.on(f"{here}?limit=2&cursor=b", Answer(b"[3]"))

        def fetch(url: str) -> Page[list[int]]:
            fetched = client.get(url, into=tmp_path / "page")
            records = json.loads((tmp_path / "page").read_bytes())
            return Page(records, len(records), fetched.link_next)

        pages = list(follow_links(fetch, f"{FIRST}?limit=2", max_pages=5))
    assert [page.content for page in pages] == [[1, 2], [3]]


# --- cursors


@pytest.mark.parametrize("end", [None, ""])
def test_cursor_is_followed_to_its_end(end: str | None) -> None:
    second, third = f"{FIRST}?limit=5&after=a%2Fb%3D", f"{FIRST}?limit=5&after=c"
    fetch, asked = scripted({f"{FIRST}?limit=5": "a/b=", second: "c", third: end})
    assert len(list(follow_cursor(fetch, f"{FIRST}?limit=5", parameter="after", max_pages=3))) == 3
    assert asked == [f"{FIRST}?limit=5", second, third]


@pytest.mark.parametrize("script", [["a", "a"], ["a", "b", "a"]])
def test_repeated_cursor_is_refused(script: list[str]) -> None:
    marks = iter(script)
    pages = follow_cursor(lambda url: Page(url, 1, next(marks)), FIRST, max_pages=99)
    assert len(list(islice(pages, len(script)))) == len(script)
    with pytest.raises(PagingFault, match=f"expected a new cursor after page {len(script)}, found one that was there"):
        next(pages)


def test_single_page_has_no_cursor() -> None:
    fetch, asked = scripted({FIRST: None})
    assert counts(follow_cursor(fetch, FIRST, max_pages=1)) == [1]
    assert asked == [FIRST]


# --- offsets


@pytest.mark.parametrize(
    ("total", "expected"),
    [(25, [10, 10, 5]), (20, [10, 10, 0]), (9, [9]), (0, [0]), (10, [10, 0])],
)
def test_short_last_page_is_kept_and_an_empty_first_one_too(total: int, expected: list[int]) -> None:
    fetch, asked = numbered(total)
    assert counts(follow_offset(fetch, f"{FIRST}?q=a", page_size=10, max_pages=9)) == expected
    assert asked == [f"{FIRST}?q=a&offset={10 * n}&limit=10" for n in range(len(expected))]


def test_pages_may_be_numbered() -> None:
    fetch, asked = numbered(25, "page", start=1, unit=10)
    pages = follow_offset(fetch, FIRST, page_size=10, parameter="page", start=1, step=1, max_pages=9)
    assert counts(pages) == [10, 10, 5]
    assert asked[-1] == f"{FIRST}?page=3&limit=10"


def test_host_that_ignores_the_size_is_refused() -> None:
    with pytest.raises(PagingFault, match="expected at most 10 records, found 50"):
        list(follow_offset(lambda url: Page(url, 50), FIRST, page_size=10, max_pages=9))


# --- all


def endless_links(max_pages: int) -> Iterator[Page[str]]:
    return follow_links(lambda url: Page(url, 1, f"{url}/x"), FIRST, max_pages=max_pages)


def endless_cursors(max_pages: int) -> Iterator[Page[str]]:
    return follow_cursor(lambda url: Page(url, 1, f"{url[-9:]}x"), FIRST, max_pages=max_pages)


def endless_offsets(max_pages: int) -> Iterator[Page[str]]:
    return follow_offset(lambda url: Page(url, 10), FIRST, page_size=10, max_pages=max_pages)


STYLES = [endless_links, endless_cursors, endless_offsets]


@pytest.mark.parametrize("style", STYLES)
def test_too_many_pages_are_an_error_and_not_an_end(style: Callable[[int], Iterator[Page[str]]]) -> None:
    pages = style(3)
    assert len(list(islice(pages, 3))) == 3
    with pytest.raises(PagingFault, match="expected at most 3 pages, found a further one; raise max_pages"):
        next(pages)


@pytest.mark.parametrize("style", STYLES)
def test_pages_are_asked_for_one_by_one(style: Callable[[int], Iterator[Page[str]]]) -> None:
    pages = style(10**9)
    assert len({next(pages).content for _ in range(5)}) == 5


def test_paging_faults_are_http_faults_without_keys() -> None:
    fetch, _ = scripted({f"{FIRST}?api_key=abc": "?api_key=abc"})
    with pytest.raises(HttpFault) as caught:
        list(follow_links(fetch, f"{FIRST}?api_key=abc", max_pages=9))
    assert "abc" not in str(caught.value)


def test_query_is_set_without_touching_the_rest() -> None:
    assert set_query(f"{FIRST}?a=%7E&offset=5&b&c=1+2", {"offset": "10"}) == f"{FIRST}?a=%7E&b&c=1+2&offset=10"
    assert set_query(FIRST, {"page": "ü&"}) == f"{FIRST}?page=%C3%BC%26"
