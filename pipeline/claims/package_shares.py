"""Downloads of packages by kind as they were known on a day; what they say of a claim is for the claim to work out."""

from typing import TYPE_CHECKING

from pipeline.claims.evidence import AsOf

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

OPEN_TOOLING, CLOSED_CLIENT = "open tooling", "closed client"
DOWNLOADS = {
    "then": """
select month, package, package_class, pypi_download_count from marts.package_downloads_monthly
where last_day(month) <= $as_of and observed_on <= $as_of
order by month, package
""",
    "hindsight": """
select month, package, package_class, pypi_download_count from marts.package_downloads_monthly
where last_day(month) <= $as_of
order by month, package
""",
}


def package_downloads(connection: "DuckDBPyConnection", as_of: AsOf) -> "pd.DataFrame":
    """Downloads from PyPI by package and month that was over by the day; under `then` only as read by then."""
    return connection.execute(DOWNLOADS[as_of.clock], {"as_of": as_of.date}).df()


def open_tooling_shares(downloads: "pd.DataFrame", months: int) -> list[float]:
    """Open tooling's share of its downloads and those of closed labs' clients, month by month, over the last months.

    Only packages on record in every month of the window count, so that one that comes in late moves nothing; none
    where one of the kinds is missing.
    """
    frame = downloads[downloads["package_class"].isin([OPEN_TOOLING, CLOSED_CLIENT])]
    last = sorted(frame["month"].unique())[-months:]
    frame = frame[frame["month"].isin(last)]
    lasting = frame.groupby("package")["month"].nunique() == len(last)
    frame = frame[frame["package"].isin(lasting[lasting].index)]
    table = frame.pivot_table(
        index="month", columns="package_class", values="pypi_download_count", aggfunc="sum"
    ).sort_index()
    return [] if table.shape[1] < 2 else list((table[OPEN_TOOLING] / table.sum(axis=1)).to_list())
