"""C19: whether open AI benefits everyone, as who makes open models, what they cost and, once held, who uses them."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from pipeline.claims import statistics
from pipeline.claims.concentration import change_between_groups, effective_number, unbiased_herfindahl
from pipeline.claims.evidence import (
    DEFINITION_AXIS,
    DEFINITIONS,
    AsOf,
    by_definition,
    fingerprint,
    is_too_unknown,
    monthly_prices,
    releases,
)
from pipeline.claims.figure import (
    CLOSED,
    OPEN,
    WIDTH,
    colours,
    estimate_history,
    nothing_yet,
    specification_curve,
    specification_sql,
    styled,
    test_history_sql,
    time_axis,
    value_axis,
    verdicts_figure,
)
from pipeline.claims.findings import Estimate, Findings, Specification, combinations
from pipeline.claims.looks import ESSAY_ON
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks
from pipeline.claims.release_counts import CHECKPOINT, EVENT

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

ALPHA = 0.05 / LOOKS_PER_YEAR / 2
SETTINGS: Mapping[str, Any] = {
    "least_days_since_essay": 365,
    "catalogue": "openrouter",
    "rating_floor": 1250,
    "least_labs": 15,
}
Groups: TypeAlias = Sequence[Counter[str]]
"""The releases of each lab by country."""
UNIT, PRICE_UNIT = "on a scale from 0 to 1", "relative change of the price a month"
KNOWN, WITH_UNKNOWN = "left out", "each a country of its own"
LAB = "lab"
GRID_COUNTRIES = {
    "unit": (EVENT, CHECKPOINT, LAB),
    "window": ("12 months", "6 months"),
    "unknown countries": (KNOWN, WITH_UNKNOWN),
    DEFINITION_AXIS: DEFINITIONS,
}
GRID_PRICE = {
    "catalogue": ("openrouter", "litellm"),
    "good enough": ("1250", "1200", "1300"),
    "models": ("open weights", "all"),
}

HYPOTHESES = (
    Hypothesis(
        hypothesis_id="C19.countries",
        role="primary",
        estimand="change since May 2024 in how concentrated the making of open models is in few countries",
        unit="release events of open models with a known country on the smaller side",
        estimation_window="the twelve months to 2024-05-31, and to the day of evaluation",
        outcome="countries in which the makers have their headquarters",
        openness_definition="weights can be downloaded, under any licence",
        test_function="sum of n(n-1) over N(N-1) (Simpson 1949), now less May 2024; normal interval with the deviation "
        "over resamples of the labs with all their releases (arch.bootstrap.IndependentSamplesBootstrap)",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.02,
        minimum_sample=30,
        null_hypothesis="open models come from no more countries than in May 2024",
        verdict_rule="supports if the interval lies below 0 and the change reaches -.02, contradicts if the interval "
        "lies above -.02; a year must have passed, and 15 labs are needed on both sides; alpha is .05 a year, "
        "split over four looks and two hypotheses",
        marks=Marks.smallest_effect(null=0.0, effect=-0.02, opposite=0.02),
        grid=GRID_COUNTRIES,
        plain="the concentration of the making of open models in few countries changed by {estimate}",
    ),
    Hypothesis(
        hypothesis_id="C19.price",
        role="primary",
        estimand="change a month in the price of the cheapest good open model",
        unit="months with a price",
        estimation_window="all months by the day of evaluation",
        outcome="logarithm of the lowest price at OpenRouter of an open model rated 1250 or higher",
        openness_definition="weights can be downloaded, under any licence",
        test_function="Mann-Kendall against AR(1) noise, statistics.trend; slope scipy.stats.theilslopes",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.02,
        minimum_sample=24,
        null_hypothesis="it does not fall",
        verdict_rule="supports if the slope's interval lies below 0, the slope reaches -.02 and the trend test agrees; "
        "contradicts if the interval lies above -.02; alpha as for C19.countries",
        marks=Marks.smallest_effect(null=0.0, effect=-0.02, opposite=0.02),
        grid=GRID_PRICE,
        plain="the price of the cheapest good open model changes by {estimate} a month",
    ),
    Hypothesis(
        hypothesis_id="C19.use",
        role="secondary",
        estimand="change a quarter in the gap between rich and poor countries in the share of people who use AI",
        unit="readings",
        estimation_window="all readings by the day of evaluation",
        outcome="Microsoft's estimate of the share of people from 15 to 64 who use generative AI, in the Global North "
        "less in the Global South, on the last day of the period",
        openness_definition="none: use of any AI",
        test_function="scipy.stats.theilslopes of the gap on time in quarters (Sen 1968)",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0025,
        minimum_sample=6,
        null_hypothesis="the gap does not close",
        verdict_rule="supports if the interval lies below 0 and the gap closes by a quarter of a point a quarter, "
        "contradicts if the interval lies above -.0025; beside the verdict, as use of open models is not told apart",
        marks=Marks.smallest_effect(null=0.0, effect=-0.0025, opposite=0.0025),
        plain="the gap between rich and poor countries in the use of AI changes by {estimate} of the people a quarter",
    ),
)
USE = {
    "then": """
