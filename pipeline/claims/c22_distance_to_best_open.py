"""C22: whether the most powerful models are freely available, as how long and how far open weights lag behind."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.claims import statistics, survival
from pipeline.claims.evidence import (
    DEFINITION_AXIS,
    DEFINITIONS,
    HEADLINE_BOARD,
    UNKNOWN_LIMIT,
    AsOf,
    by_definition,
    fingerprint,
    is_too_unknown,
    rated_releases,
)
from pipeline.claims.figure import (
    ACCESS_COLOURS,
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
from pipeline.claims.record_lags import (
    AS_GOOD,
    DAYS_PER_MONTH,
    NO_WIDER,
    NOT_WORSE,
    Board,
    Lags,
    Matched,
    followed_up,
    match_records,
)
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks, Role
from pipeline.claims.sensitivity import LABEL_ERROR, FlipRates, flip_rates
from pipeline.claims.statistics import SEED
from pipeline.claims.verdict import decide

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

SETTINGS: Mapping[str, Any] = {
    "days_per_month": DAYS_PER_MONTH,
    "horizon_months": 24.0,
    "gap_window_months": 24,
    "essay_date": "2024-05-31",
    "label_error": LABEL_ERROR,
    "unknown_at_most": UNKNOWN_LIMIT,
    "draws": 200,
    "card_gigabytes": 24,
}
ALPHA = 0.10 / LOOKS_PER_YEAR
"""Both ends of an interval for a lag; a decision rests on one of them."""
Found = TypeVar("Found", Matched, tuple[Matched, Matched])
INDEX_BOARD = "eci"
GRID = {
    "match": (NOT_WORSE, AS_GOOD),
    "board": (
        HEADLINE_BOARD,
        "text/coding",
        "text/creative_writing",
        "text/expert",
        "text/hard_prompts",
        "text/instruction_following",
        "text/longer_query",
        "text/math",
        INDEX_BOARD,
    ),
    "records": ("all", "since 2024-05-31"),
    "labs": ("all", "without the lab with most records", "without the lab with most matches"),
    DEFINITION_AXIS: DEFINITIONS,
}
ONE_CARD = "one_card"
RUNGS: Mapping[str, tuple[str, str]] = {
    "lag_unrestricted": ("open_unrestricted", "weights under an open licence"),
    "lag_osi": ("osi_weights", "weights under a licence that the Open Source Initiative has approved"),
    "lag_one_card": (ONE_CARD, "weights that fit, at four bits each, into the 24 gigabytes of one consumer's card"),
    "lag_osaid": ("osaid", "a system that meets the Open Source AI Definition 1.0"),
}
"""The lag again for each stricter meaning of free: hypothesis, definition and what may match a record."""
SIZES = """
select model_id, weights_gigabytes from marts.release_terms
where weights_gigabytes is not null
order by model_id
"""
"""At four bits a weight with a fifth on top. How large a model is was so on the day it came out."""
KAPLAN_MEIER = (
    "statsmodels SurvfuncRight (Kaplan-Meier), log-minus-log band, error by groups of records that one release matched"
)
RECORD_UNIT = "closed releases that set a new best rating"
ANY_WEIGHTS = "weights can be downloaded, under any licence"
WHOLE_WINDOW = "all rated releases to the day of evaluation; a record not matched by then is right-censored"


def _rung(name: str, definition: str, words: str) -> Hypothesis:
    return Hypothesis(
        hypothesis_id=f"C22.{name}",
        role="primary" if definition == "osi_weights" else "secondary",
        estimand=f"median lag as in C22.lag, matched only by {words}",
        unit=RECORD_UNIT,
        estimation_window=WHOLE_WINDOW,
        outcome="as for C22.lag; estimate and upper end take open weights of which it is not known for no match, the "
        "lower end takes them for one",
        openness_definition=words,
        test_function=KAPLAN_MEIER,
        alternative="less",
        alpha=ALPHA,
        smallest_effect=3.0,
        minimum_sample=8,
        null_hypothesis="the median is 6 months or more",
        verdict_rule="supports if the interval lies below 3 months; cannot contradict alone, as the claim does not "
        "say under what terms: then the answer depends on what free means, and the claim is mixed",
        marks=Marks(null=6.0, support=3.0, effect=3.0, contradict=math.inf, opposite=None),
        plain=f"counting only {words}, half of the records were matched within {{estimate}}",
    )


def _asked_of_records(name: str, role: Role, **changes: Any) -> Hypothesis:
    """A question on the same records as the headline's, decided at six months."""
    shared: dict[str, Any] = {
        "unit": RECORD_UNIT,
        "estimation_window": WHOLE_WINDOW,
        "outcome": "as for C22.lag",
        "openness_definition": ANY_WEIGHTS,
        "test_function": KAPLAN_MEIER,
        "alternative": "less",
        "alpha": ALPHA,
        "smallest_effect": 0.0,
        "minimum_sample": 8,
        "null_hypothesis": "6 months or more",
        "verdict_rule": "supports if the interval lies below 6 months, contradicts if above",
        "marks": Marks.threshold(6.0),
    }
    return Hypothesis(hypothesis_id=f"C22.{name}", role=role, **(shared | changes))


