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
    votes = connection.sql(ENTERING, params=[series]).pl()
    units = (
        votes.group_by("state", "session", maintain_order=True)
        .agg(pl.len().cast(pl.Int32).alias("votes"))
        .with_row_index("unit")
    )
    roll_calls = votes.select("roll_call_id", "item").unique().sort("roll_call_id")
    roll_calls = roll_calls.with_columns(number=pl.col("item").rank("dense").cast(pl.Int32) - 1)
    votes = votes.join(units, on=["state", "session"], maintain_order="left")
    votes = votes.join(roll_calls, on="roll_call_id", maintain_order="left")
    return Series(
        name=series,
        key=rows[0][0],
        data_through=rows[0][1],
        units=units,
        roll_calls=roll_calls,
        votes=Votes(
            state=(units["state"].rank("dense").cast(pl.Int32) - 1).to_numpy(),
            unit=votes["unit"].cast(pl.Int32).to_numpy(),
            item=votes["number"].to_numpy(),
            vote=votes["vote"].to_numpy(),
            items=roll_calls["number"].n_unique(),
        ),
    )
