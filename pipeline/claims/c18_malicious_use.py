"""C18: whether open models are misused more than closed ones, as incidents with a maker's name for each release."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.evidence import AsOf, fingerprint, releases
from pipeline.claims.figure import (
    ACCESS_COLOURS,
    WIDTH,
    colours,
    estimate_history,
    nothing_yet,
    specification_curve,
    specification_sql,
    styled,
    test_history_sql,
    verdicts_figure,
)
from pipeline.claims.findings import Estimate, Findings, Specification, combinations
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

ALPHA = 0.05 / LOOKS_PER_YEAR
SETTINGS: Mapping[str, Any] = {
    "from": "2022-11-30",
    "maker_share": 0.9,
    "unknown_at_most": 0.4,
    "least_of_each_kind": 10,
    "least_derivatives": 30,
}
LEFT_OUT, AS_OPEN, AS_CLOSED = "left out", "as open", "as closed"
GRID = {
    "incidents": ("meant as harm", "all"),
    "unknown models": (LEFT_OUT, AS_OPEN, AS_CLOSED),
    "for each": ("release", "incident alone"),
}
INCIDENTS = {
    "then": """
select incident_id, happened_on, is_malicious_use, maker_count, weights_access from marts.incident
where happened_on <= $as_of and known_on <= $as_of
order by incident_id
""",
    "hindsight": """
