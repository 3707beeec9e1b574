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
        names = [name for name, *_ in connection.execute(f"describe {mart}").fetchall()]
        theirs = {
            "state_a": "member_a",
            "state_b": "member_b",
            period: f"period::{'integer' if period == 'year' else 'varchar'}",
        }
        columns = ", ".join(theirs.get(name, name) for name in names)
        connection.execute(f"create view mine as select {columns} from {rows_of(result)}")
        return connection.execute(
            f"""
            select (select count(*) from {mart}), count(*) from (
                (from mine except all from {mart}) union all (from {mart} except all from mine)
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
        for name, result in (("one", one), ("other", other)):
            connection.execute(f"create view {name} as from {rows_of(result)}")
        ((columns,),) = connection.execute(
            "select string_agg(column_name, ', ') from (describe one)"
        ).fetchall()
        a, b = (f"select {columns} from {name}" for name in ("one", "other"))
        return connection.execute(
            f"select (select count(*) from one), count(*) from "
            f"(({a} except all {b}) union all ({b} except all {a}))"
        ).fetchall()[0]
