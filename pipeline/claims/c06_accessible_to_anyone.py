"""C06: anyone who wants can use Meta's models; which of its releases come without a gate and without limits."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.evidence import HEADLINE_BOARD, AsOf, fingerprint, rated_releases, releases
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
from pipeline.claims.null_worlds import share_draw
from pipeline.claims.record_lags import AS_GOOD, Board, followed_up, match_records
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks
from pipeline.claims.release_counts import CHECKPOINT, EVENT, UNKNOWN_AS, count, window_start, within
from pipeline.claims.sensitivity import LABEL_ERROR, FlipRates
from pipeline.claims.shares import counted, open_share, share_flips

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

META = ("meta",)
CONDITIONS: Mapping[str, str] = {
    "is_ungated": "the weights come without asking",
    "is_unlimited_in_size": "nobody is shut out by size or registration",
    "is_unlimited_in_region": "no country is shut out",
    "is_unlimited_in_use": "no field of use is forbidden",
}
ALL = "all four conditions"
WITHOUT: Mapping[str, str] = {
    ALL: "",
    "without the gate": "is_ungated",
    "without the limit on size": "is_unlimited_in_size",
    "without the limit on use": "is_unlimited_in_use",
}
"""Sets of conditions by the one that is left out."""
MOST = 0.8
MEMORY_GIGABYTES = {"fits_24gb": 24.0, "fits_80gb": 80.0}
AT_HOME = MEMORY_GIGABYTES["fits_24gb"]
LONGEST_LAG = 12.0
GRID = {
    "conditions": tuple(WITHOUT),
    "unit": (EVENT, CHECKPOINT),
    "unknown conditions": tuple(UNKNOWN_AS),
    "window": ("since 2023-02-24", "since 2024-05-31", "last 24 months"),
}
SETTINGS: Mapping[str, Any] = {
    "lab": META,
    "conditions": tuple(CONDITIONS),
    "memory_gigabytes": MEMORY_GIGABYTES,
    "label_error": LABEL_ERROR,
    "draws": 200,
}
ALPHA = 0.05 / LOOKS_PER_YEAR
EXACT = "scipy.stats.binomtest; interval statsmodels proportion_confint(method='beta')"
EVENT_UNIT = "release event: what Meta put out on one day with the same standing"
SINCE = "2023-02-24, when LLaMA came out, to the day of evaluation"


def _condition(name: str, condition: str) -> Hypothesis:
    return Hypothesis(
        hypothesis_id=f"C06.{name}",
        role="secondary",
        estimand=f"share of Meta's releases of which it holds that {condition}",
        unit=EVENT_UNIT,
        estimation_window=SINCE,
        outcome="holds or not; without weights it does not; unknown ones widen the interval both ways",
        openness_definition="one condition of access",
        test_function=EXACT,
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=10,
        null_hypothesis="the share is one half or less",
        verdict_rule="supports if the interval lies above one half, contradicts if below",
        marks=Marks.threshold(0.5),
    )


def _fits(name: str, gigabytes: float) -> Hypothesis:
    return Hypothesis(
        hypothesis_id=f"C06.{name}",
        role="secondary",
        estimand=f"share of Meta's days of release whose largest open model fits into {gigabytes:.0f} GB at four bits",
        unit="days on which Meta published weights of known size",
        estimation_window=SINCE,
        outcome="half a byte a parameter and a fifth on top, against the memory of one graphics card",
        openness_definition="weights can be downloaded, under any licence",
        test_function=EXACT,
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=8,
        null_hypothesis="the share is one half or less",
        verdict_rule="supports if the interval lies above one half, contradicts if below",
        marks=Marks.threshold(0.5),
    )


HYPOTHESES = (
    Hypothesis(
        hypothesis_id="C06.anyone",
        role="primary",
        estimand="share of Meta's releases that anyone may have and use: no gate, no limit on size, region or use",
        unit=EVENT_UNIT,
        estimation_window=SINCE,
        outcome="all four hold, or one does not; without weights none does; unknown ones widen the interval both ways",
        openness_definition="access on equal terms for everybody, whatever the licence is called",
        test_function=EXACT,
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=10,
        null_hypothesis="one release in five or more is not for everybody",
        verdict_rule="supports if the interval lies above .80, contradicts if below: one in five is left for wrong "
        "labels; alpha is .05 a year, split over four looks",
        marks=Marks.threshold(MOST),
        grid=GRID,
        plain="{estimate} of Meta's releases can be had and used by anyone, without gate or limit",
    ),
    *(_condition(name.removeprefix("is_"), condition) for name, condition in CONDITIONS.items()),
    *(_fits(name, gigabytes) for name, gigabytes in MEMORY_GIGABYTES.items()),
    Hypothesis(
        hypothesis_id="C06.at_home",
        role="secondary",
        estimand="median months until a closed record was reached by an open model that fits into 24 GB at four bits",
        unit="closed models that set a record",
        estimation_window="first rated release to the day of evaluation, or to the day the board was read if earlier",
        outcome=f"first open model of any maker rated as high on {HEADLINE_BOARD}, newest vintage; records that none "
        "has reached are censored; models of unknown size are taken as too large in the estimate and at the upper end "
        "of the interval, as small enough at the lower",
        openness_definition="weights can be downloaded, under any licence",
        test_function="Kaplan-Meier median, statsmodels SurvfuncRight, log-minus-log band",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=8,
        null_hypothesis="it takes a year or more",
        verdict_rule="supports if the interval lies below 12 months, contradicts if above: then what runs at home is "
        "of the year before",
        marks=Marks.threshold(LONGEST_LAG),
    ),
)

SIZES = "select model_id, weights_gigabytes from marts.release_terms order by model_id"
TERMS = """
select model_id, licence_known_on, is_ungated, is_unlimited_in_size, is_unlimited_in_region, is_unlimited_in_use,
    weights_gigabytes
