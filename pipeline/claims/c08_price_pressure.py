"""C08: open models push down what closed ones cost; what happens to closed prices when open weights catch up."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

from pipeline.claims import differences, statistics
from pipeline.claims.evidence import HEADLINE_BOARD, AsOf, fingerprint, monthly_prices, rated_releases
from pipeline.claims.figure import (
    ACCESS_COLOURS,
    WIDTH,
    colours,
    estimate_history,
    specification_curve,
    specification_sql,
    styled,
    test_history_sql,
    value_axis,
    verdicts_figure,
)
from pipeline.claims.findings import Estimate, Findings, Specification
from pipeline.claims.joint import Worlds
from pipeline.claims.price_levels import closed_trend, open_cohorts, open_discount, open_premium
from pipeline.claims.price_tiers import (
    MONTHS_AT_LEAST,
    RATING_FLOORS,
    Panel,
    above,
    changes_after_entry,
    changes_of_each,
    cheapest_listings,
    early,
    month_number,
    panel,
)
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks

if TYPE_CHECKING:
    import altair as alt
    import numpy as np
    import pandas as pd
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    Floats: TypeAlias = NDArray[np.float64]

ALPHA = 0.05 / LOOKS_PER_YEAR
SETTINGS: Mapping[str, Any] = {
    "rating_floors": RATING_FLOORS,
    "trend_floor": 1250,
    "months_at_least": MONTHS_AT_LEAST,
    "lead_points": 20.0,
    "deals": 399,
    "effects_tried": (-2.0, 2.0, 801),
}
MOST_WORLDS = 99
"""Deals of the months of entry by which the specification curve is tested as a whole: a hundredth of a second each."""
GRID = {
    "catalogue": ("openrouter", "litellm", "models_dev"),
    "months after entry": ("6", "3"),
    "rating step": ("25", "50"),
    "floor": ("cheapest", "second cheapest"),
    "entry": ("released or listed", "listed"),
}
TIER_UNIT = "rating floors that open weights reached, with prices before and after and floors not yet reached beside"
FLOOR_PRICE = (
    "log of the lowest blended list price (3 input : 1 output) of a closed model rated at least as high as the floor"
)
ANY_WEIGHTS = "weights can be downloaded, under any licence"
DIFFERENCES = (
    "mean over floors of price less what floor and month effects fitted to floors not yet reached foretell (Borusyak, "
    "Jaravel and Spiess 2024); p and interval from dealing the entry months out at random "
    "(scipy.stats.permutation_test)"
)
AROUND = "six months from entry on against the months before it, at least three of each with a price"


def _entry(name: str, role: Any, estimand: str, rule: str, marks: Marks, alternative: Any) -> Hypothesis:
    return Hypothesis(
        hypothesis_id=f"C08.{name}",
        role=role,
        estimand=estimand,
        unit=TIER_UNIT,
        estimation_window=AROUND,
        outcome=FLOOR_PRICE,
        openness_definition=ANY_WEIGHTS,
        test_function=DIFFERENCES,
        alternative=alternative,
        alpha=ALPHA,
        smallest_effect=0.10,
        minimum_sample=6,
        null_hypothesis="no change against floors not yet reached",
        verdict_rule=rule,
        marks=marks,
        grid=GRID if name == "open_entry" else {},
        plain="once open models caught up, the price of the cheapest closed model as good changed by {estimate}, "
        "against the prices of those that open ones had not caught up with"
        if name == "open_entry"
        else "",
    )


FALLS = Marks.smallest_effect(null=0.0, effect=-0.10, opposite=0.10)
STAYS = Marks(null=-0.10, support=-0.10, effect=-0.10, contradict=0.0, opposite=None)

HYPOTHESES = (
    _entry(
        "open_entry",
        "primary",
        "relative change of the lowest closed price at a rating floor once open weights have reached that floor",
        "supports if the interval lies below 0 and the estimate reaches -10 %, contradicts if it lies above -10 %; "
        "alpha is .05 a year, split over four looks",
        FALLS,
        "less",
    ),
    _entry(
        "meta_entry",
        "secondary",
        "the same once open weights of Meta have reached the floor",
        "as for C08.open_entry",
        FALLS,
        "less",
    ),
    _entry(
        "closed_entry",
        "secondary",
        "the same once a second closed lab has reached the floor: rivalry without open weights",
        "as for C08.open_entry; an effect as large as that of open entry says that rivalry is enough",
        FALLS,
        "less",
    ),
    Hypothesis(
        hypothesis_id="C08.closed_trend",
        role="secondary",
        estimand="trend of the lowest closed price at rating 1250, as change in a year",
        unit="months with a price",
        estimation_window="all months in the catalogue",
        outcome=FLOOR_PRICE + " of 1250",
        openness_definition=ANY_WEIGHTS,
        test_function="Mann-Kendall against AR(1) noise, statistics.trend; slope scipy.stats.theilslopes; a month "
        "without a price keeps the last one",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=24,
        null_hypothesis="the price does not fall",
        verdict_rule="described, not part of the verdict: falling prices have many causes and alone are no support",
        marks=Marks.threshold(0.0),
    ),
    Hypothesis(
        hypothesis_id="C08.open_discount",
        role="secondary",
        estimand="lowest open price over lowest closed price at the same rating floor, less one",
        unit="pairs of an open and a closed price, each once however many floors they set",
        estimation_window="the newest month with a floor that has both prices",
        outcome="log ratio of lowest blended list prices, averaged over pairs",
        openness_definition=ANY_WEIGHTS,
        test_function="scipy.stats.bootstrap(method='BCa')",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=5,
        null_hypothesis="open models cost as much",
        verdict_rule="described, not part of the verdict",
        marks=Marks.threshold(0.0),
    ),
    Hypothesis(
        hypothesis_id="C08.staggered",
        role="secondary",
        estimand="the same change by another estimator, averaged over months and floors after entry",
        unit="rating floors that open weights reached after the first month with prices",
        estimation_window="all months in the catalogue",
        outcome=FLOOR_PRICE,
        openness_definition=ANY_WEIGHTS,
        test_function="diff_diff.CallawaySantAnna(control_group='not_yet_treated'), clustered by floor; beside it the "
        "interval of diff_diff.HonestDiD, relative magnitudes, Mbar = 1",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.10,
        minimum_sample=12,
        null_hypothesis="no change against floors not yet reached",
        verdict_rule="described, not part of the verdict: floors are nested, so errors clustered by floor are too "
        "small",
        marks=FALLS,
    ),
    Hypothesis(
        hypothesis_id="C08.release_months",
        role="secondary",
        estimand="change of closed list prices, like for like, in the two months from an open release that beats the "
        "best open rating so far by 20 points, against the two months before it",
        unit="months with an open release that beats the best open rating so far by 20 points",
        estimation_window="all months in the catalogue",
        outcome="mean change of the log price from one month to the next over all closed models priced before and "
        "after; a month without a price keeps the last one",
        openness_definition=ANY_WEIGHTS,
        test_function="placebo months drawn at random (own use of numpy, after MacKinlay 1997)",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.01,
        minimum_sample=5,
        null_hypothesis="prices change as in any other months",
        verdict_rule="described, not part of the verdict: an open release is one of many things that happen in a month",
        marks=Marks.smallest_effect(null=0.0, effect=-0.01, opposite=0.01),
    ),
    Hypothesis(
        hypothesis_id="C08.open_cohorts",
        role="secondary",
        estimand="change in a year of the price at which new open models come on the list",
        unit="open models by the month of their first price, those of the catalogue's first month left out",
        estimation_window="all months in the catalogue",
        outcome="log of the lowest blended list price in the model's first month",
        openness_definition=ANY_WEIGHTS,
        test_function="scipy.stats.theilslopes on the month; p scipy.stats.kendalltau",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=30,
        null_hypothesis="new open models do not get cheaper",
        verdict_rule="described, not part of the verdict: dearer open models would press less on closed ones, whatever "
        "they do to them; makers have several models, so the interval is somewhat narrow",
        marks=Marks.threshold(0.0),
        plain="the price at which new open models come on the list changes by {estimate} a year",
    ),
    Hypothesis(
        hypothesis_id="C08.open_premium",
        role="secondary",
        estimand="price of open over closed models of equal rating in the same month, less one",
        unit="listings of rated models in a month",
        estimation_window="the last twelve months in the catalogue",
        outcome="log blended list price; rating on " + HEADLINE_BOARD + " held equal, clustered by maker",
        openness_definition=ANY_WEIGHTS,
        test_function="statsmodels OLS with month effects, hedonic regression",
        alternative="less",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=30,
        null_hypothesis="open models cost as much",
        verdict_rule="described, not part of the verdict",
        marks=Marks.threshold(0.0),
    ),
    _entry(
        "placebo_date",
        "falsification",
        "the same change with entry dated six months too early, in months before the true entry",
        "contradicts if the interval lies below 0: prices fell before open weights arrived",
        STAYS,
        "greater",
    ),
    _entry(
        "above_frontier",
        "falsification",
        "the same change at the next floor up, which open weights had not reached",
        "contradicts if the interval lies below 0: prices fell where there was no open rival",
        STAYS,
        "greater",
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """Price changes around open entry, around closed entry, around false entries, and the levels."""
    prices = monthly_prices(connection, as_of)
    rated = rated_releases(connection, as_of)
    rated = rated[rated["board"] == HEADLINE_BOARD].dropna(subset=["rating", "released_on"])
    listings = cheapest_listings(prices)
    catalogue = listings[listings["catalogue"] == GRID["catalogue"][0]]
    headline = panel(catalogue, rated)
    estimates = (
        _change(CLAIM.hypothesis("open_entry"), headline),
        _change(CLAIM.hypothesis("meta_entry"), panel(catalogue, rated, entrant="meta")),
        _change(CLAIM.hypothesis("closed_entry"), panel(catalogue, rated, entrant="second closed lab")),
        closed_trend(CLAIM.hypothesis("closed_trend"), headline, SETTINGS["trend_floor"]),
        open_discount(CLAIM.hypothesis("open_discount"), catalogue),
        _staggered(CLAIM.hypothesis("staggered"), headline),
        _release_months(CLAIM.hypothesis("release_months"), catalogue, rated),
        open_premium(CLAIM.hypothesis("open_premium"), catalogue, rated),
        open_cohorts(CLAIM.hypothesis("open_cohorts"), prices[prices["catalogue"] == GRID["catalogue"][0]]),
        _change(CLAIM.hypothesis("placebo_date"), early(headline)),
        _change(CLAIM.hypothesis("above_frontier"), above(headline)),
    )
    missing = []
    if GRID["catalogue"][0] not in set(prices["catalogue"]):
        missing.append(f"monthly prices of {GRID['catalogue'][0]} up to {as_of.date}")
    elif "closed" not in set(catalogue["weights_access"]):
        missing.append("prices of closed models with a rating")
    elif estimates[0].sample_size < CLAIM.hypothesis("open_entry").minimum_sample:
        held, span = catalogue["month"].nunique(), headline.log_price.shape[1]
        missing.append(
            f"closed prices at {GRID['catalogue'][0]} for three months before and after open weights reached more "
            f"floors: {held} of {span} months up to {as_of.date} are held (source openrouter_price_history)"
        )
    if rated.empty:
        missing.append(f"ratings on {HEADLINE_BOARD} of releases up to {as_of.date}")
    built = _panels(listings, rated)
    specifications = tuple(_specifications(built, set(listings["catalogue"])))
    worlds = {"C08.open_entry": lambda draws: _worlds(built, specifications, draws)}
    return Findings(estimates, fingerprint(prices, rated), specifications, tuple(missing), worlds)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan


def _change(hypothesis: Hypothesis, data: Panel) -> Estimate:
    """The mean change with the interval of all constant effects that random entry months do not reject."""
    import numpy as np

    changes = changes_after_entry(data.log_price, data.entered)
    unit = "relative change of the price"
    if len(changes) < hypothesis.minimum_sample:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(changes))
    observed = _mean(changes)
    after = np.arange(data.log_price.shape[1])[None, :] >= data.entered[:, None]
    exposure = np.where(np.isfinite(data.log_price), after.astype(float), np.nan)

    means: dict[bytes, list[float]] = {}

    def dealt(place: int) -> "Floats":
        def mean(entered: "Floats") -> float:
            deal = entered.tobytes()
            if deal not in means:
                means[deal] = [_mean(found) for found in changes_of_each((data.log_price, exposure), entered)]
            return means[deal][place]

        return statistics.permutation_null(data.entered, mean, SETTINGS["deals"])

    price_null, exposure_null = dealt(0), dealt(1)
    usable = np.isfinite(price_null) & np.isfinite(exposure_null)
    price_null, exposure_null = price_null[usable], exposure_null[usable]

    def p_value(effect: float) -> float:
        extreme = np.abs(price_null - effect * exposure_null) >= abs(observed - effect) - 1e-12
        return float((1 + extreme.sum()) / (1 + len(price_null)))

    low, high, count = SETTINGS["effects_tried"]
    kept = [effect for effect in np.linspace(low, high, count) if p_value(effect) > hypothesis.alpha]
    ends = (min(kept, default=observed), max(kept, default=observed))
    interval = statistics.Interval(
        math.expm1(observed),
        -1.0 if ends[0] <= low else math.expm1(min(ends[0], observed)),
        math.inf if ends[1] >= high else math.expm1(max(ends[1], observed)),
    )
    note = f"{len(price_null)} random deals of the entry months could be compared."
    # A falsification holds that there is no effect, so the test of no effect says nothing for it.
    tested = None if hypothesis.role == "falsification" else p_value(0.0)
    return Estimate.of(hypothesis.hypothesis_id, unit, interval, 1 - hypothesis.alpha, len(changes), tested, note=note)


def _staggered(hypothesis: Hypothesis, data: Panel) -> Estimate:
    """The change by Callaway and Sant'Anna, with what is left of it if trends may diverge."""
    unit = "relative change of the price"
    level = 1 - hypothesis.alpha
    found = differences.staggered_effect(data.log_price, data.entered, level) if data.log_price.size else None
    if found is None or found.treated_units < hypothesis.minimum_sample:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=found.treated_units if found else 0)
    before = [interval.estimate for step, interval in found.path if -6 <= step < 0]
    note = f"Mean of the six months before entry: {math.expm1(_mean(before)):+.0%}." if before else ""
    if found.robust:
        note += (
            f" If trends may diverge after entry as much as before it: {math.expm1(found.robust.low):+.0%} to "
            f"{math.expm1(found.robust.high):+.0%}."
        )
    effect = found.effect.through(math.expm1)
    return Estimate.of(
        hypothesis.hypothesis_id, unit, effect, level, found.treated_units, found.p_value, note=note.strip()
    )


