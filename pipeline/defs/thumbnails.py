"""Small charts and latest values for asset pages, from the columns a header names; nothing is computed here."""

import base64
from typing import TYPE_CHECKING

import dagster as dg
from duckdb import DuckDBPyConnection

from pipeline.kernel.tables import Table
from pipeline.kernel.warehouse import quote

if TYPE_CHECKING:
    import pandas

MOST_POINTS = 4000


def thumbnail(connection: DuckDBPyConnection, table: Table) -> dict[str, dg.MetadataValue]:
    """The chart a header asks for, as an image, and the newest value of its measure; empty without one."""
    chart = table.header.chart
    if not chart:
        return {}
    x, y, colour = chart["x"], chart["y"], chart.get("colour")
    columns = ", ".join(quote(name) for name in (x, y, colour) if name)
    frame = connection.execute(
        f"select {columns} from {table.name} where {quote(y)} is not null order by {quote(x)} limit {MOST_POINTS}"
    ).df()
    if frame.empty:
        return {}
    newest = frame[frame[x] == frame[x].max()]
    latest = {
        f"latest {y}" + (f" ({row[colour]})" if colour else ""): dg.MetadataValue.float(float(row[y]))
        for _, row in newest.head(6).iterrows()
    }
    return {**latest, "chart": image(_draw(frame, x, y, colour))}


def image(vega_lite: str) -> dg.MetadataValue:
    """A chart as metadata that the UI shows: as an image, in which no script runs."""
    import vl_convert

    drawn = base64.b64encode(vl_convert.vegalite_to_svg(vega_lite).encode()).decode()
    return dg.MetadataValue.md(f"![chart](data:image/svg+xml;base64,{drawn})")


def _draw(frame: "pandas.DataFrame", x: str, y: str, colour: str | None) -> str:
    import altair

    drawn = altair.Chart(frame).mark_line(point=True).properties(width=520, height=220)
    drawn = drawn.encode(x=altair.X(x, title=None), y=altair.Y(y, title=y.replace("_", " ")))
    if colour:
        drawn = drawn.encode(color=altair.Color(colour, title=None))
    return str(drawn.to_json())
