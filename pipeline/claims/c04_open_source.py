"""C04: what Meta gives away is called open source; which of its releases meet a definition of that is counted here."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.evidence import (
    DEFINITION_AXIS,
    HEADLINE_BOARD,
    AsOf,
    Definition,
    by_definition,
    fingerprint,
    is_too_unknown,
    rated_releases,
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
from pipeline.claims.null_worlds import share_draw
from pipeline.claims.openness_tool import listed_families
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks
from pipeline.claims.release_counts import CHECKPOINT, EVENT, UNKNOWN_AS, count, window_start, within
from pipeline.claims.sensitivity import LABEL_ERROR, FlipRates
from pipeline.claims.shares import counted, open_share, share_flips

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd
    from duckdb import DuckDBPyConnection

META = ("meta",)
HEADLINE: Definition = "osi_weights"
WORDS: Mapping[Definition, str] = {
    "osi_weights": "weights can be downloaded under a licence that the Open Source Initiative has approved",
    "open_unrestricted": "weights can be downloaded under an open licence, approved or not",
    "osaid": "the system meets the Open Source AI Definition 1.0",
    "open_any": "weights can be downloaded, under any licence",
}
NAMES: Mapping[Definition, str] = {
    "osi_weights": "osi",
    "open_unrestricted": "unrestricted",
    "osaid": "osaid",
    "open_any": "any_weights",
}
GRID = {
    "unit": (EVENT, CHECKPOINT),
    "unknown weights": tuple(UNKNOWN_AS),
    "window": ("since 2023-02-24", "since 2024-05-31", "last 24 months"),
    "releases": ("all", "rated by people"),
    DEFINITION_AXIS: tuple(WORDS),
}
SETTINGS: Mapping[str, Any] = {"lab": META, "label_error": LABEL_ERROR, "draws": 200}
RARER = 8
"""Least open, and least closed, releases for a trend: with fewer the fitted curve hangs on single ones."""
TREND_WINDOW = "since 2018-01-01"
ALPHA = 0.05 / LOOKS_PER_YEAR
EVENT_UNIT = "release event: what Meta put out on one day with the same standing under the definition"
UNKNOWN = "a release of unknown licence is left out of the estimate and widens the interval both ways"


def _share(definition: Definition) -> Hypothesis:
    return Hypothesis(
        hypothesis_id=f"C04.{NAMES[definition]}",
        role="primary" if definition == HEADLINE else "secondary",
        estimand=f"share of Meta's releases that are open, where open means: {WORDS[definition]}",
        unit=EVENT_UNIT,
        estimation_window="2023-02-24, when LLaMA came out, to the day of evaluation",
        outcome=f"open or closed under the definition; {UNKNOWN}",
        openness_definition=WORDS[definition],
        test_function="scipy.stats.binomtest; interval statsmodels proportion_confint(method='beta')",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=10,
        null_hypothesis="the share is one half or less",
        verdict_rule="supports if the interval lies above one half, contradicts if it lies below; alpha is .05 a year, "
        "split over four looks",
        marks=Marks.threshold(0.5),
        grid=GRID if definition == HEADLINE else {},
        plain=f"for {{estimate}} of Meta's releases, {WORDS[definition]}",
    )


HYPOTHESES = (
    *(_share(definition) for definition in WORDS),
    Hypothesis(
        hypothesis_id="C04.against_others",
        role="secondary",
        estimand="odds that a downloadable release of Meta has an approved licence, over those for all other makers",
        unit="release events with weights on the smaller side",
        estimation_window="2023-02-24 to the day of evaluation",
        outcome="approved licence or another; unknown left out",
        openness_definition=WORDS[HEADLINE],
        test_function="scipy.stats.contingency.odds_ratio (conditional, exact interval); p scipy.stats.fisher_exact",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=8,
        null_hypothesis="the odds ratio is 1 or less",
        verdict_rule="supports if the interval lies above 1, contradicts if below: then others give more freely",
        marks=Marks.threshold(1.0),
    ),
    Hypothesis(
        hypothesis_id="C04.framework",
        role="secondary",
        estimand="share of Meta's families of models that reach a class of the Model Openness Framework",
        unit="families of Meta's in the Model Openness Tool",
        estimation_window="families released, or else entered, by the day of evaluation",
        outcome="one of the family's entries reaches class III, II or I, or none does",
        openness_definition="weights, architecture, reports and results under open licences: class III or better",
        test_function="scipy.stats.binomtest; interval statsmodels proportion_confint(method='beta')",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=5,
        null_hypothesis="the share is one half or less",
        verdict_rule="supports if the interval lies above one half, contradicts if it lies below",
        marks=Marks.threshold(0.5),
        plain="{estimate} of Meta's families of models reach a class of the Model Openness Framework",
    ),
    Hypothesis(
        hypothesis_id="C04.trend",
        role="secondary",
        estimand="by how much the odds that a release of Meta has an open licence multiply in a year",
        unit="release events of the rarer kind, open or closed",
        estimation_window="2018-01-01 to the day of evaluation",
        outcome="open or closed under the definition; unknown ones left out",
        openness_definition=WORDS["open_unrestricted"],
        test_function="statsmodels GLM, binomial, of the releases on time; Wald interval",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=1.1,
        minimum_sample=RARER,
        null_hypothesis="licences get no more open",
        verdict_rule="supports if the interval lies above 1 and the odds grow by a tenth a year, contradicts if the "
        "interval lies below 1.1; an interval from below 1/1.1 to above 1.1 tells nothing",
        marks=Marks.smallest_effect(null=1.0, effect=1.1, opposite=1 / 1.1),
        plain="each year the odds that a release of Meta has an open licence are {estimate} those of the year before",
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """Meta's open share under each definition, the same against other makers, and all specifications."""
    frames = by_definition(releases, connection, as_of)
    rated = rated_releases(connection, as_of)
    rated_ids = set(rated[rated["board"] == HEADLINE_BOARD]["model_id"])
    start = window_start(GRID["window"][0], as_of.date)
    own = {definition: within(frame, META, start) for definition, frame in frames.items()}
    estimates = [_answer(CLAIM.hypothesis(NAMES[definition]), own[definition]) for definition in WORDS]
    families = listed_families(connection, as_of)
    since_2018 = within(frames["open_unrestricted"], META, window_start(TREND_WINDOW, as_of.date))
    estimates.append(_against_others(frames[HEADLINE], frames["open_any"], as_of))
    estimates += [_framework(families), _trend(since_2018)]
    specifications = tuple(_specifications(frames, rated_ids, as_of))
    asked = CLAIM.hypothesis(NAMES[HEADLINE])
    of_meta = {name: frame[frame["organisation_id"].isin(META)] for name, frame in frames.items()}
    worlds = {asked.hypothesis_id: share_draw(asked, of_meta, specifications, as_of.date, rated_ids)}
    read = fingerprint(*own.values(), rated[rated["organisation_id"].isin(META)], families, since_2018)
    return Findings(tuple(estimates), read, specifications, _missing(own, as_of), worlds)


