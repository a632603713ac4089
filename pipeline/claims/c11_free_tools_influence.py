"""C11: whether those who give away the best tools decide how the tools are built, as control over tools in wide use."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.evidence import AsOf, fingerprint
from pipeline.claims.figure import (
    CLOSED,
    NEUTRAL,
    OPEN,
    WIDTH,
    colours,
    nothing_yet,
    styled,
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
OPEN_TOOLING = "open tooling"
SETTINGS: Mapping[str, Any] = {"class": OPEN_TOOLING, "months": 24, "growth_months": 12}
DOWNLOADS = {
    "then": """
select month, package, package_class, pypi_download_count from marts.package_downloads_monthly
where last_day(month) <= $as_of and observed_on <= $as_of
order by month, package
""",
    "hindsight": """
select month, package, package_class, pypi_download_count from marts.package_downloads_monthly
where last_day(month) <= $as_of
order by month, package
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
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """How the use of open tooling moves; who controls the tools is on record nowhere yet."""
    downloads = connection.execute(DOWNLOADS[as_of.clock], {"as_of": as_of.date}).df()
    tools = downloads.loc[downloads["package_class"] == OPEN_TOOLING, "package"].nunique()
    control = Estimate(
        "C11.control", "rank correlation", note=f"Use is known of {tools} tools, who changes them of none."
    )
    use = _use(downloads)
    missing = [
        f"who wrote the changes of each tool in the year to {as_of.date}, with their employers for at least seven in "
        "ten (the history of its repository; source github_repositories counts stars only)"
    ]
    if tools < CLAIM.hypothesis("control").minimum_sample:
        missing.append(f"downloads of at least twelve open tools by {as_of.date} (source package_downloads)")
    return Findings((control, use), fingerprint(downloads), (), tuple(missing))


def _use(downloads: "pd.DataFrame") -> Estimate:
    """The trend of open tooling's share of downloads, over packages on record in every month of the window."""
    hypothesis = CLAIM.hypothesis("use")
    frame = downloads[downloads["package_class"].isin([OPEN_TOOLING, "closed client"])]
    last = sorted(frame["month"].unique())[-SETTINGS["months"] :]
    frame = frame[frame["month"].isin(last)]
    lasting = frame.groupby("package")["month"].nunique() == len(last)
    frame = frame[frame["package"].isin(lasting[lasting].index)]
    table = frame.pivot_table(
        index="month", columns="package_class", values="pypi_download_count", aggfunc="sum"
    ).sort_index()
    unit = "share of downloads"
    if table.shape[1] < 2:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=0, note="No month with both kinds.")
    share = (table[OPEN_TOOLING] / table.sum(axis=1)).to_list()
    level = 1 - hypothesis.alpha
    trend = statistics.trend(share, level)
    if trend is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(share), note="Too few months.")
    note = f"From {share[0]:.0%} to {share[-1]:.0%} of downloads."
    return Estimate.of(hypothesis.hypothesis_id, unit, trend.slope, level, len(share), trend.p_value, note=note)


def draw_downloads(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Downloads by kind of package, month by month."""
    import altair as alt

    if frame.empty:
        return nothing_yet()
    mapping = {OPEN_TOOLING: OPEN, "closed client": CLOSED, "either": NEUTRAL}
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
    ),
    estimate=estimate,
    figures=(
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
        verdicts_figure("C11"),
    ),
)
