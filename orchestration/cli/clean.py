"""The command `clean`.

Belongs here: its option, and what it says. Not here: what is left behind (run/leftovers.py).
"""

from typing import Annotated

import typer

from orchestration.cli.shared import fail
from orchestration.layout import Layout


def clean(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be removed, and remove nothing.")
    ] = False,
) -> None:
    """Remove refused builds and what killed runs left; the published files stay as they are.

    What `unga review` would count in a refused build goes with it: review first. Exit status: 1
    while a refresh runs, and nothing is removed.
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
        # Looked for anew: a refresh may have ended meanwhile.
        sizes = {folder: size(folder) for folder in leftovers(layout)}
        if not dry_run:
            remove_leftovers(layout)
    for folder, bytes_ in sizes.items():
        typer.echo(f"{size_in_words(bytes_):>10}  {folder}")
    total = size_in_words(sum(sizes.values()))
    typer.echo(f"{total} would be freed." if dry_run else f"{total} freed.")
