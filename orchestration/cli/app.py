"""The command `unga`: which commands there are, in the order in which `unga --help` lists them.

Belongs here: the list. Not here: any command.
"""

import typer

from orchestration.cli.read import query, sources, status, topics_evaluation
from orchestration.cli.refresh import refresh, sample, ui
from orchestration.cli.report import report
from orchestration.cli.review import review
from orchestration.cli.shared import OneLineErrors

app = typer.Typer(
    cls=OneLineErrors,
    help="The recorded votes of the UN General Assembly, in one checked DuckDB file.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    report,
    refresh,
    sample,
    status,
    query,
    sources,
    topics_evaluation,
    review,
    ui,
):
    app.command()(command)
