"""Dagster's record of runs, written without waiting for the disk at every event.

Belongs here: how the SQLite files of that record are written. Not here: what Dagster writes, or
the project's own data.

Dagster reopens its files for each of the thousand events of a refresh. By default SQLite then
waits each time until the event is on disk; with synchronous = NORMAL it waits at checkpoints
only: the files are never corrupted, and a power loss may cost the last events
(https://www.sqlite.org/pragma.html#pragma_synchronous). The last connection to close a file moves
the write-ahead log into it and deletes the log (https://www.sqlite.org/wal.html). That took half
the time of an event, so one connection to each recent file stays open.

Dagster's SQLite storage has no setting for either and makes an engine at each access, so the
listener is registered for all SQLAlchemy engines of this process, on request.
"""

import sqlite3
from threading import Lock
from typing import Any

from sqlalchemy import Engine, event

# A run has a file of its own beside the index of all runs.
FILES_HELD = 4
_held: dict[str, sqlite3.Connection] = {}
_lock = Lock()


def write_without_waiting() -> None:
    """Register the listener for every later connection to SQLite; a second call changes nothing."""
    if not event.contains(Engine, "connect", _on_connect):
        event.listen(Engine, "connect", _on_connect)


def _on_connect(connection: Any, _: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = normal")
        _hold(connection)


def _hold(connection: sqlite3.Connection) -> None:
    """Keep the file of this connection open separately, once it has a write-ahead log."""
    file = connection.execute("pragma database_list").fetchone()[2]
    with _lock:
        if not file or file in _held:
            return
        if connection.execute("pragma journal_mode").fetchone()[0] != "wal":
            return
        if len(_held) == FILES_HELD:
            _held.pop(next(iter(_held))).close()
        _held[file] = sqlite3.connect(file, check_same_thread=False)
        # A connection counts as open from its first read.
        _held[file].execute("select count(*) from sqlite_master").fetchone()
