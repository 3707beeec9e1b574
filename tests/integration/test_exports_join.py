"""A frame of Correlates of War dyads, made from the seeds alone, joins with the exported files.

Belongs here: the join that users make, on the sample and on real votes. Not here: the seeds against
other lists (tests/unit), or the files' rows against the marts (test_exports.py).
"""

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from seeds import FORMER_CODES, MEMBERS, NEVER

from orchestration.layout import Layout
from orchestration.published.exports import Asked, export

YEARS = range(1946, 2017)


def numbers(system: str) -> pl.DataFrame:
    """The number of each state that was a member throughout a year, from the seeds."""
    column = {"cow": "cow_code", "gw": "gw_code"}[system]
    former = FORMER_CODES.filter(pl.col("system") == system)
    found = []
    for year in YEARS:
        first, last = date(year, 1, 1), date(year, 12, 31)
        of_year = MEMBERS.filter(
            pl.col("member_from") <= first, pl.col("member_to").fill_null(NEVER) > last
        ).select("state", number=column)
        earlier = (
            former.filter(pl.col("valid_to") > last)
            .sort("valid_to")
            .group_by("state")
            .agg(pl.col("code").first())
        )
        found.append(
            of_year.join(earlier, on="state", how="left").select(
                "state", pl.lit(year).alias("year"), pl.coalesce("code", "number").alias("number")
            )
        )
    return pl.concat(found)


@pytest.fixture(
    scope="module",
    params=[
        "built_sample",
        pytest.param("built_mirror", marks=[pytest.mark.mirror, pytest.mark.real_refresh]),
    ],
)
def folder(request, tmp_path_factory: pytest.TempPathFactory) -> Path:
    sample = request.param == "built_sample"
    published = Layout(request.getfixturevalue(request.param)).published(sample)
    files = ["states", "dyads", "roll_calls"]
    asked = Asked(years=tuple(YEARS), measures=("agree3un",))
    return export(published, tmp_path_factory.mktemp("joined"), files, asked, ["parquet"]).folder


@pytest.mark.parametrize(("system", "column"), [("cow", "ccode"), ("gw", "gwcode")])
def test_every_member_is_found_by_its_number(folder, system, column):
    states = pl.read_parquet(folder / "states.parquet").select("iso3", "year", column)
    frame = numbers(system)
    joined = frame.join(states, left_on=["number", "year"], right_on=[column, "year"], how="left")
    assert joined.height == frame.height
    assert joined.filter(pl.col("iso3").is_null() | (pl.col("iso3") != pl.col("state"))).is_empty()


def test_every_dyad_is_found_but_those_that_never_voted(folder):
    """Two states of which neither cast a vote in the year, as in all of 1964, have no row."""
    one = numbers("cow").select("year", ccode1="number")
    frame = one.join(one.rename({"ccode1": "ccode2"}), on="year").filter(
        pl.col("ccode1") < pl.col("ccode2")
    )
    dyads = pl.read_parquet(folder / "dyads.parquet", columns=["ccode1", "ccode2", "year", "n"])
    joined = frame.join(dyads, on=["ccode1", "ccode2", "year"], how="left", validate="1:1")
    states = pl.read_parquet(folder / "states.parquet").select(
        "ccode", "year", cast=pl.sum_horizontal("votes_yes", "votes_abstain", "votes_no")
    )
    missing = joined.filter(pl.col("n").is_null())
    for side in ("ccode1", "ccode2"):
        missing = missing.join(
            states.rename({"ccode": side, "cast": f"cast_{side}"}), on=[side, "year"]
        )
    assert missing.filter((pl.col("cast_ccode1") > 0) | (pl.col("cast_ccode2") > 0)).is_empty()
    assert joined.height > missing.height
