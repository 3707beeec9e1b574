"""Ideal points in the published file: taking them over into a build, and putting new ones in place.

Belongs here: the tables of estimates of a file, which of them are current, and replacing the
published file by one with new estimates. Not here: the estimation itself (ideal_points/), or which
roll calls it stands on (dbt_project/).
"""

import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from expectations.runner import run_suites
from orchestration.layout import Layout
from orchestration.published.kept import replace_and_keep
from orchestration.published.query import QueryError, attach, open_published, rows_if_there
from orchestration.run.lock import sign_of_estimation, take_lock
from orchestration.sources.schemas import ESTIMATES, ddl, polars_types

if TYPE_CHECKING:
    from ideal_points.estimates import Estimates, Settings

SUITE = "ideal_points"

# Each series that a file has votes for, and what its estimates stand on; the main ones first.
SERIES = """
    select
        series.series, runs.data_through, runs.method,
        runs.votes_key = series.votes_key as is_current
    from intermediate.int_ideal_point_series as series
    left join raw.ideal_points_run as runs using (series)
    order by contains(series.series, ':'), series.series
"""

# What is told while sampling: the series, sweeps done, sweeps in all, the largest R-hat so far.
Progress = Callable[[str, int, int, float], None]


class EstimationRefusedError(Exception):
    """New estimates can't be published; the file stays as it was."""


def take_over(connection: duckdb.DuckDBPyConnection, published: Path) -> str:
    """Create the tables of estimates in a build, with the rows of the published file if it has any.

    Returns why there are none to take over, '' if there are or nothing is published yet.
    """
    for table in ESTIMATES:
        connection.execute(f"create or replace table raw.{table} ({ddl(table)})")
    if not published.exists():
        return ""
    try:
        attach(connection, published, "published")
    except duckdb.Error as unreadable:
        return str(unreadable).partition("\n")[0]
    try:
        for table in ESTIMATES:
            columns = ", ".join(polars_types(table))  # named, so that one that is missing is told
            connection.execute(
                f"insert into raw.{table} by name select {columns} from published.raw.{table}"
            )
    except duckdb.Error as other_tables:  # of a version that had none, or others
        for table in ESTIMATES:
            connection.execute(f"delete from raw.{table}")
        return str(other_tables).partition("\n")[0]
    finally:
        connection.execute("detach published")
    return ""


def not_current(file: Path) -> dict[str, str]:
    """The series of a published file whose estimates are missing or not current, each with why.

    Raises QueryError if the file can't be read.
    """
    return _not_current(_series_of(file))


def _not_current(series: Sequence[dict[str, Any]]) -> dict[str, str]:
    from ideal_points.estimates import METHOD

    said = {}
    for row in series:
        if row["data_through"] is None:
            said[row["series"]] = "not estimated yet"
        elif row["method"] != METHOD:
            said[row["series"]] = "of another version of the estimator"
        elif not row["is_current"]:
            said[row["series"]] = f"of the votes through {row['data_through']}, before this build"
    return said


def asked_series(
    file: Path, named: Sequence[str] = (), topics: bool = False, again: bool = False
) -> list[str]:
    """The series to estimate: those named, else the main ones and with `topics` each topic.

    Without `again`, only those that are not current. Raises EstimationRefusedError for a series
    that the file has no votes for, QueryError if the file can't be read.
    """
    from ideal_points.votes import MAIN_SERIES

    rows = _series_of(file)
    there = [row["series"] for row in rows]
    if unknown := set(named) - set(there):
        raise EstimationRefusedError(
            f"No such series: {', '.join(sorted(unknown))}. There are: "
            f"{', '.join(there) or 'none'}."
        )
    wanted = [name for name in there if (name in named if named else topics or name in MAIN_SERIES)]
    stale = _not_current(rows)
    return [name for name in wanted if again or name in stale]


