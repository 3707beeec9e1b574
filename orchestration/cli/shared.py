"""Shared by all commands: one-line errors, exit statuses, the option --sample.

Belongs here: what several families of commands use. Not here: any command, or tables
(terminal.py).
"""

import os
import sys
from collections.abc import Iterable
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from orchestration.layout import Layout
from orchestration.published.query import QueryError


class OneLineErrors(TyperGroup):
    """Prints errors that users can fix as one line, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # The reader, such as `head`, stopped early: not an error.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit from None
        except (QueryError, OSError, _source_error()) as wrong:
            fail(wrong)


def _source_error() -> type[Exception]:
    """What a landing that can't be used raises; slow to import, and evaluated after an error."""
    from orchestration.sources import SourceError

    return SourceError


SampleOption = Annotated[bool, typer.Option("--sample", help="Use the sample, not the real votes.")]


def fail(words: object) -> NoReturn:
    """Print a message in red and exit with 1."""
    typer.secho(str(words), fg="red", err=True)
    raise typer.Exit(1)


def refuse_unknown(sources: Iterable[str]) -> None:
    """Exit with 1 if any of these is not the name of a source, naming the unknown ones."""
    from orchestration.sources import SOURCES

    if unknown := set(sources) - set(SOURCES):
        fail(f"No such source: {', '.join(sorted(unknown))}. Sources: {', '.join(SOURCES)}.")


def tell_mended(layout: Layout, job: str) -> None:
    """Tell those who get alerts that this command did what the last run of a job failed to do."""
    from orchestration.alerts.tell import tell_mended as told

    try:
        done = told(layout, job)
    except OSError as wrong:
        done = [f"not delivered: {wrong}"]
    for words in done:
        typer.secho(f"alert: {words}", fg="yellow", err=True)


def end(status: int) -> None:
    """Exit with this status, unless it is 0."""
    if status:
        raise typer.Exit(status)
