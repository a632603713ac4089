"""C03: Meta opens its most advanced models; on how many days its best released model had open weights."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.evidence import (
    DEFINITION_AXIS,
    DEFINITIONS,
    HEADLINE_BOARD,
    AsOf,
    by_definition,
    fingerprint,
    rated_releases,
    releases,
)
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
from pipeline.claims.release_counts import Count
from pipeline.claims.sensitivity import LABEL_ERROR, FlipRates, flip_rates
from pipeline.claims.standings import BOARDS, Board, Rated, Reign, boards, difference, missing_ratings, records, reign
from pipeline.claims.statistics import SEED
from pipeline.claims.verdict import decide

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

LAB = "meta"
FIRST_ON = date(2023, 7, 18)
LEAST_OPEN_SHARE = 0.95
MOST_KEPT_BACK = 10.0
SETTINGS: Mapping[str, Any] = {
    "lab": LAB,
    "first_on": FIRST_ON.isoformat(),
    "essay_on": ESSAY_ON.isoformat(),
    "label_error": LABEL_ERROR,
    "draws": 200,
}
GRID = {DEFINITION_AXIS: DEFINITIONS, "board": BOARDS}
ANY_WEIGHTS = "weights can be downloaded, under any licence; the stricter definitions stand in the specifications"
RATED = f"rating on {HEADLINE_BOARD}, newest vintage; the best is the highest rated of all released by the day"
COUNTED = (
    "none: days are counted, so there is no sampling error; the bounds take days with unknown weights, and days "
    "after Meta released something that the board does not rate yet, as closed and as open"
)


def _share(
    name: str, estimand: str, window: str, minimum_sample: int, counts_from: date | None, plain: str
) -> Hypothesis:
    return Hypothesis(
        hypothesis_id=f"C03.{name}",
        role="primary",
        estimand=estimand,
        unit="days",
        estimation_window=window,
        outcome=RATED,
        openness_definition=ANY_WEIGHTS,
        test_function=COUNTED,
        alternative="greater",
        alpha=0.05 / LOOKS_PER_YEAR,
        smallest_effect=0.0,
        minimum_sample=minimum_sample,
        null_hypothesis="the best model has open weights on at most 19 days in twenty",
        verdict_rule="supports if the bounds lie above .95, contradicts if they lie below",
        marks=Marks.threshold(LEAST_OPEN_SHARE),
        grid=GRID,
        counts_from=counts_from,
        plain=plain,
    )


HYPOTHESES = (
    _share(
        "until_essay",
        "share of days on which Meta's best released model had open weights, up to the essay",
        "2023-07-18, when Llama 2 came out, to 2024-05-31 or the day of evaluation if earlier",
        90,
        None,
        "until the essay Meta's best model could be downloaded on {estimate} of days",
    ),
    _share(
        "since_essay",
        "share of days on which Meta's best released model had open weights, since the essay",
        "2024-06-01 to the day of evaluation; counts once half a year of it is over",
        180,
        date(2024, 11, 30),
        "since the essay Meta's best model could be downloaded on {estimate} of days",
    ),
    Hypothesis(
        hypothesis_id="C03.kept_back",
        role="primary",
        estimand="points by which Meta's best model is rated above its best model with open weights",
        unit="rated models of Meta",
        estimation_window="all releases to the day of evaluation, or to the day the board was read if earlier",
        outcome=RATED,
        openness_definition=ANY_WEIGHTS,
        test_function="lead of the best closed model over the best open one, nothing if it has none, by the normal "
        "approximation (scipy.stats.norm), errors of both from their intervals and taken as independent; p: that the "
        "lead is 10 points or more",
        alternative="less",
        alpha=0.05 / LOOKS_PER_YEAR,
        smallest_effect=MOST_KEPT_BACK,
        minimum_sample=3,
        null_hypothesis="the best open model is 10 points or more behind",
        verdict_rule="supports if the interval lies below 10 points (the better one would win 51.4 % of votes), which "
        "is equivalence for practical purposes; contradicts if it lies above",
        marks=Marks.threshold(MOST_KEPT_BACK),
        plain="Meta's best model is {estimate} ahead of its best one that can be downloaded",
    ),
    Hypothesis(
        hypothesis_id="C03.last_year",
        role="secondary",
        estimand="share of the last 365 days on which Meta's best released model had open weights",
        unit="days",
        estimation_window="365 days to the day of evaluation",
        outcome=RATED,
        openness_definition=ANY_WEIGHTS,
        test_function=COUNTED,
        alternative="greater",
        alpha=0.05 / LOOKS_PER_YEAR,
        smallest_effect=0.0,
        minimum_sample=90,
        null_hypothesis="the best model has open weights on at most 19 days in twenty",
        verdict_rule="supports if the bounds lie above .95, contradicts if they lie below",
        marks=Marks.threshold(LEAST_OPEN_SHARE),
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """The share of open days before and after the essay, and what Meta keeps back now."""
    released = releases(connection, as_of)
    released = released[released["organisation_id"] == LAB]
    rated = {
        definition: frame[frame["organisation_id"] == LAB]
        for definition, frame in by_definition(rated_releases, connection, as_of).items()
    }
    own = boards(rated["open_any"])
    headline = own.get(HEADLINE_BOARD, Board())
    unseen = first_unseen(headline, released)
    periods = {
        "until_essay": (FIRST_ON, min(as_of.date, ESSAY_ON)),
        "since_essay": (ESSAY_ON + timedelta(days=1), as_of.date),
        "last_year": (as_of.date - timedelta(days=364), as_of.date),
    }
    estimates = [
        _open_days(CLAIM.hypothesis(name), headline, reign(headline, first, last, unseen), last)
        for name, (first, last) in periods.items()
    ]
    estimates.append(_kept_back(CLAIM.hypothesis("kept_back"), headline, unseen))
    labels = {
        definition: dict(zip(frame["model_id"], frame["weights_access"], strict=True))
        for definition, frame in rated.items()
    }
    specified = {name: periods[name] for name in ("until_essay", "since_essay")}
    return Findings(
        tuple(estimates),
        fingerprint(released, *rated.values()),
        tuple(_specifications(own, labels, released, specified)),
        () if headline.rows else (missing_ratings("Meta's models", HEADLINE_BOARD, as_of),),
    )


def first_unseen(own: Board, released: "pd.DataFrame") -> date | None:
    """The day from which the board cannot tell which of Meta's models is best: that of its first release after the
    board was read that the board does not rate; None without one."""
    if own.read_on is None:
        return None
    rated = {row.model_id for row in own.rows}
    days = released["released_on"].to_numpy().astype("datetime64[D]").tolist()
    later = [
        day for day, model in zip(days, released["model_id"], strict=True) if day > own.read_on and model not in rated
    ]
    return min(later, default=None)


def _open_days(hypothesis: Hypothesis, own: Board, found: Reign, last: date) -> Estimate:
    answer = _answer(hypothesis, found.count())
    if answer.estimate is None:
        return answer

    def flips() -> FlipRates:
        return flip_rates(
            decide(hypothesis, answer),
            lambda error: (found.count(access) for access in _relabelled(found.access, error)),
            lambda count: decide(hypothesis, _answer(hypothesis, count)),
        )

    return replace(answer, flips=flips, note=_note(own, found.count(), last))


def _answer(hypothesis: Hypothesis, found: Count) -> Estimate:
    """The open share of the days that can be told, between the shares if all others were closed and open."""
    total = found.known + found.unknown
    if not found.known:
        return Estimate(hypothesis.hypothesis_id, "share of days", sample_size=total, note="No day can be told.")
    bounds = statistics.Interval(found.open / found.known, found.open / total, (found.open + found.unknown) / total)
    return Estimate.of(hypothesis.hypothesis_id, "share of days", bounds, None, total)


def _note(own: Board, count: Count, last: date) -> str:
    note = f"{count.open} of {count.known} days open"
    note += f", {count.unknown} more cannot be told" if count.unknown else ""
    best = records(own.by(last))[-1]
    return f"{note}. Best rated by {last}: {best.name}, weights {best.weights_access}."


def _relabelled(access: Sequence[str], error: float) -> Iterator[tuple[str, ...]]:
    """The labels after each known one is flipped independently with probability `error`, once for each draw."""
    import numpy as np

    other = {"open": "closed", "closed": "open"}
    for flip in np.random.default_rng(SEED).random((SETTINGS["draws"], len(access))) < error:
        yield tuple(other.get(one, one) if now else one for one, now in zip(access, flip, strict=True))


def _kept_back(hypothesis: Hypothesis, own: Board, unseen: date | None) -> Estimate:
    models = sorted(own.rows, key=lambda row: (-row.rating, row.model_id))
    access = tuple(model.weights_access for model in models)
    answer = _behind(hypothesis, models, access)
    if answer.estimate is None:
        return answer

    def flips() -> FlipRates:
        return flip_rates(
            decide(hypothesis, answer),
            lambda error: _relabelled(access, error),
            lambda labels: decide(hypothesis, _behind(hypothesis, models, labels)),
        )

    later = f" What Meta released from {unseen} on is not rated yet." if unseen else ""
    return replace(answer, flips=flips, note=answer.note + later)


def _behind(hypothesis: Hypothesis, models: Sequence[Rated], access: Sequence[str]) -> Estimate:
    """How far the best open one of some models, best first, is behind the best of all: the lead of the best closed
    one, and nothing where it has none.

    The estimate is that of the models whose weights are known; the interval reaches from what it would be if unknown
    weights were open to what it would be if they were closed.
    """
    from scipy.stats import norm

    unit, size, level = "rating points", len(models), 1 - hypothesis.alpha
    if "open" not in access:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=size, note="No rated model has open weights.")
    first = {label: models[access.index(label)] for label in ("open", "closed", "unknown") if label in access}
    known = _lead(first.get("closed"), first["open"], level)
    least = _lead(first.get("closed"), _better(first["open"], first.get("unknown")), level)
    kept, opened = _better(first.get("closed"), first.get("unknown")), first["open"]
    most = _lead(kept, opened, level)
    if kept is None:
        return Estimate.of(hypothesis.hypothesis_id, unit, most, None, size, note="Every rated model is open.")
    note = f"{opened.name}, open, against {kept.name}, {kept.weights_access}."
    error = math.hypot(kept.error, opened.error)
    p_value = float(norm.cdf((kept.rating - opened.rating - hypothesis.marks.null) / error)) if error else None
    bounds = statistics.Interval(known.estimate, least.low, most.high)
    return Estimate.of(hypothesis.hypothesis_id, unit, bounds, level, size, p_value, note=note)


def _better(one: Rated | None, other: Rated | None) -> Rated | None:
    """The better rated of two that may be lacking."""
    return max((row for row in (one, other) if row), key=lambda row: row.rating, default=None)


def _lead(closed: Rated | None, opened: Rated | None, level: float) -> statistics.Interval:
    """Points by which a closed model is ahead of an open one, none where it is behind or there is none."""
    if closed is None or opened is None:
        return statistics.Interval(0.0, 0.0, 0.0)
    points = difference(closed, opened, level)
    return statistics.Interval(max(points.estimate, 0.0), max(points.low, 0.0), max(points.high, 0.0))


def _specifications(
    own: Mapping[str, Board],
    labels: Mapping[str, Mapping[str, str]],
    released: "pd.DataFrame",
    periods: Mapping[str, tuple[date, date]],
) -> Iterator[Specification]:
    """Every board and definition; no answer where the days that cannot be told would decide."""
    for board, (name, (first, last)) in product(GRID["board"], periods.items()):
        hypothesis, rows = CLAIM.hypothesis(name), own.get(board, Board())
        found = reign(rows, first, last, first_unseen(rows, released))
        for definition in DEFINITIONS:
            choices = {DEFINITION_AXIS: definition, "board": board}
            answer = _answer(hypothesis, found.count([labels[definition][model] for model in found.models]))
            low, high, mark = answer.interval_low, answer.interval_high, hypothesis.marks.null
            if low is None or high is None or low <= mark < high:
                yield Specification(hypothesis.hypothesis_id, choices, None)
            else:
                yield Specification.of(choices, answer)


def draw_flagships(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The rating of Meta's best model, and of its best with open weights, by month."""
    import altair as alt

    scale = colours({"best model": CLOSED, "best with open weights": OPEN}, frame["which"])
    chart = (
        alt.Chart(frame)
        .mark_line(interpolate="step-after", strokeWidth=2.5)
        .encode(
            x=time_axis("month:T", "released by the end of"),
            y=alt.Y("rating:Q", title="rating, points", scale=alt.Scale(zero=False)),
            color=alt.Color("which:N", scale=scale),
            tooltip=["month:T", "which:N", "name:N", alt.Tooltip("rating:Q", format=".0f")],
        )
        .properties(width=WIDTH, height=260)
    )
    return styled(chart)


