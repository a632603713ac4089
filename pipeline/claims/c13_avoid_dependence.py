"""C13: whether openness keeps Meta from depending on others; what could show it is named, as nothing held does."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.company_series import GATHERED, company_quarters, series
from pipeline.claims.evidence import AsOf, fingerprint
from pipeline.claims.figure import (
    OPEN,
    WIDTH,
    estimate_history,
    nothing_yet,
    styled,
    test_history_sql,
    time_axis,
    verdicts_figure,
)
from pipeline.claims.findings import Estimate, Findings
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

ALPHA = 0.05 / LOOKS_PER_YEAR
SETTINGS: Mapping[str, Any] = {"company": "meta", "quarters": 24}

HYPOTHESES = (
    Hypothesis(
        hypothesis_id="C13.suppliers",
        role="primary",
        estimand="change a year in how often Meta's annual report names dependence on others as a risk",
        unit="annual reports",
        estimation_window="annual reports since 2019 filed by the day of evaluation",
        outcome="sentences of item 1A on systems, chips, clouds or models of others, over all its sentences",
        openness_definition="none: dependence on suppliers",
        test_function="scipy.stats.theilslopes; no inference, as there are ten reports at most",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.005,
        minimum_sample=6,
        null_hypothesis="dependence is named no less often",
        verdict_rule="insufficient until the texts are held; even then a count of words shows no dependence avoided",
        marks=Marks.smallest_effect(null=0.0, effect=-0.005, opposite=0.005),
    ),
    Hypothesis(
        hypothesis_id="C13.purchases",
        role="secondary",
        estimand="change a quarter in the share of its revenue that Meta spends on equipment that others make",
        unit="quarters of Meta",
        estimation_window="the last 24 quarters by the day of evaluation",
        outcome="purchases of property and equipment over revenue: a stand-in, as no supplier is named",
        openness_definition="none: dependence on suppliers",
        test_function="Mann-Kendall against AR(1) noise, statistics.trend; slope scipy.stats.theilslopes",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.005,
        minimum_sample=24,
        null_hypothesis="it does not fall",
        verdict_rule="supports if the slope's interval lies below 0, the slope reaches half a point and the trend test "
        "agrees; contradicts if the interval lies above half a point less; a stand-in that decides nothing",
        marks=Marks.smallest_effect(null=0.0, effect=-0.005, opposite=0.005),
        plain="what Meta spends on equipment that others make changes by {estimate} a quarter",
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """A stand-in for dependence on makers of equipment, and what is missing for an answer."""
    figures = company_quarters(connection, as_of)
    suppliers = Estimate("C13.suppliers", "share of sentences", note="No text of an annual report is held.")
    missing = (
        f"the texts of Meta's annual reports (item 1A) up to {as_of.date}, which the SEC publishes and no source here "
        "reads",
        "what Meta buys from each maker of chips and each cloud, which it does not report",
    )
    own = figures[figures["company_id"] == SETTINGS["company"]]
    return Findings((suppliers, _purchases(figures)), fingerprint(own), (), missing)


def _purchases(figures: "pd.DataFrame") -> Estimate:
    hypothesis = CLAIM.hypothesis("purchases")
    spent, earned = (series(figures, SETTINGS["company"], metric) for metric in ("capex_purchases_ppe", "revenue"))
    share = (spent / earned).dropna().iloc[-SETTINGS["quarters"] :]
    level = 1 - hypothesis.alpha
    trend = statistics.trend(share.to_list(), level)
    unit = "share of revenue"
    if trend is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(share), note="Too few quarters.")
    note = f"From {share.iloc[:4].mean():.0%} in the first four of these quarters to {share.iloc[-4:].mean():.0%}."
    return Estimate.of(hypothesis.hypothesis_id, unit, trend.slope, level, len(share), trend.p_value, note=note)


def draw_purchases(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Meta's purchases of equipment as a share of its revenue, quarter by quarter."""
    import altair as alt

    if frame.empty:
        return nothing_yet()
    chart = (
        alt.Chart(frame)
        .mark_line(point=alt.OverlayMarkDef(size=18, color=OPEN), color=OPEN)
        .encode(
            x=time_axis("quarter:T", "quarter"),
            y=alt.Y("purchase_share:Q", title="purchases / revenue", axis=alt.Axis(format="%")),
            tooltip=["quarter:T", alt.Tooltip("purchase_share:Q", format=".0%")],
        )
        .properties(width=WIDTH, height=220)
    )
    return styled(chart)


def draw_estimates(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The change of purchases as it stood on each day."""
    labels = {"C13.purchases": "change a quarter"}
    return estimate_history(frame, labels, "share of revenue", {0.0: "no change"}, percent=True)


CLAIM = Claim(
    claim_id="C13",
    slug="avoid-dependence",
    title="Openness keeps Meta independent of others",
    question="Has giving its models away kept Meta from depending on other companies?",
    statement="By giving its models away Meta wants to avoid depending on other companies.",
    essay_section="The Power of Open Source: Sharing the Future of AI?",
    essay_paragraph=3,
    essay_phrase="avoid becoming dependent",
    ceiling="insufficient evidence",
    floor="contradicted",
    limit_reason="A wish cannot be tested, and what came of it would need to be seen against a Meta that had stayed "
    "closed; Meta reports neither its suppliers nor whose models it uses.",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "What a company hopes for cannot be measured; only how much it depends on others could be, in part.",
        "Purchases of equipment stand in for dependence on its makers: much of it is buildings, and who is paid is not "
        "reported.",
        "A falling dependence would not show that openness brought it about.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "purchases",
            "What Meta spends on buildings and equipment",
            "Purchases of property and equipment as a share of revenue, by quarter: a stand-in, as Meta does not say "
            f"whom it pays. {GATHERED}",
            """
select spent.quarter, spent.value_usd / earned.value_usd as purchase_share
from marts.company_quarter as spent
inner join marts.company_quarter as earned
    on earned.company_id = spent.company_id and earned.quarter = spent.quarter and earned.metric = 'revenue'
where spent.company_id = 'meta' and spent.metric = 'capex_purchases_ppe'
order by spent.quarter
""",
            draw_purchases,
        ),
        Figure(
            "estimates",
            "The change of that share over time",
            "Change a quarter over the last 24 quarters, as it stood on each day. Bands: 98.8 % intervals.",
            test_history_sql("C13.purchases"),
            draw_estimates,
        ),
        verdicts_figure("C13"),
    ),
)
