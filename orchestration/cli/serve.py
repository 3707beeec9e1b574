"""The command `serve`.

Belongs here: starting Dagster's web server and daemon as a service, ending all of it when told or
when a part of it ends, and telling whether it lives. Not here: what is served (definitions.py), the
UI on a laptop (ui.py).
"""

import ipaddress
import json
import os
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import yaml

from orchestration.cli.processes import (
    LOOPBACK,
    as_service,
    beside,
    end_groups,
    refuse_port_in_use,
    start,
)
from orchestration.cli.shared import end, fail
from orchestration.layout import Layout

CODE, WEBSERVER, DAEMON = "the code server", "the web server", "the daemon"
# Seconds between two looks at whether all processes are there.
EVERY = 0.5


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = LOOPBACK,
    port: Annotated[int, typer.Option(help="The port to listen on.", min=1, max=65535)] = 3000,
    path_prefix: Annotated[
        str, typer.Option(help="The path under which a reverse proxy serves it, e.g. /unga.")
    ] = "",
    read_only: Annotated[
        bool,
        typer.Option("--read-only", help="Nobody can start, stop or change anything in the UI."),
    ] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Say whether the service is up and when it last ticked; start nothing.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the check as JSON.")] = False,
) -> None:
    """Run Dagster's web server and daemon as a service, until it is told to end.

    SIGTERM or Ctrl-C ends everything, including a refresh, with exit status 0. If a part ends by
    itself, so does the service, with 1. With --check: 0 both live; 1 one of them does not; 3 both
    live, but the last tick of a schedule or sensor failed.
    """
    if as_json and not check:
        fail("--json goes with --check.")
    if check:
        _check(as_json)
    if path_prefix and (not path_prefix.startswith("/") or path_prefix.endswith("/")):
        fail(f"--path-prefix {path_prefix}: it begins with a slash and ends without one: /unga.")
    _refuse_wrong_alerts()
    refuse_port_in_use(host, port)
    if not _is_loopback(host):
        open_to = "read" if read_only else "start, stop and change"
        typer.secho(
            f"The UI asks for no password: whoever reaches {host} can {open_to} everything.",
            fg="yellow",
            err=True,
        )
    _serve(host, port, path_prefix, read_only)


def _refuse_wrong_alerts() -> None:
    """Exit with 1 if a channel of alerts is not set right: nobody would be told of that."""
    from orchestration.alerts.causes import AlertError, after_from_environment
    from orchestration.alerts.channels import channels_from_environment

    try:
        channels_from_environment()
        after_from_environment()
    except AlertError as wrong:
        fail(wrong)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check(as_json: bool) -> NoReturn:
    """Print whether the service lives, and exit."""
    import dagster as dg

    from orchestration.run.in_process import dagster_home
    from orchestration.run.serving import serving

    layout = Layout.from_environment()
    dagster_home(layout)
    with dg.DagsterInstance.get() as instance:
        said = serving(layout, instance)
    status = said["verdict"]["exit_status"]
    if as_json:
        typer.echo(json.dumps(said, indent=2))
        raise typer.Exit(status)
    typer.secho(said["verdict"]["line"], fg="red" if status else "green")
    for tick in said["ticks"]:
        last = (
            f"{tick['last_tick']} UTC {tick['outcome'].lower()}" if tick["last_tick"] else "never"
        )
        off = "" if tick["running"] else " (stopped)"
        typer.echo(f"{tick['kind']:9} {tick['name'] + off:28} {last:28} {tick['says']}".rstrip())
    raise typer.Exit(status)


def _serve(host: str, port: int, path_prefix: str, read_only: bool) -> None:
    """Start all processes, and wait until a signal or the end of one of them."""
    # Where this machine reaches it: an address that stands for all of them is none to ask.
    asked = {"0.0.0.0": LOOPBACK, "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    address = f"http://{asked}:{port}{path_prefix}"
    webserver = ["-h", host, "-p", str(port), "-l", path_prefix]
    webserver += ["--read-only"] if read_only else []
    started: dict[str, subprocess.Popen[bytes]] = {}
    ended = ""
    with (
        as_service("unga serve", address) as layout,
        tempfile.TemporaryDirectory(prefix="unga-") as folder,
    ):
        try:
            code, workspace = Path(folder) / "code.sock", Path(folder) / "workspace.yaml"
            started[CODE] = start(_code_server(code, workspace), layout.dagster_home)
            while not ended and not _listens(code):
                time.sleep(EVERY)
                ended = _ended(started)
            if not ended:
                asked_for = {
                    WEBSERVER: [beside("dagster-webserver"), *webserver],
                    DAEMON: [beside("dagster-daemon"), "run"],
                }
                for name, command in asked_for.items():
                    started[name] = start([*command, "-w", str(workspace)], layout.dagster_home)
                typer.echo(f"serving {layout.folder} at {address}, process {os.getpid()}")
            while not ended:
                time.sleep(EVERY)
                ended = _ended(started)
        except KeyboardInterrupt:
            typer.echo("ending, as told")
        finally:
            end_groups(started.values())
    if ended:
        fail(f"{ended}; the service ends, so that its supervisor can start it again.")
    end(0)


def _code_server(listening: Path, workspace: Path) -> list[str]:
    """The command that serves the code location, for which the workspace is written."""
    from orchestration.run.code_location import CODE_LOCATION

    server = {"grpc_server": {"socket": str(listening), "location_name": CODE_LOCATION}}
    workspace.write_text(yaml.safe_dump({"load_from": [server]}), encoding="utf-8")
    named = ["-m", CODE_LOCATION, "--location-name", CODE_LOCATION]
    return [beside("dagster"), "api", "grpc", "-s", str(listening), *named]


def _listens(listening: Path) -> bool:
    """Whether the code server has loaded the code: it listens only then."""
    with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
        probe.connect(str(listening))
        return True
    return False


def _ended(started: dict[str, subprocess.Popen[bytes]]) -> str:
    """Which process has ended by itself, and how, in words; '' while all are there."""
    for name, process in started.items():
        if (status := process.poll()) is not None:
            how = f"was killed by signal {-status}" if status < 0 else f"ended with {status}"
            return f"{name} (process {process.pid}) {how}".capitalize()
    return ""
