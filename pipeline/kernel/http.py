"""The only HTTP client: a GET becomes one whole file or one fault; paging and judging live elsewhere."""

import gzip
import hashlib
import importlib.metadata
import logging
import os
import random
import re
import threading
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import monotonic, sleep
from typing import BinaryIO, Self, cast
from urllib.parse import SplitResult, unquote, urlencode, urljoin, urlsplit

import requests
import urllib3

from pipeline.kernel.partial import Busy, Partial, total_of

CHUNK_BYTES = 64 * 1024
MAX_REDIRECTS = 5
YEAR_SECONDS = 366 * 86400
RETRIED = frozenset({429, 500, 502, 503, 504})
KEPT_HEADERS = frozenset({"content-type", "date", "etag", "last-modified", "retry-after"})

_SECRET_NAME = re.compile(
    r"key$|userid$|token|secret|passw|pwd|signature|^sig$|credential|^auth$|authoriz|session|jwt", re.I
)
_SECRET_VALUE = re.compile(r"\b(?:sk-|hf_|gh[a-z]_|github_pat_|xox[a-z]-|AKIA|eyJ)[\w.~+-]{8,}")
_LINK = re.compile(r'<([^>]*)>((?:\s*;\s*[^\s=;,"]+(?:=(?:"[^"]*"|[^\s",;]+))?)*)')
_LINK_PARAMETER = re.compile(r';\s*([^\s=;,"]+)=(?:"([^"]*)"|([^\s",;]+))')


def redact(text: str) -> str:
    """The text without the user:password of addresses and without parameter values that look like keys."""

    def hide(match: re.Match[str]) -> str:
        mark, name, value = match.groups()
        return f"{mark}{name}={'***' if _SECRET_NAME.search(unquote(name)) else value}"

    text = re.sub(r"//[^/?#\s]*@", "//", text)
    text = re.sub(r"([?&;#])([^=&;#\s]+)=([^&;#\s]*)", hide, text)
    return _SECRET_VALUE.sub("***", text)


class HttpFault(Exception):
    """No usable answer; the text names address, expected, found and the next step, and never a secret.

    `transient` says whether the same request may succeed a little later.
    """

    def __init__(self, url: str, expected: str, found: str, remedy: str, *, transient: bool = False) -> None:
        self.url, self.transient = redact(url), transient
        super().__init__(f"{self.url}: expected {expected}, found {redact(found)}; {remedy}")


class Unreachable(HttpFault):
    """No connection, or no answer on it."""


class Deferred(HttpFault):
    """The host asks for a longer pause than a run sleeps; ask again after `until` (UTC)."""

    def __init__(self, url: str, pause: float, longest: float) -> None:
        self.until = datetime.now(UTC) + timedelta(seconds=pause)
        found = f"{pause:.0f} s asked for"
        remedy = f"capture again after {self.until:%Y-%m-%d %H:%M:%S} UTC"
        super().__init__(url, f"a pause of at most {longest:.0f} s", found, remedy)


class TooLarge(HttpFault):
    """The body is over the cap on decoded bytes."""


class BadStatus(HttpFault):
    """A status other than 200, or than 304 to a conditional request."""

    def __init__(self, url: str, status: int, found: str, remedy: str, *, transient: bool = False) -> None:
        self.status = status
        super().__init__(url, "status 200", found, remedy, transient=transient)


class Truncated(HttpFault):
    """The body broke off, is damaged, or was not there by the deadline."""


@dataclass(frozen=True)
class Fetched:
    """One answer. With status 304, `path` is None, `sha256` empty and `byte_count` 0.

    `url` is the address asked for, redacted. `sha256` and `byte_count` are of the file, that is after content
    decoding. `link_next` is absolute and otherwise verbatim, so unlike the rest it may carry a key.
    """

    url: str
    status: int
    content_type: str
    etag: str | None
    last_modified: str | None
    sha256: str
    byte_count: int
    path: Path | None
    link_next: str | None = field(repr=False)
    headers: Mapping[str, str]


@dataclass
class _Host:
    lock: threading.Lock = field(default_factory=threading.Lock)
    # Taken by whoever asks first and never released; the others wait for `met`.
    first_contact: threading.Lock = field(default_factory=threading.Lock)
    met: threading.Event = field(default_factory=threading.Event)
    answered: bool = False
    failures: int = 0
    unreachable: str = ""
    next_turn: float = 0.0
    not_before: float = 0.0


