"""Results of `unga pairs` beside the marts that they must equal.

Belongs here: the votes as files, and comparing rows. Not here: counting them, or Spark
(integration/test_scale_out.py, integration/test_scale_out_spark.py).
"""

from pathlib import Path

import duckdb

from orchestration.published.exports import export
from orchestration.published.public import PAIRED_SCHEMES
from scale_out.asked import Asked
from scale_out.counting import Resampling
from scale_out.groups import period_named

FILES = ("votes", "roll_calls", "roll_call_topics")
MART = {"year": "vote_pairs", "session": "vote_pairs_by_session"}


def exported(published: Path, folder: Path) -> Path:
    """The files of a published file that `unga pairs` reads."""
    return export(published, folder, FILES).folder


def asked(source: Path, target: Path, period: str = "year", replicates: int = 0) -> Asked:
    """What the marts have: their schemes by year or session."""
    resampling = Resampling(replicates, seed=8)
    return Asked(str(source), str(target), period_named(period), PAIRED_SCHEMES, resampling)


def differing_from_marts(published: Path, result: Path, period: str) -> tuple[int, int]:
    """How many rows the mart of a period has, and how many are not in both, in any column."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published}' as unga (read_only)")
        mart = f"unga.marts.{MART[period]}"
        theirs = {
            "state_a": "member_a",
            "state_b": "member_b",
            period: f"period::{'integer' if period == 'year' else 'varchar'}",
        }
        names = connection.sql(f"from {mart}").columns
        mine = ", ".join(f"{theirs.get(name, name)} as {name}" for name in names)
        return differing_rows(connection, f"from {mart}", f"select {mine} from {rows_of(result)}")


def differing_rows(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> tuple[int, int]:
    """How many rows one query has, and how many rows are not in both, in any column of the first.

    Rows are compared by their hashes: `except all` on eighteen million whole rows takes ten times
    as long and 11 GB.
    """
    columns = ", ".join(connection.sql(one).columns)
    # As in a set operation, columns of two types are compared as what both can be.
    return connection.execute(
        f"""
        select sum(rows_of_one)::bigint, sum(abs(rows_of_one - rows_of_other))::bigint from (
            select sum(is_one) as rows_of_one, sum(1 - is_one) as rows_of_other from (
                select {columns}, 1 as is_one from ({one})
                union all
                select {columns}, 0 as is_one from ({other})
            ) group by hash({columns})
        )
        """
    ).fetchall()[0]


def rows_of(result: Path) -> str:
    """All rows of a result, as a relation."""
    return (
        f"read_parquet('{result}/*/*/*.parquet', hive_partitioning = true, "
        "hive_types_autocast = false)"
    )


def differing(one: Path, other: Path) -> tuple[int, int]:
    """How many rows a result has, and how many are not in both results, in any column."""
    with duckdb.connect() as connection:
        return differing_rows(connection, f"from {rows_of(one)}", f"from {rows_of(other)}")
