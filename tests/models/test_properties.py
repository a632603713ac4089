"""What holds for the SQL models whatever sources say: order, repetition, spells, shares, and what was known when."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any, TypeAlias

import pytest
from duckdb import DuckDBPyConnection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from models_support import build, build_up_to, database, declared_checks, rows_of, sql_models, tables

from pipeline.claims.evidence import WEIGHTS_THEN
from pipeline.kernel.checks import run_check

World: TypeAlias = Mapping[str, Sequence[dict[str, Any]]]
"""Rows by staging or reference table."""

few = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
more = settings(few, max_examples=50)
whole = settings(few, max_examples=8)
"""For worlds in which every model is built, of which there are many."""

FIRST = date(2025, 1, 1)
LAST_KNOWN = 5
"""The days of a world are 0 to 5; what is added later is of days 6 to 9."""

REFERENCE: World = {
    "reference.organisation": [
        {"organisation_id": slug, "name": slug, "country_code": country}
        for slug, country in [("openai", "US"), ("meta", "US"), ("deepseek", "CN"), ("mistral", "FR"), ("xai", "")]
    ],
    "reference.organisation_alias": [
        {"organisation_tag": tag, "catalogue": catalogue, "organisation_id": slug}
        for tag, catalogue, slug in [
            ("openai", "helm", "openai"), ("openai", "openrouter", "openai"), ("openai", "models_dev", "openai"),
            ("deepseek", "openrouter", "deepseek"), ("deepseek", "models_dev", "deepseek"),
            ("mistralai", "openrouter", "mistral"), ("meta-llama", "openrouter", "meta"), ("x-ai", "openrouter", "xai"),
        ]
    ],
    "reference.leading_model": [
        {
            "model_id": "gpt-4o", "name": "GPT-4o (2024-05-13)", "organisation_id": "openai",
            "released_on": date(2024, 5, 13), "released_precision": "day", "weights_access": "closed",
            "evidence": "two_sources", "read_on": date(2026, 11, 23),
        },
        {
            "model_id": "grok-2", "name": "Grok-2", "organisation_id": "xai",
            "released_on": date(2024, 8, 13), "released_precision": "day", "weights_access": "open",
            "weights_released_on": date(2025, 8, 23), "evidence": "memory", "read_on": date(2026, 11, 23),
        },
    ],
    "reference.model_alias": [
        {"alias_tag": "openai/gpt-4o-2024-05-13", "catalogue": "helm", "model_id": "gpt-4o"},
        {"alias_tag": "grok-2-2024-08-13", "catalogue": "arena", "model_id": "grok-2"},
    ],
}  # fmt: skip
HAND_DECIDED = {(row["catalogue"], row["alias_tag"]) for row in REFERENCE["reference.model_alias"]}

HELM = [
    "openai/gpt-4o-2024-05-13",
    "openai/gpt-4o-2024-08-06",
    "meta/llama-3.1-405b-instruct",
    "deepseek-ai/deepseek-r1",
]
OPENROUTER = [
    "openai/gpt-4o", "openai/gpt-4o:free", "openai/gpt-4o-2024-05-13", "openai/chatgpt-4o-latest", "x-ai/grok-2",
    "meta-llama/llama-3.1-405b-instruct", "deepseek/deepseek-r1", "mistralai/mixtral-8x7b-instruct",
]  # fmt: skip
MODELS_DEV = [
    "gpt-4o",
    "gpt-4o-2024-08-06",
    "deepseek-r1",
    "deepseek/deepseek-r1",
    "kimi-latest",
    "llama-3.1-405b-instruct",
]
LITELLM = [
    "gpt-4o-2024-08-06", "us.anthropic.claude-3-haiku-20240307-v1:0", "azure_ai/Meta-Llama-3.1-405B-Instruct",
    "mistral/mistral-large-latest", "azure_ai/jais-30b-chat", "deepseek/deepseek-r1",
]  # fmt: skip
ARENA = [
    "gpt-4o-2024-08-06", "deepseek-r1", "llama-3.1-405b-instruct-bf16", "llama-3.1-405b-instruct-fp8",
    "grok-2-2024-08-13", "gpt-5.3-chat-latest",
]  # fmt: skip
HOSTS = ["openai", "deepseek", "azure", "vercel", "groq"]

prices = st.sampled_from([None, 0.0, 0.24, 0.8, 2.5, 10.0, 3200.0])
stated_prices = st.sampled_from([0.0, 0.24, 0.8, 2.5, 10.0, 3200.0])
flags = st.sampled_from([True, False])
releases = st.sampled_from([None, date(2024, 7, 23), date(2024, 8, 6), date(2024, 12, 26), FIRST + timedelta(days=3)])
words = st.sampled_from(["2024-07", "2024-07-23"])


def captured(days: range) -> st.SearchStrategy[datetime]:
    """The times at which a source is seen: one a day."""
    return st.sampled_from([datetime.combine(FIRST, datetime.min.time(), UTC) + timedelta(days=day) for day in days])


def recorded(days: range, *key: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows of a source on some days, each key once a day."""
    row = st.fixed_dictionaries({"observed_at": captured(days), **fields})
    return st.lists(row, max_size=7, unique_by=lambda row: tuple(row[name] for name in ("observed_at", *key)))


