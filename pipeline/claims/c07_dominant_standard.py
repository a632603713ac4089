"""C07: Meta's models become the dominant standard; what share of derivatives, downloads and tokens is theirs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.evidence import AsOf, fingerprint
from pipeline.claims.figure import (
    NEUTRAL,
    OPEN,
    WIDTH,
    colours,
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
from pipeline.claims.sensitivity import LABEL_ERROR, FlipRates, flip_rates
from pipeline.claims.verdict import decide

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

META, ELSEWHERE, UNKNOWN = "meta", "llama elsewhere", "unknown"
CHANNELS: Mapping[str, str] = {
    "derivatives": "new repositories on the Hub, by the root model they descend from",
    "downloads": "downloads of model families on the Hub",
    "tokens": "tokens processed through OpenRouter",
}
SOURCES: Mapping[str, str] = {
    "derivatives": "new derivatives on the Hub: source huggingface_repositories, the whole Hub, a capture of gigabytes",
    "downloads": "downloads of Hub families: source model_pulse_families",
    "tokens": "tokens at OpenRouter: source openrouter_rankings",
}
LEAST_AMOUNT: Mapping[str, float] = {"derivatives": 500.0, "downloads": 1_000_000.0, "tokens": 10.0}
"""A month with less in the whole channel is not counted."""
WINDOW_MONTHS = 12
SURE, PERHAPS = "what is surely Meta's", "with copies at others and what is not named"
GRID = {"counted": (SURE, PERHAPS), "window": ("last 12 months", "last 6 months", "all months")}
SETTINGS: Mapping[str, Any] = {
    "channels": CHANNELS,
    "least_amount": LEAST_AMOUNT,
    "window_months": WINDOW_MONTHS,
    "label_error": LABEL_ERROR,
}
ALPHA = 0.05 / LOOKS_PER_YEAR / len(CHANNELS)
DOMINANT = 0.5

HYPOTHESES = (
    *(
        Hypothesis(
            hypothesis_id=f"C07.{channel}",
            role="primary",
            estimand=f"Meta's share of {words}",
            unit="months",
            estimation_window="12 months to the day of evaluation, months over by then",
            outcome="mean of the monthly shares; copies of Llama at other authors, and tokens of models that are not "
            "named, may be Meta's: the interval reaches from none of them to all",
            openness_definition="none: whatever Meta's models come under",
            test_function="statistics.autocorrelated_mean over months (t of AR(1) noise, arch StationaryBootstrap)",
            alternative="greater",
            alpha=ALPHA,
            smallest_effect=0.0,
            minimum_sample=WINDOW_MONTHS,
            null_hypothesis="the share is one half or less",
            verdict_rule="dominant means one half: supports if the interval lies above it, contradicts if below; alpha "
            "is .05 a year, split over four looks and three channels",
            marks=Marks.threshold(DOMINANT),
            grid=GRID,
            plain=f"{{estimate}} of {words} go to Meta's models",
        )
        for channel, words in CHANNELS.items()
    ),
    Hypothesis(
        hypothesis_id="C07.architectures",
        role="secondary",
        estimand="share of Meta's own architectures among those that llama.cpp learnt to run",
        unit="architectures",
        estimation_window="24 months to the day of evaluation",
        outcome="architecture of the Llama family by its name, or another",
        openness_definition="none: what software can run",
        test_function="scipy.stats.binomtest; interval statsmodels proportion_confint(method='beta')",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=20,
        null_hypothesis="the share is one half or less",
        verdict_rule="supports if the interval lies above one half, contradicts if below: then makers bring designs of "
        "their own and do not build on Meta's",
        marks=Marks.threshold(DOMINANT),
    ),
    Hypothesis(
        hypothesis_id="C07.first",
        role="secondary",
        estimand="share of the last 12 months in which Meta had the largest share of new derivatives of any maker",
        unit="months",
        estimation_window="12 months to the day of evaluation, months over by then",
        outcome="shares as for C07.derivatives",
        openness_definition="none: whatever Meta's models come under",
        test_function="none: months are counted; the bounds leave copies at others out and count them",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=6,
        null_hypothesis="one half or less",
        verdict_rule="supports if Meta was first in most months, contradicts if in fewer",
        marks=Marks.threshold(DOMINANT),
    ),
)

SHARES = """
select channel, month, group_tag, amount, group_share
from marts.standard_share_monthly
where last_day(month) <= $as_of and (not $then or known_on <= $as_of)
order by channel, month, group_tag
"""
ARCHITECTURES = """
select architecture_tag, first_released_on, is_llama
from marts.new_architecture
where toolkit = 'gguf' and first_released_on <= $as_of
    and first_released_on > (select min(first_released_on) from marts.new_architecture where toolkit = 'gguf')
