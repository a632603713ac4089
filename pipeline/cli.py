"""The `ajar` command: what a person types; the work itself is in `pipeline.runs` and the kernel."""

import os
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pipeline.kernel.home import STARTER, home

if TYPE_CHECKING:
    from rich.console import Console

    from pipeline.kernel.capture import Reach
    from pipeline.runs import Outcome
    from pipeline.why import Section

BOARD_BEGINS, BOARD_ENDS = "<!-- verdicts -->", "<!-- /verdicts -->"
ESSAY_ON = date(2024, 5, 31)
QUESTION = """select month, weights_access, best_name, round(best_rating) as rating
from marts.capability_frontier_monthly order by month desc, weights_access limit 6"""


BOARD = """select verdict.claim_id, claim.title, verdict.verdict, verdict.summary
from (
  select claim_id, as_of, clock, verdict, summary, 1 as place from claims.verdict
  union all
  select claim_id, as_of, clock, verdict, summary, 2 from claims.verdict_history
) as verdict
inner join claims.claim on verdict.claim_id = claim.claim_id
where verdict.as_of = ? and verdict.clock = ?
qualify row_number() over (partition by verdict.claim_id order by verdict.place) = 1
order by verdict.claim_id"""
HISTORY = """select claim_id, clock, string_agg(concat(verdict, ' from ', as_of), ', ' order by as_of) as verdicts
from (
  select claim_id, clock, as_of, verdict,
    lag(verdict) over (partition by claim_id, clock order by as_of) as before
  from claims.verdict_history
) where before is null or before <> verdict
group by claim_id, clock order by claim_id, clock desc"""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ajar")
def main() -> None:
    """Ajar: how open is artificial intelligence, and do the things people say about open models hold?"""


@main.command()
@click.option("--offline", is_flag=True, help="Ask no source; work from what is held.")
def run(offline: bool) -> None:
    """Capture what is due, build what is stale, check, publish, and print the verdict board."""
    from pipeline import runs
    from pipeline.kernel.project import open_project

    started = time.perf_counter()
    runs.prepare(home())
    console = _console()
    with _progress(console, "starter archive"):
        added = runs.load_starter()
    if added:
        console.print(f"[green]✓[/] {added} captures loaded from the starter archive")
    due = [] if offline else runs.due_sources(open_project())
    if due:
        with _progress(console, "asking sources"):
            captured = runs.run_capture(due, reach="light")
        console.print(f"[green]✓[/] {len(due)} of {len(open_project().sources)} sources were due and asked")
        _notices(console, captured)
    with _progress(console, "building"):
        built = runs.run_build()
    _notices(console, built)
    if not built.is_success:
        console.print("[red]✗[/] The build did not pass; readers keep the previous release. `ajar ui` shows the run.")
        sys.exit(1)
    made = f"{len(built.assets)} assets built and checked" if built.assets else "nothing changed, nothing rebuilt"
    console.print(f"[green]✓[/] {made} in {time.perf_counter() - started:.0f} s")
    _print_board(console)
    _print_ways_in(console)


@main.command()
@click.argument("names", nargs=-1)
@click.option("--full", is_flag=True, help="The heavy sources too, which take minutes or hundreds of megabytes.")
@click.option("--due", is_flag=True, help="Only sources whose cadence has passed since they last answered.")
@click.option(
    "--backfill", is_flag=True, help="Of those NAMED, all that can still be had: every release, earlier days."
)
def capture(names: tuple[str, ...], full: bool, due: bool, backfill: bool) -> None:
    """Ask sources for news (all but heavy ones, or those NAMED), judge what comes and keep it.

    What is held is never asked for again, so a backfill that broke off goes on where it stopped.
    """
    from pipeline import runs
    from pipeline.kernel.project import open_project

    runs.prepare(home())
    project = open_project()
    known = project.sources
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.BadParameter(f"expected names among {', '.join(known)}; found {', '.join(unknown)}")
    if backfill and not names:
        raise click.UsageError("expected the names of sources to backfill, such as litellm_prices; found none")
    chosen = [name for name, source in known.items() if (name in names if names else full or not source.heavy)]
    reach: Reach = "past" if backfill else "all" if full or names else "light"
    if due:
        chosen = [name for name in chosen if name in runs.due_sources(project, heavy=True)]
    console = _console()
    if not chosen:
        console.print("no source is due")
        return
    with _progress(console, "asking sources"):
        outcome = runs.run_capture(chosen, reach)
    _notices(console, outcome)
    _print_sources()
    sys.exit(0 if outcome.is_success else 1)


