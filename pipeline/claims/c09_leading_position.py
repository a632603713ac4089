"""C09: giving models away secures Meta a leading position; its place among makers and its distance to the best."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.evidence import HEADLINE_BOARD, AsOf, fingerprint, rated_releases
from pipeline.claims.figure import (
    CLOSED,
    OPEN,
    WIDTH,
    colours,
    estimate_history,
    specification_curve,
    specification_sql,
    styled,
    test_history_sql,
    time_axis,
    verdicts_figure,
)
from pipeline.claims.findings import Estimate, Findings, Specification
from pipeline.claims.looks import ESSAY_ON
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks
from pipeline.claims.sensitivity import LABEL_ERROR, FlipRates, flip_rates
from pipeline.claims.standings import (
    BOARDS,
    Board,
    Rated,
    best_by_lab,
    boards,
    drawn_ratings,
    lead_over_open,
    missing_ratings,
    month_ends,
    rank,
)
from pipeline.claims.statistics import SEED
from pipeline.claims.verdict import decide

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

LAB = "meta"
FIRST_ON = date(2023, 5, 1)
LEADING_PLACE = 3.5
CLOSER = 10.0
WINDOW_MONTHS = 6
COUNTS_FROM = date(2024, 12, 31)
"""The claim is a forecast: it can be judged once half a year after the essay is over."""
PLACES = "among makers"
ALL_MODELS, OPEN_MODELS = "any model of Meta", "models of Meta with open weights"
GRID = {"models": (ALL_MODELS, OPEN_MODELS), "board": BOARDS}
SETTINGS: Mapping[str, Any] = {
    "lab": LAB,
    "first_on": FIRST_ON.isoformat(),
    "essay_on": ESSAY_ON.isoformat(),
    "window_months": WINDOW_MONTHS,
    "draws_of_ratings": 999,
    "models_left_out": LABEL_ERROR,
    "draws": 100,
}
RATED = f"rating on {HEADLINE_BOARD}, newest vintage, of models released by the day"
TO_READING = "to the day of evaluation, or to the day the board was read if earlier"
ALPHA = 0.05 / LOOKS_PER_YEAR / 2

HYPOTHESES = (
    Hypothesis(
        hypothesis_id="C09.place",
        role="primary",
        estimand="Meta's place among makers by their best released model",
        unit="makers with a rated model",
        estimation_window=f"all releases {TO_READING}",
        outcome=RATED,
        openness_definition="none: any model of Meta counts; models with open weights alone in the specifications",
        test_function="ratings redrawn from their intervals taken as normal; percentile interval of the place",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=8,
        null_hypothesis="Meta is fourth or lower",
        verdict_rule="supports if the interval lies within the first three places, contradicts if it lies below them; "
        "alpha is .05 a year, split over four looks and two primary hypotheses",
        marks=Marks.threshold(LEADING_PLACE),
        grid=GRID,
        counts_from=COUNTS_FROM,
        plain="by its best model Meta holds place {estimate}",
    ),
    Hypothesis(
        hypothesis_id="C09.nearer",
        role="primary",
        estimand="points by which Meta's best model trails the best of all, mean of the last six months less that of "
        "the six months up to the essay",
        unit="months in the shorter of both windows",
        estimation_window=f"December 2023 to May 2024 against the last six months that were over, {TO_READING}; counts "
        "once the windows do not touch",
        outcome=RATED,
        openness_definition="none: any model of Meta counts; models with open weights alone in the specifications",
        test_function="ratings redrawn from their intervals taken as normal; percentile interval of the difference",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=CLOSER,
        minimum_sample=WINDOW_MONTHS,
        null_hypothesis="Meta is no nearer to the best than when the essay was written",
        verdict_rule="supports if the interval lies below 0 and the distance shrank by 10 points; contradicts if the "
        "interval lies above -10",
        marks=Marks.smallest_effect(null=0.0, effect=-CLOSER, opposite=CLOSER),
        grid=GRID,
        counts_from=COUNTS_FROM,
        plain="Meta's distance to the best model has changed by {estimate} since the essay",
    ),
    Hypothesis(
        hypothesis_id="C09.by_openness",
        role="falsification",
        estimand="points by which Meta's best model is rated above its best model with open weights",
        unit="rated models of Meta",
        estimation_window=f"all releases {TO_READING}",
        outcome=RATED,
        openness_definition="weights can be downloaded, under any licence",
        test_function="difference of two ratings by the normal approximation (scipy.stats.norm), its ends with "
        "unknown weights as open and as closed",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=CLOSER,
        minimum_sample=3,
        null_hypothesis="the place is held by a model that is not open",
        verdict_rule="contradicts if the interval lies above 10 points: then Meta owes its place to a model it does "
        "not give away",
        marks=Marks.threshold(CLOSER),
        plain="Meta's best model is {estimate} ahead of its best one that can be downloaded",
    ),
    Hypothesis(
        hypothesis_id="C09.trend",
        role="secondary",
        estimand="change of the points by which Meta's best model trails the best of all, per month",
        unit="months",
        estimation_window=f"from May 2023, {TO_READING}",
        outcome=RATED,
        openness_definition="none: any model of Meta counts",
        test_function="Mann-Kendall against AR(1) noise, statistics.trend; slope scipy.stats.theilslopes",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.5,
        minimum_sample=24,
        null_hypothesis="the distance does not shrink",
        verdict_rule="supports if the slope's interval lies below 0, the slope reaches -0.5 points a month and the "
        "test rejects; contradicts if the interval lies above -0.5",
        marks=Marks.smallest_effect(null=0.0, effect=-0.5, opposite=0.5),
    ),
    Hypothesis(
        hypothesis_id="C09.in_front",
        role="secondary",
        estimand="share of months since the essay at whose end Meta was among the first three makers",
        unit="months",
        estimation_window=f"June 2024 {TO_READING}",
        outcome=RATED,
        openness_definition="none: any model of Meta counts",
        test_function="none: months are counted",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=6,
        null_hypothesis="one half or less",
        verdict_rule="supports if the share is above one half, contradicts if below",
        marks=Marks.threshold(0.5),
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """Meta's place now, whether it came nearer since the essay, and by which models."""
    rated = rated_releases(connection, as_of)
    found = boards(rated)
    board = found.get(HEADLINE_BOARD, Board())
    end = min(as_of.date, board.read_on or as_of.date)
    seen = replace(board, rows=board.by(end))
    own = seen.of(LAB).rows
    missing = () if own else (missing_ratings("Meta's models", HEADLINE_BOARD, as_of),)
    ends = month_ends(FIRST_ON, end)
    trailing = [points for points in shortfalls(seen, ends) if points is not None]
    estimates = (
        _with_models_left_out(CLAIM.hypothesis("place"), seen, end),
        _with_models_left_out(CLAIM.hypothesis("nearer"), seen, end),
        _by_openness(own),
        _trend(trailing),
        _in_front(seen, [day for day in ends if day > ESSAY_ON]),
    )
    return Findings(estimates, fingerprint(rated), tuple(_specifications(found, as_of.date)), missing)


