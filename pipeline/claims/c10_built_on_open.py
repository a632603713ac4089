"""C10: whether most applications run on open models, as the open share of tokens in each channel that can be seen."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.evidence import (
    DEFINITION_AXIS,
    DEFINITIONS,
    UNKNOWN_LIMIT,
    AsOf,
    fingerprint,
    monthly_prices,
)
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
    time_axis,
    verdicts_figure,
)
from pipeline.claims.findings import Estimate, Findings, Specification, combinations
from pipeline.claims.package_shares import open_tooling_shares, package_downloads
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks
from pipeline.claims.sensitivity import LABEL_ERROR, FlipRates, flip_rates
from pipeline.claims.statistics import SEED, Interval
from pipeline.claims.token_shares import token_shares
from pipeline.claims.verdict import decide

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

CHANNELS: Mapping[str, str] = {"openrouter": "OpenRouter", "vercel": "Vercel's AI Gateway"}
SOURCES: Mapping[str, str] = {"openrouter": "openrouter_rankings", "vercel": "vercel_gateway_leaderboard"}
ALPHA = 0.05 / LOOKS_PER_YEAR
SETTINGS: Mapping[str, Any] = {
    "channels": CHANNELS,
    "window_weeks": 52,
    "window_months": 24,
    "full_week_days": 5,
    "label_error": LABEL_ERROR,
    "draws": 100,
}
UNKNOWN_AS = ("left out", "as open", "as closed")
GRID = {
    "channel": tuple(CHANNELS),
    "unknown weights": UNKNOWN_AS,
    "window": ("last 52 weeks", "last 26 weeks"),
    DEFINITION_AXIS: DEFINITIONS,
}
WEEKLY = (
    "statistics.autocorrelated_mean over weeks (t of AR(1) noise, arch StationaryBootstrap); the "
    "interval is widened to what it is with all unknown weights closed and with all of them open"
)


def _channel(channel: str, name: str) -> Hypothesis:
    first = channel == next(iter(CHANNELS))
    return Hypothesis(
        hypothesis_id=f"C10.{channel}",
        role="primary" if first else "secondary",
        estimand=f"share of the tokens at {name} that goes to open models",
        unit="weeks with at least five days",
        estimation_window="the last 52 weeks by the day of evaluation",
        outcome="tokens to models with open weights, over those to models with known weights",
        openness_definition="weights can be downloaded, under any licence",
        test_function=WEEKLY,
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=26,
        null_hypothesis="open models have half of it or less",
        verdict_rule="supports if the widened interval lies above one half, contradicts if it lies below; alpha is .05 "
        "a year, split over four looks; channels are never pooled: the other is among the specifications of the "
        "first, so that the claim is mixed where they disagree",
        marks=Marks.threshold(0.5),
        grid=GRID if first else {},
        plain=f"at {name} open models have {{estimate}} of the tokens",
    )


HYPOTHESES = (
    *(_channel(channel, name) for channel, name in CHANNELS.items()),
    Hypothesis(
        hypothesis_id="C10.paid",
        role="secondary",
        estimand="share of what the tokens at OpenRouter cost at list prices that goes to open models",
        unit="weeks with at least five days",
        estimation_window="the last 52 weeks by the day of evaluation",
        outcome="tokens times the model's lowest list price above zero in the newest month priced by the day of use, "
        "free variants at nothing; tokens without a price at the day's mean price and unknown weights",
        openness_definition="weights can be downloaded, under any licence",
        test_function=WEEKLY,
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=26,
        null_hypothesis="open models have half of it or less",
        verdict_rule="supports if the widened interval lies above one half, contradicts if it lies below; money in "
        "place of tokens, not part of the verdict",
        marks=Marks.threshold(0.5),
        plain="of what the tokens at OpenRouter cost, {estimate} goes to open models",
    ),
    Hypothesis(
        hypothesis_id="C10.packages",
        role="secondary",
        estimand="share of open tooling in downloads of open tooling and closed labs' clients",
        unit="months",
        estimation_window="the last 24 months by the day of evaluation",
        outcome="downloads from PyPI of packages that run open weights, over those and the clients of closed labs",
        openness_definition="tools under an open licence that run models which can be downloaded",
        test_function="statistics.autocorrelated_mean over months (t of AR(1) noise, arch StationaryBootstrap)",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=12,
        null_hypothesis="half of the downloads or less",
        verdict_rule="supports if the interval lies above one half, contradicts if it lies below; machines that build "
        "software count over and over, and a client may call open models too: not part of the verdict",
        marks=Marks.threshold(0.5),
        plain="of the downloads of packages to run or call models, {estimate} are of packages that run open ones",
    ),
    Hypothesis(
        hypothesis_id="C10.offered",
        role="secondary",
        estimand="share of the models on sale at OpenRouter that are open",
        unit="models with known weights",
        estimation_window="the last month with prices by the day of evaluation",
        outcome="models with a price, whatever their use",
        openness_definition="weights can be downloaded, under any licence",
        test_function="scipy.stats.binomtest; interval statsmodels proportion_confint(method='beta')",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=30,
        null_hypothesis="half of what is on sale or less is open",
        verdict_rule="supports if the exact interval lies above one half, contradicts if it lies below; what is on "
        "sale, not what is used",
        marks=Marks.threshold(0.5),
        plain="of the models on sale at OpenRouter, {estimate} are open",
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """The open share of each channel, what is on sale, and all specifications."""
    import pandas as pd

    frames: dict[str, pd.DataFrame] = {d: token_shares(connection, as_of, d) for d in DEFINITIONS}
    prices = monthly_prices(connection, as_of)
    weekly = {(c, d): _weekly(frame, c) for c, (d, frame) in product(CHANNELS, frames.items())}
    estimates, missing = [], []
    for channel, name in CHANNELS.items():
        hypothesis = CLAIM.hypothesis(channel)
        answer = _headline(hypothesis, weekly[channel, DEFINITIONS[0]])
        estimates.append(_with_flips(hypothesis, answer, frames[DEFINITIONS[0]], channel))
        if answer.sample_size < hypothesis.minimum_sample:
            lack = hypothesis.minimum_sample - answer.sample_size
            missing.append(
                f"{lack} more weeks of tokens at {name} by {as_of.date} (source {SOURCES[channel]}, "
                f"{answer.sample_size} held)"
            )
    specifications = [
        _specification(weekly[c["channel"], c[DEFINITION_AXIS]], weekly[c["channel"], DEFINITIONS[0]], c)
        for c in combinations(GRID)
    ]
    downloads = package_downloads(connection, as_of)
    paid = _weekly(at_list_prices(frames[DEFINITIONS[0]], prices), "openrouter")
    estimates += [
        _headline(CLAIM.hypothesis("paid"), paid, "share of the cost"),
        _packages(downloads),
        _offered(prices, as_of.date),
    ]
    read = fingerprint(*frames.values(), prices, downloads)
    return Findings(tuple(estimates), read, tuple(specifications), tuple(missing))


def at_list_prices(tokens: "pd.DataFrame", prices: "pd.DataFrame") -> "pd.DataFrame":
    """OpenRouter's tokens with their shares of each day's cost in place of their shares of its tokens."""
    import pandas as pd

    own = tokens[tokens["channel"] == "openrouter"].sort_values("used_on").astype({"model_id": object})
    listed = prices[(prices["catalogue"] == "openrouter") & (prices["blended_price_usd_per_mtok"] > 0)]
    price = listed.groupby(["model_id", "month"], as_index=False)["blended_price_usd_per_mtok"].min()
    price = price.assign(month=pd.to_datetime(price["month"]).astype(own["used_on"].dtype)).sort_values("month")
    found = pd.merge_asof(own, price.astype({"model_id": object}), left_on="used_on", right_on="month", by="model_id")
    found["price"] = found["blended_price_usd_per_mtok"].mask(found["name_tag"].str.endswith(":free"), 0.0)
    priced = found[found["price"].notna()]
    day_cost = (priced["token_share"] * priced["price"]).groupby(priced["used_on"]).sum()
    mean = found["used_on"].map(day_cost / priced.groupby("used_on")["token_share"].sum())
    cost = found["token_share"] * found["price"].fillna(mean)
    return found.assign(
        token_share=cost / cost.groupby(found["used_on"]).transform("sum"),
        weights_access=found["weights_access"].where(found["price"].notna(), "unknown"),
    ).dropna(subset=["token_share"])


def _weekly(tokens: "pd.DataFrame", channel: str) -> "pd.DataFrame":
    """Mean shares of a channel's tokens by week and weights, in the columns open, closed and unknown."""
    daily = _daily(tokens[tokens["channel"] == channel], ["weights_access"])
    daily = daily.reindex(columns=["open", "closed", "unknown"]).fillna(0.0)
    # What is in none of the rows is not known either.
    daily["unknown"] += (1 - daily.sum(axis=1)).clip(lower=0)
    return _full_weeks(daily)


