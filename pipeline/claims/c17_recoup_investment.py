"""C17: whether Meta finds it hard to earn back what it spends on AI, as what capital spending takes of its cash."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.company_series import GATHERED, company_quarters, series
from pipeline.claims.evidence import AsOf, fingerprint
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
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks
from pipeline.claims.regression import panel_coefficients

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

META = "meta"
PEERS: Mapping[str, str] = {
    "alphabet": "Alphabet",
    "amazon": "Amazon",
    "microsoft": "Microsoft",
    "oracle": "Oracle",
}
NAMES = {META: "Meta", **PEERS}
ALPHA = 0.05 / LOOKS_PER_YEAR / 2
SETTINGS: Mapping[str, Any] = {
    "company": META,
    "peers": tuple(PEERS),
    "least_peers": 2,
    "peer_window_quarters": 12,
    "cash_window_quarters": 8,
    "panel_from": 2021,
    "panel_since": 2023,
}
CASH, REVENUE = "operating cash flow", "revenue"
OUTLAYS: Mapping[str, tuple[str, ...]] = {
    "purchases": ("capex_purchases_ppe",),
    "purchases and finance leases": ("capex_purchases_ppe", "finance_lease_principal"),
}
BASES: Mapping[str, str] = {CASH: "operating_cash_flow", REVENUE: "revenue"}
GRID_BURDEN = {
    "measured against": (CASH, REVENUE),
    "capital spending": tuple(OUTLAYS),
    "window": ("since 2017", "since 2015", "last 24 quarters"),
}
GRID_PEERS = {
    "measured against": (CASH, REVENUE),
    "window": ("last 12 quarters", "last 8 quarters"),
    "peers": ("all", "without Amazon", "without Microsoft", "without Alphabet"),
}
NO_OPENNESS = "none: what a company earns and spends, whatever it gives away"

HYPOTHESES = (
    Hypothesis(
        hypothesis_id="C17.burden",
        role="primary",
        estimand="change a quarter in the share of Meta's operating cash flow that capital spending takes",
        unit="quarters of Meta",
        estimation_window="2017 to the last quarter over by the day of evaluation",
        outcome="paid purchases of property and equipment over operating cash flow, both of the quarter",
        openness_definition=NO_OPENNESS,
        test_function="Mann-Kendall against AR(1) noise, statistics.trend; slope scipy.stats.theilslopes",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.005,
        minimum_sample=24,
        null_hypothesis="the share does not rise",
        verdict_rule="supports if the slope's interval lies above 0, the slope reaches half a point a quarter and the "
        "trend test agrees; contradicts if the interval lies below half a point; alpha is .05 a year, split over four "
        "looks and two primary hypotheses",
        marks=Marks.smallest_effect(null=0.0, effect=0.005, opposite=-0.005),
        grid=GRID_BURDEN,
        plain="the part of Meta's operating cash flow that goes into capital spending changes by {estimate} of the "
        "cash flow each quarter",
    ),
    Hypothesis(
        hypothesis_id="C17.above_peers",
        role="primary",
        estimand="share of a year's operating cash flow that capital spending takes at Meta, less the median of its "
        "peers that sell computing",
        unit="quarters in which Meta and two peers have a year behind them",
        estimation_window="the last twelve such quarters by the day of evaluation",
        outcome="sum of four quarters of purchases of property and equipment over that of operating cash flow",
        openness_definition=NO_OPENNESS,
        test_function="statistics.autocorrelated_mean over quarters (t of AR(1) noise, arch StationaryBootstrap); "
        "no p-value, as four firms allow none",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.05,
        minimum_sample=8,
        null_hypothesis="Meta's share is no higher than that of its median peer",
        verdict_rule="supports if the interval lies above 0 and the mean reaches five points, contradicts if the "
        "interval lies below five points; alpha as for C17.burden",
        marks=Marks.smallest_effect(null=0.0, effect=0.05, opposite=-0.05),
        grid=GRID_PEERS,
        plain="capital spending takes {estimate} of a year's operating cash flow more at Meta than at its median peer",
    ),
    Hypothesis(
        hypothesis_id="C17.cash_left",
        role="falsification",
        estimand="what is left of operating cash flow after capital spending, as a share of revenue",
        unit="quarters of Meta",
        estimation_window="the last eight quarters by the day of evaluation",
        outcome="operating cash flow less purchases of property and equipment, over revenue",
        openness_definition=NO_OPENNESS,
        test_function="statistics.autocorrelated_mean over quarters (t of AR(1) noise, arch StationaryBootstrap)",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=8,
        null_hypothesis="cash is left over",
        verdict_rule="contradicts if the interval lies above 0: then the business pays for the spending out of what it "
        "earns, and strain is not shown",
        marks=Marks.threshold(0.0),
        plain="after its capital spending Meta has {estimate} of its revenue left in cash",
    ),
    Hypothesis(
        hypothesis_id="C17.response",
        role="secondary",
        estimand="revenue of the following year less that of the year, for a dollar of the year's capital spending, at "
        "Meta less the median of its peers",
        unit="quarters in which Meta and two peers have a year on both sides",
        estimation_window="the last twelve such quarters by the day of evaluation",
        outcome="growth of four-quarter revenue over purchases of property and equipment in the four quarters before",
        openness_definition=NO_OPENNESS,
        test_function="statistics.autocorrelated_mean over quarters (t of AR(1) noise, arch StationaryBootstrap); "
        "no p-value, as four firms allow none",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.1,
        minimum_sample=8,
        null_hypothesis="a dollar spent is followed by no less new revenue than at the median peer",
        verdict_rule="supports if the interval lies below 0 and the mean reaches ten cents, contradicts if the "
        "interval lies above ten cents less; descriptive",
        marks=Marks.smallest_effect(null=0.0, effect=-0.1, opposite=0.1),
        plain="against its median peer, Meta's spending is followed by {estimate}",
    ),
    Hypothesis(
        hypothesis_id="C17.rise_over_peers",
        role="secondary",
        estimand="how much more the share of a year's operating cash flow that capital spending takes rose since 2023 "
        "at Meta than at its peers",
        unit="quarters of Meta and its peers together",
        estimation_window="2021 to the last quarter over by the day of evaluation",
        outcome="sum of four quarters of purchases of property and equipment over that of operating cash flow",
        openness_definition=NO_OPENNESS,
        test_function="linearmodels PanelOLS on being Meta since 2023, with effects of companies and of quarters and "
        "errors of Driscoll and Kraay; no p-value, as four firms allow none",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.05,
        minimum_sample=48,
        null_hypothesis="it rose no more at Meta",
        verdict_rule="supports if the interval lies above 0 and the rise is five points more, contradicts if the "
        "interval lies below five points; descriptive, as the errors are those of many firms",
        marks=Marks.smallest_effect(null=0.0, effect=0.05, opposite=-0.05),
        plain="since 2023 the part of cash flow that capital spending takes rose by {estimate} more at Meta than at "
        "its peers",
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """The trend of Meta's burden, its distance from peers, the cash that is left, and all specifications."""
    figures = company_quarters(connection, as_of)
    specifications = [Specification.of(choices, _burden(figures, choices)) for choices in combinations(GRID_BURDEN)]
    specifications += [_peer_specification(figures, choices) for choices in combinations(GRID_PEERS)]
    estimates = (
        _burden(figures, combinations(GRID_BURDEN)[0]),
        _above_peers(figures),
        _cash_left(figures),
        _response(figures),
        _rise_over_peers(figures),
    )
    return Findings(estimates, fingerprint(figures), tuple(specifications), tuple(_missing(figures, as_of.date)))


