"""One asset per claim and per table of verdicts, evaluated together because p-values are adjusted together.

Their history is evaluated apart, once a month or on demand, as it takes minutes; charts of claims show it.
"""

import csv
import time
from collections.abc import Iterator, Sequence

import dagster as dg
from duckdb import DuckDBPyConnection

from pipeline.claims.registration import Claim, discover
from pipeline.defs.captures import declared_in
from pipeline.defs.models import column_schema, table_description, table_key
from pipeline.defs.thumbnails import image
from pipeline.kernel.build import HELD_AGAINST, VERDICTS, fill, ledger, record, verdicts_from
from pipeline.kernel.home import REFERENCE, ROOT
from pipeline.kernel.meta import ensure
from pipeline.kernel.progress import say
from pipeline.kernel.project import Project, open_project
from pipeline.kernel.tables import Table
from pipeline.kernel.warehouse import writer

LAYER = "claims"
ANCHORS = "claims.anchor"
HISTORY = ("claims.verdict_history", "claims.test_history")
"""Tables that only the replay of past months fills."""


def claim_key(claim: Claim) -> dg.AssetKey:
    return dg.AssetKey([LAYER, f"{claim.claim_id.lower()}_{claim.slug.replace('-', '_')}"])


def claim_keys(project: Project) -> list[dg.AssetKey]:
    """Everything that is evaluated together."""
    tables = [table_key(name) for name, table in project.tables.items() if table.layer == LAYER and name not in HISTORY]
    return [*tables, *map(claim_key, discover())]


@dg.definitions
def claims() -> dg.Definitions:
    project = open_project()
    marts = [table_key(name) for name, table in project.tables.items() if table.layer == "marts"]
    tables = {name: table for name, table in project.tables.items() if table.layer == LAYER}
    specs = [
        dg.AssetSpec(
            claim_key(claim),
            deps=[*marts, *map(table_key, (*HELD_AGAINST, *HISTORY))],
            description=f"{claim.question}\n\n{claim.statement}",
            group_name=LAYER,
            owners=["team:ajar"],
            kinds={"python"},
            tags={"layer": LAYER},
            code_version=claim.registration_hash[:16],
            metadata={"registration_hash": claim.registration_hash, **declared_in(ROOT / claim.path)},
        )
        for claim in discover()
    ]
    tables_of_history = {name: tables.pop(name) for name in HISTORY}
    specs += [_table_spec(name, table, [spec.key for spec in specs]) for name, table in tables.items()]

    @dg.multi_asset(specs=specs, name="evaluate_claims")
    def evaluate_claims() -> Iterator[dg.MaterializeResult[None]]:
        from pipeline.claims.agreement import agreement
        from pipeline.claims.anchors import anchors
        from pipeline.claims.lineage import source_rows
        from pipeline.claims.looks import looks
        from pipeline.claims.replay import evaluate_in_parallel, rows_of
        from pipeline.claims.run import draw_figures

        say("claims")
        started = time.perf_counter()
        project = open_project()
        with writer(project.home.database) as connection:
            days = looks(connection)
            rows, read = evaluate_in_parallel(connection, days, joint_on=days[-1])
            rows["source"] = source_rows(connection, project, discover(), read)
            rows["anchor"] = anchors(connection)
            rows["false_positive"] = rows_of(connection, "reference.false_positive")
            rows["registration_change"] = rows_of(connection, "reference.registration_change")
            counts = {name: fill(connection, project.tables[f"{LAYER}.{name}"], rows[name]) for name in rows}
            for name in HISTORY:
                ensure(connection, project.tables[name])
            say("figures")
            drawn = draw_figures(connection)
            counts["figure"] = fill(connection, project.tables[f"{LAYER}.figure"], drawn.to_dict("records"))
            agreed = agreement(connection)
            counts["agreement"] = fill(connection, project.tables[f"{LAYER}.agreement"], agreed.to_dict("records"))
            seconds = time.perf_counter() - started
            record(connection, VERDICTS, verdicts_from(ledger(connection)), seconds, counts["verdict"])
            for claim in discover():
                yield dg.MaterializeResult(claim_key(claim), metadata=_claim_metadata(connection, claim))
        for name, count in counts.items():
            metadata = {"dagster/row_count": count, "days": len(days), "seconds": seconds}
            yield dg.MaterializeResult(table_key(f"{LAYER}.{name}"), metadata=metadata)

    @dg.multi_asset(
        specs=[_table_spec(name, table, marts) for name, table in tables_of_history.items()], name="verdict_history"
    )
    def verdict_history() -> Iterator[dg.MaterializeResult[None]]:
        from pipeline.claims.looks import month_ends, newest_day
        from pipeline.claims.replay import QUESTION_COLUMNS, QUESTIONS, history, keep_questions, rows_of

        say("verdicts month by month")
        started = time.perf_counter()
        project = open_project()
        with writer(project.home.database) as connection:
            days = month_ends(newest_day(connection))
            kept = {
                name.split(".")[1]: rows_of(connection, name, list(project.tables[name].header.columns))
                for name in HISTORY
            }
            kept["question"] = rows_of(connection, QUESTIONS, list(QUESTION_COLUMNS))
            rows, judged = history(connection, days, kept)
            keep_questions(connection, rows["question"])
            for name in HISTORY:
                count = fill(connection, project.tables[name], rows[name.split(".")[1]])
                metadata: dict[str, int | float | str] = {
                    "dagster/row_count": count,
                    "days": len(days),
                    "judged anew": ", ".join(f"{name} {many}" for name, many in judged.items()) or "none",
                    "seconds": time.perf_counter() - started,
                }
                yield dg.MaterializeResult(table_key(name), metadata=metadata)

    return dg.Definitions(assets=[evaluate_claims, verdict_history], asset_checks=[anchor_checks()])