class Client:
    """Polite, bounded, thread-safe GETs; a context manager, one for a whole capture.

    `deadline_seconds` bounds one `get` with its tries, redirects and waits; a socket that falls silent may add
    one `timeout_read`. `host_rates` overrides `requests_per_second` for hosts as they stand in the address
    (`api.example.org`, `127.0.0.1:8123`). A pause that a host asks for is kept by all threads; over
    `longest_pause` seconds it becomes Deferred. A host that cannot be connected to at first contact is not tried
    again, nor is one that leaves its first `max_tries` requests unanswered.

    Environment: AJAR_CONTACT goes into the user agent. AJAR_ORIGIN (`http://127.0.0.1:8123`) receives all
    requests in the place of their hosts, whose names become the first path segment. Proxies and CA bundles are
    those of requests; netrc is not read.
    """

    def __init__(
        self,
        *,
        contact: str | None = None,
        timeout_connect: float = 5.0,
        timeout_read: float = 30.0,
        deadline_seconds: float = 900.0,
        max_tries: int = 4,
        requests_per_second: float = 4.0,
        host_rates: Mapping[str, float] | None = None,
        backoff_base: float = 1.0,
        longest_pause: float = 60.0,
    ) -> None:
        self.user_agent = _user_agent(contact or os.environ.get("AJAR_CONTACT"))
        self.origin = os.environ.get("AJAR_ORIGIN", "").rstrip("/")
        self.timeout_connect, self.timeout_read = timeout_connect, timeout_read
        self.deadline_seconds, self.max_tries = deadline_seconds, max_tries
        self.requests_per_second, self.host_rates = requests_per_second, dict(host_rates or {})
        self.backoff_base, self.longest_pause = backoff_base, longest_pause
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()
        # Only its environment and connection pools are used, which threads may share: Session.send would keep
        # cookies, follow netrc and read the bodies of redirects without bound.
        self._session = requests.Session()
        self._session.trust_env = not self.origin
        # These two log addresses with their query; a filter that is added twice counts once.
        for name in ("urllib3.connection", "urllib3.connectionpool"):
            logging.getLogger(name).addFilter(_redact_record)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def get(
        self,
        url: str,
        *,
        into: Path,
        accept: str = "*/*",
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int | float] | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        max_bytes: int = 512 * 2**20,
        resume: bool = False,
        deadline_seconds: float | None = None,
    ) -> Fetched:
        """Write the whole body to `into`, atomically; or raise an HttpFault and leave `into` alone.

        `headers`, and a user:password in the address, are for its scheme and host only: no redirect takes them
        elsewhere. With `etag` or `last_modified` the request is conditional. Content-Length, chunk ends and the
        gzip end mark prove a body whole; a plain body with none of them is taken as it comes. What a whole answer
        says is for the judge of snapshots: an empty one has `byte_count` 0, HTML its `content_type`.

        With `resume` the bytes of a body that breaks off stay beside `into`, and the next try, in this run or
        another, asks for the rest by Range and If-Range; tries count anew while they get further. A file that has
        changed since, or a server that gives no ranges, is fetched from the start.
        """
        address, callers = _split_login(url, headers or {})
        if params:
            address += f"{'&' if '?' in address else '?'}{urlencode(params)}"
        encoding = "identity" if resume else "gzip"
        own = {"User-Agent": self.user_agent, "Accept": accept, "Accept-Encoding": encoding}
        own |= {"If-None-Match": etag} if etag else {}
        own |= {"If-Modified-Since": last_modified} if last_modified else {}
        ends = monotonic() + (deadline_seconds or self.deadline_seconds)
        part = Partial(into) if resume else None
        attempt = 0
        while True:
            attempt += 1
            held = part.size if part else 0
            try:
                final, response = self._open(address, callers, own | (part.request() if part else {}), ends)
                with response:
                    unchanged = response.status_code == 304
                    if unchanged:
                        digest, count = "", 0
                        if part:
                            part.drop()
                    elif part:
                        digest, count = _save_rest(response, final, part, max_bytes, ends)
                    else:
                        digest, count = _save(response, final, into, max_bytes, ends)
                answered = response.headers
                return Fetched(
                    url=redact(address),
                    status=200 if response.status_code == 206 else response.status_code,
                    content_type=answered.get("Content-Type", ""),
                    etag=answered.get("ETag") or (etag if unchanged else None),
                    last_modified=answered.get("Last-Modified") or (last_modified if unchanged else None),
                    sha256=digest,
                    byte_count=count,
                    path=None if unchanged else into,
                    link_next=_link_next(answered.get("Link", ""), final),
                    headers={
                        name.lower(): value
                        for name, value in answered.items()
                        if name.lower() in KEPT_HEADERS or "ratelimit" in name.lower()
                    },
                )
            except HttpFault as error:
                fault = error
            if part and part.size > held:
                attempt = 1
            # Raised outside of `except`, here and below: no library's text, which may hold keys, gets chained.
            wait = self.backoff_base * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311
            if not fault.transient or attempt >= self.max_tries or monotonic() + wait > ends:
                fault.add_note(f"tries: {attempt}")
                raise fault
            sleep(wait)

    def _open(
        self, url: str, callers: Mapping[str, str], own: Mapping[str, str], ends: float
    ) -> tuple[str, requests.Response]:
        """The answer with status 200, or 304, 206 or 416 if asked for, and its address after redirects."""
        wanted = {200}
        wanted |= {304} if "If-None-Match" in own or "If-Modified-Since" in own else set()
        wanted |= {206, 416} if "Range" in own else set()
        for _ in range(MAX_REDIRECTS + 1):
            response = self._send(url, {**callers, **own}, ends)
            status = response.status_code
            if status in wanted:
                return url, response
            response.close()
            location = self._session.get_redirect_target(response)
            if location is None:
                break
            target = _join(url, location)
            here, there = _split(url), _split(target)
            if here.scheme == "https" and there.scheme == "http" and not self._at_origin(target):
                raise BadStatus(url, status, f"{status} to {target}", "not followed from https to http")
            if (here.scheme, here.netloc) != (there.scheme, there.netloc):
                callers = {}
            url = target
        else:
            raise BadStatus(url, status, f"{status} after {MAX_REDIRECTS} redirects", "correct the address")
        pause = _pause_asked(response)
        if status not in RETRIED:
            raise BadStatus(url, status, str(status), "check the address, its terms and whether it needs a key")
        if pause > self.longest_pause:
            raise Deferred(url, pause, self.longest_pause)
        raise BadStatus(url, status, str(status), "try later", transient=True)

    def _send(self, url: str, headers: Mapping[str, str], ends: float) -> requests.Response:
        """One request in the host's turn; the first goes alone, so that a dead host is waited for once."""
        name = _split(url).netloc.lower()
        with self._lock:
            host = self._hosts.setdefault(name, _Host())
        leads = host.first_contact.acquire(blocking=False)
        try:
            if not leads:
                host.met.wait(max(0.0, ends - monotonic()))
            if host.unreachable:
                raise _no_answer(url, host.unreachable, for_good=True)
            self._take_turn(host, name, url, ends)
            try:
                response = self._exchange(url, headers, ends)
            except (OSError, ValueError, urllib3.exceptions.HTTPError) as error:
                failure = error
            else:
                with host.lock:
                    host.answered = True
                    host.not_before = max(host.not_before, monotonic() + _pause_asked(response))
                return response
            found = _kind(failure)
            if isinstance(failure, ValueError):
                raise HttpFault(url, "a well-formed request and answer", found, "check the address and the headers")
            with host.lock:
                host.failures += 1
                if not host.answered and (_unconnected(failure) or host.failures >= self.max_tries):
                    host.unreachable = found
            raise _no_answer(url, found, for_good=bool(host.unreachable))
        finally:
            if leads:
                host.met.set()

    def _exchange(self, url: str, headers: Mapping[str, str], ends: float) -> requests.Response:
        address = url
        if self.origin and not self._at_origin(url):
            parts = urlsplit(url)
            address = f"{self.origin}/{parts.netloc}{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
        request = requests.Request("GET", address, headers=dict(headers)).prepare()
        environment = self._session.merge_environment_settings(address, {}, True, True, None)
        return self._session.get_adapter(address).send(
            request,
            stream=True,
            timeout=(self.timeout_connect, min(self.timeout_read, max(0.001, ends - monotonic()))),
            verify=environment["verify"] or True,
            proxies=environment["proxies"],
        )

    def _take_turn(self, host: _Host, name: str, url: str, ends: float) -> None:
        """Sleep until the host may be asked again."""
        with host.lock:
            now = monotonic()
            longest, pause = min(self.longest_pause, ends - now), host.not_before - now
            turn = max(now, host.not_before, host.next_turn)
            if pause <= longest and turn <= ends:
                host.next_turn = turn + 1 / self.host_rates.get(name, self.requests_per_second)
        if pause > longest:
            raise Deferred(url, pause, longest)
        if turn > ends:
            raise _late(url, 0)
        sleep(turn - now)

    def _at_origin(self, url: str) -> bool:
        return bool(self.origin) and url.startswith(f"{self.origin}/")


