"""Why a name stands for a model, from name to rule, date and weights, and which names wait for a person; reads only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from duckdb import DuckDBPyConnection

from pipeline.kernel.tables import Table

STEPS = {
    "bare_tag": "without path, region, routing and the maker's name",
    "spelling": "versions, dates and words in one form",
    "weights_key": "without precision, packing and hosting",
    "full_key": "without effort and mode",
    "model_key": "without words of tuning and the active part of a size",
    "word_key": "words in alphabetical order, which names of one model share",
}
"""The columns of core.name_key in the order of the steps, with what each leaves out."""

LEAST_LIKENESS = 70
NEAR_NAMES = 8
CANDIDATES = 3
SHOWN = 12


@dataclass(frozen=True)
class Section:
    """A part of the chain: a title and its rows, the first of them the names of the columns."""

    title: str
    columns: tuple[str, ...] = ()
    rows: Sequence[Sequence[Any]] = field(default=())
    note: str = ""


def why(connection: DuckDBPyConnection, name: str, name_key: Table) -> Iterator[Section]:
    """The chain for a name in any catalogue, or typed in any spelling; near names where nothing is found.

    `name_key` is the declared table core.name_key: its own select brings a name that no catalogue has to its key.
    """
    found = _rows(
        connection,
        "select catalogue, alias_tag from core.alias where lower(alias_tag) = lower(?) "
        "or lower(alias_tag) like '%/' || lower(?) order by lower(alias_tag) <> lower(?), catalogue, alias_tag",
        [name] * 3,
    )
    steps = _steps(connection, *found[0]) if found else typed(name, name_key)
    yield Section(
        f"{name}, as {'catalogues write' if found else 'typed: no catalogue writes'} it",
        ("step", "comes to"),
        [(STEPS[step], value) for step, value in zip(STEPS, steps, strict=True)],
    )
    word_key = steps[-1]
    if not found:
        found = _rows(
            connection,
            "select alias.catalogue, alias.alias_tag from core.alias inner join core.name_key "
            "on alias.catalogue = name_key.catalogue and alias.alias_tag = name_key.alias_tag "
            "where name_key.word_key = ? order by alias.catalogue, alias.alias_tag",
            [word_key],
        )
    if not found:
        yield Section("near names", ("likeness", "catalogue", "name", "model"), near(connection, name))
        return
    models = _models_of(connection, found)
    if not models:
        yield from _without_model(connection, found)
    for model_id in models:
        yield from _model(connection, model_id, set(found))


def typed(name: str, name_key: Table) -> list[str]:
    """What the steps of core.name_key make of a name that no catalogue has."""
    from pipeline.kernel.project import open_project
    from pipeline.kernel.warehouse import quote, scratch

    tables = open_project().tables
    with scratch() as connection:
        for other in name_key.depends:
            columns = ", ".join(
                f"{quote(c)} {column.duckdb_type}" for c, column in tables[other].header.columns.items()
            )
            connection.execute(f"create schema if not exists {tables[other].layer}")
            connection.execute(f"create table {other} ({columns})")
        connection.execute("insert into core.catalogue_name (catalogue, alias_tag) values ('typed', ?)", [name])
        (row,) = connection.execute(f"select {', '.join(STEPS)} from ({name_key.select})").fetchall()
    return list(row)


def near(connection: DuckDBPyConnection, name: str) -> list[tuple[int, str, str, str]]:
    """The names most like a name (rapidfuzz, words in any order): likeness up to 100, catalogue, name and model."""
    return _nearest(name, _known(connection))


def unmatched(connection: DuckDBPyConnection, limit: int) -> Section:
    """What would be won most by joining it, each with its nearest names of other models for a person to decide on.

    Names of one model count together. Nothing is joined by likeness: a person adds a row to reference.model_spelling.
    """
    waiting = _rows(
        connection,
        "select coalesce(model_id, alias_tag), arg_min(alias_tag, (-importance_share, length(alias_tag), alias_tag)), "
        "min(problem), count(*), "
        "round(sum(importance_share), 5), cast(round(max(rating)) as integer) "
        "from core.unmatched_name where problem <> 'moving_alias' "
        "group by 1 order by sum(importance_share) desc, max(rating) desc nulls last, 1 limit ?",
        [limit],
    )
    known = [row for row in _known(connection) if row[0] != "huggingface" or row[3]]
    rows = []
    for key, name, problem, count, share, rating in waiting:
        found = _nearest(name.rpartition("/")[2], [row for row in known if row[2] != key])
        candidates = ", ".join(f"{model_id} {likeness}" for likeness, _, _, model_id in found[:CANDIDATES])
        rows.append((name, problem, count, share, rating, candidates))
    return Section(
        "names that wait, by what joining them would win",
        ("name", "problem", "names", "share", "rating", "candidates and likeness"),
        rows,
        "share: of all listings, tokens or downloads, whichever is largest. Names that move are left out.",
    )


def _known(connection: DuckDBPyConnection) -> list[tuple[Any, ...]]:
    return _rows(
        connection,
        "select alias.catalogue, alias.alias_tag, alias.model_id, model.released_on is not null from core.alias "
        "inner join core.model on alias.model_id = model.model_id "
        "order by alias.catalogue = 'huggingface', alias.catalogue, alias.alias_tag",
    )


def _nearest(name: str, known: Sequence[tuple[Any, ...]]) -> list[tuple[int, str, str, str]]:
    from rapidfuzz import fuzz, process, utils

    best = process.extract(
        name,
        [tag.rpartition("/")[2] for _, tag, *_ in known],
        scorer=fuzz.token_sort_ratio,
        processor=utils.default_process,
        score_cutoff=LEAST_LIKENESS,
        limit=10 * NEAR_NAMES,
    )
    of_models: dict[str, tuple[int, str, str, str]] = {}
    for _, score, place in best:
        catalogue, tag, model_id, _ = known[place]
        of_models.setdefault(model_id, (round(score), catalogue, tag, model_id))
    return list(of_models.values())[:NEAR_NAMES]


def _rows(connection: DuckDBPyConnection, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    return connection.execute(query, list(values)).fetchall()


def _steps(connection: DuckDBPyConnection, catalogue: str, alias_tag: str) -> list[str]:
    query = f"select {', '.join(STEPS)} from core.name_key where catalogue = ? and alias_tag = ?"
    return list(_rows(connection, query, [catalogue, alias_tag])[0])


def _models_of(connection: DuckDBPyConnection, names: Sequence[tuple[Any, ...]]) -> list[str]:
    marks = ", ".join("(?, ?)" for _ in names)
    query = (
        f"select model_id from core.alias where (catalogue, alias_tag) in ({marks}) and model_id is not null "
        "group by model_id order by count(*) desc, model_id"
    )
    return [row[0] for row in _rows(connection, query, [value for name in names for value in name])]


def _without_model(connection: DuckDBPyConnection, names: Sequence[tuple[Any, ...]]) -> Iterator[Section]:
    marks = ", ".join("(?, ?)" for _ in names)
    query = (
        "select alias.catalogue, alias.alias_tag, alias.rule, moving_alias.model_id, "
        "coalesce(moving_alias.valid_from, alias.valid_from), coalesce(moving_alias.valid_to, alias.valid_to) "
        "from core.alias left join core.moving_alias "
        "on alias.catalogue = moving_alias.catalogue and alias.alias_tag = moving_alias.alias_tag "
        f"where (alias.catalogue, alias.alias_tag) in ({marks}) order by all"
    )
    rows = _rows(connection, query, [value for name in names for value in name])
    yield Section(
        "stands for no model",
        ("catalogue", "name", "rule", "pointed to", "from", "to"),
        rows,
        "A name that says latest stands for another model each season; a repository that only its uploader lists is no "
        "release.",
    )


def _model(connection: DuckDBPyConnection, model_id: str, found: set[tuple[Any, ...]]) -> Iterator[Section]:
    names = _rows(
        connection,
        "select alias.catalogue, alias.alias_tag, alias.rule, alias.confidence, alias.valid_from, alias.valid_to, "
        "model_alias.reason from core.alias left join reference.model_alias "
        "on alias.catalogue = model_alias.catalogue and alias.alias_tag = model_alias.alias_tag "
        "where alias.model_id = ? order by alias.is_copy, alias.catalogue, alias.valid_from, alias.alias_tag",
        [model_id],
    )
    names.sort(key=lambda row: row[:2] not in found)
    yield Section(
        f"{model_id}: the names that stand for it",
        ("catalogue", "name", "rule", "confidence", "from", "to", "reason"),
        names[:SHOWN],
        f"and {len(names) - SHOWN} more" if len(names) > SHOWN else "",
    )
    yield Section(
        f"{model_id}: the model",
        ("name", "family", "maker", "maker by", "released", "precision", "by", "weights", "by"),
        _rows(
            connection,
            "select model.name, family.name, organisation.name, maker.source, model.released_on, "
            "model.released_precision, model.released_source, model.weights_access, model.weights_source "
            "from core.model left join core.family on model.family_id = family.family_id "
            "left join core.organisation on model.organisation_id = organisation.organisation_id "
            "left join core.maker on model.model_id = maker.model_id where model.model_id = ?",
            [model_id],
        ),
    )
    yield Section(
        f"{model_id}: evidence on the release date, strongest first",
        ("source", "date", "precision", "listings", "since"),
        _rows(
            connection,
            "select source, released_on, released_precision, report_count, first_observed_on "
            "from core.release_date_evidence where model_id = ? order by precedence, source",
            [model_id],
        ),
    )
    yield Section(
        f"{model_id}: evidence on its weights, strongest first",
        ("source", "weights", "listings", "from", "to"),
        _rows(
            connection,
            "select source, weights_access, report_count, first_observed_on, last_observed_on "
            "from core.open_weights_evidence where model_id = ? order by precedence, source, last_observed_on desc",
            [model_id],
        ),
    )
    yield Section(
        f"{model_id}: its checkpoints",
        ("checkpoint", "official", "untuned", "packed as", "downloads in 30 days", "made from"),
        _rows(
            connection,
            "select checkpoint.checkpoint_id, checkpoint.is_official, checkpoint.is_untuned, checkpoint.precision_tag, "
            "checkpoint.downloads_30d_count, string_agg(distinct derivation.parent_checkpoint_id, ', ') "
            "from core.checkpoint left join core.derivation on checkpoint.checkpoint_id = derivation.checkpoint_id "
            "where checkpoint.model_id = ? group by all "
            "order by checkpoint.is_official desc nulls last, checkpoint.downloads_30d_count desc nulls last, 1 "
            f"limit {SHOWN}",
            [model_id],
        ),
    )
