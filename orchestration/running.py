"""The refresh as a run in the process of a command, apart from the terminal.

Belongs here: Dagster's home, where what libraries print goes, running the job, and what came of it.
Not here: the commands and their words (cli.py, terminal.py), or when a refresh is due (updates.py).
"""

import os
import shutil
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from orchestration.layout import ROOT, Layout


@dataclass(frozen=True)
class Run:
    """What came of a run: the file it published, if any, and whether all of its steps ended well.

    `error` is what ended the run before Dagster could say so.
    """

    published: Path | None
    whole: bool
    error: str = ""


def dagster_home(layout: Layout) -> None:
    """Point Dagster at this warehouse's own record of runs, with telemetry off."""
    layout.dagster_home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "dagster.yaml", layout.dagster_home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(layout.dagster_home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = os.environ["DO_NOT_TRACK"] = "1"


def terminal_apart(log: Path) -> IO[str]:
    """The terminal for a command's own lines; all else that is printed from here on goes to a log.

    That is what libraries say of themselves, in this process and in those it starts.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as file:
        terminal = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    return terminal


def run_refresh(layout: Layout, config: dict[str, Any]) -> Run:
    """Run the job in this process; `config` is that of the resource Warehouse."""
    before = {file: _stamp(file) for file in map(layout.published, (False, True))}
    error = ""
    try:
        whole = _execute(layout, config)
    except KeyboardInterrupt:
        whole, error = False, "interrupted"
    except Exception as unexpected:
        traceback.print_exc()
        whole, error = False, str(unexpected)
    published = [file for file, was in before.items() if _stamp(file) != was]
    return Run(published[0] if published else None, whole, error)


def _stamp(file: Path) -> tuple[int, int] | None:
    """What differs once another file has taken the place; None if there is none."""
    return (file.stat().st_ino, file.stat().st_mtime_ns) if file.exists() else None


def _execute(layout: Layout, config: dict[str, Any]) -> bool:
    """Run the job; whether all of its steps ended well."""
    # Slow to import, and not needed where nothing is newer.
    import dagster as dg

    from orchestration.definitions import build_defs

    job = build_defs().resolve_job_def("refresh")
    with dg.DagsterInstance.get() as instance:
        try:
            result = job.execute_in_process(
                run_config={
                    "loggers": {"progress": {}},
                    "resources": {"warehouse": {"config": config | {"folder": str(layout.folder)}}},
                },
                instance=instance,
                raise_on_error=False,
            )
        except dg.DagsterExecutionInterruptedError as stopped:
            raise KeyboardInterrupt from stopped
    return result.success
