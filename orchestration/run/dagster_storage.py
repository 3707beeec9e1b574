"""Dagster's record of runs, written without waiting for the disk at every event.

Belongs here: how the SQLite files of that record are written. Not here: what Dagster writes, or
the project's own data.

Dagster reopens its files for each of the thousand events of a refresh. By default SQLite then
waits each time until the event is on disk; with synchronous = NORMAL it waits at checkpoints
only: the files are never corrupted, and a power loss may cost the last events
(https://www.sqlite.org/pragma.html#pragma_synchronous). The last connection to close a file moves
the write-ahead log into it and deletes the log (https://www.sqlite.org/wal.html), and Dagster makes
an engine at each access, which compiles each statement anew. Together that took most of the time
of an event, so the engine of a recent file is kept, and its connections stay open.

Dagster's SQLite storage has no setting for any of this. The listener is registered for all
SQLAlchemy engines of this process, on request; the function by which Dagster makes its engines,
which is not public, is replaced by one that makes one for each recent file of runs and events.
tests/unit/test_library_internals.py fails if Dagster calls another.
"""

import sqlite3
from threading import Lock
from typing import Any

import sqlalchemy
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.runs.sqlite import sqlite_run_storage
from sqlalchemy import Engine, QueuePool, event

# A run has a file of its own beside the index of all runs.
FILES_HELD = 4
_engines: dict[str, Engine] = {}
_lock = Lock()


class _Kept(QueuePool):
    """Connections that stay open when Dagster disposes of an engine, as it does after each use."""

    def dispose(self) -> None:
        """Close nothing."""

    def recreate(self) -> "_Kept":
        """The same pool."""
        return self

    def close(self) -> None:
        """Close the connections that are not in use."""
        super().dispose()


def write_without_waiting() -> None:
    """Let all later connections to SQLite be made this way; a second call changes nothing."""
    if not event.contains(Engine, "connect", _on_connect):
        event.listen(Engine, "connect", _on_connect)
    for storage in (sqlite_event_log, sqlite_run_storage):
        storage.create_engine = _create_engine  # type: ignore[attr-defined]


def _create_engine(url: str, **settings: Any) -> Engine:
    with _lock:
        engine = _engines.pop(url, None)
        if engine is None:
            if len(_engines) == FILES_HELD:
                _engines.pop(next(iter(_engines))).pool.close()
            engine = sqlalchemy.create_engine(url, **settings | {"poolclass": _Kept})
        _engines[url] = engine  # the last is the most recently used
        return engine


def _on_connect(connection: Any, _: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = normal")
