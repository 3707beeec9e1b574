"""One table in one format: Parquet, CSV, Stata and R.

Belongs here: writing a query's rows to a file, and the limits of each format. Not here: which rows
(tables.py), or the folder that the files go to (folder.py).
"""

import textwrap
from collections.abc import Mapping
from pathlib import Path

import duckdb

from orchestration.published.exports.tables import VOTES, ExportError

# The formats, with what a reader needs to know the file by.
FORMATS = ("parquet", "csv", "dta", "rds")
# Written whole from memory: a longer table is written in parts, by years.
WHOLE = ("dta", "rds")
ROWS_IN_MEMORY = 500_000

# Of Stata 14 and newer: characters of a name and of a label, bytes of a text.
STATA_NAME, STATA_LABEL, STATA_TEXT = 32, 80, 2045
STATA_VERSION = 14
_CODED = {"vote": VOTES, "vote_as_given": VOTES}

Described = Mapping[str, tuple[str, str]]


def write(
    connection: duckdb.DuckDBPyConnection, sql: str, described: Described, form: str, file: Path
) -> None:
    """Write the rows of a query, in its order, to a new file in one of FORMATS.

    `described` has the type and the description of each column. Raises OSError or duckdb.Error if
    the file can't be written, ExportError if the format can't hold the rows.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    match form:
        case "parquet":
            _copy(connection, sql, file, "format parquet, compression zstd")
        case "csv":
            packed = ", compression gzip" if file.suffix == ".gz" else ""
            _copy(connection, sql, file, f"format csv, header{packed}")
        case "dta":
            _write_stata(connection, sql, described, file)
        case "rds":
            _write_r(connection, sql, file)


def _copy(connection: duckdb.DuckDBPyConnection, sql: str, file: Path, options: str) -> None:
    quoted = str(file).replace("'", "''")
    connection.execute(f"copy ({sql}) to '{quoted}' ({options})")


def label(words: str) -> str:
    """A description as a label of Stata: its first part, at most 80 characters."""
    first = words
    for end in ("; ", ". ", ": ", " ("):
        first = first.partition(end)[0]
    return textwrap.shorten(first.rstrip("."), STATA_LABEL, placeholder="...")


def _write_stata(
    connection: duckdb.DuckDBPyConnection, sql: str, described: Described, file: Path
) -> None:
    """Votes become numbers with value labels, as in Voeten's files; true and false 1 and 0."""
    # Slow to import, and not needed without this format.
    import polars as pl
    import pyreadstat

    if long := [name for name in described if len(name) > STATA_NAME]:
        raise ExportError(f"Stata allows names of {STATA_NAME} characters: {', '.join(long)}.")
    columns: list[str] = []
    labels: dict[str, dict[int | float, str]] = {}
    for name, (kind, _) in described.items():
        if name in _CODED:
            codes = " ".join(f"when '{vote}' then {code}" for code, vote in VOTES.items())
            columns.append(f"case {name} {codes} end::tinyint as {name}")
            labels[name] = VOTES
        elif kind == "BOOLEAN":
            columns.append(f"{name}::tinyint as {name}")
            labels[name] = {0: "no", 1: "yes"}
        elif kind == "VARCHAR":
            # Stata has no missing text, only an empty one.
            columns.append(f"coalesce({name}, '') as {name}")
        else:
            columns.append(name)
    rows = connection.sql(f"select {', '.join(columns)} from ({sql})").pl()
    for name in rows.select(pl.col(pl.String)).columns:
        longest = rows[name].str.len_bytes().max()
        if isinstance(longest, int) and longest > STATA_TEXT:
            raise ExportError(
                f"Stata allows texts of {STATA_TEXT} bytes, {file.stem} has one of {longest} in "
                f"{name}: take another format."
            )
    try:
        pyreadstat.write_dta(
            rows,
            file,
            column_labels={name: label(words) for name, (_, words) in described.items()},
            variable_value_labels=labels,
            version=STATA_VERSION,
        )
    except pyreadstat.ReadstatError as wrong:  # a full disk too
        raise OSError(f"{file.name}: {wrong}") from None


def _write_r(connection: duckdb.DuckDBPyConnection, sql: str, file: Path) -> None:
    import pyreadr

    try:
        pyreadr.write_rds(str(file), connection.sql(sql).pl(), compress="gzip", compresslevel=6)
    except pyreadr.LibrdataError as wrong:  # a full disk too
        raise OSError(f"{file.name}: {wrong}") from None
