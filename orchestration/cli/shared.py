"""What all commands share: errors in one line, how a command ends, the option --sample.

Belongs here: what more than one family of commands uses. Not here: any command, or tables
(terminal.py).
"""

import os
import sys
from collections.abc import Iterable
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from orchestration.published.query import QueryError


class OneLineErrors(TyperGroup):
    """Errors that a person can fix are one line, without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # The reader, such as `head`, has enough; nothing is wrong.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit from None
        except (QueryError, OSError) as wrong:
            fail(wrong)


SampleOption = Annotated[bool, typer.Option("--sample", help="Of the sample, not the real votes.")]


def fail(words: object) -> NoReturn:
    """Print a message in red and exit with 1."""
    typer.secho(str(words), fg="red", err=True)
    raise typer.Exit(1)


def refuse_unknown(sources: Iterable[str]) -> None:
    """Exit with 1, naming them, if any of these is not the name of a source."""
    from orchestration.sources import SOURCES

    if unknown := set(sources) - set(SOURCES):
        fail(f"No such source: {', '.join(sorted(unknown))}. Sources: {', '.join(SOURCES)}.")


def end(status: int) -> None:
    """Exit with this status, unless it is 0."""
    if status:
        raise typer.Exit(status)
