"""Starting Dagster's own processes, and stopping them with everything that they started.

Belongs here: what `ui` and `serve` share: ports, signals, process groups. Not here: which processes
there are (ui.py, serve.py).
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from orchestration.cli.shared import fail
from orchestration.layout import Layout, mirror_from_environment

LOOPBACK = "127.0.0.1"
# Signals that end a command: Ctrl-C, a service manager or a script, a closed terminal.
ENDED_BY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Seconds for a refresh to record that it was interrupted.
GRACE_PERIOD = 20
# Of Linux's prctl.
PR_SET_PDEATHSIG = 1


@contextmanager
def as_service(command: str, address: str) -> Iterator[Layout]:
    """Be what serves Dagster on the warehouse, until told to end: its home, variables and sign.

    Exits with 1, naming the other one, if the warehouse is served already.
    """
    from orchestration.run.in_process import dagster_home
    from orchestration.run.lock import InUseError, sign_of_service

    layout = Layout.from_environment()
    dagster_home(layout)
    # Absolute paths, since Dagster is started in another folder, with only its own configuration.
    os.environ |= {"UNGA_WAREHOUSE": str(layout.folder), "UNGA_MIRROR": mirror_from_environment()}
    try:
        sign = sign_of_service(layout, command, address)
    except InUseError as served:
        fail(served)
    with sign:
        end_on_signals()
        yield layout


def beside(name: str) -> str:
    """The path of a command of this Python environment."""
    return str(Path(sys.executable).with_name(name))


def refuse_port_in_use(host: str, port: int) -> None:
    """Exit with 1 if the port can't be used; Dagster's own message is lost among others."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the web server binds it: recently closed connections don't matter.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as wrong:
        fail(f"Port {port} of {host} can't be used: {wrong.strerror}. Try another: --port.")


def end_on_signals() -> None:
    """Raise KeyboardInterrupt on any signal that ends a command.

    Scripts start background jobs with SIGINT ignored. Dagster's processes stop each other with
    SIGINT and would inherit that.
    """
    for number in ENDED_BY:
        signal.signal(number, signal.default_int_handler)


def start(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own; it ends, too, if this process is killed.

    When Dagster is stopped, it leaves a running refresh behind: see `end_groups`.
    """
    return subprocess.Popen(
        command,
        cwd=folder,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def end_groups(started: Iterable[subprocess.Popen[bytes]]) -> None:
    """Stop processes and all of their groups: first SIGINT, then SIGKILL."""
    started = list(started)
    with suppress(KeyboardInterrupt):  # a second signal: no more waiting
        left = _signal_groups(started, signal.SIGINT)
        until = time.monotonic() + GRACE_PERIOD
        while left and time.monotonic() < until:
            time.sleep(0.1)
            left = _signal_groups(left, 0)
    _signal_groups(started, signal.SIGKILL)
    for process in started:
        process.wait()


def _signal_groups(
    started: Iterable[subprocess.Popen[bytes]], number: int
) -> list[subprocess.Popen[bytes]]:
    """Send a signal to each group; returns those that still have a process."""
    left = []
    for process in started:
        process.poll()
        with suppress(ProcessLookupError):  # the group is empty
            os.killpg(process.pid, number)
            left.append(process)
    return left
