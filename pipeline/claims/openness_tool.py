"""What the Model Openness Tool lists, family by family, Meta's and others'; no statistics and no verdict in it."""

from typing import TYPE_CHECKING

from pipeline.claims.evidence import AsOf

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

ENTRIES = """
select coalesce(organisation_tag, '') as maker, family_tag,
    max(case when mof_class <> 'none' then 1 else 0 end) = 1 as has_class,
    max(case when has_report and has_training_code and has_data then 1 else 0 end) = 1 as has_research
from marts.mof_entry
where dated_on <= $as_of and (observed_on <= $as_of or $clock = 'hindsight')
group by coalesce(organisation_tag, ''), family_tag
order by maker, family_tag
"""


def listed_families(connection: "DuckDBPyConnection", as_of: AsOf) -> "pd.DataFrame":
    """The families listed by the day: maker, family_tag, has_class (III or better), has_research, is_own (Meta's).

    A family has what one of its entries has. Under `then` the list must have been read by the day.
    """
    found = connection.execute(ENTRIES, {"as_of": as_of.date, "clock": as_of.clock}).df()
    return found.assign(is_own=is_meta(found["maker"]))


def is_meta(makers: "pd.Series") -> "pd.Series":
    """Whether each maker, as typed, is Meta, alone or with others."""
    return makers.astype("string").str.contains(r"\b(?:meta|facebook)\b", case=False).fillna(False).astype(bool)