order by architecture_tag
"""


@dataclass(frozen=True)
class Month:
    """One month of one channel."""

    month: date
    total: float
    meta: float
    perhaps: float
    """Copies of Meta's models at other authors, and what is not named."""
    largest_other: float

    def share(self, counted: str) -> float:
        """Meta's share, with what may be its or without."""
        return (self.meta + (self.perhaps if counted == PERHAPS else 0.0)) / self.total


def months(shares: "pd.DataFrame", channel: str) -> list[Month]:
    """The months of a channel that have enough in them, in order."""
    import pandas as pd

    found = []
    for _, rows in shares[shares["channel"] == channel].groupby("month", sort=True):
        amounts = dict(zip(rows["group_tag"], rows["amount"], strict=True))
        total = float(sum(amounts.values()))
        rivals = [amount for group, amount in amounts.items() if group not in (META, ELSEWHERE, UNKNOWN, "others")]
        perhaps = amounts.get(ELSEWHERE, 0.0) + amounts.get(UNKNOWN, 0.0)
        month = pd.Timestamp(rows["month"].iloc[0]).date()
        if total >= LEAST_AMOUNT[channel]:
            found.append(Month(month, total, amounts.get(META, 0.0), perhaps, max(rivals, default=0.0)))
    return found


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """Meta's share in each channel, and of what toolkits learn to run."""
    import pandas as pd

    shares = connection.execute(SHARES, {"as_of": as_of.date, "then": as_of.clock == "then"}).df()
    architectures = connection.execute(ARCHITECTURES, {"as_of": as_of.date}).df()
    found = {channel: months(shares, channel) for channel in CHANNELS}
    estimates = [_share(CLAIM.hypothesis(channel), rows[-WINDOW_MONTHS:]) for channel, rows in found.items()]
    start = pd.Timestamp(as_of.date) - pd.DateOffset(months=24)
    estimates.append(_architectures(architectures[pd.to_datetime(architectures["first_released_on"]) > start]))
    estimates.append(_first(found["derivatives"][-WINDOW_MONTHS:]))
    missing = tuple(
        f"{SOURCES[channel]} ({len(rows)} of {WINDOW_MONTHS} months on record by {as_of.date})"
        for channel, rows in found.items()
        if len(rows) < WINDOW_MONTHS
    )
    return Findings(tuple(estimates), fingerprint(shares, architectures), tuple(_specifications(found)), missing)


def _share(hypothesis: Hypothesis, window: Sequence[Month]) -> Estimate:
    answer = _answer(hypothesis, *([month.share(counted) for month in window] for counted in GRID["counted"]))
    if answer.estimate is None:
        return answer

    def flips() -> FlipRates:
        return flip_rates(
            decide(hypothesis, answer),
            lambda error: _relabelled(window, error),
            lambda drawn: decide(hypothesis, _answer(hypothesis, *drawn)),
        )

    return replace(answer, flips=flips, note=f"{window[0].month:%Y-%m} to {window[-1].month:%Y-%m}.")


