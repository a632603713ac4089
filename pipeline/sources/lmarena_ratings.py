"""Arena's own dataset: ratings of language models by blind votes, at every date the leaderboard was published."""

import io
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from pipeline.kernel.cutting import numbered
from pipeline.kernel.source import Bounds, Field, HttpOrigin, Licence, Record, Source

FILES = "https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset/resolve/main"
CATEGORIES = ("overall", "coding", "hard_prompts")
"""Kept of about thirty; the file of a capture holds the rest."""
COLUMNS = (
    "model_name",
    "organization",
    "license",
    "rating",
    "rating_lower",
    "rating_upper",
    "variance",
    "vote_count",
    "rank",
    "category",
    "leaderboard_publish_date",
)


def cut(content: bytes, arena: str) -> Iterator[Record]:
    """One record for each line of the kept categories at each date, with the arena's name beside it."""
    yield from numbered(lines(content, arena), "model_name", "category", "leaderboard_publish_date")


def lines(content: bytes, arena: str) -> Iterator[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    wanted = pa.array(CATEGORIES)
    for batch in pq.ParquetFile(io.BytesIO(content)).iter_batches(columns=list(COLUMNS)):
        for row in batch.filter(pc.is_in(batch.column("category"), value_set=wanted)).to_pylist():
            values = {name: None if value != value else value for name, value in row.items()}
            yield {**values, "board": f"{arena}/{row['category']}"}


def origin(arena: str) -> HttpOrigin:
    return HttpOrigin(
        url=f"{FILES}/{arena}/full-00000-of-00001.parquet",
        cut=partial(cut, arena=arena),
        accept="application/octet-stream",
    )


SOURCE = Source(
    name="lmarena_ratings",
    title="Arena leaderboard dataset",
    doc="How people rate each model in blind comparisons on Arena's text boards, at each publication since May 2023.",
    homepage="https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset",
    subject="capability",
    origins=(origin("text"), origin("text_style_control")),
    licence=Licence(
        name="CC-BY-4.0",
        url="https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset",
        redistributable=True,
        attribution="Arena (arena.ai): leaderboard-dataset (CC BY 4.0), three categories of two boards",
    ),
    cadence=timedelta(days=30),
    stale_after=timedelta(days=60),
    history="replayable",
    proved="in part",
    key=("board", "arena_name", "published_on", "entry_number"),
    fields=(
        Field(
            "board",
            "VARCHAR",
            "$.board",
            "arena/category, such as text/overall; text_style_control takes out the effect of length and layout",
            required=True,
        ),
        Field("category", "VARCHAR", "$.category", "overall, coding or hard_prompts", required=True),
        Field(
            "arena_name",
            "VARCHAR",
            "$.model_name",
            "the model as Arena names it, often with an effort suffix such as -high",
            required=True,
        ),
        Field(
            "published_on",
            "DATE",
            "$.leaderboard_publish_date",
            "day the leaderboard was published",
            required=True,
        ),
        Field(
            "entry_number",
            "INTEGER",
            "$.entry",
            "1, unless the board lists the same name again that day: then which of its lines this is",
            required=True,
        ),
        Field(
            "rating",
            "DOUBLE",
            "$.rating",
            "Arena's rating in points; a difference of 100 means about 64 % wins",
            required=True,
        ),
        Field("rating_low", "DOUBLE", "$.rating_lower", "lower end of Arena's interval; not given before 2024-01-09"),
        Field("rating_high", "DOUBLE", "$.rating_upper", "upper end of Arena's interval; not given before 2024-01-09"),
        Field("rating_variance", "DOUBLE", "$.variance", "variance of the rating in points squared, as Arena gives it"),
        Field(
            "vote_count",
            "BIGINT",
            "$.vote_count",
            "votes behind the rating; not given before 2024-01-09",
        ),
        Field("rank", "INTEGER", "$.rank", "rank on the board that day as Arena gives it; several can share one"),
        Field(
            "organisation_tag",
            "VARCHAR",
            "$.organization",
            "maker as Arena writes it; often empty for models new since 2026-04",
            expression="nullif({}, '')",
        ),
        Field(
            "licence_tag",
            "VARCHAR",
            "$.license",
            "licence as Arena writes it, Proprietary for closed models; missing is unknown",
            expression="nullif({}, '')",
        ),
    ),
    # text/full had 1,168,522 lines in all categories on 2026-10-02, 434 models and 247 dates.
    bounds=Bounds(min_records=20_000, max_drop=0.1),
    warnings=(
        "Levels shift between publications: gpt-4-0314 went from 1125.0 to 1190.5 on 2024-01-09, when Elo became "
        "Bradley-Terry; the weights changed again on 2025-07-23. Compare ratings only inside one date.",
        "Style control is Arena's default since 2025-05-16; its own board goes back to 2024-08-28.",
        "Retired models vanish from later dates, also from dates issued again: old frontiers lose members.",
        "Licences are filled in backwards: vicuna-13b stands under the Llama 2 licence at 2023-05-08, before it was.",
        "Ranks are numbers with a decimal point on one board and whole on the other; both are whole here.",
        "Only the categories overall, coding and hard_prompts are cut from the files.",
        "Unverified: the columns were read in rows of the dataset viewer; no whole file has been read yet.",
    ),
    heavy=True,
)
