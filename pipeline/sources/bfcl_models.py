"""Models of the Berkeley Function-Calling Leaderboard: who makes each and under which licence."""

import ast
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import literal_or_none, members, packaged_version
from pipeline.kernel.source import Bounds, Field, Licence, PackageOrigin, Record, Source

REGISTER = "bfcl_eval/constants/model_config.py"


def cut(content: bytes) -> Iterator[Record]:
    """One record for each entry whose value is a `ModelConfig(…)`; the module is parsed, never run."""
    files = members(content)
    version = packaged_version(files)
    for display in ast.walk(ast.parse(files[REGISTER])):
        if isinstance(display, ast.Dict):
            for key, value in zip(display.keys, display.values, strict=True):
                if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "ModelConfig":
                    stated = {keyword.arg: literal_or_none(keyword.value) for keyword in value.keywords if keyword.arg}
                    yield {**stated, "entry": literal_or_none(key), "version": version}


SOURCE = Source(
    name="bfcl_models",
    title="Function-Calling Leaderboard models",
    doc="Each model that the Berkeley Function-Calling Leaderboard can test, with its maker and licence.",
    homepage="https://gorilla.cs.berkeley.edu/leaderboard.html",
    subject="licences",
    origins=(
        PackageOrigin(
            package="bfcl-eval",
            member=(REGISTER, "*.dist-info/METADATA"),
            cut=cut,
            every="month",
            gather="files",
        ),
    ),
    licence=Licence(
        name="Apache-2.0",
        url="https://github.com/ShishirPatil/gorilla/blob/main/LICENSE",
        redistributable=True,
        attribution="Berkeley Function-Calling Leaderboard, Gorilla LLM team (Apache-2.0)",
    ),
    cadence=timedelta(days=30),
    stale_after=timedelta(days=365),
    history="vintages",
    proved="captured",
    key=("bfcl_id",),
    fields=(
        Field(
            "bfcl_id",
            "VARCHAR",
            "$.entry",
            "id of the entry; -FC is the same model called with functions",
            required=True,
        ),
        Field("package_version", "VARCHAR", "$.version", "release of the package", required=True),
        Field(
            "model_tag", "VARCHAR", "$.model_name", "name at the vendor or repository at Hugging Face", required=True
        ),
        Field("name", "VARCHAR", "$.display_name", "name on the leaderboard", required=True),
        Field("organisation_tag", "VARCHAR", "$.org", "who makes the model", required=True),
        Field(
            "licence_tag",
            "VARCHAR",
            "$.license",
            "licence as typed, spelled in many ways; Proprietary: none is given",
            required=True,
        ),
        Field("reference_url", "VARCHAR", "$.url", "page about the model"),
        Field(
            "input_price_usd_per_mtok", "DOUBLE", "$.input_price", "USD per million input tokens; absent for open ones"
        ),
        Field("output_price_usd_per_mtok", "DOUBLE", "$.output_price", "USD per million output tokens"),
    ),
    # The release of June 2025 has over a hundred entries, that of March 2026 has 175.
    bounds=Bounds(min_records=90),
    warnings=(
        "A licence is typed by whoever adds the model, and means the weights; a model that is Proprietary has none.",
        "One model has up to three entries: prompted, with functions, and thinking.",
        "The package holds no scores.",
    ),
)
