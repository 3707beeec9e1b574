"""The command `unga explore`.

Belongs here: its options and what a person sees. Not here: the page (the package explorer).
"""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.shared import SampleOption, fail
from orchestration.layout import Layout


def explore(
    sample: SampleOption = False,
    output: Annotated[
        Path | None,
        typer.Option(help="The folder to write the page into, instead of the warehouse's."),
    ] = None,
    public: Annotated[
        bool,
        typer.Option(
            "--public", help="Without what the Digital Library does not let be redistributed."
        ),
    ] = False,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Only write the page; do not open a browser.")
    ] = False,
) -> None:
    """Open the page on which every vote can be looked at and counted; it needs no server."""
    # The page's parts are slow to import, and no other command needs them.
    from explorer.data import ExplorerError
    from explorer.page import PAGE, build_explorer, is_current

    layout = Layout.from_environment()
    usual = layout.explorer_public(sample) if public else layout.explorer(sample)
    file, folder = layout.published(sample), output or usual
    page = folder / PAGE
    if is_current(page, file, public):
        typer.echo("The page is that of the published file.")
    else:
        typer.echo(f"Writing the page from {file}")
        try:
            page = build_explorer(file, folder, public)
        except ExplorerError as wrong:
            fail(wrong)
    typer.echo(f"page       {page} ({page.stat().st_size / 1e6:.1f} MB)")
    if not no_open and not webbrowser.open(page.absolute().as_uri()):
        typer.echo("No browser could be opened: open the page in one.")
