"""A loopback HTTP server that gives scripted, often faulty, answers and records what it was asked; no test logic."""

import gzip
import socket
import struct
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from requests.structures import CaseInsensitiveDict


@dataclass(frozen=True)
class Answer:
    """One answer, and what is wrong with it.

    `gzip` encodes the body; `gzip_keep` cuts the encoded body and announces the cut one as whole; `keep` announces
    all and sends only so many bytes. `framing` is how the body ends: by "length", "chunked" or by "close". With
    `etag` or `last_modified` a matching conditional request gets 304. `silence` is seconds before the first byte,
    `drip` seconds after each `piece` of bytes. `drop` resets the connection; `raw` is sent in place of all else.

    With `ranges` a request for the bytes from some place gets them as 206, unless its If-Range names another version;
    `range_shift` sends those from so many bytes further on and says so; `range_total` says a file of that length.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    gzip: bool = False
    gzip_keep: int | None = None
    keep: int | None = None
    framing: str = "length"
    etag: str | None = None
    last_modified: str | None = None
    silence: float = 0.0
    drip: float = 0.0
    piece: int = 4096
    drop: bool = False
    raw: bytes | None = None
    ranges: bool = False
    range_shift: int = 0
    range_total: int | None = None


@dataclass(frozen=True)
class Seen:
    """One request as it came in: `target` with its query, `at` in monotonic seconds, `port` of the connection."""

    method: str
    target: str
    headers: Mapping[str, str]
    at: float
    port: int


class Server:
    """A context manager: `with Server() as server: server.on("/x", Answer(status=503), Answer(b"ok"))`.

    A path answers with its script in order, then goes on repeating the last; "/x?page=2" is found before "/x", and
    anything else is 404. The script of a proxy's CONNECT stands under "CONNECT".
    """

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Seen] = []
        self._scripts: dict[str, list[Answer]] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        server = self

        class Handler(_Handler):
            owner = server

        self._http = _Listener(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._http.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def on(self, path: str, *answers: Answer) -> None:
        self._scripts[path] = list(answers)

    def seen(self, path: str) -> list[Seen]:
        """The requests for one path, with or without a query."""
        return [request for request in self.requests if request.target.partition("?")[0] == path]

    def pause(self, seconds: float) -> None:
        """Sleep, but no longer than the server lives."""
        self._closing.wait(seconds)

    def answer(self, seen: Seen) -> Answer:
        """Record the request and take the next answer of its script."""
        key = "CONNECT" if seen.method == "CONNECT" else seen.target
        with self._lock:
            self.requests.append(seen)
            script = self._scripts.get(key) or self._scripts.get(key.partition("?")[0])
            if not script:
                return Answer(b"no script", status=404)
            return script.pop(0) if len(script) > 1 else script[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Listener(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the play; anything else is printed."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _rest(answer: Answer, start: int) -> Answer:
    """The answer to a request for the bytes from `start`."""
    total = answer.range_total or len(answer.body)
    if start >= len(answer.body):
        return replace(answer, body=b"", status=416, headers={**answer.headers, "Content-Range": f"bytes */{total}"})
    where = f"bytes {start}-{len(answer.body) - 1}/{total}"
    return replace(answer, body=answer.body[start:], status=206, headers={**answer.headers, "Content-Range": where})


class _Handler(BaseHTTPRequestHandler):
    owner: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        headers = CaseInsensitiveDict(self.headers.items())
        seen = Seen(self.command, self.path, headers, time.monotonic(), self.client_address[1])
        answer = self.owner.answer(seen)
        self.owner.pause(answer.silence)
        with suppress(OSError):
            self._send(answer)

    do_CONNECT = do_GET

    def _send(self, answer: Answer) -> None:
        if answer.drop or answer.raw is not None:
            self.close_connection = True
            if answer.drop:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            else:
                self._drip(answer.raw or b"", answer)
            return
        if self._is_known(answer):
            answer = replace(answer, status=304, body=b"", gzip=False, keep=None)
        elif answer.ranges and (start := self._start_of_range(answer)) is not None:
            answer = _rest(answer, start + answer.range_shift)
        encoded = gzip.compress(answer.body, mtime=0)[: answer.gzip_keep] if answer.gzip else answer.body
        headers = dict(answer.headers)
        headers |= {"Content-Encoding": "gzip"} if answer.gzip else {}
        headers |= {"ETag": answer.etag} if answer.etag else {}
        headers |= {"Last-Modified": answer.last_modified} if answer.last_modified else {}
        if answer.framing == "chunked":
            headers["Transfer-Encoding"] = "chunked"
            pieces = [encoded[i : i + answer.piece] for i in range(0, len(encoded), answer.piece)]
            encoded = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])
        elif answer.framing == "length" and answer.status != 304:
            headers.setdefault("Content-Length", str(len(encoded)))
        if answer.keep is not None or answer.framing == "close":
            self.close_connection = True
        self.send_response(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self._drip(encoded[: answer.keep], answer)

    def _is_known(self, answer: Answer) -> bool:
        if answer.etag:
            return self.headers.get("If-None-Match") == answer.etag
        return bool(answer.last_modified) and self.headers.get("If-Modified-Since") == answer.last_modified

    def _start_of_range(self, answer: Answer) -> int | None:
        asked, version = self.headers.get("Range", ""), self.headers.get("If-Range")
        same = version is None or version in (answer.etag, answer.last_modified)
        return int(asked.removeprefix("bytes=").rstrip("-")) if asked and same else None

    def _drip(self, body: bytes, answer: Answer) -> None:
        for start in range(0, len(body), answer.piece if answer.drip else max(1, len(body))):
            self.wfile.write(body[start : start + answer.piece] if answer.drip else body)
            self.owner.pause(answer.drip)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the requests are recorded, and the terminal belongs to the tests."""
