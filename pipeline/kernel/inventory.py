"""What is declared and held of each source, as text that fits a terminal; nothing here asks a source."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.kernel.snapshot import Snapshot, SnapshotStore
from pipeline.kernel.source import SUBJECTS, HttpOrigin, Origin, PackageOrigin, ParquetOrigin, Source

WIDTH = 100
"""Columns of everything but the listing in a narrower terminal, which leaves out the cadence and the last capture."""
PROVED = {
    "captured": "captured by Ajar itself, see the starter archive",
    "replayed": "a whole real answer, got elsewhere, went through the contract",
    "in part": "records of a real answer, or examples its maker gives, went through the contract",
    "documented": "by its maker's documents or code alone, no answer was read",
}
LEGEND = (
    "age: days since what was last observed, ! when stale. rows: of all captures. history: months observed and "
    "captures held. *: may not be republished. `ajar sources NAME` tells all of one source."
)


@dataclass(frozen=True)
class Standing:
    """How a source stands at a moment."""

    captures: tuple[Snapshot, ...]
    quarantined: tuple[Snapshot, ...]
    age_days: int | None
    """Days since the newest accepted observation; None when there is none."""
    is_stale: bool
    row_count: int
    captured_on: str
    """Day on which bytes last came here and were accepted; empty when they never did."""
    trouble: str
    """Why the last attempt of an origin that has not answered since went wrong; empty when none did."""


def standing(source: Source, store: SnapshotStore, at: datetime) -> Standing:
    """Reads the manifests and the log of a source."""
    captures = store.all(source.name)
    newest = max((datetime.fromisoformat(s.manifest.observed_at) for s in captures), default=None)
    last: dict[str, dict[str, str]] = {entry["origin"]: entry for entry in store.log(source.name)}
    failed = [entry for entry in last.values() if entry["attempt"] == "failed"]
    return Standing(
        captures=tuple(captures),
        quarantined=tuple(store.all(source.name, "quarantined")),
        age_days=(at - newest).days if newest else None,
        is_stale=bool(newest and at - newest > source.stale_after),
        row_count=sum(snapshot.manifest.record_count for snapshot in captures),
        captured_on=max((s.manifest.captured_at[:10] for s in captures), default=""),
        trouble=_trouble(failed),
    )


def _trouble(failed: list[dict[str, str]]) -> str:
    """What went wrong first, and of how many origins more it can be told."""
    if not failed:
        return ""
    first = failed[0]
    reason = re.sub(r"^https?://\S+: ", "", first["reason"])
    more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    return f"failed {first['at'][:10]}, {_cut(first['origin'], 36)}{more}: {reason}"


def listing(sources: Iterable[Source], store: SnapshotStore, at: datetime | None = None, width: int = WIDTH) -> str:
    """All sources by subject, a line each, and a line more for what was quarantined or failed."""
    moment = at or datetime.now(UTC)
    subjects: dict[str, list[Source]] = {}
    for source in sources:
        subjects.setdefault(source.subject, []).append(source)
    lines = [_row("source", "licence", "every", "age", "rows", "captured", "history", width)]
    for subject in sorted(subjects, key=SUBJECTS.index):
        lines += ["", subject]
        for source in subjects[subject]:
            lines += _lines_of(source, standing(source, store, moment), width)
    return "\n".join([*lines, "", *textwrap.wrap(LEGEND, min(width, WIDTH))])


def proofs(sources: Iterable[Source], store: SnapshotStore, at: datetime | None = None) -> str:
    """A Markdown table of how the shape of each source was proved, what is held of it and its first warning."""
    moment = at or datetime.now(UTC)
    lines = ["| source | proved | rows held | captures | beware |", "|---|---|---|---|---|"]
    for source in sources:
        found = standing(source, store, moment)
        beware = source.warnings[0] if source.warnings else ""
        held = f"{found.row_count:,} | {_span(found.captures)}"
        lines.append(f"| {source.name} | {source.proved} | {held} | {_cut(beware, 110)} |")
    return "\n".join([*lines, "", *(f"{word}: {text}" for word, text in PROVED.items())])


def _row(name: str, licence: str, every: str, age: str, rows: str, captured: str, history: str, width: int) -> str:
    wide = width >= WIDTH
    return (
        f"{name:28} {licence:13} {every + ' ' if wide else '':{6 * wide}}{age:>8} {rows:>7} "
        f"{captured + ' ' if wide else '':{11 * wide}}{history}"
    ).rstrip()


def _lines_of(source: Source, found: Standing, width: int) -> Iterator[str]:
    licence = _cut(source.licence.name, 12) + ("" if source.licence.redistributable else "*")
    age = "never" if found.age_days is None else f"{found.age_days} d" + (" !" if found.is_stale else "  ")
    every, rows = f"{source.cadence.days:>3} d", _short(found.row_count)
    yield _row(_cut(source.name, 28), licence, every, age, rows, found.captured_on, _span(found.captures), width)
    if found.quarantined:
        newest = found.quarantined[-1].manifest
        yield _cut(f"    quarantined {newest.captured_at[:10]}, {newest.origin}: {newest.reason}", width)
    if found.trouble:
        yield _cut(f"    {found.trouble}", width)


def sheet(source: Source, store: SnapshotStore, at: datetime | None = None) -> str:
    """One source in full: terms, origins and what is held of each, bounds, fields, warnings, last attempts."""
    found = standing(source, store, at or datetime.now(UTC))
    age = "never captured" if found.age_days is None else f"observed {found.age_days} days ago"
    may = "may be republished" if source.licence.redistributable else "may not be republished"
    drop = f"{source.bounds.max_drop:.0%}"
    lines = [
        f"{source.name} - {source.title}",
        *_wrapped(source.doc),
        "",
        *_entry("subject", source.subject),
        *_entry("home", source.homepage),
        *_entry("licence", f"{source.licence.name}, {may}; {source.licence.url}"),
        *_entry("credit", source.licence.attribution),
        *_entry("asked", f"every {source.cadence.days} days" + (", only by --full or by name" if source.heavy else "")),
        *_entry("freshness", f"{age}, stale after {source.stale_after.days}" + (": STALE" if found.is_stale else "")),
        *_entry("history", f"{source.history.replace('_', ' ')}; {_span(found.captures) or 'nothing held'}"),
        *_entry("rows", f"{found.row_count:,} in staging.{source.name}, one for each {', '.join(source.key)}"),
        *_entry(
            "bounds",
            f"at least {source.bounds.min_records:,} records, at most {drop} fewer than before, required fields in "
            f"{source.bounds.min_required_share:.0%} of them",
        ),
        *_entry("proved", f"{source.proved}: {PROVED[source.proved]}"),
        *_entry("declared in", f"pipeline/sources/{source.name}.py"),
        "",
        "origins",
        *(line for origin in source.origins for line in _origin_lines(origin, found.captures)),
        "",
        "fields",
        *(line for field in source.fields for line in _wrapped(
            f"{field.name} {field.type.lower()}{' required' if field.required else ''}: {field.doc}", 2
        )),
        "",
        "beware",
        *(line for warning in source.warnings for line in _wrapped(f"- {warning}", 2)),
    ]  # fmt: skip
    if found.quarantined:
        lines += ["", "quarantined, kept and not loaded"]
        for snapshot in found.quarantined:
            lines += _wrapped(f"{snapshot.snapshot_id}: {snapshot.manifest.reason}", 2)
    attempts = list(store.log(source.name))[-5:]
    if attempts:
        lines += ["", "last attempts"]
        for entry in attempts:
            what = f"{entry['attempt']}, {entry['origin']} {entry.get('version', '')}".rstrip()
            lines += _wrapped(f"{entry['at'][:16]} {what}" + (f": {entry['reason']}" if entry["reason"] else ""), 2)
    return "\n".join(lines)


def _origin_lines(origin: Origin, captures: Iterable[Snapshot]) -> list[str]:
    held = [snapshot for snapshot in captures if snapshot.manifest.origin == origin.name]
    if isinstance(origin, PackageOrigin):
        grain = {"release": "each release", "newest": "the newest release"}.get(
            origin.every, f"last of each {origin.every}"
        )
        how = f"package {origin.package}, {grain}, {' or '.join(origin.members)}"
        how += f", {origin.gather} gathered" if origin.gather else ""
        how += ", heavy" if origin.heavy else ""
    else:
        how = _address(origin)
    newest = f"; newest {held[-1].manifest.record_count:,} rows" if held else ""
    return _wrapped(f"{how}: {_span(held) or 'nothing held'}{newest}", 2)


def _address(origin: HttpOrigin | ParquetOrigin) -> str:
    key = f", wants {origin.requires}" if origin.requires else ""
    large = ", large: kept as what changed" if isinstance(origin, ParquetOrigin) else ""
    if isinstance(origin, ParquetOrigin):
        past = f", the last {origin.open_periods} files, all by --backfill" if origin.dated else ""
    else:
        past = ", earlier days by --backfill" if origin.past else ""
    return f"{_cut(origin.name, 80)}{key}{past}{large}"


def _span(captures: Iterable[Snapshot]) -> str:
    """Months of the first and last observation, and how many captures."""
    months = sorted(snapshot.manifest.observed_at[:7] for snapshot in captures)
    if not months:
        return ""
    return f"{months[0]}…{months[-1]} x{len(months)}" if months[0] != months[-1] else f"{months[0]} x{len(months)}"


def _short(number: int) -> str:
    return f"{number:,}" if number < 1_000_000 else f"{number / 1e6:.1f}M"


def _cut(text: str, width: int) -> str:
    flat = " ".join(text.split()) if not text.startswith(" ") else "    " + " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def _wrapped(text: str, indent: int = 0) -> list[str]:
    pad = " " * indent
    return textwrap.wrap(text, WIDTH, initial_indent=pad, subsequent_indent=pad + ("  " if indent else ""))


def _entry(label: str, text: str) -> list[str]:
    return textwrap.wrap(f"{label:12} {text}", WIDTH, subsequent_indent=" " * 13)
