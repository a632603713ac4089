"""Dagster's event log in SQLite, with its connections kept: a build writes thousands of events, one at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log.sqlite import SqliteEventLogStorage
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

BUSY_TIMEOUT_SECONDS = 60
PAGES_BEFORE_CHECKPOINT = 64
"""Other processes are told of new events when the file itself changes, which a checkpoint does."""


class KeptEventLogStorage(SqliteEventLogStorage):
    """Writes what its parent writes, where its parent writes it.

    The parent opens and closes a connection for each statement, which was a quarter of a default run. This keeps the
    one of the index and the one of the run asked for last.
    """

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {}

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "KeptEventLogStorage":
        return cls(str(Path(os.environ["DAGSTER_HOME"]) / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            with engine.begin() as connection:
                yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            for other in [name for name in self._engines if name != "index" and shard != "index"]:
                self._engines.pop(other).dispose()
            self._engines[shard] = self._opened(shard)
        return self._engines[shard]

    def _opened(self, shard: str) -> Engine:
        engine = create_engine(
            self.conn_string_for_shard(shard),
            poolclass=StaticPool,
            connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        )

        @event.listens_for(engine, "connect")
        def _(connection: Any, record: Any) -> None:
            connection.execute("pragma synchronous = normal")
            connection.execute(f"pragma wal_autocheckpoint = {PAGES_BEFORE_CHECKPOINT}")

        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine

    def dispose(self) -> None:
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()
