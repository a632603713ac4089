"""Types the columns of Parquet files by a source's contract and judges them; no row passes through Python."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection
from duckdb.sqltypes import DuckDBPyType

from pipeline.kernel.contract import Judgement, cast_to, count_reason, share_reason
from pipeline.kernel.snapshot import Manifest
from pipeline.kernel.source import Field, ParquetOrigin, Source
from pipeline.kernel.warehouse import literal, quote

MEMORY_LIMIT = "1200MB"
"""What DuckDB may hold while it types, judges or compares; the rest goes to disk."""


@dataclass(frozen=True)
class ParquetFile:
    """One file: its columns with their types, how many rows it has, and how many the files before it have."""

    path: Path
    columns: Mapping[str, DuckDBPyType]
    row_count: int
    before: int

    @property
    def scan(self) -> str:
        return f"read_parquet({literal(str(self.path))}, file_row_number=true)"


def open_files(connection: DuckDBPyConnection, paths: Sequence[Path]) -> list[ParquetFile]:
    """What the files say of themselves; duckdb.Error when one is no whole Parquet."""
    files: list[ParquetFile] = []
    for path in paths:
        relation = connection.sql(f"select * from read_parquet({literal(str(path))})")
        columns = dict(zip(relation.columns, relation.types, strict=True))
        # All is fetched, here and below: DuckDB refuses the next question while an answer is not read to its end.
        [(count,)] = connection.execute(f"select count(*) from read_parquet({literal(str(path))})").fetchall()
        files.append(ParquetFile(path, columns, count, sum(file.row_count for file in files)))
    return files


def bound_memory(connection: DuckDBPyConnection, folder: Path) -> None:
    """Keeps a connection within MEMORY_LIMIT; what does not fit goes to a file in the folder."""
    connection.execute(f"set memory_limit = {literal(MEMORY_LIMIT)}")
    connection.execute(f"set temp_directory = {literal(str(folder))}")
    connection.execute("set preserve_insertion_order = false")


def typed(source: Source, origin: ParquetOrigin, files: Sequence[ParquetFile]) -> str:
    """A select of `position` and the source's typed columns over the files, without rows the origin does not keep."""
    parts = [
        f"select file_row_number + {file.before + 1} as position,\n  {_projection(source, file)}\nfrom {file.scan}"
        for file in files
    ]
    rows = "\nunion all\n".join(parts)
    return f"select * from ({rows}) where {origin.keep}" if origin.keep else rows


def judge_files(
    source: Source,
    origin: ParquetOrigin,
    connection: DuckDBPyConnection,
    paths: Sequence[Path],
    content_type: str,
    last: Manifest | None,
) -> Judgement:
    """Compares a capture with the contract, the bounds and the last accepted capture of the same origin.

    Reads of the files only the columns it must count in: those that have to be there, and those of another type
    than the contract's.
    """
    if not all(path.stat().st_size for path in paths):
        return Judgement("expected content, found an empty body", 0, ())
    if "html" in content_type.lower():
        return Judgement(f"expected data, found a page of type {content_type}", 0, ())
    try:
        files = open_files(connection, paths)
        count = sum(file.row_count for file in files)
        keys = tuple(sorted({column for file in files for column in file.columns}))
        reason = (
            count_reason(source, count, last)
            or _column_reason(source, connection, files)
            or _field_reason(source, connection, files, count)
            or _key_reason(source, origin, connection, files)
        )
        return Judgement(reason, count, keys)
    except duckdb.Error as error:
        return Judgement(f"expected Parquet that can be read, found {type(error).__name__}: {error}"[:500], 0, ())


def address(path: str, columns: Mapping[str, DuckDBPyType]) -> str | None:
    """SQL for what a JSON path points to in these columns; None when they have no such place."""
    return _place(path, columns)[0]


def _place(path: str, columns: Mapping[str, DuckDBPyType]) -> tuple[str | None, str]:
    """SQL for what a path points to, and its DuckDB type."""
    first, *rest = re.findall(r"[^.$\[\]]+", path)
    return _walk(quote(first), columns[first], rest) if first in columns else (None, "")