def shortfalls(board: Board, ends: Sequence[date]) -> list[float | None]:
    """Points by which Meta's best model trails the best of all at each day; None before Meta has one."""
    found: list[float | None] = []
    for end in ends:
        best = best_by_lab(board.by(end))
        top = max((row.rating for row in best.values()), default=math.nan)
        found.append(top - best[LAB].rating if LAB in best else None)
    return found


def _with_models_left_out(hypothesis: Hypothesis, board: Board, end: date) -> Estimate:
    """The answer with a way to find how often leaving models out would change it."""
    import numpy as np

    found = _answer(hypothesis, board, end)

    def kept(error: float) -> Iterator[tuple[Rated, ...]]:
        for keep in np.random.default_rng(SEED).random((SETTINGS["draws"], len(board.rows))) >= error:
            yield tuple(row for row, stays in zip(board.rows, keep, strict=True) if stays)

    def flips() -> FlipRates:
        rates = flip_rates(
            decide(hypothesis, found),
            kept,
            lambda rows: decide(hypothesis, _answer(hypothesis, replace(board, rows=rows), end)),
        )
        return replace(rates, error="Leaving out {} of the rated models at random")

    return replace(found, flips=flips) if found.estimate is not None else found


def _answer(hypothesis: Hypothesis, board: Board, end: date) -> Estimate:
    return _place(hypothesis, board) if hypothesis.hypothesis_id == "C09.place" else _nearer(hypothesis, board, end)


