"""`unga serve` for tests: starting it, what it and all it started are, ending it.

Belongs here: one service on one warehouse. Not here: what is asked of it (faults/test_serve.py,
integration/test_deploy.py).
"""

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from dagster_ui import wait_for_ui
from warehouses import UNGA, environment, wait_until

# Seconds to end: longer than the command's own patience with what it started.
TO_END = 60


def started_on(warehouse: Path) -> set[int]:
    """The processes on a warehouse, by the environment that they inherited."""
    named = f"\0UNGA_WAREHOUSE={warehouse}\0".encode()
    found = set()
    for file in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it has ended, or belongs to another user
            if named in b"\0" + file.read_bytes():
                found.add(int(file.parent.name))
    return found


class Service:
    """A running `unga serve`, its address and its output."""

    def __init__(
        self,
        warehouse: Path,
        mirror: Path,
        address: str,
        command: Sequence[str],
        variables: Mapping[str, str],
    ) -> None:
        self.warehouse, self.address = warehouse, address
        self.environment = environment(warehouse, str(mirror)) | dict(variables)
        warehouse.mkdir(exist_ok=True)
        mirror.mkdir(exist_ok=True)
        self.log = warehouse / "serve.log"
        with self.log.open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                list(command), env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )

    def check(self) -> tuple[int, dict[str, Any]]:
        """The exit status of `unga serve --check`, and what it says."""
        done = subprocess.run(
            [UNGA, "serve", "--check", "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
        )
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def part(self, name: str) -> int:
        """The process of one of its parts: dagster-webserver, dagster-daemon or `dagster api`."""
        (found,) = [
            process
            for process in started_on(self.warehouse)
            if name in Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
            and Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1]
            == str(self.process.pid)
        ]
        return found

    def wait(self) -> int:
        """Its exit status, when it has ended."""
        return self.process.wait(TO_END)


@contextmanager
def serving(
    warehouse: Path,
    mirror: Path,
    address: str,
    command: Sequence[str],
    variables: Mapping[str, str] | None = None,
) -> Iterator[Service]:
    """A service that lives, while it is in use; it is ended at the end."""
    service = Service(warehouse, mirror, address, command, variables or {})
    try:

        def lives() -> bool:
            assert service.process.poll() is None, service.log.read_text(encoding="utf-8")
            return service.check()[0] != 1

        wait_for_ui(address)
        wait_until(lives, "the daemon gives a sign of life")
        yield service
    finally:
        if service.process.poll() is None:
            service.process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                service.wait()
        for process in started_on(warehouse) - {os.getpid()}:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