def _daily(own: "pd.DataFrame", by: list[str]) -> "pd.DataFrame":
    """Shares of each day's tokens, a column for each kind of row."""
    return own.pivot_table(index="used_on", columns=by, values="token_share", aggfunc="sum").fillna(0.0)


def _full_weeks(daily: "pd.DataFrame") -> "pd.DataFrame":
    """Means over the days of each week that has enough of them."""
    import pandas as pd

    if daily.empty:
        return daily
    weeks = daily.groupby(pd.DatetimeIndex(daily.index).to_period("W"))
    means: pd.DataFrame = weeks.mean()[weeks.size() >= SETTINGS["full_week_days"]]
    return means


def _open_share(weekly: "pd.DataFrame", unknown: str) -> tuple[float, ...]:
    """The open share of each week with its unknown part left out, as open or as closed."""
    if unknown == "left out":
        known = weekly["open"] + weekly["closed"]
        return tuple((weekly["open"] / known.where(known > 0)).dropna())
    return tuple(weekly["open"] + (weekly["unknown"] if unknown == "as open" else 0.0))


@cache
def _mean(values: tuple[float, ...], level: float) -> Interval | None:
    """Cached, as most days of evaluation see the same weeks."""
    return statistics.autocorrelated_mean(values, level, (0, 1))