class _RawBody:
    """The body before decoding, as a file for gzip.GzipFile; it ends only where the body is whole."""

    def __init__(self, response: requests.Response, url: str, ends: float) -> None:
        self.response, self.url, self.ends, self.count = response, url, ends, 0

    def read(self, size: int) -> bytes:
        if monotonic() > self.ends:
            raise _late(self.url, self.count)
        try:
            # read1 returns what has arrived; read would wait for all of `size`, past any deadline.
            data: bytes = self.response.raw.read1(size, decode_content=False)
        except (OSError, urllib3.exceptions.HTTPError) as error:
            found = type(error).__name__
        else:
            self.count += len(data)
            return data
        raise _broken(self.url, self.response, f"{found} after {self.count} bytes")


def _save(response: requests.Response, url: str, into: Path, max_bytes: int, ends: float) -> tuple[str, int]:
    """Stream the decoded body through a file beside `into`; returns its sha256 and length."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    announced = response.headers.get("Content-Length", "")
    if encoding not in ("identity", "gzip", "x-gzip"):
        raise HttpFault(url, "gzip or no encoding", f"Content-Encoding {encoding}", "teach the client to decode it")
    if announced.isdecimal() and int(announced) > max_bytes:
        raise _too_large(url, max_bytes, f"Content-Length {announced}")
    raw = _RawBody(response, url, ends)
    zipped = encoding != "identity" and announced != "0"
    body = gzip.GzipFile(fileobj=cast(BinaryIO, raw)) if zipped else raw
    digest, count, damage = hashlib.sha256(), 0, ""
    into.parent.mkdir(parents=True, exist_ok=True)
    part = into.with_name(f".{into.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        with part.open("wb") as file:
            try:
                while chunk := body.read(CHUNK_BYTES):
                    count += len(chunk)
                    if count > max_bytes:
                        raise _too_large(url, max_bytes, "more")
                    digest.update(chunk)
                    file.write(chunk)
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                damage = f"{type(error).__name__} in gzip after {raw.count} bytes"
        # GzipFile takes no bytes at all for an empty file.
        if damage or (zipped and raw.count == 0):
            raise _broken(url, response, damage or "0 bytes of gzip")
        part.replace(into)
    finally:
        part.unlink(missing_ok=True)
    return digest.hexdigest(), count


def _save_rest(response: requests.Response, url: str, part: Partial, max_bytes: int, ends: float) -> tuple[str, int]:
    """Adds the body to what is held of the file, or begins anew; returns the whole file's sha256 and length."""
    headers = response.headers
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        part.drop()
        return _save(response, url, part.into, max_bytes, ends)
    begin_as = (headers.get("ETag", ""), headers.get("Last-Modified", "")) if response.status_code == 200 else None
    if begin_as is None and (response.status_code == 416 or not part.joins(headers)):
        found = f"{response.status_code} with Content-Range {headers.get('Content-Range', 'not given')}"
        expected = f"the bytes of {part.version} from {part.size}"
        part.drop()
        raise Truncated(url, expected, found, "it is fetched from the start", transient=True)
    count = 0 if begin_as else part.size
    announced = headers.get("Content-Length", "")
    if announced.isdecimal() and count + int(announced) > max_bytes:
        raise _too_large(url, max_bytes, f"{count} and Content-Length {announced}")
    raw = _RawBody(response, url, ends)
    try:
        with part.append(begin_as) as file:
            while chunk := raw.read(CHUNK_BYTES):
                count += len(chunk)
                if count > max_bytes:
                    raise _too_large(url, max_bytes, "more")
                file.write(chunk)
            file.flush()
            whole, held = total_of(headers) or count, part.path.stat().st_size
            if (count, held) != (whole, whole):
                part.drop()
                found = f"{count}, and {held} on disk"
                raise Truncated(url, f"{whole} bytes in all", found, "it is fetched from the start", transient=True)
            with part.path.open("rb") as written:
                digest = hashlib.file_digest(written, "sha256").hexdigest()
            part.finish()
    except Busy as error:
        raise HttpFault(url, "to be the only one who fetches it", str(error), "wait for the other run") from None
    return digest, count


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise HttpFault(url, "http(s)://host/path", "another form", "correct the address")
    return parts


