"""What was sent to whom, and what could not be delivered: warehouse/alerts.json.

Belongs here: that file, written whole, and its lock. Not here: what is told (tell.py).
"""

import fcntl
import json
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from orchestration.layout import Layout


@dataclass
class Open:
    """A cause that was seen: since when, from when on it is told, who was told, when it ended.

    All times are in UTC.
    """

    says: str
    since: str
    due: str
    told: list[str] = field(default_factory=list)
    over: str = ""


@dataclass
class Undelivered:
    """A channel that failed when it was last tried: since when, and why."""

    since: str  # UTC
    reason: str


@dataclass
class Record:
    """The causes by key, the channels that failed by name, and what commands have mended.

    `mended` says, by the key of a cause, when a command did what a run had failed to do, in UTC.
    """

    causes: dict[str, Open] = field(default_factory=dict)
    undelivered: dict[str, Undelivered] = field(default_factory=dict)
    mended: dict[str, str] = field(default_factory=dict)


def read_record(layout: Layout) -> Record:
    """What is remembered; nothing if nothing is, or if the file can't be read."""
    try:
        said = json.loads(layout.alerts.read_text(encoding="utf-8"))
        return Record(
            {key: Open(**cause) for key, cause in said["causes"].items()},
            {name: Undelivered(**failed) for name, failed in said["undelivered"].items()},
            dict(said.get("mended", {})),
        )
    except FileNotFoundError:
        return Record()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        logging.getLogger(__name__).warning("%s can't be read: %s", layout.alerts, error)
        return Record()


def write_record(layout: Layout, record: Record) -> None:
    """Save it atomically. Raises OSError if the warehouse can't be written to."""
    handle, name = tempfile.mkstemp(prefix=f".{layout.alerts.name}-", dir=layout.folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(asdict(record), stream, indent=2, ensure_ascii=False)
        Path(name).chmod(0o644)
        Path(name).replace(layout.alerts)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def one_at_a_time(layout: Layout) -> Iterator[None]:
    """Hold the lock of the record: a refresh and the daemon may tell at the same moment."""
    layout.build.mkdir(parents=True, exist_ok=True)
    with (layout.build / ".alerting").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
