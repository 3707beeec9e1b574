"""The command `unga estimate`.

Belongs here: its options, progress, and what a person sees. Not here: the estimator (the package
ideal_points), or publication (published/estimates.py).
"""

from dataclasses import replace
from typing import Annotated

import typer

from orchestration.cli.shared import SampleOption, fail, tell_mended
from orchestration.layout import Layout


def estimate(
    series: Annotated[
        list[str] | None,
        typer.Option(
            help="Only this series: all_votes, final_passage or a topic as study:disarmament.",
            show_default="all_votes and final_passage",
        ),
    ] = None,
    topics: Annotated[
        bool, typer.Option("--topics", help="Each topic with enough roll calls too.")
    ] = False,
    long: Annotated[
        bool,
        typer.Option(
            "--long", help="Four chains of 5,000 sweeps after 5,000, not two of 1,500 after 500."
        ),
    ] = False,
    short: Annotated[
        bool, typer.Option("--short", help="Two chains of 200 sweeps: to try it, not to cite.")
    ] = False,
    chains: Annotated[int | None, typer.Option(min=2, help="Chains.")] = None,
    sweeps: Annotated[
        int | None, typer.Option(min=20, help="Sweeps of each chain after its burn-in.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the first chain.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Also what is estimated from these votes already.")
    ] = False,
    sample: SampleOption = False,
) -> None:
    """Estimate the ideal points of all states from the published votes, and publish them with it.

    Minutes for the two main series. Whoever reads the file meanwhile reads the one before; if the
    chains do not converge, or a check fails, it stays as it was. Exit status: 0 published, or all
    is current already; 1 not published.
    """
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    from ideal_points.estimates import LONG, SHORT, USUAL
    from orchestration.published.estimates import (
        EstimationRefusedError,
        asked_series,
        estimate_and_publish,
    )
    from orchestration.run.lock import RefreshRefusedError

    if long and short:
        fail("--long and --short exclude each other.")
    asked = {"chains": chains, "sweeps": sweeps, "seed": seed}
    settings = replace(
        LONG if long else SHORT if short else USUAL,
        **{name: value for name, value in asked.items() if value is not None},
    )
    layout = Layout.from_environment()
    try:
        wanted = asked_series(layout.published(sample), series or [], topics, again)
        if not wanted:
            typer.echo(
                "All are current: the votes, and the estimator, are the same. --again repeats it, "
                "with other settings too."
            )
            return
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed} of {task.total} sweeps"),
            TextColumn("{task.fields[rhat]}"),
            TimeRemainingColumn(),
        ) as bar:
            tasks = {name: bar.add_task(name, total=None, rhat="") for name in wanted}

            def tell(name: str, done: int, total: int, rhat: float) -> None:
                so_far = f"largest R-hat {rhat:.2f}" if rhat == rhat else ""
                bar.update(tasks[name], completed=done, total=total, rhat=so_far)

            found = estimate_and_publish(layout, sample, wanted, settings, tell)
    except (EstimationRefusedError, RefreshRefusedError) as refused:
        fail(f"{refused}\nThe published file is as it was.")
    for of_series in found:
        run = of_series.ideal_points_run.row(0, named=True)
        typer.echo(
            f"{run['series']:24}{len(of_series.ideal_points):>7,} ideal points of {run['states']} "
            f"states, from {run['votes']:,} votes on {run['roll_calls']:,} roll calls through "
            f"{run['data_through']}: {run['seconds']:.0f} s, {run['converged']:.1%} converged, "
            f"largest R-hat {run['largest_rhat']:.2f}"
        )
    typer.echo(f"published   {layout.published(sample)}: marts.ideal_points")
    if short and not sample:
        typer.echo("These are a trial, not to be cited: `unga estimate --again` replaces them.")
    if not sample and not asked_series(layout.published(sample)):
        tell_mended(layout, "estimate")