def _missing(figures: "pd.DataFrame", on: date) -> list[str]:
    """Series that are needed and not held by the day, and where they come from."""
    held = set(zip(figures["company_id"], figures["metric"], strict=True))
    needed = [(company, metric) for company in NAMES for metric in ("capex_purchases_ppe", *BASES.values())]
    lacking = [f"{NAMES[c]}: {m.replace('_', ' ')}" for c, m in needed if (c, m) not in held and c != "oracle"]
    if not lacking:
        return []
    return [f"quarterly figures by {on} ({', '.join(lacking)}), which source sec_companyfacts would give"]


def _outlay(figures: "pd.DataFrame", company: str, spending: str) -> "pd.Series[float]":
    """Capital spending; a quarter counts only where every part of it is known."""
    parts = [series(figures, company, metric) for metric in OUTLAYS[spending]]
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def _burden(figures: "pd.DataFrame", choices: Mapping[str, str]) -> Estimate:
    hypothesis = CLAIM.hypothesis("burden")
    share = _outlay(figures, META, choices["capital spending"]) / series(
        figures, META, BASES[choices["measured against"]]
    )
    share = share.dropna()
    if not share.empty:
        share = _window(share, choices["window"])
    level = 1 - hypothesis.alpha
    trend = _trend(tuple(share), level)
    unit = "share of cash flow, a quarter" if choices["measured against"] == CASH else "share of revenue, a quarter"
    if trend is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(share), note="Too few quarters.")
    year = 4
    note = (
        f"Capital spending took {share.iloc[:year].mean():.0%} in the first four of these quarters and "
        f"{share.iloc[-year:].mean():.0%} in the last four ({share.index[-1]})."
    )
    return Estimate.of(hypothesis.hypothesis_id, unit, trend.slope, level, len(share), trend.p_value, note=note)


