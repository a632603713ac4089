"""What a source is, declared: origins, contract, licence, bounds; fetching and judging live elsewhere."""

import hashlib
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

Record: TypeAlias = Mapping[str, Any]
Cut: TypeAlias = Callable[[bytes], Iterator[Record]]
"""Cuts one answer, as received, into records; raises ValueError when the answer has another shape."""

History: TypeAlias = Literal["point_in_time", "replayable", "vintages"]
Proved: TypeAlias = Literal["captured", "replayed", "in part", "documented"]
Every: TypeAlias = Literal["release", "month", "quarter", "newest"]
Gather: TypeAlias = Literal["files", "names"]

SUBJECTS = ("releases", "licences", "prices", "adoption", "capability", "openness", "incidents", "finance")


@dataclass(frozen=True)
class Licence:
    """The producer's own terms for the data."""

    name: str
    url: str
    redistributable: bool
    """Whether its records may be passed on as they are."""
    attribution: str
    derivable: bool = True
    """Whether figures computed from it may be published; no model reads a source of which they may not."""


@dataclass(frozen=True)
class Field:
    """One typed column of a staging table.

    `path` is a JSON path or several, of which the first present wins; `type` a DuckDB type; `expression` is SQL
    over the cast value, written `{}`, for units and for what a sentinel means at this source.
    """

    name: str
    type: str
    path: str | tuple[str, ...]
    doc: str
    required: bool = False
    usually: float = 0.0
    """Least share of records that have it, for a field that is not in all of them."""
    expression: str = "{}"
    reads: str = ""
    """DuckDB type of the value before `expression`, where it is not `type`."""

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,) if isinstance(self.path, str) else self.path


@dataclass(frozen=True)
class Bounds:
    """What an acceptable answer holds at least."""

    min_records: int
    max_drop: float = 0.25
    """Largest accepted fall in records against the last accepted answer of the same origin, as a share."""
    min_required_share: float = 0.99
    """Share of records in which each required field is present and of its type."""


@dataclass(frozen=True)
class LinkPaging:
    """Pages follow one another by Link headers."""

    max_pages: int = 10_000


@dataclass(frozen=True)
class CursorPaging:
    """Each answer names the next cursor at the key `cursor`; `parameter` carries it back."""

    parameter: str = "cursor"
    cursor: str = "next_cursor"
    max_pages: int = 10_000


@dataclass(frozen=True)
class OffsetPaging:
    """Pages by offset and limit, until one holds fewer than `limit` records in its list `items`."""

    items: str = "data"
    parameter: str = "offset"
    limit_parameter: str = "limit"
    limit: int = 1000
    max_pages: int = 10_000


@dataclass(frozen=True)
class PagePaging:
    """Pages by number, until one holds fewer than `limit` records in its list `items`."""

    items: str = "data"
    parameter: str = "page"
    limit_parameter: str = "limit"
    limit: int = 100
    start: int = 1
    max_pages: int = 10_000


Paging: TypeAlias = LinkPaging | CursorPaging | OffsetPaging | PagePaging


