"""AlpacaEval's two leaderboards: how often a judge model prefers each model's answers, release by release."""

from collections.abc import Iterator
from datetime import timedelta

from pipeline.kernel.cutting import csv_rows, members, packaged_version
from pipeline.kernel.source import Bounds, Field, Licence, PackageOrigin, Record, Source

BOARDS = {
    "alpaca_eval/leaderboards/data_AlpacaEval/alpaca_eval_gpt4_leaderboard.csv": "alpaca_eval_1",
    "alpaca_eval/leaderboards/data_AlpacaEval_2/weighted_alpaca_eval_gpt4_turbo_leaderboard.csv": "alpaca_eval_2",
}


def cut(content: bytes) -> Iterator[Record]:
    """One record for each model of each board; the first release has one board only."""
    files = members(content)
    version = packaged_version(files)
    for member, board in BOARDS.items():
        if member in files:
            for row in csv_rows(files[member], "win_rate", "n_total", "mode"):
                yield {**row, "model": row[""], "board": board, "version": version}


SOURCE = Source(
    name="alpaca_eval",
    title="AlpacaEval",
    doc="Share of answers in which a judge model prefers a model to the reference model, by board and release.",
    homepage="https://tatsu-lab.github.io/alpaca_eval/",
    subject="capability",
    origins=(
        PackageOrigin(
            package="alpaca-eval",
            member=(*BOARDS, "*.dist-info/METADATA"),
            cut=cut,
            gather="files",
        ),
    ),
    licence=Licence(
        name="Apache-2.0",
        url="https://github.com/tatsu-lab/alpaca_eval/blob/main/LICENSE",
        redistributable=True,
        attribution="AlpacaEval by Tatsu Lab, Stanford (Apache-2.0)",
    ),
    cadence=timedelta(days=30),
    # The last release is of 2024-12; the project rests.
    stale_after=timedelta(days=1500),
    history="vintages",
    proved="captured",
    key=("board", "alpaca_eval_name"),
    fields=(
        Field(
            "board",
            "VARCHAR",
            "$.board",
            "alpaca_eval_1 (GPT-4 judges against text-davinci-003) or alpaca_eval_2 (GPT-4 Turbo against GPT-4 Turbo)",
            required=True,
        ),
        Field("alpaca_eval_name", "VARCHAR", "$.model", "name of the model on the board", required=True),
        Field("package_version", "VARCHAR", "$.version", "release of the package", required=True),
        Field(
            "win_share",
            "DOUBLE",
            "$.win_rate",
            "share of answers preferred to the reference's, 0 to 1, from percent; a draw counts half",
            required=True,
            expression="{} / 100",
        ),
        Field(
            "length_controlled_win_share",
            "DOUBLE",
            "$.length_controlled_winrate",
            "the same as if both answers were of one length, 0 to 1; on the boards since 2024-03",
            expression="{} / 100",
        ),
        Field(
            "win_share_standard_error",
            "DOUBLE",
            "$.standard_error",
            "standard error of win_share, 0 to 1",
            expression="{} / 100",
        ),
        Field("comparison_count", "BIGINT", "$.n_total", "answers compared", required=True),
        Field(
            "mode_tag",
            "VARCHAR",
            "$.mode",
            "minimal, verified or community: who ran and checked the entry",
            required=True,
        ),
        Field("answer_characters_mean", "DOUBLE", "$.avg_length", "mean length of the model's answers in characters"),
    ),
    # The first release ranks 12 models.
    bounds=Bounds(min_records=10, max_drop=0.3),
    warnings=(
        "A judge model's taste, which favours long answers and can be gamed: one constant answer, NullModel, leads the "
        "second board of 2024-12.",
        "The two boards have other judges and references: never compare a share of one with one of the other.",
        "Many entries are fine-tunes, ensembles or prompts of one model, and community entries are not checked.",
    ),
)
