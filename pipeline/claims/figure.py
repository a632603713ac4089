"""How charts of claims look, and the charts that all claims share; no claim's numbers are computed here."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pipeline.claims.registration import Figure

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

OPEN = "#0b7285"
CLOSED = "#c2410c"
UNKNOWN = "#9ca3af"
NEUTRAL = "#4b5563"
RULE = "#6b7280"
WIDTH = 560

ACCESS_COLOURS = {"open": OPEN, "closed": CLOSED, "unknown": UNKNOWN}
VERDICT_COLOURS = {
    "supported": "#1d4ed8",
    "mixed": "#b45309",
    "contradicted": "#9d174d",
    "insufficient evidence": "#e5e7eb",
    "not testable": "#d1d5db",
}
CLOCK_LABELS = {"then": "known then", "hindsight": "in hindsight"}


def verdicts_figure(claim_id: str) -> Figure:
    """The figure with which every claim ends: its verdicts over time."""
    return Figure(
        "verdicts",
        "The verdict over time",
        "What the rule says on each day: with what was known then, and with what is known now.",
        f"""
select as_of, clock, verdict, reason
from claims.verdict
where claim_id = '{claim_id}'
union all
select as_of, clock, verdict, reason
from claims.verdict_history
where claim_id = '{claim_id}'
    and as_of not in (select as_of from claims.verdict where claim_id = '{claim_id}')
order by clock, as_of
""",
        verdict_ribbon,
    )


AGING_SQL = """
select claim.claim_id, concat(claim.claim_id, '  ', claim.title) as claim, history.as_of, history.clock,
    history.verdict, history.summary
from claims.verdict_history as history
inner join claims.claim as claim
    on history.claim_id = claim.claim_id and history.registration_hash = claim.registration_hash
where history.verdict <> 'not testable'
order by claim.claim_id, history.clock, history.as_of
"""
"""Verdicts month by month under the promises of today, for `aging`."""


def test_history_sql(*hypothesis_ids: str) -> str:
    """The estimates of some hypotheses over time, for `estimate_history`."""
    listed = ", ".join(f"'{name}'" for name in hypothesis_ids)
    return f"""
with told as (
    select hypothesis_id, as_of, estimate, interval_low, interval_high, sample_size, decision, 1 as place
    from claims.test
    where hypothesis_id in ({listed}) and clock = 'hindsight'
    union all
    select hypothesis_id, as_of, estimate, interval_low, interval_high, sample_size, decision, 2
    from claims.test_history
    where hypothesis_id in ({listed}) and clock = 'hindsight'
),
placed as (
    select hypothesis_id, as_of, estimate, interval_low, interval_high, sample_size, decision,
        row_number() over (partition by hypothesis_id, as_of order by place) as place
    from told
)
select hypothesis_id, as_of, estimate, interval_low, interval_high, sample_size, decision
from placed
where place = 1 and estimate is not null
order by hypothesis_id, as_of
"""


def specification_sql(hypothesis_id: str) -> str:
    """The specifications of one hypothesis on the newest day, for `specification_curve`."""
    return f"""
select row_number() over (order by estimate, specification) as place, specification, estimate, interval_low,
    interval_high, sample_size, has_claimed_sign
from claims.specification
where hypothesis_id = '{hypothesis_id}' and clock = 'hindsight' and estimate is not null
    and as_of = (select max(as_of) from claims.specification where hypothesis_id = '{hypothesis_id}')