def seen(days: range) -> st.SearchStrategy[World]:
    """What the sources say on some days."""
    one = st.sampled_from
    openrouter = recorded(
        days, "openrouter_id", openrouter_id=one(OPENROUTER),
        input_price_usd_per_mtok=stated_prices, output_price_usd_per_mtok=stated_prices,
    )  # fmt: skip
    return st.fixed_dictionaries(
        {
            "staging.helm_models": recorded(
                days, "helm_id", helm_id=one(HELM), access_tag=one(["open", "limited", "closed"]), released_on=releases
            ),
            "staging.openrouter_price_history": openrouter.map(
                lambda rows: [{**row, "seen_on": row["observed_at"].date()} for row in rows]
            ),
            "staging.models_dev": recorded(
                days, "host_tag", "models_dev_id", host_tag=one(HOSTS), models_dev_id=one(MODELS_DEV),
                released_on=releases, released_on_tag=words, has_open_weights=flags,
                input_price_usd_per_mtok=prices, output_price_usd_per_mtok=prices,
            ),
            "staging.modelsdotdev": recorded(
                days, "host_tag", "models_dev_id", host_tag=one(HOSTS), models_dev_id=one(MODELS_DEV),
                has_open_weights=flags, input_price_usd_per_mtok=prices, output_price_usd_per_mtok=prices,
            ),
            "staging.langchain_profiles": recorded(
                days, "host_tag", "models_dev_id", host_tag=one(HOSTS), models_dev_id=one(MODELS_DEV),
                released_on=releases, released_on_tag=words, has_open_weights=st.none() | flags,
            ),
            "staging.litellm_prices": recorded(
                days, "litellm_id", litellm_id=one(LITELLM), host_tag=one([None, *HOSTS]),
                mode=one([None, "chat", "embedding"]),
                input_price_usd_per_mtok=prices, output_price_usd_per_mtok=prices,
            ),
            "staging.arena_ratings": recorded(
                days, "board", "arena_name", board=one(["text/overall", "text/coding", "webdev/overall"]),
                arena_name=one(ARENA), rating=st.integers(1000, 1500).map(float),
            ).map(lambda rows: [{**row, "fetched_at": row["observed_at"].replace(tzinfo=None)} for row in rows]),
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def connection() -> Iterator[DuckDBPyConnection]:
    """One database for all examples; each makes its tables anew."""
    with database() as connection:
        yield connection


worlds = seen(range(LAST_KNOWN + 1))
later_worlds = seen(range(LAST_KNOWN + 1, LAST_KNOWN + 5))


def rows(connection: DuckDBPyConnection, name: str, but: Iterable[str] = ()) -> list[str]:
    """The rows of a table in an order of their own, numbers to nine digits."""
    table = tables()[name]
    return sorted(
        repr({key: f"{value:.9g}" if isinstance(value, float) else value for key, value in row.items()})
        for row in rows_of(connection, table, but=but)
    )


def built(connection: DuckDBPyConnection, given: World) -> dict[str, list[str]]:
    """Every model's rows, but for which of several models at the lowest price sets a floor: see the test of that."""
    build_up_to(connection, MODELS, given)
    return {name: rows(connection, name, ["floor_model_id"]) for name in MODELS}


def shuffled(world: World, random: Random) -> World:
    return {name: random.sample(rows, len(rows)) for name, rows in world.items()}


MODELS = [table.name for table in sql_models()]
FLOOR = "marts.price_floor_monthly"


@whole
@given(worlds, st.randoms(use_true_random=False))
def test_building_again_or_in_another_order_gives_the_same_tables(
    connection: DuckDBPyConnection, world: World, random: Random
) -> None:
    first, again, otherwise = (
        built(connection, given)
        for given in (
            {**REFERENCE, **world},
            {**REFERENCE, **world},
            shuffled({**REFERENCE, **world}, random),
        )
    )
    for name in MODELS:
        assert again[name] == first[name], f"{name} built again"
        assert otherwise[name] == first[name], f"{name} from rows in another order"


def test_models_that_share_the_lowest_price_set_the_floor_in_any_order(connection: DuckDBPyConnection) -> None:
    listed = [
        {
            "month": FIRST, "catalogue": "litellm", "listing_tag": name, "model_id": name, "weights_access": "open",
            "blended_price_usd_per_mtok": 0.0625, "rating": 1320.0,
        }
        for name in ("llama-3-1-8b", "mistral-nemo", "gemma-3-4b")
    ]  # fmt: skip
    table = tables()[FLOOR]
    forward = build(connection, table, {"marts.price_monthly": listed}, "this test")
    backward = build(connection, table, {"marts.price_monthly": listed[::-1]}, "this test")
    assert {row["floor_model_id"] for row in forward} == {row["floor_model_id"] for row in backward}


@whole
@given(worlds)
def test_every_check_holds_whatever_the_sources_say(connection: DuckDBPyConnection, world: World) -> None:
    build_up_to(connection, MODELS, {**REFERENCE, **world})
    for table in sql_models():
        for kind, _, check in declared_checks(table):
            if kind != "at_least":
                result = run_check(connection, check)
                assert result.passed, f"{table.name}: {check.name} on {result.sample}"
    for table in sql_models():
        for name in table.header.columns:
            if "_share" in name:
                values = [row[name] for row in rows_of(connection, table) if row[name] is not None]
                assert all(0 <= value <= 1 for value in values), f"{table.name}.{name}: {values}"


days = st.integers(0, 40).map(lambda day: FIRST + timedelta(days=day))
history = st.lists(
    st.fixed_dictionaries(
        {
            "catalogue": st.just("litellm"), "host_tag": st.sampled_from(["groq", "bedrock"]),
            "listing_tag": st.sampled_from(["groq/mixtral-8x7b-32768", "deepseek/deepseek-r1"]), "observed_on": days,
            "input_price_usd_per_mtok": st.sampled_from([0.0, 0.24, 0.5]),
            "output_price_usd_per_mtok": st.sampled_from([0.24, 0.5]),
        }
    ),
    max_size=25,
    unique_by=lambda row: (row["host_tag"], row["listing_tag"], row["observed_on"]),
)  # fmt: skip


@more
@given(history)
def test_spells_follow_one_another_and_hold_every_price_shown(
    connection: DuckDBPyConnection, shown: list[dict[str, Any]]
) -> None:
    table = tables()["core.listing_price_history"]
    spells = sorted(
        build(connection, table, {"core.listing_price": shown}, "this test"),
        key=lambda spell: (spell["listing_id"], spell["valid_from"]),
    )
    for one, following in pairwise(spells):
        if one["listing_id"] == following["listing_id"]:
            assert one["last_observed_on"] < one["valid_to"] == following["valid_from"]
            assert price(one) != price(following)
        else:
            assert one["valid_to"] is None
    assert all(spell["valid_to"] is None for spell in spells[-1:])
    for row in shown:
        listing = f"{row['catalogue']} {row['host_tag']} {row['listing_tag']}"
        (spell,) = (
            spell
            for spell in spells
            if spell["listing_id"] == listing and spell["valid_from"] <= row["observed_on"] <= spell["last_observed_on"]
        )
        assert price(spell) == price(row)


def price(row: Mapping[str, Any]) -> tuple[float, float]:
    return row["input_price_usd_per_mtok"], row["output_price_usd_per_mtok"]


EVIDENCE = "core.open_weights_evidence"
REPLAYED = "marts.release_evidence"
GROWING = ("last_observed_on", "report_count")
"""Columns of evidence that later captures may change."""


@few
@given(worlds, later_worlds)
def test_a_later_snapshot_does_not_change_what_was_on_record(
    connection: DuckDBPyConnection, world: World, later: World
) -> None:
    """Holds for models whose maker stays the same, as long as no hand-decided name comes that was never seen before.

    Which host is the maker's own is today's judgement: a later capture can turn a reseller's word into the maker's.

    For core.open_weights_evidence: every row first observed by a day, but for last_observed_on and report_count. For
    marts.release_evidence: every row observed by that day of a model whose release date stays the same, but for
    organisation_id; the release date itself is today's best and may move, appear or vanish.
    """
    build_up_to(connection, [EVIDENCE, REPLAYED], {**REFERENCE, **world})
    known = {row["alias_tag"] for row in rows_of(connection, tables()["core.alias"])}
    more = {name: [*rows, *without_new_hand_decided(later[name], known)] for name, rows in world.items()}
    before, replayed_before = on_record(connection)
    makers_before = makers(connection)
    build_up_to(connection, [EVIDENCE, REPLAYED], {**REFERENCE, **more})
    after, replayed_after = on_record(connection)
    changed = {model for model, _ in makers_before ^ makers(connection)}
    assert {row for row in after if row[0] not in changed} == {row for row in before if row[0] not in changed}
    same_date = {row[:2] for row in replayed_before} & {row[:2] for row in replayed_after}
    assert {row for row in replayed_after if row[:2] in same_date and row[0] not in changed} == {
        row for row in replayed_before if row[:2] in same_date and row[0] not in changed
    }


@few
@given(worlds)
def test_with_all_on_record_a_replay_says_of_weights_what_is_said_today(
    connection: DuckDBPyConnection, world: World
) -> None:
    build_up_to(connection, ["core.model", REPLAYED], {**REFERENCE, **world})
    replayed = dict(connection.execute(WEIGHTS_THEN, {"as_of": date(2100, 1, 1)}).fetchall())
    today = {row["model_id"]: row["weights_access"] for row in rows_of(connection, tables()["core.model"])}
    assert replayed == {model: access for model, access in today.items() if access != "unknown"}


def without_new_hand_decided(rows: Sequence[dict[str, Any]], known: set[str]) -> list[dict[str, Any]]:
    new = {tag for _, tag in HAND_DECIDED} - known
    return [row for row in rows if not new & {row.get("helm_id"), row.get("arena_name")}]


def makers(connection: DuckDBPyConnection) -> set[tuple[str, str]]:
    """Which organisation is taken for the maker of which model."""
    return {(row["model_id"], row["organisation_id"]) for row in rows_of(connection, tables()["core.maker"])}


def on_record(connection: DuckDBPyConnection) -> tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]:
    """Rows of evidence by the last day of a world, without what later captures may change; of releases likewise."""
    day = FIRST + timedelta(days=LAST_KNOWN)
    evidence = rows_of(connection, tables()[EVIDENCE], but=GROWING)
    replayed = rows_of(connection, tables()[REPLAYED], but=["organisation_id"])
    return (
        {tuple(row.values()) for row in evidence if row["first_observed_on"] <= day},
        {tuple(row.values()) for row in replayed if row["observed_on"] <= day},
    )


def test_a_hand_decided_name_seen_later_does_not_rename_what_was_on_record(connection: DuckDBPyConnection) -> None:
    def helm(name: str, day: int) -> dict[str, Any]:
        return {"helm_id": name, "access_tag": "limited", "observed_at": datetime(2025, 1, 1 + day, tzinfo=UTC)}

    models_dev = {
        "models_dev_id": "gpt-4o-2024-05-13", "host_tag": "openai", "has_open_weights": False,
        "observed_at": datetime(2025, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    world = {"staging.models_dev": [models_dev]}
    later = {**world, "staging.helm_models": [helm("openai/gpt-4o-2024-05-13", LAST_KNOWN + 1)]}
    build_up_to(connection, [EVIDENCE, REPLAYED], {**REFERENCE, **world})
    before, _ = on_record(connection)
    build_up_to(connection, [EVIDENCE, REPLAYED], {**REFERENCE, **later})
    after, _ = on_record(connection)
    assert after == before


models = st.lists(
    st.fixed_dictionaries(
        {
            "model_id": st.sampled_from([f"model-{number}" for number in range(12)]),
            "released_on": st.sampled_from([None, date(2024, 7, 1), date(2024, 7, 31), date(2024, 8, 6)]),
            "weights_access": st.sampled_from(["open", "closed", "unknown"]),
        }
    ),
    max_size=12,
    unique_by=lambda row: row["model_id"],
)
SHARE = "marts.open_release_share_monthly"


def shares(connection: DuckDBPyConnection, models: Sequence[dict[str, Any]]) -> dict[date, dict[str, Any]]:
    build_up_to(connection, [SHARE], {"core.model": models, "core.organisation": []})
    return {row["month"]: row for row in rows_of(connection, tables()[SHARE])}


@more
@given(models, st.sampled_from([date(2024, 7, 1), date(2024, 7, 31), date(2024, 8, 6)]))
def test_a_model_of_unknown_weights_only_widens_the_bounds(
    connection: DuckDBPyConnection, models: list[dict[str, Any]], released_on: date
) -> None:
    month = released_on.replace(day=1)
    before = shares(connection, models)
    after = shares(connection, [*models, {"model_id": "new", "released_on": released_on, "weights_access": "unknown"}])
    assert {key: row for key, row in after.items() if key != month} == {
        key: row for key, row in before.items() if key != month
    }
    wide, narrow = after[month], before.get(month)
    assert wide["open_share_low"] <= (wide["open_share"] or 0) <= wide["open_share_high"]
    if narrow is None:
        assert (wide["open_share_low"], wide["open_share"], wide["open_share_high"]) == (0, None, 1)
    else:
        assert wide["open_share"] == narrow["open_share"]
        assert wide["closed_count"] == narrow["closed_count"]
        assert wide["open_share_low"] <= narrow["open_share_low"]
        assert wide["open_share_high"] >= narrow["open_share_high"]


rated = st.lists(
    st.fixed_dictionaries(
        {
            "model_id": st.sampled_from([f"model-{number}" for number in range(10)]),
            "released_on": st.dates(date(2023, 1, 1), date(2023, 8, 31)),
            "weights_access": st.sampled_from(["open", "closed", "unknown"]),
            "board": st.sampled_from(["text/overall", "text/coding"]),
            "rating": st.integers(1000, 1500).map(float),
            "rated_on": st.sampled_from([date(2023, 5, 5), date(2023, 6, 5)]),
        }
    ),
    max_size=15,
    unique_by=lambda row: (row["model_id"], row["board"], row["rated_on"]),
)


@more
@given(rated)
def test_the_frontier_never_falls_and_rests_on_released_models(
    connection: DuckDBPyConnection, rated: list[dict[str, Any]]
) -> None:
    frontier = tables()["marts.capability_frontier_monthly"]
    months = build(connection, frontier, {"marts.rated_release": rated}, "this test")
    overall = [row for row in rated if row["board"] == "text/overall"]
    newest = max((row["rated_on"] for row in overall), default=None)
    for access in ("open", "closed"):
        best = sorted((row["month"], row["best_rating"]) for row in months if row["weights_access"] == access)
        assert all(one[1] <= following[1] for one, following in pairwise(best))
        for month, rating in best:
            out = [
                row["rating"]
                for row in overall
                if row["weights_access"] == access and row["rated_on"] == newest
                and (row["released_on"].year, row["released_on"].month) <= (month.year, month.month)
            ]  # fmt: skip
            assert rating == max(out)
    assert {row["weights_access"] for row in months} <= {"open", "closed"}


listed = st.lists(
    st.fixed_dictionaries(
        {
            "month": st.just(date(2025, 3, 1)), "catalogue": st.just("openrouter"),
            "listing_tag": st.sampled_from([f"listing-{number}" for number in range(10)]),
            "model_id": st.sampled_from([f"model-{number}" for number in range(4)]),
            "weights_access": st.sampled_from(["open", "closed", "unknown"]),
            "blended_price_usd_per_mtok": st.floats(0.01, 100),
            "rating": st.none() | st.integers(1050, 1550).map(float),
        }
    ),
    max_size=10,
    unique_by=lambda row: row["listing_tag"],
)  # fmt: skip


@more
@given(listed)
def test_a_higher_rating_never_has_a_lower_floor(connection: DuckDBPyConnection, listed: list[dict[str, Any]]) -> None:
    floors = build(connection, tables()[FLOOR], {"marts.price_monthly": listed}, "this test")
    for access in ("open", "closed"):
        tiers = sorted(
            (row["rating_floor"], row["floor_price_usd_per_mtok"], row["model_count"])
            for row in floors
            if row["weights_access"] == access
        )
        assert all(one[1] <= above[1] and one[2] >= above[2] for one, above in pairwise(tiers))
    assert {row["weights_access"] for row in floors} <= {"open", "closed"}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_of_nothing_is_empty(connection: DuckDBPyConnection, name: str) -> None:
    assert build(connection, tables()[name], {}, "this test") == []
