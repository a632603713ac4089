"""The HTTP client against a server that misbehaves: whole or a fault, polite, quick, silent on secrets."""

import gzip
import hashlib
import logging
import os
import socket
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from misbehaving import Answer, Server

from pipeline.kernel.http import (
    BadStatus,
    Client,
    Deferred,
    Fetched,
    HttpFault,
    TooLarge,
    Truncated,
    Unreachable,
    redact,
)

BODY = b'{"models": [' + b", ".join(b'{"id": %d}' % number for number in range(20_000)) + b"]}"
HIDDEN = "s3cr3t-of-the-test"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("AJAR_"):
            monkeypatch.delenv(name)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "answer.json"


def quick(**settings: Any) -> Client:
    return Client(**{"backoff_base": 0.01, "requests_per_second": 10_000, "timeout_read": 5, **settings})


def get(url: str, into: Path, client: Client | None = None, **arguments: Any) -> Fetched:
    with ExitStack() as stack:
        return (client or stack.enter_context(quick())).get(url, into=into, **arguments)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def http_date(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


# --- whole answers


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
@pytest.mark.parametrize("zipped", [True, False])
def test_body_is_written_whole_and_decoded(server: Server, into: Path, framing: str, zipped: bool) -> None:
    answer = Answer(BODY, gzip=zipped, framing=framing, headers={"Content-Type": "application/json"}, etag='"a1"')
    server.on("/x", answer)
    fetched = get(f"{server.url}/x", into, accept="application/json")
    assert into.read_bytes() == BODY
    assert fetched.sha256 == hashlib.sha256(BODY).hexdigest()
    assert (fetched.byte_count, fetched.status, fetched.path) == (len(BODY), 200, into)
    assert (fetched.content_type, fetched.etag, fetched.last_modified) == ("application/json", '"a1"', None)
    sent = server.requests[0].headers
    assert (sent["Accept"], sent["Accept-Encoding"]) == ("application/json", "gzip")
    assert list(into.parent.iterdir()) == [into]


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 3 * 65_536, 5_000_001])
def test_gzip_of_any_size_comes_out_whole(server: Server, into: Path, size: int) -> None:
    server.on("/x", Answer(bytes(size), gzip=True))
    assert get(f"{server.url}/x", into).byte_count == size
    assert into.read_bytes() == bytes(size)


def test_gzip_of_several_members_is_one_body(server: Server, into: Path) -> None:
    members = gzip.compress(BODY) + gzip.compress(b"tail")
    server.on("/x", Answer(members, headers={"Content-Encoding": "gzip"}))
    get(f"{server.url}/x", into)
    assert into.read_bytes() == BODY + b"tail"


def test_published_gzip_file_is_kept_as_it_is(server: Server, into: Path) -> None:
    packed = gzip.compress(BODY)
    server.on("/x.gz", Answer(packed, headers={"Content-Type": "application/gzip"}))
    get(f"{server.url}/x.gz", into)
    assert into.read_bytes() == packed


def test_empty_body_and_html_are_reported_for_the_judge(server: Server, into: Path) -> None:
    server.on("/empty", Answer(b""))
    server.on("/zipped-nothing", Answer(b"", headers={"Content-Encoding": "gzip"}))
    server.on("/html", Answer(b"<html>sorry</html>", headers={"Content-Type": "text/html; charset=utf-8"}))
    assert get(f"{server.url}/empty", into).byte_count == 0
    assert get(f"{server.url}/zipped-nothing", into).byte_count == 0
    assert into.read_bytes() == b""
    assert get(f"{server.url}/html", into).content_type == "text/html; charset=utf-8"


def test_parameters_folders_and_headers(server: Server, tmp_path: Path) -> None:
    server.on("/x", Answer(b"1", headers={"RateLimit": '"api";r=9;t=1', "Set-Cookie": "id=1", "Link": "<a>"}))
    into = tmp_path / "deep" / "er" / "x"
    fetched = get(f"{server.url}/x?a=1", into, params={"b": "ü &", "limit": 5}, headers={"X-Own": "yes"})
    assert server.requests[0].target == "/x?a=1&b=%C3%BC+%26&limit=5"
    assert server.requests[0].headers["X-Own"] == "yes"
    assert fetched.headers["ratelimit"] == '"api";r=9;t=1'
    assert set(fetched.headers) == {"ratelimit", "date"}