def _missing(own: "Mapping[str, pd.DataFrame]", as_of: AsOf) -> tuple[str, ...]:
    """What would settle the releases whose standing is unknown."""
    frame = own[HEADLINE]
    if frame.empty:
        return (f"a release of Meta since 2023-02-24 on record by {as_of.date}",)
    unknown = frame[frame["weights_access"] == "unknown"]
    if unknown.empty:
        return ()
    shown = ", ".join(sorted(unknown["name"].fillna(unknown["model_id"]))[:3])
    return (
        f"the licence, on record by {as_of.date}, of {len(unknown)} of {len(frame)} releases of Meta ({shown}, …), "
        "which the sources huggingface_models and epoch_models state",
    )


def _answer(hypothesis: Hypothesis, own: "pd.DataFrame") -> Estimate:
    answer = open_share(hypothesis, counted(own, EVENT))

    def flips() -> FlipRates:
        return share_flips(hypothesis, own, EVENT, answer, SETTINGS["draws"])

    return replace(answer, flips=flips) if hypothesis.role == "primary" and answer.estimate is not None else answer


def _against_others(by_licence: "pd.DataFrame", by_weights: "pd.DataFrame", as_of: AsOf) -> Estimate:
    """Approved licences among downloadable releases of Meta against those of all other known makers."""
    hypothesis = CLAIM.hypothesis("against_others")
    level = 1 - hypothesis.alpha
    downloadable = by_licence[(by_weights["weights_access"] == "open").to_numpy()].dropna(subset=["organisation_id"])
    start = window_start(GRID["window"][0], as_of.date)
    others = sorted(set(downloadable["organisation_id"]) - set(META))
    one, other = (count(within(downloadable, labs, start), EVENT, "left out") for labs in (META, others))
    size, gate = one.known + other.known, min(one.known, other.known)
    note = f"{one.open} of {one.known} against {other.open} of {other.known} with an approved licence, "
    note += f"{one.unknown} and {other.unknown} more unknown."
    table = ((one.open, one.closed), (other.open, other.closed))
    ratio = statistics.odds_ratio(table, level)
    if ratio is None:
        return Estimate(hypothesis.hypothesis_id, "odds ratio", sample_size=size, gate_size=gate, note=note)
    p_value = statistics.fisher_p_value(table, hypothesis.alternative)
    return Estimate.of(hypothesis.hypothesis_id, "odds ratio", ratio, level, size, p_value, gate, note)


