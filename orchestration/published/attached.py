"""A result of `unga pairs` as views in a DuckDB session.

Belongs here: the SQL of the views, with the measures of the published file. Not here: counting (the
package scale_out), or any formula.
"""

from pathlib import Path

from orchestration.published.query import QueryError, rows_of
from scale_out.counting import COUNTS, RESAMPLED
from scale_out.output import read_settings

PAIRS, COHESION = "counted_pairs", "counted_cohesion"

# The view with every measure, and the table that it reads.
_MEASURES, _COUNTED = "cohesion_by_pair_year_topic", "marts.vote_pairs"


def views(folder: Path, published: Path, temporary: bool = False) -> str:
    """The statements that create the views PAIRS and COHESION over a result.

    PAIRS has a row per pair of members, its counts and, of a result with replicates, the standard
    deviation of each over the replicates (`yy_sd`). COHESION has both orders of each pair and
    every measure, by the published file's own formulas. Raises QueryError if `folder` is not a
    result, or nothing is published to take the formulas from.
    """
    settings = read_settings(folder)
    if settings is None:
        raise QueryError(f"{folder} is not a result of `unga pairs`: count one with --out {folder}")
    found = rows_of(
        published,
        f"select sql from duckdb_views() where schema_name = 'marts' and view_name = '{_MEASURES}'",
    )
    measures = found[0]["sql"].partition(" AS ")[2].rstrip(";\n ").replace(_COUNTED, "counted")
    files = str(folder.absolute() / "*" / "*" / "*.parquet").replace("'", "''")
    times = settings["replicates"]
    spread = "".join(
        f",\n    sqrt(({name}_squares - {name}_sum::double ^ 2 / {times}) / {times - 1})"
        f" as {name}_sd"
        for name in RESAMPLED
        if times > 1
    )
    create = f"create or replace {'temp ' if temporary else ''}view"
    # The measures' view passes its keys on as they are: this one carries the chamber along.
    return f"""{create} {PAIRS} as
select
    chamber, member_a, member_b, scheme, topic, period,
    {", ".join(COUNTS)}{spread}
from read_parquet(
    '{files}', hive_partitioning = true, hive_types_autocast = false
);

{create} {COHESION} as
with counted as (
    select
        member_a as state_a, member_b as state_b,
        {{'chamber': chamber, 'period': period}} as "year",
        scheme, topic, {", ".join(COUNTS)}
    from {PAIRS}
),
measured as ({measures})
select
    "year".chamber as chamber, state as member, partner, scheme, topic, "year".period as period,
    * exclude (state, partner, "year", scheme, topic)
from measured;"""
