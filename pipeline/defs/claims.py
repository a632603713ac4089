"""One asset per claim and per table of verdicts, evaluated together because p-values are adjusted together."""

import time
from collections.abc import Iterator

import dagster as dg
from duckdb import DuckDBPyConnection

from pipeline.claims.registration import Claim, discover
from pipeline.defs.captures import declared_in
from pipeline.defs.models import column_schema, table_description, table_key
from pipeline.defs.thumbnails import image
from pipeline.kernel.build import VERDICTS, fill, ledger, record, verdicts_from
from pipeline.kernel.home import ROOT
from pipeline.kernel.progress import say
from pipeline.kernel.project import Project, open_project
from pipeline.kernel.warehouse import writer

LAYER = "claims"


def claim_key(claim: Claim) -> dg.AssetKey:
    return dg.AssetKey([LAYER, f"{claim.claim_id.lower()}_{claim.slug.replace('-', '_')}"])


def claim_keys(project: Project) -> list[dg.AssetKey]:
    """Everything that is evaluated together."""
    tables = [table_key(name) for name, table in project.tables.items() if table.layer == LAYER]
    return [*tables, *map(claim_key, discover())]


@dg.definitions
def claims() -> dg.Definitions:
    project = open_project()
    marts = [table_key(name) for name, table in project.tables.items() if table.layer == "marts"]
    tables = {name: table for name, table in project.tables.items() if table.layer == LAYER}
    specs = [
        dg.AssetSpec(
            claim_key(claim),
            deps=marts,
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
    specs += [
        dg.AssetSpec(
            table_key(name),
            deps=[spec.key for spec in specs],
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
        for name, table in tables.items()
    ]

    @dg.multi_asset(specs=specs, name="evaluate_claims")
    def evaluate_claims() -> Iterator[dg.MaterializeResult[None]]:
        from pipeline.claims.agreement import agreement
        from pipeline.claims.looks import looks
        from pipeline.claims.run import draw_figures, evaluate

        say("claims")
        started = time.perf_counter()
        project = open_project()
        with writer(project.home.database) as connection:
            days = looks(connection)
            frames = evaluate(connection, days)
            counts = {}
            for name, frame in frames.items():
                counts[name] = fill(connection, project.tables[f"{LAYER}.{name}"], frame.to_dict("records"))
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

    return dg.Definitions(assets=[evaluate_claims])


def _short(value: float | None) -> str:
    return "no limit" if value is None else f"{value:.4g}"


def _claim_metadata(connection: DuckDBPyConnection, claim: Claim) -> dict[str, dg.MetadataValue]:
    """The newest verdict with its estimates, and the claim's figures."""
    import vl_convert

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
        metadata[title] = image(bytes(vl_convert.vegalite_to_png(vega_lite, scale=1)))
    return metadata