def test_user_agent_names_the_project_and_a_contact(
    server: Server, into: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.on("/x", Answer(b"1"))
    get(f"{server.url}/x", into)
    monkeypatch.setenv("AJAR_CONTACT", "ops@example.org")
    get(f"{server.url}/x", into)
    get(f"{server.url}/x", into, quick(contact="me@example.org"))
    agents = [request.headers["User-Agent"] for request in server.requests]
    assert all(agent.startswith("ajar/") for agent in agents)
    assert "@" not in agents[0]
    assert agents[1].endswith("ops@example.org)")
    assert agents[2].endswith("me@example.org)")


def test_nothing_is_remembered_or_looked_up_for_logins(
    server: Server, into: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login me password {HIDDEN}\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.on("/x", Answer(b"1", headers={"Set-Cookie": "id=1; Path=/"}))
    with quick() as client:
        get(f"{server.url}/x", into, client)
        get(f"{server.url}/x", into, client)
    assert len(server.requests) == 2
    assert not any("Authorization" in seen.headers or "Cookie" in seen.headers for seen in server.requests)


def test_login_in_the_address_is_sent_as_a_header_only(server: Server, into: Path) -> None:
    server.on("/x", Answer(b"1"))
    fetched = get(f"http://me:{HIDDEN}%21@127.0.0.1:{server.port}/x", into)
    assert server.requests[0].headers["Authorization"] == "Basic bWU6czNjcjN0LW9mLXRoZS10ZXN0IQ=="
    assert fetched.url == f"{server.url}/x"


@pytest.mark.parametrize("validator", ["etag", "last_modified"])
def test_unchanged_answer_costs_no_body(server: Server, into: Path, validator: str) -> None:
    mark = {"etag": 'W/"7f"', "last_modified": "Wed, 18 Nov 2026 08:00:00 GMT"}[validator]
    server.on("/x", Answer(BODY, **{validator: mark}))
    first = get(f"{server.url}/x", into)
    assert getattr(first, validator) == mark
    into.unlink()
    second = get(f"{server.url}/x", into, **{validator: mark})
    assert (second.status, second.path, second.byte_count, second.sha256) == (304, None, 0, "")
    assert getattr(second, validator) == mark
    assert not into.exists()
    assert get(f"{server.url}/x", into, **{validator: "another"}).byte_count == len(BODY)


def test_304_that_was_not_asked_for_is_a_fault(server: Server, into: Path) -> None:
    server.on("/x", Answer(status=304))
    with pytest.raises(BadStatus, match="expected status 200, found 304"):
        get(f"{server.url}/x", into)


# --- broken bodies

BROKEN = {
    "gzip without a byte": Answer(BODY, gzip=True, gzip_keep=0, framing="chunked"),
    "gzip cut in its header": Answer(BODY, gzip=True, gzip_keep=5),
    "gzip cut in the middle": Answer(BODY, gzip=True, gzip_keep=20_000),
    "gzip cut in the middle, chunked": Answer(BODY, gzip=True, gzip_keep=20_000, framing="chunked"),
    "gzip cut in its check sum": Answer(BODY, gzip=True, gzip_keep=-1),
    "gzip that is none": Answer(BODY, headers={"Content-Encoding": "gzip"}),
    "gzip with a wrong check sum": Answer(gzip.compress(BODY)[:-8] + b"12345678", headers={"Content-Encoding": "gzip"}),
    "short body": Answer(BODY, keep=100_000),
    "short body, nothing at all": Answer(BODY, keep=0),
    "short gzip": Answer(BODY, gzip=True, keep=20_000),
    "cut chunk": Answer(BODY, framing="chunked", keep=100_000),
    "chunks without an end": Answer(BODY, framing="chunked", keep=-5),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
def test_broken_body_is_found_out_and_asked_for_again(server: Server, into: Path, answer: Answer) -> None:
    server.on("/x", answer, answer, Answer(BODY, gzip=True))
    get(f"{server.url}/x", into)
    assert into.read_bytes() == BODY
    assert len(server.requests) == 3


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
def test_body_that_stays_broken_leaves_the_file_alone(server: Server, into: Path, answer: Answer) -> None:
    into.write_text("the last good one")
    server.on("/x", answer)
    with pytest.raises(Truncated, match=r"expected a whole body.* found .*try later") as caught:
        get(f"{server.url}/x", into, quick(max_tries=2))
    assert caught.value.__notes__ == ["tries: 2"]
    assert into.read_text() == "the last good one"
    assert list(into.parent.iterdir()) == [into]


def test_truncation_says_how_much_was_announced_and_how_much_came(server: Server, into: Path) -> None:
    server.on("/x", Answer(BODY, keep=100_000))
    with pytest.raises(Truncated, match=f"whole body of {len(BODY)} bytes, found .* after 100000 bytes"):
        get(f"{server.url}/x", into, quick(max_tries=1))


def test_slow_drip_ends_at_the_deadline(server: Server, into: Path) -> None:
    for framing in ("length", "chunked"):
        server.on("/x", Answer(BODY[:100], framing=framing, drip=0.05, piece=1))
        started = time.monotonic()
        with pytest.raises(Truncated, match="before the deadline"):
            get(f"{server.url}/x", into, quick(deadline_seconds=0.4))
        assert 0.3 < time.monotonic() - started < 1.2
    assert len(server.requests) == 2


def test_drip_within_the_deadline_is_accepted(server: Server, into: Path) -> None:
    server.on("/x", Answer(b"0123456789", drip=0.03, piece=1))
    assert get(f"{server.url}/x", into).byte_count == 10


def test_encoding_that_was_not_asked_for_is_a_fault(server: Server, into: Path) -> None:
    server.on("/x", Answer(b"zz", headers={"Content-Encoding": "br"}))
    with pytest.raises(HttpFault, match="expected gzip or no encoding, found Content-Encoding br"):
        get(f"{server.url}/x", into)
    assert len(server.requests) == 1


# --- size cap


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
@pytest.mark.parametrize("zipped", [True, False])
def test_cap_is_on_decoded_bytes(server: Server, into: Path, framing: str, zipped: bool) -> None:
    server.on("/x", Answer(BODY, gzip=zipped, framing=framing))
    assert get(f"{server.url}/x", into, max_bytes=len(BODY)).byte_count == len(BODY)
    into.write_text("the last good one")
    with pytest.raises(TooLarge, match=f"expected at most {len(BODY) - 1} bytes"):
        get(f"{server.url}/x", into, max_bytes=len(BODY) - 1)
    assert into.read_text() == "the last good one"
    assert len(server.requests) == 2


def test_announced_excess_is_refused_before_the_body(server: Server, into: Path) -> None:
    server.on("/x", Answer(b"xx", headers={"Content-Length": "9000000000"}, drip=1, piece=1))
    started = time.monotonic()
    with pytest.raises(TooLarge, match="Content-Length 9000000000"):
        get(f"{server.url}/x", into)
    assert time.monotonic() - started < 1


def test_gzip_bomb_stops_at_the_cap(server: Server, into: Path) -> None:
    server.on("/x", Answer(bytes(50_000_000), gzip=True))
    with pytest.raises(TooLarge, match="expected at most 1000000 bytes, found more"):
        get(f"{server.url}/x", into, max_bytes=1_000_000)
    assert not list(into.parent.iterdir())


# --- refusals and pauses


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_passing_trouble_is_tried_again(server: Server, into: Path, status: int) -> None:
    server.on("/x", Answer(status=status), Answer(status=status, headers={"Retry-After": "soon"}), Answer(b"ok"))
    assert get(f"{server.url}/x", into).byte_count == 2
    assert len(server.requests) == 3


def test_lasting_trouble_ends_after_max_tries(server: Server, into: Path) -> None:
    server.on("/x", Answer(status=503))
    with pytest.raises(BadStatus, match="expected status 200, found 503; try later") as caught:
        get(f"{server.url}/x", into, quick(max_tries=3))
    assert (caught.value.status, len(server.requests)) == (503, 3)


@pytest.mark.parametrize("status", [204, 206, 400, 401, 403, 404, 410, 501])
def test_lasting_refusal_is_not_tried_again(server: Server, into: Path, status: int) -> None:
    server.on("/x", Answer(status=status))
    with pytest.raises(BadStatus, match=f"found {status}; check the address"):
        get(f"{server.url}/x", into)
    assert len(server.requests) == 1


def test_backoff_grows(server: Server, into: Path) -> None:
    server.on("/x", Answer(status=500))
    with pytest.raises(BadStatus):
        get(f"{server.url}/x", into, quick(backoff_base=0.1, max_tries=4))
    times = [request.at for request in server.requests]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert all(gap >= 0.05 * 2**index for index, gap in enumerate(gaps))
    assert gaps[2] > gaps[0]


def test_backoff_stays_within_the_deadline(server: Server, into: Path) -> None:
    server.on("/x", Answer(status=500))
    started = time.monotonic()
    with pytest.raises(BadStatus, match="found 500"):
        get(f"{server.url}/x", into, quick(backoff_base=2, deadline_seconds=0.5))
    assert time.monotonic() - started < 0.5


def test_retry_after_in_seconds_is_kept(server: Server, into: Path) -> None:
    server.on("/x", Answer(status=429, headers={"Retry-After": "1"}), Answer(b"ok"))
    get(f"{server.url}/x", into)
    assert 0.95 < server.requests[1].at - server.requests[0].at < 2


def test_retry_after_as_a_date_is_kept(server: Server, into: Path) -> None:
    server.on("/x", Answer(status=503, headers={"Retry-After": http_date(2)}), Answer(b"ok"))
    get(f"{server.url}/x", into)
    assert 0.9 < server.requests[1].at - server.requests[0].at < 3


def test_retry_after_in_the_past_does_not_wait(server: Server, into: Path) -> None:
    server.on("/x", Answer(status=503, headers={"Retry-After": http_date(-3600)}), Answer(b"ok"))
    get(f"{server.url}/x", into)
    assert server.requests[1].at - server.requests[0].at < 0.5


@pytest.mark.parametrize("value", ["86400", "a date", "9" * 400], ids=["seconds", "date", "absurd"])
def test_long_pause_is_deferred_and_kept_for_the_host(server: Server, into: Path, value: str) -> None:
    asked = http_date(86400) if value == "a date" else value
    server.on("/x", Answer(status=429, headers={"Retry-After": asked}))
    server.on("/y", Answer(b"ok"))
    with quick() as client:
        with pytest.raises(
            Deferred, match=r"a pause of at most 60 s, found .* s asked for; capture again after"
        ) as first:
            get(f"{server.url}/x", into, client)
        with pytest.raises(Deferred):
            get(f"{server.url}/y", into, client)
    assert len(server.requests) == 1
    assert first.value.until - datetime.now(UTC) > timedelta(hours=23, minutes=59)
    if len(value) < 100:
        assert first.value.until - datetime.now(UTC) < timedelta(hours=24, seconds=5)


def test_long_pause_is_deferred_on_the_last_try_too(server: Server, into: Path) -> None:
    server.on("/x", Answer(status=503), Answer(status=503, headers={"Retry-After": "86400"}))
    with pytest.raises(Deferred):
        get(f"{server.url}/x", into, quick(max_tries=2))


def test_pause_of_one_host_is_not_another_hosts(server: Server, into: Path) -> None:
    server.on("/x", Answer(status=429, headers={"Retry-After": "86400"}))
    with Server() as other, quick() as client:
        other.on("/x", Answer(b"ok"))
        with pytest.raises(Deferred):
            get(f"{server.url}/x", into, client)
        assert get(f"{other.url}/x", into, client).byte_count == 2


def test_pause_longer_than_the_deadline_is_deferred(server: Server, into: Path) -> None:
    server.on("/x", Answer(status=503, headers={"Retry-After": "30"}))
    started = time.monotonic()
    with pytest.raises(Deferred):
        get(f"{server.url}/x", into, quick(deadline_seconds=2))
    assert time.monotonic() - started < 1


def test_exhausted_rate_limit_is_waited_for(server: Server, into: Path) -> None:
    server.on("/x", Answer(b"ok", headers={"RateLimit": '"day";r=5000;t=900, "api";r=0;t=1'}), Answer(b"ok"))
    with quick() as client:
        for _ in range(3):
            get(f"{server.url}/x", into, client)
    first, second, third = (request.at for request in server.requests)
    assert 0.95 < second - first < 2
    assert third - second < 0.5


def test_long_exhaustion_is_deferred_after_the_answer(server: Server, into: Path) -> None:
    server.on("/x", Answer(b"ok", headers={"RateLimit": '"api";t=500;r=0'}))
    with quick() as client:
        assert get(f"{server.url}/x", into, client).byte_count == 2
        with pytest.raises(Deferred):
            get(f"{server.url}/x", into, client)
    assert len(server.requests) == 1


def test_requests_to_a_host_keep_their_distance(server: Server, tmp_path: Path) -> None:
    server.on("/x", Answer(b"ok"))
    name = f"127.0.0.1:{server.port}"
    with quick(requests_per_second=0.001, host_rates={name: 20}) as client, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: get(f"{server.url}/x", tmp_path / str(n), client), range(6)))
    times = sorted(request.at for request in server.requests)
    assert times[-1] - times[0] > 0.24
    assert min(later - earlier for earlier, later in pairwise(times)) > 0.03


def test_default_rate_applies_to_hosts_without_their_own(server: Server, into: Path) -> None:
    server.on("/x", Answer(b"ok"))
    with quick(requests_per_second=10, host_rates={"elsewhere.example": 10_000}) as client:
        for _ in range(3):
            get(f"{server.url}/x", into, client)
    assert server.requests[2].at - server.requests[0].at > 0.1


# --- hosts that do not answer


def test_refused_host_is_asked_once(into: Path) -> None:
    port = free_port()
    with quick(backoff_base=5) as client:
        started = time.monotonic()
        with pytest.raises(Unreachable, match="expected an answer, found NewConnectionError; check network"):
            get(f"http://127.0.0.1:{port}/x", into, client)
        assert time.monotonic() - started < 1
        with Server(port) as server:
            server.on("/x", Answer(b"ok"))
            with pytest.raises(Unreachable, match="not asked again in this run"):
                get(f"{server.url}/x", into, client)
            assert server.requests == []
            assert get(f"{server.url}/x", into).byte_count == 2


def test_connect_timeout_is_waited_for_once(tmp_path: Path) -> None:
    with ExitStack() as stack:
        full = stack.enter_context(socket.socket())
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/x"
        client = stack.enter_context(quick(timeout_connect=0.3, backoff_base=5))
        started = time.monotonic()
        for _ in range(3):
            with pytest.raises(Unreachable, match="ConnectTimeout"):
                get(url, tmp_path / "x", client)
        assert 0.25 < time.monotonic() - started < 0.6


def test_threads_learn_of_a_dead_host_from_one_request(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", server.url)
    server.on("CONNECT", Answer(status=403, silence=0.3))

    def ask(number: int) -> str:
        with pytest.raises(Unreachable) as caught:
            get(f"https://closed.example/{number}", tmp_path / str(number), client)
        return str(caught.value)

    with quick() as client, ThreadPoolExecutor(8) as pool:
        started = time.monotonic()
        messages = list(pool.map(ask, range(8)))
    assert time.monotonic() - started < 0.9
    assert [(request.method, request.target) for request in server.requests] == [("CONNECT", "closed.example:443")]
    assert all("found ProxyError" in message for message in messages)


def test_tls_trouble_counts_as_unreachable(server: Server, into: Path) -> None:
    with quick(backoff_base=5) as client:
        started = time.monotonic()
        for _ in range(2):
            with pytest.raises(Unreachable, match=r"found SSLError; .*certificates; this host is not asked again"):
                get(f"https://127.0.0.1:{server.port}/x", into, client)
    assert time.monotonic() - started < 1


def test_silent_server_that_recovers(server: Server, into: Path) -> None:
    server.on("/x", Answer(b"late", silence=3), Answer(b"ok"))
    assert get(f"{server.url}/x", into, quick(timeout_read=0.2)).byte_count == 2
    assert len(server.requests) == 2


def test_server_that_falls_silent_within_the_body_and_recovers(server: Server, into: Path) -> None:
    server.on("/x", Answer(b"0123456789", drip=3, piece=5), Answer(b"ok"))
    assert get(f"{server.url}/x", into, quick(timeout_read=0.2)).byte_count == 2
    assert len(server.requests) == 2


def test_server_that_never_answers_is_given_up(server: Server, into: Path) -> None:
    server.on("/x", Answer(silence=3))
    with quick(timeout_read=0.1, max_tries=3) as client:
        for _ in range(2):
            with pytest.raises(Unreachable, match=r"ReadTimeout; .*not asked again in this run"):
                get(f"{server.url}/x", into, client)
    assert len(server.requests) == 3


def test_dropped_connection_is_tried_again(server: Server, into: Path) -> None:
    server.on("/x", Answer(drop=True), Answer(b"ok"), Answer(drop=True), Answer(b"ok"))
    with quick() as client:
        for _ in range(2):
            assert get(f"{server.url}/x", into, client).byte_count == 2
    assert len(server.requests) == 4


def test_host_that_answered_once_is_not_given_up_for_good(into: Path) -> None:
    with quick(max_tries=2) as client:
        with Server() as server:
            server.on("/x", Answer(b"ok", headers={"Connection": "close"}))
            get(f"{server.url}/x", into, client)
        with pytest.raises(Unreachable) as caught:
            get(f"{server.url}/x", into, client)
        assert "not asked again" not in str(caught.value)
        assert caught.value.__notes__ == ["tries: 2"]
        with Server(server.port) as revived:
            revived.on("/x", Answer(b"again"))
            assert get(f"{revived.url}/x", into, client).byte_count == 5


def test_one_client_serves_many_threads(server: Server, tmp_path: Path) -> None:
    bodies = {n: (b"%d," % n) * 20_000 for n in range(24)}
    for n, body in bodies.items():
        server.on(f"/{n}", Answer(body, gzip=n % 2 == 0), Answer(body))
    with quick() as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: get(f"{server.url}/{n}", tmp_path / str(n), client), bodies))
    assert {n: (tmp_path / str(n)).read_bytes() for n in bodies} == bodies


