"""The command `unga report`.

Belongs here: its options and what a person sees. Not here: the report (the package reports).
"""

from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.shared import SampleOption, fail
from orchestration.layout import Layout
from orchestration.published.study import configured_study
from reports.question import ReportError

STUDY = configured_study()


def report(
    focus: Annotated[
        str, typer.Option(help="The state whose votes are asked about.")
    ] = STUDY.focus[0],
    powers: Annotated[
        str, typer.Option(help="The powers to compare it with, the one expected closest first.")
    ] = ",".join(STUDY.powers),
    year_from: Annotated[
        int, typer.Option("--from", help="First calendar year.")
    ] = STUDY.year_from,
    year_to: Annotated[int, typer.Option("--to", help="Last calendar year.")] = STUDY.year_to,
    scheme: Annotated[str, typer.Option(help="Topic scheme: study or voeten.")] = "study",
    output: Annotated[
        Path | None, typer.Option(help="The folder to write to, or a new one in the warehouse.")
    ] = None,
    sample: SampleOption = False,
) -> None:
    """Write a page on how a state votes beside some powers: figures, key votes, findings."""
    # Altair is slow to import, and no other command needs it.
    from reports.page import build_report

    layout = Layout.from_environment()
    folder = output or layout.reports / f"{focus.upper()}-{year_from}-{year_to}"
    try:
        files = build_report(
            layout.published(sample), folder, focus, powers.split(","), year_from, year_to, scheme
        )
    except ReportError as wrong:
        fail(wrong)
    typer.echo(f"page       {files.page}")
    typer.echo(f"figures    {len(files.figures)} files (PNG, SVG) beside it")
