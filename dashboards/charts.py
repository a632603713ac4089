"""Makes Vega-Lite charts ready for a page: colours and data; what a chart shows is decided elsewhere."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from dashboards.published import Row

THEMED = {
    "#0b7285": "var(--open)",
    "#c2410c": "var(--closed)",
    "#9ca3af": "var(--unknown)",
    "#4b5563": "var(--chart-ink)",
    "#6b7280": "var(--chart-soft)",
    "#1d4ed8": "var(--supported)",
    "#b45309": "var(--mixed)",
    "#9d174d": "var(--contradicted)",
    "#d1d5db": "var(--not-testable)",
    "#e5e7eb": "var(--chart-grid)",
}
"""Colours that charts are drawn with and the page's own, which differ in light, dark and print."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
CONFIG: Mapping[str, Any] = {
    "background": "transparent",
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "var(--chart-soft)", "titleColor": "var(--chart-soft)", "gridColor": "var(--chart-grid)",
        "domainColor": "var(--chart-line)", "tickColor": "var(--chart-line)", "titleFontWeight": "normal",
        "labelFontSize": 12, "titleFontSize": 12, "labelFont": FONT, "titleFont": FONT,
    },
    "axisX": {"grid": False, "tickSize": 4, "labelFlush": False},
    "axisY": {"domain": False, "ticks": False, "tickCount": 5, "labelPadding": 6},
    "legend": {"labelColor": "var(--chart-ink)", "titleColor": "var(--chart-soft)", "labelFontSize": 12},
    "header": {"labelColor": "var(--chart-ink)", "titleColor": "var(--chart-soft)", "labelFontSize": 12},
    "title": {"color": "var(--chart-ink)", "subtitleColor": "var(--chart-soft)"},
    "text": {"color": "var(--chart-ink)"},
    "rule": {"color": "var(--chart-soft)"},
}  # fmt: skip


def themed(spec: Mapping[str, Any], described: str) -> dict[str, Any]:
    """A copy of a chart in the colours of the page; `described` is what a screen reader says of it."""
    coloured = re.sub(
        "|".join(THEMED), lambda found: THEMED[found[0].lower()], json.dumps(spec, default=plain), flags=re.IGNORECASE
    )
    chart: dict[str, Any] = json.loads(coloured)
    own = chart.get("config") or {}
    chart["config"] = {**own, **{key: _over(own.get(key), value) for key, value in CONFIG.items()}}
    chart["description"] = described
    for other in ("$schema", "background"):
        chart.pop(other, None)
    return chart


def _over(own: Any, ours: Any) -> Any:
    return {**own, **ours} if isinstance(own, dict) and isinstance(ours, dict) else ours


def plain(value: Any) -> Any:
    """A value of the database as JSON holds it; days at midnight local time, so that no zone moves them."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00"
    return value


def inline(rows: Iterable[Row]) -> dict[str, Any]:
    """Rows as the data of a chart."""
    return {"values": [{name: plain(value) for name, value in row.items()} for row in rows]}


@cache
def vega_bundle() -> str:
    """Vega, Vega-Lite, Vega-Embed and its expression interpreter as one script that defines `vegaEmbed`.

    Wrapped in a function, as the bundle declares names of its own at the top.
    """
    import vl_convert

    return f"(() => {{\n{vl_convert.javascript_bundle('window.vegaEmbed = vegaEmbed;')}\n}})();\n"
