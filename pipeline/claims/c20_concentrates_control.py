"""C20: whether control over AI is in fewer hands than in May 2024, by the same measure in several layers."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from pipeline.claims import statistics
from pipeline.claims.concentration import (
    change_of_concentration,
    change_of_weights,
    effective_number,
    herfindahl,
    top_share,
    unbiased_herfindahl,
)
from pipeline.claims.evidence import (
    DEFINITION_AXIS,
    DEFINITIONS,
    HEADLINE_BOARD,
    AsOf,
    by_definition,
    fingerprint,
    is_too_unknown,
    monthly_prices,
    rated_releases,
    releases,
)
from pipeline.claims.figure import (
    UNKNOWN,
    WIDTH,
    estimate_history,
    nothing_yet,
    specification_curve,
    specification_sql,
    styled,
    test_history_sql,
    verdicts_figure,
)
from pipeline.claims.findings import Estimate, Findings, Specification, combinations
from pipeline.claims.large_models import large_models
from pipeline.claims.looks import ESSAY_ON
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks, Role
from pipeline.claims.release_counts import CHECKPOINT, EVENT
from pipeline.claims.token_shares import token_shares

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

Counts: TypeAlias = Counter[str]
"""Models or releases by maker."""

LAYERS = ("frontier", "offered", "released")
ALPHA = 0.05 / LOOKS_PER_YEAR / len(LAYERS)
SETTINGS: Mapping[str, Any] = {
    "board": HEADLINE_BOARD,
    "least_days_since_essay": 365,
    "oldest_listing_days": 100,
    "concentrated": 0.18,
}
LEFT_OUT, OWN = "left out", "each a maker of its own"
EVERY, OPEN_ONLY = "all", "open weights"
GRID_FRONTIER = {"models in view": ("20 best", "10 best", "40 best"), DEFINITION_AXIS: DEFINITIONS}
GRID_OFFERED = {
    "catalogue": ("openrouter", "litellm"),
    "models": (EVERY, OPEN_ONLY),
    "unknown makers": (LEFT_OUT, OWN),
}
GRID_RELEASED = {
    "unit": (EVENT, CHECKPOINT),
    "models": (EVERY, OPEN_ONLY),
    "window": ("12 months", "6 months"),
    "unknown makers": (LEFT_OUT, OWN),
}
WITHOUT_LARGEST = "without the largest"
GRID_DOWNLOADS = {"counted for": ("author", "family"), "largest": ("with the largest", WITHOUT_LARGEST)}
"""The author who uploaded, or the one whose base model the family is named after."""
UNIT = "on a scale from 0 to 1"
INDEX_TEST = (
    "sum of n(n-1) over N(N-1) (Simpson 1949), now less May 2024; normal interval with the deviation over multinomial "
    "resamples"
)


def _layer(
    name: str, size: int, grid: Mapping[str, tuple[str, ...]], plain: str, role: Role = "primary", **words: Any
) -> Hypothesis:
    return Hypothesis(
        hypothesis_id=f"C20.{name}",
        role=role,
        test_function=INDEX_TEST,
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.02,
        minimum_sample=size,
        null_hypothesis="it is in no fewer hands than in May 2024",
        verdict_rule="supports if the interval lies above 0 and the change reaches .02, contradicts if the interval "
        "lies below .02; a year must have passed; alpha is .05 a year, split over four looks and three layers",
        marks=Marks.smallest_effect(null=0.0, effect=0.02, opposite=-0.02),
        grid=grid,
        plain=plain,
        **words,
    )


HYPOTHESES = (
    _layer(
        "frontier",
        10,
        GRID_FRONTIER,
        "the concentration of the twenty best open models in the hands of few makers changed by {estimate}",
        estimand="change since May 2024 in how concentrated the best open models are in the hands of their makers",
        unit="models on the smaller side",
        estimation_window="the twenty best-rated open models out by 2024-05-31, and by the day of evaluation",
        outcome="makers of the models",
        openness_definition="weights can be downloaded, under any licence",
    ),
    _layer(
        "offered",
        50,
        GRID_OFFERED,
        "the concentration of the models on sale at OpenRouter in the hands of few makers changed by {estimate}",
        estimand="change since May 2024 in how concentrated the models on sale at OpenRouter are in the hands of their "
        "makers",
        unit="models with a known maker on the smaller side",
        estimation_window="the last month priced by 2024-05-31, and by the day of evaluation",
        outcome="makers of the models with a price",
        openness_definition="none: open and closed models",
    ),
    _layer(
        "released",
        50,
        GRID_RELEASED,
        "the concentration of new releases in the hands of few makers changed by {estimate}",
        estimand="change since May 2024 in how concentrated new releases are in the hands of their makers",
        unit="release events with a known maker on the smaller side",
        estimation_window="the twelve months to 2024-05-31, and to the day of evaluation",
        outcome="makers of the releases",
        openness_definition="none: open and closed models",
    ),
    _layer(
        "large_models",
        30,
        {},
        "the concentration of new large models in the hands of few makers changed by {estimate}",
        role="secondary",
        estimand="change since May 2024 in how concentrated the training of large models is in the hands of few makers",
        unit="large models on the smaller side",
        estimation_window="the twelve months to 2024-05-31, and to the day of evaluation",
        outcome="makers of the models that Epoch AI lists as large by their training compute; several of one maker and "
        "day count once",
        openness_definition="none: open and closed models",
    ),
    Hypothesis(
        hypothesis_id="C20.tokens",
        role="secondary",
        estimand="how concentrated the tokens that go through OpenRouter are in the hands of the models' makers",
        unit="days",
        estimation_window="the days of the last year that captures hold",
        outcome="sum of squared shares of the known makers, in what is not the rest",
        openness_definition="none: open and closed models",
        test_function="statistics.autocorrelated_mean over days (t of AR(1) noise, arch StationaryBootstrap)",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=30,
        null_hypothesis="it is below what competition authorities call highly concentrated",
        verdict_rule="supports if the interval lies above .18 (guidelines of the United States for mergers, 2023), "
        "contradicts if it lies below; a level, as no capture holds May 2024",
        marks=Marks.threshold(0.18),
        plain="the concentration of tokens at OpenRouter in the hands of few makers is {estimate}",
    ),
    Hypothesis(
        hypothesis_id="C20.downloads",
        role="secondary",
        estimand="change since May 2024 in how concentrated downloads from the Hub are in the hands of uploaders",
        unit="organisations",
        estimation_window="the month of May 2024, and the last month by the day of evaluation",
        outcome="downloads of the thirty days to the last count of the month, by the author of the repository",
        openness_definition="weights can be downloaded, under any licence",
        test_function="sum of squared shares, now less May 2024; normal interval with the deviation over resamples of "
        "the organisations, the same in both months (arch.bootstrap.IIDBootstrap)",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.02,
        minimum_sample=50,
        null_hypothesis="it is in no fewer hands than in May 2024",
        verdict_rule="as the layers, but beside the verdict: most of what the Hub counts is downloaded by machines",
        marks=Marks.smallest_effect(null=0.0, effect=0.02, opposite=-0.02),
        grid=GRID_DOWNLOADS,
        plain="the concentration of downloads from the Hub on few uploaders changed by {estimate}",
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """The change in three layers, the level of a fourth, and all specifications."""
    rated = by_definition(rated_releases, connection, as_of)
    released = releases(connection, as_of)
    prices = monthly_prices(connection, as_of)
    tokens = token_shares(connection, as_of)
    downloads = _hub_downloads(connection, as_of.date)
    listed = large_models(connection, as_of, ESSAY_ON - timedelta(days=365))
    layers: Mapping[str, Callable[[Mapping[str, str], date], Counts]] = {
        "frontier": lambda choices, on: _frontier(rated[choices[DEFINITION_AXIS]], choices, on),
        "offered": lambda choices, on: _offered(prices, released, choices, on),
        "released": lambda choices, on: _released(released, choices, on),
    }
    estimates, specifications = [], []
    for name, counts in layers.items():
        hypothesis = CLAIM.hypothesis(name)
        for place, choices in enumerate(combinations(hypothesis.grid)):
            sides = [counts(choices, ESSAY_ON), counts(choices, as_of.date)]
            if place == 0:
                estimates.append(_change(hypothesis, sides, as_of.date))
            specifications.append(_specification(hypothesis, choices, sides, as_of.date))
    by_holder = [(choices, _downloads(downloads, choices, as_of.date)) for choices in combinations(GRID_DOWNLOADS)]
    specifications += [Specification.of(choices, found) for choices, found in by_holder]
    estimates += [_large(listed, as_of.date), _tokens(tokens), by_holder[0][1]]
    lacking = _missing(estimates, as_of.date)
    return Findings(
        tuple(estimates),
        fingerprint(*rated.values(), released, prices, tokens, downloads, listed),
        tuple(specifications),
        lacking,
    )


def _frontier(rated: "pd.DataFrame", choices: Mapping[str, str], on: date) -> Counts:
    """Makers of the best-rated open models that were out by a day."""
    import pandas as pd

    if is_too_unknown(choices[DEFINITION_AXIS], rated):
        return Counter()
    frame = rated[(rated["board"] == SETTINGS["board"]) & (rated["weights_access"] == "open")]
    frame = frame[frame["organisation_id"].notna() & (pd.to_datetime(frame["released_on"]) <= pd.Timestamp(on))]
    best = frame.sort_values(["rating", "model_id"], ascending=[False, True])
    return Counter(best["organisation_id"].head(int(choices["models in view"].split()[0])))


def _offered(prices: "pd.DataFrame", released: "pd.DataFrame", choices: Mapping[str, str], on: date) -> Counts:
    """Makers of the models priced in the last month of a catalogue, if that is not too old by a day."""
    import pandas as pd

    frame = prices[(prices["catalogue"] == choices["catalogue"]) & prices["model_id"].notna()]
    frame = frame[pd.to_datetime(frame["month"]) <= pd.Timestamp(on)]
    if frame.empty:
        return Counter()
    last = frame["month"].max()
    if (pd.Timestamp(on) - pd.Timestamp(last)).days > SETTINGS["oldest_listing_days"] + 31:
        return Counter()
    now = _chosen(frame[frame["month"] == last], choices).drop_duplicates("model_id")
    makers = dict(zip(released["model_id"], released["organisation_id"], strict=True))
    return _makers([makers.get(model) for model in now["model_id"]], choices)


def _released(released: "pd.DataFrame", choices: Mapping[str, str], on: date) -> Counts:
    """Makers of what was released in the months up to a day."""
    import pandas as pd

    dated = pd.to_datetime(released["released_on"])
    start = pd.Timestamp(on) - pd.DateOffset(months=int(choices["window"].split()[0]))
    frame = _chosen(released[(dated > start) & (dated <= pd.Timestamp(on))], choices)
    if choices["unit"] == EVENT:
        known = frame["organisation_id"].notna()
        events = frame[known].drop_duplicates(["organisation_id", "released_on", "weights_access"])
        frame = pd.concat([events, frame[~known]])
    return _makers(frame["organisation_id"].to_list(), choices)


def _large(listed: "pd.DataFrame", on: date) -> Estimate:
    """The change among makers of large models; several of one maker and day count once."""
    import pandas as pd

    events = listed[listed["maker"].notna()].drop_duplicates(["maker", "published_on"])
    dated = pd.to_datetime(events["published_on"])
    sides = [
        Counter(
            events.loc[(dated > pd.Timestamp(day) - pd.DateOffset(years=1)) & (dated <= pd.Timestamp(day)), "maker"]
        )
        for day in (ESSAY_ON, on)
    ]
    return _change(CLAIM.hypothesis("large_models"), sides, on)


def _chosen(frame: "pd.DataFrame", choices: Mapping[str, str]) -> "pd.DataFrame":
    return frame if choices["models"] == EVERY else frame[frame["weights_access"] == "open"]


def _makers(makers: Sequence[Any], choices: Mapping[str, str]) -> Counts:
    """Units by maker; those of unknown makers are left out, or each has a maker of its own."""
    known = [maker for maker in makers if isinstance(maker, str)]
    alone = len(makers) - len(known) if choices["unknown makers"] == OWN else 0
    return Counter(known) + Counter(f"unknown {i}" for i in range(alone))


def _change(hypothesis: Hypothesis, sides: Sequence[Counts], on: date) -> Estimate:
    then, now = sides
    smaller = min(then.total(), now.total())
    early = (on - ESSAY_ON).days < SETTINGS["least_days_since_essay"]
    if early:
        note = f"A year must have passed since {ESSAY_ON}."
        return Estimate(hypothesis.hypothesis_id, UNIT, sample_size=smaller, gate_size=0, note=note)
    level = 1 - hypothesis.alpha
    found = change_of_concentration(then, now, level)
    size = then.total() + now.total()
    if found is None:
        note = "A side has no models."
        return Estimate(hypothesis.hypothesis_id, UNIT, sample_size=size, gate_size=smaller, note=note)
    note = f"In May 2024: {_described(then)}. Now: {_described(now)}."
    return Estimate.of(hypothesis.hypothesis_id, UNIT, found, level, size, None, smaller, note)


def _described(counts: Counts) -> str:
    """The same counts in other measures of concentration."""
    index = unbiased_herfindahl(list(counts.values())) or 0.0
    (leader, largest), *_ = counts.most_common(1)
    return (
        f"{counts.total()} of {len(counts)} makers, as concentrated as {effective_number(index):.0f} equal ones, "
        f"{leader} {largest / counts.total():.0%}, the four largest {top_share(list(counts.values()), 4):.0%}, "
        f"Gini {gini(list(counts.values())):.2f}"
    )


def gini(counts: Sequence[float]) -> float:
    """How unequal holders are, from 0 for all alike; Gini (1912), by the mean difference of ordered values."""
    ordered = sorted(counts)
    n, total = len(ordered), sum(ordered)
    return sum((2 * place - n - 1) * value for place, value in enumerate(ordered, 1)) / (n * total)


def _specification(
    hypothesis: Hypothesis, choices: Mapping[str, str], sides: Sequence[Counts], on: date
) -> Specification:
    """The change alone: an interval for each would cost much and decide nothing."""
    indices = [unbiased_herfindahl(list(side.values())) for side in sides]
    early = (on - ESSAY_ON).days < SETTINGS["least_days_since_essay"]
    size = sides[0].total() + sides[1].total()
    if early or indices[0] is None or indices[1] is None or min(s.total() for s in sides) < 10:
        return Specification(hypothesis.hypothesis_id, choices, None, sample_size=size)
    return Specification(hypothesis.hypothesis_id, choices, indices[1] - indices[0], sample_size=size)


def _tokens(tokens: "pd.DataFrame") -> Estimate:
    """Days' indices of the tokens whose maker is known."""
    hypothesis = CLAIM.hypothesis("tokens")
    known = tokens[(tokens["channel"] == "openrouter") & tokens["organisation_id"].notna()]
    shares = known.groupby(["used_on", "organisation_id"])["token_share"].sum()
    daily = shares.groupby(level=0).agg(lambda day: herfindahl(day.to_list())).sort_index().iloc[-365:]
    level = 1 - hypothesis.alpha
    found = statistics.autocorrelated_mean(daily.to_list(), level, (0, 1)) if len(daily) else None
    if found is None:
        return Estimate(hypothesis.hypothesis_id, UNIT, sample_size=len(daily), note="Too few days are captured.")
    leader = shares.groupby(level=1).mean().idxmax()
    note = f"From {daily.index[0]:%Y-%m-%d} to {daily.index[-1]:%Y-%m-%d}; the largest maker is {leader}."
    return Estimate.of(hypothesis.hypothesis_id, UNIT, found, level, len(daily), note=note)


