"""The command `doctor`.

Belongs here: its options, its output and its exit status. Not here: what is examined
(automation/doctor.py).
"""

import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from orchestration.cli.shared import end
from orchestration.layout import Layout

MARKS = {"good": "[green]✓[/green]", "warning": "[yellow]![/yellow]", "fault": "[red]✗[/red]"}


def doctor(
    offline: Annotated[bool, typer.Option("--offline", help="Ask no source.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Find out what stands in the way of a refresh on this machine, and what to do about it.

    Looks at versions, settings, disk, permissions, clock, lock, the published file and whether the
    sources answer; fetches and builds nothing. Exit status: 0 a refresh can run; 1 it can't.
    """
    from orchestration.automation.doctor import Level, examine
    from orchestration.run.console import console
    from orchestration.sources import Origin

    findings = list(examine(Layout.from_environment(), Origin.from_environment(), offline))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        table = Table.grid(padding=(0, 2))
        for finding in findings:
            does = f"{finding.says}\n{finding.do}" if finding.do else finding.says
            table.add_row(MARKS[finding.level], finding.what, does.replace("[", "\\["))
        console.print(table)
    end(1 if any(finding.level is Level.FAULT for finding in findings) else 0)
