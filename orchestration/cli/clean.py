"""The command `clean`.

Belongs here: its option and its output. Not here: what counts as left over (run/leftovers.py).
"""

from typing import Annotated

import typer

from orchestration.cli.shared import fail
from orchestration.layout import Layout


def clean(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List what would be removed, but remove nothing.")
    ] = False,
) -> None:
    """Remove refused builds and leftovers of killed runs; published files are not touched.

    `unga review` needs the refused build, so review first. Exit status: 1 if a refresh is running;
    nothing is removed then.
    """
    from orchestration.run.leftovers import leftovers, remove_leftovers, size, size_in_words
    from orchestration.run.lock import RefreshRefusedError, take_lock

    layout = Layout.from_environment()
    if not leftovers(layout):
        typer.echo("Nothing is left over.")
        return
    try:
        lock = take_lock(layout, "`unga clean`")
    except RefreshRefusedError as running:
        fail(running)
    with lock:
        # Look again under the lock: a refresh may have ended in the meantime.
        sizes = {folder: size(folder) for folder in leftovers(layout)}
        if not dry_run:
            remove_leftovers(layout)
    for folder, bytes_ in sizes.items():
        typer.echo(f"{size_in_words(bytes_):>10}  {folder}")
    total = size_in_words(sum(sizes.values()))
    typer.echo(f"{total} would be freed." if dry_run else f"{total} freed.")
