"""The header every table carries: one sentence, grain, columns, checks; parsed from YAML and held to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

TYPES = {
    "varchar": "VARCHAR",
    "text": "VARCHAR",
    "double": "DOUBLE",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "json": "JSON",
}
REQUIRED = ("doc", "grain", "subject", "columns")
OPTIONAL = ("owners", "checks", "warnings", "deprecated", "chart")
CHECKS = {
    "unique": "[column, …]",
    "not_null": "[column, …]",
    "between": "{column: [low or null, high or null]}, not both null",
    "one_of": "{column: [value, …]}",
    "references": "{column: schema.table.column}",
    "at_least": "number of rows",
    "no_rows": "{name: …, doc: …, sql: select of failing rows}",
}
"""The checks a header may declare, each with the form of its body."""


KINDS = {
    "doc": str, "grain": str, "subject": str, "columns": dict, "owners": list, "checks": list, "warnings": list,
    "deprecated": str, "chart": dict,
}  # fmt: skip


class HeaderError(ValueError):
    """A header that cannot be used; the message names file, expected and found."""


@dataclass(frozen=True)
class Column:
    """A column's type (a key of TYPES) and what it means."""

    type: str
    doc: str

    @property
    def duckdb_type(self) -> str:
        return TYPES[self.type]


@dataclass(frozen=True)
class Header:
    """What a table promises its readers."""

    doc: str
    grain: str
    subject: str
    columns: Mapping[str, Column]
    owners: Sequence[str] = ("team:ajar",)
    checks: Sequence[Mapping[str, Any]] = ()
    warnings: Sequence[str] = ()
    deprecated: str = ""
    chart: Mapping[str, str] = field(default_factory=dict)
    """Columns to draw for the asset page: x, y and, optionally, colour."""


def parse_header(text: str, path: Path) -> Header:
    """Reads a header; HeaderError when a key is missing, unknown or malformed."""
    try:
        values = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise HeaderError(f"{path}: expected a YAML header, found {error}") from error
    if not isinstance(values, dict):
        raise HeaderError(f"{path}: expected a YAML header with {', '.join(REQUIRED)}, found {type(values).__name__}")
    missing = [key for key in REQUIRED if not values.get(key)]
    unknown = sorted(values.keys() - {*REQUIRED, *OPTIONAL})
    if missing or unknown:
        raise HeaderError(
            f"{path}: expected the header keys {', '.join(REQUIRED)} and at most {', '.join(OPTIONAL)}; "
            f"missing {missing}, unknown {unknown}"
        )
    for key, kind in KINDS.items():
        if key in values and not isinstance(values[key], kind):
            raise HeaderError(f"{path}: expected {key} as a {kind.__name__}, found {values[key]!r}")
    columns = {name: _column(name, str(text), path) for name, text in values["columns"].items()}
    for check in values.get("checks", ()):
        _known_check(check, columns, path)
    for column in values.get("chart", {}).values():
        if column not in columns:
            raise HeaderError(f"{path}: expected chart columns among {', '.join(columns)}, found {column!r}")
    return Header(**{**values, "columns": columns})


def _column(name: Any, text: str, path: Path) -> Column:
    if not isinstance(name, str):
        raise HeaderError(f"{path}: expected column names as text, found {name!r}; put it in quotation marks")
    kind, separator, doc = text.partition(" - ")
    if not separator or not doc.strip() or kind.strip() not in TYPES:
        raise HeaderError(
            f"{path}: expected column {name} as `type - text`, type one of {', '.join(TYPES)}; found {text!r}"
        )
    return Column(kind.strip(), doc.strip())


def _known_check(check: Any, columns: Mapping[str, Column], path: Path) -> None:
    if not isinstance(check, dict) or len(check) != 1 or next(iter(check)) not in CHECKS:
        raise HeaderError(f"{path}: expected each check to be one of {', '.join(CHECKS)}, found {check!r}")
    kind, body = next(iter(check.items()))
    if not _well_formed(kind, body):
        raise HeaderError(f"{path}: expected check {kind} as in {CHECKS[kind]}, found {body!r}")
    named = list(body) if kind in ("unique", "not_null", "between", "one_of", "references") else []
    absent = [column for column in named if column not in columns]
    if absent:
        raise HeaderError(f"{path}: expected check {kind} on declared columns, found {', '.join(absent)}")


def _well_formed(kind: str, body: Any) -> bool:
    if kind == "at_least":
        return type(body) is int
    if kind in ("unique", "not_null"):
        return isinstance(body, list) and bool(body)
    if not isinstance(body, dict) or not body:
        return False
    if kind == "no_rows":
        return body.keys() == {"name", "doc", "sql"} and all(isinstance(value, str) for value in body.values())
    if kind == "references":
        return all(isinstance(target, str) and target.count(".") == 2 for target in body.values())
    if not all(isinstance(values, list) and values for values in body.values()):
        return False
    return kind == "one_of" or all(len(ends) == 2 and ends != [None, None] for ends in body.values())