def _split_login(url: str, headers: Mapping[str, str]) -> tuple[str, Mapping[str, str]]:
    """The address without user:password, and the headers with it."""
    match = re.fullmatch(r"(https?://)([^/?#\s]*)@(.*)", url)
    if match is None:
        return url, headers
    scheme, login, rest = match.groups()
    basic = urllib3.make_headers(basic_auth=unquote(login if ":" in login else f"{login}:"))
    return scheme + rest, {**basic, **headers}


def _join(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError:
        return target


def _link_next(link: str, base: str) -> str | None:
    # Response.links of requests loses rel behind a parameter that holds "=", and cuts addresses at ";".
    for target, tail in _LINK.findall(link):
        parameters = {name.lower(): quoted or bare for name, quoted, bare in _LINK_PARAMETER.findall(tail)}
        if "next" in parameters.get("rel", "").lower().split():
            return _join(base, str(target))
    return None


def _pause_asked(response: requests.Response) -> float:
    """Seconds until the host wants to be asked again: Retry-After of a refusal, or a RateLimit with r=0."""
    pauses = [0.0]
    for policy in response.headers.get("RateLimit", "").split(","):
        values = dict(re.findall(r";\s*([rt])\s*=\s*(\d+)", policy))
        if values.get("r") == "0":
            pauses.append(float(values.get("t", 0)))
    if response.status_code in RETRIED:
        pauses.append(_retry_after(response.headers.get("Retry-After", "")))
    return min(max(pauses), YEAR_SECONDS)


def _retry_after(value: str) -> float:
    """Seconds of either form in RFC 9110, section 10.2.3; 0 for anything else."""
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp()


def _unconnected(error: BaseException) -> bool:
    """Whether no connection came about: DNS, refusal, connect timeout, proxy or certificate."""
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.ProxyError, requests.exceptions.SSLError)):
        return True
    return bool(error.args) and isinstance(error.args[0], urllib3.exceptions.MaxRetryError)


