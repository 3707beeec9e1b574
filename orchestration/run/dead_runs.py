"""Runs that were killed before they could say so, and runs under way.

Belongs here: what Dagster believes to be running, and whether a refresh is under way. Not here:
what a killed run leaves in the warehouse's folders, or running (leftovers.py).
"""

from datetime import UTC, datetime, timedelta

import dagster as dg

from orchestration.layout import Layout
from orchestration.run.lock import is_held

# The tag of a run that something newer started, and the reason not to start another one.
NEWER = "newer"
UNDER_WAY = "A refresh is already running or queued."
# Seconds from the launch of a run to its first sign of life, at most.
LONGEST_START = 300


def dead_runs(
    instance: dg.DagsterInstance, own: str = "", seconds: float = 0
) -> list[dg.DagsterRun]:
    """The runs that Dagster believes to be running, although only `own` can have the lock.

    Only those that began more than `seconds` ago are certainly dead: a run takes the lock soon
    after it begins, and begins within minutes of being launched.
    """
    running = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    found: list[dg.DagsterRun] = []
    for statuses, age in ((running, seconds), ([dg.DagsterRunStatus.STARTING], LONGEST_START)):
        before = datetime.now(UTC) - timedelta(seconds=age)
        found += instance.get_runs(dg.RunsFilter(statuses=statuses, updated_before=before))
    return [run for run in found if run.run_id != own]


def close_records(instance: dg.DagsterInstance, own: str = "", seconds: float = 0) -> int:
    """Record as failed each run that was killed before it could; only for the lock's holder.

    Dagster believes them to be running still, and the next run from the UI would wait forever.
    Returns their number.
    """
    dead = dead_runs(instance, own, seconds)
    for run in dead:
        instance.report_run_failed(run, "Its process was killed.")
    return len(dead)


def under_way(instance: dg.DagsterInstance, layout: Layout) -> bool:
    """Whether any refresh is running, or one is queued because something is newer."""
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
