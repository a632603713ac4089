"""C14: OpenAI and Google sell access to their models and keep the weights; whether they do is counted here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

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
    releases,
)
from pipeline.claims.figure import (
    ACCESS_COLOURS,
    WIDTH,
    colours,
    estimate_history,
    specification_curve,
    specification_sql,
    styled,
    test_history_sql,
    verdicts_figure,
)
from pipeline.claims.findings import Estimate, Findings, Specification
from pipeline.claims.joint import Draw
from pipeline.claims.null_worlds import share_draw
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks
from pipeline.claims.release_counts import CHECKPOINT, EVENT, UNKNOWN_AS, count, window_start, within
from pipeline.claims.sensitivity import LABEL_ERROR
from pipeline.claims.shares import Counted, counted, open_share, share_flips
from pipeline.claims.standings import Board, Rated, boards, days_with_open_best, lead_over_open

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

LABS = {"openai": "OpenAI", "google": "Google"}
ALPHA = 0.05 / LOOKS_PER_YEAR / len(LABS)
SETTINGS: Mapping[str, Any] = {
    "labs": tuple(LABS),
    "labs_known_to_publish": ("alibaba", "deepseek", "meta", "mistral"),
    "label_error": LABEL_ERROR,
    "unknown_at_most": UNKNOWN_LIMIT,
    "draws": 200,
    "held_back_points": 10.0,
}
GRID = {
    "unit": (EVENT, CHECKPOINT),
    "unknown weights": tuple(UNKNOWN_AS),
    "window": ("since 2023-01-01", "since 2024-05-31", "last 24 months"),
    "releases": ("all", "rated by people"),
    DEFINITION_AXIS: DEFINITIONS,
}
EXACT_SHARE = (
    "scipy.stats.binomtest; interval statsmodels proportion_confint(method='beta'), its lower end with unknown weights "
    "as closed and its upper end with them as open; p of the less favourable"
)


def _share(lab: str, name: str) -> Hypothesis:
    return Hypothesis(
        hypothesis_id=f"C14.{lab}",
        role="primary",
        estimand=f"share of {name}'s releases whose weights can be downloaded",
        unit="release event: what the lab put out on one day with the same access",
        estimation_window="2023-01-01 to the day of evaluation",
        outcome="open or closed weights; unknown left out of the estimate and taken both ways by the interval",
        openness_definition="weights can be downloaded, under any licence",
        test_function=EXACT_SHARE,
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=10,
        null_hypothesis="the share is one half or more",
        verdict_rule="supports if the exact interval lies below one half, contradicts if it lies above; alpha is .05 a "
        "year, split over four looks and two labs",
        marks=Marks.threshold(0.5),
        grid=GRID,
        plain=f"{name} lets people download the weights of {{estimate}} of its releases",
    )


def _best(lab: str, name: str) -> Hypothesis:
    return Hypothesis(
        hypothesis_id=f"C14.{lab}_best",
        role="secondary",
        estimand=f"share of days on which the best-rated released model of {name} had open weights",
        unit="rated models",
        estimation_window="first rated release to the day of evaluation",
        outcome=f"rating on {HEADLINE_BOARD}, newest vintage",
        openness_definition="weights can be downloaded, under any licence",
        test_function="days are counted; percentile interval from ratings redrawn from their intervals taken as "
        "normal, its ends with unknown weights as closed and as open",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=3,
        null_hypothesis="the best model has open weights on one day in twenty or more",
        verdict_rule="supports if the interval lies below .05",
        marks=Marks.threshold(0.05),
        plain=f"{name}'s best model could be downloaded on {{estimate}} of days",
    )


def _gap(lab: str, name: str) -> Hypothesis:
    return Hypothesis(
        hypothesis_id=f"C14.{lab}_held_back",
        role="secondary",
        estimand=f"points by which {name}'s best model is rated above its best one with open weights",
        unit="rated models",
        estimation_window="all releases to the day of evaluation",
        outcome=f"rating on {HEADLINE_BOARD}, newest vintage",
        openness_definition="weights can be downloaded, under any licence",
        test_function="difference of two ratings by the normal approximation (scipy.stats.norm), its ends with unknown "
        "weights as open and as closed",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=SETTINGS["held_back_points"],
        minimum_sample=3,
        null_hypothesis="what it gives away is as good as what it sells",
        verdict_rule="supports if the interval lies above 0 and the difference reaches 10 points; how good what is "
        "given away is, not how much is",
        marks=Marks.smallest_effect(0.0, SETTINGS["held_back_points"], -SETTINGS["held_back_points"]),
        plain=f"{name}'s best model is {{estimate}} ahead of its best one that can be downloaded",
    )


HYPOTHESES = (
    *(_share(lab, name) for lab, name in LABS.items()),
    *(_best(lab, name) for lab, name in LABS.items()),
    *(_gap(lab, name) for lab, name in LABS.items()),
    Hypothesis(
        hypothesis_id="C14.known_publishers",
        role="falsification",
        estimand="share of open releases of labs known to publish weights, counted the same way",
        unit="release event: what a lab put out on one day with the same access",
        estimation_window="2023-01-01 to the day of evaluation",
        outcome="open or closed weights; unknown left out of the estimate and taken both ways by the interval",
        openness_definition="weights can be downloaded, under any licence",
        test_function=EXACT_SHARE,
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=10,
        null_hypothesis="the share is one half or less",
        verdict_rule="contradicts if the interval lies below one half: then the catalogues miss open releases, and "
        "would call any lab closed",
        marks=Marks.threshold(0.5),
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """Open shares of both labs, their best models, and the same count for labs known to publish."""
    frames = by_definition(releases, connection, as_of)
    released = frames["open_any"]
    rated = rated_releases(connection, as_of)
    rated = rated[rated["board"] == HEADLINE_BOARD].dropna(subset=["rating", "released_on"])
    board = boards(rated).get(HEADLINE_BOARD, Board())
    estimates, missing = list[Estimate](), list[str]()
    specifications, worlds = list[Specification](), dict[str, Draw]()
    for lab, name in LABS.items():
        hypothesis = CLAIM.hypothesis(lab)
        specifications += _specifications(hypothesis, frames, rated, lab, as_of.date)
        of_lab = {definition: frame[frame["organisation_id"] == lab] for definition, frame in frames.items()}
        worlds[hypothesis.hypothesis_id] = share_draw(
            hypothesis, of_lab, specifications, as_of.date, set(rated["model_id"])
        )
        found = _headline(hypothesis, released, lab, as_of.date)
        estimates.append(found)
        if not found.sample_size:
            missing.append(f"{name}: releases since 2023 with known weights by {as_of.date}")
    for lab in LABS:
        estimates.append(_best_model(CLAIM.hypothesis(f"{lab}_best"), board.of(lab), as_of.date))
        estimates.append(_held_back(CLAIM.hypothesis(f"{lab}_held_back"), board.of(lab).by(as_of.date)))
    estimates.append(_known_publishers(CLAIM.hypothesis("known_publishers"), released, as_of.date))
    read = fingerprint(*frames.values(), rated)
    return Findings(tuple(estimates), read, tuple(specifications), tuple(missing), worlds)


def _headline(hypothesis: Hypothesis, released: "pd.DataFrame", lab: str, on: date) -> Estimate:
    frame = within(released, [lab], window_start(GRID["window"][0], on))
    answer = open_share(hypothesis, counted(frame, EVENT))
    if answer.estimate is None:
        return answer
    return replace(answer, flips=lambda: share_flips(hypothesis, frame, EVENT, answer, SETTINGS["draws"]))


def _specifications(
    hypothesis: Hypothesis, frames: "Mapping[str, pd.DataFrame]", rated: "pd.DataFrame", lab: str, on: date
) -> Iterator[Specification]:
    """The share of one lab under every combination of GRID, each with one way to take unknown weights."""
    own = {
        definition: within(frame, [lab], window_start("since 1900-01-01", on)) for definition, frame in frames.items()
    }
    for window, kind, definition in product(GRID["window"], GRID["releases"], DEFINITIONS):
        frame = within(own[definition], [lab], window_start(window, on))
        if kind != "all":
            frame = frame[frame["model_id"].isin(rated["model_id"])]
        told = not is_too_unknown(definition, frame)
        for unit, unknown in product(GRID["unit"], GRID["unknown weights"]):
            choices = {"unit": unit, "unknown weights": unknown, "window": window, "releases": kind}
            choices[DEFINITION_AXIS] = definition
            if told:
                found = count(frame, unit, unknown)
                yield Specification.of(choices, open_share(hypothesis, Counted(found, found, found)))
            else:
                yield Specification(hypothesis.hypothesis_id, choices, None)


def _best_model(hypothesis: Hypothesis, board: Board, on: date) -> Estimate:
    rows, level = board.by(on), 1 - hypothesis.alpha
    share = days_with_open_best(board, on, level)
    if share is None:
        return Estimate(hypothesis.hypothesis_id, "share of days", note="No rated model.")
    best = max(rows, key=lambda row: row.rating)
    note = f"Best-rated now: {best.name}, weights {best.weights_access}."
    return Estimate.of(hypothesis.hypothesis_id, "share of days", share, level, len(rows), note=note)


def _held_back(hypothesis: Hypothesis, rows: Sequence[Rated]) -> Estimate:
    unit, level = "rating points", 1 - hypothesis.alpha
    lead = lead_over_open(rows, level)
    if lead is None:
        return Estimate(hypothesis.hypothesis_id, unit, note="No rated model has open weights.")
    note = f"{lead.best.name} against {lead.best_open.name}."
    return Estimate.of(hypothesis.hypothesis_id, unit, lead.points, level, len(rows), note=note)


def _known_publishers(hypothesis: Hypothesis, released: "pd.DataFrame", on: date) -> Estimate:
    frame = within(released, SETTINGS["labs_known_to_publish"], window_start(GRID["window"][0], on))
    return open_share(hypothesis, counted(frame, EVENT))


def draw_releases(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Releases in each half-year by weights, one panel for each lab."""
    import altair as alt

    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("half_year:N", title="half-year of release", axis=alt.Axis(labelAngle=-40)),
            y=alt.Y("release_count:Q", title="release events"),
            color=alt.Color("weights_access:N", scale=colours(ACCESS_COLOURS, frame["weights_access"])),
            order=alt.Order("weights_access:N", sort="descending"),
            tooltip=["organisation_name:N", "half_year:N", "weights_access:N", "release_count:Q", "examples:N"],
        )
        .properties(width=WIDTH, height=140)
        .facet(facet=alt.Facet("organisation_name:N"), columns=1)
    )
    return styled(chart)