def _framework(families: "pd.DataFrame") -> Estimate:
    hypothesis = CLAIM.hypothesis("framework")
    own = families[families["is_own"]]
    if own.empty:
        return Estimate(hypothesis.hypothesis_id, "share", note="The tool's list is not held.")
    reached, size, level = int(own["has_class"].sum()), len(own), 1 - hypothesis.alpha
    share = statistics.proportion(reached, size, level)
    p_value = statistics.proportion_p_value(reached, size, hypothesis.marks.null, hypothesis.alternative)
    note = f"{reached} of {size} families."
    return Estimate.of(hypothesis.hypothesis_id, "share", share, level, size, p_value, note=note)


def _trend(own: "pd.DataFrame") -> Estimate:
    """The yearly odds ratio of an open licence over release events; none where time parts open from closed wholly."""
    import numpy as np
    import pandas as pd
    import statsmodels.api as sm
    from scipy.stats import norm

    hypothesis = CLAIM.hypothesis("trend")
    known = own[own["weights_access"].isin(["open", "closed"])].drop_duplicates(["released_on", "weights_access"])
    opened = (known["weights_access"] == "open").to_numpy(dtype=float)
    years = pd.to_datetime(known["released_on"]).to_numpy(dtype="datetime64[D]").astype(float) / 365.25
    early, late = years[opened == 1], years[opened == 0]
    gate = min(len(early), len(late))
    unit, note = "odds ratio a year", f"{len(early)} of {len(known)} open."
    if gate < hypothesis.minimum_sample or early.max() <= late.min() or late.max() <= early.min():
        return Estimate(hypothesis.hypothesis_id, unit, sample_size=len(known), gate_size=gate, note=note)
    fitted = sm.GLM(opened, sm.add_constant(years - years.mean()), family=sm.families.Binomial()).fit()
    level = 1 - hypothesis.alpha
    low, high = (float(np.exp(end)) for end in fitted.conf_int(hypothesis.alpha)[1])
    p_value = float(norm.sf(fitted.params[1] / fitted.bse[1]))
    ratio = statistics.Interval(float(np.exp(fitted.params[1])), low, high)
    return Estimate.of(hypothesis.hypothesis_id, unit, ratio, level, len(known), p_value, gate, note)


def _specifications(frames: "Mapping[str, pd.DataFrame]", rated_ids: set[str], as_of: AsOf) -> Iterator[Specification]:
    """The share under every combination of GRID; no answer where too much is unknown to tell."""
    hypothesis = CLAIM.hypothesis(NAMES[HEADLINE])
    level = 1 - hypothesis.alpha
    for definition, window, listed in product(WORDS, GRID["window"], GRID["releases"]):
        frame = within(frames[definition], META, window_start(window, as_of.date))
        frame = frame if listed == "all" else frame[frame["model_id"].isin(rated_ids)]
        too_unknown = is_too_unknown(definition, frame)
        for unit, unknown in product(GRID["unit"], GRID["unknown weights"]):
            choices = {
                "unit": unit, "unknown weights": unknown, "window": window, "releases": listed,
                DEFINITION_AXIS: definition,
            }  # fmt: skip
            found = count(frame, unit, unknown)
            if too_unknown or not found.known:
                yield Specification(hypothesis.hypothesis_id, choices, None)
                continue
            share = statistics.proportion(found.open, found.known, level)
            yield Specification.of(choices, Estimate.of(hypothesis.hypothesis_id, "share", share, level, found.known))


