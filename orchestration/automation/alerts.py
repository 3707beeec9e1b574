"""When Dagster alerts people: after a failed run, and every ten minutes.

Belongs here: those two sensors, and which failed runs are a cause. Not here: other causes, and
telling (alerts/).
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration.alerts.causes import RUN, AlertError, Cause, failed_run, with_state
from orchestration.alerts.channels import are_set
from orchestration.alerts.tell import tell
from orchestration.layout import Layout
from orchestration.published.estimates import asked_series
from orchestration.published.query import QueryError
from orchestration.run.dead_runs import ESTIMATE
from orchestration.run.failures import was_refused_as_second, why_failed
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
    failed = [cause for job in jobs for cause in _failure(layout, instance, job)]
    try:
        done = tell(layout, *with_state(layout, failed, [f"{RUN}{job}" for job in jobs]))
    except AlertError as wrong:
        return dg.SkipReason(str(wrong))
    except OSError as wrong:
        return dg.SkipReason(f"Nothing is told: {wrong}")
    return dg.SkipReason("; ".join(done) or "Nothing new to tell.")


def _failure(layout: Layout, instance: dg.DagsterInstance, job: str) -> list[Cause]:
    """The cause that the last finished run of a job failed; none if it did not.

    Runs that build the sample on request don't count, nor those that were refused because another
    one was under way, nor an estimation if the estimates are current all the same.
    """
    finished = dg.RunsFilter(
        job_name=job, statuses=[dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
    )
    for record in instance.get_run_records(finished, limit=SEARCHED):
        run = record.dagster_run
        if _of_sample(run) or was_refused_as_second(run):
            continue
        if run.is_success or (job == ESTIMATE and _is_estimated(layout)):
            return []
        ended = datetime.fromtimestamp(record.end_time, UTC) if record.end_time else None
        at = f"{ended:%Y-%m-%d %H:%M:%S}" if ended else ""
        return [failed_run(job, run.run_id, why_failed(instance, run.run_id), at)]
    return []


def _is_estimated(layout: Layout) -> bool:
    """Whether the ideal points are those of the published votes, by whatever estimation."""
    try:
        return not asked_series(layout.published(synthetic=False))
    except QueryError:  # there is no file, or none that can be read
        return False


def _of_sample(run: dg.DagsterRun) -> bool:
    config: Any = run.run_config
    for part in ("resources", "warehouse", "config"):
        config = config.get(part) or {}
    return bool(config.get("synthetic"))
