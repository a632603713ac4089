"""One asset with its blocking checks per table that SQL or a source's contract makes."""

from collections.abc import Iterator

import dagster as dg
from duckdb import DuckDBPyConnection

from pipeline.defs.captures import declared_in, snapshot_key
from pipeline.defs.thumbnails import thumbnail
from pipeline.kernel.build import Built, build_staging, build_table, forget, stand_in
from pipeline.kernel.checks import CheckResult, checks_of, run_check
from pipeline.kernel.header import Header
from pipeline.kernel.meta import record_checks
from pipeline.kernel.progress import say
from pipeline.kernel.project import Project, open_project
from pipeline.kernel.source import Source
from pipeline.kernel.tables import Table
from pipeline.kernel.warehouse import writer


def table_key(name: str) -> dg.AssetKey:
    """`layer.name` as an asset key."""
    return dg.AssetKey(name.split("."))


def table_description(header: Header) -> str:
    """What the asset page says of a table."""
    warnings = "".join(f"\n- {warning}" for warning in header.warnings)
    return f"{header.doc}\n\nOne row: {header.grain}." + (f"\n\nBeware:{warnings}" if warnings else "")


def column_schema(header: Header) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[dg.TableColumn(name, column.type, column.doc) for name, column in header.columns.items()]
    )


def _spec(table: Table, deps: list[dg.AssetKey], kinds: set[str]) -> dg.AssetSpec:
    return dg.AssetSpec(
        table_key(table.name),
        deps=deps,
        description=table_description(table.header),
        group_name=table.header.subject,
        owners=list(table.header.owners),
        kinds=kinds,
        tags={"layer": table.layer},
        code_version=table.code_version[:16],
        metadata={
            "dagster/column_schema": column_schema(table.header),
            "dagster/table_name": table.name,
            "grain": table.header.grain,
            **({"sql": dg.MetadataValue.md(f"```sql\n{table.select}\n```")} if table.path.suffix == ".sql" else {}),
            **declared_in(table.path),
        },
    )


def model_asset(table: Table) -> dg.AssetsDefinition:
    """The asset of a table made by one select."""
    kinds = {"duckdb", "csv" if table.path.suffix == ".csv" else "sql"}

    @dg.multi_asset(
        specs=[_spec(table, [table_key(other) for other in table.depends], kinds)],
        check_specs=check_specs(table),
        name=table.name.replace(".", "__"),
    )
    def build() -> Iterator[dg.MaterializeResult[None]]:
        say(table.name)
        project = open_project()
        with writer(project.home.database) as connection:
            stand_in(connection, table, project.sources, project.store)
            built = build_table(connection, table)
            shown = thumbnail(connection, table)
            checked = run_checks(connection, project, table)
        yield _result(table, built, as_of(project, table.name), shown, checked)

    return build


def staging_asset(source: Source, table: Table) -> dg.AssetsDefinition:
    """The assets of a source's records: raw as JSON, unless the source is large, and staging typed by the contract."""
    raw = dg.AssetSpec(
        ["raw", source.name],
        deps=[snapshot_key(source.name)],
        description=f"{source.title}, record by record as received.",
        group_name=source.subject,
        owners=list(source.owners),
        kinds={"duckdb", "json"},
        tags={"layer": "raw"},
    )
    spec = _spec(table, [snapshot_key(source.name) if source.is_large else raw.key], {"duckdb"})

    @dg.multi_asset(
        specs=[spec] if source.is_large else [raw, spec],
        check_specs=check_specs(table),
        name=f"staging__{source.name}",
    )
    def build() -> Iterator[dg.MaterializeResult[None]]:
        say(table.name)
        project = open_project()
        with writer(project.home.database) as connection:
            built = build_staging(connection, source, project.store)
            checked = run_checks(connection, project, table)
        observed = as_of(project, table.name)
        if not source.is_large:
            yield dg.MaterializeResult(raw.key, metadata={"dagster/row_count": built.row_count, "as_of": observed})
        yield _result(table, built, observed, {}, checked)

    return build


def as_of(project: Project, name: str) -> str:
    """The newest observation among the snapshots a table is made from, ISO 8601; empty when there is none."""
    reached, waiting = set[str](), [name]
    while waiting:
        table = waiting.pop()
        if table not in reached:
            reached.add(table)
            waiting += project.tables[table].depends
    sources = [table.removeprefix("staging.") for table in reached if table.startswith("staging.")]
    snapshots = [snapshot for source in sources for snapshot in project.store.all(source)]
    return max((snapshot.manifest.observed_at for snapshot in snapshots), default="")


def _result(
    table: Table,
    built: Built,
    observed: str,
    shown: dict[str, dg.MetadataValue],
    checked: list[dg.AssetCheckResult],
) -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(
        table_key(table.name),
        check_results=checked,
        metadata={
            "dagster/row_count": built.row_count,
            "dagster/column_schema": column_schema(table.header),
            "seconds": built.seconds,
            "as_of": observed,
            **shown,
        },
    )


def check_specs(table: Table) -> list[dg.AssetCheckSpec]:
    """A blocking check for each promise of a table's header.

    They run in the step that builds the table: a step of their own would cost as much again.
    """
    key = table_key(table.name)
    return [
        dg.AssetCheckSpec(check.name, asset=key, description=check.doc, blocking=True) for check in checks_of(table)
    ]


def run_checks(connection: DuckDBPyConnection, project: Project, table: Table) -> list[dg.AssetCheckResult]:
    """Holds a table to its header; one that breaks a promise is stale again."""
    results = [run_check(connection, check) for check in checks_of(table)]
    record_checks(connection, project.tables["meta.check_result"], table.name, results)
    if not all(result.passed for result in results):
        forget(connection, table.name)
    return [check_result(table_key(table.name), result) for result in results]


def check_result(key: dg.AssetKey, result: CheckResult) -> dg.AssetCheckResult:
    """A check's outcome with up to ten failing rows as a table."""
    lines = [f"| {' | '.join(result.columns)} |", f"|{'---|' * len(result.columns)}"]
    lines += [f"| {' | '.join(str(value).replace('|', '/') for value in row)} |" for row in result.sample]
    return dg.AssetCheckResult(
        check_name=result.check.name,
        asset_key=key,
        passed=result.passed,
        metadata={
            "failing_rows": result.failing_rows,
            "sql": dg.MetadataValue.md(f"```sql\n{result.check.failing}\n```"),
            **({} if result.passed else {"sample": dg.MetadataValue.md("\n".join(lines))}),
        },
    )


@dg.definitions
def models() -> dg.Definitions:
    project = open_project()
    assets = [staging_asset(source, project.tables[f"staging.{name}"]) for name, source in project.sources.items()]
    assets += [model_asset(table) for table in project.tables.values() if table.select]
    return dg.Definitions(assets=assets)