def draw_share(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The share of days with an open best model as it stood on each day of evaluation."""
    labels = {
        "C03.since_essay": "since the essay",
        "C03.last_year": "in the year to the day of evaluation",
    }
    return estimate_history(frame, labels, "share of days", {LEAST_OPEN_SHARE: "19 days in twenty"}, percent=True)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The share since the essay under every definition of open and on every board."""
    return specification_curve(frame, "share of days", LEAST_OPEN_SHARE, "19 days in twenty", percent=True)


CLAIM = Claim(
    claim_id="C03",
    slug="most-advanced-open",
    title="Meta gives away its best models",
    question="Can anyone download the best model that Meta has released?",
    statement="Meta opens the most advanced of its models, not only the lesser ones.",
    essay_section="Opening",
    essay_paragraph=2,
    essay_phrase="open-sourcing their most advanced AI models",
    ceiling="supported",
    floor="contradicted",
    limit_reason="",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "Best means best rated by visitors of one public arena; the specifications ask other boards too.",
        "Models that Meta has not released are seen by nobody: the share is at most what is found here.",
        "All models are compared in one vintage of ratings, so which was best in the past is judged by later votes.",
        "That weights can be downloaded does not make a model open source: that is claim C04.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "flagships",
            "Meta's best model, and its best open one",
            "Rating on the overall text board of the best model that Meta had released by each month's end, and of the "
            "best whose weights can be downloaded. Where the lines part, Meta keeps its best to itself.",
            f"""
with best as (
    select month, best_rating, best_name, best_open_rating, best_open_name
    from marts.lab_best_rating_monthly
    where organisation_id = '{LAB}'
)
select month, 'best model' as which, best_rating as rating, best_name as name from best
union all
select month, 'best with open weights', best_open_rating, best_open_name from best where best_open_rating is not null
order by which, month
""",
            draw_flagships,
        ),
        Figure(
            "share",
            "Share of days on which Meta's best model was open",
            "As it stood on each day, judged with today's evidence. Band: bounds over days that cannot be told.",
            test_history_sql("C03.since_essay", "C03.last_year"),
            draw_share,
        ),
        Figure(
            "specifications",
            "The same question asked in other ways",
            "Share of days since the essay, on every board and under every definition of open that can be answered.",
            specification_sql("C03.since_essay"),
            draw_specifications,
        ),
        verdicts_figure("C03"),
    ),
)
