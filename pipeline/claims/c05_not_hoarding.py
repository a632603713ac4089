"""C05: Meta neither sells access nor hoards its research; its place in transparency and its open doors are counted."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.evidence import AsOf, fingerprint, releases
from pipeline.claims.figure import (
    CLOSED,
    NEUTRAL,
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
from pipeline.claims.openness_tool import is_meta, listed_families
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks
from pipeline.claims.release_counts import CHECKPOINT, EVENT, UNKNOWN_AS, count, window_start, within
from pipeline.claims.sensitivity import LABEL_ERROR, FlipRates, flip_rates
from pipeline.claims.shares import counted, open_share, share_flips
from pipeline.claims.statistics import SEED
from pipeline.claims.verdict import decide

if TYPE_CHECKING:
    import altair as alt
    import numpy as np
    import pandas as pd
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

META = ("meta",)
ALPHA = 0.05 / LOOKS_PER_YEAR / 2
SETTINGS: Mapping[str, Any] = {"lab": META, "resamples": 1999, "label_error": LABEL_ERROR, "draws": 100}
ALL, ALWAYS = "all", "in every edition so far"
TIES: Mapping[str, float] = {"equal points count half": 0.5, "equal points count above": 0.0}
GRID = {"developers": (ALL, ALWAYS), "ties": tuple(TIES)}
GRID_DOORS = {
    "unit": (EVENT, CHECKPOINT),
    "unknown weights": tuple(UNKNOWN_AS),
    "window": ("last 24 months", "last 12 months", "since 2023-01-01"),
}
INDEX = "Foundation Model Transparency Index, Stanford CRFM: a hundred yes-or-no indicators of what is disclosed"
INDICATORS = "source openness_fmti"
RESAMPLED = (
    "percentile bootstrap over the indicators, the same for all developers, by scipy.stats.bootstrap(paired=True) "
    "(Efron 1979); where totals alone are held, each total is drawn as binomial, which is wider"
)

HYPOTHESES = (
    Hypothesis(
        hypothesis_id="C05.transparency",
        role="primary",
        estimand="share of the other developers that disclose less than Meta",
        unit="developers in the edition",
        estimation_window="newest edition published by the day of evaluation",
        outcome=INDEX,
        openness_definition="disclosure, not weights",
        test_function=RESAMPLED,
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=8,
        null_hypothesis="Meta is at or below the middle",
        verdict_rule="supports if the interval lies above one half, contradicts if below; alpha is .05 a year, split "
        "over four looks and two primary hypotheses",
        marks=Marks.threshold(0.5),
        grid=GRID,
        plain="Meta discloses more than {estimate} of the other makers",
    ),
    Hypothesis(
        hypothesis_id="C05.doors",
        role="primary",
        estimand="share of Meta's releases whose weights can be downloaded",
        unit="release event: what Meta put out on one day with the same access",
        estimation_window="24 months to the day of evaluation",
        outcome="open or closed weights; unknown ones widen the interval both ways",
        openness_definition="weights can be downloaded, under any licence: what stands behind no paywall",
        test_function="scipy.stats.binomtest; interval statsmodels proportion_confint(method='beta')",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=8,
        null_hypothesis="the share is one half or less",
        verdict_rule="supports if the interval lies above one half, contradicts if below; alpha as for the other",
        marks=Marks.threshold(0.5),
        grid=GRID_DOORS,
        plain="of what Meta released in two years, {estimate} can be downloaded",
    ),
    Hypothesis(
        hypothesis_id="C05.since_first",
        role="secondary",
        estimand="share of others that disclose less than Meta, newest edition less the first",
        unit="developers in the smaller edition",
        estimation_window="first edition (October 2023) and newest by the day of evaluation",
        outcome=INDEX,
        openness_definition="disclosure, not weights",
        test_function=RESAMPLED + "; editions are independent",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=8,
        null_hypothesis="Meta's place has not risen",
        verdict_rule="supports if the interval lies above 0, contradicts if below",
        marks=Marks.threshold(0.0),
        plain="the part of other makers that disclose less than Meta has changed by {estimate} since 2023",
    ),
    Hypothesis(
        hypothesis_id="C05.judged",
        role="secondary",
        estimand="points that the European Open Source AI Index gives Meta's systems, less those it gives the others",
        unit="systems of Meta's in the index",
        estimation_window="newest capture of the index by the day of evaluation",
        outcome="a point for each of twelve dimensions judged open, half for partial: data, weights, code, papers, "
        "licences and access among them",
        openness_definition="disclosure and access of systems that call themselves open",
        test_function="difference of means; p by scipy.stats.permutation_test of who made which, interval by "
        "scipy.stats.bootstrap(method='percentile')",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=1.0,
        minimum_sample=3,
        null_hypothesis="Meta's systems are judged no more open",
        verdict_rule="supports if the interval lies above 0 and the estimate reaches one point, contradicts if the "
        "interval lies below one point",
        marks=Marks.smallest_effect(null=0.0, effect=1.0, opposite=-1.0),
        plain="Meta's systems are given {estimate} more than those of others that call themselves open",
    ),
    Hypothesis(
        hypothesis_id="C05.research",
        role="secondary",
        estimand="odds that a report, training code and data or an account of them are out, of Meta's families of "
        "models over those of all others",
        unit="families of Meta's in the Model Openness Tool",
        estimation_window="families released, or else entered, by the day of evaluation",
        outcome="all three parts are listed for one of the family's entries, or not",
        openness_definition="publication of research, under any licence",
        test_function="scipy.stats.contingency.odds_ratio (conditional, exact interval); p scipy.stats.fisher_exact",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=0.0,
        minimum_sample=5,
        null_hypothesis="Meta publishes its research no more often",
        verdict_rule="supports if the interval lies above 1, contradicts if below",
        marks=Marks.threshold(1.0),
        plain="the odds that the research behind a model of Meta's is published are {estimate} those of others",
    ),
)


@dataclass(frozen=True)
class Edition:
    """One edition of the index."""

    edition: str
    developers: tuple[str, ...]
    """Our ids, or the index's own name where we have none."""
    scores: tuple[int, ...]
    indicator_count: int
    disclosed: "NDArray[np.bool_] | None"
    """Developers by indicators; None where totals alone are held."""

    def only(self, developers: Sequence[str]) -> "Edition":
        """The edition without other developers."""
        places = [i for i, name in enumerate(self.developers) if name in developers]
        return replace(
            self,
            developers=tuple(self.developers[i] for i in places),
            scores=tuple(self.scores[i] for i in places),
            disclosed=None if self.disclosed is None else self.disclosed[places],
        )


