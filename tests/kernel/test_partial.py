"""Downloads that go on where they broke off, against a server that cuts, shifts, changes and forgets; never mixed."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from kernel_support import clear_environment, quick_client, run_python
from misbehaving import Answer, Server

from pipeline.kernel.http import BadStatus, Fetched, HttpFault, TooLarge, Truncated
from pipeline.kernel.partial import Partial, total_of

BODY = Random(1).randbytes(1_000_003)  # noqa: S311
OTHER = Random(2).randbytes(1_200_007)  # noqa: S311
HALF = 500_000
V1, V2 = '"v1"', '"v2"'


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    clear_environment(monkeypatch)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "file.parquet"


def get(server: Server, into: Path, *, tries: int = 1, **arguments: Any) -> Fetched:
    with quick_client(max_tries=tries) as client:
        return client.get(f"{server.url}/x", into=into, resume=True, **arguments)


def break_off(server: Server, into: Path, answer: Answer) -> None:
    """One run that ends with a part of the file on disk."""
    server.on("/x", answer)
    with pytest.raises(Truncated):
        get(server, into)
    assert not into.exists()


def whole(body: bytes, **changes: Any) -> Answer:
    return Answer(body, **{"etag": V1, "ranges": True, **changes})


def assert_whole(fetched: Fetched, into: Path, body: bytes) -> None:
    assert into.read_bytes() == body
    assert (fetched.sha256, fetched.byte_count) == (hashlib.sha256(body).hexdigest(), len(body))
    assert (fetched.status, fetched.path) == (200, into)
    assert [path.name for path in into.parent.iterdir()] == [into.name]


def asked(server: Server) -> list[str | None]:
    return [request.headers.get("Range") for request in server.seen("/x")]


@pytest.mark.parametrize("validators", [{"etag": V1}, {"etag": None, "last_modified": "Mon, 23 Nov 2026 07:00:00 GMT"}])
def test_another_run_goes_on_where_the_first_was_cut(server: Server, into: Path, validators: dict[str, Any]) -> None:
    break_off(server, into, whole(BODY, keep=HALF, **validators))
    held = Partial(into).size
    assert 0 < held <= HALF
    server.on("/x", whole(BODY, **validators))
    assert_whole(get(server, into), into, BODY)
    assert asked(server) == [None, f"bytes={held}-"]
    sent = server.seen("/x")[1].headers
    assert sent["If-Range"] == (validators["etag"] or validators.get("last_modified"))
    assert sent["Accept-Encoding"] == "identity"


def test_a_line_that_is_cut_again_and_again_gets_there_with_two_tries(server: Server, into: Path) -> None:
    server.on("/x", *(whole(BODY, keep=200_000) for _ in range(5)), whole(BODY))
    assert_whole(get(server, into, tries=2), into, BODY)
    starts = [int((value or "bytes=0-").removeprefix("bytes=").rstrip("-")) for value in asked(server)]
    assert starts == sorted(set(starts))
    assert len(starts) == 6


def test_a_line_on_which_nothing_comes_any_more_is_given_up(server: Server, into: Path) -> None:
    server.on("/x", whole(BODY, keep=HALF), whole(BODY, keep=0))
    with pytest.raises(Truncated):
        get(server, into, tries=3)
    assert len(asked(server)) == 3
    assert Partial(into).size > 0


def test_a_file_that_has_changed_is_fetched_anew(server: Server, into: Path) -> None:
    break_off(server, into, whole(BODY, keep=HALF))
    server.on("/x", whole(OTHER, etag=V2))
    fetched = get(server, into)
    assert_whole(fetched, into, OTHER)
    assert fetched.etag == V2


def test_a_rest_of_another_version_is_not_joined(server: Server, into: Path) -> None:
    """A server that heeds Range but not If-Range."""
    break_off(server, into, whole(BODY, keep=HALF))
    held = Partial(into).size
    rest = {"Content-Range": f"bytes {held}-{len(OTHER) - 1}/{len(OTHER)}"}
    server.on("/x", Answer(OTHER[held:], status=206, headers=rest, etag=V2), whole(OTHER, etag=V2))
    assert_whole(get(server, into, tries=2), into, OTHER)
    assert asked(server)[1:] == [f"bytes={held}-", None]


@pytest.mark.parametrize("shift", [1, -1, 4096])
def test_a_rest_from_another_place_is_not_joined(server: Server, into: Path, shift: int) -> None:
    break_off(server, into, whole(BODY, keep=HALF))
    server.on("/x", whole(BODY, range_shift=shift), whole(BODY))
    assert_whole(get(server, into, tries=2), into, BODY)


def test_a_rest_without_its_place_is_not_joined(server: Server, into: Path) -> None:
    break_off(server, into, whole(BODY, keep=HALF))
    server.on("/x", Answer(BODY[HALF:], status=206, etag=V1), whole(BODY))
    assert_whole(get(server, into, tries=2), into, BODY)


def test_a_rest_that_does_not_add_up_to_the_whole_is_not_taken(server: Server, into: Path) -> None:
    break_off(server, into, whole(BODY, keep=HALF))
    server.on("/x", whole(BODY, range_total=len(BODY) + 1), whole(BODY))
    assert_whole(get(server, into, tries=2), into, BODY)


def test_more_bytes_than_the_file_has_now_are_dropped(server: Server, into: Path) -> None:
    break_off(server, into, whole(BODY, keep=HALF))
    server.on("/x", whole(BODY[:1000]))
    assert_whole(get(server, into, tries=2), into, BODY[:1000])


def test_a_server_without_ranges_is_asked_for_all(server: Server, into: Path) -> None:
    break_off(server, into, whole(BODY, keep=HALF))
    server.on("/x", Answer(BODY, etag=V1))
    assert_whole(get(server, into), into, BODY)


@pytest.mark.parametrize("validators", [{"etag": None}, {"etag": 'W/"v1"'}])
def test_bytes_of_an_unnamed_version_are_not_gone_on_from(
    server: Server, into: Path, validators: dict[str, Any]
) -> None:
    break_off(server, into, whole(BODY, keep=HALF, **validators))
    server.on("/x", whole(BODY, **validators))
    assert_whole(get(server, into), into, BODY)
    assert asked(server) == [None, None]


def test_a_lost_or_damaged_note_of_the_version_costs_only_time(server: Server, into: Path) -> None:
    for text in (None, "", "[]", '{"etag": '):
        break_off(server, into, whole(BODY, keep=HALF))
        about = Partial(into).about
        about.unlink()
        if text is not None:
            about.write_text(text)
        server.on("/x", whole(BODY))
        get(server, into)
        assert into.read_bytes() == BODY
        into.unlink()


def test_nothing_new_is_one_request_and_leaves_nothing(server: Server, into: Path) -> None:
    break_off(server, into, whole(BODY, keep=HALF))
    server.on("/x", whole(OTHER, etag=V2))
    fetched = get(server, into, etag=V2)
    assert (fetched.status, fetched.path) == (304, None)
    assert list(into.parent.iterdir()) == []


def test_an_encoded_body_is_decoded_though_none_was_asked_for(server: Server, into: Path) -> None:
    server.on("/x", Answer(BODY, gzip=True, etag=V1))
    assert_whole(get(server, into), into, BODY)


def test_the_cap_counts_what_is_held(server: Server, into: Path) -> None:
    break_off(server, into, whole(BODY, keep=HALF))
    server.on("/x", whole(BODY))
    with pytest.raises(TooLarge):
        get(server, into, max_bytes=len(BODY) - 1)


def test_a_refusal_keeps_what_is_held(server: Server, into: Path) -> None:
    break_off(server, into, whole(BODY, keep=HALF))
    held = Partial(into).size
    server.on("/x", Answer(status=403))
    with pytest.raises(BadStatus):
        get(server, into)
    assert Partial(into).size == held


HOLD = """
import sys
from pathlib import Path
from pipeline.kernel.partial import Partial
with Partial(Path(sys.argv[1])).append():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_two_processes_never_write_one_file(server: Server, into: Path) -> None:
    server.on("/x", whole(BODY))
    process = run_python(HOLD, into)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    with pytest.raises(HttpFault, match="another process"):
        get(server, into)
    process.communicate("")
    assert_whole(get(server, into), into, BODY)


