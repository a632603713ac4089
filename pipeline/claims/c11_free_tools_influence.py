"""C11: whether those who give away the best tools decide how the tools are built, as control over tools in wide use."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
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
    styled,
    test_history_sql,
    time_axis,
    verdicts_figure,
)
from pipeline.claims.findings import Estimate, Findings
from pipeline.claims.package_shares import CLOSED_CLIENT, OPEN_TOOLING, open_tooling_shares, package_downloads
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

ALPHA = 0.05 / LOOKS_PER_YEAR
SETTINGS: Mapping[str, Any] = {
    "class": OPEN_TOOLING,
    "months": 24,
    "interface_of": "openai",
    "conversion_months": 12,
    "conversions_at_least": 30,
}
INTERFACES = """
select month, host_tag, interface_class, observed_on from marts.host_interface_monthly
where observed_on <= $as_of
order by month, host_tag
"""
"""The same for both clocks: what a host speaks is known from the day it was read, and not before."""
CONVERSIONS = {
    "then": """
select month, organisation_id, conversion_count, own_conversion_count from marts.hub_conversion_monthly
where last_day(month) <= $as_of and known_on <= $as_of
order by month, organisation_id
""",
    "hindsight": """
select month, organisation_id, conversion_count, own_conversion_count from marts.hub_conversion_monthly
where last_day(month) <= $as_of
order by month, organisation_id
""",
}

HYPOTHESES = (
    Hypothesis(
        hypothesis_id="C11.control",
        role="primary",
        estimand="how far the share of a tool's changes that its giver makes goes with how widely the tool is used",
        unit="tools with a giver, with use and with changes on record",
        estimation_window="the last twelve months by the day of evaluation",
        outcome="rank correlation of use (downloads) and control (share of the changes made by the giver's people)",
        openness_definition="tools under an open licence",
        test_function="scipy.stats.spearmanr with permutations; none yet, as no changes are on record",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.3,
        minimum_sample=12,
        null_hypothesis="those who give away the tools in widest use control them no more",
        verdict_rule="supports if the interval lies above 0 and the correlation reaches .3; insufficient with fewer "
        "than twelve tools",
        marks=Marks.smallest_effect(null=0.0, effect=0.3, opposite=-0.3),
    ),
    Hypothesis(
        hypothesis_id="C11.use",
        role="secondary",
        estimand="change a month in the share of open tooling in downloads of open tooling and closed labs' clients",
        unit="months",
        estimation_window="the last 24 months by the day of evaluation",
        outcome="downloads from PyPI of packages that run open weights, over those and the clients of closed labs",
        openness_definition="tools under an open licence",
        test_function="Mann-Kendall against AR(1) noise, statistics.trend; slope scipy.stats.theilslopes",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.002,
        minimum_sample=24,
        null_hypothesis="open tooling does not gain on closed clients",
        verdict_rule="supports if the slope's interval lies above 0, the slope reaches a fifth of a point a month and "
        "the trend test agrees; says nothing of control",
        marks=Marks.smallest_effect(null=0.0, effect=0.002, opposite=-0.002),
        plain="each month open tooling gains {estimate} of the downloads",
    ),
    Hypothesis(
        hypothesis_id="C11.interface",
        role="secondary",
        estimand="share of hosts of models whose interface was set by OpenAI, a lab that sells access",
        unit="hosts of models, OpenAI itself left out",
        estimation_window="the last reading by the day of evaluation",
        outcome="package with which programs speak to the host, as models.dev names it",
        openness_definition="none: an interface that anybody may speak, set by a lab whose models are closed",
        test_function="scipy.stats.binomtest; interval statsmodels proportion_confint(method='beta')",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=30,
        null_hypothesis="half of the hosts or more speak it",
        verdict_rule="supports if the exact interval lies below one half, contradicts if it lies above: then the "
        "widest standard came from a lab that does not give its models away; not part of the verdict",
        marks=Marks.threshold(0.5),
        plain="of the hosts of models, {estimate} are spoken to in the way that OpenAI has set",
    ),
    Hypothesis(
        hypothesis_id="C11.conversions",
        role="secondary",
        estimand="share of the quantised copies of a maker's models, as people run them at home, that it made itself",
        unit="makers with at least 30 copies",
        estimation_window="the last twelve months that were over by the day of evaluation",
        outcome="copies on the Hugging Face Hub that call themselves quantised, by the maker of their root; mean of "
        "the makers' shares",
        openness_definition="models on the Hub, under any licence",
        test_function="scipy.stats.bootstrap(method='BCa') over makers",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=8,
        null_hypothesis="others make half of them or more",
        verdict_rule="supports if the interval lies above one half, contradicts if it lies below: then others decide "
        "in which form the models are used; not part of the verdict",
        marks=Marks.threshold(0.5),
        plain="makers themselves make {estimate} of the quantised copies of their models",
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """How the use of open tooling moves; who controls the tools is on record nowhere yet."""
    downloads = package_downloads(connection, as_of)
    tools = downloads.loc[downloads["package_class"] == OPEN_TOOLING, "package"].nunique()
    control = Estimate(
        "C11.control", "rank correlation", note=f"Use is known of {tools} tools, who changes them of none."
    )
    use = _use(downloads)
    interfaces = connection.execute(INTERFACES, {"as_of": as_of.date}).df()
    conversions = connection.execute(CONVERSIONS[as_of.clock], {"as_of": as_of.date}).df()
    missing = [
        f"who wrote the changes of each tool in the year to {as_of.date}, with their employers for at least seven in "
        "ten (the history of its repository; source github_repositories counts stars only)"
    ]
    if tools < CLAIM.hypothesis("control").minimum_sample:
        missing.append(f"downloads of at least twelve open tools by {as_of.date} (source package_downloads)")
    if conversions.empty:
        missing.append(f"copies of models on the Hub by {as_of.date} (source huggingface_models)")
    estimates = (control, use, _interface(interfaces), _conversions(conversions))
    return Findings(estimates, fingerprint(downloads, interfaces, conversions), (), tuple(missing))


def _use(downloads: "pd.DataFrame") -> Estimate:
    """The trend of open tooling's share of downloads, over packages on record in every month of the window."""
    hypothesis = CLAIM.hypothesis("use")
    unit = "share of downloads"
    share = open_tooling_shares(downloads, SETTINGS["months"])
    level = 1 - hypothesis.alpha
    trend = statistics.trend(share, level)
    if trend is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(share), note="Too few months with both kinds.")
    note = f"From {share[0]:.0%} to {share[-1]:.0%} of downloads."
    return Estimate.of(hypothesis.hypothesis_id, unit, trend.slope, level, len(share), trend.p_value, note=note)