def editions(connection: "DuckDBPyConnection", on: date) -> "tuple[list[Edition], pd.DataFrame, pd.DataFrame]":
    """The editions published by a day, oldest first, and the rows they are made of."""
    scores = connection.execute(
        """
select edition, coalesce(organisation_id, organisation_tag) as developer, organisation_tag, score, indicator_count
from marts.transparency_score
where edition_ends_on <= $on
order by edition, organisation_tag
""",
        {"on": on},
    ).df()
    indicators = connection.execute(
        """
select indicator.edition, indicator.organisation_tag, indicator.indicator, indicator.is_disclosed
from marts.transparency_indicator as indicator
inner join marts.transparency_score as score
    on score.edition = indicator.edition and score.organisation_tag = indicator.organisation_tag
where score.edition_ends_on <= $on
order by indicator.edition, indicator.organisation_tag, indicator.indicator
""",
        {"on": on},
    ).df()
    told = dict(list(indicators.groupby("edition")))
    found = [
        Edition(
            str(name),
            tuple(rows["developer"]),
            tuple(map(int, rows["score"])),
            int(rows["indicator_count"].max()),
            _disclosed(told[name], list(rows["organisation_tag"])) if name in told else None,
        )
        for name, rows in scores.groupby("edition", sort=True)
    ]
    return found, scores, indicators


def _disclosed(told: "pd.DataFrame", developers: list[str]) -> "NDArray[np.bool_] | None":
    """Developers by indicators; None where an indicator is not known of all."""
    wide = told.pivot(index="organisation_tag", columns="indicator", values="is_disclosed").reindex(developers)
    return None if wide.isna().to_numpy().any() else wide.to_numpy(dtype=bool)


def outscored(scores: "NDArray[Any]", place: int, ties: float = 0.5) -> "NDArray[np.float64]":
    """The share of other developers with fewer points than the one at `place`; developers are the first axis."""
    import numpy as np

    below = (scores < scores[place]).sum(axis=0)
    equal = (scores == scores[place]).sum(axis=0) - 1
    return np.asarray((below + ties * equal) / (len(scores) - 1), dtype=float)


