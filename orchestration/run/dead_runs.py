"""Killed runs that Dagster takes for running, and runs under way.

Belongs here: what Dagster believes to be running, and whether a refresh is under way. Not here:
the files and processes that a killed run leaves behind (leftovers.py).
"""

from datetime import UTC, datetime, timedelta

import dagster as dg

from orchestration.layout import Layout
from orchestration.run.lock import is_estimating, is_held

# The tag of a run started by updates, and the reason not to start another one.
NEWER = "newer"
UNDER_WAY = "A refresh is already running or queued."
# The job, and the asset, of an estimation, whose run takes no lock while it samples.
ESTIMATE = "estimate"
IDEAL_POINTS = dg.AssetKey(["published", "ideal_points"])
# Maximum seconds from the launch of a run to its first sign of life.
LONGEST_START = 300


def dead_runs(
    instance: dg.DagsterInstance, layout: Layout, own: str = "", seconds: float = 0
) -> list[dg.DagsterRun]:
    """The runs that Dagster believes to be running, although only `own` can hold the lock.

    Only those that began more than `seconds` ago are certainly dead: a run takes the lock soon
    after it begins, and begins within minutes of being launched. An estimation is alive as long as
    any shows its sign, which it does soon after it begins.
    """

    def older(age: float, *statuses: dg.DagsterRunStatus) -> list[dg.DagsterRun]:
        before = datetime.now(UTC) - timedelta(seconds=age)
        filters = dg.RunsFilter(statuses=list(statuses), updated_before=before)
        return [run for run in instance.get_runs(filters) if run.run_id != own]

    running = (dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING)
    found = [run for run in older(seconds, *running) if not _estimates(run)]
    if not is_estimating(layout):
        found += [run for run in older(LONGEST_START, *running) if _estimates(run)]
    return [*found, *older(LONGEST_START, dg.DagsterRunStatus.STARTING)]


def _estimates(run: dg.DagsterRun) -> bool:
    """Whether a run does nothing but estimate ideal points."""
    return run.job_name == ESTIMATE or run.asset_selection == {IDEAL_POINTS}


def close_records(
    instance: dg.DagsterInstance, layout: Layout, own: str = "", seconds: float = 0
) -> int:
    """Record as failed each run that was killed before it could do so; for the lock holder only.

    Dagster believes them to be still running, and the next run from the UI would wait forever.
    Returns their number.
    """
    dead = dead_runs(instance, layout, own, seconds)
    for run in dead:
        instance.report_run_failed(run, "Its process was killed.")
    return len(dead)


def under_way(instance: dg.DagsterInstance, layout: Layout) -> bool:
    """Whether any refresh is running, or one is queued because of updates."""
    waiting_or_running = dg.RunsFilter(
        job_name="refresh",
        statuses=[
            dg.DagsterRunStatus.QUEUED,
            dg.DagsterRunStatus.STARTING,
            dg.DagsterRunStatus.STARTED,
        ],
    )
    return is_held(layout) or any(
        NEWER in run.tags for run in instance.get_runs(waiting_or_running)
    )