def _interface(interfaces: "pd.DataFrame") -> Estimate:
    hypothesis = CLAIM.hypothesis("interface")
    unit = "share of hosts"
    others = interfaces[interfaces["host_tag"] != SETTINGS["interface_of"]]
    if others.empty:
        return Estimate(hypothesis.hypothesis_id, unit, note="No reading of models.dev by the day.")
    last = others[others["month"] == others["month"].max()]
    count, total, level = int((last["interface_class"] == SETTINGS["interface_of"]).sum()), len(last), 1 - ALPHA
    share = statistics.proportion(count, total, level)
    p_value = statistics.proportion_p_value(count, total, hypothesis.marks.null, hypothesis.alternative)
    note = f"{count} of {total} hosts on {last['observed_on'].max():%Y-%m-%d}."
    return Estimate.of(hypothesis.hypothesis_id, unit, share, level, total, p_value, note=note)


def _conversions(conversions: "pd.DataFrame") -> Estimate:
    """The mean over makers of their own share, each maker one unit however many copies there are."""
    hypothesis = CLAIM.hypothesis("conversions")
    unit = "share of copies"
    last = sorted(conversions["month"].unique())[-SETTINGS["conversion_months"] :]
    totals = conversions[conversions["month"].isin(last)].groupby("organisation_id")[
        ["conversion_count", "own_conversion_count"]
    ].sum()  # fmt: skip
    totals = totals[totals["conversion_count"] >= SETTINGS["conversions_at_least"]]
    shares = (totals["own_conversion_count"] / totals["conversion_count"]).to_list()
    level = 1 - hypothesis.alpha
    mean = statistics.bootstrap_mean(shares, level)
    if mean is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(shares), note="Too few makers with copies.")
    copies, own = int(totals["conversion_count"].sum()), int(totals["own_conversion_count"].sum())
    return Estimate.of(hypothesis.hypothesis_id, unit, mean, level, len(shares), note=f"{own} of {copies} copies.")


