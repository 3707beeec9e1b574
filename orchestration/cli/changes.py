"""The commands on published files of before: `diff` and `rollback`.

Belongs here: their options, exit statuses, and what a person sees. Not here: the comparison
(published/changes.py), or which files are kept and how one is put back (published/kept.py).
"""

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.shared import SampleOption, end, fail
from orchestration.layout import Layout
from orchestration.published.changes import (
    SHOWN,
    TOLERANCE,
    Change,
    as_markdown,
    compare,
    in_words,
)
from orchestration.published.kept import Kept, KeptError, find, kept_files, of_file, put_back

# The exit status if the files differ; 1 is an error, as with every command.
DIFFERENT = 3


class Format(StrEnum):
    """How differences are written."""

    TEXT = "text"
    JSON = "json"
    MD = "md"


def diff(
    old: Annotated[
        str | None,
        typer.Argument(
            help="A published file, or the run of a kept one.",
            show_default="the newest kept one before the published one",
        ),
    ] = None,
    new: Annotated[
        str | None,
        typer.Argument(
            help="The file to compare it with, or its run.", show_default="the published one"
        ),
    ] = None,
    tolerance: Annotated[
        float,
        typer.Option(min=0, help="List pair measures that moved by more than this."),
    ] = TOLERANCE,
    everything: Annotated[bool, typer.Option("--all", help="List every row.")] = False,
    form: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.TEXT,
    sample: SampleOption = False,
) -> None:
    """Show what differs between two published files: roll calls, votes, states, topics, columns.

    What belongs to a run, such as when it was published, does not count. Exit status: 0 the same;
    3 different; 1 a file is missing or can't be read.
    """
    layout = Layout.from_environment()
    published = layout.published(sample)
    try:
        after = _named(layout, sample, new) if new else of_file(published)
        before = _named(layout, sample, old) if old else _kept_before(layout, sample, after)
    except KeptError as none:
        fail(none)
    changes = compare(before.file, after.file, tolerance, None if everything else SHOWN)
    match form:
        case Format.JSON:
            typer.echo(_as_json(before, after, tolerance, changes))
        case Format.MD:
            typer.echo(
                as_markdown(f"What {after} changed", f"Compared with {before}.", changes), nl=False
            )
        case _:
            _print(before, after, changes)
    end(DIFFERENT if changes else 0)


def _named(layout: Layout, sample: bool, name: str) -> Kept:
    """The file of this path, else the kept file of this run."""
    return of_file(Path(name)) if Path(name).is_file() else find(layout, sample, name)


def _kept_before(layout: Layout, sample: bool, after: Kept) -> Kept:
    """The newest kept file that is not newer than another; raises KeptError if there is none."""
    for kept in kept_files(layout, sample):
        if kept.published_at <= after.published_at:
            return kept
    raise KeptError(
        f"No published file of before is kept in {layout.kept(sample)} to compare with: the next "
        "publication keeps one, or name two files."
    )


def _as_json(before: Kept, after: Kept, tolerance: float, changes: Sequence[Change]) -> str:
    files = {
        name: {"file": str(of.file), "run_id": of.run_id, "published_at": of.published_at}
        for name, of in (("old", before), ("new", after))
    }
    told = [{"what": change.what, "count": change.count, "rows": change.rows} for change in changes]
    said = files | {"tolerance": tolerance, "changes": told}
    return json.dumps(said, default=str, indent=2, ensure_ascii=False)


def _print(before: Kept, after: Kept, changes: Sequence[Change]) -> None:
    """The counts, then the rows of each kind."""
    for label, of in (("old", before), ("new", after)):
        typer.echo(f"{label}  {of}\n     {of.file}")
    if not changes:
        typer.echo("Nothing differs.")
    for change in changes:
        typer.echo(f"{change.count:>9,}  {change.what}")
    for change in changes:
        typer.echo(f"\n{change.what}")
        for row in change.rows:
            typer.echo(f"  {in_words(row)}")
        if change.count > len(change.rows):
            typer.echo(f"  and {change.count - len(change.rows):,} more: --all")


def rollback(
    run: Annotated[
        str,
        typer.Argument(
            help="The run of the kept file, or the first letters of it.",
            show_default="the newest kept one",
        ),
    ] = "",
    sample: SampleOption = False,
) -> None:
    """Put a kept published file back in place of the published one, which is kept.

    Readers of the published file are not disturbed. Exports and reports stay as they are. Exit
    status: 0 done; 1 there is no such file, it can't be read, or a refresh is running.
    """
    from orchestration.run.lock import RefreshRefusedError

    layout = Layout.from_environment()
    published = layout.published(sample)
    try:
        back, replaced = put_back(layout, sample, run)
    except (KeptError, RefreshRefusedError) as wrong:
        fail(f"{wrong}\nThe published file is as it was.")
    typer.echo(f"put back    {back}")
    typer.echo(f"published   {published}")
    if replaced:
        named = f"{replaced.run_id[:8]}{' --sample' if sample else ''}"
        typer.echo(f"kept        {replaced}")
        typer.echo(f"            {replaced.file}")
        typer.echo(f"to compare  unga diff {named}")
        typer.echo(f"to return   unga rollback {named}")
    if layout.exports(sample).exists():
        typer.echo("The exports and the reports are still those of the file that was replaced.")
