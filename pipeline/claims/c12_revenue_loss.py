"""C12: whether Apple's limits on tracking cost Meta revenue, as the gap to what a model of the years before expects."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.claims.company_series import GATHERED, company_quarters, series
from pipeline.claims.evidence import AsOf, fingerprint
from pipeline.claims.figure import (
    NEUTRAL,
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
    verdicts_figure,
)
from pipeline.claims.findings import Estimate, Findings, Specification, combinations
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks
from pipeline.claims.sensitivity import LABEL_ERROR, FlipRates
from pipeline.claims.statistics import SEED, Interval
from pipeline.claims.verdict import decide

if TYPE_CHECKING:
    import altair as alt
    import numpy as np
    import pandas as pd
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

ALPHA = 0.05 / LOOKS_PER_YEAR
TREND, DRIFT, LEVEL = "trend that can bend", "level with a steady drift", "level without a trend"
MODELS: Mapping[str, str] = {TREND: "lltrend", DRIFT: "rwdrift", LEVEL: "llevel"}
ALPHABET, ALONE = "Alphabet's revenue", "none"
GRID = {
    "model": tuple(MODELS),
    "market": (ALPHABET, ALONE),
    "counted": ("2021Q3 to 2022Q4", "2022Q1 to 2022Q4"),
    "fitted to": ("2021Q1", "2019Q4"),
}
SETTINGS: Mapping[str, Any] = {
    "company": "meta",
    "market": "alphabet",
    "restricted_on": "2021-04-26",
    "counted_before": "2023-01-01",
    "placebo_last_quarters": ("2018Q1", "2018Q2", "2018Q3", "2018Q4", "2019Q1", "2019Q2"),
    "placebo_skips_quarters": 1,
    "placebo_counts_quarters": 6,
    "least_quarters_to_fit": 16,
    "walk_steps": 480,
    "stride": 0.5,
    "least_deviation": 1e-4,
    "variance_draws": 24,
    "simulations_each": 50,
    "error_draws": 10,
    "error": LABEL_ERROR,
}
MODEL_TEST = (
    "statsmodels UnobservedComponents of the logarithm, with seasons; interval from simulated paths, for each of which "
    "the parameters are drawn as well"
)
NO_OPENNESS = "none: the claim is about revenue before Meta's open models"


def _gap(name: str, **changes: Any) -> Hypothesis:
    shared: dict[str, Any] = {
        "hypothesis_id": f"C12.{name}",
        "openness_definition": NO_OPENNESS,
        "test_function": MODEL_TEST,
        "alpha": ALPHA,
        "smallest_effect": 0.05,
    }
    return Hypothesis(**shared, **changes)


HYPOTHESES = (
    _gap(
        "shortfall",
        role="primary",
        estimand="share of the revenue to be expected without the limits that Meta did not earn",
        unit="quarters of Meta's revenue before the limits",
        estimation_window="to 2021Q1 for the model; the gap is counted from 2021Q3 to 2022Q4",
        outcome="one less revenue over the revenue that the model, knowing Alphabet's, expects",
        alternative="greater",
        minimum_sample=24,
        null_hypothesis="nothing was lost",
        verdict_rule="supports if the interval lies above 0 and the estimate reaches 5 %, contradicts if the interval "
        "lies below 5 %; alpha is .05 a year, split over four looks",
        marks=Marks.smallest_effect(null=0.0, effect=0.05, opposite=-0.05),
        grid=GRID,
        plain="from July 2021 to the end of 2022 Meta earned {estimate} less than a model of the years before expects",
    ),
    _gap(
        "false_dates",
        role="falsification",
        estimand="the same gap after dates on which nothing was limited",
        unit="false dates",
        estimation_window="six last quarters from 2018Q1 to 2019Q2, six quarters counted after each",
        outcome="median over the dates; bounds are the smallest and the largest",
        alternative="less",
        minimum_sample=4,
        null_hypothesis="the model finds a shortfall of 5 % or more where there was none",
        verdict_rule="contradicts if every false date shows more than 5 %: then the model takes slower growth for loss",
        marks=Marks.threshold(0.05),
    ),
    _gap(
        "other_firm",
        role="falsification",
        estimand="the same gap at Alphabet, which the limits hardly touched, without another company as its measure",
        unit="quarters of Alphabet's revenue before the limits",
        estimation_window="to 2021Q1 for the model; the gap is counted from 2021Q3 to 2022Q4",
        outcome="one less revenue over the revenue that the model expects",
        alternative="less",
        minimum_sample=24,
        null_hypothesis="Alphabet fell short as well",
        verdict_rule="contradicts if the interval lies above 5 %: then the market turned for everybody",
        marks=Marks.threshold(0.05),
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """The shortfall, the same where there should be none, and all specifications."""
    figures = company_quarters(connection, as_of)
    needed = figures[
        (figures["metric"] == "revenue")
        & figures["company_id"].isin([SETTINGS["company"], SETTINGS["market"]])
        & (figures["quarter"] < SETTINGS["counted_before"])
    ]
    meta, market = (series(needed, company, "revenue") for company in (SETTINGS["company"], SETTINGS["market"]))
    specifications = tuple(_specification(meta, market, choices) for choices in combinations(GRID))
    missing = _missing(meta, market, as_of.date)
    estimates = (_shortfall(meta, market), _false_dates(meta, market), _other_firm(market))
    return Findings(estimates, fingerprint(needed), specifications, missing)


def _missing(meta: "pd.Series[float]", market: "pd.Series[float]", on: date) -> tuple[str, ...]:
    """Which quarters the registered model lacks by the day."""
    import pandas as pd

    lacking = []
    for name, held in (("Meta", meta), ("Alphabet", market)):
        after = pd.period_range("2021Q3", "2022Q4", freq="Q")
        before = held[held.index < "2021Q2"].count() if len(held) else 0
        gone = [str(q) for q in after if q not in held.dropna().index]
        if before < CLAIM.hypothesis("shortfall").minimum_sample:
            lacking.append(f"{name}'s revenue in {before} quarters before 2021Q2, at least 24 are needed")
        if gone:
            lacking.append(f"{name}'s revenue of {', '.join(gone)}")
    source = "which source sec_companyfacts would give"
    return tuple(f"{lack} by {on}, {source}" for lack in lacking)


def _shortfall(meta: "pd.Series[float]", market: "pd.Series[float]") -> Estimate:
    hypothesis = CLAIM.hypothesis("shortfall")
    answer = _answer(hypothesis, meta, market, combinations(GRID)[0])
    if answer.estimate is None:
        return answer

    def flips() -> FlipRates:
        decision = decide(hypothesis, answer)
        # The gate is about what is held, so a thinned series is held to it as the whole one is.
        again = [
            replace(_answer(hypothesis, thinned, market, combinations(GRID)[0]), gate_size=answer.sample_size)
            for thinned in _thinned(meta)
        ]
        changed = [decide(hypothesis, found) != decision for found in again]
        return FlipRates({LABEL_ERROR: sum(changed) / len(changed)}, "Leaving out {} of the quarters at random")

    return replace(answer, flips=flips)


def _thinned(meta: "pd.Series[float]") -> "list[pd.Series[float]]":
    """The series before the limits with quarters left out at random, as if their figures could not be trusted."""
    import numpy as np

    rng = np.random.default_rng(SEED)
    early = np.asarray(meta.index < "2021Q2")
    return [meta.mask(early & (rng.random(len(meta)) < SETTINGS["error"])) for _ in range(SETTINGS["error_draws"])]


def _answer(
    hypothesis: Hypothesis, own: "pd.Series[float]", market: "pd.Series[float] | None", choices: Mapping[str, str]
) -> Estimate:
    """The gap with these choices; no estimate where quarters are missing."""
    import pandas as pd

    unit = "share of expected revenue"
    first, last = (pd.Period(quarter, freq="Q") for quarter in choices["counted"].split(" to "))
    fit_end = pd.Period(choices["fitted to"], freq="Q")
    market = market if choices["market"] == ALPHABET else None
    fitted, counted = _fitted(own, market, fit_end), pd.period_range(first, last, freq="Q")
    size = int(fitted.count())
    level = 1 - hypothesis.alpha
    if size < SETTINGS["least_quarters_to_fit"] or not _held(own, counted) or not _held_between(market, fitted, last):
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=size, note="Quarters are missing.")
    found = _simulated(own, market, fit_end, counted, MODELS[choices["model"]], level)
    gap, p_value, expected = found
    earned = float(own.loc[counted].sum())
    note = (
        f"From {first} to {last} revenue was {earned:.0f} billion US dollars, where the model fitted to {size} "
        f"quarters up to {fit_end} expects {expected:.0f}. That is a model's word: nobody saw these years without the "
        "limits."
    )
    return Estimate.of(hypothesis.hypothesis_id, unit, gap, level, size, p_value, note=note)


def _fitted(own: "pd.Series[float]", market: "pd.Series[float] | None", fit_end: Any) -> "pd.Series[float]":
    """The quarters that the model is fitted to: up to `fit_end`, from the first that the market's series has."""
    before: pd.Series[float] = own[own.index <= fit_end]
    return before if market is None or market.empty else before[before.index >= market.index[0]]