def _place(hypothesis: Hypothesis, board: Board) -> Estimate:
    """Meta's place by the best model of each maker, the choice of that model kept while ratings are redrawn."""
    import numpy as np

    best = best_by_lab(board.rows)
    if LAB not in best:
        return Estimate(hypothesis.hypothesis_id, PLACES, sample_size=len(best), gate_size=0, note="No rated model.")
    names = list(best)
    drawn = drawn_ratings([best[name] for name in names], SETTINGS["draws_of_ratings"])
    places = 1 + (drawn > drawn[:, [names.index(LAB)]]).sum(axis=1)
    level = 1 - hypothesis.alpha
    low, high = np.quantile(places, [(1 - level) / 2, (1 + level) / 2], method="inverted_cdf")
    place = rank(LAB, best)
    found = statistics.Interval(float(place), float(min(low, place)), float(max(high, place)))
    p_value = float((1 + (places > LEADING_PLACE).sum()) / (1 + len(places)))
    leader = max(best.values(), key=lambda row: row.rating)
    note = f"{best[LAB].name} is {leader.rating - best[LAB].rating:.0f} points behind {leader.name}."
    return Estimate.of(hypothesis.hypothesis_id, PLACES, found, level, len(best), p_value, note=note)


def _windows(end: date) -> tuple[list[date], list[date]]:
    """Month ends of the window up to the essay and of the last one, the latter clear of the former."""
    before = month_ends(FIRST_ON, ESSAY_ON)[-WINDOW_MONTHS:]
    return before, [day for day in month_ends(FIRST_ON, end) if day > ESSAY_ON][-WINDOW_MONTHS:]


def _nearer(hypothesis: Hypothesis, board: Board, end: date) -> Estimate:
    """The mean shortfall of the last months less that of the months before the essay, all ratings redrawn at once."""
    import numpy as np

    unit, level = "rating points", 1 - hypothesis.alpha
    windows = _windows(end)
    rows = board.rows
    known = [[day for day in days if any(row.organisation_id == LAB for row in board.by(day))] for days in windows]
    size = min(map(len, known))
    if size < hypothesis.minimum_sample:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=size)
    ratings = np.vstack([[row.rating for row in rows], drawn_ratings(rows, SETTINGS["draws_of_ratings"])])
    own = np.array([row.organisation_id == LAB for row in rows])
    means = []
    for days in known:
        counts = [len(board.by(day)) for day in days]
        means.append(
            np.mean([ratings[:, :n].max(axis=1) - ratings[:, :n][:, own[:n]].max(axis=1) for n in counts], axis=0)
        )
    change = means[1] - means[0]
    # The best of many drawn ratings is above the best rating, so draws are set around the estimate.
    drawn = change[1:] - change[1:].mean() + change[0]
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    found = statistics.Interval(float(change[0]), float(low), float(high))
    p_value = float((1 + (drawn >= hypothesis.marks.null).sum()) / (1 + len(drawn)))
    note = f"{means[0][0]:.0f} points behind before the essay, {means[1][0]:.0f} in the six months to {known[1][-1]}."
    return Estimate.of(hypothesis.hypothesis_id, unit, found, level, size, p_value, note=note)


def _by_openness(own: Sequence[Rated]) -> Estimate:
    hypothesis = CLAIM.hypothesis("by_openness")
    unit, level = "rating points", 1 - hypothesis.alpha
    lead = lead_over_open(own, level)
    if lead is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(own), note="No rated model has open weights.")
    is_open = lead.best is lead.best_open
    note = f"{lead.best.name} is open." if is_open else f"{lead.best.name} against {lead.best_open.name}."
    return Estimate.of(hypothesis.hypothesis_id, unit, lead.points, level, len(own), note=note)


def _trend(trailing: Sequence[float]) -> Estimate:
    hypothesis = CLAIM.hypothesis("trend")
    unit, level = "rating points a month", 1 - hypothesis.alpha
    trend = statistics.trend(trailing, level) if len(trailing) >= hypothesis.minimum_sample else None
    if trend is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(trailing))
    return Estimate.of(hypothesis.hypothesis_id, unit, trend.slope, level, len(trailing), trend.p_value)


def _in_front(board: Board, days: Sequence[date]) -> Estimate:
    hypothesis = CLAIM.hypothesis("in_front")
    bests = [best_by_lab(board.by(day)) for day in days]
    places = [rank(LAB, best) for best in bests if LAB in best]
    if not places:
        return Estimate(hypothesis.hypothesis_id, "share of months")
    share = sum(place < LEADING_PLACE for place in places) / len(places)
    bounds = statistics.Interval(share, share, share)
    note = f"Places from {min(places)} to {max(places)}."
    return Estimate.of(hypothesis.hypothesis_id, "share of months", bounds, None, len(places), note=note)