def _release_months(hypothesis: Hypothesis, listings: "pd.DataFrame", rated: "pd.DataFrame") -> Estimate:
    """What closed prices do in the months from open releases that lead all open ones, against other months."""
    import numpy as np

    unit = "relative change of the price a month"
    closed = listings[listings["weights_access"] == "closed"]
    opened = rated[rated["weights_access"] == "open"].sort_values(["released_on", "rating"], ascending=[True, False])
    if closed.empty or opened.empty:
        return Estimate(hypothesis.hypothesis_id, unit)
    prices = closed.assign(month=month_number(closed["month"]), log_price=np.log(closed["price"])).pivot_table(
        index="month", columns="model_id", values="log_price", aggfunc="min"
    )
    months = range(int(prices.index.min()), int(prices.index.max()) + 1)
    change = prices.reindex(months).ffill(limit_area="inside").diff().mean(axis=1).iloc[1:]
    before = opened["rating"].cummax().shift(fill_value=-math.inf)
    leads = opened[opened["rating"] >= before + SETTINGS["lead_points"]]
    events = sorted({int(month) - int(change.index[0]) for month in month_number(leads["released_on"])})
    inside = [event for event in events if 2 <= event <= len(change) - 2]
    level = 1 - hypothesis.alpha
    found = (
        differences.effect_around_dates(change.fillna(0.0).tolist(), inside, 2, level, hypothesis.alternative)
        if len(inside) >= hypothesis.minimum_sample
        else None
    )
    if found is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(inside))
    effect, p_value = found
    note = f"{len(inside)} of {len(change)} months; in all of them prices change by {change.mean():+.1%} on average."
    return Estimate.of(
        hypothesis.hypothesis_id, unit, effect.through(math.expm1), level, len(inside), p_value, note=note
    )