def _window(share: "pd.Series[float]", window: str) -> "pd.Series[float]":
    """The quarters since a year, or the last so many."""
    if window.startswith("since"):
        return share[share.index >= f"{window.split()[1]}Q1"]
    return share.iloc[-int(window.split()[1]) :]


@dataclass(frozen=True)
class Compared:
    """Meta, its peers, and Meta less the median of them, over the last quarters in which enough can be compared."""

    own: "pd.Series[float]"
    peers: "pd.DataFrame"
    difference: "pd.Series[float]"


def _burden_of(figures: "pd.DataFrame", choices: Mapping[str, str]) -> "Callable[[str], pd.Series[float]]":
    def share(company: str) -> "pd.Series[float]":
        basis = series(figures, company, BASES[choices["measured against"]])
        return _year(series(figures, company, "capex_purchases_ppe")) / _year(basis)

    return share


def _above_peers(figures: "pd.DataFrame") -> Estimate:
    choices = combinations(GRID_PEERS)[0]
    return _mean_of("above_peers", _compare(_burden_of(figures, choices), choices), f"share of {CASH}")


def _peer_specification(figures: "pd.DataFrame", choices: Mapping[str, str]) -> Specification:
    difference = _compare(_burden_of(figures, choices), choices).difference
    mean = None if difference.empty else float(difference.mean())
    return Specification("C17.above_peers", choices, mean, sample_size=len(difference))


def _response(figures: "pd.DataFrame") -> Estimate:
    def per_dollar(company: str) -> "pd.Series[float]":
        revenue = _year(series(figures, company, "revenue"))
        return (revenue.shift(-4) - revenue) / _year(series(figures, company, "capex_purchases_ppe"))

    compared = _compare(per_dollar, combinations(GRID_PEERS)[0])
    return _mean_of("response", compared, "dollars of new revenue a dollar spent")


def _rise_over_peers(figures: "pd.DataFrame") -> Estimate:
    """Meta's share of cash flow since 2023 against its own before, less the same of its peers, in one panel."""
    import pandas as pd

    hypothesis = CLAIM.hypothesis("rise_over_peers")
    share = _burden_of(figures, combinations(GRID_PEERS)[0])
    wide = pd.DataFrame({company: share(company) for company in NAMES}).dropna(how="all", axis=1)
    rows = wide[wide.index >= f"{SETTINGS['panel_from']}Q1"].stack().dropna().reset_index()
    rows.columns = pd.Index(["quarter", "company", "share"])
    rows["since"] = (rows["company"] == META) & (rows["quarter"] >= f"{SETTINGS['panel_since']}Q1")
    level, unit, size = 1 - hypothesis.alpha, "share of a year's cash flow", len(rows)
    firms = rows["company"].nunique() if META in set(rows["company"]) else 0
    note = f"{max(firms - 1, 0)} peers."
    if firms <= SETTINGS["least_peers"] or not 0 < rows["since"].sum() < (rows["company"] == META).sum():
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=size, gate_size=0, note=note)
    rows = rows.assign(since=rows["since"].astype(float), quarter=rows["quarter"].dt.to_timestamp())
    found, _ = panel_coefficients(rows, "share", ["since"], "company", "quarter", level)["since"]
    return Estimate.of(hypothesis.hypothesis_id, unit, found, level, size, note=note)


