"""C21: whether others answered Meta's open models with open models of their own, as jumps in what they release."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pipeline.claims import statistics
from pipeline.claims.breaks import level_breaks
from pipeline.claims.evidence import (
    DEFINITION_AXIS,
    DEFINITIONS,
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
    nothing_yet,
    specification_curve,
    specification_sql,
    styled,
    test_history_sql,
    verdicts_figure,
)
from pipeline.claims.findings import Estimate, Findings, Specification, combinations
from pipeline.claims.large_models import large_models
from pipeline.claims.registration import LOOKS_PER_YEAR, Claim, Figure, Hypothesis, Marks, Role
from pipeline.claims.release_counts import CHECKPOINT, EVENT
from pipeline.claims.sensitivity import LABEL_ERROR, FlipRates, flip_rates
from pipeline.claims.statistics import SEED, Interval
from pipeline.claims.verdict import decide

if TYPE_CHECKING:
    import altair as alt
    import numpy as np
    import pandas as pd
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

ALPHA = 0.05 / LOOKS_PER_YEAR
LLAMA_2, R1, CHATGPT = "2023-07-18", "2025-01-20", "2022-11-30"
SETTINGS: Mapping[str, Any] = {
    "left_out": ("meta",),
    "breaks": {"Llama 2": LLAMA_2, "DeepSeek-R1": R1},
    "false_break": CHATGPT,
    "from": "2021-01-01",
    "read_after_years": 1.0,
    "least_organisations": 20,
    "least_before": 30,
    "least_after_second_break": 30,
    "hazard_window_months": 18,
    "label_error": LABEL_ERROR,
    "draws": 40,
}
ALL, WITHOUT_LARGEST, WITHOUT_CHINA = "all but Meta", "without the lab with most releases", "without Chinese labs"
GRID = {
    "unit": (EVENT, CHECKPOINT),
    "labs": (ALL, WITHOUT_LARGEST, WITHOUT_CHINA),
    "from": ("2021-01-01", "2022-01-01"),
    "shape": ("level and slope", "level"),
    DEFINITION_AXIS: DEFINITIONS,
}
LOGIT = (
    "statsmodels GLM, binomial, of the releases on time, both breaks and being Chinese; errors clustered by lab, "
    "quantiles of t with a degree of freedom for each lab but one; read a year after the break, or at the last release "
    "if that is sooner"
)
ANY_WEIGHTS = "weights can be downloaded, under any licence"


def _odds(name: str, role: Role, **changes: Any) -> Hypothesis:
    """A question on the odds of open weights around a break."""
    shared: dict[str, Any] = {
        "unit": "release events of other labs with known weights",
        "estimation_window": "2021-01-01 to the day of evaluation",
        "outcome": "open or closed weights; unknown left out",
        "openness_definition": ANY_WEIGHTS,
        "test_function": LOGIT,
        "alternative": "greater",
        "alpha": ALPHA,
        "smallest_effect": 1.5,
        "minimum_sample": 100,
        "null_hypothesis": "the odds are no higher than the trend would have led to",
        "marks": Marks.smallest_effect(null=1.0, effect=1.5, opposite=1 / 1.5),
    }
    return Hypothesis(hypothesis_id=f"C21.{name}", role=role, **(shared | changes))


HYPOTHESES = (
    _odds(
        "after_llama",
        "primary",
        estimand="odds that another lab's release has open weights a year after Llama 2, over what the trend before it "
        "would have led to",
        verdict_rule="supports if the interval lies above 1 and the estimate reaches 1.5, contradicts if the interval "
        "lies below 1.5; at least 20 labs and 30 releases before Llama 2 are needed; alpha is .05 a year, split over "
        "four looks",
        grid=GRID,
        plain="a year after Llama 2, the odds that another lab published its weights were {estimate} those that the "
        "trend before would have led to",
    ),
    Hypothesis(
        hypothesis_id="C21.first_open",
        role="secondary",
        estimand="rate at which labs that had released only closed models published their first open one, in the year "
        "and a half after Llama 2 over that before",
        unit="first open releases of such labs in both periods",
        estimation_window="18 months on both sides of 2023-07-18",
        outcome="first release with open weights, by months in which a lab had released and none was open",
        openness_definition=ANY_WEIGHTS,
        test_function="exact conditional test of two Poisson rates (Przyborowski and Wilenski 1940), as a "
        "discrete-time hazard that is constant in each period",
        alternative="greater",
        alpha=ALPHA,
        smallest_effect=1.5,
        minimum_sample=8,
        null_hypothesis="the rate did not rise",
        verdict_rule="supports if the interval lies above 1 and the estimate reaches 1.5, contradicts if it lies below "
        "1.5",
        marks=Marks.smallest_effect(null=1.0, effect=1.5, opposite=1 / 1.5),
        plain="closed labs opened up {estimate} as often after Llama 2 as before",
    ),
    _odds(
        "after_r1",
        "secondary",
        estimand="odds that another lab's release has open weights a year after DeepSeek-R1, over what the trend "
        "before it would have led to",
        verdict_rule="as C21.after_llama; a second push, for which Meta is not the cause",
        plain="a year after DeepSeek-R1, the odds that another lab published its weights were {estimate} those that "
        "the trend before would have led to",
    ),
    _odds(
        "large_models",
        "secondary",
        estimand="the same odds a year after Llama 2, among the large models that Epoch AI lists",
        unit="models of other makers with known weights",
        outcome="open or closed weights by Epoch's word; unknown left out",
        verdict_rule="as C21.after_llama, with a list that somebody else selected",
        plain="among large models, the odds of open weights a year after Llama 2 were {estimate} those that the trend "
        "before would have led to",
    ),
    _odds(
        "before_llama",
        "falsification",
        estimand="the same jump at ChatGPT, by releases before Llama 2 alone",
        unit="release events of other labs with known weights before Llama 2",
        estimation_window="2021-01-01 to 2023-07-17",
        alternative="less",
        smallest_effect=1.0,
        minimum_sample=60,
        null_hypothesis="others had begun to open up before Llama 2",
        verdict_rule="contradicts if the interval lies above 1: then others opened up before Meta's models could have "
        "moved them",
        marks=Marks.threshold(1.0),
    ),
)


def estimate(connection: "DuckDBPyConnection", as_of: AsOf) -> Findings:
    """The jumps at both breaks and at a false one, first open releases, and all specifications."""
    frames = by_definition(releases, connection, as_of)
    listed = large_models(connection, as_of, date.fromisoformat(SETTINGS["from"]))
    headline = combinations(GRID)[0]
    held = {
        definition: Releases.of(frame) for definition, frame in frames.items() if not is_too_unknown(definition, frame)
    }
    table = held["open_any"].table(headline)
    specifications = tuple(
        _specification(held.get(choices[DEFINITION_AXIS]), choices) for choices in combinations(GRID)
    )
    jump = _jump("after_llama", table)
    estimates = (
        _with_flips(replace(jump, note=jump.note + _found_breaks(table)), table),
        _first_open(frames["open_any"], as_of.date),
        _jump("after_r1", table),
        _jump("large_models", _large_models(listed)),
        _before(table),
    )
    missing = _missing(table, as_of.date)
    return Findings(estimates, fingerprint(*frames.values(), listed), specifications, missing)


@dataclass(frozen=True)
class Table:
    """Releases as columns: day, lab, whether Chinese, whether open. Hashable, so that equal tables are fitted once."""

    days: tuple[int, ...]
    labs: tuple[str, ...]
    chinese: tuple[bool, ...]
    opened: tuple[bool, ...]
    shape: str = "level and slope"

    def where(self, keep: "NDArray[np.bool_]") -> "Table":
        """The rows to keep."""
        rows = zip(self.days, self.labs, self.chinese, self.opened, keep, strict=True)
        kept = [row[:-1] for row in rows if row[-1]]
        days, labs, chinese, opened = zip(*kept, strict=True) if kept else ((), (), (), ())
        return Table(days, labs, chinese, opened, self.shape)


@dataclass(frozen=True)
class Releases:
    """The releases of other labs with known weights, as arrays: one entry of each apiece."""

    day: "NDArray[np.integer[Any]]"
    """Days since Llama 2."""
    lab: "NDArray[np.integer[Any]]"
    """Places among `labs`."""
    labs: tuple[str, ...]
    """In order of name."""
    chinese: "NDArray[np.bool_]"
    opened: "NDArray[np.bool_]"
    event: "NDArray[np.integer[Any]]"
    """A number for each lab, day and access."""

    @classmethod
    def of(cls, released: "pd.DataFrame") -> "Releases":
        import pandas as pd

        other = released["organisation_id"].notna() & ~released["organisation_id"].isin(SETTINGS["left_out"])
        frame = released[other & released["weights_access"].isin(["open", "closed"])]
        lab, labs = pd.factorize(frame["organisation_id"], sort=True)
        return cls(
            (pd.to_datetime(frame["released_on"]) - pd.Timestamp(LLAMA_2)).dt.days.to_numpy(),
            lab,
            tuple(labs),
            (frame["country_code"] == "CN").to_numpy(dtype=bool),
            (frame["weights_access"] == "open").to_numpy(dtype=bool),
            frame.groupby(["organisation_id", "released_on", "weights_access"]).ngroup().to_numpy(),
        )

    def table(self, choices: Mapping[str, str]) -> Table:
        """In the units chosen, of the labs chosen."""
        import numpy as np

        kept = self.day >= _days(choices["from"])
        if choices["labs"] == WITHOUT_CHINA:
            kept &= ~self.chinese
        rows = np.flatnonzero(kept)
        if choices["unit"] == EVENT:
            rows = rows[np.sort(np.unique(self.event[rows], return_index=True)[1])]
        if choices["labs"] == WITHOUT_LARGEST and len(rows):
            rows = rows[self.lab[rows] != np.bincount(self.lab[rows]).argmax()]
        return Table(
            tuple(self.day[rows].tolist()),
            tuple(self.labs[place] for place in self.lab[rows]),
            tuple(self.chinese[rows].tolist()),
            tuple(self.opened[rows].tolist()),
            choices["shape"],
        )


def _large_models(listed: "pd.DataFrame") -> Table:
    """Models in the making of which Meta had no part, with known weights."""
    import pandas as pd

    others = ~listed["all_makers"].str.contains(r"\bMeta\b|Facebook", regex=True)
    frame = listed[listed["maker"].notna() & others.fillna(False) & listed["weights_access"].isin(["open", "closed"])]
    return Table(
        tuple((pd.to_datetime(frame["published_on"]) - pd.Timestamp(LLAMA_2)).dt.days.to_list()),
        tuple(frame["maker"].to_list()),
        tuple(frame["country_tag"].astype("string").str.startswith("China").fillna(False).to_list()),
        tuple((frame["weights_access"] == "open").to_list()),
    )


def _found_breaks(table: Table) -> str:
    """Where a search that knows no dates puts changes of the share that is open, by quarters; a check, no test."""
    import pandas as pd

    if not table.days:
        return ""
    opened = pd.Series(table.opened, dtype=float)
    dates = pd.Timestamp(LLAMA_2) + pd.to_timedelta(pd.Series(table.days), unit="D")
    quarterly = opened.groupby(dates.dt.to_period("Q")).mean()
    steps = level_breaks(quarterly.to_list())
    if not steps:
        return " A search for changes of the quarterly share finds none."
    told = ", ".join(
        f"{quarterly.index[step]} ({quarterly.iloc[start:step].mean():.0%} to {quarterly.iloc[step:end].mean():.0%})"
        for start, step, end in zip([0, *steps[:-1]], steps, [*steps[1:], len(quarterly)], strict=True)
    )
    return f" A search for changes of the quarterly share finds them from {told}."


def _days(day: str) -> int:
    return (date.fromisoformat(day) - date.fromisoformat(LLAMA_2)).days


@lru_cache(maxsize=512)
def _fitted(table: Table, breaks: tuple[int, ...], read: int, level: float) -> tuple[Interval, float] | None:
    """The odds ratio a year after break number `read`, or at the last release, and its one-sided p-value.

    None where none can be had. Interrupted time series: Wagner et al. (2002), J. Clin. Pharm. Ther. 27:299. Errors
    clustered by lab with the small-sample factor, and t quantiles with one degree of freedom less than labs (Cameron
    and Miller 2015, J. Hum. Resour. 50:317).
    """
    import warnings

    import numpy as np
    import pandas as pd
    import statsmodels.api as sm
    from scipy.stats import t as student

    days, opened = np.asarray(table.days, dtype=float), np.asarray(table.opened, dtype=float)
    years = days / 365.25
    columns = [np.ones(len(days)), years]
    after = min(float(SETTINGS["read_after_years"]), float(days.max() - breaks[read]) / 365.25)
    contrast = [0.0, 0.0]
    for place, start in enumerate(breaks):
        late = days >= start
        if min(opened[late].sum(), (1 - opened[late]).sum()) < 3 or min(opened[~late].sum(), (~late).sum()) < 3:
            return None
        columns.append(late.astype(float))
        contrast.append(float(place == read))
        if table.shape != "level":
            columns.append(np.where(late, years - start / 365.25, 0.0))
            contrast.append(after * float(place == read))
    chinese = np.asarray(table.chinese, dtype=float)
    if 0 < chinese.sum() < len(chinese):
        columns.append(chinese)
        contrast.append(0.0)
    labs, names = pd.factorize(np.asarray(table.labs, dtype=object))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fitted = sm.GLM(opened, np.column_stack(columns), family=sm.families.Binomial()).fit(
                cov_type="cluster", cov_kwds={"groups": labs}
            )
        except (np.linalg.LinAlgError, ValueError):
            return None
    weights = np.asarray(contrast)
    found = float(weights @ fitted.params)
    error = float(np.sqrt(max(weights @ fitted.cov_params() @ weights, 0.0)))
    if not np.isfinite(found) or not 0 < error < 20:
        return None
    reach = float(student.ppf((1 + level) / 2, len(names) - 1)) * error
    p_value = float(student.sf(found / error, len(names) - 1))
    return Interval(found, found - reach, found + reach).through(lambda x: float(np.exp(min(x, 50.0)))), p_value


def _breaks(table: Table) -> tuple[int, ...]:
    """Llama 2, and DeepSeek-R1 once enough releases have followed it."""
    first, second = _days(LLAMA_2), _days(R1)
    followed = sum(day >= second for day in table.days)
    return (first, second) if followed >= SETTINGS["least_after_second_break"] else (first,)


def _jump(name: str, table: Table) -> Estimate:
    hypothesis = CLAIM.hypothesis(name)
    read = 1 if name == "after_r1" else 0
    breaks = _breaks(table)
    size, labs = len(table.days), len(set(table.labs))
    before = sum(day < _days(LLAMA_2) for day in table.days)
    enough = labs >= SETTINGS["least_organisations"] and before >= SETTINGS["least_before"] and read < len(breaks)
    gate = size if enough else min(size, before, labs)
    note = f"{labs} labs; {before} of the releases before Llama 2."
    level = 1 - hypothesis.alpha
    found = _fitted(table, breaks, read, level) if read < len(breaks) and size else None
    if found is None:
        return Estimate(hypothesis.hypothesis_id, "odds ratio", sample_size=size, gate_size=gate, note=note)
    ratio, p_value = found
    return Estimate.of(hypothesis.hypothesis_id, "odds ratio", ratio, level, size, p_value, gate, note)


def _with_flips(answer: Estimate, table: Table) -> Estimate:
    import numpy as np

    hypothesis = CLAIM.hypothesis("after_llama")

    def relabel(error: float) -> Iterator[Table]:
        rng = np.random.default_rng(SEED)
        for _ in range(SETTINGS["draws"]):
            wrong = rng.random(len(table.opened)) < error
            yield replace(table, opened=tuple(bool(o) for o in np.asarray(table.opened) ^ wrong))

    def flips() -> FlipRates:
        return flip_rates(
            decide(hypothesis, answer), relabel, lambda drawn: decide(hypothesis, _jump("after_llama", drawn))
        )

    return replace(answer, flips=flips)


def _before(table: Table) -> Estimate:
    import numpy as np

    hypothesis = CLAIM.hypothesis("before_llama")
    early = table.where(np.asarray(table.days, dtype=int) < _days(LLAMA_2))
    size, level = len(early.days), 1 - hypothesis.alpha
    found = _fitted(early, (_days(CHATGPT),), 0, level) if size else None
    if found is None:
        return Estimate(hypothesis.hypothesis_id, "odds ratio", sample_size=size, note="No model can be fitted.")
    return Estimate.of(hypothesis.hypothesis_id, "odds ratio", found[0], level, size)


def _first_open(released: "pd.DataFrame", on: date) -> Estimate:
    """First open releases of labs that had only closed ones, a month of such a lab being what they are counted by."""
    import pandas as pd

    hypothesis = CLAIM.hypothesis("first_open")
    frame = released[released["organisation_id"].notna() & ~released["organisation_id"].isin(SETTINGS["left_out"])]
    month = pd.to_datetime(frame["released_on"]).dt.to_period("M")
    first = month.groupby(frame["organisation_id"]).min()
    opened = month[frame["weights_access"] == "open"].groupby(frame["organisation_id"]).min().to_dict()
    middle, span = pd.Period(LLAMA_2, freq="M"), SETTINGS["hazard_window_months"]
    counted: list[tuple[int, int]] = []
    for start, end in ((middle - span, middle - 1), (middle, min(middle + span - 1, pd.Period(on, freq="M")))):
        events = exposure = 0
        for lab, began in first.items():
            # A lab that begins with an open release was never closed; the month of the first release does not count.
            turned = opened.get(lab)
            exposure += max(0, (min(end, turned or end) - max(start, began + 1)).n + 1)
            events += turned is not None and began < turned and start <= turned <= end
        counted.append((events, exposure))
    (before, before_months), (after, after_months) = counted
    size = before + after
    note = f"{after} in {after_months} lab-months after, {before} in {before_months} before."
    level = 1 - hypothesis.alpha
    ratio = (
        statistics.rate_ratio(after, after_months, before, before_months, level)
        if before_months and after_months
        else None
    )
    if ratio is None:
        return Estimate(hypothesis.hypothesis_id, "rate ratio", sample_size=size, note=note)
    # Given their sum one count is binomial; unlike the library's test of rates, this one takes a zero.
    expected = after_months / (after_months + before_months)
    p_value = statistics.proportion_p_value(after, size, expected, "greater")
    return Estimate.of(hypothesis.hypothesis_id, "rate ratio", ratio, level, size, p_value, note=note)


def _specification(released: Releases | None, choices: Mapping[str, str]) -> Specification:
    if released is None:
        return Specification("C21.after_llama", choices, None)
    return Specification.of(choices, _jump("after_llama", released.table(choices)))


def _missing(table: Table, on: date) -> tuple[str, ...]:
    before = sum(day < _days(LLAMA_2) for day in table.days)
    return (
        f"dated releases of other labs from before Llama 2, of which {before} are held by {on} ({len(table.days)} in "
        "all); source epoch_models would add large models of those years, beside the verdict",
    )


def draw_shares(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Release events of other labs in each half-year by weights, as shares."""
    import altair as alt

    if frame.empty:
        return nothing_yet()
    chart = (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("half_year:N", title="half-year of release", axis=alt.Axis(labelAngle=-40)),
            y=alt.Y("release_count:Q", title="share of release events", stack="normalize", axis=alt.Axis(format="%")),
            color=alt.Color("weights_access:N", scale=colours(ACCESS_COLOURS, frame["weights_access"])),
            order=alt.Order("weights_access:N", sort="descending"),
            tooltip=["half_year:N", "weights_access:N", "release_count:Q", "lab_count:Q"],
        )
        .properties(width=WIDTH, height=220)
    )
    return styled(chart)


