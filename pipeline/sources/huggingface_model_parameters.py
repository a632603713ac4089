"""Parameter counts of models on the Hub as their makers report them, collected by the ATOM Project."""

from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import csv_rows
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each model, with its counts in parameters beside the file's own, which are in billions."""
    for row in csv_rows(content, "model_id", "total_params_b", "active_params_b", "is_moe"):
        yield {**row, "total": count(row["total_params_b"]), "active": count(row["active_params_b"])}


def count(billions: str | None) -> int | None:
    return None if billions is None else round(float(billions) * 1e9)


SOURCE = Source(
    name="huggingface_model_parameters",
    title="ATOM Project model parameters",
    doc="Total and active parameters of models on the Hub by their makers' own account.",
    homepage="https://github.com/Interconnects-AI/tracked-models/tree/main/metadata",
    subject="releases",
    origins=(
        HttpOrigin(
            url="https://raw.githubusercontent.com/Interconnects-AI/tracked-models/main/metadata/model_parameters.csv",
            cut=cut,
            accept="text/plain",
        ),
    ),
    licence=Licence(
        name="Apache-2.0",
        url="https://github.com/Interconnects-AI/tracked-models/blob/main/README.md",
        redistributable=True,
        attribution="ATOM Project, Interconnects AI: tracked-models (Apache-2.0)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="point_in_time",
    proved="replayed",
    key=("huggingface_id",),
    fields=(
        Field("huggingface_id", "VARCHAR", "$.model_id", "id of the model on the Hub, author/model", required=True),
        Field("parameters_count", "BIGINT", "$.total", "all parameters, as the maker reports them", required=True),
        Field(
            "active_parameters_count",
            "BIGINT",
            "$.active",
            "parameters used for one token, where the maker says so; missing is unknown, not all",
        ),
        Field("is_mixture_of_experts", "BOOLEAN", "$.is_moe", "whether it is one; missing is not reviewed"),
        Field("notes", "VARCHAR", "$.notes", "what the list adds; rows that begin with Legacy were not reviewed again"),
    ),
    # On 2026-08-17 it had 299 models.
    bounds=Bounds(min_records=200),
    warnings=(
        "247 of the 299 rows of 2026-08-17 are old entries that nobody has reviewed since.",
        "Counts differ from the Hub's own, which sum tensors: DeepSeek-R1 is 671 billion here and 685 there.",
    ),
)
