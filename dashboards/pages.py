"""What each page shows, gathered from the published file; looks live in the templates."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from dashboards import words
from dashboards.answers import Answer, answer
from dashboards.charts import inline, themed
from dashboards.curves import specification_curve
from dashboards.lineage import Lineage, tables_in
from dashboards.listings import ListingPlan, listings
from dashboards.openness import DEFINITIONS, DEFINITIONS_NOW, OPENNESS
from dashboards.published import (
    ESSAY_DATE,
    VERDICTS,
    Claim,
    Published,
    Row,
    Unreadable,
    read_anchors,
    read_claims,
    read_columns,
    read_quarantined,
    read_sources,
)
from dashboards.trends import TRENDS, Trend

MOST_ROWS = 200
NO_ROWS = "Its query found no rows in the published file."
RIBBON = "verdicts"
"""The figure of verdicts by day, which claims pages show as a table that can be read aloud."""
CURVE = "specifications"
"""How figures of one specification curve are named; claims pages draw all of them, with the choices below."""
JOINT: tuple[str, ...] = (
    "claim_id", "hypothesis_id", "draw_count", "median_p_value", "sign_share_p_value", "significant_share_p_value",
    "how",
)  # fmt: skip
LAYER_WORDS = {
    "marts": "Measures over time, each at one grain. Start here.",
    "claims": "Claims as registered hypotheses, their tests and verdicts.",
    "core": "Things in the world: organisations, models, listings, prices, ratings, licences.",
    "reference": "Facts kept by hand, each with its source.",
    "staging": "What sources said, typed; every vintage.",
    "meta": "The pipeline about itself: sources, snapshots, columns, checks.",
}

SUBJECT_WORDS = {
    "releases": "Which models came out, when, and by whom.",
    "openness": "What was given away with a model, and what was said about it.",
    "licences": "Terms, and who approved them.",
    "capability": "How good models are.",
    "prices": "What their use costs.",
    "adoption": "Who uses them, and how much.",
    "finance": "What companies earn and spend.",
    "incidents": "What went wrong.",
}


AGREEMENT = """
select replace(label_set, '_', ' ') as "labels of",
  case selection when 'independent' then 'those on which our word is not theirs' else 'all that both label' end
    as "models compared",
  model_count as models, agreed_share, round(alpha, 2) as "Krippendorff’s alpha",
  round(alpha_low, 2) || ' to ' || round(alpha_high, 2) as "95% interval",
  case when is_reliable then 'enough to rest on' when not is_reliable then 'too little to rest on' end as "so it is"
from claims.agreement
order by label_set, selection
"""
TIERS = """
with newest as (
  select measure, max(month) as month
  from marts.openness_tier_monthly
  where amount >= 20 or measure = 'tokens'
  group by measure
)
select measure, month, tier, tier_share_low, tier_share_high, at_least_share_low, at_least_share_high
from marts.openness_tier_monthly inner join newest using (measure, month)
order by measure, tier
"""
UNPLACED = """
select licence_tag, catalogue, problem, undecided_count, model_count, downloads_30d_count, record_count
from marts.unmapped_licence
order by undecided_count desc, downloads_30d_count desc, record_count desc, licence_tag
"""
OPENNESS_LISTINGS = (
    ListingPlan(
        "Tiers of openness",
        "From 0, not released, over hosted, by application, under limits, open weights and open source to 6, open "
        "science: what share of the newest month with twenty or more lies at each tier, and at that or above.",
        "marts.openness_tier_monthly",
        TIERS,
    ),
    ListingPlan(
        "Agreement with others who label openness",
        "How often the labels here and those of others agree, and how far beyond chance: Krippendorff’s alpha is 1 "
        "where they always do and 0 where no more than by chance. From 0.67 on, conclusions may rest on labels. "
        "Some of the words used here are a publisher’s own, so models on which they are not are also counted alone.",
        "claims.agreement",
        AGREEMENT,
    ),
    ListingPlan(
        "Where we differ",
        "Every model that another publisher labels otherwise, with whose word is followed here and why.",
        "marts.openness_disagreement",
    ),
    ListingPlan(
        "Licences not yet placed",
        "Names of licences that no rule here places. Models under them count as unknown.",
        "marts.unmapped_licence",
        UNPLACED,
    ),
    ListingPlan(
        "Freer than what they were made from",
        "Models and repositories that declare more freedom than what they were made from leaves them to grant.",
        "marts.licence_drift",
    ),
)
FALSE_POSITIVE = """
select judged as "what was judged", truth as "what is true in the made data", sample as "how much data",
  draw_count as draws, wrong as "wrong would be", wrong_share as wrong_verdicts_share,
  round(100 * wrong_low_share, 1) || ' to ' || round(100 * wrong_high_share, 1) || '%' as "95% interval"