def draw_standing(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Meta's releases by standing under each definition, one bar a definition."""
    import altair as alt

    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("release_count:Q", title="releases of Meta since February 2023"),
            y=alt.Y("meaning:N", title=None, sort=list(MEANINGS.values()), axis=alt.Axis(labelLimit=260)),
            color=alt.Color("label:N", scale=colours(ACCESS_COLOURS, frame["label"])),
            order=alt.Order("label:N", sort="descending"),
            tooltip=["meaning:N", "label:N", "release_count:Q", "examples:N"],
        )
        .properties(width=WIDTH - 200, height=150)
    )
    return styled(chart)


MEANINGS: Mapping[Definition, str] = {
    "open_any": "any licence",
    "open_unrestricted": "without limits",
    "osi_weights": "OSI-approved",
    "osaid": "whole system",
}


def draw_share(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The share under a loose and under the headline definition, as it stood on each day."""
    labels = {
        f"C04.{NAMES[HEADLINE]}": "weights under an OSI-approved licence",
        f"C04.{NAMES['open_any']}": "weights under any licence",
    }
    return estimate_history(frame, labels, "share of releases", {0.5: "one half"}, percent=True)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The share under every definition, unit and window."""
    return specification_curve(frame, "share of releases", 0.5, "one half", percent=True)


CLAIM = Claim(
    claim_id="C04",
    slug="open-source",
    title="What Meta gives away is open source",
    question="Are the models that Meta gives away open source in the sense of that word?",
    statement="Meta's releases are open source: anyone may use, study, change and share them for any purpose.",
    essay_section="The Power of Open Source: Sharing the Future of AI?",
    essay_paragraph=1,
    essay_phrase="embrace open-source AI",
    ceiling="supported",
    floor="contradicted",
    limit_reason="",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "Open source has a definition: a licence approved by the Open Source Initiative puts no limit on who uses a "
        "work or for what. Meta's Llama licences do both.",
        "The licence of the weights alone is judged; training data and code are asked for by the stricter definition "
        "only.",
        "A release event is all that Meta put out on one day with the same standing; families are not told apart by "
        "name.",
        "Releases count alike whatever their size: a small model weighs as much as a flagship.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "standing",
            "Meta's releases under four meanings of open",
            "Weights under any licence, under one without limits, under one that the Open Source Initiative approved, "
            "and a whole system by the Open Source AI Definition. Each bar is the same releases. Grey: not on record.",
            """
select case openness.definition
        when 'open_any' then 'any licence'
        when 'open_unrestricted' then 'without limits'
        when 'osi_weights' then 'OSI-approved'
        else 'whole system'
    end as meaning,
    openness.label, count(*) as release_count,
    string_agg(release.name, ', ' order by release.released_on, release.name) as examples
from marts.release_openness as openness
inner join marts.release as release on release.model_id = openness.model_id
where release.organisation_id = 'meta' and release.released_on >= date '2023-02-24'
group by openness.definition, openness.label
order by meaning, openness.label
""",
            draw_standing,
        ),
        Figure(
            "share",
            "Share of Meta's releases that are open",
            "As it stood on each day, judged with today's evidence. Band: exact interval (98.75 %), widened by "
            "releases whose standing is unknown.",
            test_history_sql(f"C04.{NAMES[HEADLINE]}", f"C04.{NAMES['open_any']}"),
            draw_share,
        ),
        Figure(
            "specifications",
            "The same question asked in other ways",
            "Share of open releases for every definition, window and way of counting that can be answered.",
            specification_sql(f"C04.{NAMES[HEADLINE]}"),
            draw_specifications,
        ),
        verdicts_figure("C04"),
    ),
)