def test_connections_are_used_again(server: Server, into: Path) -> None:
    server.on("/x", Answer(BODY), Answer(BODY, gzip=True), Answer(BODY, framing="chunked"))
    with quick() as client:
        for _ in range(5):
            get(f"{server.url}/x", into, client)
    assert len({request.port for request in server.requests}) == 1


# --- redirects, links and the origin


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_is_followed(server: Server, into: Path, status: int) -> None:
    server.on("/a/x", Answer(status=status, headers={"Location": "../b/y?z=1"}))
    server.on("/b/y?z=1", Answer(b"ok", headers={"Link": '<?z=2>; rel="next"'}))
    fetched = get(f"{server.url}/a/x", into)
    assert fetched.byte_count == 2
    assert fetched.link_next == f"{server.url}/b/y?z=2"


def test_five_redirects_are_followed_and_six_are_not(server: Server, into: Path) -> None:
    for n in range(6):
        server.on(f"/{n}", Answer(status=302, headers={"Location": f"/{n + 1}"}))
    server.on("/6", Answer(b"ok"))
    assert get(f"{server.url}/1", into).byte_count == 2
    with pytest.raises(BadStatus, match="found 302 after 5 redirects"):
        get(f"{server.url}/0", into)


def test_redirect_without_a_target_is_a_fault(server: Server, into: Path) -> None:
    server.on("/x", Answer(status=302))
    with pytest.raises(BadStatus, match="found 302"):
        get(f"{server.url}/x", into)