select ends_on, north_user_share - south_user_share as gap from marts.ai_use
where ends_on <= $as_of and known_on <= $as_of
order by ends_on
""",
    "hindsight": """
select ends_on, north_user_share - south_user_share as gap from marts.ai_use
where ends_on <= $as_of
order by ends_on
""",
}


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """Who makes open models, what the cheapest good one costs, and all specifications."""
    released = by_definition(releases, connection, as_of)
    prices = monthly_prices(connection, as_of)
    estimates, specifications = [], []
    for place, choices in enumerate(combinations(GRID_COUNTRIES)):
        frame = released[choices[DEFINITION_AXIS]]
        sides = [_countries(frame, choices, on) for on in (ESSAY_ON, as_of.date)]
        if place == 0:
            estimates.append(_change(sides, as_of.date))
        specifications.append(_country_specification(choices, sides, as_of.date))
    for place, choices in enumerate(combinations(GRID_PRICE)):
        answer = _price(prices, choices)
        if place == 0:
            estimates.append(answer)
        specifications.append(Specification.of(choices, answer))
    readings = connection.execute(USE[as_of.clock], {"as_of": as_of.date}).df()
    estimates.append(_use(readings))
    missing = _missing(estimates, as_of.date)
    read = fingerprint(*released.values(), prices, readings)
    return Findings(tuple(estimates), read, tuple(specifications), missing)


def _countries(released: "pd.DataFrame", choices: Mapping[str, str], on: date) -> list[Counter[str]]:
    """Open releases of the months up to a day by their makers' country, one group a lab."""
    import pandas as pd

    dated = pd.to_datetime(released["released_on"])
    start = pd.Timestamp(on) - pd.DateOffset(months=int(choices["window"].split()[0]))
    recent = released[(dated > start) & (dated <= pd.Timestamp(on))]
    if is_too_unknown(choices[DEFINITION_AXIS], recent):
        return []
    frame = recent[recent["weights_access"] == "open"]
    if choices["unit"] != CHECKPOINT:
        same = ["organisation_id", *(["released_on"] if choices["unit"] == EVENT else [])]
        known = frame["organisation_id"].notna()
        frame = pd.concat([frame[known].drop_duplicates(same), frame[~known]])
    told = frame[frame["country_code"].notna()]
    labs = told["organisation_id"].fillna(told["model_id"])
    groups = [Counter(own.to_list()) for _, own in told["country_code"].groupby(labs)]
    alone = len(frame) - len(told) if choices["unknown countries"] == WITH_UNKNOWN else 0
    return groups + [Counter([f"unknown {i}"]) for i in range(alone)]