def resampled(edition: Edition, place: int, ties: float = 0.5) -> "NDArray[np.float64]":
    """The share outscored in each resample of the indicators."""
    import numpy as np
    from scipy.stats import bootstrap

    generator = np.random.default_rng(SEED)
    count = SETTINGS["resamples"]
    if edition.disclosed is None:
        odds = np.array(edition.scores)[:, None] / edition.indicator_count
        return outscored(generator.binomial(edition.indicator_count, odds, (len(odds), count)), place, ties)
    if edition.disclosed.shape[1] < 2:
        return np.repeat(outscored(np.array(edition.scores)[:, None], place, ties), count)

    def statistic(*samples: "NDArray[Any]", axis: int = -1) -> "NDArray[np.float64]":
        return outscored(np.stack([sample.sum(axis=axis) for sample in samples]), place, ties)

    found = bootstrap(
        tuple(edition.disclosed.astype(int)), statistic, n_resamples=count, paired=True, vectorized=True,
        method="percentile", rng=generator,
    )  # fmt: skip
    return np.asarray(found.bootstrap_distribution, dtype=float)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """Meta's place in the newest edition, its change, and how much of what it releases can be downloaded."""
    held, scores, indicators = editions(connection, as_of.date)
    held = [edition for edition in held if META[0] in edition.developers]
    released = releases(connection, as_of)
    own = released[released["organisation_id"].isin(META)]
    doors = within(own, META, window_start(GRID_DOORS["window"][0], as_of.date))
    systems, families = _systems(connection, as_of), listed_families(connection, as_of)
    estimates = (_transparency(held), _doors(doors), _since_first(held), _judged(systems), _research(families))
    missing = [] if held else [f"an edition of the index by {as_of.date}: {INDICATORS}"]
    if held and held[-1].disclosed is None:
        missing.append(f"the single indicators of edition {held[-1].edition} beside its totals: {INDICATORS}")
    missing += [] if len(doors) else [f"a release of Meta in the 24 months to {as_of.date} on record"]
    specifications = (*_place_specifications(held), *_doors_specifications(own, as_of.date))
    asked = CLAIM.hypothesis("doors")
    worlds = {asked.hypothesis_id: share_draw(asked, {"": own}, specifications, as_of.date, axis=None)}
    read = fingerprint(scores, indicators, own, systems, families)
    return Findings(estimates, read, specifications, tuple(missing), worlds)


def _transparency(held: Sequence[Edition]) -> Estimate:
    hypothesis = CLAIM.hypothesis("transparency")
    if not held:
        return Estimate(hypothesis.hypothesis_id, "share of others", note="No edition.")
    edition = held[-1]
    answer = _place(hypothesis, edition)

    def flips() -> FlipRates:
        return flip_rates(
            decide(hypothesis, answer),
            lambda error: _relabelled(edition, error),
            lambda totals: decide(hypothesis, _place(hypothesis, replace(edition, scores=totals, disclosed=None))),
        )

    place = 1 + sum(score > edition.scores[edition.developers.index(META[0])] for score in edition.scores)
    kind = "totals alone" if edition.disclosed is None else "indicators"
    points = edition.scores[edition.developers.index(META[0])]
    note = f"Edition {edition.edition}: {points} points, place {place} of {len(edition.developers)}, from {kind}."
    return replace(answer, flips=flips, note=note)


def _place(hypothesis: Hypothesis, edition: Edition, ties: float = 0.5) -> Estimate:
    import numpy as np

    size = len(edition.developers)
    if size < 2:
        return Estimate(hypothesis.hypothesis_id, "share of others", sample_size=size)
    place = edition.developers.index(META[0])
    drawn = resampled(edition, place, ties)
    level = 1 - hypothesis.alpha
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    share = float(outscored(np.array(edition.scores)[:, None], place, ties)[0])
    p_value = float((1 + (drawn <= hypothesis.marks.null).sum()) / (1 + len(drawn)))
    found = statistics.Interval(share, float(low), float(high))
    return Estimate.of(hypothesis.hypothesis_id, "share of others", found, level, size, p_value)


def _relabelled(edition: Edition, error: float) -> Iterator[tuple[int, ...]]:
    """The totals after each indicator of each developer is judged wrongly with probability `error`."""
    import numpy as np

    generator = np.random.default_rng(SEED)
    given = np.array(edition.scores)
    for _ in range(SETTINGS["draws"]):
        lost, gained = generator.binomial(given, error), generator.binomial(edition.indicator_count - given, error)
        yield tuple(int(score) for score in given - lost + gained)