def _kind(error: BaseException) -> str:
    """What went wrong, as a class name: the texts of the libraries hold addresses."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return type(reason or error).__name__


def _no_answer(url: str, found: str, *, for_good: bool) -> Unreachable:
    remedy = "check network, DNS, proxy and certificates"
    remedy += "; this host is not asked again in this run" if for_good else ""
    return Unreachable(url, "an answer", found, remedy, transient=not for_good)


def _late(url: str, count: int) -> Truncated:
    return Truncated(url, "the whole answer before the deadline", f"{count} bytes", "raise deadline_seconds")


def _broken(url: str, response: requests.Response, found: str) -> Truncated:
    announced = response.headers.get("Content-Length")
    expected = f"a whole body of {announced} bytes" if announced else "a whole body"
    return Truncated(url, expected, found, "try later", transient=True)


def _too_large(url: str, max_bytes: int, found: str) -> TooLarge:
    return TooLarge(url, f"at most {max_bytes} bytes", found, "raise max_bytes of the source")


def _redact_record(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(redact(value) if isinstance(value, str) else value for value in record.args)
    return True


def _user_agent(contact: str | None) -> str:
    try:
        about = importlib.metadata.metadata("ajar")
        version, links = about["Version"], about.get_all("Project-URL") or []
    except importlib.metadata.PackageNotFoundError:
        version, links = "unversioned", []
    homepages = [link.partition(",")[2].strip() for link in links if link.lower().startswith("homepage")]
    remarks = [f"+{homepage}" for homepage in homepages] + ([" ".join(contact.split())] if contact else [])
    return f"ajar/{version} ({'; '.join(remarks)})" if remarks else f"ajar/{version}"