@dataclass(frozen=True)
class HttpOrigin:
    """A public address, or several that belong together, that answers with the source.

    With `paging` or `more` (from the first answer to further addresses) all answers are kept as one tar, in order;
    `pipeline.kernel.cutting.answers` reads it back. `$NAME` in a header value is taken from the environment when
    the request is made, and the header left out when it is not set; without the variable in `requires` the origin
    is not asked.
    """

    url: str
    cut: Cut
    accept: str = "application/json"
    max_bytes: int = 200_000_000
    label: str = ""
    paging: Paging | None = None
    more: Callable[[bytes], Sequence[str]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    requires: str = ""
    requests_per_second: float | None = None
    past: Callable[[date], Sequence[tuple[date, str]]] | None = None
    """From today to the days of which earlier answers can still be had, each with its address; for a backfill."""

    @property
    def name(self) -> str:
        return self.label or self.url.removeprefix("https://")


@dataclass(frozen=True)
class PackageOrigin:
    """A file inside a published package; each release of the package is a dated vintage of the data."""

    package: str
    member: str | tuple[str, ...]
    """Path of the file in the archive, or several, of which the first present is read; with `gather`, patterns."""
    cut: Cut
    every: Every = "release"
    """Which releases to keep: each one, the last of each calendar month or quarter, or only the newest."""
    since: str | None = None
    """First version that has the member."""
    max_bytes: int = 200_000_000
    gather: Gather | None = None
    """All members that match the patterns (`*` crosses folders) are kept: as a tar of `files`, which
    `pipeline.kernel.cutting.members` reads back, or as a JSON list of their `names`."""
    keep: Callable[[bytes], bytes] | None = None
    """What of each member's bytes is kept, where the rest is not data; all of them unless given."""
    prereleases: bool = False
    """Whether pre-releases count, for data that stable releases never bring."""
    heavy: bool = False
    """Whether the archives are so large that only schedules, `--full` and a capture by name ask for them."""

    @property
    def name(self) -> str:
        return self.package

    @property
    def members(self) -> tuple[str, ...]:
        return (self.member,) if isinstance(self.member, str) else self.member


@dataclass(frozen=True)
class ParquetOrigin:
    """Large Parquet at a public address: typed column by column, never whole in memory, kept as what changed.

    With `dated` the first answer is no data but names files, each of a period; every file is captured, judged and
    kept by itself, with its period as its version. A path such as `$.safetensors.total` goes through
    structs, `$.models[*].id` through lists, and from a column of text on through the JSON in it. `keep` is a SQL
    condition over the typed columns; other rows are not kept. `counters` are the fields that move by themselves:
    of a record in which nothing else changed only these are kept.
    """

    url: str
    label: str = ""
    dated: Callable[[bytes], Sequence[tuple[str, str]]] | None = None
    """From the first answer to the periods, oldest first, each with the address of its file."""
    open_periods: int = 2
    """How many of the last periods are asked for each time; of those before, what is held only by a backfill."""
    keep: str = ""
    keeps_received: bool = True
    """Whether the files of the newest capture are kept as received, beside what changed."""
    counters: tuple[str, ...] = ()
    accept: str = "*/*"
    max_bytes: int = 8_000_000_000
    headers: Mapping[str, str] = field(default_factory=dict)
    requires: str = ""
    requests_per_second: float | None = None

    @property
    def name(self) -> str:
        return self.label or self.url.removeprefix("https://")


CutOrigin: TypeAlias = HttpOrigin | PackageOrigin
Origin: TypeAlias = CutOrigin | ParquetOrigin


@dataclass(frozen=True)
class Source:
    """One source of public data: what comes in, under which terms, and what must hold for it."""

    name: str
    title: str
    doc: str
    homepage: str
    subject: str
    origins: tuple[Origin, ...]
    licence: Licence
    cadence: timedelta
    stale_after: timedelta
    history: History
    proved: Proved
    """How its shape is known; `pipeline.kernel.inventory.PROVED` says what each word means."""
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    bounds: Bounds
    owners: tuple[str, ...] = ("team:ajar",)
    warnings: tuple[str, ...] = ()
    heavy: bool = False
    """Whether a capture takes minutes or hundreds of megabytes; then only schedules and `--full` ask for it."""

    def __post_init__(self) -> None:
        names = [field.name for field in self.fields]
        problems = [f"field {name!r} is declared twice" for name in {n for n in names if names.count(n) > 1}]
        problems += [f"key column {name!r} is not a field" for name in self.key if name not in names]
        if self.subject not in SUBJECTS:
            problems.append(f"subject {self.subject!r} is none of {', '.join(SUBJECTS)}")
        if not self.origins:
            problems.append("there is no origin")
        if len({isinstance(origin, ParquetOrigin) for origin in self.origins}) > 1:
            problems.append("some origins are Parquet and some are not")
        if problems:
            raise ValueError(f"pipeline/sources/{self.name}.py: " + "; ".join(sorted(problems)))

    @property
    def is_large(self) -> bool:
        """Whether its captures are Parquet, of which only what changed is kept and loaded."""
        return isinstance(self.origins[0], ParquetOrigin)

    @property
    def contract_hash(self) -> str:
        """Changes when a typed row could come out differently."""
        cuts = {
            inspect.getsourcefile(sys.modules[_module_of(origin.cut)])
            for origin in self.origins
            if not isinstance(origin, ParquetOrigin)
        }
        typing = ("columns.py", "changes.py", "contract.py") if self.is_large else ("cutting.py", "contract.py")
        cuts |= {str(Path(__file__).with_name(name)) for name in typing}
        code = [Path(file).read_bytes() for file in sorted(filter(None, cuts))]
        return hashlib.sha256(repr((self.fields, self.key, code)).encode()).hexdigest()

    def origin(self, name: str) -> Origin:
        """The origin a manifest names; KeyError when the source no longer declares it."""
        for origin in self.origins:
            if origin.name == name:
                return origin
        declared = ", ".join(origin.name for origin in self.origins)
        raise KeyError(
            f"pipeline/sources/{self.name}.py: expected the origin {name!r} of a kept snapshot, found only {declared}; "
            "declare it again, or remove its snapshots"
        )


def _module_of(cut: Cut) -> str:
    return cut.func.__module__ if isinstance(cut, partial) else cut.__module__


@cache
def discover() -> dict[str, Source]:
    """All sources, by name: each module of `pipeline.sources` exports one `SOURCE`."""
    package = importlib.import_module("pipeline.sources")
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        source = getattr(importlib.import_module(f"pipeline.sources.{module.name}"), "SOURCE", None)
        if not isinstance(source, Source) or source.name != module.name:
            raise TypeError(
                f"pipeline/sources/{module.name}.py: expected SOURCE, a Source named {module.name!r}; found {source!r}"
            )
        found[source.name] = source
    return dict(sorted(found.items()))
