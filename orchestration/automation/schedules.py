"""When a refresh is due by date.

Belongs here: schedules. Not here: looking for updates (updates.py), or what to do on an event
(sensors.py).
"""

import dagster as dg

from orchestration.automation.updates import in_words, updates
from orchestration.run.dead_runs import NEWER, UNDER_WAY, under_way
from orchestration.run.warehouse import Warehouse

# The main part of a session ends in December; by mid-January its votes are out. The days after the
# first find no updates, unless that day's refresh failed.
JANUARY = "0 6 15-31 1 *"


def yearly_refresh(warehouse: Warehouse) -> dg.ScheduleDefinition:
    """Refresh in January, on the first day with updates on which the refresh succeeds."""

    @dg.schedule(
        job_name="refresh",
        cron_schedule=JANUARY,
        name="yearly_refresh",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="In January, after the main part of a session, if a source has updates.",
    )
    def yearly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        if under_way(context.instance, warehouse.layout):
            return dg.SkipReason(UNDER_WAY)
        found = updates(warehouse.layout, warehouse.origin)
        if not found.newer:
            nothing = "No source has updates."
            return dg.SkipReason(f"{nothing} {in_words(found.outcomes)}".rstrip())
        return dg.RunRequest(
            run_key=f"yearly:{context.scheduled_execution_time.date()}",
            tags={NEWER: "; ".join(found.newer)[:200]},
        )

    return yearly