def _total(groups: Groups) -> Counter[str]:
    return sum(groups, Counter[str]())


def _change(sides: Sequence[Groups], on: date) -> Estimate:
    hypothesis = CLAIM.hypothesis("countries")
    sizes, labs = [_total(side).total() for side in sides], min(map(len, sides))
    smaller, size = min(sizes), sum(sizes)
    if _is_early(on):
        note = f"A year must have passed since {ESSAY_ON}."
        return Estimate(hypothesis.hypothesis_id, UNIT, sample_size=size, gate_size=0, note=note)
    level = 1 - hypothesis.alpha
    found = change_between_groups(sides[0], sides[1], level)
    gate = smaller if labs >= SETTINGS["least_labs"] else min(smaller, labs)
    if found is None:
        note = "A side has no releases."
        return Estimate(hypothesis.hypothesis_id, UNIT, sample_size=size, gate_size=gate, note=note)
    note = f"In the year to May 2024: {_described(sides[0])}. In the last year: {_described(sides[1])}."
    return Estimate.of(hypothesis.hypothesis_id, UNIT, found, level, size, None, gate, note)


def _described(groups: Groups) -> str:
    counts = _total(groups)
    index = unbiased_herfindahl(list(counts.values())) or 0.0
    first = ", ".join(f"{country} {n / counts.total():.0%}" for country, n in counts.most_common(3))
    return (
        f"{counts.total()} by {len(groups)} labs of {len(counts)} countries, as concentrated as "
        f"{effective_number(index):.1f} equal ones, {first}"
    )


def _country_specification(choices: Mapping[str, str], sides: Sequence[Groups], on: date) -> Specification:
    """The change alone: an interval for each would cost much and decide nothing."""
    counts = [_total(side) for side in sides]
    indices = [unbiased_herfindahl(list(side.values())) for side in counts]
    size = sum(side.total() for side in counts)
    if _is_early(on) or indices[0] is None or indices[1] is None or min(s.total() for s in counts) < 10:
        return Specification("C19.countries", choices, None, sample_size=size)
    return Specification("C19.countries", choices, indices[1] - indices[0], sample_size=size)


def _is_early(on: date) -> bool:
    return (on - ESSAY_ON).days < int(SETTINGS["least_days_since_essay"])


@cache
def _trend(values: tuple[float, ...], level: float) -> statistics.Trend | None:
    """Cached, as both clocks often see the same prices."""
    return statistics.trend(values, level)


def _price(prices: "pd.DataFrame", choices: Mapping[str, str]) -> Estimate:
    """The trend of the lowest price of a model that is rated high enough, free ones left out."""
    hypothesis = CLAIM.hypothesis("price")
    frame = prices[(prices["catalogue"] == choices["catalogue"]) & (prices["blended_price_usd_per_mtok"] > 0)]
    frame = frame[frame["rating"] >= float(choices["good enough"])]
    if choices["models"] == "open weights":
        frame = frame[frame["weights_access"] == "open"]
    lowest = frame.groupby("month")["blended_price_usd_per_mtok"].min().sort_index()
    level = 1 - hypothesis.alpha
    trend = _trend(tuple(math.log(price) for price in lowest), level)
    if trend is None:
        note = f"{len(lowest)} months with a price."
        return Estimate(hypothesis.hypothesis_id, PRICE_UNIT, sample_size=len(lowest), note=note)
    note = (
        f"From {lowest.iloc[0]:.2f} dollars for a million tokens in {lowest.index[0]:%B %Y} to {lowest.iloc[-1]:.2f} "
        f"in {lowest.index[-1]:%B %Y}."
    )
    slope = trend.slope
    return Estimate.of(hypothesis.hypothesis_id, PRICE_UNIT, slope, level, len(lowest), trend.p_value, note=note)


