"""`python -m tests.bench [--rows N] [--days N]`: generates, measures each way in its own process, prints the ratios."""

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean

from scipy import stats

from tests.bench.generate import write_dump
from tests.bench.measure import Measured, run

STEPS = ("staging", "licence", "organisation", "lineage", "monthly")
BEYOND = ("(judge)", "(keep)", "(load)", "(spells)", "(counters)", "(repositories)")
SHARES = (0.05, 0.25)
DAILY_SHARES = (0.01, 0.05, 0)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=3_000_000, help="repositories in the synthetic dump")
    parser.add_argument("--history-rows", type=int, help="repositories in the history; a tenth of --rows by default")
    parser.add_argument("--days", type=int, default=30, help="simulated days of the history; 0 for none")
    parser.add_argument("--year", type=int, default=365, help="daily captures of a price list; 0 for none")
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    parser.add_argument("--without", nargs="*", default=[], choices=["polars", "pandas"], help="ways to leave out")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="ajar-bench-", dir=chosen.folder) as folder:
        file = Path(folder) / "models.parquet"
        write_dump(file, chosen.rows)
        print(f"{chosen.rows:,} repositories, {file.stat().st_size / 1e6:,.0f} MB of Parquet\n", flush=True)
        ways = {"floor": run("floor", file), "ours": run("ours", file, Path(folder) / "ours")}
        for way in ("polars", "pandas"):
            if way not in chosen.without:
                ways[way] = run(f"in_{way}", file)
        same_answers(ways)
        print("By the wall:\n\n" + comparison({name: way.seconds for name, way in ways.items()}), flush=True)
        print("Processor time:\n\n" + comparison({name: way.cpu_seconds for name, way in ways.items()}), flush=True)
        peaks = ", ".join(f"{name} {way.peak_bytes / 1e9:.2f} GB" for name, way in ways.items())
        print(f"Peak memory: {peaks}\n", flush=True)
        file.unlink()
        for share in SHARES if chosen.days else ():
            write_dump(file, chosen.history_rows or max(1000, chosen.rows // 10))
            print(history(share, run("history", file, Path(folder) / "history", chosen.days, share)), flush=True)
            file.unlink()
        for share in DAILY_SHARES if chosen.year else ():
            print(daily(share, run("daily", Path(folder) / "daily", chosen.year, share)), flush=True)


def same_answers(ways: Mapping[str, Measured]) -> None:
    """ValueError when two ways come to other answers."""
    ours = ways["ours"]
    for name, way in ways.items():
        for step, answer in way.answers.items():
            if answer != ours.answers[step]:
                raise ValueError(f"{step}: expected {name} to come to {ours.answers[step]} as ours, found {answer}")


def comparison(seconds: Mapping[str, Mapping[str, float]]) -> str:
    """A table of seconds a step, each way beside ours; steps in brackets are ours alone."""
    others = [name for name in seconds if name != "ours"]
    titles = ["step", *(f"{name} s" for name in seconds), *(f"{name} / ours" for name in others)]
    lines = [f"| {' | '.join(titles)} |", f"{'|---' * len(titles)}|"]
    rows = {step: {name: way.get(step) for name, way in seconds.items()} for step in (*STEPS, *BEYOND)}
    rows["all without ()"] = {
        name: sum(way[step] for step in STEPS) if len(way) > 1 else None for name, way in seconds.items()
    }
    rows["all"] = {"ours": sum(seconds["ours"].values())}
    for label, values in rows.items():
        numbers = [_number(values.get(name)) for name in seconds]
        ratios = [_ratio(values.get(name), values["ours"]) for name in others]
        lines.append(f"| {label} | {' | '.join(numbers)} | {' | '.join(ratios)} |")
    return "\n".join(lines) + "\n"


def history(share: float, measured: Measured) -> str:
    """Bytes and seconds a day of the history store, first half against second half."""
    answers = measured.answers
    if answers["differing"] != [0.0]:
        raise ValueError("expected the changes to replay to the state, found another")
    lines = [
        f"History of {answers['rows'][0]:,.0f} repositories, counters of {share:.0%} move a day, "
        f"{len(answers['keep_seconds']) - 1} days:"
    ]
    for name, unit in (("change_bytes", 1e6), ("keep_seconds", 1.0), ("load_seconds", 1.0)):
        first, *days = [value / unit for value in answers[name]]
        a_day = f"then {fmean(days):.2f} a day, {trend(days)}"
        lines.append(f"- {name.replace('bytes', 'MB')}: the first capture {first:.2f}, {a_day}")
    kept = ("received_bytes", "state_bytes", "database_bytes")
    sizes = ", ".join(f"{name.removesuffix('_bytes')} {answers[name][0] / 1e6:.0f} MB" for name in kept)
    return "\n".join([*lines, f"- held at the end: {sizes}; peak {measured.peak_bytes / 1e9:.2f} GB"]) + "\n"


def daily(share: float, measured: Measured) -> str:
    """Bytes and processor seconds a day of a price list, beside what changed and what whole captures would take."""
    answers = measured.answers
    if answers["differing"] != [0.0]:
        raise ValueError(f"expected every capture to come back as received, found {answers['differing']} that do not")
    kept, changed, whole = (answers[name][1:] for name in ("kept_bytes", "changed_bytes", "gzip_bytes"))
    what = f"of which {share:.0%} of the prices change a day" if share else "as it really was, a month each"
    return (
        f"A price list {what}, {len(kept)} captures after the first:\n"
        f"- {fmean(kept) / 1e3:.1f} KB kept of each, {trend(kept)}; {fmean(changed) / 1e3:.1f} KB of text changed, "
        f"{fmean(whole) / 1e3:.1f} KB are all of it by gzip; {answers['whole'][0]:.0f} are whole\n"
        f"- processor seconds: {fmean(answers['keep_seconds']):.3f} to keep one, "
        f"{answers['read_seconds'][0]:.3f} to read\n"
    )


def trend(days: Sequence[float]) -> str:
    """The slope by least squares in percent of the mean a day, with its 95 % interval."""
    percent = [100 * value / fmean(days) for value in days]
    fitted = stats.linregress(range(len(days)), percent)
    reach = stats.t.ppf(0.975, len(days) - 2) * fitted.stderr
    return f"slope {fitted.slope:+.2f} % of that a day ({fitted.slope - reach:+.2f} to {fitted.slope + reach:+.2f})"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _ratio(value: float | None, ours: float | None) -> str:
    return "" if value is None or not ours else f"{value / ours:.2f}"


if __name__ == "__main__":
    main()
