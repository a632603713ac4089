"""Answers of live sources made from their fixtures, in the form in which they arrive: tar, Parquet, manifest."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.kernel.contract import projection, records_file, records_scan
from pipeline.kernel.source import CutOrigin, HttpOrigin, Origin, Source
from pipeline.kernel.warehouse import literal, scratch

FIXTURES = Path(__file__).parent / "sources" / "fixtures"


def in_order(*answers: bytes) -> bytes:
    """Several answers of one origin, packed as a capture keeps them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for number, content in enumerate(answers):
            member = tarfile.TarInfo(f"{number:06d}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def parquet(rows: list[dict[str, Any]], **types: pa.DataType) -> bytes:
    """A Parquet file of rows that have the same keys."""
    columns = {
        name: pa.array([row[name] for row in rows], type=types.get(name)) for name in rows[0]
    }  # fmt: skip
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def typed_parquet(file: Path, columns: dict[str, str], rows: list[dict[str, Any]]) -> None:
    """Writes a Parquet file of rows with columns of these DuckDB types, nested ones included."""
    lines = file.with_suffix(".jsonl")
    lines.write_text("".join(f"{json.dumps(row)}\n" for row in rows) or "{}\n")
    types = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in columns.items())
    where = "" if rows else " where false"
    with scratch() as connection:
        connection.execute(
            f"copy (select * from read_json({literal(str(lines))}, format='newline_delimited', columns={{{types}}})"
            f"{where}) to {literal(str(file))} (format parquet, row_group_size 2048)"
        )
    lines.unlink()


def staged(
    source: Source, origin: CutOrigin, content: bytes, columns: str, where: str = "true"
) -> list[tuple[Any, ...]]:
    """Rows of an answer as staging would hold them, in the answer's order."""
    with records_file(origin, content) as (path, _, _), scratch() as connection:
        table = f"select position, {projection(source)} from {records_scan(path)}"
        return connection.execute(f"select {columns} from ({table}) where {where} order by position").fetchall()


def written(file: str, origin: Origin) -> bytes:
    return (FIXTURES / file).read_bytes()


def hub_listing(file: str, origin: Origin) -> bytes:
    fixture = json.loads(written(file, origin))
    if isinstance(origin, HttpOrigin) and origin.more:
        pages = [json.dumps(page).encode() for page in fixture["pages"]]
        return in_order(fixture["authors"].encode(), *pages)
    return json.dumps([model for page in fixture["pages"] for model in page]).encode()


def ratings_parquet(file: str, origin: Origin) -> bytes:
    whole_ranks = isinstance(origin, HttpOrigin) and "style_control" in origin.url
    numbers = {name: pa.float64() for name in ("rating_lower", "rating_upper", "variance", "vote_count")}
    return parquet(json.loads(written(file, origin)), rank=pa.int64() if whole_ranks else pa.float64(), **numbers)


def endpoints_after_models(file: str, origin: Origin) -> bytes:
    models = written("openrouter_models.json", origin)
    return in_order(models, *(json.dumps(answer).encode() for answer in json.loads(written(file, origin))))


def table_after_manifest(file: str, origin: Origin) -> bytes:
    table = written(file, origin).replace(b"\n", b"\r\n")
    csv = {
        "url": "https://openrouter.ai/api/v1/datasets/exports/rankings-daily/2026-10-08.csv",
        "bytes": len(table),
        "sha256": hashlib.sha256(table).hexdigest(),
    }
    return in_order(json.dumps({"dataset": "rankings-daily", "files": {"csv": csv}}).encode(), table)


LIVE_ANSWERS: dict[str, tuple[Callable[[str, Origin], bytes], str]] = {
    "epoch_capabilities_index": (written, "epoch_capabilities_index.csv"),
    "epoch_company_revenue": (written, "epoch_company_revenue.csv"),
    "epoch_company_usage": (written, "epoch_company_usage.csv"),
    "epoch_models": (written, "epoch_models.csv"),
    "huggingface_author_regions": (written, "huggingface_author_regions.csv"),
    "huggingface_model_parameters": (written, "huggingface_model_parameters.csv"),
    "huggingface_models": (hub_listing, "huggingface_models.json"),
    "huggingface_providers": (written, "huggingface_providers.json"),
    "huggingface_release_dates": (written, "huggingface_release_dates.csv"),
    "huggingface_tracked_models": (written, "huggingface_tracked_models.csv"),
    "lmarena_ratings": (ratings_parquet, "lmarena_ratings.json"),
    "model_pulse_days": (written, "model_pulse_days.json"),
    "openrouter_endpoints": (endpoints_after_models, "openrouter_endpoints.json"),
    "openrouter_models": (written, "openrouter_models.json"),
    "openrouter_rankings": (table_after_manifest, "openrouter_rankings.csv"),
    "vercel_gateway_leaderboard": (written, "vercel_gateway_leaderboard.json"),
}
"""How the answer of each of these sources is made from its fixture."""
