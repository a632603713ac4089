"""The release readers use: published only when every table and check before it has passed."""

import time

import dagster as dg

from dashboards.site import write_site
from pipeline.defs.models import table_key
from pipeline.kernel.build import RELEASE, ledger, record, release_from
from pipeline.kernel.meta import refresh
from pipeline.kernel.progress import say
from pipeline.kernel.project import open_project
from pipeline.kernel.publish import DATABASE, publish, publishable
from pipeline.kernel.warehouse import writer


@dg.definitions
def publication() -> dg.Definitions:
    project = open_project()
    made = [table for table in project.tables.values() if table.layer != "meta"]

    @dg.asset(
        key=RELEASE.split("."),
        deps=[table_key(table.name) for table in made],
        group_name="publication",
        owners=["team:ajar"],
        kinds={"duckdb", "parquet", "html"},
        description="DuckDB file, Parquet, data package, dictionary and site, swapped in at once. Readers of the "
        "previous release keep it until they close it.",
    )
    def release() -> dg.MaterializeResult[None]:
        say("publishing")
        started = time.perf_counter()
        project = open_project()
        with writer(project.home.database) as connection:
            made = ledger(connection)
            there = {name: table for name, table in project.tables.items() if table.layer != "staging" or name in made}
            refresh(connection, there, project.sources, project.store)
            tables = publishable(there, project.sources)
            folder = publish(connection, project.home, tables, project.sources, write_site)
            seconds = time.perf_counter() - started
            record(connection, RELEASE, release_from(ledger(connection)), seconds, len(tables))
        return dg.MaterializeResult(
            metadata={
                "database": dg.MetadataValue.path(str(folder / DATABASE)),
                "site": dg.MetadataValue.path(str(folder / "site" / "index.html")),
                "megabytes": (folder / DATABASE).stat().st_size / 1e6,
                "tables": len(tables),
                "seconds": seconds,
            }
        )

    return dg.Definitions(assets=[release])
