"""The marts as they stood on a day: what a claim may know; nothing is estimated here."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    import pandas as pd
    from duckdb import DuckDBPyConnection

Clock: TypeAlias = Literal["then", "hindsight"]

Definition: TypeAlias = Literal["open_any", "open_unrestricted", "osi_weights", "osaid"]
"""What counts as open, from loose to strict: weights that can be downloaded under any terms; under an open licence;
under a licence that the Open Source Initiative has approved; a system that meets the Open Source AI Definition."""

DEFINITIONS: tuple[Definition, ...] = get_args(Definition)
DEFINITION_AXIS = "openness definition"
"""The axis of a specification grid whose values are DEFINITIONS."""
UNKNOWN_LIMIT = 0.40
"""Share of unknown labels beyond which a specification under a stricter definition gives no answer."""

HEADLINE_BOARD = "text/overall"


@dataclass(frozen=True)
class AsOf:
    """A day and whose knowledge of it.

    `then`: only what had been observed by that day exists. `hindsight`: what had happened by that day, judged by
    everything observed since.
    """

    date: date
    clock: Clock


WEIGHTS_THEN = """
select model_id, weights_access
from (
    select model_id, weights_access,
        row_number() over (
            partition by model_id
            order by min(precedence), case when source = 'models_dev_resellers' then sum(report_count) else 0 end desc,
                max(observed_on) desc, sum(report_count) desc, weights_access, source
        ) as place
    from marts.release_evidence
    where observed_on <= $as_of
    group by model_id, source, weights_access
)
where place = 1
"""
"""Whose word on weights decides, by the rule of core.model, of those heard by the day."""

RELEASES_THEN = f"""
with weights as ({WEIGHTS_THEN})
select release.model_id, release.name, release.organisation_id, release.country_code, release.released_on,
    coalesce(weights.weights_access, 'unknown') as weights_access
from marts.release as release
left join weights on weights.model_id = release.model_id
where release.released_on <= $as_of and (release.known_on <= $as_of or weights.model_id is not null)
"""

RELEASES_HINDSIGHT = """
select model_id, name, organisation_id, country_code, released_on,
    coalesce(weights_access, 'unknown') as weights_access
from marts.release
where released_on <= $as_of
"""

RATED_THEN = f"""
with weights as ({WEIGHTS_THEN}),
vintage as (
    select board, max(rated_on) as rated_on from marts.rated_release where rated_on <= $as_of group by board
),
known as (
    select rated.model_id, rated.name, rated.organisation_id,
        case
            when weights.weights_access = 'open' then rated.released_on
            else coalesce(release.released_on, rated.released_on)
        end as released_on,
        coalesce(weights.weights_access, 'unknown') as weights_access,
        rated.board, rated.rating, rated.rating_low, rated.rating_high, rated.vote_count, rated.rated_on
    from marts.rated_release as rated
    inner join vintage on vintage.board = rated.board and vintage.rated_on = rated.rated_on
    left join weights on weights.model_id = rated.model_id
    left join marts.release as release on release.model_id = rated.model_id
)
select * from known where released_on <= $as_of
"""

RATED_HINDSIGHT = """
with vintage as (
    select board, max(rated_on) as rated_on from marts.rated_release group by board
)
select rated.model_id, rated.name, rated.organisation_id, rated.released_on,
    coalesce(rated.weights_access, 'unknown') as weights_access,
    rated.board, rated.rating, rated.rating_low, rated.rating_high, rated.vote_count, rated.rated_on
from marts.rated_release as rated
inner join vintage on vintage.board = rated.board and vintage.rated_on = rated.rated_on
where rated.released_on <= $as_of
"""

PRICES_THEN = f"""
with weights as ({WEIGHTS_THEN}),
vintage as (
    select max(rated_on) as rated_on from marts.rated_release
    where board = '{HEADLINE_BOARD}' and rated_on <= $as_of
),
rating as (
    select rated.model_id, rated.rating from marts.rated_release as rated
    inner join vintage on vintage.rated_on = rated.rated_on
    where rated.board = '{HEADLINE_BOARD}'
)
select price.month, price.catalogue, price.listing_tag, price.model_id,
    coalesce(weights.weights_access, 'unknown') as weights_access,
    price.input_price_usd_per_mtok, price.output_price_usd_per_mtok, price.blended_price_usd_per_mtok,
    rating.rating
from marts.price_monthly as price
left join weights on weights.model_id = price.model_id
left join rating on rating.model_id = price.model_id
where last_day(price.month) <= $as_of
"""

PRICES_HINDSIGHT = """
select month, catalogue, listing_tag, model_id, coalesce(weights_access, 'unknown') as weights_access,
    input_price_usd_per_mtok, output_price_usd_per_mtok, blended_price_usd_per_mtok, rating
from marts.price_monthly
where last_day(month) <= $as_of
"""

OPENNESS: Mapping[Clock, str] = {
    "then": """
