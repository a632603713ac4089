"""Labels of other publishers, captured whole, against ours: how far they agree, and why where they do not."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from duckdb import DuckDBPyConnection
from openness_answers import PAYLOADS, labelled_warehouse

from pipeline.claims.agreement import RELIABLE, agreement

pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason=f"no real answers at {PAYLOADS}")

LEAST_JUDGED = {
    "arena": 100, "ecosystem_graphs": 350, "epoch": 800, "helm": 500, "models_dev": 1500, "mot": 100, "osai": 20,
}  # fmt: skip
"""Models whose label and whose place with us are both known, at the least; fewer means that names no longer join."""


@pytest.fixture(scope="module")
def labelled() -> Iterator[DuckDBPyConnection]:
    with tempfile.TemporaryDirectory() as folder, labelled_warehouse(Path(folder)) as connection:
        yield connection


def test_labels_of_every_publisher_agree_with_ours_beyond_chance(labelled: DuckDBPyConnection) -> None:
    found = {row["label_set"]: row for row in agreement(labelled).to_dict("records") if row["selection"] == "all"}
    assert {name: row["model_count"] >= LEAST_JUDGED[name] for name, row in found.items()} == dict.fromkeys(
        LEAST_JUDGED, True
    )
    assert {name: row["alpha"] >= RELIABLE for name, row in found.items()} == dict.fromkeys(LEAST_JUDGED, True)


def test_labels_that_are_not_our_own_source_agree_too(labelled: DuckDBPyConnection) -> None:
    found = {
        row["label_set"]: row for row in agreement(labelled).to_dict("records") if row["selection"] == "independent"
    }
    assert all(row["model_count"] >= 15 and row["alpha"] >= RELIABLE for row in found.values()), found


def test_every_difference_is_listed_with_a_reason(labelled: DuckDBPyConnection) -> None:
    listed = labelled.execute(
        "select label_set, count(*) from marts.openness_disagreement group by label_set"
    ).fetchall()
    differing = labelled.execute(
        "select label_set, sum(model_count) from marts.openness_agreement where not is_agreement group by label_set"
    ).fetchall()
    assert dict(listed) == {name: int(count) for name, count in differing}


def test_each_definition_is_told_for_more_releases_than_by_the_starter_archive_alone(
    labelled: DuckDBPyConnection,
) -> None:
    unknown = dict(
        labelled.execute(
            "select definition, avg(case when label = 'unknown' then 1.0 else 0.0 end) from marts.release_openness "
            "group by definition"
        ).fetchall()
    )
    assert unknown["open_any"] < 0.05
    assert unknown["open_unrestricted"] < 0.25
