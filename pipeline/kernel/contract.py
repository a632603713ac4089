"""The typed projection of a source's records and the judgement of a capture that follows from it."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipeline.kernel.snapshot import Manifest
from pipeline.kernel.source import CutOrigin, Field, Source
from pipeline.kernel.warehouse import literal, quote, scratch

WHOLE_NUMBER_NOISE = 1e-12
"""Largest relative distance from a whole number that is noise of binary fractions, as in 256999999.99999997."""


@contextmanager
def records_file(origin: CutOrigin, content: bytes) -> Iterator[tuple[Path, int, tuple[str, ...]]]:
    """Cuts an answer into one JSON object a line: (file, number of records, top-level keys seen)."""
    keys: set[str] = set()
    count = 0
    with tempfile.TemporaryDirectory(prefix="ajar-") as folder:
        path = Path(folder) / "records.jsonl"
        with path.open("w", encoding="utf-8", errors="replace") as lines:
            for count, record in enumerate(origin.cut(content), start=1):
                if not isinstance(record, Mapping):
                    raise ValueError(f"record {count}, which is no object but a {type(record).__name__}")
                keys.update(record)
                lines.write(
                    json.dumps(
                        {"position": count, "record": record},
                        ensure_ascii=False,
                        allow_nan=False,
                        default=str,
                    )
                )
                lines.write("\n")
        yield path, count, tuple(sorted(keys))


def records_scan(path: Path) -> str:
    """A table expression over a records file: position bigint, record json."""
    return (
        f"read_json({literal(str(path))}, format='newline_delimited', maximum_object_size=104857600, "
        "columns={'position': 'BIGINT', 'record': 'JSON'})"
    )


def raw_text(field: Field) -> str:
    """SQL for the field's text in `record`: the first of its paths that is present."""
    parts = [f"json_extract_string(record, {literal(path)})" for path in field.paths]
    return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"


def cast_value(field: Field) -> str:
    """SQL for the field's text cast to its type, null when it cannot be."""
    text, kind = raw_text(field), field.reads or field.type
    if kind.upper() == "JSON":
        parts = [f"nullif(json_extract(record, {literal(path)}), 'null')" for path in field.paths]
        return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"
    return text if kind.upper() == "VARCHAR" else cast_to(kind, text)


def cast_to(kind: str, value: str) -> str:
    """SQL for a value cast to a type, null when it cannot be or would come to another number."""
    cast = f"try_cast({value} as {kind})"
    match kind.upper():
        case "BIGINT" | "INTEGER":
            off = f"abs({cast} - try_cast({value} as double))"
            return f"case when {off} <= {WHOLE_NUMBER_NOISE} * abs({cast}) then {cast} end"
        case "DOUBLE":
            return f"case when isfinite({cast}) then {cast} end"
        case _:
            return cast


def projection(source: Source) -> str:
    """The select list that turns `record` into the source's typed columns."""
    return ",\n  ".join(
        f"cast({field.expression.replace('{}', f'({cast_value(field)})')} as {field.type}) as {quote(field.name)}"
        for field in source.fields
    )


@dataclass(frozen=True)
class Judgement:
    """Whether a capture may be loaded; `reason` is empty when it may."""

    reason: str
    record_count: int
    keys: tuple[str, ...]


def judge(source: Source, origin: CutOrigin, content: bytes, content_type: str, last: Manifest | None) -> Judgement:
    """Compares a capture with the contract, the bounds and the last accepted capture of the same origin.

    A reason says what was expected and what was found.
    """
    if not content:
        return Judgement("expected content, found an empty body", 0, ())
    if "html" in content_type.lower():
        return Judgement(f"expected data, found a page of type {content_type}", 0, ())
    try:
        with records_file(origin, content) as (path, count, keys), scratch() as connection:
            reason = (
                count_reason(source, count, last)
                or _field_reason(source, connection, path, count)
                or _key_reason(source, connection, path)
            )
            return Judgement(reason, count, keys)
    # A cut may fail in any way on an answer of another shape, and none of them may lose the answer.
    except Exception as error:
        kind = type(error).__name__
        return Judgement(f"expected an answer that can be cut into records, found {kind}: {error}"[:500], 0, ())


def count_reason(source: Source, count: int, last: Manifest | None) -> str:
    """Why there are too few records, in all or against the last accepted capture; empty when there are not."""
    bounds = source.bounds
    if count < bounds.min_records:
        return f"expected at least {bounds.min_records} records, found {count}"
    if last is not None and count < last.record_count * (1 - bounds.max_drop):
        return (
            f"expected a fall of at most {bounds.max_drop:.0%} from the {last.record_count} records observed at "
            f"{last.observed_at}, found {count}"
        )
    return ""


def _field_reason(source: Source, connection: DuckDBPyConnection, path: Path, count: int) -> str:
    checks = [
        f"count(*) filter ({cast_value(field)} is null or {raw_text(field)} = ''), "
        f"count(*) filter ({cast_value(field)} is null and nullif({raw_text(field)}, '') is not null)"
        for field in source.fields
    ]
    found = connection.execute(f"select {', '.join(checks)} from {records_scan(path)}").fetchone()
    assert found is not None
    for number, field in enumerate(source.fields):
        if reason := share_reason(source, field, found[2 * number], found[2 * number + 1], count):
            return reason
    return ""


def share_reason(source: Source, field: Field, absent: int, mistyped: int, count: int) -> str:
    """Why too many of `count` records lack a field or have it of another type; empty when they do not."""
    column = f"{field.name} ({' or '.join(field.paths)})"
    if mistyped > (1 - source.bounds.min_required_share) * count:
        return f"expected {column} as {field.type}, found {mistyped} of {count} that are not"
    least = source.bounds.min_required_share if field.required else field.usually
    if absent > (1 - least) * count:
        return f"expected {column} in at least {least:.0%} of {count} records, found {absent} without"
    return ""


def _key_reason(source: Source, connection: DuckDBPyConnection, path: Path) -> str:
    key = ", ".join(quote(name) for name in source.key)
    repeated = connection.execute(
        f"with typed as (select {projection(source)} from {records_scan(path)}) "
        f"select {key}, count(*) from typed group by {key} having count(*) > 1 limit 1"
    ).fetchone()
    return f"expected one record for each {key}, found {repeated[-1]} for {repeated[:-1]}" if repeated else ""