select model_id, label from marts.release_openness
where definition = $definition and label <> 'unknown' and known_on <= $as_of
order by model_id
""",
    "hindsight": """
select model_id, label from marts.release_openness
where definition = $definition and label <> 'unknown'
order by model_id
""",
}

QUERIES: Mapping[Clock, Mapping[str, str]] = {
    "then": {"releases": RELEASES_THEN, "rated": RATED_THEN, "prices": PRICES_THEN},
    "hindsight": {"releases": RELEASES_HINDSIGHT, "rated": RATED_HINDSIGHT, "prices": PRICES_HINDSIGHT},
}


def releases(connection: "DuckDBPyConnection", as_of: AsOf, definition: Definition = "open_any") -> "pd.DataFrame":
    """Releases dated up to the day: model_id, name, organisation_id, country_code, released_on, weights_access.

    `weights_access` is open, closed or unknown under the definition (see `relabelled`). Under `then` the strongest
    source heard by that day decides the weights, the newest word of equals first; a release known by then of which
    no source had spoken is `unknown`. Names, makers and countries are not dated. On the newest day in the data both
    clocks give the same.
    """
    return relabelled(_read(connection, as_of, "releases", "released_on, model_id"), connection, as_of, definition)


def rated_releases(
    connection: "DuckDBPyConnection", as_of: AsOf, definition: Definition = "open_any"
) -> "pd.DataFrame":
    """Ratings of releases dated up to the day, each board in its newest vintage; under `then` the newest by then.

    Columns of `marts.rated_release`, weights under the definition. Vintages are never mixed: a board's ratings are
    fitted together.
    """
    return relabelled(_read(connection, as_of, "rated", "board, released_on, model_id"), connection, as_of, definition)


def monthly_prices(
    connection: "DuckDBPyConnection", as_of: AsOf, definition: Definition = "open_any"
) -> "pd.DataFrame":
    """Listings with prices in US dollars per million tokens, in months that were over by the day.

    Columns of `marts.price_monthly`, weights under the definition; under `then` weights and rating are those known
    by then.
    """
    order = "month, catalogue, listing_tag, model_id"
    return relabelled(_read(connection, as_of, "prices", order), connection, as_of, definition)


def by_definition(
    read: "Callable[[DuckDBPyConnection, AsOf], pd.DataFrame]", connection: "DuckDBPyConnection", as_of: AsOf
) -> "dict[str, pd.DataFrame]":
    """The same rows under each definition of open; `read` is `releases`, `rated_releases` or `monthly_prices`."""
    frame = read(connection, as_of)
    return {definition: relabelled(frame, connection, as_of, definition) for definition in DEFINITIONS}


def relabelled(
    frame: "pd.DataFrame", connection: "DuckDBPyConnection", as_of: AsOf, definition: Definition
) -> "pd.DataFrame":
    """A frame with `model_id` and with `weights_access` under `open_any`, with the latter under another definition.

    Weights that cannot be downloaded are closed under every definition. Downloadable ones are what
    `marts.release_openness` says, under `then` if it was on record by the day, and unknown where it says nothing.
    """
    if definition == "open_any":
        return frame
    import pandas as pd

    told = connection.execute(OPENNESS[as_of.clock], _known(as_of, definition)).df()
    labels = frame["model_id"].map(pd.Series(told["label"].to_numpy(dtype=object), index=told["model_id"].to_numpy()))
    closed = frame["weights_access"] == "closed"
    return frame.assign(weights_access=labels.astype(object).where(~closed, "closed").fillna("unknown"))


def is_too_unknown(definition: str, *frames: "pd.DataFrame") -> bool:
    """Whether a definition stricter than `open_any` leaves more than UNKNOWN_LIMIT of the labels in a frame unknown.

    Of unknown weights the bounds tell what they would change; unknown licences are all those of open weights, so that
    leaving them out, or counting them as closed, would only say that nothing is known.
    """
    return definition != DEFINITIONS[0] and any(
        len(frame) > 0 and float((frame["weights_access"] == "unknown").mean()) > UNKNOWN_LIMIT for frame in frames
    )


def _known(as_of: AsOf, definition: Definition) -> dict[str, object]:
    found: dict[str, object] = {"definition": definition}
    return {**found, "as_of": as_of.date} if as_of.clock == "then" else found


def _read(connection: "DuckDBPyConnection", as_of: AsOf, kind: str, order: str) -> "pd.DataFrame":
    query = f"{QUERIES[as_of.clock][kind]} order by {order}"
    return connection.execute(query, {"as_of": as_of.date}).df()


def fingerprint(*frames: "pd.DataFrame") -> str:
    """A hash of the rows of some frames, whatever their order."""
    from pandas.util import hash_pandas_object

    digest = hashlib.sha256()
    for frame in frames:
        digest.update(repr((list(frame.columns), len(frame))).encode())
        digest.update(b"".join(int(row).to_bytes(8, "big") for row in sorted(hash_pandas_object(frame, index=False))))
    return digest.hexdigest()