def _panels(listings: "pd.DataFrame", rated: "pd.DataFrame") -> Callable[[str, str, str], Panel]:
    """The panel of a catalogue, a floor and an entry of GRID, built once."""
    by_catalogue = dict(tuple(listings.groupby("catalogue")))

    @lru_cache
    def built(catalogue: str, floor: str, entry: str) -> Panel:
        return panel(by_catalogue[catalogue], rated, 1 + GRID["floor"].index(floor), entry)

    return built


def _specifications(built: Callable[[str, str, str], Panel], catalogues: set[str]) -> Iterator[Specification]:
    hypothesis = CLAIM.hypothesis("open_entry")
    for choice in product(*GRID.values()):
        choices = dict(zip(GRID, choice, strict=True))
        if choices["catalogue"] not in catalogues:
            continue
        data = built(choices["catalogue"], choices["floor"], choices["entry"]).thinned(int(choices["rating step"]))
        changes = changes_after_entry(data.log_price, data.entered, int(choices["months after entry"]))
        change = math.expm1(_mean(changes)) if changes else None
        yield Specification(hypothesis.hypothesis_id, choices, change, sample_size=len(changes))


def _worlds(built: Callable[[str, str, str], Panel], specifications: Sequence[Specification], draws: int) -> Worlds:
    """All specifications with the months of entry dealt out anew among the floors, the same way in each."""
    import numpy as np

    ways = [s.choices for s in specifications if s.estimate is not None]
    generator = np.random.default_rng(statistics.SEED)
    orders = [np.arange(len(RATING_FLOORS))]
    orders += [generator.permutation(len(RATING_FLOORS)) for _ in range(min(draws, MOST_WORLDS))]
    effects = np.full((len(orders), len(ways)), np.nan)
    for place, choices in enumerate(ways):
        whole = built(choices["catalogue"], choices["floor"], choices["entry"])
        for world, order in enumerate(orders):
            data = replace(whole, entered=whole.entered[order]).thinned(int(choices["rating step"]))
            effects[world, place] = -_mean(
                changes_after_entry(data.log_price, data.entered, int(choices["months after entry"]))
            )
    how = "The months of entry are dealt out anew among the floors; effects are falls of the log price."
    return Worlds(how, effects, np.full_like(effects, np.nan))