def _use(readings: "pd.DataFrame") -> Estimate:
    """How the gap between north and south moves from reading to reading, which are not all as far apart."""
    import pandas as pd
    from scipy.stats import theilslopes

    hypothesis, unit = CLAIM.hypothesis("use"), "share of people, a quarter"
    gaps, size = readings["gap"], len(readings)
    if size < 3:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=size, note=f"{size} readings are held.")
    days = (pd.to_datetime(readings["ends_on"]) - pd.Timestamp(ESSAY_ON)).dt.days
    level = 1 - hypothesis.alpha
    slope, _, low, high = map(float, theilslopes(gaps, days / (365.25 / 4), alpha=level))
    note = (
        f"From {gaps.iloc[0]:.1%} of the people in {readings['ends_on'].iloc[0]:%B %Y} to {gaps.iloc[-1]:.1%} in "
        f"{readings['ends_on'].iloc[-1]:%B %Y}."
    )
    return Estimate.of(hypothesis.hypothesis_id, unit, statistics.Interval(slope, low, high), level, size, note=note)


def _missing(estimates: list[Estimate], on: date) -> tuple[str, ...]:
    lacking = ["a year since the essay's day"] if _is_early(on) else []
    found = {e.hypothesis_id: e for e in estimates}
    if found["C19.countries"].estimate is None and not _is_early(on):
        lacking.append(f"dated open releases with their makers' countries by {on} (sources helm_models, models_dev)")
    if found["C19.price"].sample_size < CLAIM.hypothesis("price").minimum_sample:
        lacking.append(f"months of prices of good open models by {on} (source openrouter_price_history)")
    use = CLAIM.hypothesis("use").minimum_sample - found["C19.use"].sample_size
    if use > 0:
        lacking.append(f"{use} more readings by {on} of who uses AI in rich and poor countries (reports of Microsoft)")
    lacking.append(f"incomes by country by {on} to hold prices against, which no source here has")
    return tuple(lacking)


