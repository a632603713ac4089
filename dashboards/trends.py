"""The charts of the trends section: for each its title, its sentence and rows as SQL over marts, and its encoding.

To add one, add a Trend to TRENDS. A sentence is a query for one text, so that each number in it comes from the file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ACCESS = {"domain": ["open", "closed"], "range": ["#0b7285", "#c2410c"]}
APART = {"closed": -7, "open": 7}
PRICES = {"values": [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100], "format": "$.2~f", "tickCount": 20}
MONTH = {"field": "month", "type": "temporal", "title": None, "axis": {"format": "%b %Y", "tickCount": 6}}


@dataclass(frozen=True)
class Trend:
    """A chart on the first page: what it shows, and the queries for its sentence and its rows."""

    trend_id: str
    title: str
    unit: str
    sentence: str
    """SQL for one row of one text."""
    sql: str
    """SQL for the rows drawn."""
    spec: Mapping[str, Any]
    """The chart in Vega-Lite, without data."""
    note: str
    """What a reader must know to read it right."""
    wide: bool = False


def labels_at_end(field: str, colour: str, scale: Mapping[str, Any], shifts: Mapping[str, int]) -> list[dict[str, Any]]:
    """The name of each line, written at its last point and moved by some pixels so that neighbours do not touch."""
    return [
        {
            "transform": [{"filter": {"field": colour, "equal": name}}],
            "mark": {"type": "text", "align": "left", "dx": 7, "dy": shift, "fontWeight": 600, "fontSize": 12},
            "encoding": {
                "x": {"field": "month", "type": "temporal", "aggregate": "max"},
                "y": {"field": field, "type": "quantitative", "aggregate": {"argmax": "month"}},
                "text": {"field": colour},
                "color": {"field": colour, "type": "nominal", "scale": scale, "legend": None},
            },
        }
        for name, shift in shifts.items()
    ]


def hint(field: str, title: str, style: str | None = None) -> dict[str, Any]:
    """One line of what the pointer shows."""
    kind = "temporal" if field == "month" else "quantitative" if style else "nominal"
    return {"field": field, "title": title, "type": kind, **({"format": style} if style else {})}


MONTHLY = """
with monthly as (
  select cast(date_trunc('month', released_on) as date) as month,
    count(*) as release_count,
    count(*) filter (where label = 'open') as open_count,
    count(*) filter (where label = 'closed') as closed_count,
    count(*) filter (where label = 'unknown') as unknown_count
  from marts.release_openness
  inner join marts.release using (model_id)
  where definition = 'open_any' and released_on >= date '2020-01-01'
  group by cast(date_trunc('month', released_on) as date)
),
pooled as (
  select month, release_count, open_count, closed_count, unknown_count,
    sum(open_count) over six_months as opened,
    sum(closed_count) over six_months as closed,
    sum(unknown_count) over six_months as unknown
  from monthly
  window six_months as (order by month range between interval 5 months preceding and current row)
)
"""
"""Releases by month and pooled over six, open where the weights can be downloaded."""

OPEN_SHARE = Trend(
    "open-share",
    "What share of new models is open?",
    "share of releases with downloadable weights, of those whose weights are known; six months pooled",
    f"""{MONTHLY}
select format('Of {{}} models released in the six months to {{}} whose weights are known, {{:.0f}}% can be downloaded; '
    || 'counting the unknown as closed or as open, {{:.0f}}% to {{:.0f}}%.',
  opened + closed, strftime(month, '%B %Y'), 100 * opened / (opened + closed),
  100 * opened / (opened + closed + unknown), 100 * (opened + unknown) / (opened + closed + unknown))
from pooled
where opened + closed > 0
order by month desc
limit 1
""",
    f"""{MONTHLY}
select month, release_count, open_count, closed_count, unknown_count,
  open_count / nullif(open_count + closed_count, 0) as open_share,
  opened / nullif(opened + closed, 0) as open_share_six_months,
  opened / (opened + closed + unknown) as open_share_low,
  (opened + unknown) / (opened + closed + unknown) as open_share_high
