"""Everything this checkout declares, found once: sources, tables, and the snapshots of the data folder."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.kernel.home import ROOT, Home, home
from pipeline.kernel.snapshot import SnapshotStore
from pipeline.kernel.source import Source, discover
from pipeline.kernel.tables import Table, in_order, read_tables, staging_table


@dataclass(frozen=True)
class Project:
    """The declared tables and sources together with the data folder they work on."""

    home: Home
    sources: dict[str, Source]
    tables: dict[str, Table]
    """All tables, staging included, each after those it reads."""

    @property
    def store(self) -> SnapshotStore:
        return SnapshotStore(self.home.snapshots)


def open_project() -> Project:
    """The project of this checkout and of the data folder in use now."""
    sources, tables = _declared()
    return Project(home(), sources, tables)


@cache
def _declared() -> tuple[dict[str, Source], dict[str, Table]]:
    sources = discover()
    staging = [staging_table(source, source_file(name)) for name, source in sources.items()]
    return sources, in_order([*staging, *read_tables().values()])


def source_file(name: str) -> Path:
    """The file that declares a source."""
    return ROOT / "pipeline" / "sources" / f"{name}.py"
