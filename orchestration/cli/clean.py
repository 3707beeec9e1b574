"""The command `clean`.

Belongs here: its option and its output. Not here: what counts as left over (run/leftovers.py).
"""

import os
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.shared import fail
from orchestration.layout import Layout, keep_runs_from_environment
from orchestration.run.postgres import VARIABLE


def clean(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be removed, but remove nothing.")
    ] = False,
) -> None:
    """Remove refused builds, leftovers of killed runs and what is older than is kept.

    Published files are not touched. A refresh removes what is older than is kept by itself.

    `unga review` needs the refused build, so review first. Exit status: 1 if a refresh is running;
    nothing is removed then.
    """
    from orchestration.published.retention import outdated, remove_outdated
    from orchestration.run.leftovers import leftovers, remove_leftovers, size, size_in_words
    from orchestration.run.lock import RefreshRefusedError, take_lock

    layout = Layout.from_environment()
    try:
        if not leftovers(layout) and not outdated(layout) and not _old_runs(layout)[0]:
            typer.echo("Nothing is left over.")
            return
    except ValueError as wrong:
        fail(wrong)
    try:
        lock = take_lock(layout, "`unga clean`")
    except RefreshRefusedError as running:
        fail(running)
    with lock:
        # Look again under the lock: a refresh may have ended in the meantime.
        sizes = {path: size(path) for path in (*leftovers(layout), *outdated(layout))}
        runs, of_runs = _old_runs(layout, remove=not dry_run)
        sizes |= of_runs
        if not dry_run:
            remove_leftovers(layout)
            remove_outdated(layout)
    for folder, bytes_ in sizes.items():
        typer.echo(f"{size_in_words(bytes_):>10}  {folder}")
    total = size_in_words(sum(sizes.values()))
    if runs:
        typer.echo(f"{runs} old runs in Dagster's record")
    typer.echo(f"{total} would be freed." if dry_run else f"{total} freed.")


def _old_runs(layout: Layout, remove: bool = False) -> tuple[int, dict[Path, int]]:
    """How many old runs Dagster has, and their files with their sizes; removes them if asked to."""
    recorded = list((layout.dagster_home / "history" / "runs").glob("[!.]*-*-*.db"))
    if not os.environ.get(VARIABLE) and len(recorded) <= keep_runs_from_environment():
        return 0, {}
    # Slow to import, and not needed where few runs ever were.
    import dagster as dg

    from orchestration.run.in_process import dagster_home
    from orchestration.run.leftovers import size
    from orchestration.run.old_runs import old_runs, remove_old_runs, run_files

    dagster_home(layout)
    with dg.DagsterInstance.get() as instance:
        old = old_runs(instance)
        files = [file for run in old for file in run_files(layout, run.run_id)]
        sizes = {file: size(file) for file in files}
        if remove:
            remove_old_runs(instance, layout)
    return len(old), sizes