from pooled
where month >= date '2023-01-01'
order by month
""",
    {
        "height": 300,
        "layer": [
            {
                "mark": {"type": "area", "color": "#0b7285", "opacity": 0.16},
                "encoding": {
                    "x": MONTH,
                    "y": {"field": "open_share_low", "type": "quantitative"},
                    "y2": {"field": "open_share_high"},
                },
            },
            {
                "mark": {"type": "circle", "color": "#0b7285", "opacity": 0.4},
                "encoding": {
                    "x": MONTH,
                    "y": {"field": "open_share", "type": "quantitative"},
                    "size": {
                        "field": "release_count", "type": "quantitative", "legend": None,
                        "scale": {"range": [8, 220]},
                    },
                    "tooltip": [
                        hint("month", "month", "%B %Y"), hint("open_share", "open share, month", ".0%"),
                        hint("open_share_six_months", "open share, six months", ".0%"),
                        hint("release_count", "releases", "d"), hint("open_count", "open", "d"),
                        hint("closed_count", "closed", "d"), hint("unknown_count", "unknown", "d"),
                    ],
                },
            },
            {
                "mark": {"type": "line", "color": "#0b7285", "strokeWidth": 2.5},
                "encoding": {
                    "x": MONTH,
                    "y": {
                        "field": "open_share_six_months", "type": "quantitative", "title": None,
                        "scale": {"domain": [0, 1]}, "axis": {"format": ".0%"},
                    },
                },
            },
        ],
    },
    "The line pools six months, dots are single months and grow with their releases, the band runs from all unknown "
    "closed to all unknown open. Open means downloadable weights under any licence. What evaluations and gateways "
    "choose to list decides which models count.",
    wide=True,
)  # fmt: skip

FRONTIER = Trend(
    "frontier",
    "How far behind is the best open model?",
    "points on the Arena text board, newest vintage",
    """
select format('Among models released by {}, the best open one, {}, is rated {:.0f}, '
    || 'and the best closed one, {}, {:.0f}: {:.0f} points {}.',
  strftime(month, '%B %Y'), open.best_name, open.best_rating, closed.best_name, closed.best_rating,
  abs(closed.best_rating - open.best_rating),
  case when closed.best_rating > open.best_rating then 'ahead' else 'behind' end)
from marts.capability_frontier_monthly as open
inner join marts.capability_frontier_monthly as closed using (month)
where open.weights_access = 'open' and closed.weights_access = 'closed'
order by month desc
limit 1
""",
    """
select month, weights_access, best_rating, best_name
from marts.capability_frontier_monthly
order by month, weights_access
""",
    {
        "height": 250,
        "padding": {"left": 0, "top": 5, "bottom": 5, "right": 52},
        "layer": [
            {
                "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2.5},
                "encoding": {
                    "x": MONTH,
                    "y": {
                        "field": "best_rating", "type": "quantitative", "title": None, "scale": {"zero": False},
                        "axis": {"format": "d"},
                    },
                    "color": {"field": "weights_access", "type": "nominal", "scale": ACCESS, "legend": None},
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 0},
                "encoding": {
                    "x": MONTH,
                    "y": {"field": "best_rating", "type": "quantitative"},
                    "color": {"field": "weights_access", "type": "nominal", "scale": ACCESS, "legend": None},
                    "tooltip": [
                        hint("month", "released by the end of", "%B %Y"), hint("weights_access", "weights"),
                        hint("best_name", "best model"), hint("best_rating", "rating", ".0f"),
                    ],
                },
            },
            *labels_at_end("best_rating", "weights_access", ACCESS, APART),
        ],
    },
    "The best rating among models released by each month’s end. All ratings are of the newest vintage, so the past is "
    "seen with today’s votes.",
)  # fmt: skip

PRICE_FLOOR = Trend(
    "price-floor",
    "What does a fixed capability cost?",
    "US dollars per million tokens, three input to one output, logarithmic",
    """
with floors as (
  select month, min(floor_price_usd_per_mtok) as price
  from marts.price_floor_monthly
  where catalogue = 'openrouter' and rating_floor = 1300
  group by month
)
select format('The cheapest model rated 1300 or more cost {:.2f} dollars per million tokens in {} and {:.2f} in {}.',
  arg_min(price, month), strftime(min(month), '%B %Y'), arg_max(price, month), strftime(max(month), '%B %Y'))
from floors
having count(*) > 0
""",
    """
select month, weights_access, floor_price_usd_per_mtok, floor_model_id, model_count
from marts.price_floor_monthly
where catalogue = 'openrouter' and rating_floor = 1300
order by month, weights_access
""",
    {
        "height": 250,
        "padding": {"left": 0, "top": 5, "bottom": 5, "right": 52},
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 2.5, "point": {"size": 22, "filled": True}},
                "encoding": {
                    "x": MONTH,
                    "y": {
                        "field": "floor_price_usd_per_mtok", "type": "quantitative", "title": None,
                        "scale": {"type": "log", "nice": False}, "axis": PRICES,
                    },
                    "color": {"field": "weights_access", "type": "nominal", "scale": ACCESS, "legend": None},
                    "tooltip": [
                        hint("month", "month", "%B %Y"), hint("weights_access", "weights"),
                        hint("floor_price_usd_per_mtok", "cheapest, USD per million tokens", ".3f"),
                        hint("floor_model_id", "set by"), hint("model_count", "models at 1300 or more", "d"),
                    ],
                },
            },
            *labels_at_end("floor_price_usd_per_mtok", "weights_access", ACCESS, APART),
        ],
    },
    "Cheapest listing on OpenRouter among models rated 1300 or more today. One model sets each point. Months without "
    "an observation have no point.",
)  # fmt: skip

PRICE_LEVEL = Trend(
    "price-level",
    "What do open and closed models list for?",
    "US dollars per million tokens, three input to one output, logarithmic; median and middle half",
    """
