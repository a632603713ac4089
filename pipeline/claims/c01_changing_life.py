"""C01: artificial intelligence changes life fast; how fast its tools, attention to it and its supply grow."""

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.evidence import AsOf, fingerprint
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
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

FAST = 12 / 18
"""Doublings a year of what doubles in 18 months."""
RISING = 0.25
FIRST_ON = date(2022, 12, 1)
SETS: Mapping[str, tuple[str, ...]] = {
    "all four": ("openai", "transformers", "vllm", "llama-cpp-python"),
    "what calls closed models": ("openai",),
    "what runs open ones": ("transformers", "vllm", "llama-cpp-python"),
}
WINDOWS = {"from December 2022": 0, "last 24 months": 24, "last 36 months": 36}
GRID = {"packages": tuple(SETS), "window": tuple(WINDOWS)}
SETTINGS: Mapping[str, Any] = {
    "first_on": FIRST_ON.isoformat(),
    "packages": SETS,
    "windows": WINDOWS,
}
ALPHA = 0.05 / LOOKS_PER_YEAR / 2
TREND = "Mann-Kendall against AR(1) noise, statistics.trend; slope scipy.stats.theilslopes, of base-2 logarithms"
NOT_OPENNESS = "none: all artificial intelligence"
WINDOW = "December 2022, after ChatGPT came out, to the last month over by the day of evaluation"
UNIT = "doublings a year"
TOPICS = {"attention": "assistant", "control": "control"}


def _growth(name: str, estimand: str, plain: str, fast: float) -> Hypothesis:
    return Hypothesis(
        hypothesis_id=f"C01.{name}",
        role="primary" if name in ("tools", "attention") else "secondary",
        estimand=estimand,
        unit="months",
        estimation_window=WINDOW,
        outcome="monthly totals",
        openness_definition=NOT_OPENNESS,
        test_function=TREND,
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=fast,
        minimum_sample=24,
        null_hypothesis="it grows no faster than that" if fast == FAST else "it does not grow",
        verdict_rule="supports if the interval of the growth lies above two doublings in three years"
        if fast == FAST
        else "supports if the interval lies above 0 and growth reaches a quarter of a doubling a year; contradicts if "
        "the interval lies below a quarter",
        marks=Marks.threshold(FAST) if fast == FAST else Marks.smallest_effect(0.0, RISING, -RISING),
        grid=GRID if name == "tools" else {},
        plain=plain,
    )


HYPOTHESES = (
    _growth(
        "tools",
        "growth of the monthly downloads of four packages that call or run models",
        "downloads of software that calls or runs models grow by {estimate}",
        FAST,
    ),
    _growth(
        "attention",
        "growth of the monthly readers of encyclopaedia articles on assistants",
        "readers of articles on assistants grow by {estimate}",
        RISING,
    ),
    _growth(
        "architectures",
        "growth of the number of model architectures that transformers runs",
        "the designs of models that common software runs grow by {estimate}",
        FAST,
    ),
    _growth(
        "releases",
        "growth of the number of models released in a month",
        "models released in a month grow by {estimate}",
        FAST,
    ),
    Hypothesis(
        hypothesis_id="C01.control",
        role="falsification",
        estimand="growth of the monthly readers of articles on Instagram and WhatsApp",
        unit="months",
        estimation_window=WINDOW,
        outcome="monthly totals",
        openness_definition=NOT_OPENNESS,
        test_function=TREND,
        alternative="less",
        alpha=ALPHA,
        smallest_effect=RISING,
        minimum_sample=24,
        null_hypothesis="reading grows anyway",
        verdict_rule="contradicts if the interval lies above a quarter of a doubling a year: then the encyclopaedia is "
        "read more whatever the topic",
        marks=Marks.threshold(RISING),
    ),
)