def anchor_checks() -> dg.AssetChecksDefinition:
    """One check for each published figure that can be computed again; none blocks, as others' figures bind nobody.

    A figure whose data are not held is not checked: it neither passes nor fails.
    """
    key = table_key(ANCHORS)
    with (REFERENCE / "published_figure.csv").open() as lines:
        ids = sorted({row["figure_id"] for row in csv.DictReader(lines) if row["query"]})

    @dg.multi_asset_check(
        specs=[
            dg.AssetCheckSpec(name, asset=key, description=f"Published figure {name} within its tolerance.")
            for name in ids
        ],
        name="claims__anchor__checks",
        can_subset=True,
    )
    def run(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        with writer(open_project().home.database) as connection:
            found = connection.execute(
                "select anchor_id, part, published, computed, is_within_tolerance, concat_ws('. ', reason, note) "
                f"from {ANCHORS}"
            ).fetchall()
        for name in sorted(asked.name for asked in context.selected_asset_check_keys):
            parts = [row for row in found if row[0] == name]
            if all(row[3] is None for row in parts):
                continue
            off = [row for row in parts if row[4] is False]
            lines = [f"| {part or ''} | {published} | {computed} | {reason or ''} |"
                     for _, part, published, computed, _, reason in parts]  # fmt: skip
            yield dg.AssetCheckResult(
                check_name=name,
                asset_key=key,
                passed=not off,
                severity=dg.AssetCheckSeverity.WARN,
                description="differs" if off else "reproduced",
                metadata={
                    "failing_rows": len(off),
                    "parts": dg.MetadataValue.md(
                        "\n".join(["| part | published | computed | what is known |", "|---|---|---|---|", *lines])
                    ),
                },
            )

    return run


def _table_spec(name: str, table: Table, deps: Sequence[dg.AssetKey]) -> dg.AssetSpec:
    return dg.AssetSpec(
        table_key(name),
        deps=deps,
        description=table_description(table.header),
        group_name=LAYER,
        owners=list(table.header.owners),
        kinds={"duckdb", "python"},
        tags={"layer": LAYER},
        metadata={
            "dagster/column_schema": column_schema(table.header),
            "dagster/table_name": name,
            **declared_in(table.path),
        },
    )


def _short(value: float | None) -> str:
    return "no limit" if value is None else f"{value:.4g}"


def _claim_metadata(connection: DuckDBPyConnection, claim: Claim) -> dict[str, dg.MetadataValue]:
    """The newest verdict with its estimates, and the claim's figures."""
    verdict = connection.execute(
        "select verdict, reason, what_would_change_it, as_of from claims.verdict "
        "where claim_id = ? and clock = 'hindsight' order by as_of desc limit 1",
        [claim.claim_id],
    ).fetchone()
    if verdict is None:
        return {}
    metadata: dict[str, dg.MetadataValue] = {
        "verdict": dg.MetadataValue.text(verdict[0]),
        "why": dg.MetadataValue.text(verdict[1]),
        "what would change it": dg.MetadataValue.text(verdict[2] or ""),
        "as of": dg.MetadataValue.text(str(verdict[3])),
    }
    tests = connection.execute(
        "select hypothesis_id, estimate, interval_low, interval_high, effect_unit, sample_size from claims.test "
        "where claim_id = ? and clock = 'hindsight' and as_of = ? order by hypothesis_id",
        [claim.claim_id, verdict[3]],
    ).fetchall()
    for name, estimate, low, high, unit, size in tests:
        if estimate is not None:
            metadata[f"{name} ({unit})"] = dg.MetadataValue.float(float(f"{estimate:.4g}"))
            metadata[f"{name} interval"] = dg.MetadataValue.text(f"{_short(low)} to {_short(high)}, n = {size}")
    figures = connection.execute(
        "select title, vega_lite from claims.figure where claim_id = ? order by figure_id", [claim.claim_id]
    ).fetchall()
    for title, vega_lite in figures:
        metadata[title] = image(vega_lite)
    return metadata