DOWNLOADS = """
select month, series_kind, split_part(series_tag, '/', 1) as holder_tag, sum(downloads_30d_count) as downloads_30d_count
from marts.hub_downloads_monthly
where series_kind in ('author', 'family') and downloads_30d_count is not null and last_day(month) <= $on
group by month, series_kind, split_part(series_tag, '/', 1)
order by series_kind, month, holder_tag
"""


def _hub_downloads(connection: "DuckDBPyConnection", on: date) -> "pd.DataFrame":
    """Downloads by who uploaded, and by who made the base of the family, in months that were over by a day."""
    return connection.execute(DOWNLOADS, {"on": on}).df()


def _downloads(downloads: "pd.DataFrame", choices: Mapping[str, str], on: date) -> Estimate:
    """The change since May 2024 of the index of downloads."""
    import pandas as pd

    name, unit = CLAIM.hypothesis("downloads").hypothesis_id, UNIT
    early = (on - ESSAY_ON).days < SETTINGS["least_days_since_essay"]
    frame = downloads[downloads["series_kind"] == choices["counted for"]]
    monthly = frame.pivot(index="holder_tag", columns="month", values="downloads_30d_count").fillna(0.0)
    if choices["largest"] == WITHOUT_LARGEST and len(monthly):
        monthly = monthly.drop(index=monthly.sum(axis=1).idxmax())
    months = [pd.Timestamp(month) for month in monthly.columns]
    monthly.columns = pd.Index(months)
    first, last = pd.Timestamp(ESSAY_ON.replace(day=1)), max(months, default=pd.Timestamp(0))
    if first not in months or (pd.Timestamp(on) - last).days > SETTINGS["oldest_listing_days"] + 31:
        return Estimate(name, unit, note="Counts of May 2024 and of a month near the day are not both held.")
    sides = [monthly[first].to_list(), monthly[last].to_list()]
    sizes = [sum(value > 0 for value in side) for side in sides]
    if early or not min(sizes):
        return Estimate(name, unit, sample_size=sum(sizes), gate_size=0, note=f"A year must pass after {ESSAY_ON}.")
    level = 1 - ALPHA
    told = [
        f"in {month:%B %Y} {len_} of them, as concentrated as {effective_number(herfindahl(side)):.0f} equal ones, "
        f"{monthly[month].idxmax()} {max(side) / sum(side):.0%}, the four largest {top_share(side, 4):.0%}"
        for month, side, len_ in zip((first, last), sides, sizes, strict=True)
    ]
    found = change_of_weights(sides[0], sides[1], level)
    note = f"Downloads by {choices['counted for']}: {'; '.join(told)}."
    return Estimate.of(name, unit, found, level, sum(sizes), None, min(sizes), note)