def draw_floors(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The lowest open and closed price at some rating floors."""
    import altair as alt

    floors_named = [f"rating at least {floor}" for floor in frame["rating_floor"]]
    chart = (
        alt.Chart(frame.assign(panel=floors_named))
        .mark_line(interpolate="step-after", strokeWidth=2, point=alt.OverlayMarkDef(size=14))
        .encode(
            x=alt.X("month:T", title=None, axis=alt.Axis(format="%Y", tickCount="year")),
            y=alt.Y("floor_price_usd_per_mtok:Q", **value_axis("US dollars per million tokens", logarithmic=True)),
            color=alt.Color("weights_access:N", scale=colours(ACCESS_COLOURS, frame["weights_access"])),
            tooltip=[
                alt.Tooltip("month:T", format="%b %Y"), "weights_access:N", "floor_model_id:N",
                alt.Tooltip("floor_price_usd_per_mtok:Q", format=".3g"),
            ],
        )
        .properties(width=WIDTH / 2 - 20, height=150)
        .facet(facet=alt.Facet("panel:N"), columns=2)
    )  # fmt: skip
    return styled(chart)


def draw_estimates(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The price change around open entry, and the open premium, as they stood on each day."""
    labels = {"C08.open_entry": "closed price after open entry", "C08.open_premium": "open price at equal rating"}
    return estimate_history(frame, labels, "relative change", {0.0: "no change"}, percent=True)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The price change around open entry under every choice."""
    return specification_curve(frame, "change of the closed price after open entry", 0.0, "no change", percent=True)


CLAIM = Claim(
    claim_id="C08",
    slug="price-pressure",
    title="Open models drive down their rivals' prices",
    question="Do closed models get cheaper because open ones catch up with them?",
    statement="Giving models away pushes down the prices that competitors can ask for theirs.",
    essay_section="The Power of Open Source: Sharing the Future of AI?",
    essay_paragraph=1,
    essay_phrase="driving down prices for competitors",
    ceiling="mixed",
    floor="mixed",
    limit_reason="the comparison describes what happened around the arrival of open weights; a verdict on cause and "
    "effect needs at least twelve floors with six months before and three after, and limits on how far their prices "
    "could have drifted apart anyway.",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "That prices fell is no support by itself: hardware, better methods and closed rivals push them down as well.",
        "Rating floors are nested, so one cheap model can set the price of several; entry months are not exchangeable "
        "in truth, as higher floors are reached later.",
        "List prices only: no discounts, batches, caches or subscriptions.",
        "Ratings are of one vintage, and a model listed under one name may have changed behind it.",
        "A catalogue notes a price when somebody looked, not when it changed.",
        "Prices of embeddings, which open chat models should leave alone, would be a control; the catalogues show "
        "hardly a change in them, so it would find nothing either way.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "floors",
            "The cheapest way to a given quality",
            "Lowest blended list price (3 input : 1 output) of a model rated at least as high as the floor named above "
            "each panel, on OpenRouter. Logarithmic scale.",
            """
with floor as (
    select month, rating_floor, weights_access, floor_price_usd_per_mtok, floor_model_id
    from marts.price_floor_monthly
    where catalogue = 'openrouter' and weights_access in ('open', 'closed') and floor_price_usd_per_mtok > 0
),
both_sides as (
    select rating_floor, row_number() over (order by rating_floor) as place, count(*) over () as floor_count
    from floor group by rating_floor having count(distinct weights_access) = 2
)
select floor.month, floor.rating_floor, floor.weights_access, floor.floor_price_usd_per_mtok, floor.floor_model_id
from floor
inner join both_sides on both_sides.rating_floor = floor.rating_floor
where both_sides.place > both_sides.floor_count - 6
order by floor.rating_floor, floor.weights_access, floor.month
""",
            draw_floors,
        ),
        Figure(
            "estimates",
            "The change over time",
            "Change of the closed price once open weights reached its rating floor, and open against closed prices at "
            "equal rating, as they stood on each day. Bands: 98.8 % intervals. Without enough floors there is none.",
            test_history_sql("C08.open_entry", "C08.open_premium"),
            draw_estimates,
        ),
        Figure(
            "specifications",
            "Closed prices around open entry, under every choice",
            "One dot for each way of counting: catalogue, months after entry, step between rating floors, cheapest or "
            "second cheapest closed model, and what counts as entry. No intervals: they are computed for the headline.",
            specification_sql("C08.open_entry"),
            draw_specifications,
        ),
        verdicts_figure("C08"),
    ),
)