from marts.release_terms
where organisation_id = 'meta'
order by model_id
"""


def terms(connection: "DuckDBPyConnection", as_of: AsOf) -> "pd.DataFrame":
    """Meta's releases by the day with the conditions as 1, 0 or missing; under `then` only those on record by then.

    Columns of `evidence.releases`, a column for each condition, and weights_gigabytes.
    """
    import numpy as np
    import pandas as pd

    released = releases(connection, as_of)
    found = released[released["organisation_id"].isin(META)].merge(
        connection.execute(TERMS).df(), on="model_id", how="left"
    )
    known = np.full(len(found), True)
    if as_of.clock == "then":
        known = (pd.to_datetime(found["licence_known_on"]) <= pd.Timestamp(as_of.date)).to_numpy()
    access = found["weights_access"].to_numpy(dtype=object)
    for condition in CONDITIONS:
        told = found[condition].astype("boolean").to_numpy(dtype=float, na_value=np.nan)
        found[condition] = np.where(access == "closed", 0.0, np.where((access == "open") & known, told, np.nan))
    return found.drop(columns="licence_known_on")


def standing(found: "pd.DataFrame", conditions: list[str]) -> "pd.DataFrame":
    """The releases with `weights_access` open where all conditions hold, closed where one does not, else unknown."""
    import numpy as np

    values = found[conditions].to_numpy(dtype=float, na_value=np.nan)
    holds, fails = (values == 1).all(axis=1), (values == 0).any(axis=1)
    return found.assign(weights_access=np.where(holds, "open", np.where(fails, "closed", "unknown")))


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """The share of releases for everybody, condition by condition, and on what card they run."""
    found = terms(connection, as_of)
    own = within(found, META, window_start(GRID["window"][0], as_of.date))
    estimates = [_anyone(standing(own, list(CONDITIONS)))]
    for condition in CONDITIONS:
        hypothesis = CLAIM.hypothesis(condition.removeprefix("is_"))
        estimates.append(open_share(hypothesis, counted(standing(own, [condition]), EVENT)))
    estimates += [_fit(CLAIM.hypothesis(name), own, memory) for name, memory in MEMORY_GIGABYTES.items()]
    rated = rated_on_headline(connection, as_of)
    estimates.append(_at_home(rated, as_of.date))
    specifications, asked = tuple(_specifications(found, as_of)), CLAIM.hypothesis("anyone")
    frames = {name: standing(found, [c for c in CONDITIONS if c != left_out]) for name, left_out in WITHOUT.items()}
    draw = share_draw(asked, frames, specifications, as_of.date, axis="conditions", unknown_axis="unknown conditions")
    read, missing = fingerprint(found, rated), _missing(own, as_of)
    return Findings(tuple(estimates), read, specifications, missing, {asked.hypothesis_id: draw})


def rated_on_headline(connection: "DuckDBPyConnection", as_of: AsOf) -> "pd.DataFrame":
    """The rated releases of all makers on the headline board, with weights_gigabytes."""
    rated = rated_releases(connection, as_of)
    sizes = connection.execute(SIZES).df()
    return rated[rated["board"] == HEADLINE_BOARD].merge(sizes, on="model_id", how="left")


def _missing(own: "pd.DataFrame", as_of: AsOf) -> tuple[str, ...]:
    if own.empty:
        return (f"a release of Meta since 2023-02-24 on record by {as_of.date}",)
    untold = standing(own, list(CONDITIONS))
    unknown = untold[untold["weights_access"] == "unknown"]
    if unknown.empty:
        return ()
    shown = ", ".join(sorted(unknown["name"].fillna(unknown["model_id"]))[:3])
    return (
        f"licence or gate, on record by {as_of.date}, of {len(unknown)} of {len(own)} releases of Meta ({shown}, …), "
        "which the source huggingface_models states",
    )


def _anyone(own: "pd.DataFrame") -> Estimate:
    hypothesis = CLAIM.hypothesis("anyone")
    answer = open_share(hypothesis, counted(own, EVENT))

    def flips() -> FlipRates:
        return share_flips(hypothesis, own, EVENT, answer, SETTINGS["draws"])

    return replace(answer, flips=flips) if answer.estimate is not None else answer


def _fit(hypothesis: Hypothesis, own: "pd.DataFrame", memory: float) -> Estimate:
    """The days whose largest open model of known size fits."""
    sized = own[(own["weights_access"] == "open") & own["weights_gigabytes"].notna()]
    largest = sized.groupby("released_on")["weights_gigabytes"].max()
    if largest.empty:
        return Estimate(hypothesis.hypothesis_id, "share", note="No open release of known size.")
    fitting, level = int((largest <= memory).sum()), 1 - hypothesis.alpha
    share = statistics.proportion(fitting, len(largest), level)
    p_value = statistics.proportion_p_value(fitting, len(largest), hypothesis.marks.null, hypothesis.alternative)
    note = f"{fitting} of {len(largest)} days; the largest needs {largest.max():.0f} GB."
    return Estimate.of(hypothesis.hypothesis_id, "share", share, level, len(largest), p_value, note=note)


def _at_home(rated: "pd.DataFrame", on: date) -> Estimate:
    """How long records stand until a model that a graphics card at home can hold is rated as high."""
    import numpy as np

    hypothesis = CLAIM.hypothesis("at_home")
    level = 1 - hypothesis.alpha
    followed, seen = followed_up(rated, on)
    size = followed["weights_gigabytes"].to_numpy(dtype=float, na_value=np.nan)
    held = np.where(np.isnan(size), "unknown", np.where(size <= AT_HOME, "open", "closed"))
    board = Board.of(followed, held)
    months, reached = match_records(board, seen, AS_GOOD).lags
    soonest = match_records(board, seen, AS_GOOD, unknown_matches=True).lags
    late, soon = (statistics.kaplan_meier_median(*lags, level) for lags in ((months, reached), soonest))
    if late is None or soon is None:
        return Estimate(hypothesis.hypothesis_id, "months", note="No closed release sets a record.")
    note = f"{sum(reached)} of {len(months)} records reached, {sum(soonest[1])} if every model of unknown size fits."
    if math.isinf(late.estimate):
        note += " Fewer than half are reached, so the median is not."
    found = statistics.Interval(late.estimate, min(soon.low, late.low), max(soon.high, late.high))
    return Estimate.of(hypothesis.hypothesis_id, "months", found, level, len(months), note=note)


def _specifications(found: "pd.DataFrame", as_of: AsOf) -> Iterator[Specification]:
    hypothesis = CLAIM.hypothesis("anyone")
    level = 1 - hypothesis.alpha
    for conditions, left_out in WITHOUT.items():
        judged = standing(found, [condition for condition in CONDITIONS if condition != left_out])
        for window in GRID["window"]:
            frame = within(judged, META, window_start(window, as_of.date))
            for unit, unknown in product(GRID["unit"], GRID["unknown conditions"]):
                choices = {"conditions": conditions, "unit": unit, "unknown conditions": unknown, "window": window}
                told = count(frame, unit, unknown)
                if not told.known:
                    yield Specification(hypothesis.hypothesis_id, choices, None)
                    continue
                share = statistics.proportion(told.open, told.known, level)
                yield Specification.of(
                    choices, Estimate.of(hypothesis.hypothesis_id, "share", share, level, told.known)
                )


def draw_conditions(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Meta's releases by what holds of them, one bar a condition."""
    import altair as alt

    labels = {"open": "holds", "closed": "does not", "unknown": "not known"}
    scale = colours({labels[key]: colour for key, colour in ACCESS_COLOURS.items()}, frame["standing"])
    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("release_count:Q", title="releases of Meta since February 2023"),
            y=alt.Y("condition:N", title=None, sort=list(BARS.values())),
            color=alt.Color("standing:N", scale=scale, legend=alt.Legend(orient="bottom", title=None)),
            order=alt.Order("standing:N"),
            tooltip=["condition:N", "standing:N", "release_count:Q", "examples:N"],
        )
        .properties(width=WIDTH - 220, height=150)
    )
    return styled(chart)


