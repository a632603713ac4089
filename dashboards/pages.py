"""What each page shows, gathered from the published file; looks live in the templates."""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dashboards.charts import inline, themed
from dashboards.lineage import Lineage, tables_in
from dashboards.published import (
    ESSAY_DATE,
    VERDICTS,
    Claim,
    Published,
    Row,
    Unreadable,
    read_claims,
    read_columns,
    read_sources,
)
from dashboards.trends import TRENDS, Trend

GLYPH_WIDTH = 160
MOST_ROWS = 300
NO_ROWS = "Its query found no rows in the published file."
RIBBON = "verdicts"
"""The figure of verdicts by day, which claims pages show as a table that can be read aloud."""
LAYER_WORDS = {
    "marts": "Measures over time, each at one grain. Start here.",
    "claims": "Claims as registered hypotheses, their tests and verdicts.",
    "core": "Things in the world: organisations, models, listings, prices, ratings, licences.",
    "reference": "Facts kept by hand, each with its source.",
    "staging": "What sources said, typed; every vintage.",
    "meta": "The pipeline about itself: sources, snapshots, columns, checks.",
}

Page = tuple[str, str, Mapping[str, Any]]
"""File name, template and what the template is given."""


@dataclass(frozen=True)
class Chart:
    """A chart with its words and the rows its query finds; `spec` is None when there is nothing to draw.

    `problem` says what is wrong, if anything.
    """

    chart_id: str
    title: str
    caption: str
    sql: str
    sources: list[Row]
    unit: str = ""
    wide: bool = False
    sentence: str = ""
    rows: Sequence[Row] = ()
    spec: Mapping[str, Any] | None = None
    problem: str = ""

    @property
    def listed(self) -> Sequence[Row]:
        """The rows that the page lists; the query gives the rest."""
        return self.rows[:MOST_ROWS]


@dataclass(frozen=True)
class Freshness:
    """How old the data of one source is."""

    source: Row
    age_hours: float | None
    status: str
    """fresh, stale or never observed."""


def pages(published: Published, lineage: Lineage, written_at: datetime) -> Iterator[Page]:
    """All pages; `written_at` is the moment that ages are counted to."""
    claims = read_claims(published)
    sources = {row["source"]: row for row in read_sources(published)}
    fresh = [freshness(row, written_at) for row in sources.values()]
    trends = [trend_chart(published, trend, lineage, sources) for trend in TRENDS]
    columns = read_columns(published)
    counts = Counter(claim.now["verdict"] for claim in claims if claim.now)
    yield (
        "index.html",
        "index.html",
        {
            "claims": claims,
            "tally": tally({verdict: counts[verdict] for verdict in (*VERDICTS, *sorted(set(counts) - {*VERDICTS}))}),
            "as_of": max((claim.now["as_of"] for claim in claims if claim.now), default=None),
            "fresh": fresh,
            "newest": max((last for row in sources.values() if (last := row["last_observed_at"])), default=None),
            "trends": trends,
            "missing_tables": list(published.missing),
            "essay_date": ESSAY_DATE,
        },
    )
    for before, claim, after in zip([None, *claims], claims, [*claims[1:], None], strict=False):
        yield (
            claim.page,
            "claim.html",
            {
                **claim_context(published, claim, lineage, sources),
                "before": before,
                "after": after,
            },
        )
    yield "sources.html", "sources.html", {"fresh": fresh, "missing_tables": list(published.missing)}
    yield "tables.html", "tables.html", {"layers": dictionary(published, columns)}
    yield "method.html", "method.html", method_context()


def freshness(source: Row, now: datetime) -> Freshness:
    """How long ago a source was last observed, and whether that is longer than it promises."""
    last = source["last_observed_at"]
    if last is None:
        return Freshness(source, None, "never observed")
    age = (now - last).total_seconds() / 3600
    limit = source["stale_after_hours"]
    return Freshness(source, age, "stale" if limit is not None and age > limit else "fresh")


