"""C02: the race for the best model intensifies and is not over; how close the field is and how long a lead lasts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.evidence import HEADLINE_BOARD, AsOf, fingerprint, rated_releases
from pipeline.claims.figure import (
    WIDTH,
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
from pipeline.claims.standings import BOARDS, Board, Rated, best_by_lab, boards, missing_ratings, month_ends
from pipeline.claims.statistics import SEED
from pipeline.claims.verdict import decide

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

DAYS_PER_MONTH = 365.25 / 12
FIRST_ON = date(2023, 5, 1)
LONGEST_LEAD = 12.0
TENTH, FIFTH = "to the tenth model", "to the fifth model"
FIFTH_MAKER, SECOND_MAKER = "to the fifth maker", "to the second maker"
PLACES: Mapping[str, int] = {TENTH: 10, FIFTH: 5, FIFTH_MAKER: 5, SECOND_MAKER: 2}
"""Where the model or maker stands to which the distance is taken."""
GRID = {
    "spread": tuple(PLACES),
    "board": BOARDS,
    "window": ("from May 2023", "from January 2024", "last 24 months"),
}
SETTINGS: Mapping[str, Any] = {
    "first_on": FIRST_ON.isoformat(),
    "essay_on": ESSAY_ON.isoformat(),
    "days_per_month": DAYS_PER_MONTH,
    "models_left_out": LABEL_ERROR,
    "draws": 200,
}
RATED = f"rating on {HEADLINE_BOARD}, newest vintage, of models released by the day"
CLEAR = "a maker takes the lead when the lower end of its model's interval is above the upper end of the leader's"
NOT_OPENNESS = "none: the race is among all makers"
ALPHA = 0.05 / LOOKS_PER_YEAR / 2

HYPOTHESES = (
    Hypothesis(
        hypothesis_id="C02.spread",
        role="primary",
        estimand="change of the distance from the best to the tenth best released model, per month",
        unit="months",
        estimation_window="May 2023, when the arena opened, to the last month over by the day the board was read",
        outcome=RATED,
        openness_definition=NOT_OPENNESS,
        test_function="Mann-Kendall against AR(1) noise, statistics.trend; slope scipy.stats.theilslopes",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.5,
        minimum_sample=24,
        null_hypothesis="the distance does not shrink",
        verdict_rule="supports if the slope's interval lies below 0, the slope reaches -0.5 points a month and the "
        "test rejects; contradicts if the interval lies above -0.5; alpha is .05 a year, split over four looks and two "
        "primary hypotheses",
        marks=Marks.smallest_effect(null=0.0, effect=-0.5, opposite=0.5),
        grid=GRID,
        plain="the distance from the best model to the tenth best changes by {estimate}",
    ),
    Hypothesis(
        hypothesis_id="C02.lead",
        role="primary",
        estimand="months for which the maker now in the lead has led without a break",
        unit="rated models",
        estimation_window="first rated release to the day of evaluation, or to the day the board was read if earlier",
        outcome=f"{RATED}; {CLEAR}",
        openness_definition=NOT_OPENNESS,
        test_function="none: days are counted; the lower bound is the time since the highest rating last changed hands",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=20,
        null_hypothesis="one maker has led for a year or more",
        verdict_rule="supports if the bounds lie below 12 months, contradicts if above: then the race looks decided",
        marks=Marks.threshold(LONGEST_LEAD),
        plain="the maker now in the lead has led for {estimate}",
    ),
    Hypothesis(
        hypothesis_id="C02.lead_changes",
        role="secondary",
        estimand="changes of lead in a year since the essay over those in a year before it",
        unit="changes of lead",
        estimation_window="2023-05-01 to 2024-05-31 against 2024-06-01 to the day the board was read",
        outcome=f"{RATED}; {CLEAR}",
        openness_definition=NOT_OPENNESS,
        test_function="exact conditional interval of two Poisson rates; p: statsmodels test_poisson_2indep",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=1.25,
        minimum_sample=8,
        null_hypothesis="the lead changes no more often",
        verdict_rule="supports if the interval lies above 1 and the ratio reaches 1.25, contradicts if it lies below "
        "1.25; an interval from below 0.8 to above 1.25 tells nothing",
        marks=Marks.smallest_effect(null=1.0, effect=1.25, opposite=0.8),
        plain="the lead now changes hands {estimate} as often as before the essay",
    ),
    Hypothesis(
        hypothesis_id="C02.lead_length",
        role="secondary",
        estimand="median months that a lead lasts",
        unit="leads, the present one censored",
        estimation_window="May 2023 to the day of evaluation, or to the day the board was read if earlier",
        outcome=f"{RATED}; {CLEAR}",
        openness_definition=NOT_OPENNESS,
        test_function="Kaplan-Meier median, statsmodels SurvfuncRight, log-minus-log band",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=8,
        null_hypothesis="half of the leads last a year or more",
        verdict_rule="supports if the interval lies below 12 months, contradicts if above",
        marks=Marks.threshold(LONGEST_LEAD),
        plain="half of the leads are over within {estimate}",
    ),
    Hypothesis(
        hypothesis_id="C02.longest",
        role="falsification",
        estimand="months of the longest unbroken lead that began after the essay",
        unit="rated models",
        estimation_window="2024-06-01 to the day of evaluation, or to the day the board was read if earlier",
        outcome=f"{RATED}; {CLEAR}",
        openness_definition=NOT_OPENNESS,
        test_function="none: days are counted",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=20,
        null_hypothesis="some maker led for more than a year",
        verdict_rule="contradicts if a lead lasted longer than 12 months: then a race that looks close was not one",
        marks=Marks.threshold(LONGEST_LEAD),
        plain="the longest lead since the essay lasted {estimate}",
    ),
)


@dataclass(frozen=True)
class Lead:
    """An unbroken lead of one maker."""

    lab: str
    since: date
    until: date | None
    """None for the lead that holds."""

    def months(self, on: date) -> float:
        """How long it has lasted by a day."""
        return ((self.until or on) - self.since).days / DAYS_PER_MONTH


def leads(rows: Sequence[Rated], clearly: bool = True) -> list[Lead]:
    """The leads in order; `clearly`: it passes only to a model whose interval lies above the leader's best.

    Of the models of one day the best comes first.
    """
    found: list[Lead] = []
    best: Rated | None = None
    for row in sorted(rows, key=lambda row: (row.released_on, -row.rating)):
        lab = row.organisation_id
        if lab is None:
            continue
        if best is None or (
            lab != best.organisation_id and (row.low > best.high if clearly else row.rating > best.rating)
        ):
            if found:
                found[-1] = replace(found[-1], until=row.released_on)
            found.append(Lead(lab, row.released_on, None))
            best = row
        elif lab == best.organisation_id and row.rating > best.rating:
            best = row
    return found


def spreads(board: Board, spread: str, ends: Sequence[date]) -> list[float]:
    """The distance from the best at each day, in order, from the first on which there is a model to measure it to."""
    place = PLACES[spread]
    found: list[float] = []
    top: list[float] = []
    seen = 0
    for end in ends:
        rows = board.by(end)
        if spread in (FIFTH_MAKER, SECOND_MAKER):
            top = [row.rating for row in best_by_lab(rows).values()]
        else:
            top += [row.rating for row in rows[seen:]]
        top, seen = sorted(top, reverse=True)[:place], len(rows)
        if len(top) == place:
            found.append(top[0] - top[-1])
    return found


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """Whether the field closes up, how long the present lead has lasted, and how often the lead changes."""
    rated = rated_releases(connection, as_of)
    found = boards(rated)
    board = found.get(HEADLINE_BOARD, Board())
    end = min(as_of.date, board.read_on or as_of.date)
    seen = replace(board, rows=board.by(end))
    missing = () if seen.rows else (missing_ratings("models", HEADLINE_BOARD, as_of),)
    estimates = (
        _with_models_left_out(_spread, seen, end),
        _with_models_left_out(_lead, seen, end),
        _lead_changes(seen, end),
        _lead_length(seen, end),
        _longest(seen, end),
    )
    return Findings(estimates, fingerprint(rated), tuple(_specifications(found, as_of.date)), missing)


def _with_models_left_out(answer: Callable[[Board, date], Estimate], board: Board, end: date) -> Estimate:
    """The answer with a way to find how often leaving models out would change it."""
    import numpy as np

    found = answer(board, end)
    hypothesis = CLAIM.hypothesis(found.hypothesis_id.split(".")[1])

    def kept(error: float) -> Iterator[tuple[Rated, ...]]:
        for keep in np.random.default_rng(SEED).random((SETTINGS["draws"], len(board.rows))) >= error:
            yield tuple(row for row, stays in zip(board.rows, keep, strict=True) if stays)

    def flips() -> FlipRates:
        rates = flip_rates(
            decide(hypothesis, found),
            kept,
            lambda rows: decide(hypothesis, answer(replace(board, rows=rows), end)),
        )
        return replace(rates, error="Leaving out {} of the rated models at random")

    return replace(found, flips=flips) if found.estimate is not None else found


def _spread(board: Board, end: date) -> Estimate:
    hypothesis = CLAIM.hypothesis("spread")
    unit, level = "rating points a month", 1 - hypothesis.alpha
    values = spreads(board, TENTH, month_ends(FIRST_ON, end))
    trend = statistics.trend(values, level) if len(values) >= hypothesis.minimum_sample else None
    if trend is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(values))
    note = f"{values[0]:.0f} points in the first month, {values[-1]:.0f} in the last."
    return Estimate.of(hypothesis.hypothesis_id, unit, trend.slope, level, len(values), trend.p_value, note=note)


def _lead(board: Board, end: date) -> Estimate:
    hypothesis = CLAIM.hypothesis("lead")
    clear, merely = leads(board.rows), leads(board.rows, clearly=False)
    if not clear:
        return Estimate(hypothesis.hypothesis_id, "months")
    longest, last = clear[-1].months(end), merely[-1].months(end)
    bounds = statistics.Interval(longest, min(last, longest), max(last, longest))
    note = f"In the lead on {end}: {clear[-1].lab}, since {clear[-1].since}."
    return Estimate.of(hypothesis.hypothesis_id, "months", bounds, None, len(board.rows), note=note)


def _lead_changes(board: Board, end: date) -> Estimate:
    hypothesis = CLAIM.hypothesis("lead_changes")
    unit, level = "ratio of rates", 1 - hypothesis.alpha
    changes = [lead.since for lead in leads(board.rows)[1:] if lead.since >= FIRST_ON]
    before = sum(day <= ESSAY_ON for day in changes)
    after, size = len(changes) - before, len(changes)
    exposures = [(ESSAY_ON - FIRST_ON).days, (end - ESSAY_ON).days]
    note = f"{before} changes in {exposures[0]} days before the essay, {after} in {max(exposures[1], 0)} since."
    ratio = (
        statistics.rate_ratio(after, exposures[1], before, exposures[0], level) if exposures[1] > 0 and size else None
    )
    if ratio is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=size, note=note)
    p_value = statistics.rate_ratio_p_value(
        after, exposures[1], before, exposures[0], alternative=hypothesis.alternative
    )
    return Estimate.of(hypothesis.hypothesis_id, unit, ratio, level, size, p_value, note=note)


def _lead_length(board: Board, end: date) -> Estimate:
    hypothesis = CLAIM.hypothesis("lead_length")
    begun = [lead for lead in leads(board.rows) if lead.since >= FIRST_ON]
    level = 1 - hypothesis.alpha
    ended = [lead.until is not None for lead in begun]
    median = statistics.kaplan_meier_median([lead.months(end) for lead in begun], ended, level)
    if median is None:
        return Estimate(hypothesis.hypothesis_id, "months", note="No lead.")
    note = f"{sum(ended)} of {len(begun)} leads are over."
    return Estimate.of(hypothesis.hypothesis_id, "months", median, level, len(begun), note=note)


def _longest(board: Board, end: date) -> Estimate:
    hypothesis = CLAIM.hypothesis("longest")
    since = [lead for lead in leads(board.rows) if lead.since > ESSAY_ON]
    if not since:
        return Estimate(hypothesis.hypothesis_id, "months", sample_size=0, note="No lead began after the essay.")
    longest = max(since, key=lambda lead: lead.months(end))
    months = longest.months(end)
    bounds = statistics.Interval(months, months, months)
    note = f"{longest.lab} from {longest.since} to {longest.until or end}."
    return Estimate.of(hypothesis.hypothesis_id, "months", bounds, None, len(board.rows), note=note)


def _specifications(found: Mapping[str, Board], on: date) -> Iterator[Specification]:
    """The slope for every board, spread and window with enough months; its test is left to the headline."""
    from scipy.stats import theilslopes

    hypothesis = CLAIM.hypothesis("spread")
    level = 1 - hypothesis.alpha
    for name, spread in product(GRID["board"], GRID["spread"]):
        board = found.get(name, Board())
        ends = month_ends(FIRST_ON, min(on, board.read_on or on))
        values = spreads(board, spread, ends)
        windows = (values, values[-sum(end >= date(2024, 1, 1) for end in ends) or len(values) :], values[-24:])
        for window, part in zip(GRID["window"], windows, strict=True):
            choices = {"spread": spread, "board": name, "window": window}
            if len(part) < 12:
                yield Specification(hypothesis.hypothesis_id, choices, None)
                continue
            slope, _, low, high = theilslopes(part, alpha=level)
            interval = statistics.Interval(float(slope), float(low), float(high))
            yield Specification.of(
                choices, Estimate.of(hypothesis.hypothesis_id, "rating points a month", interval, level, len(part))
            )


def draw_field(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The best model of each maker as points behind the best of all, month by month."""
    import altair as alt

    chart = (
        alt.Chart(frame)
        .mark_line(interpolate="step-after", opacity=0.75, strokeWidth=1.5)
        .encode(
            x=time_axis("month:T", "released by the end of"),
            y=alt.Y("behind:Q", title="points behind the best", scale=alt.Scale(reverse=True)),
            color=alt.Color("organisation_name:N", legend=alt.Legend(columns=6)),
            tooltip=["month:T", "organisation_name:N", "best_name:N", alt.Tooltip("behind:Q", format=".0f")],
        )
        .properties(width=WIDTH, height=280)
    )
    return styled(chart)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The slope of the spread on every board, to every place and in every window."""
    return specification_curve(frame, "points a month", 0.0, "no change")


def draw_lead(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The length of the present lead as it stood on each day."""
    labels = {"C02.lead": "months that the leader of the day had led"}
    return estimate_history(frame, labels, "months", {LONGEST_LEAD: "one year"})