def draw_share(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The share of releases for everybody as it stood on each day."""
    labels = {"C06.anyone": "releases that anyone may have and use"}
    return estimate_history(frame, labels, "share of releases", {MOST: "four in five"}, percent=True)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The share with a condition left out, in every window and unit."""
    return specification_curve(frame, "share of releases", MOST, "four in five", percent=True)


BARS: Mapping[str, str] = {
    "is_ungated": "no gate",
    "is_unlimited_in_size": "no size limit",
    "is_unlimited_in_region": "every country",
    "is_unlimited_in_use": "every use",
}
"""The conditions in as few words as stand beside a bar."""


def _bar(place: int, condition: str, column: str) -> str:
    return f"""
select {place} as place, '{condition}' as condition,
    case when {column} then 'holds' when not {column} then 'does not' else 'not known' end as standing,
    count(*) as release_count, string_agg(name, ', ' order by released_on, name) as examples
from marts.release_terms
where organisation_id = 'meta' and released_on >= date '2023-02-24'
group by case when {column} then 'holds' when not {column} then 'does not' else 'not known' end
"""


CLAIM = Claim(
    claim_id="C06",
    slug="accessible-to-anyone",
    title="Anyone can use Meta's models",
    question="Can anyone have and use what Meta releases, without asking and without limits?",
    statement="Meta's artificial intelligence is accessible to everybody who wants to use it.",
    essay_section="Opening",
    essay_paragraph=2,
    essay_phrase="accessible to anyone who wants to use it",
    ceiling="supported",
    floor="contradicted",
    limit_reason="",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "The limit of 700 million monthly users in Llama's licences binds few companies; the specifications "
        "leave it out in turn, as they do the gate and the forbidden uses.",
        "A gate is a form to fill in. Others pass the weights on without one, which is not counted.",
        "That a release may be used does not mean that it can be: the largest need more memory than a card has. The "
        "secondary tests ask what fits, in Meta's releases and among all open models, and none decides the verdict.",
        "What a licence asks is taken from its text or an account of it; what is known from memory alone is unknown.",
        "Whether countries are shut out is read in licences; where a policy beside the licence says it, it is missed.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "conditions",
            "What holds of Meta's releases",
            "Weights can be had without asking, nobody is shut out by size or registration, no country is shut out, no "
            "field of use is forbidden. Each bar is the same releases; those without weights meet no condition.",
            " union all ".join(_bar(place, condition, column) for place, (column, condition) in enumerate(BARS.items()))
            + "order by place, standing",
            draw_conditions,
        ),
        Figure(
            "share",
            "Share of Meta's releases that anyone may have and use",
            "As it stood on each day, judged with today's evidence. Band: exact interval (98.75 %), widened by "
            "releases of which not all is known.",
            test_history_sql("C06.anyone"),
            draw_share,
        ),
        Figure(
            "specifications",
            "With one condition left out",
            "The share under all four conditions and without one of them, for every window, unit and treatment of the "
            "unknown.",
            specification_sql("C06.anyone"),
            draw_specifications,
        ),
        verdicts_figure("C06"),
    ),
)
