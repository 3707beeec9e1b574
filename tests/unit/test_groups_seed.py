"""Groups: memberships against known sizes and an outside list, measures against plain Python.

Belongs here: what the seeds say, and the arithmetic of the group measures. Not here: which votes
count for a group (the unit tests of group_positions).
"""

from collections import Counter
from datetime import date
from importlib.resources import files

import duckdb
import jinja2
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from seeds import DBT, MEMBERS, MEMBERSHIPS, NEVER, seed

GROUPS = seed("groups")
MEASURES = (DBT / "macros" / "measures" / "group_measures.sql").read_text(encoding="utf-8")


def members(group: str, day: date) -> set[str]:
    held = MEMBERSHIPS.filter(
        (pl.col("group_code") == group) & (pl.col("joined_on") <= day) & (pl.col("left_on") > day)
    )
    return set(held["state"])


def outside(column: str) -> set[str]:
    table = pl.read_csv(
        (files("country_converter") / "country_data.tsv").read_bytes(),
        separator="\t",
        infer_schema=False,
    )
    return set(table.filter(pl.col(column).is_not_null())["ISO3"])


@pytest.mark.parametrize(
    ("group", "day", "column"),
    [
        ("EU", date(1990, 1, 1), "EU12"),
        ("EU", date(2000, 1, 1), "EU15"),
        ("EU", date(2005, 1, 1), "EU25"),
        ("EU", date(2010, 1, 1), "EU27_2007"),
        ("EU", date(2020, 1, 31), "EU28"),
        ("EU", date(2020, 2, 1), "EU27"),
        ("BRICS", date(2010, 1, 1), "BRIC"),
    ],
)
def test_memberships_are_those_of_country_converter(group, day, column):
    assert members(group, day) == outside(column)


@pytest.mark.parametrize(
    ("group", "day", "number"),
    [
        ("EU", date(1972, 12, 31), 6),
        ("EU", date(1973, 1, 1), 9),
        ("EAEU", date(2020, 1, 1), 5),
        ("CIS", date(2000, 1, 1), 12),
        ("CIS", date(2010, 1, 1), 10),  # without Georgia and, as an associate, Turkmenistan
        ("CSTO", date(1995, 1, 1), 9),
        ("CSTO", date(2000, 1, 1), 6),
        ("CSTO", date(2010, 1, 1), 7),
        ("SCO", date(2001, 6, 15), 6),
        ("SCO", date(2025, 1, 1), 10),
        ("BRICS", date(2011, 4, 14), 5),
        ("BRICS", date(2025, 1, 6), 10),
        ("NATO", date(1950, 1, 1), 12),
        ("NATO", date(1983, 1, 1), 16),
        ("NATO", date(2024, 3, 7), 32),
        ("ASEAN", date(1999, 4, 30), 10),
        ("ASEAN", date(2025, 10, 26), 11),
        ("AFRICAN_GROUP", date(2011, 7, 14), 54),
        ("GRULAC", date(2020, 1, 1), 33),
        ("ARAB_LEAGUE", date(1945, 12, 31), 7),
        ("ARAB_LEAGUE", date(2020, 1, 1), 21),  # 22 with Palestine
        ("OIC", date(1969, 9, 25), 24),  # 25 with Palestine
        ("OIC", date(2020, 1, 1), 56),  # 57 with Palestine
        ("NAM", date(1961, 9, 6), 25),
        ("NAM", date(2012, 1, 1), 119),  # 120 with Palestine
        ("NORDIC", date(1956, 1, 1), 5),
        ("P5", date(2000, 1, 1), 5),
    ],
)
def test_groups_have_their_known_size(group, day, number):
    assert len(members(group, day)) == number


def test_the_founders_of_the_group_of_77_are_77_but_one():
    founders = MEMBERSHIPS.filter(
        pl.col("group_code") == "G77", pl.col("source").str.starts_with("Joint Declaration")
    )
    # The Republic of Viet-Nam was no member of the United Nations.
    assert founders.height == 76
    assert set(founders["joined_on"]) == {date(1964, 6, 15)}


def test_spells_of_a_state_in_a_group_do_not_overlap():
    spells = MEMBERSHIPS.sort("group_code", "state", "joined_on").filter(
        pl.col("joined_on") < pl.col("left_on").shift(1).over("group_code", "state")
    )
    assert spells.is_empty()


def test_every_group_has_members_and_every_member_a_group():
    assert set(MEMBERSHIPS["group_code"]) == set(GROUPS["group_code"])


def test_no_membership_outlives_a_dissolved_state():
    ended = MEMBERS.group_by("state").agg(pl.col("member_to").fill_null(NEVER).max().alias("ended"))
    outlived = MEMBERSHIPS.join(ended, on="state").filter(pl.col("left_on") > pl.col("ended"))
    assert outlived.is_empty()


def rendered(measure: str) -> str:
    return jinja2.Template(MEASURES + "{{ " + measure + " }}").render().strip()


def computed(votes: list[str]) -> tuple:
    """AI, Rice, unanimity and plurality of one roll call as the macros compute them."""
    counts = Counter(votes)
    sql = ", ".join(
        rendered(measure)
        for measure in ("agreement_index()", "rice_index()", "is_unanimous()", "plurality_vote()")
    )
    return duckdb.execute(
        f"select {sql} from (select ?::bigint as yes_votes, ?::bigint as no_votes, "
        "?::bigint as abstain_votes)",
        [counts["yes"], counts["no"], counts["abstain"]],
    ).fetchone()


@given(st.lists(st.sampled_from(["yes", "no", "abstain"]), min_size=2, max_size=60))
def test_group_measures_are_those_of_a_plain_definition(votes):
    counts = Counter(votes)
    (largest, size), *others = counts.most_common()
    for_or_against = counts["yes"] + counts["no"]
    index, rice, unanimous, plurality = computed(votes)
    assert index == pytest.approx((size - (len(votes) - size) / 2) / len(votes))
    assert -1e-9 <= index <= 1 + 1e-9
    if for_or_against:
        assert rice == pytest.approx(abs(counts["yes"] - counts["no"]) / for_or_against)
    else:
        assert rice is None
    assert unanimous == (len(counts) == 1)
    assert plurality == (None if others and others[0][1] == size else largest)
