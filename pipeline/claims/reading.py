"""A connection that remembers what is read through it, so that lineage is known and no question is asked twice."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection


Shape: TypeAlias = Literal["df", "fetchall"]


@dataclass(frozen=True)
class Question:
    """A query as it was asked, and a hash of what it found, by which it is known whether it would find the same."""

    shape: str
    query: str
    parameters: str
    """As JSON, days as `{"day": "2024-05-31"}`."""
    answer: str


class Answer:
    """What a query found, as rows or as a frame; asked of the database once for each shape."""

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
        self._answers: dict[tuple[Shape, str, str], Any] = {}
        self._hashes: dict[tuple[Shape, str, str], str] = {}
        self._asked: dict[str, dict[tuple[Shape, str, str], None]] = {}
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
        self._hashes.clear()
        self._asked.clear()

    def remembered(self, shape: Shape, query: str, parameters: Any) -> Any:
        key = (shape, query, json.dumps(parameters, sort_keys=True, default=lambda day: {"day": day.isoformat()}))
        self._asked.setdefault(self._name, {})[key] = None
        if key not in self._answers:
            cursor = self._connection.execute(query, parameters) if parameters else self._connection.execute(query)
            self._answers[key] = getattr(cursor, shape)()
        return self._answers[key]

    def questions(self, name: str) -> list[Question]:
        """What was asked under a name since the answers were last let go of, in order."""
        return [Question(*key, self._hash(key)) for key in self._asked.get(name, {})]

    def would_find(self, questions: Iterable[Question]) -> bool:
        """Whether each question, asked in this order, finds what it found; False at the first that does not.

        Code whose questions depend on nothing but the answers before them then asks no other, and concludes the same.
        """
        import duckdb

        for question in questions:
            given = json.loads(question.parameters, object_hook=_with_days)
            shape = next(shape for shape in get_args(Shape) if shape == question.shape)
            try:
                self.remembered(shape, question.query, given)
            except duckdb.Error:
                return False
            if self._hash((shape, question.query, question.parameters)) != question.answer:
                return False
        return True

    def _hash(self, key: tuple[Shape, str, str]) -> str:
        if key not in self._hashes:
            self._hashes[key] = _answer_hash(self._answers[key])
        return self._hashes[key]


def _with_days(found: dict[str, Any]) -> Any:
    return date.fromisoformat(found["day"]) if list(found) == ["day"] else found


def _answer_hash(answer: Any) -> str:
    """A hash of the rows of an answer in their order."""
    if isinstance(answer, list):
        return hashlib.sha256(repr(answer).encode()).hexdigest()
    from pandas.util import hash_pandas_object

    digest = hashlib.sha256(repr(list(answer.columns)).encode())
    digest.update(hash_pandas_object(answer, index=False).to_numpy().tobytes())
    return digest.hexdigest()


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