order by place
"""


def styled(chart: "alt.TopLevelMixin") -> "alt.TopLevelMixin":
    """The look that all charts have: quiet axes, light grid, titles to the left."""
    font = "system-ui, sans-serif"
    result: alt.TopLevelMixin = (
        chart.configure(font=font, background="white")
        .configure_view(stroke=None)
        .configure_axis(
            gridColor="#e5e7eb", domainColor="#9ca3af", tickColor="#9ca3af", labelColor="#374151",
            titleColor="#374151", titleFontWeight="normal", labelFontSize=11, titleFontSize=12,
        )
        .configure_legend(orient="top", title=None, labelColor="#374151", symbolStrokeWidth=3, symbolOpacity=1)
        .configure_header(
            title=None, labelFontSize=12, labelFontWeight="bold", labelColor="#374151", labelAnchor="start",
            labelOrient="top",
        )
        .configure_title(anchor="start", fontSize=14, color="#111827", subtitleColor="#6b7280")
    )  # fmt: skip
    return result


def nothing_yet() -> "alt.TopLevelMixin":
    """In place of a chart without a row: a facet or an axis of nothing has no size and cannot be drawn."""
    import altair as alt

    words = alt.InlineData(values=[{"text": "No source has brought data for this yet."}])
    chart = alt.Chart(words).mark_text(align="left", color=RULE, fontSize=13).encode(text="text:N", x=alt.value(0))
    return styled(chart.properties(width=WIDTH, height=40))


def colours(mapping: dict[str, str], present: Iterable[Any]) -> "alt.Scale":
    """A colour scale that gives each name its own colour on every page, with the names that are present."""
    import altair as alt

    names = set(present)
    shown = {name: colour for name, colour in mapping.items() if name in names}
    return alt.Scale(domain=list(shown), range=list(shown.values()))


def time_axis(field: str, title: str | None) -> "alt.X":
    """A horizontal axis of days or months, with the year on each label, and the day where ticks lie within months."""
    import altair as alt

    text = "timeFormat(datum.value, date(datum.value) == 1 ? '%b %Y' : '%-d %b %Y')"
    axis = alt.Axis(labelExpr=text, labelOverlap="parity", labelSeparation=10, tickCount=8, labelBound=True)
    return alt.X(field, title=title, axis=axis, scale=alt.Scale(padding=12))


def value_axis(title: str, logarithmic: bool = False, percent: bool = False) -> dict[str, Any]:
    """Title, scale and axis of a vertical axis of values, from zero or in powers of ten."""
    import altair as alt

    if logarithmic:
        axis = alt.Axis(format="~g", values=[10.0**power for power in range(-3, 7)])
        return {"title": title, "scale": alt.Scale(type="log"), "axis": axis}
    return {"title": title, "scale": alt.Scale(zero=True), "axis": alt.Axis(format="%") if percent else alt.Axis()}


def verdict_ribbon(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """The verdict on each day it was taken, one row for each clock; columns as `verdicts_figure` reads."""
    import altair as alt

    frame = frame.assign(clock=frame["clock"].map(CLOCK_LABELS))
    chart = (
        alt.Chart(frame)
        .mark_square(size=110, opacity=1)
        .encode(
            x=time_axis("as_of:T", "evaluated as of"),
            y=alt.Y("clock:N", title=None, sort=list(CLOCK_LABELS.values())),
            color=alt.Color("verdict:N", scale=colours(VERDICT_COLOURS, frame["verdict"])),
            tooltip=[
                alt.Tooltip("as_of:T", title="as of"), alt.Tooltip("clock:N", title="clock"),
                alt.Tooltip("verdict:N", title="verdict"), alt.Tooltip("reason:N", title="why"),
            ],
        )
        .properties(width=WIDTH, height=70)
    )  # fmt: skip
    return styled(chart)


def aging(frame: "pd.DataFrame") -> "alt.TopLevelMixin":
    """How the essay has aged: a tile for each claim and month, one panel a clock; columns as AGING_SQL gives."""
    import altair as alt

    frame = frame.assign(
        panel=frame["clock"].map(CLOCK_LABELS),
        month=[str(day)[:7] for day in frame["as_of"]],
        as_of=[str(day)[:10] for day in frame["as_of"]],
    )
    height = 17 * frame["claim"].nunique()
    tiles = (
        alt.Chart(frame)
        .mark_rect(stroke="white", strokeWidth=1)
        .encode(
            x=alt.X(
                "month:O",
                title=None,
                axis=alt.Axis(
                    labelExpr="indexof(['01', '07'], slice(datum.value, 5)) >= 0 ? datum.value : ''",
                    labelAngle=0, labelOverlap=True, ticks=False, domain=False,
                ),
            ),
            y=alt.Y("claim:N", title=None, axis=alt.Axis(labelLimit=420, ticks=False, domain=False)),
            color=alt.Color("verdict:N", scale=colours(VERDICT_COLOURS, frame["verdict"])),
            tooltip=[
                alt.Tooltip("claim:N"), alt.Tooltip("as_of:T", title="as of"), alt.Tooltip("panel:N", title="clock"),
                alt.Tooltip("verdict:N"), alt.Tooltip("summary:N", title="why"),
            ],
        )
        .properties(width=WIDTH, height=height)
        .facet(row=alt.Row("panel:N", sort=list(CLOCK_LABELS.values())))
    )  # fmt: skip
    return styled(tiles)


def estimate_history(
    frame: "pd.DataFrame",
    labels: dict[str, str],
    axis_title: str,
    marks: dict[float, str],
    logarithmic: bool = False,
    percent: bool = False,
) -> "alt.TopLevelMixin":
    """Estimates with their intervals over time, one panel for each hypothesis; columns as `test_history_sql` gives.

    `labels` names the hypotheses in the order of the panels; `marks` are the values where decisions turn.
    """
    import altair as alt

    if frame.empty:
        return nothing_yet()
    frame = frame.assign(panel=frame["hypothesis_id"].map(labels))
    if logarithmic:
        ends = ["estimate", "interval_low", "interval_high"]
        frame[ends] = frame[ends].astype(float).where(frame[ends].astype(float) > 0)
    x = time_axis("as_of:T", "evaluated as of")
    base = alt.Chart(frame)
    tooltip: list[Any] = [
        alt.Tooltip("as_of:T", title="as of"), alt.Tooltip("estimate:Q", format=".3g"),
        alt.Tooltip("interval_low:Q", title="from", format=".3g"),
        alt.Tooltip("interval_high:Q", title="to", format=".3g"), alt.Tooltip("sample_size:Q", title="n"),
        alt.Tooltip("decision:N"),
    ]  # fmt: skip
    band = base.mark_area(opacity=0.18, color=NEUTRAL).encode(x=x, y=alt.Y("interval_low:Q"), y2="interval_high:Q")
    line = base.mark_line(color=NEUTRAL, point=alt.OverlayMarkDef(color=NEUTRAL, size=25)).encode(
        x=x, y=alt.Y("estimate:Q", **value_axis(axis_title, logarithmic, percent)), tooltip=tooltip
    )
    layers = [band, line]
    for value, text in marks.items():
        layers += lines_at(base.transform_aggregate(rows="count()", groupby=["panel"]), value, text)
    panels = alt.layer(*layers).properties(width=WIDTH, height=170)
    return styled(panels.facet(facet=alt.Facet("panel:N", sort=list(labels.values())), columns=1))


def lines_at(base: "alt.Chart", value: float, text: str) -> "list[alt.Chart]":
    """A dashed line where a decision turns, and its name; `base` should have one row for each panel."""
    import altair as alt

    return [
        base.mark_rule(strokeDash=[4, 4], color=RULE).encode(y=alt.datum(value)),
        base.mark_text(align="left", dx=4, dy=-6, color=RULE, fontSize=11, text=text).encode(
            y=alt.datum(value), x=alt.value(0)
        ),
    ]


def specification_curve(
    frame: "pd.DataFrame",
    axis_title: str,
    mark: float,
    mark_text: str,
    logarithmic: bool = False,
    percent: bool = False,
) -> "alt.TopLevelMixin":
    """All specifications of one hypothesis in order of their estimates; columns as `specification_sql` gives."""
    import altair as alt

    if frame.empty:
        return nothing_yet()
    sign = {"on the claim's side": NEUTRAL, "on the other side": "#9d174d"}
    ours, other = sign
    frame = frame.assign(side=[ours if flag else other for flag in frame["has_claimed_sign"]])
    unlabelled = alt.Axis(labels=False, ticks=False, grid=False)
    x = alt.X("place:Q", title="specifications, in order of their estimate", axis=unlabelled)
    colour = alt.Color("side:N", scale=colours(sign, frame["side"]))
    base = alt.Chart(frame)
    whiskers = base.mark_rule(opacity=0.35).encode(x=x, y=alt.Y("interval_low:Q"), y2="interval_high:Q", color=colour)
    points = base.mark_circle(size=36, opacity=1).encode(
        x=x,
        y=alt.Y("estimate:Q", **value_axis(axis_title, logarithmic, percent)),
        color=colour,
        tooltip=[
            alt.Tooltip("specification:N", title="choices"), alt.Tooltip("estimate:Q", format=".3g"),
            alt.Tooltip("interval_low:Q", title="from", format=".3g"),
            alt.Tooltip("interval_high:Q", title="to", format=".3g"), alt.Tooltip("sample_size:Q", title="n"),
        ],
    )  # fmt: skip
    line = lines_at(base.transform_aggregate(rows="count()"), mark, mark_text)
    return styled(alt.layer(whiskers, points, *line).properties(width=WIDTH, height=240))