HYPOTHESES = (
    Hypothesis(
        hypothesis_id="C22.lag",
        role="primary",
        estimand="median months from a closed release that sets a new best rating to the first open release, on that "
        "day or later, that is not significantly worse",
        unit=RECORD_UNIT,
        estimation_window=WHOLE_WINDOW,
        outcome=f"rating on {HEADLINE_BOARD}; not significantly worse: the upper end of the open interval reaches the "
        "lower end of the closed one",
        openness_definition=ANY_WEIGHTS,
        test_function=f"{KAPLAN_MEIER}; p: scipy.stats.binomtest of "
        "matches within 6 months among records at least 6 months old",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=3.0,
        minimum_sample=8,
        null_hypothesis="the median is 6 months or more",
        verdict_rule="supports if the interval lies below 3 months, contradicts if it lies above 6, tells too little "
        "if it reaches from below 3 to above 6, and else leaves the claim mixed; each of its ends may err in .05 of "
        "years, split over four looks",
        marks=Marks(null=6.0, support=3.0, effect=3.0, contradict=6.0, opposite=6.0),
        grid=GRID,
        plain="half of the closed models that set a record were matched by downloadable ones within {estimate}",
    ),
    *(_rung(name, *rung) for name, rung in RUNGS.items()),
    _asked_of_records(
        "weibull_lag",
        "secondary",
        estimand="median lag as in C22.lag under a Weibull distribution of lags",
        test_function="lifelines WeibullAFTFitter.fit_interval_censoring; interval by the delta method",
        null_hypothesis="the median is 6 months or more",
    ),
    _asked_of_records(
        "index_lag",
        "secondary",
        estimand="median lag as in C22.lag on Epoch's index of capability instead of votes",
        outcome="score on the Epoch Capabilities Index; not significantly worse by its 90 % intervals",
    ),
    _asked_of_records(
        "restricted_mean",
        "secondary",
        estimand="mean months to a match, counted up to 24 months",
        test_function="lifelines restricted_mean_survival_time; variance by Klein and Moeschberger 4.5.3",
        null_hypothesis="the mean is 6 months or more",
    ),
    Hypothesis(
        hypothesis_id="C22.gap_trend",
        role="secondary",
        estimand="change of the rating gap between the best closed and the best open model, per month",
        unit="months",
        estimation_window="from the first month with a rated model of both kinds",
        outcome=f"best closed less best open rating on {HEADLINE_BOARD} among releases to the month's end",
        openness_definition=ANY_WEIGHTS,
        test_function="Mann-Kendall against AR(1) noise, statistics.trend; slope scipy.stats.theilslopes",
        alternative="less",
        alpha=0.05,
        smallest_effect=0.5,
        minimum_sample=24,
        null_hypothesis="the gap does not shrink",
        verdict_rule="supports if the slope's interval lies below 0 and the slope reaches -0.5 points a month",
        marks=Marks.smallest_effect(null=0.0, effect=-0.5, opposite=0.5),
    ),
    Hypothesis(
        hypothesis_id="C22.gap",
        role="secondary",
        estimand="mean rating gap between the best closed and the best open model",
        unit="months",
        estimation_window="the last 24 months to the day of evaluation",
        outcome=f"best closed less best open rating on {HEADLINE_BOARD} among releases to the month's end",
        openness_definition=ANY_WEIGHTS,
        test_function="statistics.autocorrelated_mean over months (t of AR(1) noise, arch StationaryBootstrap)",
        alternative="less",
        alpha=0.05,
        smallest_effect=0.0,
        minimum_sample=24,
        null_hypothesis="the mean gap is 35 rating points or more, at which the open model wins 45 % of comparisons",
        verdict_rule="supports if the interval lies below 35 points, contradicts if above",
        marks=Marks.threshold(35.0),
    ),
    Hypothesis(
        hypothesis_id="C22.look_back",
        role="secondary",
        estimand="months since closed models were last no better than the best open model of today",
        unit="rated closed releases",
        estimation_window="the day of evaluation",
        outcome="low bound: better means that intervals do not overlap; high bound: better means rated higher",
        openness_definition=ANY_WEIGHTS,
        test_function="none: read off; the bounds are the two meanings of better",
        alternative="less",
        alpha=0.10,
        smallest_effect=0.0,
        minimum_sample=3,
        null_hypothesis="6 months or more",
        verdict_rule="supports if both bounds lie below 6 months, contradicts if both lie above",
        marks=Marks.threshold(6.0),
    ),
    _asked_of_records(
        "thin_ratings",
        "falsification",
        estimand="median lag as in C22.lag, matched only by open models rated at least as precisely as the record",
        outcome="as for C22.lag, and the open model's interval is no wider than the record's",
        verdict_rule="contradicts if the interval lies above 6 months: then matches come from thinly rated models, "
        "whose wide intervals reach anything",
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """Lag, gap and look-back on the headline board, and the lag under all specifications."""
    frames = {
        definition: frame.dropna(subset=["rating", "released_on"])
        for definition, frame in by_definition(rated_releases, connection, as_of).items()
    }
    rated = frames[DEFINITIONS[0]]
    frames[ONE_CARD] = _by_size(rated, connection)
    headline = rated[rated["board"] == HEADLINE_BOARD]
    boards, seen = _boards(frames, as_of.date)
    nothing = Board.of(rated.iloc[:0])
    board = boards.get((HEADLINE_BOARD, DEFINITIONS[0]), nothing)
    gaps = monthly_gaps(headline, as_of.date)
    lags = match_records(board, seen, NOT_WORSE).lags
    index = boards.get((INDEX_BOARD, DEFINITIONS[0]), nothing)
    estimates = (
        _lag(CLAIM.hypothesis("lag"), board, seen),
        *(
            _rung_lag(CLAIM.hypothesis(name), boards.get((HEADLINE_BOARD, definition), nothing), seen)
            for name, (definition, _) in RUNGS.items()
        ),
        _weibull_lag(CLAIM.hypothesis("weibull_lag"), lags),
        _median(CLAIM.hypothesis("index_lag"), match_records(index, seen, NOT_WORSE)),
        _restricted_mean(CLAIM.hypothesis("restricted_mean"), lags),
        _gap_trend(CLAIM.hypothesis("gap_trend"), gaps),
        _gap(CLAIM.hypothesis("gap"), gaps),
        _look_back(CLAIM.hypothesis("look_back"), headline, as_of.date),
        _median(CLAIM.hypothesis("thin_ratings"), match_records(board, seen, NO_WIDER)),
    )
    missing = [] if len(headline) else [f"ratings on {HEADLINE_BOARD} of releases up to {as_of.date}"]
    missing += [
        f"an {access} model among them"
        for access in ("open", "closed")
        if len(headline) and access not in set(headline["weights_access"])
    ]
    read = fingerprint(*frames.values())
    return Findings(estimates, read, tuple(_specifications(boards, seen)), tuple(missing))


def _by_size(rated: "pd.DataFrame", connection: "DuckDBPyConnection") -> "pd.DataFrame":
    """The ratings with open weights labelled by whether they fit one card; unknown where the size is not known."""
    import numpy as np

    sizes = dict(connection.execute(SIZES).fetchall())
    gigabytes = rated["model_id"].map(sizes).to_numpy(dtype=float)
    fits = np.where(np.isnan(gigabytes), "unknown", np.where(gigabytes <= SETTINGS["card_gigabytes"], "open", "closed"))
    return rated.assign(weights_access=rated["weights_access"].where(rated["weights_access"] != "open", fits))


def _boards(frames: "Mapping[str, pd.DataFrame]", on: date) -> tuple[dict[tuple[str, str], Board], date]:
    """The releases of each board that were out when it was read, by board and definition, and the last day seen."""
    followed, seen = followed_up(frames[DEFINITIONS[0]], on)
    labels = {definition: frame["weights_access"] for definition, frame in frames.items()}
    return {
        (str(name), definition): Board.of(rows, labels[definition].loc[rows.index])
        for name, rows in followed.groupby("board")
        for definition in labels
    }, seen


def _median(hypothesis: Hypothesis, found: Matched) -> Estimate:
    months, observed = found.lags
    level = 1 - hypothesis.alpha
    median = statistics.kaplan_meier_median(months, observed, level, found.groups)
    note = f"{sum(observed)} of {len(months)} records matched."
    if median is None:
        return Estimate(hypothesis.hypothesis_id, "months", note="No closed release sets a record.")
    if math.isinf(median.estimate):
        note += " Fewer than half are matched, so the median is not reached."
    elif math.isinf(median.high):
        note += " The interval has no upper end."
    return Estimate.of(hypothesis.hypothesis_id, "months", median, level, len(months), note=note)


def lag_of(hypothesis: Hypothesis, found: Matched) -> Estimate:
    """The median lag of what was matched, with its interval and p-value."""
    return replace(_median(hypothesis, found), p_value=_p_value(found, hypothesis.marks.null))


def _lag(hypothesis: Hypothesis, board: Board, on: date) -> Estimate:
    return _with_flips(
        hypothesis, board, lambda flipped: match_records(flipped, on, NOT_WORSE), partial(lag_of, hypothesis)
    )


def _rung_lag(hypothesis: Hypothesis, board: Board, on: date) -> Estimate:
    """The lag on a stricter rung, its interval wide enough for all of which it is not known."""

    def answered(both: tuple[Matched, Matched]) -> Estimate:
        known, all_unknown = (_median(hypothesis, found) for found in both)
        if known.interval_low is None or all_unknown.interval_low is None:
            return known
        low = min(known.interval_low, all_unknown.interval_low)
        return replace(known, interval_low=low, p_value=_p_value(both[0], hypothesis.marks.null))

    answer = _with_flips(hypothesis, board, lambda flipped: _both(flipped, on), answered)
    opened = board.rung[board.access == "open"]
    what = "Sizes" if hypothesis.hypothesis_id.endswith(ONE_CARD) else "Licences"
    note = f"{answer.note} {what} of {(opened == 'unknown').sum()} of {len(opened)} open models are not known."
    return replace(answer, note=note)


def _with_flips(
    hypothesis: Hypothesis, board: Board, find: Callable[[Board], Found], answered: Callable[[Found], Estimate]
) -> Estimate:
    """The answer to what is found on a board, with a way to find how often wrong labels would change it."""
    answer = answered(find(board))

    def flips() -> FlipRates:
        return flip_rates(
            decide(hypothesis, answer),
            lambda error: map(find, _flipped_boards(board, error)),
            lambda found: decide(hypothesis, answered(found)),
        )

    return replace(answer, flips=flips)


def _both(board: Board, on: date) -> tuple[Matched, Matched]:
    """The lags when what is unknown is no match, and when it is."""
    return match_records(board, on, NOT_WORSE), match_records(board, on, NOT_WORSE, unknown_matches=True)


def _flipped_boards(board: Board, error: float) -> Iterator[Board]:
    """The board after each known label is flipped independently with probability `error`, once for each draw."""
    import numpy as np

    generator = np.random.default_rng(SEED)

    def other(labels: Any) -> Any:
        return np.where(labels == "open", "closed", np.where(labels == "closed", "open", labels))

    for _ in range(SETTINGS["draws"]):
        flip = generator.random(len(board.access)) < error
        yield replace(
            board,
            access=np.where(flip, other(board.access), board.access),
            rung=np.where(flip, other(board.rung), board.rung),
        )


def _weibull_lag(hypothesis: Hypothesis, lags: Lags) -> Estimate:
    months, observed = lags
    upper = [lag if seen else math.inf for lag, seen in zip(months, observed, strict=True)]
    found = survival.interval_censored_median(months, upper, 1 - hypothesis.alpha)
    if found is None:
        return Estimate(
            hypothesis.hypothesis_id, "months", sample_size=len(months), note="The model could not be fitted."
        )
    note = f"Shape {found.shape:.2f}: below 1, a record that has stood long is less likely to be matched soon."
    return Estimate.of(hypothesis.hypothesis_id, "months", found.median, 1 - hypothesis.alpha, len(months), note=note)


def _p_value(found: Matched, months: float) -> float | None:
    """Exact test that more than half of the records at least so old were matched within `months`."""
    told = [seen and lag <= months for lag, seen, age in zip(*found.lags, found.ages, strict=True) if age >= months]
    return statistics.proportion_p_value(sum(told), len(told), 0.5, "greater") if told else None


def _restricted_mean(hypothesis: Hypothesis, lags: Lags) -> Estimate:
    months, observed = lags
    level = 1 - hypothesis.alpha
    mean = statistics.restricted_mean(months, observed, SETTINGS["horizon_months"], level)
    if mean is None:
        return Estimate(hypothesis.hypothesis_id, "months", note="No closed release sets a record.")
    return Estimate.of(hypothesis.hypothesis_id, "months", mean, level, len(months))


def monthly_gaps(board: "pd.DataFrame", on: date) -> list[float]:
    """Best closed less best open rating at each month's end, from the first with both to the last complete month."""
    import pandas as pd

    if board.empty:
        return []
    last = pd.Period(pd.Timestamp(on) + pd.Timedelta(days=1), freq="M") - 1
    month = pd.to_datetime(board["released_on"]).dt.to_period("M")
    best = board.groupby([month, board["weights_access"]])["rating"].max().unstack()
    if not {"open", "closed"} <= set(best.columns):
        return []
    best = best.reindex(pd.period_range(best.index.min(), max(last, best.index.min()), freq="M")).cummax().ffill()
    gap = (best["closed"] - best["open"])[lambda series: series.index <= last].dropna()
    return [float(value) for value in gap]


def _gap_trend(hypothesis: Hypothesis, gaps: Sequence[float]) -> Estimate:
    level = 1 - hypothesis.alpha
    unit = "rating points a month"
    trend = statistics.trend(gaps, level) if len(gaps) >= hypothesis.minimum_sample else None
    if trend is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(gaps))
    note = f"Gap now {gaps[-1]:.0f} points, {gaps[0]:.0f} in the first month."
    return Estimate.of(hypothesis.hypothesis_id, unit, trend.slope, level, len(gaps), trend.p_value, note=note)


def _gap(hypothesis: Hypothesis, gaps: Sequence[float]) -> Estimate:
    level = 1 - hypothesis.alpha
    recent = gaps[-SETTINGS["gap_window_months"] :]
    mean = statistics.autocorrelated_mean(recent, level) if len(recent) >= hypothesis.minimum_sample else None
    if mean is None:
        return Estimate(hypothesis.hypothesis_id, "rating points", sample_size=len(recent))
    return Estimate.of(hypothesis.hypothesis_id, "rating points", mean, level, len(recent))


def _look_back(hypothesis: Hypothesis, board: "pd.DataFrame", on: date) -> Estimate:
    """Months since the first closed model that is better than the best open one; 0 if none is."""
    import pandas as pd

    closed, opened = (board[board["weights_access"] == access] for access in ("closed", "open"))
    size = len(closed)
    if opened.empty or closed.empty:
        return Estimate(hypothesis.hypothesis_id, "months", sample_size=size)
    best = opened.sort_values("rating").iloc[-1]
    best_high = best["rating"] if pd.isna(best["rating_high"]) else best["rating_high"]

    def months_since(better: Any) -> float:
        first = pd.to_datetime(closed["released_on"])[better].min()
        return 0.0 if pd.isna(first) else (pd.Timestamp(on) - first).days / DAYS_PER_MONTH

    clear = months_since(closed["rating_low"].fillna(closed["rating"]) > best_high)
    any_better = months_since(closed["rating"] > best["rating"])
    bounds = statistics.Interval(clear, clear, any_better)
    return Estimate.of(hypothesis.hypothesis_id, "months", bounds, None, size, note=f"Best open model: {best['name']}.")


def _specifications(boards: Mapping[tuple[str, str], Board], on: date) -> Iterator[Specification]:
    """The lag under every combination of GRID; equal lags are fitted once."""
    hypothesis = CLAIM.hypothesis("lag")
    fitted: dict[tuple[Lags, tuple[int, ...]], Estimate] = {}
    held = [
        (name, definition)
        for name, definition in product(GRID["board"], DEFINITIONS)
        if (name, definition) in boards and _is_told(boards[name, definition], definition)
    ]
    for (name, definition), match, since in product(held, GRID["match"], GRID["records"]):
        board = boards[name, definition]
        whole = match_records(board, on, match, since)
        left_out = dict(zip(GRID["labs"], (None, whole.record_lab, whole.matching_lab), strict=True))
        for labs, lab in left_out.items():
            found = whole if lab is None else match_records(board.only(board.lab != lab), on, match, since)
            key = (found.lags, found.groups)
            if key not in fitted:
                fitted[key] = _median(hypothesis, found)
            choices = {"match": match, "board": name, "records": since, "labs": labs, DEFINITION_AXIS: definition}
            yield Specification.of(choices, fitted[key])


def _is_told(board: Board, definition: str) -> bool:
    """Whether the licences of enough open models are known to ask under this definition at all."""
    import pandas as pd

    return not is_too_unknown(definition, pd.DataFrame({"weights_access": board.rung[board.access == "open"]}))


def draw_frontier(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The best rating so far of open and of closed models."""
    import altair as alt

    chart = (
        alt.Chart(frame)
        .mark_line(interpolate="step-after", strokeWidth=2.5)
        .encode(
            x=time_axis("month:T", "released by the end of"),
            y=alt.Y("best_rating:Q", title="best rating so far, points", scale=alt.Scale(zero=False)),
            color=alt.Color("weights_access:N", scale=colours(ACCESS_COLOURS, frame["weights_access"])),
            tooltip=["month:T", "weights_access:N", alt.Tooltip("best_rating:Q", format=".0f"), "best_name:N"],
        )
        .properties(width=WIDTH, height=280)
    )
    return styled(chart)


def draw_records(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Each record of a closed model and the months until an open one matched it."""
    import altair as alt

    order = list(frame["record_name"])
    base = alt.Chart(frame).encode(y=alt.Y("record_name:N", sort=order, title="closed release that set a record"))
    tooltip = ["record_name:N", "record_on:T", "match_name:N", alt.Tooltip("lag_months:Q", format=".1f"), "state:N"]
    states = {"matched": OPEN, "not matched yet": CLOSED}
    shapes = {"matched": "circle", "not matched yet": "triangle-right"}
    bars = base.mark_rule(strokeWidth=2, opacity=0.5).encode(
        x=alt.X("zero:Q", title="months until matched by open weights"),
        x2="lag_months:Q",
        color=alt.Color("state:N", scale=colours(states, frame["state"])),
    )
    ends = base.mark_point(filled=True, size=60, opacity=1).encode(
        x="lag_months:Q",
        color=alt.Color("state:N", scale=colours(states, frame["state"])),
        shape=alt.Shape("state:N", scale=colours(shapes, frame["state"])),
        tooltip=tooltip,
    )
    return styled(alt.layer(bars, ends).properties(width=WIDTH))


def draw_lag(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The median lag as it stood on each day of evaluation."""
    return estimate_history(
        frame,
        {"C22.lag": "median lag behind closed records"},
        "months",
        {3.0: "supported below", 6.0: "contradicted above"},
    )


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The median lag under every choice."""
    return specification_curve(frame, "months", 6.0, "half a year")


CLAIM = Claim(
    claim_id="C22",
    slug="distance-to-best-open",
    title="The most powerful models are free for all",
    question="How long until anyone can download a model as good as the best closed one?",
    statement="The most powerful artificial intelligence is, or is becoming, freely available to everybody.",
    essay_section="Conclusion: A Future Shaped by Open-Source AI?",
    essay_paragraph=2,
    essay_phrase="the most powerful AI is freely available to all",
    ceiling="supported",
    floor="contradicted",
    limit_reason="",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "The headline counts any weights that can be downloaded; the lag is given again for open licences, for those "
        "that the Open Source Initiative has approved, and for the Open Source AI Definition.",
        "Ratings are votes of visitors of one public arena; they say little of work that needs private knowledge.",
        "All models are compared in one vintage of ratings, so a closed model that was improved under its old name "
        "carries its later rating.",
        "An open model whose release day is only known to the month counts from the day its source gives.",
        "The best open weights need hardware that few people own; the lag is given again for those that fit one card.",
        "Several records are often matched by one release, so that the lags are not independent. The interval allows "
        "for that as far as it can; in made data like these its upper end still falls short of the true median about "
        "twice as often as it should, its lower end hardly ever passes it.",
        "The trend of the gap, which is not part of the verdict, is found falling in .059 of made series that hardly "
        "forget (autocorrelation .85) and do not fall.",
        "No benchmark with private questions is held: whether matches come of training on public ones is not asked.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "frontier",
            "The best open and the best closed model",
            "Best rating so far on the overall text board, among models released by each month's end, newest ratings.",
            """
select month, weights_access, best_rating, best_name
from marts.capability_frontier_monthly
where weights_access in ('open', 'closed') and best_rating is not null
order by weights_access, month
""",
            draw_frontier,
        ),
        Figure(
            "records",
            "How long each record stood",
            "Months from a closed release that set a new best rating on the overall text board to the first open "
            "release that is not significantly worse. Triangles: not matched by the day of the newest ratings.",
            f"""
with rated as (
    select model_id, name, released_on, weights_access, rating, coalesce(rating_low, rating) as rating_low,
        coalesce(rating_high, rating) as rating_high, rated_on
    from marts.rated_release
    where board = '{HEADLINE_BOARD}' and released_on is not null and rating is not null
        and released_on <= rated_on
        and rated_on = (select max(rated_on) from marts.rated_release where board = '{HEADLINE_BOARD}')
),
placed as (
    select name, released_on, weights_access, rating, rating_low, rated_on,
        max(rating) over (
            order by released_on, rating desc rows between unbounded preceding and 1 preceding
        ) as best_before
    from rated
),
record as (
    select name, released_on, rating_low, rated_on from placed
    where weights_access = 'closed' and (best_before is null or rating > best_before)
),
matched as (
    select record.name as record_name, record.released_on as record_on, record.rated_on,
        min(opened.released_on) as match_on,
        arg_min(opened.name, opened.released_on) as match_name
    from record
    left join rated as opened on opened.weights_access = 'open' and opened.released_on >= record.released_on
        and opened.rating_high >= record.rating_low
    group by record.name, record.released_on, record.rated_on
)
select record_name, record_on, match_name, 0 as zero,
    date_diff('day', record_on, coalesce(match_on, greatest(rated_on, record_on))) / {DAYS_PER_MONTH} as lag_months,
    case when match_on is null then 'not matched yet' else 'matched' end as state
from matched
order by record_on
""",
            draw_records,
        ),
        Figure(
            "lag",
            "The median lag over time",
            "Median months until a closed record is matched by open weights, as it stood on each day, in hindsight. "
            "Band: 97.5 % interval.",
            test_history_sql("C22.lag"),
            draw_lag,
        ),
        Figure(
            "specifications",
            "The lag counted in other ways",
            "One dot for each board, meaning of a match, set of records, lab left out and definition of open.",
            specification_sql("C22.lag"),
            draw_specifications,
        ),
        verdicts_figure("C22"),
    ),
)
