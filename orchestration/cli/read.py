"""The commands that read published or landed data: `status`, `query`, `tables` and more.

Belongs here: their options and exit statuses. Not here: what they read (published/, sources/), or
tables (terminal.py), except for the list of sources.
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
        bool, typer.Option("--sessions", help="Show each source's sessions and known gaps.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
) -> None:
    """Show how fresh and how complete the published file is, the verdict first.

    Exit status: 0 fresh; 3 fresh, but a source file was refused or a source not reached; 4 stale;
    5 the last build was refused and its predecessor is served; 1 nothing is published or readable.
    """
    from orchestration.alerts.tell import undelivered
    from orchestration.cli.terminal import print_sessions, print_status, print_unreadable
    from orchestration.published.status import facts, unreadable
    from orchestration.run.console import console

    layout = Layout.from_environment()
    try:
        said = facts(layout, sample)
    except QueryError as wrong:
        said = unreadable(layout, sample, str(wrong))
    if not sample:
        said["needs_a_person"] += undelivered(layout)
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
            help="The query, e.g. 'select * from marts.freshness'; - reads it from standard input."
        ),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", "-f", help="Read the query from this file.")
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format", help="Output format [default: the output file's extension, else table]."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help="The file to write: .csv, .json or .parquet.")
    ] = None,
    beside: Annotated[
        Path | None,
        typer.Option(
            "--with", help="Also a result of `unga pairs`, as counted_pairs and counted_cohesion."
        ),
    ] = None,
    sample: SampleOption = False,
) -> None:
    """Run one SQL query on the published file; a query can't change anything."""
    if (sql is None) == (file is None):
        fail("Give one query: as an argument, on standard input (-), or with --file FILE.")
    if file:
        sql = file.read_text(encoding="utf-8")
    elif sql == "-":
        sql = sys.stdin.read()
    form = form or _named_by(output)
    if form is Format.TABLE and output:
        fail("A drawn table is for a terminal only: write csv, json or parquet to a file.")
    if form is Format.PARQUET and output is None:
        fail("Parquet can't be shown on a terminal: name a file with --output FILE.")
    published = Layout.from_environment().published(sample)
    first = ""
    if beside:
        from orchestration.published.attached import views

        first = views(beside, published, temporary=True)
    relation = run_query(published, str(sql), first, beside)
    if form is Format.TABLE:
        typer.echo(as_table(relation))
    else:
        write_result(relation, form.value, output)


def _named_by(output: Path | None) -> Format:
    """The format by the file's extension; a drawn table is for a terminal only."""
    if output is None:
        return Format.TABLE
    kind = output.suffix.removeprefix(".").lower()
    if kind not in set(Format) - {Format.TABLE}:
        fail(f"{output}: use the extension .csv, .json or .parquet, or set --format.")
    return Format(kind)


def tables(sample: SampleOption = False) -> None:
    """List the tables, views and functions available for queries, with what each holds."""
    from orchestration.cli.terminal import print_tables
    from orchestration.published.catalogue import tables
    from orchestration.run.console import console

    print_tables(console, tables(Layout.from_environment().published(sample)))


def describe(
    name: Annotated[str, typer.Argument(help="A table, view or function, e.g. cohesion.")],
    sample: SampleOption = False,
) -> None:
    """Describe one table, view or function: its columns or arguments, and a first query."""
    from orchestration.cli.terminal import print_described
    from orchestration.published.catalogue import describe
    from orchestration.run.console import console

    print_described(console, describe(Layout.from_environment().published(sample), name), sample)


def sources(sample: SampleOption = False) -> None:
    """List the sources: what has landed, from where, licence and citation."""
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
    """Show how right the topics are, how well codes are carried forward, what has no topic."""
    from orchestration.published.topics_evaluation import topics_evaluation
    from orchestration.run.console import console

    file = Layout.from_environment().published(sample)
    console.print(topics_evaluation(file, holdout_to))


def topics_review(
    topic: Annotated[
        str | None, typer.Option(help="Differences on this topic of the study only.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many resolutions to list.")] = 20,
    sample: SampleOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
) -> None:
    """List the resolutions whose topics are least certain: rules and second opinion differ."""
    from orchestration.published.topics_review import as_text, least_certain

    rows = least_certain(Layout.from_environment().published(sample), topic, limit)
    if as_json:
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        none = "The file has no second opinion: too few of its resolutions were coded."
        typer.echo(as_text(rows) or none)