select format('In {} the median price is {:.2f} dollars per million tokens over {} open listings '
    || 'and {:.2f} over {} closed ones.',
  strftime(month, '%B %Y'), open.median_price_usd_per_mtok, open.listing_count, closed.median_price_usd_per_mtok,
  closed.listing_count)
from marts.price_level_monthly as open
inner join marts.price_level_monthly as closed using (month, catalogue)
where catalogue = 'openrouter' and open.weights_access = 'open' and closed.weights_access = 'closed'
order by month desc
limit 1
""",
    """
select month, weights_access, median_price_usd_per_mtok, p25_price_usd_per_mtok, p75_price_usd_per_mtok, listing_count
from marts.price_level_monthly
where catalogue = 'openrouter' and weights_access in ('open', 'closed')
order by month, weights_access
""",
    {
        "height": 250,
        "padding": {"left": 0, "top": 5, "bottom": 5, "right": 52},
        "layer": [
            {
                "mark": {"type": "area", "opacity": 0.14},
                "encoding": {
                    "x": MONTH,
                    "y": {"field": "p25_price_usd_per_mtok", "type": "quantitative", "scale": {"type": "log"}},
                    "y2": {"field": "p75_price_usd_per_mtok"},
                    "color": {"field": "weights_access", "type": "nominal", "scale": ACCESS, "legend": None},
                },
            },
            {
                "mark": {"type": "line", "strokeWidth": 2.5, "point": {"size": 22, "filled": True}},
                "encoding": {
                    "x": MONTH,
                    "y": {
                        "field": "median_price_usd_per_mtok", "type": "quantitative", "title": None,
                        "scale": {"type": "log", "nice": False}, "axis": PRICES,
                    },
                    "color": {"field": "weights_access", "type": "nominal", "scale": ACCESS, "legend": None},
                    "tooltip": [
                        hint("month", "month", "%B %Y"), hint("weights_access", "weights"),
                        hint("median_price_usd_per_mtok", "median, USD per million tokens", ".2f"),
                        hint("p25_price_usd_per_mtok", "first quartile", ".2f"),
                        hint("p75_price_usd_per_mtok", "third quartile", ".2f"),
                        hint("listing_count", "listings", "d"),
                    ],
                },
            },
            *labels_at_end("median_price_usd_per_mtok", "weights_access", ACCESS, APART),
        ],
    },
    "Listings on OpenRouter. The basket changes from month to month: a moving median is not a price change of the same "
    "models.",
)  # fmt: skip

CATALOGUES = {"domain": ["litellm", "models_dev"], "range": ["#0b7285", "#4b5563"]}

LISTINGS = Trend(
    "listings",
    "How many hosts offer an open model?",
    "priced listings per open model",
    """
select string_agg(format('In {} {} lists {} open models with {:.1f} offers each on average.',
  strftime(month, '%B %Y'), catalogue, model_count, listings_per_model), ' ' order by catalogue)
from (
  select *, row_number() over (partition by catalogue order by month desc) as place
  from marts.listings_per_open_model_monthly
)
where place = 1
""",
    """
select month, catalogue, model_count, listing_count, listings_per_model
from marts.listings_per_open_model_monthly
order by month, catalogue
""",
    {
        "height": 250,
        "padding": {"left": 0, "top": 5, "bottom": 5, "right": 84},
        "layer": [
            {
                "mark": {"type": "line", "strokeWidth": 2.5, "point": {"size": 30, "filled": True}},
                "encoding": {
                    "x": MONTH,
                    "y": {
                        "field": "listings_per_model", "type": "quantitative", "title": None,
                        "scale": {"zero": True}, "axis": {"format": "d"},
                    },
                    "color": {"field": "catalogue", "type": "nominal", "scale": CATALOGUES, "legend": None},
                    "tooltip": [
                        hint("month", "month", "%B %Y"), hint("catalogue", "catalogue"),
                        hint("listings_per_model", "listings per open model", ".2f"),
                        hint("model_count", "open models", "d"), hint("listing_count", "listings", "d"),
                    ],
                },
            },
            *labels_at_end("listings_per_model", "catalogue", CATALOGUES, {"litellm": 0, "models_dev": 0}),
        ],
    },
    "Two catalogues of hosts, counted apart. Growth is partly the catalogues’ own coverage.",
)  # fmt: skip

TRENDS = (OPEN_SHARE, FRONTIER, PRICE_FLOOR, PRICE_LEVEL, LISTINGS)
