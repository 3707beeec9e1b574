"""Dagster's record of runs, written without waiting for the disk at every event.

Belongs here: how the SQLite files of that record are written. Not here: what Dagster writes, or
any data of ours.

Dagster opens its files anew for each of the thousand events of a refresh, and by default SQLite
waits each time until the disk has the event. With synchronous = NORMAL it waits at checkpoints
only: the files stay whole whatever happens, and a loss of power may cost the last events
(https://www.sqlite.org/pragma.html#pragma_synchronous).
"""

import sqlite3
from typing import Any

from sqlalchemy import Engine, event


@event.listens_for(Engine, "connect")
def _write_without_waiting(connection: Any, _: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.execute("pragma synchronous = normal")