def _held(own: "pd.Series[float]", counted: Any) -> bool:
    return len(own) > 0 and bool(own.reindex(counted).notna().all())


def _held_between(market: "pd.Series[float] | None", fitted: "pd.Series[float]", last: Any) -> bool:
    """Whether the market's series has no gap from the first fitted quarter to the last counted one."""
    import pandas as pd

    if market is None:
        return True
    return len(fitted) > 0 and _held(market, pd.period_range(fitted.index[0], last, freq="Q"))


def _simulated(
    own: "pd.Series[float]", market: "pd.Series[float] | None", fit_end: Any, counted: Any, model: str, level: float
) -> tuple[Interval, float, float]:
    """The gap as a share of what is expected, its p-value, and what is expected in billions of US dollars."""
    import pandas as pd

    fitted = _fitted(own, market, fit_end)
    ahead = pd.period_range(fit_end + 1, counted[-1], freq="Q")
    known = None if market is None else tuple(market.loc[fitted.index].to_list() + market.loc[ahead].to_list())
    # Not a number is not equal to itself, so that a gap as such would never be found in the cache.
    own_or_gap = tuple(None if pd.isna(value) else float(value) for value in fitted)
    paths = _paths(own_or_gap, known, len(ahead), model)
    return _judged(float(own.loc[counted].sum()), paths[-len(counted) :].sum(axis=0), level)


