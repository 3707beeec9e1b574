"""The command line, `unga`.

Belongs here: commands, their options, and what a person sees. Not here: what a command does with
data (the module it calls).
"""

import csv
import json
import os
import shutil
import sys
import traceback
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import IO, Annotated, Any, NoReturn

import typer
from rich.table import Table
from typer.core import TyperGroup

from orchestration.layout import DBT_PROJECT, ROOT, Layout, code_version, mirror_from_environment
from orchestration.outcomes import Outcome, blocking_of_last_run
from orchestration.query import QueryError, as_table, rows_of, run_query, write_result
from orchestration.study_report.command import report


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
    help="Every recorded vote of the UN General Assembly, in one checked DuckDB file.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(report)

EXPECTED = DBT_PROJECT / "seeds" / "completeness" / "expected_roll_calls.csv"
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


def _dagster_home(layout: Layout) -> None:
    """Point Dagster at this warehouse's own record of runs, with telemetry off."""
    layout.dagster_home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "dagster.yaml", layout.dagster_home / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(layout.dagster_home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = os.environ["DO_NOT_TRACK"] = "1"


@app.command()
def refresh(
    source: Annotated[
        list[str] | None, typer.Option(help="Ask only this source for something newer.")
    ] = None,
    session: Annotated[
        list[str] | None, typer.Option(help="Fetch only this session, e.g. 79 or ES-11.")
    ] = None,
    force: Annotated[bool, typer.Option(help="Build even if nothing is newer.")] = False,
) -> None:
    """Fetch what is newer, build, check, and publish warehouse/unga.duckdb."""
    from orchestration.report import code_in
    from orchestration.sources import SOURCES, Origin, SourceError
    from orchestration.updates import updates

    if unknown := set(source or []) - set(SOURCES):
        _fail(f"No such source: {', '.join(sorted(unknown))}. Sources: {', '.join(SOURCES)}.")
    layout = Layout.from_environment()
    published = layout.published(synthetic=False)
    if published.exists() and not force:
        try:
            found = updates(
                layout, Origin.from_environment(), source or [], session or [], land=True
            )
        except SourceError as wrong:
            _fail(wrong)
        refused = [file for landed in found.outcomes.values() for file in landed.refused]
        for file in refused:
            typer.secho(str(file), fg="red", err=True)
        newer = list(found.newer)
        if code_in(published) != code_version():
            newer.append("the code or the seeds have changed")
        if not newer:
            typer.echo(
                f"Nothing is newer than what {published} was built from: same releases, same code. "
                "`unga refresh --force` builds again."
            )
            raise typer.Exit(3 if refused else 0)
        for reason in newer:
            typer.echo(f"newer: {reason}")
    _run(layout, {"fetch": source or [], "sessions": session or []})


@app.command()
def sample() -> None:
    """Build warehouse/sample.duckdb from an invented Assembly, to try things on."""
    _run(Layout.from_environment(), {"synthetic": True})


def _run(layout: Layout, config: dict[str, Any]) -> None:
    """Run the refresh in this process, with one line a step, and end with what came out."""
    _dagster_home(layout)
    log = layout.folder / "refresh.log"
    terminal = _terminal_apart(log)
    from orchestration.progress import console

    console.file = terminal
    before = {file: _stamp(file) for file in map(layout.published, (False, True))}
    try:
        whole = _execute(layout, config)
    except Exception as unexpected:
        traceback.print_exc()
        console.print(
            f"✗ {unexpected}\nmore in {log}", style="bold red", markup=False, soft_wrap=True
        )
        whole = False
    published = [file for file, was in before.items() if _stamp(file) != was]
    if not published:
        console.print("Not published: the last good file is as it was.", style="bold red")
        logs = [it for it in map(layout.checks_log, (False, True)) if it.exists()]
        if logs:
            newest = max(logs, key=lambda it: it.stat().st_mtime)
            console.print(f"every check     {newest}", soft_wrap=True)
        console.print(f"data docs       {layout.data_docs}", soft_wrap=True)
        raise typer.Exit(1)
    from orchestration.report import print_summary

    print_summary(console, published[0])
    if not whole:
        console.print(
            "Published; but not all that is made from the file, as said above: exports and report "
            "may be those of the file before. `unga refresh --force` makes them again.",
            style="bold red",
        )
        raise typer.Exit(1)


def _terminal_apart(log: Path) -> IO[str]:
    """The terminal for the lines of progress alone; all else that is printed goes to the log."""
    terminal = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    with log.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    return terminal


def _stamp(file: Path) -> tuple[int, int] | None:
    """What differs once another file has taken the place; None if there is none."""
    return (file.stat().st_ino, file.stat().st_mtime_ns) if file.exists() else None


def _execute(layout: Layout, config: dict[str, Any]) -> bool:
    """Run the job; whether all of its steps ended well."""
    import dagster as dg

    from orchestration.definitions import build_defs

    job = build_defs().resolve_job_def("refresh")
    with dg.DagsterInstance.get() as instance:
        result = job.execute_in_process(
            run_config={
                "loggers": {"progress": {}},
                "resources": {"warehouse": {"config": config | {"folder": str(layout.folder)}}},
            },
            instance=instance,
            raise_on_error=False,
        )
    return result.success


@app.command()
def status(
    sample: SampleOption = False,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Tell how fresh and how complete the published file is."""
    from orchestration.progress import console
    from orchestration.report import facts, print_status

    layout = Layout.from_environment()
    file = layout.published(sample)
    run_id, blocking = blocking_of_last_run(layout.checks_log(sample))
    try:
        said = facts(file)
    except QueryError:
        _print_refused(run_id, blocking)
        raise
    said["refused"] = [outcome.line() for outcome in blocking]
    if as_json:
        typer.echo(json.dumps(said, default=str, indent=2, ensure_ascii=False))
        return
    print_status(console, file, said)
    _print_refused(run_id, blocking)


def _print_refused(run_id: str, blocking: Sequence[Outcome]) -> None:
    """Why the last run was not published, if it was not."""
    if blocking:
        typer.secho(f"The last run, {run_id}, was not published:", fg="red", bold=True)
        for outcome in blocking:
            typer.echo(f"  {outcome.line()}")


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
    from orchestration.progress import console
    from orchestration.sources import SOURCES, landed_releases

    landing = Layout.from_environment().landing(sample)
    for name, it in SOURCES.items():
        console.print(f"[bold]{name}[/bold]: {it.source.title}", soft_wrap=True)
        for label in ("url", "licence", "terms", "citation"):
            console.print(f"  {label:9} {getattr(it.source, label)}", soft_wrap=True, markup=False)
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
    from orchestration.progress import console
    from orchestration.topics_evaluation import topics_evaluation

    file = Layout.from_environment().published(sample)
    console.print(topics_evaluation(file, holdout_to))


@app.command()
def review(
    source: Annotated[str, typer.Option(help="The source, e.g. unxml.")],
    session: Annotated[str, typer.Option(help="The session, e.g. 81.")],
    write: Annotated[
        bool, typer.Option("--write", help="Take the found number in as the reviewed one.")
    ] = False,
    note: Annotated[str, typer.Option(help="Why the number is right.")] = "",
    sample: SampleOption = False,
) -> None:
    """Compare the roll calls found in a session with the reviewed number, and take it in."""
    layout = Layout.from_environment()
    assembly = "synthetic" if sample else "real"
    key = {"assembly": assembly, "source": source, "session": session}
    with EXPECTED.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns, rows = list(reader.fieldnames or []), list(reader)
    reviewed = next((row for row in rows if key.items() <= row.items()), None)
    found = _found_roll_calls(layout, source, session, sample)
    typer.echo(f"reviewed  {reviewed['roll_calls'] if reviewed else 'never'}")
    typer.echo(f"found     {found}")
    if not write:
        return
    if reviewed is None:
        reviewed = key | {"rule": "exact"}
        rows.append(reviewed)
    reviewed |= {"roll_calls": str(found), "reviewed_on": str(date.today())}
    reviewed["note"] = note or reviewed.get("note", "")
    with EXPECTED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    typer.echo(f"written to {EXPECTED}: look at it, then commit it")


def _found_roll_calls(layout: Layout, source: str, session: str, sample: bool) -> int:
    """What the newest build found, be it refused or published."""
    name = Layout.database_name(sample)
    builds = [*layout.build.glob(f"*/{name}"), layout.published(sample)]
    sql = (
        "select found_roll_calls from marts.completeness where (source, session) = "
        f"({_literal(source)}, {_literal(session)})"
    )
    for file in builds:
        try:
            found = rows_of(file, sql)
        except QueryError:
            continue
        if found:
            return int(found[0]["found_roll_calls"])
    _fail(f"No build has a session {session} of {source}: run `unga refresh` first.")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@app.command()
def ui(port: Annotated[int, typer.Option(help="The port on 127.0.0.1.")] = 3000) -> None:
    """Open the Dagster UI on 127.0.0.1 with the whole graph."""
    layout = Layout.from_environment()
    _dagster_home(layout)
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
