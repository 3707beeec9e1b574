"""Draw the resolutions of a gold sample of topics from the published file, and print them as CSV.

Belongs here: the strata, their sizes, the order of the draw. Not here: the codings (the seed
topic_gold_sample), how to code (docs/topic_code_book.md).

Strata are decade and rarest assigned study topic, so that a file with other votes or other rules
gives another sample: that of the seed was drawn with the rules of November 2026, before they were
mended. The order within a stratum depends on nothing but the ids.

    python docs/draw_topic_sample.py > drawn.csv
"""

import sys

import duckdb
import polars as pl

from orchestration.layout import Layout
from orchestration.published.query import open_published

SEED = "unga topics 2026 "
SIZE, OF_OTHER, OF_A_TOPIC = 600, 12, 6
RESOLUTIONS = """
with assigned as (
    select roll_call_id, topic from marts.bridge_roll_call_topics
    where scheme = 'study' and topic <> 'all'
),

frequent as (select topic, count(*) as roll_calls from assigned group by topic)

select
    roll_call_id,
    year // 10 * 10 as decade,
    min_by(topic, case topic when 'other' then 0 else frequent.roll_calls end) as stratum
from assigned
inner join frequent using (topic)
inner join marts.dim_roll_calls using (roll_call_id)
where kind = 'resolution'
group by roll_call_id, decade
"""


def order() -> pl.Expr:
    """The order of the draw within a stratum, 1 the first: that of MD5 sums of the ids."""
    return pl.col("sum").rank("ordinal").over("decade", "stratum").cast(pl.Int64)


def with_sums(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the column `sum`, the MD5 sum of seed and `roll_call_id` in hexadecimal."""
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        return connection.sql(f"select *, md5('{SEED}' || roll_call_id) as sum from rows").pl()


def drawn(resolutions: pl.DataFrame) -> pl.DataFrame:
    """The sample of resolutions with the columns roll_call_id, decade and stratum.

    Twelve of each decade's `other` and six of each other stratum, then the seventh of as many as
    SIZE needs; every other one is open. `population` is the size of the stratum.
    """
    ranked = with_sums(resolutions).with_columns(
        place=order(), population=pl.len().over("decade", "stratum")
    )
    is_other = pl.col("stratum") == "other"
    first = ranked.filter(pl.col("place") <= pl.when(is_other).then(OF_OTHER).otherwise(OF_A_TOPIC))
    more = ranked.filter(~is_other & (pl.col("place") == OF_A_TOPIC + 1)).sort("sum")
    return (
        pl.concat([first, more.head(max(0, SIZE - len(first)))])
        .sort("decade", "stratum", "place")
        .select(
            "roll_call_id",
            "decade",
            "stratum",
            "population",
            half=pl.when(pl.col("place") % 2 == 1).then(pl.lit("open")).otherwise(pl.lit("closed")),
        )
    )


if __name__ == "__main__":
    with open_published(Layout.from_environment().published(synthetic=False)) as connection:
        drawn(connection.sql(RESOLUTIONS).pl()).write_csv(sys.stdout)