def _judged(earned: float, totals: "NDArray[np.float64]", level: float) -> tuple[Interval, float, float]:
    import numpy as np

    gaps = 1 - earned / totals
    low, high = np.quantile(gaps, [(1 - level) / 2, (1 + level) / 2])
    middle = float(np.median(totals))
    # One is added to both, as a simulated p-value is never zero (Davison and Hinkley 1997, section 4.2).
    p_value = (1 + int((gaps <= 0).sum())) / (1 + len(gaps))
    return Interval(1 - earned / middle, float(low), float(high)), p_value, middle


@cache
def _paths(
    own: tuple[float | None, ...], market: tuple[float, ...] | None, ahead: int, model: str
) -> "NDArray[np.float64]":
    """Simulated paths of the next `ahead` quarters, a column each, in the units of `own`, None where there is a gap.

    Structural time series: Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, ch. 2;
    as a counterfactual: Brodersen et al. (2015), Ann. Appl. Stat. 9:247. How revenue goes with the market's is part
    of the state, so that each path has its own; how strongly level, trend and season move is drawn as well. Cached,
    as all days see the same quarters.
    """
    import warnings

    import numpy as np
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    logs = np.log(np.asarray(own, dtype=float))
    known = None if market is None else np.log(np.asarray(market, dtype=float)).reshape(-1, 1)
    later = None if known is None else known[len(logs) :]
    generator = np.random.default_rng(SEED)
    with warnings.catch_warnings():
        # Quarters without a figure are passed over, of which the library warns.
        warnings.simplefilter("ignore")
        structure = UnobservedComponents(
            logs, level=model, seasonal=4, exog=None if known is None else known[: len(logs)], mle_regression=False
        )
        drawn = [
            structure.filter(variances, cov_type="none").simulate(
                ahead, anchor="end", repetitions=SETTINGS["simulations_each"], exog=later, rng=generator
            )
            for variances in _variances(structure.loglike, structure.start_params, generator)
        ]
    paths: NDArray[np.float64] = np.exp(
        np.hstack([np.asarray(paths, dtype=float).reshape(ahead, -1) for paths in drawn])
    )
    return paths


