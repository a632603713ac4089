"""Every SQL model keeps to the portable subset, its layer and the naming rules; and each rule can fail."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlglot
from models_support import sql_models, tables
from sqlglot import exp
from sqlglot.tokens import TokenType

from pipeline.kernel.header import Column, Header, HeaderError
from pipeline.kernel.tables import Table, dependencies

MODELS = sql_models()
NAMES = [table.name for table in MODELS]


def found(select: str, *kinds: type[exp.Expr]) -> bool:
    return sqlglot.parse_one(select, dialect="duckdb").find(*kinds) is not None


def selects_star(select: str) -> bool:
    statement = sqlglot.parse_one(select, dialect="duckdb")
    return any(item.is_star for query in statement.find_all(exp.Select) for item in query.expressions)


def groups_by_all(select: str) -> bool:
    statement = sqlglot.parse_one(select, dialect="duckdb")
    return any(group.args.get("all") for group in statement.find_all(exp.Group))


def excludes(select: str) -> bool:
    statement = sqlglot.parse_one(select, dialect="duckdb")
    return any(value for star in statement.find_all(exp.Star) for value in star.args.values())


def casts_by_colons(select: str) -> bool:
    return any(token.token_type is TokenType.DCOLON for token in sqlglot.tokenize(select, dialect="duckdb"))


def reads_files(select: str) -> bool:
    statement = sqlglot.parse_one(select, dialect="duckdb")
    called = [call.name for call in statement.find_all(exp.Anonymous)]
    called += [call.sql_name() for call in statement.find_all(exp.Func) if not isinstance(call, exp.Anonymous)]
    return any(name.lower().startswith("read_") for name in called)


def asks_clock_or_chance(select: str) -> bool:
    asking = (exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.Rand, exp.Randn, exp.Uuid)
    statement = sqlglot.parse_one(select, dialect="duckdb")
    called = {call.name.lower() for call in statement.find_all(exp.Anonymous)}
    return found(select, *asking) or bool(called & {"now", "today", "random", "setseed", "get_current_timestamp"})


def joins_by_comma(select: str) -> bool:
    statement = sqlglot.parse_one(select, dialect="duckdb")
    return any(
        not (join.kind or join.side or join.args.get("on") or join.args.get("using"))
        for join in statement.find_all(exp.Join)
    )


RULES: dict[str, tuple[Callable[[str], bool], str]] = {
    "select *": (selects_star, "with a as (select b.* from core.model as b) select model_id from a"),
    "group by all": (groups_by_all, "select board, count(*) as rating_count from core.rating group by all"),
    "qualify": (
        lambda select: found(select, exp.Qualify),
        "select board from core.rating qualify row_number() over (order by rating) = 1",
    ),
    "pivot": (
        lambda select: found(select, exp.Pivot),
        "select * from core.rating pivot (max(rating) for board in ('text/overall'))",
    ),
    "exclude": (excludes, "select * exclude (rating) from core.rating"),
    "::": (casts_by_colons, "select rating::integer as rating from core.rating"),
    "lambda": (
        lambda select: found(select, exp.Lambda, exp.Comprehension),
        "select list_transform([1, 2], x -> x + 1) as numbers from core.rating",
    ),
    "lambda in the new form": (
        lambda select: found(select, exp.Lambda, exp.Comprehension),
        "select list_transform([1, 2], lambda x: x + 1) as numbers from core.rating",
    ),
    "list comprehension": (
        lambda select: found(select, exp.Lambda, exp.Comprehension),
        "select [x + 1 for x in [1, 2]] as numbers from core.rating",
    ),
    "read_csv": (reads_files, "select model_id from read_csv('models.csv')"),
    "read_json": (reads_files, "select model_id from read_json('models.json')"),
    "read_text": (reads_files, "select content from read_text('models.txt')"),
    "clock": (asks_clock_or_chance, "select current_date as today from core.rating"),
    "chance": (asks_clock_or_chance, "select random() as chance from core.rating"),
    "comma join": (joins_by_comma, "select a.board from core.rating as a, core.rating as b"),
}
"""What no model may use, each with a select that does."""


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("table", MODELS, ids=NAMES)
def test_model_keeps_to_the_portable_subset(table: Table, rule: str) -> None:
    breaks, _ = RULES[rule]
    assert not breaks(table.select), f"{table.path}: expected no {rule}"


@pytest.mark.parametrize("rule", RULES)
def test_the_rule_can_fail(rule: str) -> None:
    breaks, example = RULES[rule]
    assert breaks(example)
    assert not breaks("select count(*) as rating_count, cast(max(rating) as integer) as best from core.rating")


STRPTIME = "try_strptime has no counterpart sqlglot knows"
FLAGS = "regexp_replace takes no flags"
BACKSLASH = "regexp_replace writes groups $1 and not \\1"
QUANTILE = "percentile_cont takes the column in `within group`"
NOT_PORTABLE = {
    ("core.release_date_evidence", "trino"): {STRPTIME},
    ("core.release_date_evidence", "spark"): {STRPTIME},
    ("core.alias", "trino"): {STRPTIME},
    ("core.alias", "spark"): {STRPTIME},
    ("core.name_key", "trino"): {FLAGS, BACKSLASH},
    ("core.name_key", "spark"): {BACKSLASH},
    ("core.licence_spelling", "trino"): {FLAGS},
    ("marts.price_level_monthly", "trino"): {QUANTILE},
    ("marts.price_level_monthly", "spark"): {QUANTILE},
}
"""What of a model does not survive the translation by sqlglot into a dialect and would have to be written otherwise."""
DIALECTS = ("trino", "spark")


def losses(select: str, dialect: str) -> set[str]:
    """What a dialect would not understand of a translated select, where sqlglot raises and where it does not."""
    raising = sqlglot.ErrorLevel.RAISE
    try:
        (text,) = sqlglot.transpile(
            select, read="duckdb", write=dialect, unsupported_level=raising, error_level=raising
        )
    except sqlglot.errors.UnsupportedError as error:
        return {str(error)}
    statement = sqlglot.parse_one(text, dialect=dialect, error_level=raising)
    lost = {
        STRPTIME if c.name.lower() == "try_strptime" else f"unknown {c.name}" for c in statement.find_all(exp.Anonymous)
    }
    lost |= {QUANTILE for call in statement.find_all(exp.PercentileCont) if call.expression}
    for call in sqlglot.parse_one(select, dialect="duckdb").find_all(exp.RegexpReplace):
        lost |= {FLAGS} if dialect == "trino" and call.args.get("modifiers") else set()
        lost |= {BACKSLASH} if "\\" in str(call.args.get("replacement")) else set()
    return lost


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("table", MODELS, ids=NAMES)
def test_model_can_be_translated(table: Table, dialect: str) -> None:
    assert losses(table.select, dialect) == NOT_PORTABLE.get((table.name, dialect), set()), table.path


@pytest.mark.parametrize(
    ("select", "dialect", "lost"),
    [
        ("select * from core.rating pivot (max(rating) for board in ('text/overall'))", "trino", "PIVOT unsupported"),
        ("select list_zip(boards, names) as pairs from core.rating", "spark", "unknown LIST_ZIP"),
        ("select try_strptime(name, '%Y') as year from core.model", "spark", STRPTIME),
        ("select quantile_cont(rating, 0.5) as median from core.rating", "trino", QUANTILE),
        ("select regexp_replace(name, 'a', 'b', 'g') as name from core.model", "trino", FLAGS),
        (r"select regexp_replace(name, '(a)', '\1') as name from core.model", "spark", BACKSLASH),
    ],
)
def test_what_is_lost_in_translation_is_noticed(select: str, dialect: str, lost: str) -> None:
    assert losses(select, dialect) == {lost}


def test_only_models_are_excused() -> None:
    strays = {name for name, _ in NOT_PORTABLE} - set(NAMES)
    assert not strays, f"NOT_PORTABLE: expected names of models, found {strays}"


MAY_READ = {
    "core": {"staging", "reference", "core"},
    "marts": {"core", "marts"},
}
LAYERS = ("raw", "staging", "reference", "core", "marts", "claims", "meta")


@pytest.mark.parametrize("other", LAYERS)
@pytest.mark.parametrize("layer", MAY_READ)
def test_a_layer_reads_only_what_it_may(layer: str, other: str) -> None:
    read = (f"with a as (select x from {other}.thing) select x from a", f"{layer}.own", Path("own.sql"))
    if other in MAY_READ[layer]:
        assert dependencies(*read) == (f"{other}.thing",)
    else:
        with pytest.raises(HeaderError, match=rf"own\.sql: expected to read only .* found {other}\.thing"):
            dependencies(*read)


@pytest.mark.parametrize("table", MODELS, ids=NAMES)
def test_model_reads_only_what_its_layer_may(table: Table) -> None:
    assert {name.split(".")[0] for name in dependencies(table.select, table.name, table.path)} <= MAY_READ[table.layer]
    assert {name.split(".")[0] for name in table.depends} <= MAY_READ[table.layer]


ENDINGS = {
    "_on": ("date",),
    "_at": ("timestamp", "timestamptz"),
    "_share": ("double",),
    "_count": ("integer", "bigint"),
}
BEGINNINGS = {"is_": ("boolean",), "has_": ("boolean",)}
UNITS_NOT_USED = ("percent", "pct", "usd_per_token", "_millions")


def naming_problems(header: Header, layer: str) -> Iterator[str]:
    """What in a header's column names does not keep to the rules."""
    bounded = {column: ends for check in header.checks for column, ends in check.get("between", {}).items()}
    for name, column in header.columns.items():
        kind = "varchar" if column.type == "text" else column.type
        for ending, kinds in ENDINGS.items():
            if name.endswith(ending) and kind not in kinds:
                yield f"{name} is {kind} and not {' or '.join(kinds)}"
        for beginning, kinds in BEGINNINGS.items():
            if name.startswith(beginning) and kind not in kinds:
                yield f"{name} is {kind} and not {' or '.join(kinds)}"
        if kind == "boolean" and not name.startswith(tuple(BEGINNINGS)):
            yield f"{name} is boolean and begins with neither is_ nor has_"
        if (
            kind == "date"
            and not name.endswith("_on")
            and name not in ("month", "quarter", "as_of", "valid_from", "valid_to")
        ):
            yield f"{name} is a date and does not end in _on"
        if any(unit in name for unit in UNITS_NOT_USED):
            yield f"{name} is in a unit that is not used here"
        if layer == "marts" and "_share" in name and bounded.get(name) != [0, 1]:
            yield f"{name} has no check that it lies between 0 and 1"
        if name != name.lower():
            yield f"{name} is not in lower case"
        if not any(len(word) > 2 for word in column.doc.split()) or column.doc == name:
            yield f"{name} has no words of its own: {column.doc!r}"


