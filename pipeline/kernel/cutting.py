"""Steps that several sources share when they cut an answer; what only one source needs stays in its own file."""

import ast
import gzip
import io
import re
import tarfile
import zlib
from collections.abc import Iterator


def gunzip(content: bytes, max_bytes: int = 100_000_000) -> bytes:
    """The bytes inside a gzip file; ValueError when it is broken, cut short or holds more than `max_bytes`."""
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            unpacked = stream.read(max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"expected a whole gzip file, found {error}") from error
    if len(unpacked) > max_bytes:
        raise ValueError(f"expected at most {max_bytes} bytes inside the gzip file, found more")
    return unpacked


def assigned_literal(content: bytes, name: str) -> ast.Dict:
    """The dict display a Python file assigns to `name` at its top level, parsed and never executed.

    ValueError when the file does not parse or has no such assignment.
    """
    try:
        tree = ast.parse(content)
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"expected a Python file, found {type(error).__name__}: {error}") from error
    for statement in tree.body:
        targets: list[ast.expr] = []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        elif isinstance(statement, ast.Assign):
            targets = statement.targets
        else:
            continue
        named = any(isinstance(target, ast.Name) and target.id == name for target in targets)
        if named and isinstance(statement.value, ast.Dict):
            return statement.value
    raise ValueError(f"expected a dict assigned to {name}, found none")


def first_day(written: object) -> object:
    """A date written as YYYY-MM becomes the first of that month; anything else stays as it was written."""
    if isinstance(written, str) and re.fullmatch(r"\d{4}-\d{2}", written):
        return f"{written}-01"
    return written


def answers(content: bytes) -> Iterator[bytes]:
    """The answers of an origin that gives several, in the order they came; ValueError when they are not whole."""
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as packed:
            for member in packed:
                stream = packed.extractfile(member)
                if stream is None:
                    raise ValueError(f"expected only files among the answers, found {member.name!r}")
                yield stream.read()
    except tarfile.TarError as error:
        raise ValueError(f"expected a tar of answers, found {error}") from error