@main.command()
@click.argument("snapshot_id")
@click.option("--why", required=True, help="The reason, kept in the manifest.")
def accept(snapshot_id: str, why: str) -> None:
    """Accept a quarantined capture on your word, such as a fall in records that is real."""
    from pipeline.kernel import capture as capturing
    from pipeline.kernel.project import open_project

    project = open_project()
    name = snapshot_id.split("/")[0]
    if name not in project.sources:
        raise click.BadParameter(f"expected <source>/<capture>, the source one of {', '.join(project.sources)}")
    try:
        capturing.accept(project.sources[name], project.store, snapshot_id, why)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{snapshot_id} is accepted; `ajar build` loads it")


@main.command()
def build() -> None:
    """Build, check and publish whatever is out of date."""
    from pipeline import runs

    runs.prepare(home())
    console = _console()
    with _progress(console, "building"):
        outcome = runs.run_build()
    _notices(console, outcome)
    console.print(", ".join(outcome.assets) if outcome.assets else "nothing changed, nothing rebuilt")
    sys.exit(0 if outcome.is_success else 1)


@main.command()
def publish() -> None:
    """Publish a new release of what is built, whether or not anything changed."""
    from pipeline import runs

    runs.prepare(home())
    console = _console()
    with _progress(console, "publishing"):
        outcome = runs.run_publish()
    _notices(console, outcome)
    if outcome.is_success:
        console.print(str(home().published.resolve()))
    sys.exit(0 if outcome.is_success else 1)


@main.command()
@click.argument("query")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def sql(query: str, as_csv: bool) -> None:
    """Run a QUERY on the published file, read-only."""
    import duckdb

    from pipeline.kernel.warehouse import reader

    try:
        with reader(_database()) as connection:
            cursor = connection.execute(query)
            columns = [column[0] for column in cursor.description or ()]
            rows = cursor.fetchall()
    except (duckdb.Error, FileNotFoundError) as error:
        raise click.ClickException(str(error)) from error
    if as_csv:
        import csv

        out = csv.writer(sys.stdout, lineterminator="\n")
        out.writerow(columns)
        out.writerows(rows)
    else:
        _print_table(_console(), columns, rows)


@main.command()
@click.argument("name")
def why(name: str) -> None:
    """Print why a model's NAME, of any catalogue or spelling, stands for which model."""
    from pipeline import why as chain
    from pipeline.kernel.project import open_project
    from pipeline.kernel.warehouse import reader

    console = _console()
    try:
        with reader(_database()) as connection:
            for section in chain.why(connection, name, open_project().tables["core.name_key"]):
                _print_section(console, section)
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@click.option("--limit", default=20, show_default=True, help="How many to print.")
def unmatched(limit: int) -> None:
    """Print which names would win most by being joined, with near names for a person to decide on."""
    from pipeline import why as chain
    from pipeline.kernel.warehouse import reader

    try:
        with reader(_database()) as connection:
            _print_section(_console(), chain.unmatched(connection, limit))
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from error


def _print_section(console: "Console", section: "Section") -> None:
    console.print(f"\n[bold]{section.title}[/]")
    if section.rows:
        _print_table(console, list(section.columns), list(section.rows))
    else:
        console.print("nothing known")
    if section.note:
        console.print(section.note)


