"""Openness itself: the definitions of open in words and the charts that show shares under each of them side by side.

Shares are given as bounds over the unknown. A single share among the known is drawn only where few are unknown:
where only closed models are known for sure, it would say that nothing is open.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.trends import MONTH, Trend, hint


@dataclass(frozen=True)
class Definition:
    """One meaning of open."""

    definition: str
    name: str
    words: str


DEFINITIONS = (
    Definition("open_any", "Downloadable", "The weights can be downloaded, under any terms."),
    Definition(
        "open_unrestricted", "Unrestricted", "The weights come under a licence without limits on users or uses."
    ),
    Definition(
        "osi_weights", "OSI licence", "The weights come under a licence that the Open Source Initiative approved."
    ),
    Definition(
        "osaid",
        "Open Source AI",
        "Meets the Open Source AI Definition 1.0: weights, code and information on the data.",
    ),
)
FEW_UNKNOWN = 0.1
"""The largest share of unknown releases at which the share among the known is drawn."""

NAMES = [one.name for one in DEFINITIONS]
NAMED = "case definition " + " ".join(f"when '{one.definition}' then '{one.name}'" for one in DEFINITIONS) + " end"
PLACED = (
    "case definition " + " ".join(f"when '{one.definition}' then {k}" for k, one in enumerate(DEFINITIONS)) + " end"
)
COUNTED = """count(*) as release_count,
    count(*) filter (where label = 'open') as open_count,
    count(*) filter (where label = 'closed') as closed_count,
    count(*) filter (where label = 'unknown') as unknown_count"""
JOINED = "marts.release_openness inner join marts.release using (model_id)"

NEWEST_YEAR = f"""
with newest as (
  select definition, {NAMED} as name, min(released_on) as first_on, max(released_on) as last_on,
    {COUNTED}
  from {JOINED}
  where released_on > (select max(released_on) from marts.release) - interval 12 month
  group by definition
)
select name, release_count, open_count, closed_count, unknown_count,
  open_count / release_count as share_low,
  (open_count + unknown_count) / release_count as share_high,
  case when unknown_count <= {FEW_UNKNOWN} * release_count
    then open_count / nullif(open_count + closed_count, 0) end as share_of_known
from newest
where name is not null
order by {PLACED}
"""

PERCENT_AXIS = {"format": ".0%", "values": [0, 0.25, 0.5, 0.75, 1]}

DEFINITIONS_NOW = Trend(
    "definitions-now",
    "How much is open depends on what open means",
    "share of models released in the newest twelve months; bar from all unknown closed to all unknown open",
    f"""
with shares as (
  select definition, count(*) as releases, max(released_on) as last_on,
    count(*) filter (where label = 'open') / count(*) as low,
    count(*) filter (where label <> 'closed') / count(*) as high
  from {JOINED}
  where released_on > (select max(released_on) from marts.release) - interval 12 month
  group by definition
),
said as (
  select max(releases) as releases, max(last_on) as last_on,
    max(low) filter (where definition = 'open_any') as any_low,
    max(high) filter (where definition = 'open_any') as any_high,
    max(low) filter (where definition = 'osi_weights') as osi_low,
    max(high) filter (where definition = 'osi_weights') as osi_high
  from shares
)
select format('Of {{}} models released in the twelve months to {{}}, {{}} can be downloaded', releases,
    strftime(last_on, '%B %Y'),
    case when round(100 * any_low) = round(100 * any_high) then format('{{:.0f}}%', 100 * any_low)
      else format('{{:.0f}} to {{:.0f}}%', 100 * any_low, 100 * any_high) end)
  || case when osi_low is null then '.'
    when round(100 * osi_low) = round(100 * osi_high)
      then format('; {{:.0f}}% come under a licence approved by the Open Source Initiative.', 100 * osi_low)
    else format('; {{:.0f}} to {{:.0f}}% come under a licence approved by the Open Source Initiative, '
      || 'depending on those whose licence is not known here.', 100 * osi_low, 100 * osi_high) end