def estimate_and_publish(
    layout: Layout,
    synthetic: bool,
    series: Sequence[str],
    settings: "Settings",
    progress: Progress = lambda *_: None,
    locked: bool = False,
) -> list["Estimates"]:
    """Estimate some series from the published file, and publish it with the new estimates.

    The warehouse is locked only while the file is replaced: a refresh may run while the chains do.
    `locked` says that the caller's run holds the lock already. Raises EstimationRefusedError if the
    chains did not converge, the file's votes changed meanwhile, or the new estimates fail their
    suite; RefreshRefusedError if the lock is held; QueryError if nothing is published. The
    published file is then as it was.
    """
    from ideal_points.estimates import NotConvergedError, estimate
    from ideal_points.votes import NoSuchSeriesError, read_series

    published = layout.published(synthetic)
    found: list[Estimates] = []
    with sign_of_estimation(layout):
        for name in series:
            with open_published(published) as connection:
                try:
                    votes = read_series(connection, name)
                except NoSuchSeriesError as unknown:
                    raise EstimationRefusedError(str(unknown)) from unknown
            try:
                found.append(
                    estimate(votes, settings, lambda *told, name=name: progress(name, *told))
                )
            except NotConvergedError as wrong:
                raise EstimationRefusedError(str(wrong)) from wrong
        if not found:
            return found
        with (
            nullcontext() if locked else take_lock(layout, "unga estimate"),
            _copy(layout, synthetic) as build,
        ):
            try:
                with duckdb.connect(build) as connection:
                    _put_in_place(connection, found)
                _check(build)
            except duckdb.Error as wrong:
                raise EstimationRefusedError(f"The new estimates can't be kept: {wrong}") from wrong
            replace_and_keep(layout, synthetic, build)
    return found


def _series_of(file: Path) -> list[dict[str, Any]]:
    """The rows of SERIES; raises QueryError if the file can't be read or its version has none."""
    rows = rows_if_there(file, "intermediate.int_ideal_point_series", SERIES)
    if rows is None:
        raise QueryError(
            f"{file} was published by a version without ideal points: a refresh comes first."
        )
    return rows


@contextmanager
def _copy(layout: Layout, synthetic: bool) -> Iterator[Path]:
    """A copy of the published file to change, removed if it is not published."""
    name = f"estimate-{uuid.uuid4()}"
    build = layout.build_file(name, synthetic)
    try:
        build.parent.mkdir(parents=True)
        shutil.copyfile(layout.published(synthetic), build)
        yield build
    finally:
        shutil.rmtree(layout.build / name, ignore_errors=True)


def _put_in_place(connection: duckdb.DuckDBPyConnection, estimates: Sequence["Estimates"]) -> None:
    current = dict(
        connection.sql(
            "select series, votes_key from intermediate.int_ideal_point_series"
        ).fetchall()
    )
    connection.execute("begin")
    for of_series in estimates:
        ((series, key),) = of_series.ideal_points_run.select("series", "votes_key").iter_rows()
        if current.get(series) != key:
            raise EstimationRefusedError(
                f"{series}: a refresh has published other votes while the chains ran. Run `unga "
                "estimate` again."
            )
        for table, schema in ESTIMATES.items():
            rows = schema.validate(getattr(of_series, table), cast=True)
            connection.register("incoming", rows.to_arrow())
            connection.execute(f"delete from raw.{table} where series = ?", [series])
            connection.execute(f"insert into raw.{table} by name from incoming")
            connection.unregister("incoming")
    connection.execute("commit")
    connection.execute("checkpoint")


def _check(build: Path) -> None:
    """Raise EstimationRefusedError if the suite of the estimates fails on a build."""
    docs = build.parent / "data_docs"
    for suite in run_suites(build, docs, [SUITE]):
        if not suite.passed:
            wrong = "\n".join(
                f"{failure.expectation} {failure.detail}" for failure in suite.failures
            )
            raise EstimationRefusedError(f"The new estimates fail their checks:\n{wrong}")
