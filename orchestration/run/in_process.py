"""The refresh as a run in the process of a command.

Belongs here: Dagster's home, running the job, and its result. Not here: the job (definitions.py),
the commands and their messages (cli/), or when a refresh is due (automation/).
"""

import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.layout import ROOT, Layout
from orchestration.run.postgres import PASSED_ON, VARIABLE, StorageError, storage_setting

if TYPE_CHECKING:
    import dagster as dg


@dataclass(frozen=True)
class Run:
    """The result of a run: the file it published, if any, and whether all of its steps succeeded.

    `error` is what ended the run before Dagster could report it, `why` what Dagster reported, and
    `second` says that it was refused because another one was under way.
    """

    published: Path | None
    whole: bool
    error: str = ""
    run_id: str = ""
    why: str = ""
    second: bool = False


def dagster_home(layout: Layout) -> None:
    """Point Dagster at this warehouse's own run storage, with telemetry off.

    Raises StorageError if that is in a PostgreSQL that can't be used, or that is not named now.
    """
    settings = (ROOT / "dagster.yaml").read_text(encoding="utf-8")
    storage = storage_setting()
    file = layout.dagster_home / "dagster.yaml"
    before = file.read_text(encoding="utf-8") if file.exists() else ""
    if not storage and PASSED_ON in before:
        raise StorageError(
            f"The runs of this warehouse are recorded in PostgreSQL: set {VARIABLE}. To go back to "
            f"SQLite, without the runs recorded so far, remove {file}."
        )
    if before != settings + storage:
        layout.dagster_home.mkdir(parents=True, exist_ok=True)
        file.write_text(settings + storage, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(layout.dagster_home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = os.environ["DO_NOT_TRACK"] = "1"


def run_refresh(
    layout: Layout, config: dict[str, Any], job: "Callable[[], dg.JobDefinition]"
) -> Run:
    """Run the job that `job` loads in this process; `config` is that of the resource Warehouse.

    Never raises: an error that kept the definitions from loading, or ended the run, is in
    `Run.error`.
    """
    before = {file: _stamp(file) for file in map(layout.published, (False, True))}
    try:
        run = _execute(layout, config, job)
    except KeyboardInterrupt:
        run = Run(None, False, "interrupted")
    except Exception as unexpected:
        traceback.print_exc()
        run = Run(None, False, str(unexpected))
    published = [file for file, was in before.items() if _stamp(file) != was]
    return replace(run, published=published[0] if published else None)


def _stamp(file: Path) -> tuple[int, int] | None:
    """A value that changes when the file is replaced; None if there is none."""
    return (file.stat().st_ino, file.stat().st_mtime_ns) if file.exists() else None


def _execute(layout: Layout, config: dict[str, Any], job: "Callable[[], dg.JobDefinition]") -> Run:
    """Run the job; whether all of its steps succeeded, and if not, why."""
    # Slow to import, and not needed without updates.
    import dagster as dg

    from orchestration.run.code_location import claim_runs
    from orchestration.run.failures import was_refused_as_second, why_failed

    refresh = job()
    with dg.DagsterInstance.get() as instance:
        claim_runs(instance, refresh.name)
        try:
            result = refresh.execute_in_process(
                run_config={
                    "loggers": {"progress": {}},
                    "resources": {"warehouse": {"config": config | {"folder": str(layout.folder)}}},
                },
                instance=instance,
                raise_on_error=False,
            )
        except dg.DagsterExecutionInterruptedError as stopped:
            raise KeyboardInterrupt from stopped
        why = "" if result.success else why_failed(instance, result.run_id)
        second = was_refused_as_second(instance.get_run_by_id(result.run_id))
    return Run(None, result.success, run_id=result.run_id, why=why, second=second)
