"""The command line, `unga`.

Belongs here: commands, their options, and what a person sees. Not here: what a command does with
data (the module it calls).
"""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

from orchestration.layout import Layout, code_version, mirror_from_environment
from orchestration.query import QueryError, as_table, run_query, write_result
from orchestration.study_report.command import report

if TYPE_CHECKING:
    from orchestration.review import Reviewed
    from orchestration.running import Run

# What `unga refresh` ends with when all is published or nothing is newer, and yet not all is well.
REFUSED_A_FILE = 3
NOT_IN_REACH = 4


class OneLineErrors(TyperGroup):
    """What a person can put right is said in one line, without the way there."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except (QueryError, OSError) as wrong:
            _fail(wrong)


app = typer.Typer(
    cls=OneLineErrors,
    help="The recorded votes of the UN General Assembly, in one checked DuckDB file.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(report)

SampleOption = Annotated[bool, typer.Option("--sample", help="Of the sample, not the real votes.")]


class Format(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def _fail(words: object) -> NoReturn:
    typer.secho(str(words), fg="red", err=True)
    raise typer.Exit(1)


@app.command()
def refresh(
    source: Annotated[
        list[str] | None, typer.Option(help="Ask only this source for something newer.")
    ] = None,
    session: Annotated[
        list[str] | None, typer.Option(help="Fetch only this session, e.g. 79 or ES-11.")
    ] = None,
    force: Annotated[bool, typer.Option(help="Build even if nothing is newer.")] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help="End with 4 if a source could not be reached; what is landed is built anyway.",
        ),
    ] = False,
) -> None:
    """Fetch what is newer, build, check, and publish warehouse/unga.duckdb.

    Exit status: 0 published or nothing newer; 1 not published; 3 as 0, but a file of a source was
    refused; 4 a source could not be reached (with --strict), or none was and only the sample was
    built.
    """
    from orchestration.review import ReviewError
    from orchestration.sources import SOURCES, SourceError

    if unknown := set(source or []) - set(SOURCES):
        _fail(f"No such source: {', '.join(sorted(unknown))}. Sources: {', '.join(SOURCES)}.")
    layout = Layout.from_environment()
    console = _console_apart(layout)
    try:
        status = _refresh(console, layout, source or [], session or [], force, strict)
    except (QueryError, ReviewError, SourceError, OSError) as wrong:
        console.print(str(wrong), style="red", markup=False, soft_wrap=True)
        status = 1
    _end(status)


@app.command()
def sample() -> None:
    """Build warehouse/sample.duckdb from an invented Assembly, to try things on."""
    layout = Layout.from_environment()
    _end(0 if _run(_console_apart(layout), layout, {"synthetic": True}).whole else 1)


def _end(status: int) -> None:
    """End the command, unless all is well."""
    if status:
        raise typer.Exit(status)


def _console_apart(layout: Layout) -> Console:
    """The console of a refresh: it alone speaks on the terminal, all else goes to the log."""
    from orchestration.running import dagster_home, terminal_apart
    from orchestration.terminal import console

    dagster_home(layout)
    console.file = terminal_apart(layout.log)
    return console


def _refresh(
    console: Console,
    layout: Layout,
    sources: Sequence[str],
    sessions: Sequence[str],
    force: bool,
    strict: bool,
) -> int:
    """Ask, build if there is a reason to, tell what came out; the exit status."""
    config: dict[str, Any] = {"fetch": sources, "sessions": sessions}
    if layout.published(synthetic=False).exists() and not force:
        reasons = _ask(layout, sources, sessions)
        if not reasons:
            return _tell_nothing_newer(console, layout, sources, strict)
        for reason in reasons:
            console.print(f"newer: {reason}", markup=False, soft_wrap=True)
        config["asked"] = True
    run = _run(console, layout, config)
    status = _tell_visits(console, layout, sources, strict)
    if not run.whole:
        return 1
    if run.published == layout.published(synthetic=True):
        console.print(
            "No source could be reached and none is landed: only the SYNTHETIC SAMPLE was built, "
            f"{run.published}. There are no real votes in it.",
            style="bold red",
            soft_wrap=True,
        )
        return NOT_IN_REACH
    return status


def _ask(layout: Layout, sources: Sequence[str], sessions: Sequence[str]) -> list[str]:
    """Land what is newer; why there is something to build, in words."""
    from orchestration import review
    from orchestration.sources import Origin
    from orchestration.status import code_in
    from orchestration.updates import updates

    published = layout.published(synthetic=False)
    newer = updates(layout, Origin.from_environment(), sources, sessions, land=True).newer
    if code_in(published) != code_version():
        newer.append("the code or the seeds have changed")
    if review.is_changed(layout, published):
        newer.append(f"the reviews in {layout.reviews} have changed")
    return newer


def _tell_nothing_newer(
    console: Console, layout: Layout, sources: Sequence[str], strict: bool
) -> int:
    """Say that nothing is newer, as far as is known; the exit status."""
    from orchestration.sources import Outcome
    from orchestration.status import has_ended, visits_to

    published = layout.published(synthetic=False)
    faults = (Outcome.NOT_IN_REACH, Outcome.REFUSED)
    at_fault = [
        name
        for name, visit in visits_to(layout, sources).items()
        if any(has_ended(visit, outcome) for outcome in faults)
    ]
    if at_fault:
        console.print(
            f"Nothing newer was found, but not all of {', '.join(at_fault)} could be asked or "
            f"read: {published} stays as it is.",
            style="bold red",
            soft_wrap=True,
        )
    else:
        console.print(
            f"Nothing is newer than what {published} was built from: same releases, same code. "
            "`unga refresh --force` builds again.",
            soft_wrap=True,
        )
    return _tell_visits(console, layout, sources, strict)


def _tell_visits(console: Console, layout: Layout, sources: Sequence[str], strict: bool) -> int:
    """Say what happened at each source; the exit status that follows from it."""
    from orchestration.sources import Outcome
    from orchestration.status import has_ended, visits_to
    from orchestration.terminal import print_visits

    visits = visits_to(layout, sources)
    print_visits(console, visits)
    if any(has_ended(visit, Outcome.REFUSED) for visit in visits.values()):
        return REFUSED_A_FILE
    out_of_reach = any(has_ended(visit, Outcome.NOT_IN_REACH) for visit in visits.values())
    return NOT_IN_REACH if strict and out_of_reach else 0


def _run(console: Console, layout: Layout, config: dict[str, Any]) -> "Run":
    """Run the refresh with one line a step, and tell what came out."""
    from orchestration.running import run_refresh
    from orchestration.status import asks_for_review, summary, unreviewed_in_last_build
    from orchestration.terminal import print_summary

    run = run_refresh(layout, config)
    if run.error:
        console.print(
            f"✗ {run.error}\nmore in {layout.log}", style="bold red", markup=False, soft_wrap=True
        )
    if not run.published:
        console.print("Not published: the last good file is as it was.", style="bold red")
        synthetic = bool(config.get("synthetic"))
        for row in unreviewed_in_last_build(layout, synthetic):
            console.print(asks_for_review(row, synthetic), style="yellow", soft_wrap=True)
        logs = [log for log in map(layout.checks_log, (False, True)) if log.exists()]
        if logs:
            newest = max(logs, key=lambda log: log.stat().st_mtime)
            console.print(f"every check     {newest}", soft_wrap=True)
        console.print(f"data docs       {layout.data_docs}", soft_wrap=True)
        return replace(run, whole=False)
    print_summary(console, summary(run.published))
    if not run.whole:
        console.print(
            "Published; but not all that is made from the file, as said above: exports and report "
            "may be those of the file before. `unga refresh --force` makes them again.",
            style="bold red",
        )
    return run


@app.command()
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
    from orchestration.status import facts, unreadable
    from orchestration.terminal import console, print_sessions, print_status, print_unreadable

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
    _end(said["verdict"]["exit_status"])


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One query, e.g. 'select * from marts.freshness'.")],
    form: Annotated[Format, typer.Option("--format", help="How rows are written.")] = Format.TABLE,
    output: Annotated[Path | None, typer.Option(help="The file to write to.")] = None,
    sample: SampleOption = False,
) -> None:
    """Ask the published file one SQL query; nothing can be changed by it."""
    file = Layout.from_environment().published(sample)
    relation = run_query(file, sql)
    if form is Format.PARQUET and output is None:
        _fail("Parquet is not for a terminal: say where to with --output FILE.")
    if form is not Format.TABLE:
        write_result(relation, form.value, output)
    elif output:
        output.write_text(as_table(relation) + "\n", encoding="utf-8")
    else:
        typer.echo(as_table(relation))


@app.command()
def sources(sample: SampleOption = False) -> None:
    """List the sources: what is landed, from where, licence and citation."""
    from orchestration.sources import SOURCES, landed_releases
    from orchestration.terminal import console

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


@app.command()
def topics_evaluation(
    holdout_to: Annotated[
        int | None, typer.Option(help="Last of the three hidden years [default: the newest].")
    ] = None,
    sample: SampleOption = False,
) -> None:
    """Show how well Voeten's codes are carried forward, and what the study's topics leave over."""
    from orchestration.terminal import console
    from orchestration.topics_evaluation import topics_evaluation

    file = Layout.from_environment().published(sample)
    console.print(topics_evaluation(file, holdout_to))


@app.command()
def review(
    source: Annotated[str, typer.Option(help="The source, e.g. unxml.")],
    session: Annotated[str, typer.Option(help="The session, e.g. 81.")],
    write: Annotated[
        bool, typer.Option("--write", help="Keep the found number as reviewed, in this warehouse.")
    ] = False,
    to_seed: Annotated[
        bool,
        typer.Option("--to-seed", help="Write it into the project's seed: for its maintainers."),
    ] = False,
    note: Annotated[str, typer.Option(help="Why the number is right.")] = "",
    sample: SampleOption = False,
) -> None:
    """Compare the roll calls found in a session with the reviewed number, and take it in."""
    from orchestration import review

    if write and sample:
        _fail("The sample's numbers are the project's own: --to-seed writes them.")
    layout = Layout.from_environment()
    try:
        _review(layout, source, session, write, to_seed, note, sample)
    except review.ReviewError as wrong:
        _fail(wrong)


def _review(
    layout: Layout,
    source: str,
    session: str,
    write: bool,
    to_seed: bool,
    note: str,
    sample: bool,
) -> None:
    """Tell what was reviewed and what is found, and keep it where it was asked for."""
    from orchestration import review
    from orchestration.sources import SOURCES

    if source not in SOURCES:
        raise review.ReviewError(f"No such source: {source}. Sources: {', '.join(SOURCES)}.")
    counted = review.found(layout, source, session, sample)
    before = review.reviewed(layout, source, session, sample)
    if before:
        whose = "in this warehouse" if before.own else "in the project's seed"
        typer.echo(f"reviewed  {before.roll_calls}, {whose}")
    else:
        typer.echo("reviewed  never")
    typer.echo(f"found     {counted.roll_calls}, through {counted.through}")
    if not (write or to_seed):
        typer.echo(_conclusion(before, counted.roll_calls))
    if write:
        file = review.write_own(layout, source, session, counted, note)
        typer.echo(f"written to {file}; next: unga refresh")
    if to_seed:
        file = review.write_seed(layout, source, session, counted, note, sample)
        typer.echo(f"written to {file}: look at it, then commit it")


def _conclusion(before: "Reviewed | None", found: int) -> str:
    """What the comparison says, and what a person can do about it."""
    take_in = "--write takes the found number in"
    if before is None:
        return f"Nobody has reviewed this session: {take_in}, if it is right."
    if found == before.roll_calls or (before.rule == "at_least" and found > before.roll_calls):
        return "As reviewed: nothing to do."
    how = "fewer" if found < before.roll_calls else "more"
    return f"{how.capitalize()} than reviewed: {take_in}, if it is right."


@app.command()
def ui(port: Annotated[int, typer.Option(help="The port on 127.0.0.1.")] = 3000) -> None:
    """Open the Dagster UI on 127.0.0.1 with the whole graph."""
    from orchestration.running import dagster_home

    layout = Layout.from_environment()
    dagster_home(layout)
    # Named from here, before moving to where Dagster finds one configuration, its own.
    os.environ |= {"UNGA_WAREHOUSE": str(layout.folder), "UNGA_MIRROR": mirror_from_environment()}
    os.chdir(layout.dagster_home)
    dagster = str(Path(sys.executable).with_name("dagster"))
    os.execv(
        dagster,
        [dagster, "dev", "-m", "orchestration.definitions", "-h", "127.0.0.1", "-p", str(port)],
    )


if __name__ == "__main__":
    app()
