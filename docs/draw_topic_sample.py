"""Draw the resolutions of a gold sample of topics from the published file, and print them as CSV.

Belongs here: the strata, their sizes, the order of the draws. Not here: the codings (the seed
topic_gold_sample), how to code (docs/topic_code_book.md).

Strata are decade and rarest assigned study topic, so that a file with other votes or other rules
gives another sample. The order within a stratum depends on nothing but the ids. There were two
draws, with the rules of November 2026, before they were mended the last time:

- the first, of 600, half of which was at first closed, and all of which is open now:
  `python docs/draw_topic_sample.py first`
- the second, of 431 resolutions outside the first, all closed:
  `python docs/draw_topic_sample.py second`
"""

import sys
from pathlib import Path

import duckdb
import polars as pl

from orchestration.layout import Layout
from orchestration.published.query import open_published

SEED = "unga topics 2026 "
SIZE, OF_OTHER, OF_A_TOPIC = 600, 12, 6
# Of each stratum of the second draw: this many, or one in so many if that is more.
AT_LEAST, ONE_IN = 4, 20
SAMPLE = Path(__file__).parents[1] / "dbt_project/seeds/topics/topic_gold_sample.csv"
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
    """The first draw: roll_call_id, decade, stratum, and how many resolutions this has.

    Twelve of each decade's `other` and six of each other stratum, then the seventh of as many as
    SIZE needs. All are open.
    """
    ranked = _ranked(resolutions)
    is_other = pl.col("stratum") == "other"
    first = ranked.filter(pl.col("place") <= pl.when(is_other).then(OF_OTHER).otherwise(OF_A_TOPIC))
    more = ranked.filter(~is_other & (pl.col("place") == OF_A_TOPIC + 1)).sort("sum")
    return _laid_out(pl.concat([first, more.head(max(0, SIZE - len(first)))]), "open")


def drawn_again(resolutions: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """The second draw, in the layout of the first, from the resolutions that `earlier` has not.

    AT_LEAST of each stratum, and one in ONE_IN of the larger ones. All are closed.
    """
    ranked = _ranked(resolutions.join(earlier, on="roll_call_id", how="anti"))
    share = (pl.col("population") / ONE_IN).ceil()
    return _laid_out(ranked.filter(pl.col("place") <= pl.max_horizontal(AT_LEAST, share)), "closed")


def _ranked(resolutions: pl.DataFrame) -> pl.DataFrame:
    return with_sums(resolutions).with_columns(
        place=order(), population=pl.len().over("decade", "stratum")
    )


def _laid_out(sample: pl.DataFrame, half: str) -> pl.DataFrame:
    return sample.sort("decade", "stratum", "place").select(
        "roll_call_id", "decade", "stratum", "population", half=pl.lit(half)
    )


if __name__ == "__main__":
    with open_published(Layout.from_environment().published(synthetic=False)) as connection:
        found = connection.sql(RESOLUTIONS).pl()
    if sys.argv[1:] == ["second"]:
        coded = pl.read_csv(SAMPLE).filter(half="open")
        drawn_again(found, coded).write_csv(sys.stdout)
    elif sys.argv[1:] == ["first"]:
        drawn(found).write_csv(sys.stdout)
    else:
        sys.exit("Which draw: first or second?")