def _since_first(held: Sequence[Edition]) -> Estimate:
    import numpy as np

    hypothesis = CLAIM.hypothesis("since_first")
    size = min((len(edition.developers) for edition in held), default=0)
    if len(held) < 2 or size < 2:
        return Estimate(hypothesis.hypothesis_id, "share of others", sample_size=size, note="Fewer than two editions.")
    ends = (held[0], held[-1])
    places = [edition.developers.index(META[0]) for edition in ends]
    first, last = (
        float(outscored(np.array(edition.scores)[:, None], place)[0])
        for edition, place in zip(ends, places, strict=True)
    )
    before, after = (resampled(edition, place) for edition, place in zip(ends, places, strict=True))
    # Both are drawn with the same seed, so one is turned over to make the draws of the two editions independent.
    drawn = after - np.random.default_rng(SEED + 1).permutation(before)
    level = 1 - hypothesis.alpha
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    found = statistics.Interval(last - first, float(low), float(high))
    note = f"From {first:.0%} in {ends[0].edition} to {last:.0%} in {ends[1].edition}."
    return Estimate.of(hypothesis.hypothesis_id, "share of others", found, level, size, note=note)


SYSTEMS = """
select osai_id, organisation_tag, points
from marts.judged_system
where observed_on <= $on or $clock = 'hindsight'
order by osai_id
"""


def _systems(connection: "DuckDBPyConnection", as_of: AsOf) -> "pd.DataFrame":
    """The systems that the index judges; it does not say since when, so that hindsight sees all."""
    return connection.execute(SYSTEMS, {"on": as_of.date, "clock": as_of.clock}).df()


def _judged(systems: "pd.DataFrame") -> Estimate:
    import numpy as np
    from scipy.stats import bootstrap, permutation_test

    hypothesis = CLAIM.hypothesis("judged")
    is_own = is_meta(systems["organisation_tag"])
    own, others = (systems.loc[who, "points"].to_numpy(dtype=float) for who in (is_own, ~is_own))
    size = min(len(own), len(others))
    if size < 2:
        return Estimate(hypothesis.hypothesis_id, "points", sample_size=len(own), note="The index is not held.")

    def difference(first: "NDArray[Any]", second: "NDArray[Any]", axis: int = -1) -> "NDArray[np.float64]":
        return np.asarray(first.mean(axis=axis) - second.mean(axis=axis), dtype=float)

    level, count = 1 - hypothesis.alpha, SETTINGS["resamples"]
    resamples = bootstrap(
        (own, others), difference, n_resamples=count, confidence_level=level, method="percentile",
        rng=np.random.default_rng(SEED),
    )  # fmt: skip
    permuted = permutation_test(
        (own, others), difference, n_resamples=count, alternative="greater", rng=np.random.default_rng(SEED)
    )
    ends = resamples.confidence_interval
    found = statistics.Interval(float(difference(own, others)), float(ends.low), float(ends.high))
    note = f"{own.mean():.1f} points of 12 on average, against {others.mean():.1f} of {len(others)} other systems."
    return Estimate.of(hypothesis.hypothesis_id, "points", found, level, len(own), float(permuted.pvalue), note=note)


def _research(families: "pd.DataFrame") -> Estimate:
    hypothesis = CLAIM.hypothesis("research")
    level = 1 - hypothesis.alpha
    (own, of), (others, among) = (
        (int(part["has_research"].sum()), len(part))
        for part in (families[families["is_own"]], families[~families["is_own"]])
    )
    note = f"{own} of {of} families against {others} of {among}." if of else "The tool's list is not held."
    table = ((own, of - own), (others, among - others))
    ratio = statistics.odds_ratio(table, level)
    if ratio is None:
        return Estimate(hypothesis.hypothesis_id, "odds ratio", sample_size=of, note=note)
    p_value = statistics.fisher_p_value(table, hypothesis.alternative)
    return Estimate.of(hypothesis.hypothesis_id, "odds ratio", ratio, level, of, p_value, note=note)


def _doors(doors: "pd.DataFrame") -> Estimate:
    hypothesis = CLAIM.hypothesis("doors")
    answer = open_share(hypothesis, counted(doors, EVENT))
    if answer.estimate is None:
        return answer

    def flips() -> FlipRates:
        return share_flips(hypothesis, doors, EVENT, answer, SETTINGS["draws"])

    return replace(answer, flips=flips)


