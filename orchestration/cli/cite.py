"""The command `cite`.

Belongs here: its options. Not here: what is cited, and the formats (published/citation.py).
"""

from enum import StrEnum
from typing import Annotated

import typer

from orchestration.cli.shared import SampleOption
from orchestration.layout import Layout


class Format(StrEnum):
    """How references are written."""

    TEXT = "text"
    BIBTEX = "bibtex"
    CSL = "csl"


def cite(
    form: Annotated[
        Format, typer.Option("--format", help="Plain text, BibTeX or CSL-JSON.")
    ] = Format.TEXT,
    sample: SampleOption = False,
) -> None:
    """Show how to cite the published file, and the sources that it was built from."""
    from orchestration.published.citation import as_bibtex, as_csl, as_text, references

    written = {Format.TEXT: as_text, Format.BIBTEX: as_bibtex, Format.CSL: as_csl}
    typer.echo(written[form](references(Layout.from_environment().published(sample))))
