"""C15: Meta publishes its models while its rivals do not; how large that contrast is and whether it lasts."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.evidence import (
    DEFINITION_AXIS,
    DEFINITIONS,
    UNKNOWN_LIMIT,
    AsOf,
    by_definition,
    fingerprint,
    is_too_unknown,
    releases,
)
from pipeline.claims.figure import (
    ACCESS_COLOURS,
    WIDTH,
    colours,
    estimate_history,
    specification_curve,
    specification_sql,
    styled,
    test_history_sql,
    verdicts_figure,
)
from pipeline.claims.findings import Estimate, Findings, Specification
from pipeline.claims.null_worlds import contrast_draw
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks
from pipeline.claims.release_counts import CHECKPOINT, EVENT, UNKNOWN_AS, Count, count, window_start, within
from pipeline.claims.sensitivity import LABEL_ERROR, FlipRates, flip_rates
from pipeline.claims.shares import Counted, counted, recounted
from pipeline.claims.statistics import SEED
from pipeline.claims.verdict import decide

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

META = ("meta",)
RIVALS: Mapping[str, tuple[str, ...]] = {
    "Google, OpenAI, Anthropic, xAI": ("google", "openai", "anthropic", "xai"),
    "Google and OpenAI": ("google", "openai"),
    "Google, OpenAI, Anthropic": ("google", "openai", "anthropic"),
}
FOUR = RIVALS["Google, OpenAI, Anthropic, xAI"]
ALPHA = 0.05 / LOOKS_PER_YEAR / 2
SETTINGS: Mapping[str, Any] = {
    "meta": META,
    "rivals": RIVALS,
    "split_on": "2025-01-01",
    "chinese": "organisations with country code CN",
    "label_error": LABEL_ERROR,
    "unknown_at_most": UNKNOWN_LIMIT,
    "draws": 200,
}
GRID = {
    "unit": (EVENT, CHECKPOINT),
    "unknown weights": tuple(UNKNOWN_AS),
    "window": ("since 2023-01-01", "last 24 months"),
    "rivals": tuple(RIVALS),
    DEFINITION_AXIS: DEFINITIONS,
}
GRID_CONVERGENCE = {axis: values for axis, values in GRID.items() if axis != "window"}
EXACT = (
    "conditional odds ratio with its exact interval (statistics.odds_ratio, the values of "
    "scipy.stats.contingency.odds_ratio), its ends with unknown weights against the claim and for it; p from "
    "scipy.stats.fisher_exact, unknown weights against the claim"
)
EVENT_UNIT = "releases on the smaller side, as events: what a lab put out on one day with the same access"
ANY_WEIGHTS = "weights can be downloaded, under any licence"

HYPOTHESES = (
    Hypothesis(
        hypothesis_id="C15.contrast",
        role="primary",
        estimand="odds of open weights for a release of Meta over those for one of Google, OpenAI, Anthropic or xAI",
        unit=EVENT_UNIT,
        estimation_window="2023-01-01 to the day of evaluation",
        outcome="open or closed weights; unknown left out of the estimate and taken both ways by the interval",
        openness_definition=ANY_WEIGHTS,
        test_function=EXACT,
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=2.0,
        minimum_sample=8,
        null_hypothesis="the odds at Meta are no higher",
        verdict_rule="supports if the interval lies above 1 and the estimate reaches 2; contradicts if the interval "
        "lies below 2; alpha is .05 a year, split over four looks and two primary hypotheses",
        marks=Marks.smallest_effect(null=1.0, effect=2.0, opposite=0.5),
        grid=GRID,
        plain="the odds that a release has open weights are {estimate} as high at Meta as at its four rivals",
    ),
    Hypothesis(
        hypothesis_id="C15.lasting",
        role="primary",
        estimand="odds ratio of Meta against the four since 2025 over the same odds ratio in 2023 and 2024",
        unit=EVENT_UNIT + ", in the smaller period",
        estimation_window="2023-01-01 to 2024-12-31 against 2025-01-01 to the day of evaluation",
        outcome="open or closed weights; unknown left out of the estimate and taken both ways by the interval",
        openness_definition=ANY_WEIGHTS,
        test_function="difference of log odds ratios, statsmodels Table2x2 (Altman and Bland 2003), the ends of the "
        "interval with unknown weights against the claim and for it, p with them against it",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.5,
        minimum_sample=8,
        null_hypothesis="the contrast has fallen to half or less",
        verdict_rule="supports if the interval lies above one half, contradicts if it lies below; counts from the day "
        "on which a year of the later period is over; alpha as for C15.contrast",
        marks=Marks(null=0.5, support=0.5, effect=0.5, contradict=0.5, opposite=None),
        grid=GRID_CONVERGENCE,
        counts_from=date(2026, 1, 1),
        plain="since 2025 that contrast is {estimate} what it was in 2023 and 2024",
    ),
    Hypothesis(
        hypothesis_id="C15.not_only_meta",
        role="falsification",
        estimand="odds of open weights for a release of a Chinese lab over those for one of the four",
        unit=EVENT_UNIT,
        estimation_window="2023-01-01 to the day of evaluation",
        outcome="open or closed weights; unknown left out of the estimate and taken both ways by the interval",
        openness_definition=ANY_WEIGHTS,
        test_function=EXACT,
        alternative="less",
        alpha=ALPHA,
        smallest_effect=2.0,
        minimum_sample=8,
        null_hypothesis="the odds ratio is 2 or more",
        verdict_rule="contradicts if the interval lies above 2: then the same contrast exists without Meta, and is one "
        "between American closed labs and others",
        marks=Marks.threshold(2.0),
        plain="the odds that a release has open weights are {estimate} as high at Chinese labs as at the four rivals",
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """The contrast, whether it lasted, the same contrast for Chinese labs, and all specifications."""
    frames = by_definition(releases, connection, as_of)
    released = frames["open_any"]
    start = window_start(GRID["window"][0], as_of.date)
    meta, rivals = within(released, META, start), within(released, FOUR, start)
    chinese = within(released, sorted(set(released[released["country_code"] == "CN"]["organisation_id"])), start)
    estimates = (
        _contrast(meta, rivals),
        _lasting(released, as_of.date),
        _exact(CLAIM.hypothesis("not_only_meta"), (counted(chinese, EVENT), counted(rivals, EVENT))),
    )
    compared = {
        definition: within(frame, [*META, *FOUR], window_start("since 1900-01-01", as_of.date))
        for definition, frame in frames.items()
    }
    specifications = (
        *_contrast_specifications(compared, as_of.date),
        *_lasting_specifications(compared, as_of.date),
    )
    missing = [
        f"releases of {name} since 2023 with known weights by {as_of.date}"
        for name, frame in (("Meta", meta), ("its four rivals", rivals))
        if not count(frame, EVENT, "left out").known
    ]
    asked = CLAIM.hypothesis("contrast")
    since = {name: within(frame, [*META, *FOUR], start) for name, frame in frames.items()}
    draw = contrast_draw(asked, since, specifications, as_of.date, lambda choices: (META, RIVALS[choices["rivals"]]))
    read = fingerprint(*frames.values())
    return Findings(estimates, read, specifications, tuple(missing), {asked.hypothesis_id: draw})


def _table(one: Count, other: Count) -> statistics.Table:
    return ((one.open, one.closed), (other.open, other.closed))


def _exact(hypothesis: Hypothesis, sides: tuple[Counted, ...]) -> Estimate:
    """The exact odds ratio of two sides, widened to what it is with unknown weights against the first and for it.

    No estimate where a side or an outcome is missing. The p-value is the least favourable to a larger ratio.
    """
    level = 1 - hypothesis.alpha
    one, other = sides
    least, most = _table(one.as_closed, other.as_open), _table(one.as_open, other.as_closed)
    size, gate = one.known.known + other.known.known, min(one.known.known, other.known.known)
    note = (
        f"{one.known.open} of {one.known.known} against {other.known.open} of {other.known.known} open, "
        f"{one.known.unknown} and {other.known.unknown} more unknown."
    )
    ratio, low, high = (statistics.odds_ratio(t, level) for t in (_table(one.known, other.known), least, most))
    if ratio is None:
        return Estimate(hypothesis.hypothesis_id, "odds ratio", sample_size=size, gate_size=gate, note=note)
    if math.isinf(ratio.estimate):
        note += " A cell is empty, so the ratio has no finite estimate."
    widened = statistics.Interval(ratio.estimate, low.low if low else 0.0, high.high if high else math.inf)
    # The test is of a ratio of 1, so it says nothing where another value decides.
    tested = hypothesis.marks.null == 1.0
    p_value = statistics.fisher_p_value(least, hypothesis.alternative) if tested else None
    return Estimate.of(hypothesis.hypothesis_id, "odds ratio", widened, level, size, p_value, gate, note)


def _contrast(meta: "pd.DataFrame", rivals: "pd.DataFrame") -> Estimate:
    hypothesis = CLAIM.hypothesis("contrast")
    answer = _exact(hypothesis, (counted(meta, EVENT), counted(rivals, EVENT)))
    return _with_flips(hypothesis, answer, (meta, rivals), lambda sides: _exact(hypothesis, sides))


def _lasting(released: "pd.DataFrame", on: date) -> Estimate:
    hypothesis = CLAIM.hypothesis("lasting")
    frames = _periods(released, FOUR, on)
    answer = _ratio(tuple(counted(frame, EVENT) for frame in frames))
    return _with_flips(hypothesis, answer, frames, _ratio)


def _with_flips(
    hypothesis: Hypothesis,
    answer: Estimate,
    frames: "tuple[pd.DataFrame, ...]",
    again: Callable[[tuple[Counted, ...]], Estimate],
) -> Estimate:
    """The answer with a way to find how often wrong labels in `frames` would change it."""

    def relabel(error: float) -> Iterator[tuple[Counted, ...]]:
        draws = (recounted(f, EVENT, error, SETTINGS["draws"], SEED + i) for i, f in enumerate(frames))
        return zip(*draws, strict=True)

    def flips() -> FlipRates:
        return flip_rates(decide(hypothesis, answer), relabel, lambda sides: decide(hypothesis, again(sides)))

    return replace(answer, flips=flips)


def _periods(released: "pd.DataFrame", rivals: Collection[str], on: date) -> "tuple[pd.DataFrame, ...]":
    """Meta and rivals before the split, then Meta and rivals after it."""
    import pandas as pd

    since = within(released, [*META, *rivals], window_start(GRID["window"][0], on))
    late = pd.to_datetime(since["released_on"]) >= pd.Timestamp(SETTINGS["split_on"])
    is_meta = since["organisation_id"].isin(META)
    return since[~late & is_meta], since[~late & ~is_meta], since[late & is_meta], since[late & ~is_meta]


def _ratio(sides: tuple[Counted, ...]) -> Estimate:
    """How the odds ratio changed, from the four sides that `_periods` gives, widened by unknown weights both ways."""
    hypothesis = CLAIM.hypothesis("lasting")
    meta_before, rivals_before, meta_after, rivals_after = sides
    level, null = 1 - hypothesis.alpha, hypothesis.marks.null

    def changed(*counts: Count) -> tuple[statistics.Interval, float] | None:
        return statistics.ratio_of_odds_ratios(_table(*counts[:2]), _table(*counts[2:]), null, level)

    ratio = changed(*(side.known for side in sides))
    least = changed(meta_before.as_open, rivals_before.as_closed, meta_after.as_closed, rivals_after.as_open)
    most = changed(meta_before.as_closed, rivals_before.as_open, meta_after.as_open, rivals_after.as_closed)
    known = [side.known for side in sides]
    size, gate = sum(count.known for count in known), min(count.known for count in known)
    unit = "ratio of odds ratios"
    told = [f"{count.open} of {count.known}" for count in known]
    note = (
        f"Open in 2023 and 2024: {told[0]} of Meta's, {told[1]} of the others'; since 2025: {told[2]} and {told[3]}; "
        f"{sum(count.unknown for count in known)} more unknown."
    )
    if ratio is None or least is None or most is None:
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=size, gate_size=gate, note=note)
    widened = statistics.Interval(ratio[0].estimate, least[0].low, most[0].high)
    return Estimate.of(hypothesis.hypothesis_id, unit, widened, level, size, least[1], gate, note)


def _contrast_specifications(frames: "Mapping[str, pd.DataFrame]", on: date) -> Iterator[Specification]:
    """The contrast under every combination of GRID."""
    hypothesis = CLAIM.hypothesis("contrast")
    for window, rivals, definition in product(GRID["window"], RIVALS, DEFINITIONS):
        start = window_start(window, on)
        sides = [within(frames[definition], labs, start) for labs in (META, RIVALS[rivals])]
        told = not is_too_unknown(definition, *sides)
        for unit, unknown in product(GRID["unit"], UNKNOWN_AS):
            choices = {"unit": unit, "unknown weights": unknown, "window": window, "rivals": rivals}
            choices[DEFINITION_AXIS] = definition
            if told:
                yield Specification.of(choices, _exact(hypothesis, _taken(sides, unit, unknown)))
            else:
                yield Specification(hypothesis.hypothesis_id, choices, None)


def _lasting_specifications(frames: "Mapping[str, pd.DataFrame]", on: date) -> Iterator[Specification]:
    """The change of the contrast under every combination of GRID_CONVERGENCE."""
    for rivals, definition in product(RIVALS, DEFINITIONS):
        sides = _periods(frames[definition], RIVALS[rivals], on)
        told = not is_too_unknown(definition, *sides)
        for unit, unknown in product(GRID["unit"], UNKNOWN_AS):
            choices = {"unit": unit, "unknown weights": unknown, "rivals": rivals, DEFINITION_AXIS: definition}
            if told:
                yield Specification.of(choices, _ratio(_taken(sides, unit, unknown)))
            else:
                yield Specification("C15.lasting", choices, None)


def _taken(sides: "Sequence[pd.DataFrame]", unit: str, unknown: str) -> tuple[Counted, ...]:
    """The sides with unknown weights taken one way only."""
    counts = (count(frame, unit, unknown) for frame in sides)
    return tuple(Counted(found, found, found) for found in counts)


def draw_shares(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Release events of each lab by weights as shares, before and since the split; their number beside the name."""
    import altair as alt

    totals = frame.groupby(["lab", "period"])["release_count"].transform("sum")
    labelled = frame.assign(label=[f"{lab} ({n})" for lab, n in zip(frame["lab"], totals, strict=True)])
    chart = (
        alt.Chart(labelled)
        .mark_bar()
        .encode(
            y=alt.Y("label:N", title=None, sort=alt.EncodingSortField("lab_place", op="min")),
            x=alt.X("release_count:Q", title="share of release events", stack="normalize", axis=alt.Axis(format="%")),
            color=alt.Color("weights_access:N", scale=colours(ACCESS_COLOURS, frame["weights_access"])),
            order=alt.Order("place:Q"),
            tooltip=["lab:N", "period:N", "weights_access:N", "release_count:Q"],
        )
        .properties(width=WIDTH, height=150)
        .facet(facet=alt.Facet("period:N"), columns=1)
        .resolve_scale(y="independent")
    )
    return styled(chart)