def draw_estimates(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """Both jumps as they stood on each day."""
    labels = {
        "C21.after_llama": "after Llama 2",
        "C21.after_r1": "after DeepSeek-R1",
        "C21.large_models": "after Llama 2, large models",
    }
    return estimate_history(frame, labels, "odds ratio", {1.0: "as the trend before"}, logarithmic=True)


def draw_specifications(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The jump after Llama 2 under every choice."""
    return specification_curve(frame, "odds ratio a year after Llama 2", 1.0, "as the trend before", logarithmic=True)


CLAIM = Claim(
    claim_id="C21",
    slug="others-respond",
    title="Meta's openness makes others respond",
    question="After Meta gave its models away, did other labs begin to give theirs away as well?",
    statement="Meta's choice changed the race and left its competitors no choice but to answer it.",
    essay_section="The AI Arms Race: A New Era of Competition",
    essay_paragraph=1,
    essay_phrase="a new layer of complexity",
    ceiling="supported",
    floor="contradicted",
    limit_reason="Supported here means that others changed after Meta did, not because: many things happened in the "
    "same months, and a cause would need the labs' own words.",
    hypotheses=HYPOTHESES,
    settings=SETTINGS,
    caveats=(
        "An association in time is not a cause: ChatGPT, the leak of the first LLaMA, export controls and China's "
        "policy fall into the same two years.",
        "A response can be other than open weights: prices, products and lobbying are not measured here.",
        "Catalogues list few models from before 2023, and those mostly because somebody evaluated them: the trend "
        "before Llama 2 is known poorly.",
        "Gateways list more and more closed variants of the same models, which lowers the open share of late releases.",
        "Models whose maker is not known are left out.",
        "Whether makers name Llama in their own words, and what readers look up, is not asked.",
    ),
    estimate=estimate,
    figures=(
        Figure(
            "releases",
            "What labs other than Meta released",
            "Release events in each half-year by whether the weights can be downloaded, as shares. Llama 2 came out in "
            "the first month of 2023 H2, DeepSeek-R1 in the first of 2025 H1.",
            """
with event as (
    select distinct organisation_id, released_on, weights_access,
        concat(year(released_on), case when month(released_on) <= 6 then ' H1' else ' H2' end) as half_year
    from marts.release
    where organisation_id is not null and organisation_id <> 'meta' and released_on >= date '2021-01-01'
)
select half_year, weights_access, count(*) as release_count, count(distinct organisation_id) as lab_count
from event
group by half_year, weights_access
order by half_year, weights_access
""",
            draw_shares,
        ),
        Figure(
            "estimates",
            "How much more open than the trend before",
            "Odds of open weights a year after each break over what the trend before would have led to, as it stood on "
            "each day. Bands: 98.8 % intervals.",
            test_history_sql("C21.after_llama", "C21.after_r1", "C21.large_models"),
            draw_estimates,
        ),
        Figure(
            "specifications",
            "The jump after Llama 2 under every choice",
            "One dot for each unit, group of labs, first year, shape and definition of open. Lines: 98.8 % intervals.",
            specification_sql("C21.after_llama"),
            draw_specifications,
        ),
        verdicts_figure("C21"),
    ),
)
