"""What tests of claims share."""

from collections.abc import Callable
from datetime import date
from typing import Any

import duckdb
import pytest
from claims.world import World

from pipeline.claims.evidence import Clock
from pipeline.claims.registration import Claim
from pipeline.claims.run import evaluate


@pytest.fixture
def verdict() -> Callable[..., dict[str, Any]]:
    """Evaluates one claim on one world as of one day, and returns its verdict row."""

    def judge(claim: Claim, world: World, on: date, clock: Clock = "hindsight") -> dict[str, Any]:
        with world.connect() as connection:
            frames = evaluate(connection, [on], [claim], [clock])
        (row,) = frames["verdict"].to_dict("records")
        return {**row, "tests": {t["hypothesis_id"]: t for t in frames["test"].to_dict("records")},
                "specifications": frames["specification"]}  # fmt: skip

    return judge


@pytest.fixture
def empty() -> duckdb.DuckDBPyConnection:
    """All marts, without a row."""
    return World().connect()
