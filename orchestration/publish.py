"""From a build that passed to the file that users read.

Belongs here: the audit rows, the replacement of the published file, the exports. Not here: whether
a build may be published (assets/publication.py asks the checks).
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import duckdb

from orchestration.outcomes import Outcome

TITLE = "The recorded votes of the UN General Assembly"


def write_audit(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    at: datetime,
    code: str,
    synthetic: bool,
    outcomes: Iterable[Outcome],
) -> date | None:
    """Write what was checked into the build: marts.checks_log, marts.publication, marts.freshness.

    Returns the day of the last vote in it, null if there is none.
    """
    outcomes = list(outcomes)
    connection.execute(
        """
        create table marts.checks_log (
            table_name varchar, check_name varchar, kind varchar, passed boolean,
            severity varchar, rows integer, detail varchar, checked_at timestamp
        );
        comment on table marts.checks_log is
            'Checks that this build went through. One row per check.';
        create table marts.publication (
            run_id varchar, published_at timestamp, code_version varchar, synthetic boolean,
            data_through date
        );
        comment on table marts.publication is 'The run that made this file. One row, the only one.';
        """
    )
    connection.execute(
        "insert into marts.publication select ?, ?, ?, ?, max(vote_date) from marts.dim_roll_calls",
        [run_id, at, code, synthetic],
    )
    connection.execute("update marts.freshness set checked_at = ?, is_fresh = true", [at])
    if outcomes:
        connection.executemany(
            "insert into marts.checks_log values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (it.table, it.check, it.kind, it.passed, it.severity, it.rows, it.detail, at)
                for it in outcomes
            ],
        )
    ((through,),) = connection.sql("select data_through from marts.publication").fetchall()
    return through


def replace_published(build_file: Path, published: Path) -> None:
    """Put a closed and checkpointed database file in the place of the published one, atomically.

    Whoever has the old file open goes on reading it. Raises RuntimeError if the build is not
    closed: a write-ahead log beside it would be lost.
    """
    if build_file.with_name(build_file.name + ".wal").exists():
        raise RuntimeError(f"{build_file} still has a write-ahead log: it is not closed")
    with build_file.open("rb") as built:
        os.fsync(built.fileno())
    build_file.replace(published)
    folder = os.open(published.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def export_marts(published: Path, marts: Iterable[str], exports: Path) -> list[Path]:
    """Write marts of the published file as Parquet, with a data package that describes them.

    All is written beside first and then put in place, file by file, the data package last: it has
    each file's size and hash, so that files of two builds can't pass for one.
    """
    beside = exports / ".unfinished"
    if beside.exists():
        shutil.rmtree(beside)  # left by a run that was killed
    beside.mkdir(parents=True)
    written = _write_exports(published, sorted(marts), beside)
    placed = [file.replace(exports / file.name) for file in written]
    beside.rmdir()
    return placed


def _write_exports(published: Path, marts: Iterable[str], folder: Path) -> list[Path]:
    files, resources = [], []
    with duckdb.connect(published, read_only=True) as connection:
        for mart in marts:
            file = folder / f"{mart}.parquet"
            connection.execute(f"copy marts.{mart} to '{file}' (format parquet, compression zstd)")
            files.append(file)
            with file.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
            resources.append(
                {
                    "name": mart.replace("_", "-"),
                    "path": file.name,
                    "format": "parquet",
                    "bytes": file.stat().st_size,
                    "hash": f"sha256:{digest}",
                    "description": _comment(connection, mart),
                    "schema": {"fields": _fields(connection, mart)},
                }
            )
        sources = connection.sql(
            "select distinct source, release, licence, citation from raw.releases order by all"
        ).fetchall()
    package = {
        "name": "unga-votes",
        "title": TITLE,
        "sources": [
            {"title": citation, "version": release, "licence": licence}
            for _, release, licence, citation in sources
        ],
        "resources": resources,
    }
    description = folder / "datapackage.json"
    description.write_text(json.dumps(package, indent=2, ensure_ascii=False), encoding="utf-8")
    return [*files, description]


def _comment(connection: duckdb.DuckDBPyConnection, mart: str) -> str:
    found = connection.execute(
        "select comment from duckdb_tables() where schema_name = 'marts' and table_name = ?", [mart]
    ).fetchall()
    return found[0][0] or "" if found else ""


_KINDS = {"VARCHAR": "string", "DATE": "date", "BOOLEAN": "boolean", "TIMESTAMP": "datetime"}
_KINDS |= dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"), "integer")
_KINDS |= dict.fromkeys(("FLOAT", "DOUBLE"), "number")


def _fields(connection: duckdb.DuckDBPyConnection, mart: str) -> list[dict[str, str]]:
    """The columns as Frictionless fields."""
    columns = connection.execute(
        "select column_name, data_type, coalesce(comment, '') from duckdb_columns() "
        "where schema_name = 'marts' and table_name = ? order by column_index",
        [mart],
    ).fetchall()
    return [
        {"name": name, "type": _KINDS.get(kind, "any"), "description": words}
        for name, kind, words in columns
    ]
