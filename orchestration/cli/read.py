"""The commands that read what is published or landed: `status`, `query`, `tables` and more.

Belongs here: their options and exit statuses. Not here: what they read (published/, sources/), or
tables (terminal.py), but for the list of sources.
"""

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from orchestration.cli.shared import SampleOption, end, fail
from orchestration.layout import Layout
from orchestration.published.query import QueryError, as_table, run_query, write_result


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def status(
    sample: SampleOption = False,
    sessions: Annotated[
        bool, typer.Option("--sessions", help="The sessions of each source, and its known gaps.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="All of it as JSON.")] = False,
) -> None:
    """Tell how fresh and how complete the published file is, the verdict first.

    Exit status: 0 fresh; 3 fresh, but a source refused a file or was not reached; 4 stale; 5 the
    last build was refused, and the one before it is served; 1 nothing is published or readable.
    """
    from orchestration.cli.terminal import print_sessions, print_status, print_unreadable
    from orchestration.published.status import facts, unreadable
    from orchestration.run.console import console

    layout = Layout.from_environment()
    try:
        said = facts(layout, sample)
    except QueryError as wrong:
        said = unreadable(layout, sample, str(wrong))
    if as_json:
        typer.echo(json.dumps(said, default=str, indent=2, ensure_ascii=False))
    elif "publication" not in said:
        print_unreadable(console, said)
    elif sessions:
        print_sessions(console, said)
    else:
        print_status(console, said)
    end(said["verdict"]["exit_status"])


def query(
    sql: Annotated[
        str | None,
        typer.Argument(
            help="One query, e.g. 'select * from marts.freshness'; - reads it from standard input."
        ),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="Read the query from this file.")
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format", help="How rows are written [default: as the output is named, else table]."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="The file to write to: .csv, .json or .parquet.")
    ] = None,
    sample: SampleOption = False,
) -> None:
    """Ask the published file one SQL query; nothing can be changed by it."""
    if (sql is None) == (file is None):
        fail("One query is asked: as an argument, from standard input (-), or with --file FILE.")
    if file:
        sql = file.read_text(encoding="utf-8")
    elif sql == "-":
        sql = sys.stdin.read()
    form = form or _named_by(output)
    if form is Format.TABLE and output:
        fail("A drawn table goes to a terminal only: csv, json and parquet go to a file.")
    if form is Format.PARQUET and output is None:
        fail("Parquet is not for a terminal: say where to with --output FILE.")
    relation = run_query(Layout.from_environment().published(sample), str(sql))
    if form is Format.TABLE:
        typer.echo(as_table(relation))
    else:
        write_result(relation, form.value, output)


def _named_by(output: Path | None) -> Format:
    """The format that the name of a file asks for; a drawn table goes to a terminal only."""
    if output is None:
        return Format.TABLE
    kind = output.suffix.removeprefix(".").lower()
    if kind not in set(Format) - {Format.TABLE}:
        fail(f"{output}: name it .csv, .json or .parquet, or say which it is with --format.")
    return Format(kind)


def tables(sample: SampleOption = False) -> None:
    """List the tables, views and functions there are for queries, with what each holds."""
    from orchestration.cli.terminal import print_tables
    from orchestration.published.catalogue import tables
    from orchestration.run.console import console

    print_tables(console, tables(Layout.from_environment().published(sample)))


def describe(
    name: Annotated[str, typer.Argument(help="A table, view or function, e.g. cohesion.")],
    sample: SampleOption = False,
) -> None:
    """Describe one table, view or function: its columns or arguments, and a query to begin with."""
    from orchestration.cli.terminal import print_described
    from orchestration.published.catalogue import describe
    from orchestration.run.console import console

    print_described(console, describe(Layout.from_environment().published(sample), name), sample)


def sources(sample: SampleOption = False) -> None:
    """List the sources: what is landed, from where, licence and citation."""
    from orchestration.run.console import console
    from orchestration.sources import SOURCES, landed_releases

    landing = Layout.from_environment().landing(sample)
    for name, module in SOURCES.items():
        console.print(f"[bold]{name}[/bold]: {module.source.title}", soft_wrap=True)
        for label in ("url", "licence", "terms", "citation"):
            words = getattr(module.source, label)
            console.print(f"  {label:9} {words}", soft_wrap=True, markup=False)
        table = Table("release", "file", "bytes", "sha256", "from")
        for release in landed_releases(landing, name):
            for file in release.files:
                table.add_row(
                    release.name, file.name, f"{file.size:,}", file.sha256[:12], str(file.url)
                )
        console.print(table if table.row_count else "  nothing landed")


def topics_evaluation(
    holdout_to: Annotated[
        int | None, typer.Option(help="Last of the three hidden years [default: the newest].")
    ] = None,
    sample: SampleOption = False,
) -> None:
    """Show how well Voeten's codes are carried forward, and what the study's topics leave over."""
    from orchestration.published.topics_evaluation import topics_evaluation
    from orchestration.run.console import console

    file = Layout.from_environment().published(sample)
    console.print(topics_evaluation(file, holdout_to))