def _headline(hypothesis: Hypothesis, weekly: "pd.DataFrame", unit: str = "share of tokens") -> Estimate:
    """The mean over weeks, with an interval that holds whatever the unknown part is."""
    window = weekly.iloc[-SETTINGS["window_weeks"] :]
    size = len(window)
    level = 1 - hypothesis.alpha
    found = {way: _mean(_open_share(window, way), level) if size else None for way in UNKNOWN_AS}
    known, most, least = (found[way] for way in UNKNOWN_AS)
    if known is None or most is None or least is None:
        note = f"{size} full weeks are held."
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=size, note=note)
    widened = Interval(known.estimate, min(known.low, least.low), max(known.high, most.high))
    note = f"In the last week {window['open'].iloc[-1]:.0%} open, {window['unknown'].iloc[-1]:.0%} unknown."
    return Estimate.of(hypothesis.hypothesis_id, unit, widened, level, size, note=note)


def _with_flips(hypothesis: Hypothesis, answer: Estimate, tokens: "pd.DataFrame", channel: str) -> Estimate:
    """The answer with a way to find how often wrong labels of names would change it.

    Each draw moves the interval as far as it moves the mean; drawing it anew would cost a minute and show no more.
    """
    import numpy as np
    import pandas as pd

    def relabel(error: float) -> "Iterator[float]":
        own = tokens[tokens["channel"] == channel]
        names = own["name_tag"].unique()
        # Shares of a week are sums over names, so each name's part is worked out once.
        parts = _full_weeks(_daily(own, ["name_tag", "weights_access"])).iloc[-SETTINGS["window_weeks"] :]
        place = pd.Index(names).get_indexer(parts.columns.get_level_values("name_tag"))
        access, values = parts.columns.get_level_values("weights_access"), parts.to_numpy()
        is_open, is_known = access == "open", access != "unknown"
        known = values @ is_known
        rng = np.random.default_rng(SEED)
        for _ in range(SETTINGS["draws"]):
            now_open = is_known & (is_open ^ (rng.random(len(names)) < error)[place])
            yield float(np.mean((values @ now_open)[known > 0] / known[known > 0]))

    def moved(mean: float) -> Estimate:
        ends = (answer.interval_low, answer.interval_high, answer.estimate)
        low, high, found = (0.0 if end is None else end for end in ends)
        return replace(answer, estimate=mean, interval_low=low + mean - found, interval_high=high + mean - found)

    def flips() -> FlipRates:
        return flip_rates(decide(hypothesis, answer), relabel, lambda mean: decide(hypothesis, moved(mean)))

    return replace(answer, flips=flips)


def _specification(weekly: "pd.DataFrame", widest: "pd.DataFrame", choices: Mapping[str, str]) -> Specification:
    """The open share with these choices; none where a strict definition knows too little of what is open at all."""
    last = slice(-int(choices["window"].split()[1]), None)
    window, most = weekly.iloc[last], widest.iloc[last]
    shares = _open_share(window, choices["unknown weights"]) if len(window) else ()
    untold = (window["unknown"] - most["unknown"]).mean()
    if not shares or untold > UNKNOWN_LIMIT * most["open"].mean():
        return Specification("C10.openrouter", choices, None, sample_size=len(window))
    return Specification("C10.openrouter", choices, sum(shares) / len(shares), sample_size=len(shares))


def _packages(downloads: "pd.DataFrame") -> Estimate:
    hypothesis = CLAIM.hypothesis("packages")
    shares = open_tooling_shares(downloads, SETTINGS["window_months"])
    level = 1 - hypothesis.alpha
    mean = _mean(tuple(shares), level)
    if mean is None:
        return Estimate(hypothesis.hypothesis_id, "share of downloads", sample_size=len(shares))
    return Estimate.of(hypothesis.hypothesis_id, "share of downloads", mean, level, len(shares))


