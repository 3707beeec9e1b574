"""Dagster's record of runs, written without waiting for the disk at every event.

Belongs here: how the SQLite files of that record are written. Not here: what Dagster writes, or
any data of ours.

Dagster opens its files anew for each of the thousand events of a refresh, and by default SQLite
waits each time until the disk has the event. With synchronous = NORMAL it waits at checkpoints
only: the files stay whole whatever happens, and a power loss may cost the last events
(https://www.sqlite.org/pragma.html#pragma_synchronous).

Dagster's SQLite storage has no setting for it and makes an engine at each access, so the listener
is registered for all SQLAlchemy engines of this process, and only by whoever asks for it.
"""

import sqlite3
from typing import Any

from sqlalchemy import Engine, event


def write_without_waiting() -> None:
    """Register the listener for every later connection to SQLite; a second call changes nothing."""
    if not event.contains(Engine, "connect", _set_synchronous):
        event.listen(Engine, "connect", _set_synchronous)


def _set_synchronous(connection: Any, _: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = normal")