def _answer(hypothesis: Hypothesis, low: Sequence[float], high: Sequence[float]) -> Estimate:
    """The mean of what is surely Meta's, its interval from the lower end of that to the upper of what may be."""
    level, unit, size = 1 - hypothesis.alpha, "share", len(low)
    sure, most = (statistics.autocorrelated_mean(values, level, (0, 1)) for values in (low, high))
    if sure is None or most is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=size)
    found = statistics.Interval(sure.estimate, min(sure.low, most.low), max(sure.high, most.high))
    return Estimate.of(hypothesis.hypothesis_id, unit, found, level, size)


def _relabelled(window: Sequence[Month], error: float) -> Iterator[tuple[tuple[float, ...], tuple[float, ...]]]:
    """The monthly shares after each unit is given to the wrong side with probability `error`.

    With the thousands of units of a month the share moves as expected and hardly otherwise, so one draw is enough.
    """
    sure, most = (
        tuple(share + error * (1 - 2 * share) for share in (month.share(counted) for month in window))
        for counted in GRID["counted"]
    )
    yield sure, most


def _architectures(new: "pd.DataFrame") -> Estimate:
    hypothesis = CLAIM.hypothesis("architectures")
    level = 1 - hypothesis.alpha
    if new.empty:
        return Estimate(hypothesis.hypothesis_id, "share", note="No new architecture.")
    llamas = int(new["is_llama"].sum())
    share = statistics.proportion(llamas, len(new), level)
    p_value = statistics.proportion_p_value(llamas, len(new), hypothesis.marks.null, hypothesis.alternative)
    note = f"{llamas} of {len(new)} new ones are Llama's."
    return Estimate.of(hypothesis.hypothesis_id, "share", share, level, len(new), p_value, note=note)


def _first(window: Sequence[Month]) -> Estimate:
    hypothesis = CLAIM.hypothesis("first")
    if not window:
        return Estimate(hypothesis.hypothesis_id, "share of months")
    low, high = (
        sum(month.share(counted) * month.total > month.largest_other for month in window) / len(window)
        for counted in GRID["counted"]
    )
    bounds = statistics.Interval(low, low, high)
    return Estimate.of(hypothesis.hypothesis_id, "share of months", bounds, None, len(window))


def _specifications(found: Mapping[str, Sequence[Month]]) -> Iterator[Specification]:
    """The mean share in each channel over each window, with and without what may be Meta's."""
    for channel, rows in found.items():
        hypothesis = CLAIM.hypothesis(channel)
        for counted in GRID["counted"]:
            for window, length in zip(GRID["window"], (12, 6, len(rows)), strict=True):
                part = [month.share(counted) for month in rows[-length:]] if len(rows) >= length > 0 else []
                choices = {"counted": counted, "window": window}
                mean = sum(part) / len(part) if part else None
                yield Specification(hypothesis.hypothesis_id, choices, mean, sample_size=len(part))


def draw_shares(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Shares of the largest makers in each channel, month by month."""
    import altair as alt

    chart = (
        alt.Chart(frame)
        .mark_line(strokeWidth=2)
        .encode(
            x=time_axis("month:T", None),
            y=alt.Y("group_share:Q", title="share", axis=alt.Axis(format="%")),
            color=alt.Color("group_tag:N"),
            tooltip=["channel:N", "month:T", "group_tag:N", alt.Tooltip("group_share:Q", format=".1%")],
        )
        .properties(width=WIDTH, height=150)
        .facet(facet=alt.Facet("channel:N"), columns=1)
    )
    return styled(chart)


def draw_architectures(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """New architectures in each half-year, Llama's apart."""
    import altair as alt

    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("half_year:N", title="half-year of the first release that runs it", axis=alt.Axis(labelAngle=-40)),
            y=alt.Y("architecture_count:Q", title="new architectures"),
            color=alt.Color("whose:N", scale=colours({"Llama": OPEN, "others": NEUTRAL}, frame["whose"])),
            tooltip=["toolkit:N", "half_year:N", "whose:N", "architecture_count:Q", "examples:N"],
        )
        .properties(width=WIDTH, height=140)
        .facet(facet=alt.Facet("toolkit:N"), columns=1)
    )
    return styled(chart)