def _missing(estimates: Sequence[Estimate], on: date) -> tuple[str, ...]:
    """What each layer without an answer lacks."""
    sources = {
        "frontier": "ratings of open models on the text board (source lmarena_ratings)",
        "offered": "prices at OpenRouter of both days (source openrouter_price_history)",
        "released": "dated releases with known makers (sources helm_models, models_dev)",
        "large_models": "large models of both years (source epoch_models)",
        "tokens": "days of tokens by model (source openrouter_rankings)",
        "downloads": "downloads by organisation of May 2024 and of a month near the day (source model_pulse_days)",
    }
    early = (on - ESSAY_ON).days < SETTINGS["least_days_since_essay"]
    # Before a year has passed nothing is compared, so that nothing can be told of what the layers lack.
    empty = [e for e in estimates if e.estimate is None and not (early and e.sample_size)]
    names = {e.hypothesis_id.split(".")[1] for e in empty}
    lacking = [f"{text} by {on}" for name, text in sources.items() if name in names]
    return tuple(["a year since the essay's day", *lacking] if early else lacking)


MAKER_COLOURS = (
    "#4c78a8", "#f58518", "#54a24b", "#b79a20", "#439894", "#e45756", "#d67195", "#b279a2", "#9e765f", "#9ecae9",
    "#ffbf79", "#88d27a", "#f2cf5b", "#83bcb6",
)  # fmt: skip


