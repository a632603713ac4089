"""Tokens through gateways as they were known on a day; what they say of a claim is for the claim to work out."""

from typing import TYPE_CHECKING

from pipeline.claims.evidence import AsOf, Definition, relabelled

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

SHARES = {
    "then": """
select channel, used_on, name_tag, model_id, organisation_id, weights_access, token_share
from marts.token_share_daily
where used_on <= $as_of and observed_on <= $as_of
order by channel, used_on, name_tag
""",
    "hindsight": """
select channel, used_on, name_tag, model_id, organisation_id, weights_access, token_share
from marts.token_share_daily
where used_on <= $as_of
order by channel, used_on, name_tag
""",
}


def token_shares(connection: "DuckDBPyConnection", as_of: AsOf, definition: Definition = "open_any") -> "pd.DataFrame":
    """Shares of tokens by channel, day and name up to the day, weights under the definition.

    Under `then` only days whose newest capture was made by then; an older capture of a day is not kept apart. A lab
    stands for all its models, so that under the stricter definitions only one whose models are all closed is known.
    """
    import pandas as pd

    frame = connection.execute(SHARES[as_of.clock], {"as_of": as_of.date}).df()
    frame["used_on"] = pd.to_datetime(frame["used_on"])
    return relabelled(frame, connection, as_of, definition)