def _walk(sql: str, kind: DuckDBPyType, steps: Sequence[str]) -> tuple[str | None, str]:
    if not steps:
        return sql, str(kind)
    step, *rest = steps
    match kind.id:
        case "struct":
            children = _children(kind)
            return (
                _walk(f"struct_extract({sql}, {literal(step)})", children[step], rest)
                if step in children
                else (None, "")
            )
        case "list" if step == "*":
            item, inner = _walk("item", _children(kind)["child"], rest)
            return (None, "") if item is None else (f"list_transform({sql}, lambda item: {item})", f"{inner}[]")
        case "varchar":
            inside = literal("$." + ".".join(steps))
            # Most texts do not have the key, and looking for it is far cheaper than parsing them.
            return (
                f"case when contains({sql}, {literal(chr(34) + step + chr(34))}) "
                f"then json_extract_string(try_cast({sql} as json), {inside}) end",
                "VARCHAR",
            )
    return None, ""


def _children(kind: DuckDBPyType) -> dict[str, DuckDBPyType]:
    return {str(name): child for name, child in kind.children if isinstance(child, DuckDBPyType)}


def _value(field: Field, file: ParquetFile) -> tuple[str, str]:
    """SQL for the field's value before its expression, and for what it was cast from; 'null' where nothing is."""
    kind = (field.reads or field.type).upper()
    values, raws = [], []
    for sql, found in (_place(path, file.columns) for path in field.paths):
        if sql is not None:
            values.append(sql if found == kind else _cast(kind, found, sql))
            # A value of the contract's own type cannot be mistyped, and is not read twice.
            raws.append("null" if found == kind else f"cast({sql} as varchar)")
    if not values:
        return f"cast(null as {kind})", "null"
    return (
        (values[0], raws[0]) if len(values) == 1 else (f"coalesce({', '.join(values)})", f"coalesce({', '.join(raws)})")
    )


def _cast(kind: str, found: str, sql: str) -> str:
    # Without the calendar of time zones, which takes five times as long and gives the same for UTC.
    utc = kind == "TIMESTAMP" and found == "TIMESTAMP WITH TIME ZONE"
    return f"make_timestamp(epoch_us({sql}))" if utc else cast_to(kind, sql)


def _typed(field: Field, file: ParquetFile) -> str:
    """SQL for the field as staging holds it."""
    return f"cast({field.expression.replace('{}', f'({_value(field, file)[0]})')} as {field.type})"


def _projection(source: Source, file: ParquetFile) -> str:
    return ",\n  ".join(f"{_typed(field, file)} as {quote(field.name)}" for field in source.fields)


def _column_reason(source: Source, connection: DuckDBPyConnection, files: Sequence[ParquetFile]) -> str:
    """Why a column that must be there is not, or cannot be typed at all; empty when all is well."""
    for file in files:
        for field in source.fields:
            column = f"{field.name} ({' or '.join(field.paths)})"
            if (field.required or field.usually) and all(address(path, file.columns) is None for path in field.paths):
                listed = ", ".join(file.columns)
                return f"expected {column} among the columns, found {file.row_count} rows without; there are {listed}"
            try:
                connection.sql(f"select {_typed(field, file)} from {file.scan} limit 0").fetchall()
            except duckdb.Error as error:
                return f"expected {column} as {field.reads or field.type}, found a column that is not: {error}"[:500]
    return ""


def _field_reason(source: Source, connection: DuckDBPyConnection, files: Sequence[ParquetFile], count: int) -> str:
    absent = dict.fromkeys(source.fields, 0)
    mistyped = dict.fromkeys(source.fields, 0)
    for file in files:
        asked, checks = [], []
        for field in source.fields:
            value, raw = _value(field, file)
            if field.required or field.usually:
                asked.append((absent, field))
                checks.append(f"count(*) filter ({value} is null or cast({value} as varchar) = '')")
            if raw != "null":
                asked.append((mistyped, field))
                checks.append(f"count(*) filter ({value} is null and nullif({raw}, '') is not null)")
        [found] = connection.execute(f"select {', '.join(checks)} from {file.scan}").fetchall()
        for (tally, field), number in zip(asked, found, strict=True):
            tally[field] += number
    reasons = (share_reason(source, field, absent[field], mistyped[field], count) for field in source.fields)
    return next(filter(None, reasons), "")


def _key_reason(
    source: Source, origin: ParquetOrigin, connection: DuckDBPyConnection, files: Sequence[ParquetFile]
) -> str:
    key = ", ".join(quote(name) for name in source.key)
    repeated = connection.execute(
        f"select {key}, count(*) from ({typed(source, origin, files)}) group by {key} having count(*) > 1 limit 1"
    ).fetchall()
    return f"expected one record for each {key}, found {repeated[0][-1]} for {repeated[0][:-1]}" if repeated else ""
