"""Why a run or a tick failed, in one line.

Belongs here: finding the reason in Dagster's record. Not here: showing it while the run
goes on (progress.py), or telling people (automation/alerts.py).
"""

import re
from typing import Any

import dagster as dg

# The tag of a run that was refused because another one was under way, which tells of itself.
REFUSED, IN_USE = "refused", "in use"

FAILURES = {dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE}


def why_failed(instance: dg.DagsterInstance, run_id: str) -> str:
    """The reason that Dagster recorded first, without a traceback; '' if it recorded none."""
    for entry in instance.all_logs(run_id, of_type=FAILURES):
        if (event := entry.dagster_event) and (said := _reason(event)):
            return " ".join(said.split())
    return ""


def tag_as_second(instance: dg.DagsterInstance, run_id: str) -> None:
    """Record that a run was refused because another one was under way."""
    instance.add_run_tags(run_id, {REFUSED: IN_USE})


def was_refused_as_second(run: dg.DagsterRun | None) -> bool:
    """Whether a run was refused because another one was under way."""
    return run is not None and run.tags.get(REFUSED) == IN_USE


def _reason(event: dg.DagsterEvent) -> str:
    failed = event.event_specific_data
    user = getattr(failed, "user_failure_data", None)
    if user and user.description:
        return str(user.description)
    error = getattr(failed, "error", None)
    return root_message(error) if error else str(event.message or "")


def root_message(error: Any) -> str:
    """The message of the error at the root of one that Dagster recorded, in one line."""
    while error.cause:
        error = error.cause
    # Dagster puts the class, with its module, before the message.
    said = re.sub(rf"^([\w.]+\.)?{error.cls_name}: ", "", str(error.message))
    return " ".join(said.split())
