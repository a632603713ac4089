"""A file that is still coming in: how much is held, and of which version; asking for the rest is http's business."""

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class Busy(RuntimeError):
    """Another process is fetching the same file."""


@dataclass(frozen=True)
class Partial:
    """The bytes held of the file `into`, beside it, with the validators of the answer they came from."""

    into: Path

    @property
    def path(self) -> Path:
        return self.into.with_name(f"{self.into.name}.part")

    @property
    def about(self) -> Path:
        return self.into.with_name(f"{self.into.name}.part.json")

    @property
    def version(self) -> str:
        """The strong ETag, or else the Last-Modified, of the version held in part; empty when there is neither."""
        try:
            validators = json.loads(self.about.read_bytes())
            etag, modified = str(validators["etag"]), str(validators["last_modified"])
        except (OSError, ValueError, KeyError, TypeError):
            return ""
        return etag if etag and not etag.startswith("W/") else modified

    @property
    def size(self) -> int:
        """Bytes that a rest can be joined to: none when it is not known which version they are of."""
        return self.path.stat().st_size if self.path.exists() and self.version else 0

    def request(self) -> dict[str, str]:
        """Headers that ask for the rest, or for all of another version; none while there is nothing to go on from."""
        return {"Range": f"bytes={self.size}-", "If-Range": self.version} if self.size else {}

    def joins(self, headers: Mapping[str, str]) -> bool:
        """Whether an answer 206 with these headers begins where the held bytes end, in the same version."""
        found = CONTENT_RANGE.fullmatch(headers.get("Content-Range", "").strip())
        named = [headers.get(name) for name in ("ETag", "Last-Modified")]
        same = self.version in named or named == [None, None]
        return found is not None and int(found[1]) == self.size and same

    @contextmanager
    def append(self, begin_as: tuple[str, str] | None = None) -> Iterator[BinaryIO]:
        """The file to add bytes to, or to begin anew with an answer of this ETag and Last-Modified.

        What was added is on disk when this ends, however it ends. Busy while another process is at it.
        """
        self.into.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                alone = self.path.exists() and os.fstat(file.fileno()).st_ino == self.path.stat().st_ino
            except BlockingIOError:
                alone = False
            if not alone:
                raise Busy(f"{self.path}: expected to be alone, found it being fetched by another process")
            if begin_as is not None:
                file.truncate(0)
                self.about.write_text(json.dumps(dict(zip(("etag", "last_modified"), begin_as, strict=True))))
            try:
                yield file
            finally:
                file.flush()
                os.fsync(file.fileno())

    def finish(self) -> None:
        """Puts the file in its place, now that it is whole; still inside of `append`."""
        self.path.replace(self.into)
        self.about.unlink(missing_ok=True)

    def drop(self) -> None:
        """Forgets what is held."""
        for file in (self.path, self.about):
            with suppress(FileNotFoundError):
                file.unlink()


def total_of(headers: Mapping[str, str]) -> int | None:
    """Bytes of the whole file by a Content-Range; None when the answer does not say."""
    found = CONTENT_RANGE.fullmatch(headers.get("Content-Range", "").strip())
    return int(found[3]) if found and found[3] != "*" else None