from claims.false_positive
order by kind, case_id
"""
IDENTITY_QUALITY = """
select
  case part
    when 'all' then 'all pairs'
    when 'open' then 'first drawing, looked at while the rules were written'
    when 'held_back' then 'first drawing, kept back'
    when 'open_2' then 'second drawing, looked at'
    when 'held_back_2' then 'second drawing, kept back'
    when 'held_back_3' then 'third drawing, made after the last change of a rule'
    else part
  end as "pairs of names",
  pair_count as pairs, true_joins as "joined rightly", false_joins as "joined wrongly", missed_joins as missed,
  precision_share, round(100 * precision_low, 1) || ' to ' || round(100 * precision_high, 1) || '%' as "95% interval",
  recall_share, round(100 * recall_low, 1) || ' to ' || round(100 * recall_high, 1) || '%' as "its 95% interval"
from reference.identity_quality
where catalogue_a = 'all' and catalogue_b = 'all'
order by part = 'all' desc, part like 'held_back%' desc, part desc
"""
IDENTITY_RULE = """
select replace(rule, '_', ' ') as rule, pair_count as "pairs joined", true_joins as rightly, precision_share,
  round(100 * precision_low, 1) || ' to ' || round(100 * precision_high, 1) || '%' as "95% interval"
from reference.identity_rule
order by pair_count desc, rule
"""
METHOD_LISTINGS = (
    ListingPlan(
        "False positives",
        "How often the rule gives a wrong verdict in made-up data of which the truth is known.",
        "claims.false_positive",
        FALSE_POSITIVE,
    ),
    ListingPlan(
        "How well models are told apart",
        "Names of the same model in different catalogues are joined by rules. Pairs of names, the hard ones first, "
        "were labelled by hand: precision is the share of joins that are right, recall the share of pairs of one model "
        "that were joined. Pairs that were kept back had no part in the writing of the rules.",
        "reference.identity_quality",
        IDENTITY_QUALITY,
    ),
    ListingPlan(
        "How often each rule joins rightly",
        "The same pairs by the rule that joined them. A rule that few pairs meet has a wide interval although it was "
        "never wrong.",
        "reference.identity_rule",
        IDENTITY_RULE,
    ),
)

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
    """fresh, ageing (older than it promises) or not captured."""


@dataclass(frozen=True)
class BoardRow:
    """A claim on the board, with what its verdict now says and the words that a search finds it by."""

    claim: Claim
    answer: Answer
    searched: str


def pages(published: Published, lineage: Lineage, written_at: datetime) -> Iterator[Page]:
    """All pages; `written_at` is the moment that ages are counted to."""
    claims = read_claims(published)
    sources = {row["source"]: row for row in read_sources(published)}
    fresh = [freshness(row, written_at) for row in sources.values()]
    trends = [trend_chart(published, trend, lineage, sources) for trend in TRENDS]
    openness = {trend.trend_id: trend_chart(published, trend, lineage, sources) for trend in OPENNESS}
    columns = read_columns(published)
    counts = Counter(claim.now["verdict"] for claim in claims if claim.now)
    rows = [board_row(claim) for claim in claims]
    yield (
        "index.html",
        "index.html",
        {
            "claims": claims,
            "sections": sections([row for row in rows if row.claim.is_testable]),
            "untestable": [row for row in rows if not row.claim.is_testable],
            "tally": tally({verdict: counts[verdict] for verdict in (*VERDICTS, *sorted(set(counts) - {*VERDICTS}))}),
            "as_of": max((claim.now["as_of"] for claim in claims if claim.now), default=None),
            "states": states(fresh),
            "source_count": len(fresh),
            "newest": max((last for row in sources.values() if (last := row["last_observed_at"])), default=None),
            "trends": trends,
            "aging": aging_chart(published, lineage, sources),
            "definitions_now": openness[DEFINITIONS_NOW.trend_id],
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
    yield (
        "openness.html",
        "openness.html",
        {
            "definitions": DEFINITIONS,
            "charts": list(openness.values()),
            "listings": listings(published, columns, OPENNESS_LISTINGS),
        },
    )
    yield (
        "sources.html",
        "sources.html",
        {
            "subjects": subjects(fresh),
            "states": states(fresh),
            "source_count": len(fresh),
            "quarantined": read_quarantined(published),
        },
    )
    yield "tables.html", "tables.html", {"layers": dictionary(published, columns)}
    yield (
        "method.html",
        "method.html",
        {
            **method_context(claims),
            "anchors": read_anchors(published),
            "claim_ids": {claim.claim_id for claim in claims},
            "listings": listings(published, columns, METHOD_LISTINGS),
        },
    )


def board_row(claim: Claim) -> BoardRow:
    """What the board shows of a claim."""
    row, now = claim.row, claim.now
    searched = (
        claim.claim_id, row["title"], row["statement"], row["question"], row["essay_phrase"], claim.section,
        now["verdict"] if now else "", now["reason"] if now else "",
        *(h["estimand"] for h in claim.hypotheses),
    )  # fmt: skip
    return BoardRow(claim, answer(claim, now), " ".join(str(text) for text in searched if text).lower())


def sections(rows: Sequence[BoardRow]) -> list[tuple[str, list[BoardRow]]]:
    """Rows by section of the essay, in the order they come in."""
    found: dict[str, list[BoardRow]] = {}
    for row in rows:
        found.setdefault(row.claim.section, []).append(row)
    return list(found.items())


def freshness(source: Row, now: datetime) -> Freshness:
    """How long ago a source was last observed, and whether that is longer than it promises."""
    last = source["last_observed_at"]
    if last is None:
        return Freshness(source, None, "not captured")
    age = (now - last).total_seconds() / 3600
    limit = source["stale_after_hours"]
    return Freshness(source, age, "ageing" if limit is not None and age > limit else "fresh")


def states(fresh: Sequence[Freshness]) -> dict[str, int]:
    """How many sources are in each state."""
    counts = Counter(one.status for one in fresh)
    return {status: counts[status] for status in ("fresh", "ageing", "not captured")}


def subjects(fresh: Sequence[Freshness]) -> list[dict[str, Any]]:
    """Sources by subject, those captured here first."""
    found: dict[str, list[Freshness]] = {}
    for one in fresh:
        found.setdefault(one.source["subject"] or "other", []).append(one)
    names = [*(name for name in SUBJECT_WORDS if name in found), *sorted(set(found) - {*SUBJECT_WORDS})]
    return [
        {
            "subject": name,
            "words": SUBJECT_WORDS.get(name, ""),
            "sources": sorted(found[name], key=lambda one: one.status == "not captured"),
        }
        for name in names
    ]


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


def aging_chart(published: Published, lineage: Lineage, sources: Mapping[str, Row]) -> Chart | None:
    """Verdicts month by month as a picture; None where no month but those of the board has been judged."""
    import pandas as pd

    from pipeline.claims.figure import AGING_SQL, aging

    try:
        rows = published.query(AGING_SQL)
    except Unreadable:
        return None
    if not rows:
        return None
    title = "The verdicts, month by month"
    caption = (
        "The verdict on each claim at each month's end since the essay: by what was on record then, and by all "
        "evidence held today."
    )
    behind = [sources[name] for name in lineage.sources(tables_in(AGING_SQL)) if name in sources]
    spec = themed(aging(pd.DataFrame(rows)).to_dict(), f"{title} {caption}")
    return Chart("aging", title, caption, AGING_SQL.strip(), behind, wide=True, rows=rows, spec=spec)


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
    curves = [curve for h in claim.hypotheses if (curve := specification_curve(claim, h)) is not None]
    charts = [
        claim_chart(published, figure, lineage, sources)
        for figure in claim.figures
        if figure["figure_id"] != RIBBON and not (curves and figure["figure_id"].startswith(CURVE))
    ]
    tables = list(dict.fromkeys(name for chart in charts for name in tables_in(chart.sql)))
    return {
        "claim": claim,
        "answer": answer(claim, claim.now),
        "essay_date": ESSAY_DATE,
        "rests_on": [row for row in rests_on(claim, sources) if not is_kept_by_hand(row["source"])],
        "facts": [row for row in rests_on(claim, sources) if is_kept_by_hand(row["source"])],
        "asked": [
            {**query, "parameters": bound(query["parameters"])}
            for query in claim.queries
            if claim.now and (query["as_of"], query["clock"]) == (claim.now["as_of"], claim.now["clock"])
        ],
        "results": [{**test, "glyph": share_glyph(test)} for test in claim.tests_of(claim.now)],
        "charts": charts,
        "ribbon": next((figure for figure in claim.figures if figure["figure_id"] == RIBBON), None),
        "curves": curves,
        "joint": joint_tests(published, claim),
        "read": [name for name in tables if name.startswith("marts.")],
        "behind": [sources[name] for name in lineage.sources(tables) if name in sources],
    }


def joint_tests(published: Published, claim: Claim) -> dict[str, Row]:
    """The joint test of each specification curve by hypothesis; none where the file has no such table."""
    rows = published.optional("claims.specification_joint", JOINT, "hypothesis_id")
    return {row["hypothesis_id"]: row for row in rows if row["claim_id"] == claim.claim_id}


def rests_on(claim: Claim, sources: Mapping[str, Row]) -> list[Row]:
    """The sources a claim rests on with the marts it reads them through; those with most captures first."""
    found: dict[str, Row] = {}
    for row in claim.sources:
        name = row["source"]
        one = found.setdefault(
            name, {**row, "title": sources[name]["title"] if name in sources else name, "marts": [],
                   "is_listed": name in sources, "licence": sources[name]["licence"] if name in sources else None}
        )  # fmt: skip
        if row["mart"] and row["mart"] not in one["marts"]:
            one["marts"].append(row["mart"])
    return sorted(found.values(), key=lambda one: (-(one["capture_count"] or 0), one["title"]))


def is_kept_by_hand(source: str) -> bool:
    """Whether what is behind a claim is a table of facts kept by hand, and no source."""
    return source.startswith("reference.")


def bound(parameters: str | None) -> str:
    """The parameters of a query as a comment above it; empty without any."""
    given = json.loads(parameters or "null") or {}
    values = {name: value["day"] if isinstance(value, dict) else value for name, value in given.items()}
    return "; ".join(f"${name} = {value}" for name, value in values.items())


def share_glyph(test: Row) -> dict[str, str] | None:
    """Paths of a share and its interval on a line from 0 to 100; None for what is not a share."""
    ends = [test[end] for end in ("estimate", "interval_low", "interval_high")]
    if (
        not words.is_share(test["effect_unit"])
        or ends[0] is None
        or not all(0 <= e <= 1 for e in ends if e is not None)
    ):
        return None
    at, low, high = (None if end is None else round(100 * end, 1) for end in ends)
    reach = "" if low is None and high is None else f"M{0 if low is None else low} 4H{100 if high is None else high}"
    return {"reach": reach, "dot": f"M{at} 4h.01"}


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


def method_context(claims: Sequence[Claim]) -> dict[str, Any]:
    """The constants of the verdict rule, from the code that applies it, and how often registrations changed."""
    from pipeline.claims import registration, verdict

    changes = [change for claim in claims for change in claim.changes[1:]]
    return {
        "registered_count": sum(claim.is_testable for claim in claims),
        "change_count": len(changes),
        "late_count": sum(bool(change["is_after_results"]) for change in changes),
        "supported_share": verdict.SUPPORTED_SIGN_SHARE,
        "contradicted_share": verdict.CONTRADICTED_SIGN_SHARE,
        "flip_share": verdict.FLIP_SHARE,
        "looks": registration.LOOKS_PER_YEAR,
        "essay_date": ESSAY_DATE,
    }


def is_page_name(claim_id: str) -> bool:
    """Whether a claim's id can be part of a file name."""
    return re.fullmatch(r"[A-Za-z0-9_-]+", claim_id) is not None
