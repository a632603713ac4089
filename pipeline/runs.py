"""Runs Dagster's jobs in this process, on the instance that the UI shows; the jobs are defined in `pipeline.defs`."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.kernel import starter
from pipeline.kernel.build import RELEASE
from pipeline.kernel.capture import Reach, is_due
from pipeline.kernel.home import STARTER, Home
from pipeline.kernel.project import Project, open_project
from pipeline.kernel.warehouse import writer

if TYPE_CHECKING:
    import dagster as dg

SETTINGS = Path(__file__).with_name("dagster.yaml")
WORKSPACE = Path(__file__).with_name("workspace.yaml")


@dataclass(frozen=True)
class Outcome:
    """How a job ended: whether all went well, and what went wrong or was noticed, a line each."""

    is_success: bool
    notices: tuple[str, ...] = ()
    run_id: str = ""
    assets: tuple[str, ...] = field(default=())


def prepare(home: Home) -> None:
    """Makes the instance folder and points Dagster at it; must run before Dagster is imported."""
    home.dagster.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(SETTINGS, home.dagster / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(home.dagster)


def load_starter() -> int:
    """Loads the starter archive into the data folder and reports the new snapshots to Dagster; how many came in."""
    project = open_project()
    before = {name: len(project.store.all(name)) for name in project.sources}
    added = starter.load(STARTER, project.store, project.sources)
    changed = [name for name in project.sources if len(project.store.all(name)) != before[name]]
    if changed:
        _report(project, changed)
    return added


def _report(project: Project, names: Sequence[str]) -> None:
    import dagster as dg

    from pipeline.defs.captures import snapshot_key, snapshot_metadata

    with dg.DagsterInstance.get() as instance:
        for name in names:
            event = dg.AssetMaterialization(
                snapshot_key(name),
                description="Loaded from the starter archive.",
                metadata=snapshot_metadata(project.sources[name], project.store),
            )
            instance.report_runless_asset_event(event)


def due_sources(project: Project, *, heavy: bool = False) -> list[str]:
    """The sources whose cadence has passed since they last answered, the heavy ones only if asked for."""
    return [
        name
        for name, source in project.sources.items()
        if (heavy or not source.heavy) and is_due(source, project.store, reach="all" if heavy else "light")
    ]


def run_capture(names: Sequence[str], reach: Reach = "all") -> Outcome:
    """Asks these sources for news, as far as `reach` goes."""
    from pipeline.defs.captures import REACH, snapshot_key

    return _execute("capture", [snapshot_key(name) for name in names], {REACH: reach})


def run_build() -> Outcome:
    """Builds whatever is out of date, checks it, and publishes if anything was."""
    import dagster as dg

    from pipeline.defs.schedules import stale_keys

    project = open_project()
    keys = stale_keys(project)
    if not project.home.published.exists():
        keys = [*keys, dg.AssetKey(RELEASE.split("."))]
    return _execute("build", list(dict.fromkeys(keys))) if keys else Outcome(True)


def run_history() -> Outcome:
    """Judges the month ends since the essay, as far as they are not yet judged on the same evidence, and publishes."""
    from pipeline.defs.schedules import history_keys

    return _execute("build", history_keys(open_project()))


def run_publish() -> Outcome:
    """Publishes what is built as a new release."""
    import dagster as dg

    return _execute("build", [dg.AssetKey(RELEASE.split("."))])


@contextmanager
def _hold(job: str, instance: "dg.DagsterInstance", project: Project) -> Iterator[None]:
    """Keeps the database open over a whole build, so that its steps need not open it again; captures never open it."""
    if job == "capture":
        yield
        return
    with writer(project.home.database):
        _close_dead_runs(instance)
        yield


def _close_dead_runs(instance: "dg.DagsterInstance") -> None:
    """Marks builds as failed whose process has died: they write, and we are the only writer now."""
    import dagster as dg

    for run in instance.get_runs(dg.RunsFilter(job_name="build", statuses=[dg.DagsterRunStatus.STARTED])):
        instance.report_run_failed(run, "The process that ran this has ended without a word.")


def _execute(job: str, keys: "list[dg.AssetKey]", tags: Mapping[str, str] | None = None) -> Outcome:
    import dagster as dg

    from pipeline.definitions import defs
    from pipeline.defs.captures import UNREACHABLE

    project = open_project()
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with dg.DagsterInstance.get() as instance, _hold(job, instance, project):
        result = (
            defs()
            .resolve_job_def(job)
            .execute_in_process(
                run_config=quiet, instance=instance, asset_selection=keys, raise_on_error=False, tags=dict(tags or {})
            )
        )
    notices = [
        f"check {evaluation.check_name} on {'.'.join(evaluation.asset_key.path)}: "
        f"{evaluation.metadata['failing_rows'].value} failing rows"
        for evaluation in result.get_asset_check_evaluations()
        if not evaluation.passed
    ]
    unreachable: dict[str, list[str]] = {}
    for event in result.all_events:
        if event.is_step_failure and (error := event.step_failure_data.error):
            cause = error.cause or error
            notices.append(f"{event.step_key}: {cause.message.strip()}")
        if event.event_type == dg.DagsterEventType.ASSET_OBSERVATION and event.asset_observation_data:
            observation = event.asset_observation_data.asset_observation
            source = observation.asset_key.path[-1]
            host = str(observation.metadata[UNREACHABLE].value)
            if host:
                unreachable.setdefault(host, []).append(source)
            else:
                notices.append(f"{source}: {observation.description}")
    notices += [
        f"{host} cannot be reached and was asked once; waiting for it: {', '.join(sorted(set(sources)))}"
        for host, sources in sorted(unreachable.items())
    ]
    made = tuple(".".join(key.path) for key in keys)
    return Outcome(result.success, tuple(notices), result.run_id, made)
