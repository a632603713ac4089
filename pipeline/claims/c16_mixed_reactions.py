"""C16: whether users still have to be won over by Meta's assistants, as whom they prefer blindly and look up."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.differences import effect_around_dates
from pipeline.claims.evidence import HEADLINE_BOARD, AsOf, fingerprint, rated_releases
from pipeline.claims.figure import (
    CLOSED,
    NEUTRAL,
    OPEN,
    UNKNOWN,
    WIDTH,
    colours,
    estimate_history,
    nothing_yet,
    specification_curve,
    specification_sql,
    styled,
    test_history_sql,
    time_axis,
    verdicts_figure,
)
from pipeline.claims.findings import Estimate, Findings, Specification, combinations
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks, Role
from pipeline.claims.statistics import Interval

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

ALPHA = 0.05 / LOOKS_PER_YEAR
META = "meta"
RIVALS: Mapping[str, str] = {"anthropic": "Anthropic", "google": "Google", "openai": "OpenAI", "xai": "xAI"}
MEDIAN, BEST = "median rival", "best rival"
SETTINGS: Mapping[str, Any] = {
    "rivals": tuple(RIVALS),
    "interval_of_ratings": 0.95,
    "assistants": 5,
    "attention_months": 24,
    "launches": ("2024-04-18", "2025-04-05", "2026-04-08"),
    "launch_window_months": 3,
}
GRID = {
    "board": (
        HEADLINE_BOARD,
        "text/coding",
        "text/creative_writing",
        "text/hard_prompts",
        "text/instruction_following",
        "text/longer_query",
    ),
    "against": (MEDIAN, BEST),
    "Meta's models": ("all", "open weights"),
}
ATTENTION = """
select month, topic, organisation_id, pageview_count from marts.attention_monthly
where topic in ('assistant', 'control') and last_day(month) <= $as_of
    and (observed_on <= $as_of or $clock = 'hindsight')