@pytest.mark.parametrize("table", tables().values(), ids=tables())
def test_columns_are_named_by_the_rules(table: Table) -> None:
    problems = list(naming_problems(table.header, table.layer))
    assert not problems, f"{table.path}: {'; '.join(problems)}"


BADLY_NAMED = {
    "released_on": Column("timestamptz", "first public release"),
    "observed_at": Column("date", "when the source showed this"),
    "open_share": Column("integer", "open among those known"),
    "model_count": Column("double", "models in the month"),
    "is_open": Column("varchar", "whether the weights are open"),
    "has_weights": Column("bigint", "whether the weights are open"),
    "open": Column("boolean", "whether the weights are open"),
    "release_day": Column("date", "first public release"),
    "open_percent": Column("double", "open among those known"),
    "closed_share": Column("double", "closed among those known"),
    "Name": Column("text", "its announced name"),
    "weights": Column("text", "weights"),
    "board": Column("text", "-"),
}


@pytest.mark.parametrize("name", BADLY_NAMED)
def test_a_badly_named_column_is_found(name: str) -> None:
    header = Header("Models.", "a model", "releases", {name: BADLY_NAMED[name]})
    assert any(problem.startswith(f"{name} ") for problem in naming_problems(header, "marts"))


def grain_problems(header: Header, name: str) -> Iterator[str]:
    """Why a reader cannot rely on the grain of a mart."""
    unique = [check["unique"] for check in header.checks if "unique" in check]
    there = {column for check in header.checks for column in check.get("not_null", ())}
    if len(unique) != 1:
        yield f"expected one unique check, found {len(unique)}"
    for key in unique:
        if missing := [column for column in key if column not in there]:
            yield f"the key may be null: {', '.join(missing)}"
        if name.endswith("_monthly") and "month" not in key:
            yield "monthly, but month is not in the key"
        numeric = [column for column in key if header.columns[column].type == "double"]
        if numeric:
            yield f"the key has measures: {', '.join(numeric)}"


