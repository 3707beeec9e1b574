"""The commands `pairs` and `attach`.

Belongs here: their options, progress, and what a person sees. Not here: counting (the package
scale_out), or the views (published/attached.py).
"""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.shared import SampleOption, fail
from orchestration.layout import Layout
from scale_out import Engine


def pairs(
    engine: Annotated[
        Engine, typer.Option(help="What counts: this process, or Apache Spark.")
    ] = Engine.LOCAL,
    master: Annotated[
        str | None,
        typer.Option(
            help="Spark's master: local[2], spark://host:7077, yarn.", show_default="local[*]"
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--in",
            help="A folder with votes.parquet, or for Spark its address.",
            show_default="exports in the warehouse",
        ),
    ] = None,
    target: Annotated[
        str | None,
        typer.Option(
            "--out", help="The folder to write.", show_default="vote_pairs in the warehouse"
        ),
    ] = None,
    period: Annotated[
        str, typer.Option(help="year, session, month, or a moving window of days: window:30.")
    ] = "year",
    scheme: Annotated[
        list[str] | None,
        typer.Option(help="Only topics of this scheme.", show_default="all but unbis"),
    ] = None,
    replicates: Annotated[
        int, typer.Option(min=0, help="How often each group's roll calls are drawn again.")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = 0,
    sample: SampleOption = False,
) -> None:
    """Count the votes of every pair by topic and period, of the Assembly or of another chamber.

    Reads Parquet as `unga export` writes it, or as docs/scale.md says. The result is written beside
    and put in place as a whole; `unga attach` reads it. Exit status: 0 written; 1 not.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from orchestration.run.console import console
    from scale_out.asked import Asked
    from scale_out.counting import Resampling
    from scale_out.groups import period_named
    from scale_out.pairs import count_pairs
    from scale_out.votes import PairsError

    if master and engine is Engine.LOCAL:
        fail("--master is of Spark: give --engine spark as well.")
    layout = Layout.from_environment()
    unit = "tasks" if engine is Engine.SPARK else "groups"
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed} of {task.total} {task.fields[unit]}"),
        TimeElapsedColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("reading", total=None, unit=unit)

        def tell(done: int, total: int) -> None:
            bar.update(task, description="counting", completed=done, total=total)

        try:
            asked = Asked(
                source or str(layout.exports(sample)),
                target or str(layout.vote_pairs(sample)),
                period_named(period),
                tuple(scheme or ()),
                Resampling(replicates, seed),
            )
            counted = count_pairs(asked, engine, master, tell)
        except PairsError as wrong:
            bar.stop()
            fail(wrong)
    typer.echo(f"groups      {counted.groups:,}, of {', '.join(counted.schemes)} by {period}")
    typer.echo(f"rows        {counted.rows:,}")
    typer.echo(f"folder      {asked.target}")


def attach(
    folder: Annotated[
        Path | None,
        typer.Argument(help="What `unga pairs` wrote.", show_default="vote_pairs in the warehouse"),
    ] = None,
    sample: SampleOption = False,
) -> None:
    """Print the SQL that makes a result of `unga pairs` two views in any DuckDB session.

    counted_pairs has the counts, counted_cohesion every measure, as the published file defines it.
    `unga query --with FOLDER` has both at once.
    """
    from orchestration.published.attached import views

    layout = Layout.from_environment()
    typer.echo(views(folder or layout.vote_pairs(sample), layout.published(sample)))
