"""The command `alert`.

Belongs here: its option, its output and its exit status. Not here: causes, channels and telling
(alerts/).
"""

from typing import Annotated

import typer

from orchestration.cli.shared import fail
from orchestration.layout import Layout


def alert(
    test: Annotated[
        bool, typer.Option("--test", help="Send a test through each channel that is set.")
    ] = False,
) -> None:
    """Show the channels of alerts, and what they were or will be told; --test tries each.

    Exit status: 1 if a channel is not set right; with --test also if none is set, or one fails.
    """
    from orchestration.alerts.causes import AlertError, after_from_environment
    from orchestration.alerts.channels import channels_from_environment
    from orchestration.alerts.tell import trial

    try:
        channels = channels_from_environment()
        after_from_environment()
    except AlertError as wrong:
        fail(wrong)
    if not test:
        for channel in channels:
            typer.echo(f"channel  {channel.words}")
        if not channels:
            typer.echo("No channel is set: see docs/running.md.")
        _show(Layout.from_environment())
        return
    if not channels:
        fail("No channel is set: see docs/running.md.")
    failed = 0
    for channel in channels:
        try:
            channel.deliver(trial())
        except AlertError as wrong:
            failed += 1
            typer.secho(f"failed     {wrong}", fg="red", err=True)
        else:
            typer.echo(f"delivered  {channel.words}")
    if failed:
        raise typer.Exit(1)


def _show(layout: Layout) -> None:
    """Print what there is now, when each was sent to whom, and what could not be delivered."""
    from orchestration.alerts.causes import causes_of
    from orchestration.alerts.record import read_record
    from orchestration.alerts.tell import undelivered

    record = read_record(layout)
    found, looked_at = causes_of(layout)
    said = {cause.key: cause.says for cause in found}
    said |= {
        key: known.says
        for key, known in record.causes.items()
        if not known.over and not key.startswith(looked_at)
    }
    for key, says in said.items():
        known = record.causes.get(key)
        since = f" since {known.since} UTC" if known else ""
        told = f", told by {' and '.join(known.told)}" if known and known.told else ", not told yet"
        typer.echo(f"cause    {says}{since}{told}")
    if not said:
        typer.echo("Nothing needs attention.")
    for line in undelivered(layout):
        typer.secho(line, fg="yellow")