def _compare(measure: "Callable[[str], pd.Series[float]]", choices: Mapping[str, str]) -> Compared:
    import pandas as pd

    left_out = choices["peers"].removeprefix("without ")
    peers = pd.DataFrame({c: measure(c) for c, n in PEERS.items() if n != left_out}).dropna(how="all", axis=1)
    own = measure(META)
    enough = peers.count(axis=1) >= SETTINGS["least_peers"]
    difference = (own - peers.median(axis=1)[enough]).dropna().iloc[-int(choices["window"].split()[1]) :]
    return Compared(own, peers, difference)


@cache
def _trend(values: tuple[float, ...], level: float) -> statistics.Trend | None:
    """Cached, as most days of evaluation see the same quarters."""
    return statistics.trend(values, level)


@cache
def _mean(values: tuple[float, ...], level: float) -> statistics.Interval | None:
    """Cached, as most days of evaluation see the same quarters."""
    return statistics.autocorrelated_mean(values, level)


def _mean_of(name: str, compared: Compared, unit: str) -> Estimate:
    import pandas as pd

    hypothesis = CLAIM.hypothesis(name)
    level = 1 - hypothesis.alpha
    own, peers, difference = compared.own, compared.peers, compared.difference
    found = _mean(tuple(difference), level)
    if found is None:
        note = "Fewer than eight quarters in which Meta and two peers can be compared."
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(difference), note=note)
    last = difference.index[-1]
    at = ", ".join(f"{NAMES[c]} {peers.loc[last, c]:.2f}" for c in peers.columns if pd.notna(peers.loc[last, c]))
    note = f"In the year to {last}: Meta {own.loc[last]:.2f}, {at}."
    return Estimate.of(hypothesis.hypothesis_id, unit, found, level, len(difference), note=note)


def _cash_left(figures: "pd.DataFrame") -> Estimate:
    hypothesis = CLAIM.hypothesis("cash_left")
    cash, outlay = series(figures, META, "operating_cash_flow"), series(figures, META, "capex_purchases_ppe")
    margin = ((cash - outlay) / series(figures, META, "revenue")).dropna().iloc[-SETTINGS["cash_window_quarters"] :]
    level = 1 - hypothesis.alpha
    found = _mean(tuple(margin), level)
    if found is None:
        return Estimate(hypothesis.hypothesis_id, "share of revenue", sample_size=len(margin), note="Too few quarters.")
    note = f"In the last of these quarters, {margin.index[-1]}, it was {margin.iloc[-1]:.0%}."
    return Estimate.of(hypothesis.hypothesis_id, "share of revenue", found, level, len(margin), note=note)


def _year(quarterly: "pd.Series[float]") -> "pd.Series[float]":
    """The sum of each quarter and the three before it; missing where one of them is."""
    return quarterly.rolling(4).sum() if len(quarterly) else quarterly