def draw_estimates(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The contrast, and how much of it lasted, as they stood on each day; what has no finite value is left out."""
    labels = {"C15.contrast": "odds at Meta over those at its rivals", "C15.lasting": "since 2025 over before"}
    return estimate_history(frame, labels, "ratio", {1.0: "no contrast, or no change"}, logarithmic=True)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The odds ratio under every choice; ratios without a finite estimate are not drawn."""
    return specification_curve(frame, "odds ratio, Meta against rivals", 1.0, "no contrast", logarithmic=True)


CLAIM = Claim(
    claim_id="C15",
    slug="contrast-with-meta",
    title="Meta gives its models away, the others do not",
    question="Is Meta as different from its American rivals as it is made out to be, and does the difference last?",
    statement="Meta publishes the weights of its models, while its rivals build closed ones and sell access to them.",
    essay_section="The AI Arms Race: A New Era of Competition",
    essay_paragraph=1,
    essay_phrase="This creates a fascinating contrast",
    ceiling="supported",
    floor="contradicted",
    limit_reason="",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "Why a lab publishes, and how it earns its money, is not measured: only what became of the weights is.",
        "Meta's community licences are not open source licences; here any downloadable weights count as open.",
        "Catalogues note open models more completely than closed ones, most of all for labs that publish everything.",
        "The comparison of periods rests on a normal approximation, and half a count is added where a cell is empty.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "releases",
            "Open and closed releases, before 2025 and since",
            "Share of release events by whether the weights can be downloaded; their number in brackets. Grey: no "
            "source says.",
            """
with event as (
    select distinct
        case when country_code = 'CN' then 'Chinese labs' when organisation_id = 'google' then 'Google'
            else organisation_name end as lab,
        organisation_id, released_on, weights_access,
        case when released_on < date '2025-01-01' then '2023 and 2024' else 'since 2025' end as period
    from marts.release
    where released_on >= date '2023-01-01'
        and (country_code = 'CN' or organisation_id in ('meta', 'google', 'openai', 'anthropic', 'xai'))
)
select lab, period, weights_access, count(*) as release_count,
    case weights_access when 'open' then 1 when 'closed' then 2 else 3 end as place,
    case lab when 'Meta' then 1 when 'Google' then 2 when 'OpenAI' then 3 when 'Anthropic' then 4 when 'xAI' then 5
        else 6 end as lab_place
from event
group by lab, period, weights_access
order by lab, period, weights_access
""",
            draw_shares,
        ),
        Figure(
            "estimates",
            "The contrast over time",
            "Odds ratio of Meta against its four rivals, and that since 2025 over that before, as they stood on each "
            "day. Bands: 99.4 % intervals, widened by what is unknown. Days without a finite ratio are left out.",
            test_history_sql("C15.contrast", "C15.lasting"),
            draw_estimates,
        ),
        Figure(
            "specifications",
            "The contrast under every choice",
            "One dot for each way of counting: unit, unknown weights, window, rivals and what open means. Lines: exact "
            "intervals at the level that the verdict uses (99.4 %).",
            specification_sql("C15.contrast"),
            draw_specifications,
        ),
        verdicts_figure("C15"),
    ),
)
