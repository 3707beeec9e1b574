"""Queries of the published file at the terminal.

Belongs here: opening the file so that nothing can be changed, and writing results in the requested
format. Not here: the queries (cli/, status.py).
"""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

# Raised when a table or column that the project reads is renamed, removed or means something else.
# Files of all versions from the oldest on are read; those from before versions were stated are 1.
SCHEMA_VERSION = 1
OLDEST_SCHEMA_VERSION = 1

FORMATS = {
    "csv": "format csv, header",
    "json": "format json, array true",
    "parquet": "format parquet",
}


class QueryError(Exception):
    """A query that can't be answered; the message is for the user."""


class NewerFileError(QueryError):
    """A file that a newer version of the project published: nothing here may replace it."""


def open_published(file: Path, beside: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A connection that can only read this one file: no other file, no network, no settings.

    It can read the files in the folder `beside` too, if that is given. Raises QueryError if nothing
    is published there, or it has a schema version not read here; NewerFileError if that is of a
    newer version of the project.
    """
    connection = open_any_version(file, beside)
    try:
        version = _schema_version(connection)
    except (duckdb.Error, ValueError, TypeError) as wrong:
        connection.close()
        raise QueryError(
            f"{file} can't be read: marts.publication is not as it was published ({wrong})"
        ) from None
    if OLDEST_SCHEMA_VERSION <= version <= SCHEMA_VERSION:
        return connection
    connection.close()
    of = f"{file} has schema version {version}, and this version of the project reads "
    if version > SCHEMA_VERSION:
        raise NewerFileError(f"{of}{SCHEMA_VERSION}: a newer one published it. Update the project.")
    raise QueryError(
        f"{of}{OLDEST_SCHEMA_VERSION} and later: publish it anew with `unga refresh --force`."
    )


def refuse_newer(file: Path) -> None:
    """Raise NewerFileError for the file of a newer version; one that can't be read is no reason."""
    try:
        if file.exists():
            open_published(file).close()
    except NewerFileError:
        raise
    except QueryError:
        pass


def state_named(connection: duckdb.DuckDBPyConnection, named: str) -> str:
    """The code of a state, from its code or a name; QueryError, with the nearest, for none."""
    try:
        ((state,),) = connection.execute("select arguments.known_state(?)", [named]).fetchall()
    except duckdb.InvalidInputException as unknown:
        raise QueryError(str(unknown).removeprefix("Invalid Input Error: ")) from None
    return str(state)


def open_any_version(file: Path, beside: Path | None = None) -> duckdb.DuckDBPyConnection:
    """The same for a file of any schema version, of which only marts.publication is known.

    Raises QueryError if nothing is published there, or it is no database that can be read now.
    """
    if not file.exists():
        raise QueryError(
            f"Nothing is published yet: there is no {file}. Run `unga refresh` first, or "
            "`unga sample` and then query with --sample."
        )
    try:
        if beside is None:
            return duckdb.connect(
                file,
                read_only=True,
                config={"enable_external_access": False, "lock_configuration": True},
            )
        # The folder has to be named before everything else is closed.
        connection = duckdb.connect(file, read_only=True)
        connection.execute(
            f"set allowed_directories = ['{_quoted(beside.absolute())}']; "
            "set enable_external_access = false; set lock_configuration = true"
        )
        return connection
    except duckdb.Error as wrong:
        raise QueryError(f"{file} can't be read: {_one_line(wrong)}") from None


def _schema_version(connection: duckdb.DuckDBPyConnection) -> int:
    """The schema version that a file states; 1 for one that states none."""
    states = connection.execute(
        "select true from duckdb_columns() where schema_name = 'marts' "
        "and table_name = 'publication' and column_name = 'schema_version'"
    ).fetchall()
    if not states:
        return 1
    ((version,),) = connection.execute("select schema_version from marts.publication").fetchall()
    return int(version)


def run_query(
    file: Path, sql: str, first: str = "", beside: Path | None = None
) -> duckdb.DuckDBPyRelation:
    """The rows of one SELECT; raises QueryError with a one-line message for anything else.

    `first` are statements of our own that run before, over files in the folder `beside`.
    """
    connection = open_published(file, beside)
    try:
        connection.execute(first)
        if (statements := len(connection.extract_statements(sql))) > 1:
            raise QueryError(f"{statements} statements: run one at a time.")
        # In a folder that may be read, a file could be written too.
        if beside and not _only_reads(connection, sql):
            raise QueryError("Only a single query that returns rows can be run.")
        relation = connection.sql(sql)
    except duckdb.Error as wrong:
        raise QueryError(_one_line(wrong)) from None
    if relation is None:
        raise QueryError("Only a single query that returns rows can be run.")
    return relation


def _only_reads(connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
    return all(
        statement.type is duckdb.StatementType.SELECT
        for statement in connection.extract_statements(sql)
    )


def as_table(relation: duckdb.DuckDBPyRelation) -> str:
    """Rows as DuckDB prints them, long results abridged; raises QueryError."""
    try:
        return str(relation).rstrip()
    except duckdb.Error as wrong:
        raise QueryError(_one_line(wrong)) from None


def write_result(relation: duckdb.DuckDBPyRelation, form: str, output: Path | None) -> int:
    """Write rows as csv, json or parquet to a file, or to standard output; returns their number.

    Raises QueryError if the query fails while it runs or the file can't be written.
    """
    try:
        rows = relation.to_arrow_table()
        with tempfile.TemporaryDirectory() as folder, duckdb.connect() as writer:
            # A second connection: the one that reads can't write anywhere.
            file = output or Path(folder) / "result"
            writer.register("result", rows)
            writer.execute(f"copy result to '{_quoted(file)}' ({FORMATS[form]})")
            if output is None:
                with file.open("rb") as written:
                    shutil.copyfileobj(written, sys.stdout.buffer)
                sys.stdout.buffer.flush()
    except duckdb.Error as wrong:
        raise QueryError(_one_line(wrong)) from None
    return int(rows.num_rows)


def rows_of(file: Path, sql: str) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries; raises QueryError."""
    relation = run_query(file, sql)
    try:
        return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
    except duckdb.Error as wrong:
        raise QueryError(_one_line(wrong)) from None


def rows_if_there(file: Path, table: str, sql: str) -> list[dict[str, Any]] | None:
    """The rows of a query; None if the file lacks a table (`schema.table`), as older files may."""
    schema, name = table.split(".")
    there = rows_of(
        file,
        "select true from information_schema.tables "
        f"where table_schema = '{schema}' and table_name = '{name}'",
    )
    return rows_of(file, sql) if there else None


def attach(connection: duckdb.DuckDBPyConnection, file: Path, name: str) -> None:
    """Attach an existing file under a name, read-only; raises duckdb.Error if it can't be read."""
    connection.execute(f"attach '{_quoted(file)}' as {name} (read_only)")


def _quoted(file: Path) -> str:
    return str(file).replace("'", "''")


def _one_line(wrong: duckdb.Error) -> str:
    """DuckDB's message without its pointer into the query."""
    said = [line.strip() for line in str(wrong).splitlines()]
    return " ".join(line for line in said if line and not line.startswith(("LINE ", "^")))