PACKAGES = """
select month, package, pypi_download_count as amount
from marts.package_downloads_monthly
where month >= $first and last_day(month) <= $as_of and (not $then or observed_on <= $as_of)
order by month, package
"""
READERS = """
select month, topic, sum(pageview_count) as amount
from marts.attention_monthly
where month >= $first and last_day(month) <= $as_of and (not $then or observed_on <= $as_of)
group by month, topic
order by month, topic
"""
ARCHITECTURES = """
select month, architecture_count as amount
from marts.supported_architectures_monthly
where toolkit = 'transformers' and month >= $first and last_day(month) <= $as_of
order by month
"""
RELEASES = """
select cast(date_trunc('month', released_on) as date) as month, count(*) as amount
from marts.release
where released_on >= $first and last_day(released_on) <= $as_of and (not $then or known_on <= $as_of)
group by cast(date_trunc('month', released_on) as date)
order by month
"""


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """The growth of tools, attention and supply, and of reading as such."""

    def read(query: str, dated: bool = True) -> "pd.DataFrame":
        values: dict[str, object] = {"first": FIRST_ON, "as_of": as_of.date}
        return connection.execute(query, values | ({"then": as_of.clock == "then"} if dated else {})).df()

    packages, readers, releases = (read(query) for query in (PACKAGES, READERS, RELEASES))
    architectures = read(ARCHITECTURES, dated=False)
    tools = together(packages, SETS["all four"])
    topics = {name: readers[readers["topic"] == topic]["amount"].tolist() for name, topic in TOPICS.items()}
    estimates = (
        _answer(CLAIM.hypothesis("tools"), tools),
        _answer(CLAIM.hypothesis("attention"), topics["attention"]),
        _answer(CLAIM.hypothesis("architectures"), architectures["amount"].tolist()),
        _answer(CLAIM.hypothesis("releases"), releases["amount"].tolist()),
        _answer(CLAIM.hypothesis("control"), topics["control"]),
    )
    missing = [
        f"{what} ({len(values)} of 24 months on record by {as_of.date})"
        for what, values in (
            ("monthly downloads from PyPI: source package_downloads", tools),
            ("monthly readers of articles: source wikimedia_pageviews", topics["attention"]),
        )
        if len(values) < 24
    ]
    read_rows = fingerprint(packages, readers, architectures, releases)
    return Findings(estimates, read_rows, tuple(_specifications(packages)), tuple(missing))


def together(packages: "pd.DataFrame", names: Sequence[str]) -> list[float]:
    """Monthly downloads of some packages, over the months in which all of them are counted."""
    wide = packages[packages["package"].isin(list(names))].pivot(index="month", columns="package", values="amount")
    if not set(names) <= set(wide.columns):
        return []
    return [float(total) for total in wide.dropna().sum(axis=1)]


def growth(values: Sequence[float], level: float) -> statistics.Trend | None:
    """Doublings a year of a monthly series; None where it is too short or a month has nothing."""
    if len(values) < 4 or min(values) <= 0:
        return None
    found = statistics.trend([math.log2(value) for value in values], level)
    return None if found is None else statistics.Trend(found.slope.through(lambda slope: 12 * slope), found.p_value)


def _answer(hypothesis: Hypothesis, values: Sequence[float]) -> Estimate:
    level = 1 - hypothesis.alpha
    found = growth(values, level) if len(values) >= hypothesis.minimum_sample else None
    if found is None:
        return Estimate(hypothesis.hypothesis_id, UNIT, sample_size=len(values))
    slope = found.slope.estimate
    note = f"It doubles in {12 / slope:.0f} months." if slope > 0 else "It does not grow."
    # The test is of no growth at all, so it says nothing where another value decides.
    p_value = found.p_value if hypothesis.marks.null == 0.0 else None
    return Estimate.of(hypothesis.hypothesis_id, UNIT, found.slope, level, len(values), p_value, note=note)