FETCH = """
import sys
from pathlib import Path
from pipeline.kernel.http import Client
with Client() as client:
    client.get(sys.argv[1], into=Path(sys.argv[2]), resume=True)
"""


def test_a_process_that_is_killed_leaves_a_part_to_go_on_from(server: Server, into: Path) -> None:
    server.on("/x", whole(BODY, drip=0.02, piece=20_000))
    process = run_python(FETCH, f"{server.url}/x", into)
    while Partial(into).size < 100_000 and process.poll() is None:
        server.pause(0.01)
    os.kill(process.pid, 9)
    process.communicate()
    held = Partial(into).size
    assert 0 < held < len(BODY)
    server.on("/x", whole(BODY))
    assert_whole(get(server, into), into, BODY)
    assert asked(server)[-1] == f"bytes={held}-"


def test_what_is_noted_of_a_part(tmp_path: Path) -> None:
    part = Partial(tmp_path / "deep" / "x")
    assert (part.size, part.version, part.request()) == (0, "", {})
    with part.append(("", "Mon, 23 Nov 2026 07:00:00 GMT")) as file:
        file.write(b"12345")
    assert json.loads(part.about.read_text()) == {"etag": "", "last_modified": "Mon, 23 Nov 2026 07:00:00 GMT"}
    assert part.request() == {"Range": "bytes=5-", "If-Range": "Mon, 23 Nov 2026 07:00:00 GMT"}
    assert part.joins({"Content-Range": "bytes 5-9/10"})
    assert not part.joins({"Content-Range": "bytes 5-9/10", "ETag": V1})
    assert not part.joins({"Content-Range": "bytes 4-9/10"})
    assert not part.joins({})
    assert [total_of({"Content-Range": f"bytes 5-9/{total}"}) for total in ("10", "*")] == [10, None]
