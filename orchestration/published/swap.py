"""From a build that passed to the file that users read.

Belongs here: the audit rows and the replacement of the published file. Not here: whether a build
may be published (assets/publication.py asks the checks), or the exports (exports.py).
"""

import os
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import duckdb

from orchestration.layout import OLDEST_READER
from orchestration.published.changes import Change
from orchestration.published.query import SCHEMA_VERSION
from orchestration.run.check_results import CheckResult


def write_audit(
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    at: datetime,
    code: str,
    synthetic: bool,
    results: Iterable[CheckResult],
    changes: Iterable[Change],
    release: str,
) -> date | None:
    """Write the audit tables into the build.

    They are marts.checks_log, marts.changes, marts.publication and marts.freshness. Returns the
    day of the last vote in it, null if there is none.
    """
    results = list(results)
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
            data_through date, release varchar, schema_version integer, readable_from varchar
        );
        comment on column marts.publication.schema_version is
            'Version of the tables and columns, raised when any is renamed or removed.';
        comment on column marts.publication.readable_from is
            'The oldest DuckDB that reads this file.';
        comment on table marts.publication is 'The run that made this file. One row, the only one.';
        create table marts.changes (what varchar, count integer, example varchar);
        comment on table marts.changes is
            'What this build changed in the file that it replaced. One row per kind of change.';
        comment on column marts.changes.what is 'The kind of change, as votes changed.';
        comment on column marts.changes.count is 'How many of it.';
        comment on column marts.changes.example is 'The first of them, values before and after.';
        """
    )
    connection.execute(
        "insert into marts.publication "
        "select ?, ?, ?, ?, max(vote_date), ?, ?, ? from marts.dim_roll_calls",
        [run_id, at, code, synthetic, release, SCHEMA_VERSION, OLDEST_READER],
    )
    connection.execute("update marts.freshness set checked_at = ?, is_fresh = true", [at])
    if results:
        connection.executemany(
            "insert into marts.checks_log values (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    result.table,
                    result.check,
                    result.kind,
                    result.passed,
                    result.severity,
                    result.rows,
                    result.detail,
                    at,
                )
                for result in results
            ],
        )
    if told := [(change.what, change.count, change.example) for change in changes]:
        connection.executemany("insert into marts.changes values (?, ?, ?)", told)
    ((through,),) = connection.sql("select data_through from marts.publication").fetchall()
    return through


def replace_published(build_file: Path, published: Path) -> None:
    """Replace the published file atomically by a closed and checkpointed database file.

    Readers that have the old file open keep reading it. Raises RuntimeError if the build is not
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
