"""The command `export`.

Belongs here: its options, what they may be, progress, and what a person sees. Not here: the files
(published/exports/).
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.shared import SampleOption, fail, tell_mended
from orchestration.layout import Layout

_YEARS = re.compile(r"(\d{4})(?:-(\d{4}))?")


def export(
    files: Annotated[
        list[str] | None,
        typer.Argument(help="Files, e.g. states dyads.", show_default="all"),
    ] = None,
    states: Annotated[
        str | None,
        typer.Option(help="Rows of these states, e.g. KAZ,Türkiye; dyads with at least one."),
    ] = None,
    years: Annotated[
        str | None, typer.Option(help="Rows of these years, e.g. 1992-2000,2022.")
    ] = None,
    topics: Annotated[
        str | None,
        typer.Option(help="These topics, e.g. all,study:disarmament; votes on them."),
    ] = None,
    measures: Annotated[
        str | None, typer.Option(help="These measures of dyads, e.g. agree3un,kappavv.")
    ] = None,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="parquet, csv, dta (Stata), rds (R), or several.",
            show_default="each file's usual ones",
        ),
    ] = None,
    ordered: Annotated[
        bool, typer.Option("--ordered", help="Each dyad in both orders, not in one.")
    ] = False,
    public: Annotated[
        bool,
        typer.Option(
            "--public", help="Without rows of the UN Digital Library, to be redistributed."
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            help="The folder to write; needed for a part of the files or rows.",
            show_default="exports, or exports-public, in the warehouse",
        ),
    ] = None,
    sample: SampleOption = False,
) -> None:
    """Write files for R, Stata, pandas and others: states, dyads, votes, roll calls and more.

    The folder gets a README and a data package that describe each column. It is replaced as a
    whole, or stays as it was. Exit status: 0 written; 1 not.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from orchestration.published.exports import Asked, ExportError
    from orchestration.published.exports import export as write
    from orchestration.published.exports.tables import topics_named
    from orchestration.run.console import console

    asked = Asked(
        states=tuple(_listed(states)),
        years=tuple(_years(years)),
        topics=topics_named(_listed(topics)),
        measures=tuple(_listed(measures)),
        ordered=ordered,
    )
    if output is None and (files or not asked.is_everything or form):
        fail(
            "A part of the files or rows, or other formats, would take the place of the whole "
            "export: name a folder of its own with --output FOLDER."
        )
    layout = Layout.from_environment()
    usual = layout.exports_public(sample) if public else layout.exports(sample)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} of {task.total} files"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("reading", total=None)

        def tell(name: str, done: int, total: int) -> None:
            bar.update(task, description=name, completed=done, total=total)

        try:
            written = write(
                layout.published(sample),
                output or usual,
                files or (),
                asked,
                _listed(form),
                public,
                tell,
            )
        except ExportError as wrong:
            bar.stop()
            fail(wrong)
    typer.echo(f"files       {len(written.files)}, {written.size / 1e6:,.1f} MB")
    typer.echo(f"folder      {written.folder}")
    if written.left_out:
        typer.echo(f"left out    {written.left_out}")
    if output is None and not sample:
        tell_mended(layout, "exports_public" if public else "exports")


def _listed(words: str | None) -> list[str]:
    """The words between commas."""
    return [word.strip() for word in (words or "").split(",") if word.strip()]


def _years(words: str | None) -> Iterable[int]:
    """The years of spans and single ones."""
    for word in _listed(words):
        found = _YEARS.fullmatch(word)
        if not found or (found[2] and found[2] < found[1]):
            fail(f"--years {word}: give years or spans of years, as in 1992-2000,2022.")
        yield from range(int(found[1]), int(found[2] or found[1]) + 1)
