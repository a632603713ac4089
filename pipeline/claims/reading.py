"""A connection that remembers what is read through it, so that lineage is known and no question is asked twice."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection


class Answer:
    """What a query found, as rows or as a frame; asked of the database once for each of the two."""

    def __init__(self, reading: "Reading", query: str, parameters: Any) -> None:
        self._reading, self._query, self._parameters = reading, query, parameters
        self._left: Iterator[tuple[Any, ...]] | None = None

    def df(self) -> "pd.DataFrame":
        found: pd.DataFrame = self._reading.remembered("df", self._query, self._parameters)
        return found.copy()

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self._rows())

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(self._rows(), None)

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        if self._left is None:
            self._left = iter(self._reading.remembered("fetchall", self._query, self._parameters))
        return self._left


class Reading:
    """Stands for a connection whose tables stay as they are while it is in use; only `execute` of queries is offered.

    Answers are kept until `forget`; the tables read are noted under the name given to `noting`.
    """

    def __init__(self, connection: "DuckDBPyConnection") -> None:
        self._connection = connection
        self._answers: dict[tuple[str, str, str], Any] = {}
        self._name = ""
        self.tables: dict[str, set[str]] = {}
        """The tables that were read, by the name they were noted under."""

    def execute(self, query: str, parameters: Any = None) -> Answer:
        self.tables.setdefault(self._name, set()).update(tables_of(query))
        return Answer(self, query, parameters)

    @contextmanager
    def noting(self, name: str) -> Iterator["DuckDBPyConnection"]:
        """Notes what is read inside under a name."""
        before, self._name = self._name, name
        try:
            yield self  # type: ignore[misc]
        finally:
            self._name = before

    def forget(self) -> None:
        """Lets go of the answers kept so far."""
        self._answers.clear()

    def remembered(self, method: str, query: str, parameters: Any) -> Any:
        key = (method, query, repr(sorted(parameters.items()) if isinstance(parameters, Mapping) else parameters))
        if key not in self._answers:
            cursor = self._connection.execute(query, parameters) if parameters else self._connection.execute(query)
            self._answers[key] = getattr(cursor, method)()
        return self._answers[key]


@lru_cache(maxsize=512)
def tables_of(query: str) -> frozenset[str]:
    """The tables `schema.name` that a query names."""
    import sqlglot
    from sqlglot import exp

    return frozenset(
        f"{table.db}.{table.name}"
        for statement in sqlglot.parse(query, dialect="duckdb")
        if statement is not None
        for table in statement.find_all(exp.Table)
        if table.db
    )