select incident_id, happened_on, is_malicious_use, maker_count, weights_access from marts.incident
where happened_on <= $as_of
order by incident_id
""",
}
REMOVED = """
select month, sum(derivative_count) as derivative_count, sum(removed_count) as removed_count
from marts.safeguards_removed_monthly
where last_day(month) <= $as_of and (first_observed_on <= $as_of or $clock = 'hindsight')
group by month
order by month
"""

HYPOTHESES = (
    Hypothesis(
        hypothesis_id="C18.rate",
        role="primary",
        estimand="incidents of misuse for each open model released, over those for each closed one",
        unit="incidents on the smaller side",
        estimation_window="2022-11-30 (ChatGPT) to the day of evaluation",
        outcome="incidents that somebody meant as harm and that name a maker nine in ten of whose models were of one "
        "kind by then",
        openness_definition="weights can be downloaded, under any licence",
        test_function="exact conditional interval and test of two Poisson rates (Przyborowski and Wilenski 1940), "
        "statsmodels test_poisson_2indep",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=1.25,
        minimum_sample=30,
        null_hypothesis="open models are misused no more than closed ones",
        verdict_rule="supports if the interval lies above 1 and the estimate reaches 1.25, contradicts if the interval "
        "lies below 1.25; at most four in ten incidents of misuse may be of unknown models; alpha is .05 a year, "
        "split over four looks",
        marks=Marks.smallest_effect(null=1.0, effect=1.25, opposite=0.8),
        grid=GRID,
        plain="an open model is named in incidents of misuse {estimate} as often as a closed one",
    ),
    Hypothesis(
        hypothesis_id="C18.growth",
        role="secondary",
        estimand="incidents of misuse a month since the essay, over those a month before it",
        unit="incidents of misuse in both periods",
        estimation_window="as many months before 2024-05-31 as after, at most 18",
        outcome="incidents that somebody meant as harm, whatever model was used",
        openness_definition="none: all models",
        test_function="exact conditional interval and test of two Poisson rates (Przyborowski and Wilenski 1940)",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=1.25,
        minimum_sample=30,
        null_hypothesis="misuse did not become more frequent",
        verdict_rule="supports if the interval lies above 1 and the estimate reaches 1.25; says nothing of open models",
        marks=Marks.smallest_effect(null=1.0, effect=1.25, opposite=0.8),
        plain="misuse is reported {estimate} as often since the essay as before",
    ),
    Hypothesis(
        hypothesis_id="C18.named_open",
        role="secondary",
        estimand="by how many times the odds that an incident names a maker of open models change in a year",
        unit="incidents that name a maker of one kind",
        estimation_window="2022-11-30 (ChatGPT) to the day of evaluation",
        outcome="whether nine in ten of the models that the makers named had released by then were open",
        openness_definition="weights can be downloaded, under any licence",
        test_function="statsmodels GLM, binomial, of the incidents on time; normal interval and one-sided test",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=1.25,
        minimum_sample=60,
        null_hypothesis="open models are named no more often as time goes by",
        verdict_rule="supports if the interval lies above 1 and the estimate reaches 1.25, contradicts if the interval "
        "lies below 1.25; at least 10 incidents of each kind are needed",
        marks=Marks.smallest_effect(null=1.0, effect=1.25, opposite=0.8),
        plain="in a year the odds that an incident names a maker of open models become {estimate} what they were",
    ),
    Hypothesis(
        hypothesis_id="C18.safeguards_removed",
        role="secondary",
        estimand="change a month in the share of new derivatives of open models whose name says that their safeguards "
        "were taken out",
        unit="months",
        estimation_window="the last months without a gap, to the last complete one by the day of evaluation",
        outcome="repositories on the Hub that declare a base, by words such as abliterated or uncensored in their name",
        openness_definition="weights can be downloaded, under any licence",
        test_function="Mann-Kendall against AR(1) noise, statistics.trend; slope scipy.stats.theilslopes",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.001,
        minimum_sample=24,
        null_hypothesis="the share does not rise",
        verdict_rule="supports if the slope's interval lies above 0, the slope reaches a tenth of a point a month and "
        "the trend test agrees, contradicts if the interval lies below that; a month needs 30 derivatives; being able "
        "to do harm is not harm",
        marks=Marks.smallest_effect(null=0.0, effect=0.001, opposite=-0.001),
        plain="the part of new derivatives whose name says that safeguards were taken out changes by {estimate} of "
        "them a month",
    ),
    Hypothesis(
        hypothesis_id="C18.accidents",
        role="falsification",
        estimand="incidents that nobody meant for each open model released, over those for each closed one",
        unit="incidents on the smaller side",
        estimation_window="2022-11-30 to the day of evaluation",
        outcome="all other incidents that name such a maker",
        openness_definition="weights can be downloaded, under any licence",
        test_function="exact conditional interval of two Poisson rates (Przyborowski and Wilenski 1940)",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=1.25,
        minimum_sample=30,
        null_hypothesis="open models are named more often in accidents too",
        verdict_rule="contradicts if the interval lies above 1.25: then open models are named more often whatever "
        "happens, and not misused more",
        marks=Marks.threshold(1.25),
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """The rate ratio of misuse, how misuse grew, the same ratio for accidents, and all specifications."""
    incidents = connection.execute(INCIDENTS[as_of.clock], {"as_of": as_of.date}).df()
    released = releases(connection, as_of)
    recent = _recent(incidents)
    headline = combinations(GRID)[0]
    removed = connection.execute(REMOVED, {"as_of": as_of.date, "clock": as_of.clock}).df()
    estimates = (
        _rate(CLAIM.hypothesis("rate"), recent, released, headline),
        _growth(incidents, as_of.date),
        _named_open(recent),
        _safeguards_removed(removed),
        _rate(CLAIM.hypothesis("accidents"), recent[~recent["is_malicious_use"].astype(bool)], released, GRID_ALL),
    )
    specifications = tuple(
        Specification.of(choices, _rate(CLAIM.hypothesis("rate"), recent, released, choices))
        for choices in combinations(GRID)
    )
    missing = _missing(recent, estimates[0], as_of.date)
    return Findings(estimates, fingerprint(incidents, released, removed), specifications, missing)


GRID_ALL = {"incidents": "all", "unknown models": LEFT_OUT, "for each": "release"}


def _recent(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Incidents since ChatGPT that name a maker of models, or that somebody meant as harm."""
    import pandas as pd

    since = pd.to_datetime(frame["happened_on"]) >= pd.Timestamp(SETTINGS["from"])
    about = (frame["maker_count"] > 0) | frame["is_malicious_use"].astype(bool)
    return frame[since & about]