def _specifications(found: Mapping[str, Board], on: date) -> Iterator[Specification]:
    """Place and change of distance on every board, by any model of Meta and by its open ones; points only."""
    for name, models in product(GRID["board"], GRID["models"]):
        board = found.get(name, Board())
        end = min(on, board.read_on or on)
        rows = board.by(end)
        if models == OPEN_MODELS:
            rows = tuple(row for row in rows if row.organisation_id != LAB or row.weights_access == "open")
        choices = {"models": models, "board": name}
        best = best_by_lab(rows)
        place = float(rank(LAB, best)) if LAB in best else None
        yield Specification(CLAIM.hypothesis("place").hypothesis_id, choices, place, sample_size=len(best))
        means = []
        for days in _windows(end):
            known = [points for points in shortfalls(replace(board, rows=rows), days) if points is not None]
            means.append(sum(known) / len(known) if len(known) == WINDOW_MONTHS else None)
        before, after = means
        change = None if before is None or after is None else after - before
        yield Specification(CLAIM.hypothesis("nearer").hypothesis_id, choices, change, sample_size=WINDOW_MONTHS)


def draw_shortfall(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Points by which Meta's best model, and its best open one, trail the best of all."""
    import altair as alt

    scale = colours({"its best model": CLOSED, "its best with open weights": OPEN}, frame["which"])
    chart = (
        alt.Chart(frame)
        .mark_line(interpolate="step-after", strokeWidth=2.5)
        .encode(
            x=time_axis("month:T", "released by the end of"),
            y=alt.Y("behind:Q", title="points behind the best of all", scale=alt.Scale(reverse=True)),
            color=alt.Color("which:N", scale=scale),
            tooltip=["month:T", "which:N", "name:N", alt.Tooltip("behind:Q", format=".0f"), "maker_rank:Q"],
        )
        .properties(width=WIDTH, height=260)
    )
    return styled(chart)


def draw_place(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Meta's place as it stood on each day of evaluation."""
    labels = {"C09.place": "Meta's place among makers"}
    return estimate_history(frame, labels, "place", {LEADING_PLACE: "first three places"})


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Meta's place on every board, by any of its models and by its open ones."""
    return specification_curve(frame, "place", LEADING_PLACE, "first three places")


CLAIM = Claim(
    claim_id="C09",
    slug="leading-position",
    title="Openness makes Meta a leader",
    question="Is Meta among the first three makers of models, nearer the best than when the essay was written?",
    statement="Giving its models away secures Meta a leading position in artificial intelligence.",
    essay_section="The Power of Open Source: Sharing the Future of AI?",
    essay_paragraph=1,
    essay_phrase="securing a leading position",
    ceiling="supported",
    floor="contradicted",
    limit_reason="",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "Leading is taken as quality of models. Users, revenue and standards are claims of their own.",
        "Whether openness is the cause cannot be read from a place: what can be seen is whether the place is held by "
        "an open model.",
        "The past is rebuilt from one vintage of ratings by the dates of release.",
        "The interval of a place has the errors of ratings in it, not doubts about what one arena measures.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "shortfall",
            "How far Meta is from the best",
            "Points by which Meta's best model, and its best with open weights, trail the best of all makers, among "
            "models released by each month's end. Higher is better.",
            f"""
select month, 'its best model' as which, best_name as name, frontier_rating - best_rating as behind, maker_rank
from marts.lab_best_rating_monthly
where organisation_id = '{LAB}' and month >= date '{FIRST_ON}'
union all
select month, 'its best with open weights', best_open_name, frontier_rating - best_open_rating, maker_rank
from marts.lab_best_rating_monthly
where organisation_id = '{LAB}' and month >= date '{FIRST_ON}' and best_open_rating is not null
order by which, month
""",
            draw_shortfall,
        ),
        Figure(
            "place",
            "Meta's place among makers",
            "By the best model of each, as it stood on each day, in newest ratings. Band: interval at the level that "
            "the verdict uses (99.4 %).",
            test_history_sql("C09.place"),
            draw_place,
        ),
        Figure(
            "specifications",
            "The place on other boards, and by open models alone",
            "Meta's place on every board, by any of its models and by those with open weights.",
            specification_sql("C09.place"),
            draw_specifications,
        ),
        verdicts_figure("C09"),
    ),
)