def _specifications(packages: "pd.DataFrame") -> Iterator[Specification]:
    """The growth of each set of packages in each window."""
    hypothesis = CLAIM.hypothesis("tools")
    level = 1 - hypothesis.alpha
    for names, window in product(SETS, WINDOWS):
        values = together(packages, SETS[names])[-WINDOWS[window] :]
        found = growth(values, level) if len(values) >= 12 else None
        choices = {"packages": names, "window": window}
        if found is None:
            yield Specification(hypothesis.hypothesis_id, choices, None)
        else:
            answer = Estimate.of(hypothesis.hypothesis_id, UNIT, found.slope, level, len(values))
            yield Specification.of(choices, answer)


def draw_growth(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """What is held of growth, each series as a multiple of its first month."""
    import altair as alt

    chart = (
        alt.Chart(frame)
        .mark_line(strokeWidth=2)
        .encode(
            x=time_axis("month:T", None),
            y=alt.Y("multiple:Q", title="times the first month", scale=alt.Scale(type="log")),
            color=alt.Color("series:N", legend=alt.Legend(labelLimit=0, columns=1)),
            tooltip=["series:N", "month:T", alt.Tooltip("multiple:Q", format=".2f")],
        )
        .properties(width=WIDTH, height=280)
    )
    return styled(chart)


def draw_history(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The growth of each series as it stood on each day."""
    labels = {
        "C01.tools": "downloads of packages",
        "C01.attention": "readers of articles on assistants",
        "C01.architectures": "architectures that transformers runs",
        "C01.releases": "models released in a month",
    }
    return estimate_history(frame, labels, "doublings a year", {FAST: "doubles in 18 months"})


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The growth of downloads by set of packages and window."""
    return specification_curve(frame, "doublings a year", FAST, "doubles in 18 months")


CLAIM = Claim(
    claim_id="C01",
    slug="changing-life",
    title="Artificial intelligence changes life fast",
    question="Does the use of artificial intelligence grow so fast that it doubles within eighteen months?",
    statement="Artificial intelligence is no thing of the future any more: it changes how people live and work, fast.",
    essay_section="Opening",
    essay_paragraph=1,
    essay_phrase="an ever-present force in our lives",
    ceiling="mixed",
    floor="contradicted",
    limit_reason="downloads and readers are signs of use and not use; support needs surveys that ask people and firms "
    "the same question for years, and no source here publishes its answers.",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "Most downloads are made by machines that build software, and grow with it.",
        "Readers of an encyclopaedia are curious, not users; articles that were renamed start anew.",
        "Users that makers report of their own products are not counted: there are few reports, each counts otherwise.",
        "How many designs software runs and how many models come out measure supply, and both depend on who counts.",
        "Whether life changes is not measured by any of this.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "growth",
            "What grows, and how fast",
            "Each series as a multiple of its first month since December 2022, on a scale where equal steps are equal "
            "growth. Series that no source here has brought yet are absent.",
            """
with series as (
    select month, 'architectures that transformers runs' as series, cast(architecture_count as double) as amount
    from marts.supported_architectures_monthly
    where toolkit = 'transformers' and month >= date '2022-12-01'
    union all
    select month, 'downloads of packages', cast(sum(pypi_download_count) as double)
    from marts.package_downloads_monthly
    where package in ('openai', 'transformers', 'vllm', 'llama-cpp-python') and month >= date '2022-12-01'
    group by month
    union all
    select month, 'readers of articles on assistants', cast(sum(pageview_count) as double)
    from marts.attention_monthly
    where topic = 'assistant' and month >= date '2022-12-01'
    group by month
)
select month, series,
    amount / nullif(first_value(amount) over (partition by series order by month), 0) as multiple
from series
where amount > 0
order by series, month
""",
            draw_growth,
        ),
        Figure(
            "history",
            "Growth over time",
            "Doublings a year of each series, as it stood on each day, judged with today's evidence. Band: interval at "
            "the level that the verdict uses (99.4 %).",
            test_history_sql("C01.tools", "C01.attention", "C01.architectures", "C01.releases"),
            draw_history,
        ),
        Figure(
            "specifications",
            "Downloads counted in other ways",
            "Growth of the downloads of each set of packages, in each window.",
            specification_sql("C01.tools"),
            draw_specifications,
        ),
        verdicts_figure("C01"),
    ),
)