def _place_specifications(held: Sequence[Edition]) -> Iterator[Specification]:
    hypothesis = CLAIM.hypothesis("transparency")
    if not held:
        return
    always = set(held[0].developers).intersection(*(edition.developers for edition in held))
    for developers, ties in product(GRID["developers"], GRID["ties"]):
        edition = held[-1] if developers == ALL else held[-1].only(sorted(always))
        answer = _place(hypothesis, edition, TIES[ties])
        yield Specification.of({"developers": developers, "ties": ties}, answer)


def _doors_specifications(own: "pd.DataFrame", on: date) -> Iterator[Specification]:
    hypothesis = CLAIM.hypothesis("doors")
    level = 1 - hypothesis.alpha
    for window in GRID_DOORS["window"]:
        frame = within(own, META, window_start(window, on))
        for unit, unknown in product(GRID_DOORS["unit"], GRID_DOORS["unknown weights"]):
            choices = {"unit": unit, "unknown weights": unknown, "window": window}
            found = count(frame, unit, unknown)
            if not found.known:
                yield Specification(hypothesis.hypothesis_id, choices, None)
                continue
            share = statistics.proportion(found.open, found.known, level)
            yield Specification.of(choices, Estimate.of(hypothesis.hypothesis_id, "share", share, level, found.known))


def draw_points(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Points of every developer in each edition, Meta set apart."""
    import altair as alt

    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("score:Q", title="points of a hundred"),
            y=alt.Y("organisation_tag:N", title=None, sort="-x"),
            color=alt.Color("who:N", scale=colours({"Meta": CLOSED, "others": NEUTRAL}, frame["who"])),
            tooltip=["organisation_tag:N", "score:Q", "place:Q", "developer_count:Q"],
        )
        .properties(width=(WIDTH - 260) / 3, height=220)
        .facet(facet=alt.Facet("edition:N"), columns=3)
        .resolve_scale(y="independent")
    )
    return styled(chart)


def draw_history(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Meta's place and its open share as they stood on each day."""
    labels = {
        "C05.transparency": "share of other developers that disclose less",
        "C05.doors": "share of its releases with open weights",
    }
    return estimate_history(frame, labels, "share", {0.5: "one half"}, percent=True)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The open share of Meta's releases in every window and way of counting."""
    return specification_curve(frame, "share of releases", 0.5, "one half", percent=True)


CLAIM = Claim(
    claim_id="C05",
    slug="not-hoarding",
    title="Meta hides neither its models nor its research",
    question="Does Meta disclose more than other makers, and can most of what it releases be downloaded?",
    statement="Meta does not put its technology behind a paywall, and does not keep its research to itself.",
    essay_section="Opening",
    essay_paragraph=2,
    essay_phrase="throwing open the doors",
    ceiling="supported",
    floor="contradicted",
    limit_reason="",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "The index asks what is disclosed about a flagship and how it was made; weights are a few of its indicators.",
        "The indicators were made harder for the edition of December 2025: places can be compared, points cannot.",
        "Which developers are scored changes between editions, and some answer the questions themselves.",
        "An edition counts as published from the last day of its month.",
        "Whether research is published is seen through two indices and the Model Openness Tool only: catalogues that "
        "list papers do not say which models have none. Who enters models into the tool chooses them.",
        "The Open Source AI Index does not date its systems, so that in hindsight an earlier day sees those of today.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "points",
            "Points in the transparency index",
            "Indicators that each developer was given, by edition. Compare places, not points, across editions.",
            """
select edition, organisation_tag, score, place, developer_count,
    case when organisation_id = 'meta' then 'Meta' else 'others' end as who
from marts.transparency_score
order by edition, place, organisation_tag
""",
            draw_points,
        ),
        Figure(
            "history",
            "Meta's place, and its open doors",
            "As they stood on each day, judged with today's evidence. Band: interval at the level that the verdict "
            "uses (99.4 %).",
            test_history_sql("C05.transparency", "C05.doors"),
            draw_history,
        ),
        Figure(
            "specifications",
            "The open share counted in other ways",
            "Share of Meta's releases with open weights for every window, unit and treatment of unknown weights.",
            specification_sql("C05.doors"),
            draw_specifications,
        ),
        verdicts_figure("C05"),
    ),
)