def draw_share(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The open share of both labs as it stood on each day of evaluation."""
    labels = {f"C14.{lab}": name for lab, name in LABS.items()}
    return estimate_history(frame, labels, "share of releases", {0.5: "one half"}, percent=True)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The share of open releases of one lab under every choice."""
    return specification_curve(frame, "share of releases", 0.5, "one half", percent=True)


CLAIM = Claim(
    claim_id="C14",
    slug="rivals-stay-closed",
    title="OpenAI and Google keep their models to themselves",
    question="Do OpenAI and Google really keep the weights of most of what they release?",
    statement="OpenAI and Google earn from their models by selling access, and do not give the models away.",
    essay_section="The AI Arms Race: A New Era of Competition",
    essay_paragraph=1,
    essay_phrase="a more traditional path",
    ceiling="supported",
    floor="contradicted",
    limit_reason="",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "Closed weights are not the same as selling access: subscriptions and cloud sales are not measured.",
        "Catalogues note open models more completely than closed ones, which raises the open share.",
        "A release event is all that a lab put out on one day with the same access; families are not told apart "
        "by name.",
        "Releases count alike whatever their size: a small open model weighs as much as a flagship.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "releases",
            "What OpenAI and Google released",
            "Release events in each half-year by whether the weights can be downloaded. Grey: no source says.",
            """
with event as (
    select distinct organisation_name, released_on, weights_access,
        concat(year(released_on), case when month(released_on) <= 6 then ' H1' else ' H2' end) as half_year,
        first_value(name) over (
            partition by organisation_id, released_on, weights_access order by name
        ) as example
    from marts.release
    where organisation_id in ('google', 'openai') and released_on >= date '2023-01-01'
)
select organisation_name, half_year, weights_access, count(*) as release_count,
    string_agg(example, ', ' order by released_on, example) as examples
from event
group by organisation_name, half_year, weights_access
order by organisation_name, half_year, weights_access
""",
            draw_releases,
        ),
        Figure(
            "share",
            "Share of releases with open weights",
            "Since 2023, as it stood on each day, judged with today's evidence. Band: exact interval at the level that "
            "the verdict uses (99.4 %), widened by what is unknown.",
            test_history_sql(*(f"C14.{lab}" for lab in LABS)),
            draw_share,
        ),
        *(
            Figure(
                f"specifications_{lab}",
                f"The share of {name} counted in other ways",
                "One dot for each definition of open, unit, window and way to count what is unknown.",
                specification_sql(f"C14.{lab}"),
                draw_specifications,
            )
            for lab, name in LABS.items()
        ),
        verdicts_figure("C14"),
    ),
)
