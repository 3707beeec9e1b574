"""The command `unga`: which commands there are, in the order in which `unga --help` lists them.

Belongs here: the list. Not here: any command.
"""

import atexit
import gc
from importlib.metadata import version
from typing import Annotated

import typer

from orchestration.cli.alert import alert
from orchestration.cli.changes import diff, rollback
from orchestration.cli.cite import cite
from orchestration.cli.clean import clean
from orchestration.cli.doctor import doctor
from orchestration.cli.estimate import estimate
from orchestration.cli.explore import explore
from orchestration.cli.export import export
from orchestration.cli.pairs import attach, pairs
from orchestration.cli.read import (
    describe,
    query,
    sources,
    status,
    tables,
    topics_evaluation,
    topics_review,
)
from orchestration.cli.refresh import refresh, sample
from orchestration.cli.report import report
from orchestration.cli.review import review
from orchestration.cli.serve import serve
from orchestration.cli.shared import OneLineErrors
from orchestration.cli.ui import ui

app = typer.Typer(
    cls=OneLineErrors,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo(f"unga {version('unga-vote-warehouse')}")
        raise typer.Exit


@app.callback()
def unga(
    told: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """The recorded votes of the UN General Assembly, in one checked DuckDB file."""
    # On exit Python looks through all objects once more, which takes more than a second after a
    # refresh; the system frees all memory anyway.
    atexit.register(gc.freeze)


for command in (
    explore,
    report,
    refresh,
    sample,
    estimate,
    status,
    tables,
    describe,
    query,
    sources,
    export,
    pairs,
    attach,
    cite,
    diff,
    rollback,
    topics_evaluation,
    topics_review,
    review,
    clean,
    doctor,
    ui,
    serve,
    alert,
):
    app.command()(command)
