"""The lock of a warehouse, held by a refresh or, briefly, by anything else that tidies up in it.

Belongs here: taking the lock, checking whether it is held and by whom, the same for the sign of an
estimation and of a service, and refusing to start if a path is obstructed. Not here: any import of
Dagster, which `unga status` must not wait for.
"""

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from orchestration.layout import Layout

# Seconds. Upper bound on how long a probe, or the closing of killed runs, holds the lock.
LOCK_TIMEOUT = 2.0


class RefreshRefusedError(Exception):
    """The refresh can't start: the lock is held, or a path is obstructed."""


class InUseError(RefreshRefusedError):
    """Another process holds the lock, or serves the warehouse."""


def now() -> datetime:
    """Now in UTC, to the second, without a zone, as DuckDB's TIMESTAMP stores it."""
    return datetime.now(UTC).replace(microsecond=0, tzinfo=None)


def take_lock(layout: Layout, by: str) -> IO[str]:
    """Take the warehouse's lock, which the kernel releases however this process ends.

    `by` describes the new holder for users. Raises InUseError, naming the holder, if another
    process has it.
    """
    layout.build.mkdir(parents=True, exist_ok=True)
    lock = layout.lock.open("a+", encoding="utf-8")
    if not _locked_in_time(lock):
        lock.seek(0)
        holder = json.loads(lock.read() or "{}")
        lock.close()
        raise InUseError(
            f"The warehouse is in use by {holder.get('by', '?')}: process "
            f"{holder.get('process', '?')}, since {holder.get('since', '?')} UTC. It holds "
            f"{layout.lock}; wait until it ends, then start again."
        )
    lock.truncate(0)
    json.dump({"process": os.getpid(), "by": by, "since": str(now())}, lock)
    lock.flush()
    return lock


def _locked_in_time(lock: IO[str]) -> bool:
    """Whether the lock could be taken before whoever only looks at it would be gone."""
    until = time.monotonic() + LOCK_TIMEOUT
    while not _locked(lock):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_held(layout: Layout) -> bool:
    """Whether a refresh is holding the warehouse's lock."""
    return _is_held(layout.lock)


def holder(layout: Layout) -> str:
    """Who is holding the warehouse's lock, as it was taken; '' if nobody is."""
    if not is_held(layout):
        return ""
    return str(json.loads(layout.lock.read_text(encoding="utf-8") or "{}").get("by", ""))


def sign_of_estimation(layout: Layout) -> IO[str]:
    """The sign, held until it is closed, that ideal points are being estimated.

    Unlike the lock it keeps nobody out; the kernel removes it too, however this process ends.
    """
    layout.build.mkdir(parents=True, exist_ok=True)
    sign = layout.estimating.open("a", encoding="utf-8")
    fcntl.flock(sign, fcntl.LOCK_SH)
    return sign


def is_estimating(layout: Layout) -> bool:
    """Whether ideal points are being estimated, by a run or by `unga estimate`."""
    return _is_held(layout.estimating)


@dataclass(frozen=True)
class Service:
    """The `unga serve` or `unga ui` of a warehouse: its process, and where it answers."""

    command: str
    process: int
    address: str
    since: str  # UTC

    def __str__(self) -> str:
        return f"`{self.command}`, process {self.process}, at {self.address} since {self.since} UTC"


def sign_of_service(layout: Layout, command: str, address: str) -> IO[str]:
    """The sign, held until it is closed, that Dagster is served on this warehouse by this process.

    The kernel removes it too, however this process ends. Raises InUseError, naming the other one,
    if the warehouse is served already: two daemons would start everything twice.
    """
    layout.serving.parent.mkdir(parents=True, exist_ok=True)
    sign = layout.serving.open("a+", encoding="utf-8")
    if not _locked_in_time(sign):
        other = service(layout)
        sign.close()
        raise InUseError(f"This warehouse is served already: {other or layout.serving}.")
    sign.truncate(0)
    json.dump(asdict(Service(command, os.getpid(), address, str(now()))), sign)
    sign.flush()
    return sign


def service(layout: Layout) -> Service | None:
    """Who serves Dagster on this warehouse; None if nobody does, or has only just begun to."""
    if not _is_held(layout.serving):
        return None
    try:
        return Service(**json.loads(layout.serving.read_text(encoding="utf-8")))
    except ValueError:
        return None


def _is_held(file: Path) -> bool:
    if not file.exists():
        return False
    with file.open("a", encoding="utf-8") as opened:
        return not _locked(opened)


def refuse_what_is_in_the_way(layout: Layout) -> None:
    """Raise RefreshRefusedError for a folder where a file should be, or the other way round.

    Checked at the start, not after the minute that a build takes.
    """
    both = (False, True)
    files = [*map(layout.published, both), *map(layout.checks_log, both)]
    folders = [*map(layout.landing, both), *map(layout.reports, both)]
    folders += [*map(layout.explorer, both)]
    folders += [*map(layout.kept, both), *map(layout.changes, both)]
    folders += [*map(layout.exports, both), *map(layout.exports_public, both)]
    folders += [*map(layout.vote_pairs, both), layout.data_docs]
    for path, wanted in [
        *((file, "file") for file in files),
        *((folder, "folder") for folder in folders),
    ]:
        if path.exists() and path.is_dir() != (wanted == "folder"):
            found = "file" if wanted == "folder" else "folder"
            raise RefreshRefusedError(
                f"{path} is a {found} where a {wanted} belongs: move it away, then start again."
            )
