"""Warehouses for tests: the command line on one, in a separate process.

Belongs here: starting the project's commands as a person does, and dbt as a refresh does, and who
has a warehouse. Not here: fixtures (conftest.py), or what a test looks for.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

UNGA = Path(sys.executable).with_name("unga")
# Seconds. Enough for a busy machine; what takes longer hangs.
TIMEOUT = 900


def environment(warehouse: Path, mirror: str = "") -> dict[str, str]:
    """The environment of a command on one warehouse, out of reach of any source but the mirror.

    An estimation there has one thread: for the sample's votes more only wait for each other.
    """
    return os.environ | {
        "UNGA_WAREHOUSE": str(warehouse),
        "UNGA_MIRROR": mirror,
        "NUMBA_NUM_THREADS": "1",
    }


def unga(
    warehouse: Path, *arguments: str, mirror: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line to its end."""
    return subprocess.run(
        [UNGA, *arguments],
        env=environment(warehouse, mirror) | variables,
        cwd=warehouse,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )


def dbt(
    file: Path, *arguments: str, target: Path, synthetic: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run dbt on a database to its end, with what was parsed for a refresh; writes to `target`."""
    from orchestration.assets.dbt import DBT, PARSED
    from orchestration.layout import DBT_PROJECT

    reused = ["--partial-parse-file-path", PARSED] if PARSED.exists() else []
    return subprocess.run(
        [DBT, *arguments, "--target-path", target, "--log-path", target, *reused],
        cwd=DBT_PROJECT,
        env=os.environ
        | {
            "DBT_PROJECT_DIR": str(DBT_PROJECT),
            "DBT_PROFILES_DIR": str(DBT_PROJECT),
            "HOME": str(file.parent),
            "UNGA_DATABASE": f"~/{file.name}",
            "UNGA_SYNTHETIC": str(synthetic).lower(),
        },
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )


def start(warehouse: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start the command line without waiting; its output is read from `stdout`."""
    return subprocess.Popen(
        [UNGA, *arguments],
        env=environment(warehouse) | variables,
        cwd=warehouse,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait_for_line(run: subprocess.Popen[str], start_of_line: str) -> str:
    """Read a run's output up to a line that starts so; fail if it ends before."""
    assert run.stdout
    said = ""
    for line in run.stdout:
        said += line
        if line.startswith(start_of_line):
            return said
    raise AssertionError(f"no line starts with {start_of_line!r}:\n{said}")


def wait_until(true: Callable[[], object], what: str) -> None:
    """Wait until a condition holds; fail after TIMEOUT."""
    until = time.monotonic() + TIMEOUT
    while not true():
        assert time.monotonic() < until, f"not in {TIMEOUT} s: {what}"
        time.sleep(0.05)


def holder(warehouse: Path) -> dict[str, Any]:
    """The holder that the lock names; {} while nobody has taken it."""
    lock = warehouse / "build" / ".lock"
    text = lock.read_text(encoding="utf-8") if lock.exists() else ""
    return json.loads(text) if text.endswith("}") else {}


@contextmanager
def stopped(process: int) -> Iterator[None]:
    """Hold a process where it is: on a busy machine a refresh may end before another has begun."""
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def fingerprint(file: Path) -> str:
    """The hash of a file's bytes."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