def _variances(
    log_likelihood: "Callable[[NDArray[np.float64]], float]",
    first: "NDArray[np.float64]",
    generator: "np.random.Generator",
) -> "Iterator[NDArray[np.float64]]":
    """Variances as likely as the data leave them, standard deviations being alike beforehand.

    Random walk of the logarithms: Metropolis et al. (1953), J. Chem. Phys. 21:1087; flat in the standard deviation:
    Gelman (2006), Bayesian Anal. 1:515. The first quarter of the walk is left out.
    """
    import numpy as np

    steps, draws = SETTINGS["walk_steps"], SETTINGS["variance_draws"]

    def height(logs: "NDArray[np.float64]") -> float:
        return float(log_likelihood(np.exp(2 * logs)) + logs.sum())

    at = np.log(np.maximum(np.sqrt(np.maximum(first, 0.0)), SETTINGS["least_deviation"]))
    now = height(at)
    for step in range(steps):
        proposed = at + generator.normal(0, SETTINGS["stride"], len(at))
        then = height(proposed)
        if np.log(generator.random()) < then - now:
            at, now = proposed, then
        if step >= steps // 4 and (step - steps // 4) % (3 * steps // 4 // draws) == 0:
            yield np.exp(2 * at)


def _specification(meta: "pd.Series[float]", market: "pd.Series[float]", choices: Mapping[str, str]) -> Specification:
    return Specification.of(choices, _answer(CLAIM.hypothesis("shortfall"), meta, market, choices))


def _false_dates(meta: "pd.Series[float]", market: "pd.Series[float]") -> Estimate:
    """The gap after each false date, with Alphabet's revenue known as in the headline."""
    import numpy as np
    import pandas as pd

    hypothesis = CLAIM.hypothesis("false_dates")
    skip, length = SETTINGS["placebo_skips_quarters"], SETTINGS["placebo_counts_quarters"]
    gaps = {}
    for name in SETTINGS["placebo_last_quarters"]:
        fit_end = pd.Period(name, freq="Q")
        counted = pd.period_range(fit_end + 1 + skip, periods=length, freq="Q")
        fitted = _fitted(meta, market, fit_end)
        enough = fitted.count() >= SETTINGS["least_quarters_to_fit"] - 2
        if enough and _held(meta, counted) and _held_between(market, fitted, counted[-1]):
            gaps[name] = _simulated(meta, market, fit_end, counted, MODELS[TREND], 1 - hypothesis.alpha)[0].estimate
    unit = "share of expected revenue"
    if not gaps:
        return Estimate(hypothesis.hypothesis_id, unit, note="Quarters are missing.")
    values = list(gaps.values())
    bounds = Interval(float(np.median(values)), min(values), max(values))
    note = "After " + ", ".join(f"{name} {gap:.0%}" for name, gap in gaps.items()) + "."
    return Estimate.of(hypothesis.hypothesis_id, unit, bounds, None, len(gaps), note=note)


def _other_firm(market: "pd.Series[float]") -> Estimate:
    return _answer(CLAIM.hypothesis("other_firm"), market, None, combinations(GRID)[0] | {"market": ALONE})


