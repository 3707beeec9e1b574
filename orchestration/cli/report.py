"""The command `unga report`.

Belongs here: its options and what a person sees. Not here: the report (the package reports).
"""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.shared import SampleOption, fail
from orchestration.layout import Layout
from orchestration.published.study import configured_study
from reports.question import USUAL_SCHEME, ReportError

STUDY = configured_study()


def report(
    focus: Annotated[
        str, typer.Option(help="The state whose votes the report is about.")
    ] = STUDY.focus[0],
    powers: Annotated[
        str | None,
        typer.Option(
            help="The powers to compare it with, the one expected to be closest first.",
            show_default=",".join(STUDY.powers),
        ),
    ] = None,
    year_from: Annotated[
        int, typer.Option("--from", help="First calendar year.")
    ] = STUDY.year_from,
    year_to: Annotated[int, typer.Option("--to", help="Last calendar year.")] = STUDY.year_to,
    scheme: Annotated[str, typer.Option(help="Topic scheme: study or voeten.")] = USUAL_SCHEME,
    output: Annotated[
        Path | None,
        typer.Option(help="The folder to write, instead of one in the warehouse."),
    ] = None,
    sample: SampleOption = False,
) -> None:
    """Write a page on how a state votes compared with some powers: figures, key votes, findings."""
    # Altair is slow to import, and no other command needs it.
    from reports.page import build_listed_report, build_report, state_of

    layout = Layout.from_environment()
    file = layout.published(sample)
    build = build_report if output else build_listed_report
    place = output or layout.reports(sample)
    try:
        # The state is never compared with itself, by whichever of its names it was given.
        beside = (
            powers.split(",") if powers is not None else STUDY.powers_beside(state_of(file, focus))
        )
        files = build(file, place, focus, beside, year_from, year_to, scheme)
    except ReportError as wrong:
        fail(wrong)
    typer.echo(f"page       {files.page}")
    typer.echo(f"figures    {len(files.figures)} files (PNG, SVG) beside it")
    if not output:
        typer.echo(f"all        {place / 'index.html'}")
