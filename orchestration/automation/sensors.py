"""What starts a refresh, or an estimation after it, on an event.

Belongs here: sensors, including the one for killed runs, which would keep a refresh from starting.
Not here: looking for updates (updates.py), or the calendar (schedules.py).
"""

import hashlib

import dagster as dg

from orchestration.automation.updates import in_words, updates
from orchestration.published.estimates import asked_series, not_current
from orchestration.published.query import QueryError
from orchestration.run.dead_runs import (
    ESTIMATE,
    NEWER,
    UNDER_WAY,
    close_records,
    dead_runs,
    under_way,
)
from orchestration.run.lock import RefreshRefusedError, is_estimating, now, take_lock
from orchestration.run.warehouse import Warehouse
from orchestration.sources import SOURCES

A_MINUTE = 60
A_DAY = 24 * 60 * 60


def new_undl_file(warehouse: Warehouse) -> dg.SensorDefinition:
    """Refresh when a person has dropped a file of the UN Digital Library into the landing."""

    @dg.sensor(
        job_name="refresh",
        name="new_undl_file",
        minimum_interval_seconds=A_MINUTE,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="A file that a person put into warehouse/landing/undl/.",
    )
    def watch_landing(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        dropped = SOURCES["undl"].waiting(warehouse.layout.landing(synthetic=False))
        if not dropped:
            return dg.SensorResult(skip_reason="No file waits in warehouse/landing/undl/.")
        if under_way(context.instance, warehouse.layout):
            return dg.SensorResult(skip_reason=UNDER_WAY)
        states = [
            f"{file.name}:{file.stat().st_size}:{file.stat().st_mtime_ns}" for file in dropped
        ]
        return _once_a_day("undl", states, ", ".join(file.name for file in dropped))

    return watch_landing


def killed_runs(warehouse: Warehouse) -> dg.SensorDefinition:
    """Record a killed refresh as failed, so that the next one from the UI does not wait for it."""

    @dg.sensor(
        name="killed_runs",
        minimum_interval_seconds=A_MINUTE,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Refreshes that were killed before they could report it, recorded as failed.",
    )
    def watch_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
        if not dead_runs(context.instance, warehouse.layout, seconds=A_MINUTE):
            return dg.SkipReason("No run seems to be running.")
        try:
            lock = take_lock(warehouse.layout, "the sensor killed_runs")
        except RefreshRefusedError:
            return dg.SkipReason("A refresh is running.")
        with lock:
            killed = close_records(context.instance, warehouse.layout, seconds=A_MINUTE)
        return dg.SkipReason(f"{killed} killed runs are now recorded as failed.")

    return watch_runs


def votes_without_estimates(warehouse: Warehouse) -> dg.SensorDefinition:
    """Estimate the ideal points anew once a refresh has published other votes."""

    @dg.sensor(
        job_name=ESTIMATE,
        name="votes_without_estimates",
        minimum_interval_seconds=A_MINUTE,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="A published file whose ideal points are missing or of other votes.",
    )
    def watch_votes(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        file = warehouse.layout.published(synthetic=False)
        if not file.exists():
            return dg.SensorResult(skip_reason="Nothing is published yet.")
        if under_way(context.instance, warehouse.layout):
            return dg.SensorResult(skip_reason=UNDER_WAY)
        if is_estimating(warehouse.layout):
            return dg.SensorResult(skip_reason="They are being estimated.")
        try:
            stale = not_current(file)
            wanted = [f"{name}: {stale[name]}" for name in asked_series(file)]
        except QueryError as unreadable:
            return dg.SensorResult(skip_reason=str(unreadable))
        if not wanted:
            return dg.SensorResult(skip_reason="The ideal points are of the published votes.")
        return _once_a_day("ideal points", wanted, "; ".join(wanted))

    return watch_votes


def new_sessions(warehouse: Warehouse) -> dg.SensorDefinition:
    """Refresh when the Secretariat's files have a new or changed session."""

    @dg.sensor(
        job_name="refresh",
        name="new_sessions",
        minimum_interval_seconds=A_DAY,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="New or changed sessions in the Secretariat's machine-readable resolutions.",
    )
    def watch_sessions(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        if not warehouse.layout.published(synthetic=False).exists():
            return dg.SensorResult(skip_reason="Nothing is published yet: start with a refresh.")
        if under_way(context.instance, warehouse.layout):
            return dg.SensorResult(skip_reason=UNDER_WAY)
        found = updates(warehouse.layout, warehouse.origin, ["unxml"])
        if not found.newer:
            nothing = "No session of unxml is new or changed."
            return dg.SensorResult(skip_reason=f"{nothing} {in_words(found.outcomes)}".rstrip())
        return _once_a_day("unxml", found.newer, "; ".join(found.newer))

    return watch_sessions


def _once_a_day(about: str, states: list[str], words: str) -> dg.SensorResult:
    """Request a run: the same states of what it is about request only one a day."""
    digest = hashlib.sha256("\n".join(sorted(states)).encode()).hexdigest()[:16]
    run_key = f"{about}:{digest}:{now().date()}"
    return dg.SensorResult([dg.RunRequest(run_key=run_key, tags={NEWER: words[:200]})])
