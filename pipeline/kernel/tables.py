"""The tables of the warehouse as declared in files: SQL models, reference CSVs, and those Python writes."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.kernel.header import Header, HeaderError, parse_header
from pipeline.kernel.home import MODELS, REFERENCE
from pipeline.kernel.source import Source
from pipeline.kernel.staging import staging_header
from pipeline.kernel.warehouse import literal, quote

READS = {
    "staging": ("raw",),
    "reference": (),
    "core": ("staging", "reference", "core"),
    "marts": ("core", "marts"),
    "claims": ("marts", "claims"),
    "meta": (),
}
"""Which layers a layer may read."""


@dataclass(frozen=True)
class Table:
    """One table: its name `layer.name`, the file that declares it, its header and, if SQL makes it, its select."""

    name: str
    path: Path
    header: Header
    select: str = ""
    depends: tuple[str, ...] = ()

    @property
    def layer(self) -> str:
        return self.name.split(".")[0]

    @property
    def code_version(self) -> str:
        """Changes with the header and with the select as parsed, or else the file as it is now."""
        content = self.select.encode() if self.path.suffix == ".sql" else self.path.read_bytes()
        return hashlib.sha256(repr(self.header).encode() + content).hexdigest()


def read_model(path: Path) -> Table:
    """A SQL file: `/* YAML header */` and one select; the layer is its folder."""
    text = path.read_text()
    match = re.fullmatch(r"\s*/\*\n(?P<header>.*?)\*/\s*(?P<select>.+?);?\s*", text, re.DOTALL)
    if match is None:
        raise HeaderError(f"{path}: expected `/*`, a YAML header, `*/` and one select; found another beginning")
    name, header = _name(path), parse_header(match["header"], path)
    depends = {*dependencies(match["select"], name, path), *referenced(header)} - {name}
    return Table(name, path, header, match["select"], tuple(sorted(depends)))


def dependencies(select: str, name: str, path: Path) -> tuple[str, ...]:
    """The tables a select reads, parsed from it; HeaderError when a layer reads what it may not."""
    import sqlglot
    from sqlglot import exp

    try:
        (statement,) = sqlglot.parse(select, dialect="duckdb")
    except (sqlglot.errors.SqlglotError, ValueError) as error:
        raise HeaderError(f"{path}: expected one select that parses, found: {error}") from error
    if not isinstance(statement, exp.Query):
        raise HeaderError(f"{path}: expected a select, found {type(statement).__name__}")
    named = {cte.alias for cte in statement.find_all(exp.CTE)}
    read = set()
    for table in statement.find_all(exp.Table):
        if table.catalog or (isinstance(table.this, exp.Func) and not isinstance(table.this, exp.GenerateSeries)):
            raise HeaderError(f"{path}: expected tables written as schema.table, found {table.sql('duckdb')}")
        if table.db:
            read.add(f"{table.db}.{table.name}")
        elif table.name and table.name not in named:
            raise HeaderError(f"{path}: expected tables written as schema.table, found {table.name!r}")
    allowed = READS[name.split(".")[0]]
    for other in sorted(read):
        if other.split(".")[0] not in allowed or other == name:
            raise HeaderError(f"{path}: expected to read only {', '.join(allowed)} (not itself), found {other}")
    return tuple(sorted(read))


def referenced(header: Header) -> set[str]:
    """The tables that a header's checks refer to; they must be there before the checks run."""
    targets = [target for check in header.checks for target in check.get("references", {}).values()]
    return {target.rpartition(".")[0] for target in targets}


def read_reference(path: Path) -> Table:
    """A CSV of hand-kept facts with its header in the `.yml` beside it."""
    sidecar = path.with_suffix(".yml")
    if not sidecar.exists():
        raise HeaderError(f"{path}: expected its header in {sidecar.name} beside it, found none")
    header = parse_header(sidecar.read_text(), sidecar)
    with path.open() as lines:
        found = tuple(lines.readline().rstrip("\n").split(","))
    if found != tuple(header.columns):
        raise HeaderError(f"{path}: expected the columns {', '.join(header.columns)}; found {', '.join(found)}")
    columns = ", ".join(f"{literal(name)}: {literal(column.type)}" for name, column in header.columns.items())
    options = f"header=true, delim=',', quote='\"', escape='\"', auto_detect=false, columns={{{columns}}}"
    select = f"select {', '.join(map(quote, header.columns))} from read_csv({literal(str(path))}, {options})"
    name = f"reference.{path.stem}"
    return Table(name, path, header, select, tuple(sorted(referenced(header) - {name})))


def read_written(path: Path) -> Table:
    """A table that Python writes, declared by its header alone."""
    return Table(_name(path), path, parse_header(path.read_text(), path))


def _name(path: Path) -> str:
    if path.parent.name not in READS:
        raise HeaderError(f"{path}: expected a folder named for a layer ({', '.join(READS)}), found {path.parent.name}")
    return f"{path.parent.name}.{path.stem}"


def staging_table(source: Source, path: Path) -> Table:
    """The staging table that a source declares."""
    return Table(f"staging.{source.name}", path, staging_header(source))


def read_tables(models: Path = MODELS, reference: Path = REFERENCE) -> dict[str, Table]:
    """All tables declared below `warehouse/`, those read before those that read them; HeaderError on a cycle."""
    tables = [
        *(read_reference(path) for path in sorted(reference.glob("*.csv"))),
        *(read_model(path) for path in sorted(models.glob("*/*.sql"))),
        *(read_written(path) for path in sorted(models.glob("*/*.yml"))),
    ]
    return in_order(tables)


def in_order(tables: Iterable[Table]) -> dict[str, Table]:
    """The tables by name, each after those it depends on; HeaderError when one is missing, declared twice or circular.

    Staging tables may be missing only if all are: they are declared by sources and not by files here.
    """
    from graphlib import CycleError, TopologicalSorter

    by_name: dict[str, Table] = {}
    for table in tables:
        if table.name in by_name:
            raise HeaderError(f"{table.path}: expected one file for {table.name}, found {by_name[table.name].path} too")
        by_name[table.name] = table
    declared = {"core", "marts", "reference"} | {table.layer for table in by_name.values()}
    graph = {name: [d for d in table.depends if d in by_name] for name, table in by_name.items()}
    for name, table in by_name.items():
        for other in table.depends:
            if other not in by_name and other.split(".")[0] in declared:
                raise HeaderError(
                    f"{table.path}: expected to read declared tables, found {other}, which no file declares"
                )
            if other == name:
                raise HeaderError(f"{table.path}: expected not to read itself")
    try:
        return {name: by_name[name] for name in TopologicalSorter(graph).static_order()}
    except CycleError as error:
        circle = error.args[1]
        raise HeaderError(
            f"{by_name[circle[0]].path}: expected tables without a circle, found {' <- '.join(circle)}"
        ) from error
