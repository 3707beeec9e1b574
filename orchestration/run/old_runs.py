"""Dagster's records of runs that ended long ago, and removing them.

Belongs here: which runs' records are too old, and everything that Dagster keeps of a run: its
events, its check results and its output. Not here: runs that were killed (dead_runs.py), or the
project's own files (published/retention.py).

Dagster removes old ticks of schedules and sensors by itself (dagster.yaml) but never a run. Its
`delete_run` leaves two things behind, some megabytes a refresh: the rows of asset checks, which
only the storage's own connection reaches, and the emptied file of a run in SQLite.
tests/unit/test_library_internals.py fails if Dagster removes them or names them otherwise.
"""

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import dagster as dg
from sqlalchemy import text

from orchestration.layout import Layout, keep_runs_from_environment

ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def old_runs(instance: dg.DagsterInstance) -> Sequence[dg.DagsterRun]:
    """The ended runs beyond the newest that are kept; never one that waits or is under way.

    Raises ValueError for a number in the environment that is none.
    """
    ended = instance.get_runs(dg.RunsFilter(statuses=ENDED))
    return ended[keep_runs_from_environment() :]


def remove_old_runs(instance: dg.DagsterInstance, layout: Layout) -> int:
    """Remove all that Dagster has of them; for the lock holder only. Returns their number."""
    old = old_runs(instance)
    for run in old:
        instance.delete_run(run.run_id)
        with instance.event_log_storage.index_connection() as connection:  # type: ignore[attr-defined]
            connection.execute(
                text("delete from asset_check_executions where run_id = :run"), {"run": run.run_id}
            )
        shutil.rmtree(layout.dagster_home / "storage" / run.run_id, ignore_errors=True)
        for file in run_files(layout, run.run_id):
            with suppress(FileNotFoundError):
                file.unlink()
    return len(old)


def run_files(layout: Layout, run_id: str) -> list[Path]:
    """The files of a run's events in SQLite: none with another storage."""
    return sorted((layout.dagster_home / "history" / "runs").glob(f"{run_id}.db*"))