@main.command()
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day the verdicts are asked for; default the newest.")
@click.option("--hindsight", is_flag=True, help="Judge that day by all evidence held today.")
@click.option("--history", is_flag=True, help="Judge every month end since the essay; takes minutes the first time.")
def claims(as_of: datetime | None, hindsight: bool, history: bool) -> None:
    """Print the verdict board, of today or as it stood on any day."""
    console = _console()
    if history:
        _judge_history(console)
        return
    _print_board(console, as_of.date() if as_of else None, "hindsight" if hindsight or as_of is None else "then")


def _judge_history(console: "Console") -> None:
    from pipeline import runs
    from pipeline.kernel.warehouse import reader

    runs.prepare(home())
    with _progress(console, "replaying"):
        outcome = runs.run_history()
    _notices(console, outcome)
    if not outcome.is_success:
        sys.exit(1)
    with reader(_database()) as connection:
        rows = connection.execute(HISTORY).fetchall()
    _print_table(console, ["", "clock", "verdicts month by month, oldest first"], rows)


@main.command()
@click.argument("name", required=False)
@click.option("--proofs", is_flag=True, help="A table of how the shape of each source was proved.")
def sources(name: str | None, proofs: bool) -> None:
    """List the sources with licence, freshness, rows, history and trouble; or tell all of the one NAMED."""
    from pipeline.kernel.inventory import sheet
    from pipeline.kernel.project import open_project

    if name is None:
        _print_sources(proofs)
        return
    project = open_project()
    if name not in project.sources:
        raise click.BadParameter(f"expected a name among {', '.join(project.sources)}; found {name}")
    click.echo(sheet(project.sources[name], project.store))


@main.command()
def docs() -> None:
    """Write what is generated and committed: warehouse/DICTIONARY.md and the board in README.md."""
    from pipeline.kernel.dictionary import dictionary
    from pipeline.kernel.home import ROOT, WAREHOUSE
    from pipeline.kernel.project import open_project

    (WAREHOUSE / "DICTIONARY.md").write_text(dictionary(open_project().tables.values()))
    readme = ROOT / "README.md"
    before, rest = readme.read_text().split(BOARD_BEGINS)
    after = rest.split(BOARD_ENDS)[1]
    readme.write_text(f"{before}{BOARD_BEGINS}\n{_board_markdown()}{BOARD_ENDS}{after}")


@main.group()
def starter() -> None:
    """The starter archive: captures committed with the code."""


@starter.command("build")
def starter_build() -> None:
    """Write the archive from the captures held, redistributable sources only."""
    from pipeline.kernel import starter as archive
    from pipeline.kernel.project import open_project

    project = open_project()
    archive.load(STARTER, project.store, project.sources)
    sizes = archive.build(project.sources.values(), project.store, STARTER)
    for name, size in sizes.items():
        click.echo(f"{size / 1e6:8.2f} MB  {name}.tar.xz")
    click.echo(f"{sum(sizes.values()) / 1e6:8.2f} MB  in {STARTER}")


@starter.command("load")
def starter_load() -> None:
    """Put the archive's captures into the data folder."""
    from pipeline import runs

    runs.prepare(home())
    click.echo(f"{runs.load_starter()} captures loaded")


@main.command()
@click.option("--port", default=3000, show_default=True, help="Port of the web server.")
def ui(port: int) -> None:
    """Open Dagster's UI (web server and daemon) on the runs and assets of this data folder."""
    from pipeline import runs

    runs.prepare(home())
    command = ["-m", "dagster", "dev", "--workspace", str(runs.WORKSPACE), "--port", str(port)]
    click.echo(f"http://127.0.0.1:{port}  (Ctrl-C ends it)")
    os.execv(sys.executable, [sys.executable, *command, "--host", "127.0.0.1"])  # noqa: S606


def _database() -> Path:
    from pipeline.kernel.publish import DATABASE

    return home().published / DATABASE


def _console() -> "Console":
    from rich.console import Console

    return Console(highlight=False)


