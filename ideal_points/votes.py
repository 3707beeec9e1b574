"""The votes of a series in a warehouse file, as the arrays that the sampler takes.

Belongs here: reading them, the start values that set the sign. Not here: which roll calls enter and
which are one item (dbt_project's int_ideal_point_roll_calls), or sampling (sampler.py).
"""

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import polars as pl

from ideal_points.sampler import Votes

# Whose place on the scale is known: on the right the USA and who votes with it, on the left the
# Soviet Union (RUS) and the GDR. The published estimates begin with the same.
START_VALUES = {"USA": 3.0, "GBR": 3.0, "CAN": 3.0, "ISR": 3.0, "RUS": -2.0, "DDR": -2.0}

MAIN_SERIES = ("all_votes", "final_passage")

ENTERING = """
    select entering.session, entering.item, entering.roll_call_id, votes.state,
        case votes.vote when 'yes' then 0 when 'abstain' then 1 else 2 end::tinyint as vote
    from intermediate.int_ideal_point_roll_calls as entering
    inner join marts.fct_votes as votes using (roll_call_id)
    where entering.series = ? and votes.vote in ('yes', 'abstain', 'no')
    order by votes.state, entering.session, entering.roll_call_id
"""


class NoSuchSeriesError(Exception):
    """A series that the file has no votes for."""


@dataclass(frozen=True)
class Series:
    """The votes of one series, and what their numbers stand for.

    `units` has state, session and votes of each unit, `roll_calls` the roll_call_id, its item and
    that item's number. `key` changes with any vote that enters, or with the items.
    """

    name: str
    key: str
    data_through: date
    units: pl.DataFrame
    roll_calls: pl.DataFrame
    votes: Votes

    def start(self) -> np.ndarray:
        """The start value of each unit, NaN where it is to be drawn."""
        known = self.units["state"].replace_strict(START_VALUES, default=None)
        return known.cast(pl.Float64).fill_null(np.nan).to_numpy()


def read_series(connection: duckdb.DuckDBPyConnection, series: str) -> Series:
    """The votes of a series. Raises NoSuchSeriesError if the file has none of it."""
    rows = connection.execute(
        "select votes_key, data_through from intermediate.int_ideal_point_series where series = ?",
        [series],
    ).fetchall()
    if not rows:
        raise NoSuchSeriesError(f"There are no votes of a series {series!r}.")
    return series_of(connection.sql(ENTERING, params=[series]).pl(), series, *rows[0])


def series_of(votes: pl.DataFrame, name: str, key: str, data_through: date) -> Series:
    """A series from its votes: columns state, session, roll_call_id, item, and vote (0, 1 or 2).

    Rows are in order of state, then session.
    """
    units = (
        votes.group_by("state", "session", maintain_order=True)
        .agg(pl.len().cast(pl.Int32).alias("votes"))
        .with_row_index("unit")
    )
    numbers = pl.col("item").rank("dense").cast(pl.Int32) - 1
    roll_calls = votes.select("roll_call_id", "item", number=numbers).unique().sort("roll_call_id")
    return Series(
        name=name,
        key=key,
        data_through=data_through,
        units=units,
        roll_calls=roll_calls,
        votes=Votes(
            state=(units["state"].rank("dense").cast(pl.Int32) - 1).to_numpy(),
            unit=votes.select(pl.struct("state", "session").rle_id()).to_series().to_numpy(),
            item=votes.select(numbers).to_series().to_numpy(),
            vote=votes["vote"].to_numpy(),
            items=votes["item"].n_unique(),
        ),
    )