from said
where releases is not null
""",
    NEWEST_YEAR,
    {
        "height": 170,
        "encoding": {
            "y": {"field": "name", "type": "nominal", "sort": NAMES, "title": None, "axis": {"labelLimit": 160}},
        },
        "layer": [
            {
                "mark": {"type": "bar", "color": "#0b7285", "opacity": 0.3, "height": 18},
                "encoding": {
                    "x": {
                        "field": "share_low", "type": "quantitative", "title": None,
                        "scale": {"domain": [0, 1]}, "axis": {**PERCENT_AXIS, "grid": True},
                    },
                    "x2": {"field": "share_high"},
                    "tooltip": [
                        hint("name", "open means"), hint("share_low", "at least", ".0%"),
                        hint("share_high", "at most", ".0%"), hint("release_count", "releases", "d"),
                        hint("open_count", "open", "d"), hint("closed_count", "closed", "d"),
                        hint("unknown_count", "unknown", "d"),
                    ],
                },
            },
            {
                "mark": {"type": "tick", "color": "#0b7285", "thickness": 3, "size": 26},
                "encoding": {"x": {"field": "share_low", "type": "quantitative"}},
            },
            {
                "mark": {"type": "point", "filled": True, "color": "#0b7285", "size": 130, "opacity": 1},
                "encoding": {"x": {"field": "share_of_known", "type": "quantitative"}},
            },
        ],
    },
    "The line at the left of each bar is what is open for sure. A dot is the share among models whose label is known, "
    "drawn only where fewer than one in ten is unknown.",
    wide=True,
)  # fmt: skip

BY_MONTH = f"""
with monthly as (
  select cast(date_trunc('month', released_on) as date) as month, definition,
    {COUNTED}
  from {JOINED}
  where released_on >= date '2020-01-01'
  group by cast(date_trunc('month', released_on) as date), definition
),
pooled as (
  select month, definition, release_count, open_count, closed_count, unknown_count,
    sum(open_count) over six_months as opened,
    sum(closed_count) over six_months as closed,
    sum(unknown_count) over six_months as unknown
  from monthly
  window six_months as (partition by definition order by month range between interval 5 month preceding and current row)
)
select month, {NAMED} as name, release_count, open_count, closed_count, unknown_count,
  opened / (opened + closed + unknown) as share_low,
  (opened + unknown) / (opened + closed + unknown) as share_high,
  case when unknown <= {FEW_UNKNOWN} * (opened + closed + unknown)
    then opened / nullif(opened + closed, 0) end as share_of_known
from pooled
where month >= date '2023-01-01' and {NAMED} is not null
order by {PLACED}, month
"""

LABEL_AT_TOP = {"labelAnchor": "start", "labelFontWeight": 600, "labelFontSize": 13, "title": None}
YEARS = {**MONTH, "axis": {"format": "%Y", "tickCount": "year", "title": None}}
SHARE_AXIS: Mapping[str, Any] = {"title": None, "scale": {"domain": [0, 1]}, "axis": PERCENT_AXIS}

DEFINITIONS_OVER_TIME = Trend(
    "definitions-over-time",
    "Four meanings of open, over time",
    "share of releases, six months pooled; band from all unknown closed to all unknown open",
    f"""
with recent as (
  select {NAMED} as name, {PLACED} as place, count(*) filter (where label = 'unknown') / count(*) as unknown
  from {JOINED}
  where released_on > (select max(released_on) from marts.release) - interval 6 month
  group by definition
)
select 'Not known in the newest six months: '
  || string_agg(format('{{:.0f}}% ({{}})', 100 * unknown, name), ', ' order by place) || '.'
from recent
where name is not null
having count(*) > 0
""",
    BY_MONTH,
    {
        "facet": {"field": "name", "type": "nominal", "sort": NAMES, "title": None, "header": LABEL_AT_TOP},
        "columns": 2,
        "spec": {
            "height": 150,
            "layer": [
                {
                    "mark": {"type": "area", "color": "#0b7285", "opacity": 0.22},
                    "encoding": {
                        "x": YEARS,
                        "y": {"field": "share_low", "type": "quantitative", **SHARE_AXIS},
                        "y2": {"field": "share_high"},
                        "tooltip": [
                            hint("month", "month", "%B %Y"), hint("name", "open means"),
                            hint("share_low", "at least", ".0%"), hint("share_high", "at most", ".0%"),
                            hint("release_count", "releases that month", "d"),
                        ],
                    },
                },
                {
                    "mark": {"type": "line", "color": "#0b7285", "strokeWidth": 1.5},
                    "encoding": {"x": YEARS, "y": {"field": "share_low", "type": "quantitative", **SHARE_AXIS}},
                },
                {
                    "mark": {"type": "line", "color": "#4b5563", "strokeWidth": 2},
                    "encoding": {"x": YEARS, "y": {"field": "share_of_known", "type": "quantitative", **SHARE_AXIS}},
                },
            ],
        },
    },
    "The lower edge is what is open for sure, the upper what may be. The dark line is the share among the known, drawn "
    "only where fewer than one in ten is unknown. A model closed under one meaning is closed under all stricter ones.",
    wide=True,
)  # fmt: skip

OPENNESS = (DEFINITIONS_NOW, DEFINITIONS_OVER_TIME)
"""The charts of openness that need only releases and their labels."""
