"""Origins that answer in several parts: pages of each style, further addresses, keys from the environment."""

import json
from collections.abc import Iterator

import pytest
from misbehaving import Answer, Server

from pipeline.kernel.answers import KeyMissing, fetch
from pipeline.kernel.cutting import answers
from pipeline.kernel.http import Client
from pipeline.kernel.paging import PagingFault
from pipeline.kernel.source import CursorPaging, HttpOrigin, LinkPaging, OffsetPaging, PagePaging

ADDRESS = "https://example.org/models"


def nothing(content: bytes) -> Iterator[dict[str, object]]:
    yield from ()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as running:
        monkeypatch.setenv("AJAR_ORIGIN", running.url)
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(requests_per_second=1000, backoff_base=0.01) as opened:
        yield opened


def page(*records: int, link: str = "", **more: object) -> Answer:
    headers = {"Link": f'<{link}>; rel="next"'} if link else {}
    return Answer(body=json.dumps({"data": list(records), **more}).encode(), headers=headers)


def parts(content: bytes | None) -> list[list[int]]:
    assert content is not None
    return [json.loads(part)["data"] for part in answers(content)]


def test_links_are_followed_to_the_end(server: Server, client: Client) -> None:
    server.on("/example.org/models", page(1, 2, link="https://example.org/models?cursor=b"))
    server.on("/example.org/models?cursor=b", page(3))
    _, content = fetch(HttpOrigin(ADDRESS, nothing, paging=LinkPaging()), client)
    assert parts(content) == [[1, 2], [3]]


def test_cursors_are_followed_and_a_repeated_one_is_refused(server: Server, client: Client) -> None:
    server.on("/example.org/models", page(1, next_cursor="b"))
    server.on("/example.org/models?cursor=b", page(2, next_cursor=None))
    _, content = fetch(HttpOrigin(ADDRESS, nothing, paging=CursorPaging()), client)
    assert parts(content) == [[1], [2]]
    server.on("/example.org/models?cursor=b", page(2, next_cursor="b"))
    with pytest.raises(PagingFault, match="cursor"):
        fetch(HttpOrigin(ADDRESS, nothing, paging=CursorPaging()), client)


def test_offsets_keep_the_short_last_page(server: Server, client: Client) -> None:
    server.on("/example.org/models?offset=0&limit=2", page(1, 2))
    server.on("/example.org/models?offset=2&limit=2", page(3))
    _, content = fetch(HttpOrigin(ADDRESS, nothing, paging=OffsetPaging(limit=2)), client)
    assert parts(content) == [[1, 2], [3]]


def test_pages_are_numbered_from_their_start(server: Server, client: Client) -> None:
    server.on("/example.org/models?page=1&limit=2", page(1, 2))
    server.on("/example.org/models?page=2&limit=2", page())
    _, content = fetch(HttpOrigin(ADDRESS, nothing, paging=PagePaging(limit=2)), client)
    assert parts(content) == [[1, 2], []]


def test_a_page_that_does_not_name_its_records_is_a_fault(server: Server, client: Client) -> None:
    server.on("/example.org/models?offset=0&limit=2", Answer(body=b"<html>maintenance</html>"))
    with pytest.raises(PagingFault, match="names its records"):
        fetch(HttpOrigin(ADDRESS, nothing, paging=OffsetPaging(limit=2)), client)


def test_further_addresses_are_asked_in_order(server: Server, client: Client) -> None:
    server.on("/example.org/models", page(1))
    server.on("/example.org/models/a", page(2))
    server.on("/example.org/models/b", page(3))
    origin = HttpOrigin(ADDRESS, nothing, more=lambda first: [f"{ADDRESS}/a", f"{ADDRESS}/b"])
    answer, content = fetch(origin, client)
    assert parts(content) == [[1], [2], [3]]
    assert content is not None
    assert answer.byte_count == len(content)


def test_the_same_answers_give_the_same_bytes(server: Server, client: Client) -> None:
    server.on("/example.org/models", page(1, 2, link="https://example.org/models?cursor=b"))
    server.on("/example.org/models?cursor=b", page(3))
    origin = HttpOrigin(ADDRESS, nothing, paging=LinkPaging())
    assert fetch(origin, client)[0].sha256 == fetch(origin, client)[0].sha256


def test_a_key_comes_from_the_environment_or_the_origin_is_not_asked(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("/example.org/models", page(1))
    origin = HttpOrigin(ADDRESS, nothing, headers={"x-api-key": "$AJAR_TEST_KEY"}, requires="AJAR_TEST_KEY")
    monkeypatch.delenv("AJAR_TEST_KEY", raising=False)
    with pytest.raises(KeyMissing, match="AJAR_TEST_KEY"):
        fetch(origin, client)
    assert not server.seen("/example.org/models")
    monkeypatch.setenv("AJAR_TEST_KEY", "k-123")
    fetch(origin, client)
    assert server.seen("/example.org/models")[0].headers["x-api-key"] == "k-123"


def test_an_optional_key_that_is_not_set_is_left_out(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("/example.org/models", page(1))
    monkeypatch.delenv("AJAR_TEST_KEY", raising=False)
    fetch(HttpOrigin(ADDRESS, nothing, headers={"Authorization": "$AJAR_TEST_KEY"}), client)
    assert "Authorization" not in server.seen("/example.org/models")[0].headers


def test_a_single_answer_is_asked_for_conditionally(server: Server, client: Client) -> None:
    server.on("/example.org/models", Answer(body=b"{}", etag='"v1"'))
    origin = HttpOrigin(ADDRESS, nothing)
    answer, content = fetch(origin, client)
    assert content == b"{}"
    again, nothing_new = fetch(origin, client, etag=answer.etag or "")
    assert (again.status, nothing_new) == (304, None)