def _rate(
    hypothesis: Hypothesis, recent: "pd.DataFrame", released: "pd.DataFrame", choices: Mapping[str, str]
) -> Estimate:
    """The ratio of incidents with open to those with closed models, for each release or as such."""
    meant = recent["is_malicious_use"].astype(bool)
    frame = recent if choices["incidents"] == "all" else recent[meant]
    found = frame["weights_access"].value_counts()
    unknown = int(found.get("unknown", 0))
    counts = {kind: int(found.get(kind, 0)) for kind in ("open", "closed")}
    counts["open"] += unknown if choices["unknown models"] == AS_OPEN else 0
    counts["closed"] += unknown if choices["unknown models"] == AS_CLOSED else 0
    exposure = released["weights_access"].value_counts()
    per = {kind: float(exposure.get(kind, 0)) if choices["for each"] == "release" else 1.0 for kind in counts}
    smaller, size = min(counts.values()), sum(counts.values())
    untold = unknown / len(frame) if len(frame) else 0.0
    too_unknown = choices["unknown models"] == LEFT_OUT and untold > SETTINGS["unknown_at_most"]
    note = (
        f"{counts['open']} incidents with open models, {counts['closed']} with closed ones; the models of {unknown} "
        f"of {len(frame)} are not known" + (f", more than {SETTINGS['unknown_at_most']:.0%}." if too_unknown else ".")
    )
    gate = min(smaller, 0) if too_unknown else smaller
    level = 1 - hypothesis.alpha
    ratio = (
        statistics.rate_ratio(counts["open"], per["open"], counts["closed"], per["closed"], level)
        if all(per.values())
        else None
    )
    if ratio is None:
        return Estimate(hypothesis.hypothesis_id, "rate ratio", sample_size=size, gate_size=gate, note=note)
    p_value = None
    if hypothesis.marks.null == 1.0 and smaller:
        p_value = statistics.rate_ratio_p_value(
            counts["open"], per["open"], counts["closed"], per["closed"], alternative="greater"
        )
    return Estimate.of(hypothesis.hypothesis_id, "rate ratio", ratio, level, size, p_value, gate, note)


def _growth(incidents: "pd.DataFrame", on: date) -> Estimate:
    """Incidents of misuse in as many months before the essay as after it."""
    import pandas as pd

    hypothesis = CLAIM.hypothesis("growth")
    essay = pd.Period("2024-05", freq="M")
    span = min((pd.Period(on, freq="M") - essay).n - 1, 18)
    if span < 1:
        note = "No whole month since the essay."
        return Estimate(hypothesis.hypothesis_id, "rate ratio", note=note)
    months = pd.to_datetime(incidents.loc[incidents["is_malicious_use"].astype(bool), "happened_on"]).dt.to_period("M")
    after = int(((months > essay) & (months <= essay + span)).sum())
    before = int(((months <= essay) & (months > essay - span)).sum())
    note = f"{after} in {span} months after, {before} in {span} months before."
    level = 1 - hypothesis.alpha
    ratio = statistics.rate_ratio(after, span, before, span, level)
    if ratio is None:
        return Estimate(hypothesis.hypothesis_id, "rate ratio", sample_size=after + before, note=note)
    return Estimate.of(hypothesis.hypothesis_id, "rate ratio", ratio, level, after + before, note=note)


def _named_open(recent: "pd.DataFrame") -> Estimate:
    """How the odds that an incident names a maker of open models change from year to year."""
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm
    from scipy.stats import norm

    hypothesis = CLAIM.hypothesis("named_open")
    frame = recent[recent["weights_access"].isin(["open", "closed"])]
    opened = (frame["weights_access"] == "open").to_numpy(dtype=float)
    size, smaller = len(opened), int(min(opened.sum(), len(opened) - opened.sum()))
    note = f"{int(opened.sum())} of {size} name a maker of open models."
    if smaller < SETTINGS["least_of_each_kind"]:
        return Estimate(hypothesis.hypothesis_id, "odds ratio", sample_size=size, gate_size=smaller, note=note)
    years = (pd.to_datetime(frame["happened_on"]) - pd.Timestamp(SETTINGS["from"])).dt.days.to_numpy() / 365.25
    fitted = sm.GLM(opened, sm.add_constant(years), family=sm.families.Binomial()).fit()
    slope, error, level = float(fitted.params[1]), float(fitted.bse[1]), 1 - hypothesis.alpha
    reach = float(norm.ppf((1 + level) / 2)) * error
    ratio = statistics.Interval(slope, slope - reach, slope + reach).through(lambda x: float(np.exp(x)))
    p_value = float(norm.sf(slope / error))
    return Estimate.of(hypothesis.hypothesis_id, "odds ratio", ratio, level, size, p_value, note=note)