def draw_burden(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The share of a year's operating cash flow that goes into capital spending, one line a company."""
    import altair as alt

    if frame.empty:
        return nothing_yet()
    mapping = dict(zip(NAMES.values(), (OPEN, CLOSED, "#7c3aed", NEUTRAL, UNKNOWN), strict=True))
    frame = frame.assign(company=frame["company_id"].map(NAMES))
    chart = (
        alt.Chart(frame)
        .mark_line(point=alt.OverlayMarkDef(size=18))
        .encode(
            x=time_axis("quarter:T", "year to the quarter"),
            y=alt.Y("burden_share:Q", title="capital spending / operating cash flow", axis=alt.Axis(format="%")),
            color=alt.Color("company:N", scale=colours(mapping, frame["company"])),
            strokeWidth=alt.condition("datum.company_id == 'meta'", alt.value(3), alt.value(1.3)),
            tooltip=["company:N", "quarter:T", alt.Tooltip("burden_share:Q", format=".0%")],
        )
        .properties(width=WIDTH, height=240)
    )
    return styled(chart)


def draw_trend(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The change of Meta's burden a quarter, as it stood on each day."""
    labels = {"C17.burden": "change a quarter at Meta"}
    return estimate_history(frame, labels, "share of cash flow", {0.0: "no change"}, percent=True)


def draw_distance(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Meta's burden less that of its median peer, as it stood on each day."""
    labels = {"C17.above_peers": "Meta less its median peer"}
    return estimate_history(frame, labels, "share of cash flow", {0.0: "no difference"}, percent=True)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The trend under every choice."""
    return specification_curve(frame, "change of the share a quarter", 0.0, "no rise", percent=True)


FIGURES = (
    Figure(
        "burden",
        "How much of its cash each company spends on property and equipment",
        "Purchases of property and equipment over operating cash flow, sums of four quarters. At 100 % all that the "
        f"business earns in cash goes into buildings and machines. {GATHERED}",
        """
with wide as (
    select company_id, quarter,
        max(case when metric = 'capex_purchases_ppe' then value_usd end) as outlay,
        max(case when metric = 'operating_cash_flow' then value_usd end) as cash
    from marts.company_quarter
    where company_id in ('meta', 'alphabet', 'amazon', 'microsoft', 'oracle')
        and metric in ('capex_purchases_ppe', 'operating_cash_flow')
    group by company_id, quarter
),
complete as (
    select company_id, quarter, outlay, cash from wide where outlay is not null and cash is not null
),
year as (
    select company_id, quarter,
        sum(outlay) over last_year as outlay, sum(cash) over last_year as cash,
        count(*) over last_year as quarter_count,
        min(quarter) over last_year as first_quarter
    from complete
    window last_year as (partition by company_id order by quarter rows between 3 preceding and current row)
)
select company_id, quarter, outlay / cash as burden_share
from year
where quarter_count = 4 and first_quarter = quarter - interval '9' month and quarter >= date '2015-01-01'
order by company_id, quarter
""",
        draw_burden,
    ),
    Figure(
        "trend",
        "How fast Meta's burden grows",
        "Change a quarter since 2017, as it stood on each day. Band: interval at the level that the verdict uses "
        "(99.4 %).",
        test_history_sql("C17.burden"),
        draw_trend,
    ),
    Figure(
        "distance",
        "Meta's burden against its median peer",
        "Difference over twelve quarters, as it stood on each day. Band: interval at the level that the verdict uses "
        "(99.4 %). Above 0: heavier than at the median peer.",
        test_history_sql("C17.above_peers"),
        draw_distance,
    ),
    Figure(
        "specifications",
        "The trend under every choice",
        "One dot for each way of measuring: against cash flow or revenue, with or without finance leases, over three "
        "windows. Lines: intervals at the level that the verdict uses (99.4 %).",
        specification_sql("C17.burden"),
        draw_specifications,
    ),
    verdicts_figure("C17"),
)

CLAIM = Claim(
    claim_id="C17",
    slug="recoup-investment",
    title="Meta struggles to earn back what it spends on AI",
    question="Does spending on AI eat up more and more of Meta's cash, more than at rivals who rent out computers?",
    statement="Meta finds it hard to earn back its large spending on AI, as it does not rent out its computers.",
    essay_section="The AI Arms Race: A New Era of Competition",
    essay_paragraph=2,
    essay_phrase="recouping their substantial investments",
    ceiling="mixed",
    floor="contradicted",
    limit_reason="No company reports what it spends on AI alone, and four companies are too few to test one against "
    "the others; separate reporting of spending on AI, and of the revenue it brings, would lift this.",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "Capital spending is the whole company's: the ranking of adverts and virtual reality are in it, rent of "
        "computers from others is not.",
        "Purchases leave out finance leases, through which companies pay for a part of their data centres; the "
        "specifications add them where they are known.",
        "With one company among four, no test can say that it differs by more than chance: the comparison describes.",
        "Figures come from copies of filings and releases unless the SEC was captured; few were read in two sources.",
        "Oracle's quarters of capital spending are not held, so it takes no part until the SEC is captured.",
        "A dollar spent this year may bring revenue only years later.",
        "A mean over eight or twelve quarters says little of whether a difference will last: quarters resemble those "
        "before them, and sums of four overlap, so that intervals are wide.",
        "What is left of each dollar invested is not asked: what a company has invested is not held.",
    ),
    estimate=estimate,
    figures=FIGURES,
)
