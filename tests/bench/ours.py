"""The pipeline's own code path: judge and keep as a capture does, load as a build does, and the SQL models.

Steps in brackets are what the pipeline does beyond the same work done otherwise: history for every repository.
"""

import shutil
import sys
from dataclasses import replace
from pathlib import Path

from pipeline.kernel.build import build_table
from pipeline.kernel.changes import CHANGES, write_changes
from pipeline.kernel.columns import bound_memory, judge_files, open_files, typed
from pipeline.kernel.project import open_project
from pipeline.kernel.snapshot import Manifest, Snapshot, file_sha256
from pipeline.kernel.source import ParquetOrigin, discover
from pipeline.kernel.staging import load
from pipeline.kernel.warehouse import scratch, writer
from tests.bench.measure import Clock

STEPS = {
    "(spells)": ("core.hub_repository_history",),
    "(counters)": ("core.hub_repository_counter",),
    "(repositories)": ("core.hub_repository",),
    "lineage": ("core.hub_base_model", "core.hub_lineage"),
    "monthly": ("marts.hub_derivatives_monthly",),
}
ANSWERS = {
    "licence": "select licence_tag, count(*) from core.hub_repository group by licence_tag order by 2 desc, 1 limit 5",
    "organisation": (
        "select author_tag, count(*), sum(downloads_all_time_count), count(case when licence_tag in ('mit', "
        "'apache-2.0') then 1 end) from core.hub_repository group by author_tag order by 3 desc, 1 limit 5"
    ),
    "lineage": (
        "select count(*), count(case when lineage.generation > 0 then 1 end), sum(lineage.generation), "
        "count(case when coalesce(repository.licence_tag, lineage.root_licence_tag) = 'mit' then 1 end) "
        "from core.hub_lineage as lineage left join core.hub_repository as repository using (repository_tag)"
    ),
    "monthly": "select count(*), sum(derivative_count), max(derivative_count) from marts.hub_derivatives_monthly",
}


def main(file: Path, folder: Path) -> None:
    source = discover()["huggingface_repositories"]
    origin = source.origins[0]
    assert isinstance(origin, ParquetOrigin)
    clock = Clock()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with scratch() as connection:
        bound_memory(connection, folder)
        with clock.step("staging"):
            rows = typed(source, origin, open_files(connection, [file]))
            connection.execute(f"create temp table typed as {rows}")
        connection.execute("drop table typed")
        source = replace(source, bounds=replace(source.bounds, min_records=1))
        with clock.step("(judge)"):
            judgement = judge_files(source, origin, connection, [file], "", None)
        assert not judgement.reason, judgement.reason
        with clock.step("(keep)"):
            write_changes(connection, source, origin, rows, None, folder)
    manifest = Manifest(
        source=source.name, origin=origin.name, observed_at="2026-10-01T06:00:00+00:00",
        captured_at="2026-10-01T06:00:00+00:00", sha256="", byte_count=0, licence="",
        record_count=judgement.record_count, changes_sha256=file_sha256(folder / CHANGES),
    )  # fmt: skip
    tables = open_project().tables
    with writer(folder / "work.duckdb") as connection:
        with clock.step("(load)"):
            load(connection, source, [Snapshot(folder, manifest)])
        load(connection, discover()["huggingface_models"], [])
        for step in (*STEPS, "licence", "organisation"):
            with clock.step(step):
                for name in STEPS.get(step, ()):
                    build_table(connection, tables[name])
                found = connection.execute(ANSWERS[step]).fetchall() if step in ANSWERS else []
            clock.answers[step] = [float(value) for row in found for value in row if isinstance(value, int | float)]
    clock.report()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
