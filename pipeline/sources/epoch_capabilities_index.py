"""The Epoch Capabilities Index: one score for each model from many benchmarks, fitted anew at every update."""

from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import csv_rows
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source


def cut(content: bytes) -> Iterator[Record]:
    """One record for each model of the index."""
    for row in csv_rows(content, "Model", "eci", "eci_ci_low", "eci_ci_high", "date", "Accessibility group"):
        yield {
            "country": row.pop("Country (of organization)", None),
            "accessibility": row.pop("Model accessibility", None),
            "accessibility_group": row.pop("Accessibility group"),
            "display_name": row.pop("Display name", None),
            **row,
        }


SOURCE = Source(
    name="epoch_capabilities_index",
    title="Epoch Capabilities Index",
    doc="The score of each model on Epoch AI's index of capability with its interval, as fitted at the capture.",
    homepage="https://epoch.ai/benchmarks/eci",
    subject="capability",
    origins=(
        HttpOrigin(
            url="https://epoch.ai/data/eci_scores.csv",
            cut=cut,
            accept="text/csv",
        ),
    ),
    licence=Licence(
        name="CC-BY-4.0",
        url="https://epoch.ai/benchmarks",
        redistributable=True,
        attribution="Epoch AI, Epoch Capabilities Index, epoch.ai (CC BY 4.0)",
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="point_in_time",
    proved="replayed",
    key=("name",),
    fields=(
        Field("name", "VARCHAR", "$.Model", "the model as Epoch names it", required=True),
        Field("display_name", "VARCHAR", "$.display_name", "the same with the setting it was tested in"),
        Field(
            "eci_points",
            "DOUBLE",
            "$.eci",
            "score in points, on a scale where Claude 3.5 Sonnet is 130 and GPT-5 is 150",
            required=True,
        ),
        Field(
            "eci_points_low",
            "DOUBLE",
            "$.eci_ci_low",
            "lower end of the 90 % interval; the two models that fix the scale have none",
            usually=0.9,
        ),
        Field(
            "eci_points_high",
            "DOUBLE",
            "$.eci_ci_high",
            "upper end of the 90 % interval; the two models that fix the scale have none",
            usually=0.9,
        ),
        Field(
            "released_on",
            "DATE",
            "$.date",
            "release date of the version that was tested, by Epoch's account",
            usually=0.9,
        ),
        Field("organisation_tag", "VARCHAR", "$.Organization", "maker as Epoch writes it, several joined by comma"),
        Field("country_tag", "VARCHAR", "$.country", "countries of the makers, several joined by comma"),
        Field(
            "accessibility_tag",
            "VARCHAR",
            "$.accessibility",
            "how one can get at the model at the time of the capture; Unknown is not closed",
        ),
        Field(
            "accessibility_group_tag",
            "VARCHAR",
            "$.accessibility_group",
            "Open weights, Closed weights or Other; Other is unknown, not closed",
            required=True,
        ),
    ),
    # 140 models in December 2025, 274 in October 2026.
    bounds=Bounds(min_records=120),
    warnings=(
        "Every update fits all scores anew: between December 2025 and October 2026 models moved by 0.5 points at the "
        "median and up to 2.4. Compare models only inside one capture.",
        "Access is reclassified later: GPT-5.2 was Unknown in December 2025.",
        "A model needs four benchmarks to be in it, so small and new models are missing.",
    ),
)
