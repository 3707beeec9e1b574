"""When Dagster alerts people: after a failed run, and every ten minutes.

Belongs here: those two sensors, and which failed runs are a cause. Not here: other causes, and
telling (alerts/).
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from orchestration.alerts.causes import (
    RUN,
    STATE,
    AlertError,
    Cause,
    causes_of,
    failed_run,
    without_refused_build,
)
from orchestration.alerts.channels import are_set
from orchestration.alerts.tell import tell
from orchestration.layout import Layout
from orchestration.run.failures import why_failed
from orchestration.run.lock import IN_USE, is_held
from orchestration.run.warehouse import Warehouse

TEN_MINUTES = 10 * 60
HALF_A_MINUTE = 30
NO_CHANNEL = "No channel is set: see docs/running.md."
# How many finished runs of a job are searched for the last one that is not of the sample.
SEARCHED = 20


def alert_failed_runs(warehouse: Warehouse, jobs: Sequence[Any]) -> dg.SensorDefinition:
    """Tell people of a failed run of one of these jobs."""

    @dg.run_failure_sensor(
        name="alert_failed_runs",
        monitored_jobs=list(jobs),
        minimum_interval_seconds=HALF_A_MINUTE,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="A failed refresh, estimation or export, told to people once.",
    )
    def watch_failures(context: dg.RunFailureSensorContext) -> dg.SkipReason:
        run = context.dagster_run
        return _look(warehouse.layout, context.instance, [run.job_name])

    return watch_failures


def alert_state(warehouse: Warehouse, jobs: Sequence[str]) -> dg.SensorDefinition:
    """Tell people what is wrong with the warehouse, and what no longer is."""

    @dg.sensor(
        name="alert_state",
        minimum_interval_seconds=TEN_MINUTES,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="What needs a person, told once when it begins and once when it is over.",
    )
    def watch_state(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        return _look(warehouse.layout, context.instance, jobs)

    return watch_state


def _look(layout: Layout, instance: dg.DagsterInstance, jobs: Sequence[str]) -> dg.SkipReason:
    """Tell of the last runs of some jobs and of the warehouse's state; what was done, in words."""
    if not are_set():
        return dg.SkipReason(NO_CHANNEL)
    about = tuple(f"{RUN}{job}" for job in jobs)
    found = [cause for job in jobs for cause in _failure(instance, job)]
    # What a refresh is about to publish is neither missing nor stale.
    if not is_held(layout):
        try:
            state = causes_of(layout)
        except AlertError as wrong:
            return dg.SkipReason(str(wrong))
        about = (*about, STATE)
        found = [*without_refused_build(found, state), *state]
    try:
        done = tell(layout, found, about)
    except OSError as wrong:
        return dg.SkipReason(f"Nothing is told: {wrong}")
    return dg.SkipReason("; ".join(done) or "Nothing new to tell.")


def _failure(instance: dg.DagsterInstance, job: str) -> list[Cause]:
    """The cause that the last finished run of a job failed; none if it did not.

    Runs that build the sample on request don't count, nor those that were refused because another
    one was under way.
    """
    finished = dg.RunsFilter(
        job_name=job, statuses=[dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
    )
    for run in instance.get_runs(finished, limit=SEARCHED):
        if _of_sample(run):
            continue
        if run.is_success:
            return []
        why = why_failed(instance, run.run_id)
        if not why.startswith(IN_USE):
            return [failed_run(job, run.run_id, why)]
    return []


def _of_sample(run: dg.DagsterRun) -> bool:
    config: Any = run.run_config
    for part in ("resources", "warehouse", "config"):
        config = config.get(part) or {}
    return bool(config.get("synthetic"))