def draw_interfaces(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Hosts of models by whose interface they speak, month by month."""
    import altair as alt

    names = {"openai": "set by OpenAI", "anthropic": "set by Anthropic", "own": "their own"}
    frame = frame.assign(interface=frame["interface_class"].map(names))
    mapping = {"set by OpenAI": CLOSED, "set by Anthropic": NEUTRAL, "their own": UNKNOWN}
    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("month_name:O", title="month of the reading", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("host_count:Q", title="hosts of models"),
            color=alt.Color("interface:N", title=None, scale=colours(mapping, frame["interface"])),
            order=alt.Order("place:Q"),
            tooltip=["month_name:O", "interface:N", "host_count:Q", alt.Tooltip("host_share:Q", format=".0%")],
        )
        .properties(width=WIDTH, height=220)
    )
    return styled(chart)


def draw_estimates(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Whose interface is spoken and who makes the copies, as it stood on each day."""
    labels = {"C11.interface": "hosts that speak OpenAI's interface", "C11.conversions": "copies by the maker itself"}
    return estimate_history(frame, labels, "share", {0.5: "one half"}, percent=True)


def draw_downloads(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Downloads by kind of package, month by month."""
    import altair as alt

    if frame.empty:
        return nothing_yet()
    mapping = {OPEN_TOOLING: OPEN, CLOSED_CLIENT: CLOSED, "either": NEUTRAL}
    chart = (
        alt.Chart(frame)
        .mark_line()
        .encode(
            x=time_axis("month:T", "month"),
            y=alt.Y("pypi_download_count:Q", title="downloads from PyPI", axis=alt.Axis(format="~s")),
            color=alt.Color("package_class:N", title=None, scale=colours(mapping, frame["package_class"])),
            tooltip=["package_class:N", "month:T", alt.Tooltip("pypi_download_count:Q", format=",")],
        )
        .properties(width=WIDTH, height=220)
    )
    return styled(chart)


CLAIM = Claim(
    claim_id="C11",
    slug="free-tools-influence",
    title="Those who give away the best tools call the tune",
    question="Do the makers of widely used free tools decide how these tools are built and used?",
    statement="Who makes the most valuable open tools has great influence over them, even when giving them away.",
    essay_section="The Power of Open Source: Sharing the Future of AI?",
    essay_paragraph=2,
    essay_phrase="wield immense influence",
    ceiling="insufficient evidence",
    floor="contradicted",
    limit_reason="No source held says who writes the changes of each tool. Influence is more than that, too: it lies "
    "in standards, names and the right to release.",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "Who changes a tool can be read from its history only where writers can be told to work for somebody.",
        "Downloads count machines that build software over and over, not people.",
        "That most hosts speak OpenAI's interface shows that a standard can be set without giving the models away. "
        "models.dev is kept for programs that speak to hosts through such packages: a host that has none may be "
        "missing, and one with several plans stands in it more than once, so the share may be too high, and its "
        "interval is too narrow.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "interfaces",
            "Whose interface the hosts of models speak",
            "Hosts in models.dev by the package with which programs speak to them, by the last reading of each month; "
            "months without a reading are left out.",
            """
select strftime(month, '%Y-%m') as month_name, interface_class, count(*) as host_count,
    count(*) / sum(count(*)) over (partition by month) as host_share,
    case interface_class when 'openai' then 1 when 'anthropic' then 2 else 3 end as place
from marts.host_interface_monthly
group by month, interface_class
order by month, place
""",
            draw_interfaces,
        ),
        Figure(
            "downloads",
            "Open tools and closed clients",
            "Downloads from PyPI by kind of package and month. Empty until the downloads are captured.",
            """
select month, package_class, cast(sum(pypi_download_count) as bigint) as pypi_download_count
from marts.package_downloads_monthly
group by month, package_class
order by package_class, month
""",
            draw_downloads,
        ),
        Figure(
            "estimates",
            "Standards and copies over time",
            "Share of hosts that speak OpenAI's interface, and of quantised copies that makers make themselves, as it "
            "stood on each day. Bands: 98.8 % intervals.",
            test_history_sql("C11.interface", "C11.conversions"),
            draw_estimates,
        ),
        verdicts_figure("C11"),
    ),
)