def draw_gap(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Meta's and Alphabet's revenue against the same quarter a year before, with the day of the limits."""
    import altair as alt

    if frame.empty:
        return nothing_yet()
    names = {"meta": "Meta", "alphabet": "Alphabet"}
    frame = frame.assign(company=frame["company_id"].map(names))
    mapping = {"Meta": OPEN, "Alphabet": NEUTRAL}
    lines = (
        alt.Chart(frame)
        .mark_line(point=alt.OverlayMarkDef(size=18))
        .encode(
            x=time_axis("quarter:T", "quarter"),
            y=alt.Y("growth_share:Q", title="revenue against a year before", axis=alt.Axis(format="+%")),
            color=alt.Color("company:N", scale=colours(mapping, frame["company"])),
            tooltip=["company:N", "quarter:T", alt.Tooltip("growth_share:Q", format="+.0%")],
        )
    )
    limit = alt.Chart(frame).transform_aggregate(rows="count()").mark_rule(strokeDash=[4, 4]).encode(
        x=alt.datum(alt.DateTime(year=2021, month=4, date=26))
    )  # fmt: skip
    return styled(alt.layer(lines, limit).properties(width=WIDTH, height=240))


def draw_estimates(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The shortfall as it stood on each day."""
    labels = {"C12.shortfall": "Meta", "C12.other_firm": "Alphabet, for comparison"}
    return estimate_history(frame, labels, "shortfall", {0.05: "5 %"}, percent=True)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The shortfall under every choice."""
    return specification_curve(frame, "shortfall", 0.0, "no shortfall", percent=True)


CLAIM = Claim(
    claim_id="C12",
    slug="revenue-loss",
    title="Apple's limits on tracking cost Meta dearly",
    question="Did Meta earn much less than expected after Apple let iPhone users refuse to be tracked?",
    statement="When another company limited what data Meta could collect, Meta lost a significant part of its revenue.",
    essay_section="The Power of Open Source: Sharing the Future of AI?",
    essay_paragraph=3,
    essay_phrase="a significant revenue loss",
    ceiling="supported",
    floor="contradicted",
    limit_reason="Supported here means supported by a model: with one company hit and one to compare, no test over "
    "firms is possible, and a shortfall is a distance from what a model expects.",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "Supported here means supported by a model, not measured: nobody saw the year 2022 without Apple's limits.",
        "The limits began on 2021-04-26 (huntonprivacyblog.com/2021/04/21/"
        "apples-att-framework-to-go-into-effect-april-26-2021, read on 2026-11-25). The war in Ukraine, the strong "
        "dollar, TikTok and the end of the pandemic's boom fall into the same months; Alphabet's revenue stands in "
        "for the advertising market, and was touched by the limits a little itself.",
        "The pandemic's boom lies in the years that the model learns from: fitted up to 2019 it finds a smaller and "
        "less certain shortfall, as the specifications show.",
        "All of Meta's revenue is counted: advertising alone, almost all of it, is not held for every quarter.",
        "The interval allows for not knowing the model's parameters, but not for its being the wrong model; the false "
        "dates show how far it strays where nothing happened, and a loss no larger than that would prove nothing. "
        "Neither check is sharp: Alphabet's own gap, with no other company as its measure, is known very roughly.",
        "Of Snap, Pinterest and The Trade Desk fewer than 24 quarters before the limits are held, of others that live "
        "on advertising none: no synthetic Meta can be made of them, and none be drawn by lot as if it had been hit.",
        "The company's own figure of ten billion dollars was a forecast made before the fact, and is no test.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "growth",
            "How fast Meta and Alphabet grew",
            f"Revenue against the same quarter of the year before. Dashed: the day Apple's limits began. {GATHERED}",
            """
select now.company_id, now.quarter, now.value_usd / before.value_usd - 1 as growth_share
from marts.company_quarter as now
inner join marts.company_quarter as before
    on before.company_id = now.company_id and before.metric = now.metric
    and before.quarter = now.quarter - interval '12' month
where now.metric = 'revenue' and now.company_id in ('meta', 'alphabet')
    and now.quarter between date '2016-01-01' and date '2024-10-01'
order by now.company_id, now.quarter
""",
            draw_gap,
        ),
        Figure(
            "estimates",
            "The shortfall at Meta and at Alphabet",
            "Share of the expected revenue that was not earned from 2021Q3 to 2022Q4, as it stood on each day. Bands: "
            "98.8 % of simulated paths. It moves only if figures of those years are restated.",
            test_history_sql("C12.shortfall", "C12.other_firm"),
            draw_estimates,
        ),
        Figure(
            "specifications",
            "The shortfall under every choice",
            "One dot for each model, with and without Alphabet as the market, counted over 2022 or longer, fitted up "
            "to the limits or to the pandemic. Lines: 98.8 % of simulated paths.",
            specification_sql("C12.shortfall"),
            draw_specifications,
        ),
        verdicts_figure("C12"),
    ),
)
