"""The large models that Epoch AI lists, as known on a day; what they say of a claim is for the claim to work out."""

from datetime import date
from typing import TYPE_CHECKING

from pipeline.claims.evidence import AsOf

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

LISTED = """
select published_on, organisation_tag, country_tag, weights_access
from marts.epoch_release
where list_tag = 'large_scale' and published_on >= $since and published_on <= $on
    and (observed_on <= $on or $clock = 'hindsight')
order by published_on, name
"""


def large_models(connection: "DuckDBPyConnection", as_of: AsOf, since: date) -> "pd.DataFrame":
    """Large models out since a day: published_on, maker, all_makers, country_tag, weights_access.

    Weights by Epoch's word on the day of the newest vintage, under `then` if that was by the day; of several makers
    the first that is named is held to be the maker.
    """
    listed = connection.execute(LISTED, {"since": since, "on": as_of.date, "clock": as_of.clock}).df()
    makers = listed["organisation_tag"].astype("string")
    return listed.assign(maker=makers.str.split(",").str[0].str.strip(), all_makers=makers)
