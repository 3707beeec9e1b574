"""Dagster's record of runs in PostgreSQL instead of SQLite, if UNGA_DAGSTER_POSTGRES says so.

Belongs here: that variable, whether the server can be used, and Dagster's setting for it. Not here:
how SQLite is written (dagster_storage.py), or the project's own data, which stay in DuckDB.

The address holds a password. Dagster's settings name a variable, not the address, so that no file,
page or argument of a process has it.
"""

import os
from importlib.util import find_spec

VARIABLE = "UNGA_DAGSTER_POSTGRES"
# The same address in the words of SQLAlchemy, for the processes that Dagster starts.
PASSED_ON = "UNGA_DAGSTER_POSTGRES_URL"
EXAMPLE = "postgresql://user:password@host:5432/database"
DRIVER = "postgresql+psycopg2"
SETTING = f"""
storage:
  postgres:
    postgres_url:
      env: {PASSED_ON}
"""


class StorageError(OSError):
    """Dagster's record of runs can't be kept where it should be; the message is for the user."""


def storage_setting() -> str:
    """The lines of dagster.yaml for PostgreSQL; '' if the variable is not set.

    Raises StorageError if the address is none, or the server can't be used.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return ""
    if not (find_spec("dagster_postgres") and find_spec("psycopg2")):
        raise StorageError(
            f"{VARIABLE} is set, but dagster-postgres is not installed: "
            "pip install -e '.[postgres]'."
        )
    # Slow to import, and needed for this alone.
    from sqlalchemy import create_engine
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    try:
        url = make_url(named)
    except (SQLAlchemyError, ValueError):
        raise StorageError(f"{VARIABLE} is no address of a database: give {EXAMPLE}.") from None
    if url.drivername not in ("postgresql", "postgres", DRIVER) or not url.database:
        raise StorageError(f"{VARIABLE} names no PostgreSQL database: give {EXAMPLE}.")
    if "@" in (url.host or "") or "@" in (url.database or ""):
        # A part of the password would be shown as the host.
        raise StorageError(f"{VARIABLE} has more than one @: write %40 for one in the password.")
    url = url.set(drivername=DRIVER)
    try:
        engine = create_engine(url, connect_args={"connect_timeout": 10})
        engine.connect().close()
        engine.dispose()
    except SQLAlchemyError as wrong:
        said = " ".join(str(getattr(wrong, "orig", None) or wrong).split())
        if url.password:
            said = said.replace(str(url.password), "***")
        raise StorageError(f"The database of {VARIABLE} can't be used: {said}") from None
    os.environ[PASSED_ON] = url.render_as_string(hide_password=False)
    return SETTING