@contextmanager
def _progress(console: "Console", title: str) -> Iterator[None]:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from pipeline.kernel.progress import listening

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(title)
        with listening(lambda text: progress.update(task, description=f"{title}: {text}"[:100])):
            yield


def _notices(console: "Console", outcome: "Outcome") -> None:
    from rich.markup import escape

    for notice in outcome.notices:
        console.print(f"[yellow]![/] {escape(' '.join(notice.split()))}")


def _board(as_of: date | None, clock: str) -> tuple[date, list[tuple[str, str, str, str]]]:
    """The day and, a claim each: id, title, verdict, summary; the newest day unless one is given.

    A day that no run has judged is judged now, on the published file.
    """
    from pipeline.kernel.warehouse import reader

    with reader(_database()) as connection:
        days = [row[0] for row in connection.execute("select distinct as_of from claims.verdict order by 1").fetchall()]
        if not days:
            raise click.ClickException("expected verdicts in the published file, found none; run `ajar run` first")
        day = as_of or days[-1]
        rows = connection.execute(BOARD, [day, clock]).fetchall()
    return day, rows or _judged_now(day, clock)


def _judged_now(day: date, clock: str) -> list[tuple[str, str, str, str]]:
    from pipeline.claims.registration import discover
    from pipeline.claims.run import evaluate
    from pipeline.kernel.warehouse import reader

    claims = discover()
    titles = {claim.claim_id: claim.title for claim in claims}
    with reader(_database()) as connection:
        found = evaluate(connection, [day], claims, ["then" if clock == "then" else "hindsight"])["verdict"]
    return [
        (row["claim_id"], titles[row["claim_id"]], row["verdict"], row["summary"]) for row in found.to_dict("records")
    ]


def _print_board(console: "Console", as_of: date | None = None, clock: str = "hindsight") -> None:
    day, rows = _board(as_of, clock)
    console.print(f"\n[bold]Verdicts as of {day}[/] ({_clock_words(clock)})")
    short = [
        [claim, title, verdict, textwrap.shorten(summary, 260, placeholder=" …")]
        for claim, title, verdict, summary in rows
    ]
    _print_table(console, ["", "claim", "verdict", "why"], short)
    console.print('Whole reasons: ajar sql "select claim_id, as_of, clock, reason from claims.verdict", or the site.')


def _board_markdown() -> str:
    as_of, rows = _board(None, "hindsight")
    then = {row[0]: row[2] for row in _board(ESSAY_ON, "then")[1]}
    lines = [f"Verdicts as of {as_of}, by the captures in the starter archive:\n"]
    lines += ["| | claim | verdict | when it was written (on record then) |", "|---|---|---|---|"]
    lines += [f"| {claim} | {title} | **{verdict}** | {then[claim]} |" for claim, title, verdict, _ in rows]
    return "\n".join(lines) + "\n"


def _clock_words(clock: str) -> str:
    return "by what was on record then" if clock == "then" else "by all evidence held today"


def _print_ways_in(console: "Console") -> None:
    published = home().published
    console.print(f"\nDuckDB file  {_shown(published / 'ajar.duckdb')}")
    console.print(f"Site         {_shown(published / 'site' / 'index.html')}")
    console.print("A question   ", end="")
    console.print(f'ajar sql "{" ".join(QUESTION.split())}"', soft_wrap=True)
    console.print("Asset UI     make ui, then http://127.0.0.1:3000")


def _shown(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _print_sources(as_proofs: bool = False) -> None:
    from pipeline.kernel.inventory import WIDTH, listing, proofs
    from pipeline.kernel.project import open_project

    project = open_project()
    if as_proofs:
        click.echo(proofs(project.sources.values(), project.store))
        return
    columns = shutil.get_terminal_size((WIDTH, 24)).columns
    click.echo(listing(project.sources.values(), project.store, width=columns))


def _print_table(console: "Console", columns: list[str], rows: list[Any]) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    console.print(table)


if __name__ == "__main__":
    main()
