"""The command `ui`.

Belongs here: starting Dagster's own UI and daemon on this warehouse, and stopping everything they
started. Not here: what they show (definitions.py).
"""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from orchestration.cli.shared import end, fail
from orchestration.layout import Layout, mirror_from_environment

HOST = "127.0.0.1"
# Signals that end the command: Ctrl-C, a service manager or a script, a closed terminal.
ENDED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Seconds for a refresh to record that it was interrupted.
GRACE_PERIOD = 20


def ui(
    port: Annotated[int, typer.Option(help=f"The port on {HOST}.", min=1, max=65535)] = 3000,
) -> None:
    """Open the Dagster UI on 127.0.0.1 with the whole graph; on exit it stops all it started."""
    from orchestration.run.code_location import CODE_LOCATION
    from orchestration.run.in_process import dagster_home

    _refuse_port_in_use(port)
    layout = Layout.from_environment()
    dagster_home(layout)
    # Absolute paths, since Dagster is started in another folder, with only its own configuration.
    os.environ |= {"UNGA_WAREHOUSE": str(layout.folder), "UNGA_MIRROR": mirror_from_environment()}
    dagster = str(Path(sys.executable).with_name("dagster"))
    command = [dagster, "dev", "-m", CODE_LOCATION, "-h", HOST, "-p", str(port)]
    end(_run_until_told(command, layout.dagster_home))


def _refuse_port_in_use(port: int) -> None:
    """Exit with 1 if the port can't be used; Dagster's own message is lost among others."""
    with socket.socket() as probe:
        # As the web server binds it: recently closed connections don't matter.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as wrong:
            fail(f"Port {port} of {HOST} can't be used: {wrong.strerror}. Try another: --port.")


def _run_until_told(command: list[str], folder: Path) -> int:
    """Run a command until it ends or this process is signalled; returns the exit status.

    When Dagster is stopped, it leaves a running refresh behind. So everything it starts is in one
    process group, which is stopped as a whole.
    """
    # Scripts start background jobs with SIGINT ignored. Dagster's processes stop each other with
    # SIGINT and would inherit that.
    for number in ENDED_BY:
        signal.signal(number, signal.default_int_handler)
    started = subprocess.Popen(command, cwd=folder, start_new_session=True)
    try:
        return started.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        _end_group(started)


def _end_group(started: subprocess.Popen[bytes]) -> None:
    """Stop a process and all of its group: first SIGINT, then SIGKILL."""
    with suppress(ProcessLookupError):  # the group is empty
        with suppress(KeyboardInterrupt):  # a second signal: no more waiting
            os.killpg(started.pid, signal.SIGINT)
            until = time.monotonic() + GRACE_PERIOD
            while time.monotonic() < until:
                started.poll()
                os.killpg(started.pid, 0)
                time.sleep(0.1)
        os.killpg(started.pid, signal.SIGKILL)