@pytest.mark.parametrize("target", ["file:///etc/hosts", "ftp://127.0.0.1/x", "http://[broken", "http://a@b/"])
def test_redirect_to_another_scheme_is_a_fault(server: Server, into: Path, target: str) -> None:
    server.on("/x", Answer(status=302, headers={"Location": target}))
    with pytest.raises(HttpFault, match="expected http"):
        get(f"{server.url}/x", into)
    assert not into.exists()


def test_keys_stay_with_their_host(server: Server, into: Path) -> None:
    with Server() as other:
        server.on("/near", Answer(status=302, headers={"Location": "/far"}))
        server.on("/far", Answer(status=302, headers={"Location": f"{other.url}/back"}))
        other.on("/back", Answer(status=302, headers={"Location": f"{server.url}/end"}))
        server.on("/end", Answer(b"ok"))
        keys = {"Authorization": f"Bearer {HIDDEN}", "X-Api-Key": HIDDEN}
        get(f"{server.url}/near", into, headers=keys, accept="text/csv")
        near, far, end = server.requests
        (back,) = other.requests
    for seen, expected in ((near, True), (far, True), (back, False), (end, False)):
        assert {name: seen.headers.get(name) for name in keys} == (keys if expected else dict.fromkeys(keys))
        assert seen.headers["Accept"] == "text/csv"