def _safeguards_removed(removed: "pd.DataFrame") -> Estimate:
    """The trend of the share over the last months that follow each other without a gap."""
    import pandas as pd

    hypothesis, unit = CLAIM.hypothesis("safeguards_removed"), "share of new derivatives, a month"
    enough = removed[removed["derivative_count"] >= SETTINGS["least_derivatives"]]
    share = pd.Series(
        (enough["removed_count"] / enough["derivative_count"]).to_numpy(dtype=float),
        index=pd.PeriodIndex(pd.to_datetime(enough["month"]), freq="M"),
    )
    if len(share):
        share = share.reindex(pd.period_range(share.index[0], share.index[-1], freq="M"))
        gaps = share.index[share.isna()]
        share = share[share.index > gaps[-1]] if len(gaps) else share
    level = 1 - hypothesis.alpha
    trend = statistics.trend(share.to_list(), level)
    if trend is None:
        note = f"{len(share)} months with {SETTINGS['least_derivatives']} derivatives."
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(share), note=note)
    note = (
        f"{share.iloc[0]:.1%} of those made in {share.index[0]:%B %Y}, {share.iloc[-1]:.1%} in {share.index[-1]:%B %Y}."
    )
    return Estimate.of(hypothesis.hypothesis_id, unit, trend.slope, level, len(share), trend.p_value, note=note)


def _missing(recent: "pd.DataFrame", answer: Estimate, on: date) -> tuple[str, ...]:
    if recent.empty:
        return (f"incidents by {on} (source ai_incidents)",)
    return (
        f"incidents of misuse by {on} that name the model used: {answer.note} No source held names more; reports that "
        "name models would",
    )


def draw_incidents(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Incidents of misuse in each half-year by the kind of the models named."""
    import altair as alt

    if frame.empty:
        return nothing_yet()
    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("half_year:N", title="half-year of the harm", axis=alt.Axis(labelAngle=-40)),
            y=alt.Y("incident_count:Q", title="incidents of misuse"),
            color=alt.Color("weights_access:N", scale=colours(ACCESS_COLOURS, frame["weights_access"])),
            order=alt.Order("weights_access:N", sort="descending"),
            tooltip=["half_year:N", "weights_access:N", "incident_count:Q"],
        )
        .properties(width=WIDTH, height=220)
    )
    return styled(chart)


def draw_estimates(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Both ratios as they stood on each day."""
    labels = {"C18.rate": "open over closed models", "C18.growth": "since the essay over before"}
    return estimate_history(frame, labels, "ratio of incidents", {1.0: "no difference"}, logarithmic=True)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The ratio of open to closed under every choice."""
    return specification_curve(frame, "open over closed", 1.0, "no difference", logarithmic=True)


CLAIM = Claim(
    claim_id="C18",
    slug="malicious-use",
    title="Open models arm those who mean harm",
    question="Are open models misused for fraud, deception and propaganda more than closed ones?",
    statement="Giving powerful models away may put them into the hands of people who mean harm.",
    essay_section="Navigating Ethical Crossroads: Safety, Access, and the Future of AI",
    essay_paragraph=1,
    essay_phrase="empowering malicious actors",
    ceiling="mixed",
    floor="mixed",
    limit_reason="Counts of incidents measure what is reported and named: products with a name are named, misuse of "
    "downloaded models seldom is. Neither verdict could rest on them; reports that always name the model would.",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "Reports name famous closed products and seldom the model behind a fake, so that counts favour open models.",
        "How much a model is used is not known, least of all on people's own computers: releases stand in for use.",
        "That somebody meant harm is read from the name that the database gives to those who used the system; a maker "
        "stands for its models where nine in ten were of one kind.",
        "Models whose safeguards were taken out are counted beside the verdict, by their names alone: being able to do "
        "harm is not harm, and how often they are used is not asked.",
        "By both clocks the kind of a maker's models is that by all evidence held today.",
        "The database is made by volunteers from the press, mostly in English, and grows for years afterwards.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "incidents",
            "Incidents that somebody meant as harm",
            "In each half-year by the kind of models that the makers named release. Grey: no maker named, or one that "
            "releases both kinds. Empty until the AI Incident Database is captured.",
            """
select concat(year(happened_on), case when month(happened_on) <= 6 then ' H1' else ' H2' end) as half_year,
    weights_access, count(*) as incident_count
from marts.incident
where is_malicious_use and happened_on >= date '2022-01-01'
group by concat(year(happened_on), case when month(happened_on) <= 6 then ' H1' else ' H2' end), weights_access
order by half_year, weights_access
""",
            draw_incidents,
        ),
        Figure(
            "estimates",
            "How often open models are named, and how misuse grew",
            "Ratios of incidents as they stood on each day. Bands: 98.8 % intervals.",
            test_history_sql("C18.rate", "C18.growth"),
            draw_estimates,
        ),
        Figure(
            "specifications",
            "Open over closed under every choice",
            "One dot for each kind of incident, way with unknown models and exposure. The unknown decides.",
            specification_sql("C18.rate"),
            draw_specifications,
        ),
        verdicts_figure("C18"),
    ),
)