order by month, topic, organisation_id, pageview_count
"""
NO_OPENNESS = "none: what users think of the service, open or not"


def _around_launches(name: str, role: Role, plain: str = "", **words: Any) -> Hypothesis:
    return Hypothesis(
        hypothesis_id=f"C16.{name}",
        role=role,
        unit="months",
        estimation_window="all months by the day of evaluation; three from each launch on against the three before it "
        "(2024-04-18, 2025-04-05, 2026-04-08)",
        openness_definition=NO_OPENNESS,
        test_function="mean jump of the logarithm against placebo months drawn at random (MacKinlay 1997), "
        "differences.effect_around_dates",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=24,
        marks=Marks.threshold(1.25),
        plain=plain,
        **words,
    )


HYPOTHESES = (
    Hypothesis(
        hypothesis_id="C16.preference",
        role="primary",
        estimand="how often people would prefer the answer of Meta's best model to that of the median rival's best",
        unit="labs with a rated model among Meta and its four rivals",
        estimation_window="models out by the day of evaluation, in the newest reading of the board",
        outcome=f"ratings on {HEADLINE_BOARD}, turned into the share of blind comparisons won",
        openness_definition=NO_OPENNESS,
        test_function="1 / (1 + 10^(d/400)) (Elo 1978) of the difference of two ratings; normal interval from the "
        "ratings' own",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.47,
        minimum_sample=4,
        null_hypothesis="people like Meta's best model as much as the median rival's",
        verdict_rule="supports if the interval lies below one half and the share is at most .47, contradicts if the "
        "interval lies above .47; alpha is .05 a year, split over four looks",
        marks=Marks(null=0.5, support=0.5, effect=0.47, contradict=0.47, opposite=0.53),
        grid=GRID,
        plain="people who compare blindly would prefer Meta's best model to the median rival's in {estimate} of "
        "comparisons",
    ),
    Hypothesis(
        hypothesis_id="C16.attention",
        role="secondary",
        estimand="share of Meta AI in the views of the encyclopaedia's articles on five assistants",
        unit="months",
        estimation_window="the last 24 months by the day of evaluation",
        outcome="views by people of the English articles on ChatGPT, Claude, Gemini, Grok and Meta AI",
        openness_definition=NO_OPENNESS,
        test_function="statistics.autocorrelated_mean over months (t of AR(1) noise, arch StationaryBootstrap)",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=24,
        null_hypothesis="Meta AI draws a fifth of the attention or more",
        verdict_rule="supports if the interval lies below one fifth, contradicts if it lies above; attention is not "
        "approval",
        marks=Marks.threshold(0.2),
        plain="Meta AI draws {estimate} of the looks at five assistants",
    ),
    _around_launches(
        "launches",
        "secondary",
        estimand="share of Meta AI in the looks at five assistants in the months after a launch, over that before",
        outcome="logarithm of the share of Meta AI in the views by people of the English articles on five assistants",
        null_hypothesis="a launch lifts it by a quarter or more",
        verdict_rule="supports if the interval lies below 1.25: then launches do not win people over; contradicts if "
        "it lies above; at least two launches must have three months on both sides",
        plain="after a launch of Meta's the share of looks at Meta AI is {estimate} what it was before",
    ),
    _around_launches(
        "controls",
        "falsification",
        estimand="looks at WhatsApp and Instagram in the months after the same launches, over those before",
        outcome="logarithm of the views by people of the English articles on WhatsApp and Instagram",
        null_hypothesis="they rise by a quarter or more",
        verdict_rule="contradicts if the interval lies above 1.25: then something else drew looks to Meta at those "
        "dates, and C16.launches says nothing",
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """Blind preference and attention, and all specifications of the former."""
    rated = rated_releases(connection, as_of)
    views = connection.execute(ATTENTION, {"as_of": as_of.date, "clock": as_of.clock}).df()
    attention = _shares(views[views["topic"] == "assistant"])
    controls = views[views["topic"] == "control"].groupby("month")["pageview_count"].sum()
    specifications = tuple(Specification.of(c, _preference(rated, c)) for c in combinations(GRID))
    answer, looked_at = _preference(rated, combinations(GRID)[0]), _attention(attention)
    missing = []
    if answer.estimate is None:
        missing.append(f"ratings of models of Meta and three rivals by {as_of.date} (source lmarena_ratings)")
    if looked_at.estimate is None:
        missing.append(
            f"{SETTINGS['attention_months'] - looked_at.sample_size} more months of article views by {as_of.date} "
            "(source wikimedia_pageviews)"
        )
    jumps = (_around("launches", attention), _around("controls", controls))
    return Findings((answer, looked_at, *jumps), fingerprint(rated, views), specifications, tuple(missing))


def _preference(rated: "pd.DataFrame", choices: Mapping[str, str]) -> Estimate:
    """How often Meta's best model would win against a rival's, from their ratings on one board."""
    hypothesis = CLAIM.hypothesis("preference")
    board = rated[(rated["board"] == choices["board"]) & rated["rating"].notna()]
    own = board[board["organisation_id"] == META]
    if choices["Meta's models"] == "open weights":
        own = own[own["weights_access"] == "open"]
    others = board[board["organisation_id"].isin(list(RIVALS))].sort_values("rating", ascending=False)
    best = others.drop_duplicates("organisation_id")
    size = len(best) + bool(len(own))
    if own.empty or len(best) < 3:
        note = f"{len(own)} rated models of Meta, {len(best)} of four rivals with one."
        return Estimate(hypothesis.hypothesis_id, "share of comparisons", sample_size=size, note=note)
    mine = own.sort_values("rating", ascending=False).iloc[0]
    # Of four rivals the median is the third, so that it is a model and not a mean of two.
    rival = best.iloc[(len(best) // 2) if choices["against"] == MEDIAN else 0]
    difference = float(mine["rating"] - rival["rating"])
    level = 1 - hypothesis.alpha
    reach = _reach((mine, rival), level)
    found = Interval(difference, difference - reach, difference + reach).through(_won)
    note = f"{mine['name']} ({mine['rating']:.0f}) against {rival['name']} ({rival['rating']:.0f})."
    return Estimate.of(hypothesis.hypothesis_id, "share of comparisons", found, level, size, note=note)


def _won(difference: float) -> float:
    return float(1 / (1 + 10 ** (-difference / 400)))


def _reach(models: "Sequence[Any]", level: float) -> float:
    """Half the interval of the difference of two ratings that have intervals; without limit where one has none."""
    from scipy.stats import norm

    per_point = 2 * float(norm.ppf((1 + SETTINGS["interval_of_ratings"]) / 2))
    errors = [float(model["rating_high"] - model["rating_low"]) / per_point for model in models]
    reach = float(norm.ppf((1 + level) / 2)) * math.hypot(*errors)
    return reach if math.isfinite(reach) else 4000.0


def _shares(views: "pd.DataFrame") -> "pd.Series[float]":
    """Meta AI's share of the views in months in which all five articles have some."""
    monthly = views.pivot_table(index="month", columns="organisation_id", values="pageview_count", aggfunc="sum")
    whole = monthly.dropna() if monthly.shape[1] == SETTINGS["assistants"] else monthly.iloc[:0]
    return whole[META] / whole.sum(axis=1) if len(whole) else whole.sum(axis=1)


def _attention(shares: "pd.Series[float]") -> Estimate:
    hypothesis = CLAIM.hypothesis("attention")
    share = shares.iloc[-SETTINGS["attention_months"] :].to_list()
    level = 1 - hypothesis.alpha
    enough = len(share) >= hypothesis.minimum_sample
    found = statistics.autocorrelated_mean(share, level, (0, 1)) if enough else None
    if found is None:
        note = f"{len(share)} months with all five articles."
        return Estimate(hypothesis.hypothesis_id, "share of views", sample_size=len(share), note=note)
    note = f"In the last month {share[-1]:.0%}."
    return Estimate.of(hypothesis.hypothesis_id, "share of views", found, level, len(share), note=note)


