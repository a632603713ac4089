"""Steps that several sources share when they cut an answer; what only one source needs stays in its own file."""

import ast
import csv
import gzip
import io
import re
import tarfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

import yaml


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


def calls(content: bytes, *names: str) -> Iterator[ast.Call]:
    """Each call of a function or class of these names in a Python file, parsed and never executed."""
    try:
        tree = ast.parse(content)
    except (SyntaxError, RecursionError, MemoryError, ValueError) as error:
        raise ValueError(f"expected a Python file, found {type(error).__name__}: {error}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield node


def literal_or_none(node: ast.expr | None) -> Any:
    """The value a literal stands for; None for any other expression, and without one."""
    try:
        return None if node is None else ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def first_day(written: object) -> object:
    """A date written as YYYY-MM becomes the first of that month; anything else stays as it was written."""
    if isinstance(written, str) and re.fullmatch(r"\d{4}-\d{2}", written):
        return f"{written}-01"
    return written


def answers(content: bytes) -> Iterator[bytes]:
    """The answers of an origin that gives several, in the order they came; ValueError when they are not whole."""
    if len(content) % tarfile.RECORDSIZE:
        raise ValueError(f"expected whole records of {tarfile.RECORDSIZE} bytes, found {len(content)} bytes")
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as packed:
            for member in packed:
                stream = packed.extractfile(member)
                if stream is None:
                    raise ValueError(f"expected only files among the answers, found {member.name!r}")
                yield stream.read()
    except tarfile.TarError as error:
        raise ValueError(f"expected a tar of answers, found {error}") from error


def members(content: bytes) -> dict[str, bytes]:
    """The files gathered from a package, by their names in it; ValueError when the tar is not whole."""
    if not content or len(content) % tarfile.RECORDSIZE:
        raise ValueError(f"expected whole records of {tarfile.RECORDSIZE} bytes, found {len(content)} bytes")
    found = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as packed:
            for member in packed:
                stream = packed.extractfile(member)
                if stream is None:
                    raise ValueError(f"expected only files, found {member.name!r}")
                found[member.name] = stream.read()
    except tarfile.TarError as error:
        raise ValueError(f"expected a tar of files, found {error}") from error
    return found


def packaged_version(names: Iterable[str]) -> str:
    """The version of a package, from the names of its members; ValueError when none is of its own metadata."""
    for name in names:
        if stated := re.fullmatch(r"[^/]+?-([^/-]+)\.dist-info/METADATA", name):
            return stated[1]
    raise ValueError("expected the package's own METADATA among its members, found none")


def csv_rows(content: bytes, *columns: str) -> Iterator[dict[str, str | None]]:
    """The lines of a CSV file under the names of its header, an empty cell as None.

    ValueError when the header lacks one of `columns` or a line is not as wide as the header.
    """
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    try:
        header = next(reader, [])
        if missing := [column for column in columns if column not in header]:
            raise ValueError(f"expected a header with {', '.join(missing)}, found {', '.join(header)[:200]!r}")
        for cells in reader:
            if cells and len(cells) != len(header):
                raise ValueError(f"line {reader.line_num}: expected {len(header)} cells, found {len(cells)}")
            if cells:
                yield {name: cell or None for name, cell in zip(header, cells, strict=True)}
    except csv.Error as error:
        raise ValueError(f"expected a CSV file, found {error} in line {reader.line_num}") from error


def numbered(records: Iterable[dict[str, Any]], *keys: str) -> Iterator[dict[str, Any]]:
    """Each record with `entry`: 1 for the first that has these values, 2 for the second, in the answer's order."""
    seen: Counter[tuple[object, ...]] = Counter()
    for record in records:
        values = tuple(record.get(key) for key in keys)
        seen[values] += 1
        yield {**record, "entry": seen[values]}


def utc_text(seconds: float | None) -> str | None:
    """A Unix time in seconds as YYYY-MM-DD HH:MM:SS in UTC; None stays None."""
    return None if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"


def archived_yaml(
    content: bytes, wanted: Callable[[PurePosixPath], bool], max_bytes: int = 300_000_000
) -> Iterator[tuple[PurePosixPath, dict[str, Any]]]:
    """Path and mapping of each wanted YAML file of a .tar.gz; empty for a file that holds no mapping.

    ValueError when the archive is broken, cut short or unpacks to more than `max_bytes`.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(gunzip(content, max_bytes)), mode="r:") as packed:
            for member in packed:
                path = PurePosixPath(member.name)
                stream = packed.extractfile(member) if wanted(path) else None
                if stream is None:
                    continue
                try:
                    found = yaml.load(stream.read(), Loader=yaml.CSafeLoader)
                except yaml.YAMLError:
                    found = None
                yield path, found if isinstance(found, dict) else {}
    except tarfile.TarError as error:
        raise ValueError(f"expected a tar archive, found {error}") from error
