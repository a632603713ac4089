"""Which sources a query goes back to, by the declared dependencies of tables; no data is read here."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

READ = re.compile(r"\b(?:marts|claims|core|reference|staging)\.[a-z_][a-z0-9_]*")


def tables_in(sql: str) -> list[str]:
    """The tables a query names, in order of first mention."""
    return list(dict.fromkeys(READ.findall(sql)))


@dataclass(frozen=True)
class Lineage:
    """The tables that each declared table reads."""

    depends: Mapping[str, Sequence[str]]

    def sources(self, tables: Iterable[str]) -> list[str]:
        """The sources behind some tables, by name."""
        seen: set[str] = set()
        waiting = list(tables)
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += self.depends.get(name, ())
        return sorted(name.removeprefix("staging.") for name in seen if name.startswith("staging."))


@cache
def declared_lineage() -> Lineage:
    """The dependencies of the tables declared in this checkout."""
    from pipeline.kernel.project import open_project

    return Lineage({name: table.depends for name, table in open_project().tables.items()})