def tally(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Verdicts with their counts and where each lies on a bar 100 wide."""
    total = sum(counts.values())
    placed, start = [], 0.0
    for verdict, count in counts.items():
        width = 100 * count / total if total else 0.0
        placed.append({"verdict": verdict, "count": count, "x": round(start, 3), "width": round(width, 3)})
        start += width
    return placed


def trend_chart(published: Published, trend: Trend, lineage: Lineage, sources: Mapping[str, Row]) -> Chart:
    """A trend with its sentence and chart, or with the reason it cannot be shown."""
    behind = [sources[name] for name in lineage.sources(tables_in(trend.sql)) if name in sources]
    chart = Chart(f"trend-{trend.trend_id}", trend.title, trend.note, trend.sql.strip(), behind, trend.unit, trend.wide)
    try:
        rows = published.query(trend.sql)
        said = published.query(trend.sentence) if rows else []
    except Unreadable as error:
        return replace(chart, problem=f"The published file cannot answer its query: {error}")
    if not rows:
        return replace(chart, problem=NO_ROWS)
    sentence = next((str(text) for row in said for text in row.values() if text is not None), "")
    spec = {**trend.spec, "data": inline(rows)}
    return replace(chart, sentence=sentence, rows=rows, spec=themed(spec, f"{trend.title} {sentence}"))


def claim_chart(published: Published, figure: Row, lineage: Lineage, sources: Mapping[str, Row]) -> Chart:
    """A figure of a claim as a chart."""
    sql = (figure["sql"] or "").strip()
    behind = [sources[name] for name in lineage.sources(tables_in(sql)) if name in sources]
    title, caption = figure["title"] or "", figure["caption"] or ""
    chart = Chart(f"figure-{figure['figure_id']}", title, caption, sql, behind)
    try:
        spec = json.loads(figure["vega_lite"], parse_constant=lambda _: None)
        if not isinstance(spec, dict):
            raise ValueError(f"expected a Vega-Lite object, found {type(spec).__name__}")
    except (TypeError, ValueError) as error:
        return replace(chart, problem=f"Its specification cannot be read: {error}")
    chart = replace(chart, spec=themed(spec, f"{title}. {caption}"))
    try:
        rows = published.query(sql)
    except Unreadable as error:
        return replace(chart, problem=f"The published file cannot answer its query: {error}")
    return replace(chart, rows=rows) if rows else replace(chart, spec=None, problem=NO_ROWS)


def claim_context(published: Published, claim: Claim, lineage: Lineage, sources: Mapping[str, Row]) -> dict[str, Any]:
    """What the page of one claim shows."""
    charts = [
        claim_chart(published, figure, lineage, sources) for figure in claim.figures if figure["figure_id"] != RIBBON
    ]
    tables = list(dict.fromkeys(name for chart in charts for name in tables_in(chart.sql)))
    curves = [curve for h in claim.hypotheses if (curve := specification_curve(claim, h)) is not None]
    return {
        "claim": claim,
        "essay_date": ESSAY_DATE,
        "results": claim.tests_of(claim.now),
        "charts": charts,
        "ribbon": next((figure for figure in claim.figures if figure["figure_id"] == RIBBON), None),
        "curves": curves,
        "read": [name for name in tables if name.startswith("marts.")],
        "behind": [sources[name] for name in lineage.sources(tables) if name in sources],
    }


@dataclass(frozen=True)
class Curve:
    """All answers to one hypothesis under other choices, by rising estimate, with marks to draw."""

    hypothesis: Row
    unit: str
    axes: tuple[str, ...]
    rows: tuple[Row, ...]
    """Each with `choices`, `glyph` and the columns of claims.specification."""
    claimed_count: int
    is_logarithmic: bool


def specification_curve(claim: Claim, hypothesis: Row) -> Curve | None:
    """The specifications of a hypothesis as of the verdict now; None without any."""
    found = claim.specifications_of(hypothesis["hypothesis_id"], claim.now)
    if not found:
        return None
    choices = [_choices(row["specification"]) for row in found]
    axes = tuple(dict.fromkeys(axis for chosen in choices for axis in chosen))
    ends = [row[end] for row in found for end in ("estimate", "interval_low", "interval_high") if row[end] is not None]
    logarithmic = min(ends) > 0 and max(ends) > 20 * min(ends)
    place = _placing([math.log(end) for end in ends] if logarithmic else ends)
    at: Callable[[float], float] = (lambda value: place(math.log(value))) if logarithmic else place
    rows = tuple(
        {**row, "choices": chosen, "glyph": {end: None if row[end] is None else at(row[end]) for end in
            ("estimate", "interval_low", "interval_high")}}
        for row, chosen in zip(found, choices, strict=True)
    )  # fmt: skip
    units = [t["effect_unit"] for t in claim.tests_of(claim.now) if t["hypothesis_id"] == hypothesis["hypothesis_id"]]
    return Curve(
        hypothesis,
        next(iter(units), "") or "",
        axes,
        rows,
        sum(bool(row["has_claimed_sign"]) for row in found),
        logarithmic,
    )


def _choices(value: Any) -> dict[str, str]:
    try:
        found = json.loads(value)
    except (TypeError, ValueError):
        found = value
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {"choices": str(found)}


def _placing(values: list[float]) -> Callable[[float], float]:
    low, high = min(values), max(values)
    reach = (high - low) or 1.0
    return lambda value: round(6 + (GLYPH_WIDTH - 12) * (value - low) / reach, 1)


def dictionary(published: Published, columns: Mapping[str, list[Row]]) -> list[dict[str, Any]]:
    """Tables by layer with their columns; rows are None for a table that is described but not in the file."""
    names = sorted({*columns, *published.tables})
    layers = []
    for layer in (*LAYER_WORDS, *sorted({name.split(".")[0] for name in names} - {*LAYER_WORDS})):
        tables = [
            {
                "name": name,
                "doc": table.doc if (table := published.tables.get(name)) else "",
                "row_count": table.row_count if table else None,
                "columns": columns.get(name)
                or [{"column_name": c, "type": "", "doc": ""} for c in (table.columns if table else ())],
            }
            for name in names
            if name.split(".")[0] == layer
        ]
        if tables:
            layers.append({"layer": layer, "words": LAYER_WORDS.get(layer, ""), "tables": tables})
    return layers


def method_context() -> dict[str, Any]:
    """The constants of the verdict rule, from the code that applies it."""
    from pipeline.claims import registration, verdict

    return {
        "supported_share": verdict.SUPPORTED_SIGN_SHARE,
        "contradicted_share": verdict.CONTRADICTED_SIGN_SHARE,
        "flip_share": verdict.FLIP_SHARE,
        "looks": registration.LOOKS_PER_YEAR,
        "essay_date": ESSAY_DATE,
    }


def is_page_name(claim_id: str) -> bool:
    """Whether a claim's id can be part of a file name."""
    return re.fullmatch(r"[A-Za-z0-9_-]+", claim_id) is not None