def draw_makers(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Shares of release events by maker in the year before the essay and in the last one, one bar a year."""
    import altair as alt

    if frame.empty:
        return nothing_yet()
    others = "all others"
    makers = [maker for maker in frame.sort_values("maker_place")["maker"].unique() if maker != others]
    shades = [MAKER_COLOURS[place % len(MAKER_COLOURS)] for place in range(len(makers))]
    chart = (
        alt.Chart(frame)
        .mark_bar(stroke="white", strokeWidth=0.5)
        .encode(
            y=alt.Y("period:N", title=None, sort=alt.EncodingSortField("period_place", op="min")),
            x=alt.X("event_share:Q", title="share of release events", stack=True, axis=alt.Axis(format="%")),
            color=alt.Color(
                "maker:N",
                title=None,
                legend=alt.Legend(columns=2, labelLimit=220),
                scale=alt.Scale(domain=[*makers, others], range=[*shades, UNKNOWN]),
            ),
            order=alt.Order("maker_place:Q"),
            tooltip=["period:N", "maker:N", alt.Tooltip("event_share:Q", format=".0%")],
        )
        .properties(width=WIDTH, height=110)
    )
    return styled(chart)


def draw_estimates(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The change in each layer as it stood on each day."""
    labels = {
        "C20.frontier": "the best open models",
        "C20.offered": "models on sale at OpenRouter",
        "C20.released": "new releases",
    }
    return estimate_history(frame, labels, "change of the index", {0.02: "more concentrated"})


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The change for new releases under every choice."""
    return specification_curve(frame, "change of the index", 0.0, "as in May 2024")


CLAIM = Claim(
    claim_id="C20",
    slug="concentrates-control",
    title="Control over AI ends up with a few",
    question="Are the makers of AI models fewer, or the large ones larger, than when the essay was written?",
    statement="Open models may leave control over the technology in the hands of a few companies and people.",
    essay_section="Navigating Ethical Crossroads: Safety, Access, and the Future of AI",
    essay_paragraph=2,
    essay_phrase="concentrating control over technology",
    ceiling="mixed",
    floor="mixed",
    limit_reason="Control has six layers here, and most would have to agree; only three can be compared with May 2024 "
    "without a live source.",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "Control over what people use is best seen in downloads and tokens. Tokens of May 2024 are held nowhere, so "
        "they say how things stand; downloads are compared where a live source brought both months.",
        "Downloads are as their counter last gave them, who counts the past again when rules change: both clocks see "
        "the same.",
        "An index counts makers alike whatever their size or country, and says nothing of who owns the computers.",
        "Catalogues grow: more makers are listed, which alone lowers the index.",
        "The ratings of both days come from one board as it is read today; models taken off the board are missing.",
        "Models whose maker is not known are left out; the specifications also count each as a maker of its own.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "makers",
            "Who releases models",
            "Shares of release events by maker in the year up to the essay and in the last year, the seven largest "
            "of each by name.",
            """
with newest as (
    select max(known_on) as last_day from marts.release
),
event as (
    select distinct organisation_name as maker, released_on, weights_access,
        case when released_on <= date '2024-05-31' then 'year to May 2024' else 'last year' end as period
    from marts.release
    cross join newest
    where organisation_id is not null
        and ((released_on > date '2023-05-31' and released_on <= date '2024-05-31')
            or (released_on > last_day - interval '12' month and released_on <= last_day
                and released_on > date '2024-05-31'))
),
counted as (
    select period, maker, count(*) as event_count from event group by period, maker
),
ranked as (
    select period, maker, event_count,
        row_number() over (partition by period order by event_count desc, maker) as place,
        sum(event_count) over (partition by period) as all_count
    from counted
)
select period, case when place <= 7 then maker else 'all others' end as maker,
    sum(event_count) / max(all_count) as event_share, min(least(place, 8)) as maker_place,
    case period when 'year to May 2024' then 1 else 2 end as period_place
from ranked
group by period, case when place <= 7 then maker else 'all others' end
order by period, maker_place
""",
            draw_makers,
        ),
        Figure(
            "estimates",
            "More or less concentrated than in May 2024",
            "Change of the concentration index (0: very many makers, 1: a single one) in each layer, as it stood on "
            "each day. Above .02: clearly more concentrated. Bands: 99.6 % intervals.",
            test_history_sql("C20.frontier", "C20.offered", "C20.released"),
            draw_estimates,
        ),
        Figure(
            "specifications",
            "New releases under every choice",
            "One dot for each unit, kind of models, window and way with unknown makers.",
            specification_sql("C20.released"),
            draw_specifications,
        ),
        verdicts_figure("C20"),
    ),
)