def _offered(prices: "pd.DataFrame", on: date) -> Estimate:
    hypothesis = CLAIM.hypothesis("offered")
    frame = prices[(prices["catalogue"] == "openrouter") & prices["model_id"].notna()]
    if frame.empty:
        return Estimate(hypothesis.hypothesis_id, "share of models", note=f"No prices by {on}.")
    last = frame["month"].max()
    now = frame[frame["month"] == last].drop_duplicates("model_id")["weights_access"]
    opened, known = int((now == "open").sum()), int((now != "unknown").sum())
    note = f"{opened} of {known} in {last:%B %Y}, {len(now) - known} more unknown."
    if not known:
        return Estimate(hypothesis.hypothesis_id, "share of models", note=note)
    level = 1 - hypothesis.alpha
    share = statistics.proportion(opened, known, level)
    p_value = statistics.proportion_p_value(opened, known, 0.5, "greater")
    return Estimate.of(hypothesis.hypothesis_id, "share of models", share, level, known, p_value, note=note)


def draw_shares(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Each channel's tokens by weights, week by week."""
    import altair as alt

    if frame.empty:
        return nothing_yet()
    frame = frame.assign(panel=frame["channel"].map(CHANNELS))
    chart = (
        alt.Chart(frame)
        .mark_area()
        .encode(
            x=time_axis("week:T", "week"),
            y=alt.Y("token_share:Q", title="share of tokens", stack=True, axis=alt.Axis(format="%")),
            color=alt.Color("weights_access:N", scale=colours(ACCESS_COLOURS, frame["weights_access"])),
            order=alt.Order("weights_access:N", sort="descending"),
            tooltip=["week:T", "weights_access:N", alt.Tooltip("token_share:Q", format=".0%")],
        )
        .properties(width=WIDTH, height=150)
        .facet(facet=alt.Facet("panel:N"), columns=1)
    )
    return styled(chart)


def draw_offered(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The open share of what each channel carries and of what is on sale, as it stood on each day."""
    labels = {f"C10.{channel}": f"tokens at {name}" for channel, name in CHANNELS.items()}
    labels |= {"C10.paid": "cost of the tokens at OpenRouter", "C10.packages": "downloads of packages"}
    labels |= {"C10.offered": "models on sale"}
    return estimate_history(frame, labels, "open share", {0.5: "one half"}, percent=True)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The open share under every choice."""
    return specification_curve(frame, "open share of tokens", 0.5, "one half", percent=True)


CLAIM = Claim(
    claim_id="C10",
    slug="built-on-open",
    title="Most applications are built on open models",
    question="Do most applications that use AI run on models whose weights anybody can download?",
    statement="As most software is built on open code, most applications of AI would come to be built on open models.",
    essay_section="The Power of Open Source: Sharing the Future of AI?",
    essay_paragraph=2,
    essay_phrase="most applications are built on open-source",
    ceiling="supported",
    floor="contradicted",
    limit_reason="What is said holds for developers at these gateways: nobody publishes what goes straight to the "
    "labs, or what companies run on their own computers.",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "Two gateways are seen, each with customers of its own: developers at OpenRouter like cheap and free models, "
        "those at Vercel's build for the web. They are never added up.",
        "Tokens are not applications: programs that work in long loops use far more than a chat does.",
        "Downloads of packages are described, too: they count builds, not applications. Surveys of companies stand "
        "among the published figures; their answers are not held, and are not tested.",
        "Use that goes straight to a lab, mostly closed, and use on one's own computers, all open, is seen nowhere.",
        "At Vercel's only shares of labs are complete: a lab counts as what nine in ten of its models are; one that "
        "makes both kinds stays unknown, and bounds the answer on both sides.",
        "OpenRouter's tables hold thirty days each, so weeks before the first capture are lost without a key.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "tokens",
            "Whose weights the tokens go to",
            "Share of each gateway's tokens by whether the weights can be downloaded, by week. Grey: not known, and "
            "labs that make both kinds. Empty until the gateways are captured.",
            """
with day as (
    select channel, used_on, weights_access, sum(token_share) as token_share
    from marts.token_share_daily
    group by channel, used_on, weights_access
)
select channel, cast(date_trunc('week', used_on) as date) as week, weights_access, avg(token_share) as token_share
from day
group by channel, cast(date_trunc('week', used_on) as date), weights_access
order by channel, week, weights_access
""",
            draw_shares,
        ),
        Figure(
            "offered",
            "The open share over time",
            "Of tokens at each gateway, what they cost, package downloads and models on sale, as it stood on each day. "
            "Bands: 98.8 % intervals, for tokens and cost widened by what is unknown.",
            test_history_sql(*(f"C10.{name}" for name in (*CHANNELS, "paid", "packages", "offered"))),
            draw_offered,
        ),
        Figure(
            "specifications",
            "The open share under every choice",
            "One dot for each channel, way with unknown weights, window and definition of open. Empty until one is "
            "captured.",
            specification_sql("C10.openrouter"),
            draw_specifications,
        ),
        verdicts_figure("C10"),
    ),
)