def _around(name: str, monthly: "pd.Series[float]") -> Estimate:
    """How many times a positive monthly figure is after launches what it was before them, on average."""
    import numpy as np
    import pandas as pd

    hypothesis, window = CLAIM.hypothesis(name), int(SETTINGS["launch_window_months"])
    index = pd.PeriodIndex(pd.to_datetime(pd.Series(monthly.index)), freq="M")
    places = [int((index < pd.Period(launch, freq="M")).sum()) for launch in SETTINGS["launches"]]
    within = [place for place in places if window <= place <= len(index) - window]
    size, level = len(monthly), 1 - hypothesis.alpha
    note = f"{len(within)} launches with {window} months on both sides."
    is_whole = size == len(pd.period_range(index[0], index[-1], freq="M")) if size else False
    values = np.log(monthly.to_numpy(dtype=float)).tolist()
    found = effect_around_dates(values, within, window, level) if len(within) > 1 and is_whole else None
    if found is None:
        return Estimate(hypothesis.hypothesis_id, "ratio of views", sample_size=size, gate_size=0, note=note)
    ratio = found[0].through(math.exp)
    return Estimate.of(hypothesis.hypothesis_id, "ratio of views", ratio, level, size, note=note)


def draw_ratings(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The best rating of Meta and of each rival, month by month."""
    import altair as alt

    if frame.empty:
        return nothing_yet()
    names = {META: "Meta", **RIVALS}
    mapping = dict(zip(names.values(), (OPEN, "#7c3aed", CLOSED, NEUTRAL, UNKNOWN), strict=True))
    frame = frame.assign(lab=frame["organisation_id"].map(names))
    chart = (
        alt.Chart(frame)
        .mark_line(interpolate="step-after")
        .encode(
            x=time_axis("month:T", "month"),
            y=alt.Y("best_rating:Q", title="rating of the best model", scale=alt.Scale(zero=False)),
            color=alt.Color("lab:N", scale=colours(mapping, frame["lab"])),
            strokeWidth=alt.condition("datum.organisation_id == 'meta'", alt.value(3), alt.value(1.5)),
            tooltip=["lab:N", "month:T", "best_name:N", alt.Tooltip("best_rating:Q", format=".0f")],
        )
        .properties(width=WIDTH, height=240)
    )
    return styled(chart)


def draw_estimates(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """How often Meta's best model would win, and how much it is looked up, as it stood on each day."""
    labels = {"C16.preference": "blind comparisons won", "C16.attention": "views of the article"}
    return estimate_history(frame, labels, "share", {0.5: "as good as the median rival"}, percent=True)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The share won under every choice."""
    return specification_curve(frame, "share of comparisons won", 0.5, "as good", percent=True)


CLAIM = Claim(
    claim_id="C16",
    slug="mixed-reactions",
    title="Meta still has to win users over",
    question="Do people like Meta's AI less than that of its rivals?",
    statement="Meta must still convince users of the worth of its AI services, which met with mixed feelings.",
    essay_section="The AI Arms Race: A New Era of Competition",
    essay_paragraph=2,
    essay_phrase="mixed initial reactions",
    ceiling="mixed",
    floor="contradicted",
    limit_reason="Preference in blind comparisons is not satisfaction with a service, and article views are not use: "
    "regular surveys of users, or figures of use by the companies, would lift this.",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "People who rate models on a public board are not Meta's users, and they rate the model and not the service.",
        "Both days' models are compared on the board as it is read today, not as it was then; an experimental version "
        "that Meta had rated in 2025 is not the model it released.",
        "The median of four rivals is the third best of them. Half of the other ways to count compare with the best, "
        "of which all labs but the first fall short.",
        "Views of an article measure curiosity, of people who read English.",
        "Installs of packages around launches are not asked: the packages that are counted serve all open models.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "ratings",
            "The best model of each lab",
            f"Rating on {HEADLINE_BOARD} of the best model out by each month, in the newest reading of the board.",
            """
select month, organisation_id, best_rating, best_name
from marts.lab_best_rating_monthly
where organisation_id in ('meta', 'openai', 'google', 'anthropic', 'xai')
order by organisation_id, month
""",
            draw_ratings,
        ),
        Figure(
            "estimates",
            "How Meta's AI is liked and looked at",
            "Share of blind comparisons with the median rival that Meta's best model would win, and of looks at five "
            "assistants, as it stood on each day. Bands: 98.8 % intervals.",
            test_history_sql("C16.preference", "C16.attention"),
            draw_estimates,
        ),
        Figure(
            "specifications",
            "Preference under every choice",
            "One dot for each board, rival and group of Meta's models. Lines: 98.8 % intervals.",
            specification_sql("C16.preference"),
            draw_specifications,
        ),
        verdicts_figure("C16"),
    ),
)