def draw_history(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Meta's share in each channel as it stood on each day."""
    labels = {f"C07.{channel}": words for channel, words in CHANNELS.items()}
    labels["C07.architectures"] = "new architectures in llama.cpp"
    return estimate_history(frame, labels, "share", {DOMINANT: "one half"}, percent=True)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Meta's share of derivatives under every choice."""
    return specification_curve(frame, "share of derivatives", DOMINANT, "one half", percent=True)


CLAIM = Claim(
    claim_id="C07",
    slug="dominant-standard",
    title="Meta's models become the standard",
    question="Do most people who build on open models build on Meta's?",
    statement="By giving its models away Meta makes its technology the dominant standard.",
    essay_section="The Power of Open Source: Sharing the Future of AI?",
    essay_paragraph=1,
    essay_phrase="the dominant standard",
    ceiling="supported",
    floor="contradicted",
    limit_reason="",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "Dominant is taken as one half. A standard can also be a format or an interface, which is not counted here.",
        "What a repository was made from is declared by its uploader; what was deleted is not counted.",
        "Copies of Llama at other authors exist because of its gate: they are left out of the estimate and counted in "
        "the upper bound.",
        "Downloads are mostly automatic. Tokens are those of one router, whose users choose it; it names only the "
        "models used most, and the rest, which may be Meta's, is counted in the upper bound.",
        "Models that keep Llama's architecture under another name are not seen by counting architectures.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "shares",
            "Shares of derivatives, downloads and tokens",
            "Makers that ever had a tenth of a channel, month by month.",
            """
select channel, month, group_tag, group_share
from marts.standard_share_monthly
where group_tag <> 'others' and group_tag in (
    select group_tag from marts.standard_share_monthly where group_share >= 0.1 or group_tag = 'meta'
)
order by channel, group_tag, month
""",
            draw_shares,
        ),
        Figure(
            "architectures",
            "What software learnt to run",
            "Model architectures that llama.cpp (gguf) and transformers could run for the first time, by half-year. "
            "The first kept release of each is left out.",
            """
with began as (
    select toolkit, min(first_released_on) as first_on from marts.new_architecture group by toolkit
)
select new.toolkit,
    concat(year(new.first_released_on), case when month(new.first_released_on) <= 6 then ' H1' else ' H2' end)
        as half_year,
    case when new.is_llama then 'Llama' else 'others' end as whose, count(*) as architecture_count,
    string_agg(new.architecture_tag, ', ' order by new.first_released_on, new.architecture_tag) as examples
from marts.new_architecture as new
inner join began on new.toolkit = began.toolkit and new.first_released_on > began.first_on
group by new.toolkit,
    concat(year(new.first_released_on), case when month(new.first_released_on) <= 6 then ' H1' else ' H2' end),
    case when new.is_llama then 'Llama' else 'others' end
order by new.toolkit, half_year, whose
""",
            draw_architectures,
        ),
        Figure(
            "history",
            "Meta's share over time",
            "As it stood on each day, judged with today's evidence. Band: interval at the level that the verdict uses "
            "(99.6 %), from what is surely Meta's to what may be.",
            test_history_sql(*(f"C07.{channel}" for channel in CHANNELS), "C07.architectures"),
            draw_history,
        ),
        Figure(
            "specifications",
            "The share of derivatives counted in other ways",
            "One dot for each number of months, and for counting copies of Llama at other authors as Meta's or not.",
            specification_sql("C07.derivatives"),
            draw_specifications,
        ),
        verdicts_figure("C07"),
    ),
)