MARTS = [table for table in MODELS if table.layer == "marts"]


@pytest.mark.parametrize("table", MARTS, ids=[table.name for table in MARTS])
def test_mart_has_a_unique_check_on_its_grain(table: Table) -> None:
    problems = list(grain_problems(table.header, table.name))
    assert not problems, f"{table.path}: {'; '.join(problems)}"


MONTHLY = Header(
    "Models.", "a month", "releases",
    {"month": Column("date", "first day of the month"), "open_share": Column("double", "open among those known")},
    checks=({"unique": ["month"]}, {"not_null": ["month"]}),
)  # fmt: skip


@pytest.mark.parametrize(
    "checks",
    [
        (),
        ({"unique": ["month"]},),
        ({"unique": ["open_share"]}, {"not_null": ["open_share"]}),
        ({"unique": ["month", "open_share"]}, {"not_null": ["month", "open_share"]}),
        ({"unique": ["month"]}, {"unique": ["month"]}, {"not_null": ["month"]}),
    ],
)
def test_a_mart_without_a_key_is_found(checks: tuple[dict[str, list[str]], ...]) -> None:
    assert not list(grain_problems(MONTHLY, "marts.share_monthly"))
    assert list(grain_problems(replace(MONTHLY, checks=checks), "marts.share_monthly"))
