"""Jobs and when they run: capture every morning, build what that made stale afterwards, look back once a month."""

from collections.abc import Iterator

import dagster as dg

from pipeline.defs.captures import snapshot_key
from pipeline.defs.claims import HISTORY, claim_keys
from pipeline.defs.models import table_key
from pipeline.kernel.build import RELEASE, VERDICTS, fingerprints, stale
from pipeline.kernel.capture import is_due
from pipeline.kernel.project import Project, open_project
from pipeline.kernel.warehouse import WarehouseBusy, writer

SNAPSHOTS = dg.AssetSelection.key_prefixes(["snapshot"])

capture_job = dg.define_asset_job(
    "capture", SNAPSHOTS, description="Asks every source for news; keeps, judges and quarantines."
)
build_job = dg.define_asset_job(
    "build", dg.AssetSelection.all() - SNAPSHOTS, description="From snapshots to tables, verdicts and a new release."
)


@dg.schedule(
    job=capture_job, cron_schedule="15 5 * * *", default_status=dg.DefaultScheduleStatus.RUNNING, name="capture_daily"
)
def capture_daily() -> Iterator[dg.RunRequest | dg.SkipReason]:
    """Every morning the sources whose cadence has passed, heavy ones among them."""
    project = open_project()
    due = [snapshot_key(name) for name, source in project.sources.items() if is_due(source, project.store)]
    yield dg.RunRequest(asset_selection=due) if due else dg.SkipReason("No source is due.")


@dg.schedule(
    job=build_job, cron_schedule="15 6 * * *", default_status=dg.DefaultScheduleStatus.RUNNING, name="build_daily"
)
def build_daily() -> Iterator[dg.RunRequest | dg.SkipReason]:
    """An hour later, only what is out of date."""
    try:
        keys = stale_keys(open_project())
    except WarehouseBusy as busy:
        yield dg.SkipReason(str(busy))
        return
    if keys:
        yield dg.RunRequest(asset_selection=keys)
    else:
        yield dg.SkipReason("Nothing changed since the last build.")


@dg.schedule(
    job=build_job, cron_schedule="15 7 1 * *", default_status=dg.DefaultScheduleStatus.RUNNING, name="history_monthly"
)
def history_monthly() -> dg.RunRequest:
    """On the first of a month, the verdicts of the month that is over, and of earlier ones whose evidence changed."""
    return dg.RunRequest(asset_selection=history_keys(open_project()))


def history_keys(project: Project) -> list[dg.AssetKey]:
    """The history of the verdicts, what shows it, and a release with both."""
    return [*map(table_key, HISTORY), *claim_keys(project), table_key(RELEASE)]


def stale_keys(project: Project) -> list[dg.AssetKey]:
    """The assets a build must make again; empty when all is up to date."""
    with writer(project.home.database) as connection:
        names = stale(connection, fingerprints(project.tables, project.sources, project.store))
    keys = [dg.AssetKey(name.split(".")) for name in names if name != VERDICTS]
    keys += claim_keys(project) if VERDICTS in names else []
    sources = [name.removeprefix("staging.") for name in names if name.startswith("staging.")]
    keys += [dg.AssetKey(["raw", name]) for name in sources if not project.sources[name].is_large]
    return keys