CLAIM = Claim(
    claim_id="C02",
    slug="race-intensifies",
    title="The race for the best model gets closer and is not over",
    question="Are the best models getting closer to each other, and does the lead keep changing hands?",
    statement="The race to build the most powerful models grows fiercer, and nobody has won it.",
    essay_section="The AI Arms Race: A New Era of Competition",
    essay_paragraph=1,
    essay_phrase="the AI arms race",
    ceiling="supported",
    floor="contradicted",
    limit_reason="",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "The past is rebuilt from one vintage of ratings by the dates of release: it shows what later voters think of "
        "old models, not what was thought then.",
        "Ratings are votes of visitors of one public arena, where nine points more means to win 51.3 % of votes.",
        "More models are rated every month, and a fuller field is closer, so the second and the fifth maker are asked "
        "for beside the tenth model, and later windows beside the whole time.",
        "Money, people and computers spent on the race are not measured.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "field",
            "How far the others are behind",
            "Best model of each maker among those released by each month's end, in rating points behind the best of "
            "all. Makers that were ever first; 200 points at most.",
            """
select month, split_part(coalesce(organisation_name, organisation_id), ' (', 1) as organisation_name, best_name,
    frontier_rating - best_rating as behind
from marts.lab_best_rating_monthly
where frontier_rating - best_rating <= 200 and organisation_id in (
    select organisation_id from marts.lab_best_rating_monthly where maker_rank = 1 and month >= date '2023-05-01'
)
order by organisation_name, month
""",
            draw_field,
        ),
        Figure(
            "lead",
            "How long the leader had led",
            "Months for which the maker in the lead on each day had led without a break, in newest ratings. Band: "
            "between the last change of the highest rating and the last one beyond doubt.",
            test_history_sql("C02.lead"),
            draw_lead,
        ),
        Figure(
            "specifications",
            "The spread measured in other ways",
            "Monthly change of the distance from the best model, on every board, to several places, in three windows.",
            specification_sql("C02.spread"),
            draw_specifications,
        ),
        verdicts_figure("C02"),
    ),
)
