"""Quarterly figures of companies as they stood on a day; what they say of a claim is for the claim to work out."""

from typing import TYPE_CHECKING

from pipeline.claims.evidence import AsOf

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

GATHERED = (
    "The figures were gathered by hand from copies of filings and releases, each with where it was read; the SEC's own "
    "stand beside them where it was captured."
)
"""What a chart of these figures says of where they come from."""
QUARTERS = {
    "then": """
select company_id, metric, quarter, value_usd, basis, evidence from marts.company_quarter
where known_on <= $as_of
order by company_id, metric, quarter
""",
    "hindsight": """
select company_id, metric, quarter, value_usd, basis, evidence from marts.company_quarter
where ends_on <= $as_of
order by company_id, metric, quarter
""",
}


def company_quarters(connection: "DuckDBPyConnection", as_of: AsOf) -> "pd.DataFrame":
    """Figures of quarters that were over by the day; under `then` only of those known by then."""
    return connection.execute(QUARTERS[as_of.clock], {"as_of": as_of.date}).df()


def series(figures: "pd.DataFrame", company: str, metric: str) -> "pd.Series[float]":
    """One company's figures in billions of US dollars, by quarter from its first to its last; gaps are missing."""
    import pandas as pd

    own = figures[(figures["company_id"] == company) & (figures["metric"] == metric)]
    found = pd.Series(
        own["value_usd"].to_numpy(dtype=float) / 1e9, index=pd.PeriodIndex(pd.to_datetime(own["quarter"]), freq="Q")
    ).sort_index()
    if found.empty:
        return found
    return found.reindex(pd.period_range(found.index[0], found.index[-1], freq="Q"))