def test_origin_stands_in_for_every_host(server: Server, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AJAR_ORIGIN", f"{server.url}/")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    server.on("/models.example/api.json", Answer(status=302, headers={"Location": "https://cdn.example/v2"}))
    server.on(
        "/cdn.example/v2", Answer(b"1", headers={"Link": '<https://cdn.example/v2?cursor=b%3D%3D&n=1>; rel="next"'})
    )
    server.on("/bare.example/", Answer(b"1"))
    first = get("https://models.example/api.json?x=1", into)
    assert first.link_next == "https://cdn.example/v2?cursor=b%3D%3D&n=1"
    get(first.link_next, into)
    get("https://bare.example", into)
    get(f"{server.url}/bare.example/", into)
    assert [request.target for request in server.requests] == [
        "/models.example/api.json?x=1",
        "/cdn.example/v2",
        "/cdn.example/v2?cursor=b%3D%3D&n=1",
        "/bare.example/",
        "/bare.example/",
    ]


@pytest.mark.parametrize("target", ["http://models.example/x?token=", "http://127.0.0.1/x?token="])
def test_https_does_not_fall_back_to_http(
    server: Server, into: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.setenv("AJAR_ORIGIN", server.url)
    server.on("/models.example/x", Answer(status=302, headers={"Location": target + HIDDEN}), Answer(b"ok"))
    with pytest.raises(BadStatus, match="not followed from https to http") as caught:
        get("https://models.example/x", into)
    assert f"302 to {target}***" in str(caught.value)
    assert len(server.requests) == 1


def test_origin_itself_may_be_a_target(server: Server, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AJAR_ORIGIN", server.url)
    server.on("/models.example/x", Answer(status=302, headers={"Location": f"{server.url}/models.example/y"}))
    server.on("/models.example/y", Answer(b"ok"))
    assert get("https://models.example/x", into).byte_count == 2


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("", None),
        ('</x?p=2>; rel="next"', "/x?p=2"),
        ("<?p=2>; rel=next", "/x?p=2"),
        ('</first>; rel="first", </x?p=2>; rel="prev next"', "/x?p=2"),
        ('</x?p=0>; rel="prev"', None),
        ('</x;v=1?a=1,2>; title="a=b, c; d"; REL="Next"', "/x;v=1?a=1,2"),
        ('</nextdoor>; rel="nextdoor"', None),
        ("broken; rel=next", None),
    ],
)
def test_next_link(server: Server, into: Path, link: str, expected: str | None) -> None:
    server.on("/x", Answer(b"1", headers={"Link": link}))
    assert get(f"{server.url}/x", into).link_next == (expected and server.url + expected)


@pytest.mark.parametrize(
    "url", ["x", "file:///etc/hosts", "http://", "http://[broken/", "http://h:99999/", "http://a..b/"]
)
def test_address_that_is_none(into: Path, url: str) -> None:
    with pytest.raises(HttpFault, match=r"correct the address|check the address"):
        get(url, into)


def test_answer_that_is_no_http(server: Server, into: Path) -> None:
    server.on("/x", Answer(raw=b"SSH-2.0-OpenSSH\r\n\r\n"), Answer(b"ok"))
    assert get(f"{server.url}/x", into).byte_count == 2


# --- secrets


def test_redaction() -> None:
    kept = "https://huggingface.example/api/models?author=google&sort=downloads&limit=100#top"
    assert redact(kept) == kept
    assert redact("https://me:pa:ss@h.example/p@q?x=1") == "https://h.example/p@q?x=1"
    assert redact("/v1?api_key=a&x=1&apikey=b&access%5Ftoken=c&X-Amz-Signature=d;sig=e#token=f") == (
        "/v1?api_key=***&x=1&apikey=***&access%5Ftoken=***&X-Amz-Signature=***;sig=***#token=***"
    )
    assert redact("/p/hf_abcdefghijkl/x and ?q=sk-abcdefghijkl") == "/p/***/x and ?q=***"


FAULTS = {
    "not found": Answer(status=404),
    "unavailable": Answer(status=503),
    "deferred": Answer(status=429, headers={"Retry-After": "86400"}),
    "truncated": Answer(BODY, keep=10),
    "truncated gzip": Answer(BODY, gzip=True, gzip_keep=10),
    "too large": Answer(b"x" * 2000),
    "encoding": Answer(b"x", headers={"Content-Encoding": "br"}),
    "redirect to no host": Answer(status=302, headers={"Location": f"file:///x?token={HIDDEN}"}),
    "redirects": Answer(status=302, headers={"Location": f"?token={HIDDEN}"}),
    "redirect with a login": Answer(status=302, headers={"Location": f"http://me:{HIDDEN}@127.0.0.1/"}),
    "silence": Answer(silence=2),
    "drip": Answer(BODY, drip=0.1, piece=1),
    "reset": Answer(drop=True),
    "no http": Answer(raw=b"\r\n\r\n"),
    "odd length": Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nxx"),
    "odd header": Answer(raw=b"HTTP/1.1 404 OK\r\nno colon here\r\nContent-Length: 0\r\n\r\n"),
    "refused": None,
}


@pytest.mark.parametrize("answer", FAULTS.values(), ids=FAULTS.keys())
def test_no_secret_in_errors_or_logs(
    server: Server, into: Path, caplog: pytest.LogCaptureFixture, answer: Answer | None
) -> None:
    caplog.set_level(logging.DEBUG)
    port = server.port if answer else free_port()
    server.on("/x", answer or Answer())
    with (
        quick(max_tries=2, timeout_read=0.1, deadline_seconds=0.5) as client,
        pytest.raises(HttpFault) as caught,
    ):
        client.get(
            f"http://me:{HIDDEN}@127.0.0.1:{port}/x?api_key={HIDDEN}",
            into=into,
            params={"token": HIDDEN, "page": 2},
            headers={"Authorization": f"Bearer {HIDDEN}", "X-Key": HIDDEN},
            max_bytes=1000,
        )
    told = (
        "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value)) + repr(caught.value) + caplog.text
    )
    assert HIDDEN not in told
    assert "page=2" in told
    assert caught.value.__context__ is None
    assert caplog.text


def test_no_secret_of_a_header_that_cannot_be_sent(server: Server, into: Path) -> None:
    for value in (f"Bearer {HIDDEN}\n", f"Bearer {HIDDEN} ☃"):
        with pytest.raises(HttpFault, match="check the address and the headers") as caught:
            get(f"{server.url}/x", into, headers={"Authorization": value})
        assert HIDDEN not in "".join(traceback.format_exception(caught.value))
        assert caught.value.__context__ is None
    assert server.requests == []


def test_no_secret_of_the_environment(server: Server, into: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AJAR_CONTACT", HIDDEN)
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{HIDDEN}@127.0.0.1:{server.port}")
    server.on("CONNECT", Answer(status=407))
    with pytest.raises(Unreachable, match="ProxyError") as caught:
        get("https://closed.example/x", into)
    assert HIDDEN not in "".join(traceback.format_exception(caught.value))
    assert "Proxy-Authorization" in server.requests[0].headers


def test_no_secret_in_what_is_kept_of_an_answer(server: Server, into: Path) -> None:
    server.on(
        "/x", Answer(b"1", headers={"Link": f'<?key={HIDDEN}>; rel="next"', "Set-Cookie": HIDDEN, "X-Echo": HIDDEN})
    )
    fetched = get(f"http://me:{HIDDEN}@127.0.0.1:{server.port}/x?key={HIDDEN}", into)
    assert HIDDEN not in repr(fetched)
    assert fetched.link_next == f"{server.url}/x?key={HIDDEN}"
