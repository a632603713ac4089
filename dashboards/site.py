"""Writes the static site from a published file: pages that open from disk and ask no other host."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from dashboards import words
from dashboards.charts import vega_bundle
from dashboards.lineage import declared_lineage
from dashboards.pages import is_page_name, pages
from dashboards.published import Published
from pipeline.kernel.warehouse import reader

HERE = Path(__file__).parent
POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file:; "
    "base-uri 'none'; form-action 'none'"
)
"""What a page may load: files beside it. `file:` is for browsers in which no file on disk is 'self'."""


def write_site(database: Path, folder: Path) -> None:
    """Renders every page of the file `database` into `folder`.

    A table that is absent or empty is named on the pages that need it. FileNotFoundError without the file; ValueError
    for a claim whose id cannot be part of a file name.
    """
    with reader(database) as connection:
        written_at = datetime.now(UTC)
        listed = list(pages(Published(connection), declared_lineage(), written_at))
    environment = template_environment()
    shared = {"database": database.name, "written_at": written_at, "policy": POLICY}
    folder.mkdir(parents=True, exist_ok=True)
    for name, template, context in listed:
        if not is_page_name(name.removesuffix(".html")):
            raise ValueError(
                f"{database}: expected claim_id in claims.claim to be letters, digits, - or _, as it names a page; "
                f"found one that makes {name!r}; rename the claim"
            )
        (folder / name).write_text(environment.get_template(template).render({**shared, **context, "page": name}))
    assets = folder / "assets"
    assets.mkdir(exist_ok=True)
    (assets / "vega.js").write_text(vega_bundle())
    for name in ("style.css", "board.js", "ajar.svg"):
        shutil.copyfile(HERE / name, assets / name)


@cache
def template_environment() -> Any:
    """Templates that escape all text and stop at an undefined name."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=words.number, value_of=words.value_of, unit_of=words.unit_of, between=words.between,
        interval_kind=words.interval_kind, p_value=words.p_value, day=words.day, quarter_mark=words.quarter_mark,
        moment=words.moment, span=words.span, cadence=words.cadence, counted=words.counted, cell=words.cell,
        sentence_start=words.sentence_start, interval=words.interval, script_json=script_json, is_link=is_link,
        token=token,
    )  # fmt: skip
    return environment


def script_json(value: Mapping[str, Any]) -> Any:
    """JSON that stays inside its script element whatever texts it holds."""
    from jinja2.utils import htmlsafe_json_dumps

    return htmlsafe_json_dumps(value, allow_nan=False, separators=(",", ":"))


def is_link(value: str | None) -> bool:
    """Whether a text is an address on the web, and not, say, a script."""
    return bool(value) and str(value).startswith(("https://", "http://"))


def token(value: str) -> str:
    """A text as one word for class names and marks."""
    return "-".join("".join(c if c.isalnum() else " " for c in value.lower()).split())