def draw_countries(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Open release events by country, year by year, as shares."""
    import altair as alt

    if frame.empty:
        return nothing_yet()
    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("year:O", title="year of release", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("event_count:Q", title="share of open releases", stack="normalize", axis=alt.Axis(format="%")),
            color=alt.Color("country:N", title=None, sort=alt.EncodingSortField("country_place", op="min")),
            order=alt.Order("country_place:Q"),
            tooltip=["year:O", "country:N", "event_count:Q"],
        )
        .properties(width=WIDTH, height=220)
    )
    return styled(chart)


def draw_price(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The lowest price of a good open model, month by month."""
    import altair as alt

    if frame.empty:
        return nothing_yet()
    chart = (
        alt.Chart(frame)
        .mark_line(point=True, color=OPEN)
        .encode(
            x=time_axis("month:T", "month"),
            y=alt.Y(
                "floor_price_usd_per_mtok:Q",
                title="dollars for a million tokens",
                scale=alt.Scale(type="log"),
                axis=alt.Axis(format="~g"),
            ),
            tooltip=["month:T", "floor_price_usd_per_mtok:Q", "floor_model_id:N"],
        )
        .properties(width=WIDTH, height=200)
    )
    return styled(chart)


def draw_use(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The share of people who use AI in two halves of the world, reading by reading."""
    import altair as alt

    regions = {"Global North": OPEN, "Global South": CLOSED}
    chart = (
        alt.Chart(frame)
        .mark_line(point=True)
        .encode(
            x=alt.X("yearmonth(ends_on):O", title="last month of the period", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("user_share:Q", **value_axis("share of people", percent=True)),
            color=alt.Color("region:N", scale=colours(regions, frame["region"])),
            tooltip=["region:N", "ends_on:T", alt.Tooltip("user_share:Q", format=".1%")],
        )
        .properties(width=WIDTH, height=180)
    )
    return styled(chart)


def draw_estimates(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Both primary estimates as they stood on each day."""
    labels = {"C19.countries": "concentration in countries since May 2024", "C19.price": "price, change a month"}
    return estimate_history(frame, labels, "change", {0.0: "no change"})


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The change over countries under every choice."""
    return specification_curve(frame, "change of the index", 0.0, "as in May 2024")


CLAIM = Claim(
    claim_id="C19",
    slug="benefit-everyone",
    title="Open AI benefits everyone",
    question="Do open models come from more countries and cost less than when the essay was written?",
    statement="Open AI may be a benefit to everyone, wherever they live and whatever they can pay.",
    essay_section="Navigating Ethical Crossroads: Safety, Access, and the Future of AI",
    essay_paragraph=2,
    essay_phrase="benefit everyone",
    ceiling="mixed",
    floor="mixed",
    limit_reason="Benefit is use, and of who uses open AI in rich and in poor countries nothing is held: regular "
    "readings by country would lift this. Makers and prices are only its conditions, and use of any AI is "
    "not that of open AI.",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "Who makes models and what they cost is not who gains by them.",
        "Releases of one lab come from one country and are not independent, so that whole labs are drawn for the "
        "interval; those who release in both years are drawn twice, which widens it a little.",
        "Use by country is one company's estimate, from what its own systems send, of any AI and not of open models.",
        "Languages that open models speak, and use against incomes country by country, are not asked: no source here "
        "tells.",
        "A price falls alike for all; whether people can pay it depends on incomes, which are not held.",
        "Countries are those of the makers' headquarters; models of makers whose country is not known are left out.",
        "Makers from Vietnam and Thailand came into view in the year to May 2024 and hardly any since: a part of the "
        "change is in what catalogues evaluate.",
        "A change of the price is that of its logarithm, by which steep falls look a little steeper.",
        "Months without a reading of prices are skipped, so that a step can be more than a month.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "countries",
            "Where open models come from",
            "Release events with open weights by the makers' country, as shares of those with a known one.",
            """
with event as (
    select distinct organisation_id, released_on, country_code,
        cast(year(released_on) as integer) as year
    from marts.release
    where weights_access = 'open' and country_code is not null and released_on >= date '2022-01-01'
)
select year,
    case country_code when 'US' then 'United States' when 'CN' then 'China' when 'FR' then 'France' else 'others' end
        as country,
    count(*) as event_count,
    min(case country_code when 'US' then 1 when 'CN' then 2 when 'FR' then 3 else 4 end) as country_place
from event
group by year,
    case country_code when 'US' then 'United States' when 'CN' then 'China' when 'FR' then 'France' else 'others' end
order by year, country_place
""",
            draw_countries,
        ),
        Figure(
            "price",
            "The cheapest good open model",
            "Lowest price at OpenRouter of an open model rated 1250 or higher, input and output weighted three to one.",
            """
select month, floor_price_usd_per_mtok, floor_model_id
from marts.price_floor_monthly
where catalogue = 'openrouter' and rating_floor = 1250 and weights_access = 'open' and floor_price_usd_per_mtok > 0
order by month
""",
            draw_price,
        ),
        Figure(
            "use",
            "Who uses AI",
            "Share of people from 15 to 64 who use generative AI, by Microsoft's estimate, of any kind and not of open "
            "models alone.",
            """
select ends_on, 'Global North' as region, north_user_share as user_share from marts.ai_use
union all
select ends_on, 'Global South' as region, south_user_share as user_share from marts.ai_use
order by region, ends_on
""",
            draw_use,
        ),
        Figure(
            "estimates",
            "Broader and cheaper?",
            "Both measures as they stood on each day; below 0: more countries, lower prices. Bands: 99.4 % intervals.",
            test_history_sql("C19.countries", "C19.price"),
            draw_estimates,
        ),
        Figure(
            "specifications",
            "Concentration in countries under every choice",
            "One dot for each unit, window, way with unknown countries and definition of open.",
            specification_sql("C19.countries"),
            draw_specifications,
        ),
        verdicts_figure("C19"),
    ),
)
