"""The seeds against second lists: each fact has two sources, and where a package has one it agrees.

Belongs here: lists that come with a Python package, rules from which a seed follows, and that every
seed says where it is from. Not here: a seed against the votes (tests/integration), or its own keys
and sizes (test_member_states.py, test_groups_seed.py).
"""

import json
import pickle
from datetime import date, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import polars as pl
import pycountry
import pytest
import yaml
from seeds import CODES, FORMER_CODES, MEMBERS, MEMBERSHIPS, NAMES, NEVER, SESSIONS, name_key

SEEDS = Path(__file__).parents[2] / "dbt_project" / "seeds"
DESCRIBED = {
    seed["name"]: (seed, file)
    for file in sorted(SEEDS.rglob("*.yml"))
    for seed in yaml.safe_load(file.read_text(encoding="utf-8"))["seeds"]
}
# What the project itself decides or has looked at: no list elsewhere could bear it out.
OWN = {
    "doubt_rules",
    "expected_roll_calls",
    "known_gaps",
    "topic_rules",
    "topic_series_exceptions",
    "topics",
}
SOURCE_COLUMNS = {"source", "source_of_fact"}


@pytest.mark.parametrize("name", sorted(DESCRIBED.keys() - OWN))
def test_a_seed_says_its_source_and_a_second_one(name):
    seed, file = DESCRIBED[name]
    table = pl.read_csv(file.with_name(f"{name}.csv"), infer_schema=False)
    named = SOURCE_COLUMNS & set(table.columns)
    assert named or " Source: " in seed["description"]
    assert " Second source: " in seed["description"]
    for column in named | ({"second_source"} & set(table.columns)):
        assert table[column].null_count() == 0


def test_the_projects_own_seeds_are_there():
    assert DESCRIBED.keys() >= OWN


PRESENT = MEMBERS.filter(pl.col("member_to").is_null())


def codelist() -> pl.DataFrame:
    """The list of the package countrycode: its ISO and COW codes and the UN's names."""
    listed = pickle.loads((files("countrycode") / "data" / "codelist.pickle").read_bytes())
    columns = ["iso3c", "cown", "gwn", "country.name.en", "un.name.en"]
    return pl.DataFrame({column: listed[column] for column in columns}, strict=False)


def test_numbers_of_cow_are_those_of_countrycode():
    theirs = codelist().drop_nulls("cown")
    by_code = dict(theirs.drop_nulls("iso3c").select("iso3c", "cown").iter_rows())
    ours = dict(PRESENT.select("state", "cow_code").iter_rows())
    # It has Yugoslavia's number without a code, and none for Serbia.
    assert ours.pop("SRB") == 345
    assert ours == {state: by_code[state] for state in ours}

    dissolved = dict(
        theirs.filter(pl.col("iso3c").is_null()).select("country.name.en", "cown").rows()
    )
    ours = dict(MEMBERS.select("state", "cow_code").iter_rows())
    assert {state: ours[state] for state in ("CSK", "DDR", "YMD", "YUG", "EAZ")} == {
        "CSK": dissolved["Czechoslovakia"],
        "DDR": dissolved["German Democratic Republic"],
        "YMD": dissolved["Yemen People's Republic"],
        "YUG": dissolved["Yugoslavia"],
        "EAZ": dissolved["Zanzibar"],
    }
    of_cow = FORMER_CODES.filter(pl.col("system") == "cow")
    former = dict(of_cow.select("state", "code").iter_rows())
    assert former == {"CHN": by_code["CHN"], "DEU": 260, "YEM": dissolved["Yemen Arab Republic"]}


def test_numbers_of_gleditsch_and_ward_are_those_of_two_other_lists():
    ours = dict(PRESENT.select("state", "gw_code").iter_rows())
    listed = codelist().drop_nulls(["iso3c", "gwn"]).select("iso3c", "gwn").rows()
    # It gives Vietnam the number of the Republic of Vietnam, which ended in 1975.
    assert {state: theirs for state, theirs in listed if ours.get(state, theirs) != theirs} == {
        "VNM": 817
    }
    [table] = Path(str(files("country_converter"))).glob("country_data.tsv")
    other = pl.read_csv(table, separator="\t", infer_schema=False).select(
        "ISO3", pl.col("GWcode").cast(pl.Float64, strict=False).cast(pl.Int64)
    )
    # The Czech Republic with Czechoslovakia's number, Yemen with that of the South.
    assert {
        state: theirs
        for state, theirs in other.drop_nulls().iter_rows()
        if ours.get(state, theirs) != theirs
    } == {"CZE": 315, "VNM": 817, "YEM": 680}
    # What Gleditsch and Ward list apart: microstates, and where their number is not COW's.
    apart = PRESENT.filter(pl.col("gw_code") != pl.col("cow_code"))
    assert dict(apart.select("state", "gw_code").iter_rows()) == {
        "DEU": 260, "KIR": 970, "NRU": 971, "SRB": 340, "TON": 972, "TUV": 973, "YEM": 678,
    }  # fmt: skip
    assert {ours[state] for state in ("TZA", "VNM", "RUS")} == {510, 816, 365}


def test_letters_are_those_of_iso_or_say_what_they_are():
    present = {country.alpha_3 for country in pycountry.countries}
    former = {country.alpha_3 for country in pycountry.historic_countries}
    letters = CODES.filter(pl.col("system") == "iso3")
    elsewhere = {
        code: note
        for code, state, note in letters.select("code", "state", "note").iter_rows()
        if not (code in present and code == state) and code not in former
    }
    # Romania's code until 2002 is in neither part of the standard any more, Zanzibar never had one.
    assert elsewhere.pop("EAZ") is None
    assert elsewhere.keys() == {"CEY", "FRG", "GER", "GFR", "ROM", "TWN", "UAR", "YAR"}
    assert all(elsewhere.values())


def test_names_of_the_un_are_those_of_countrycode():
    theirs = codelist().drop_nulls(["iso3c", "un.name.en"])
    theirs = theirs.filter(pl.col("iso3c").is_in(PRESENT["state"].implode()))
    keys = name_key(theirs["un.name.en"].to_list())
    ours = dict(NAMES.select("name_key", "state").iter_rows())
    assert {key: ours.get(key) for key in keys} == dict(zip(keys, theirs["iso3c"], strict=True))
    assert theirs.height == 193


def listed_group(group: str) -> set[str]:
    """The states of a group in the package worldcountrygroups, which has no dates."""
    text = (files("worldcountrygroups") / "data" / "groups" / f"{group}.json").read_text("utf-8")
    return {country["iso3"] for country in json.loads(text)["countries"]}


# The same group in the package, what only it has, and what only the seed has. The package's rows of
# the Democratic Republic of the Congo and, in one group, of Venezuela lack their code. It lists
# observers of the Movement, an associate of the CIS, and Palestine, which is no member state.
GROUPS = {
    "EU": ("eu", "", ""),
    "EAEU": ("eaeu", "", ""),
    "CIS": ("cis", "TKM", ""),
    "CSTO": ("csto", "", ""),
    "SCO": ("sco", "", ""),
    "BRICS": ("brics", "", "ARE EGY ETH IDN IRN"),  # as it was to 2023
    "NATO": ("nato", "", "FIN MKD MNE SWE"),  # as it was to 2017
    "ASEAN": ("asean", "", "TLS"),  # as it was to 2025
    "AFRICAN_GROUP": ("ag", "", "COD"),
    "ARAB_LEAGUE": ("las", "PSE", ""),
    "OIC": ("oic", "PSE", "SYR"),  # suspended to 2025
    "G77": ("g77", "AZE CHN PSE", "COD"),  # see the seed's description
    "NAM": ("nam", "BIH BRA CRI PRY PSE", "COD"),
    "GRULAC": ("grulac", "", "VEN"),
    "NORDIC": ("nordic", "", ""),
    "P5": ("unsc-p5", "", ""),
}


def test_every_group_has_a_second_list():
    assert set(MEMBERSHIPS["group_code"]) == GROUPS.keys()


@pytest.mark.parametrize("group", GROUPS)
def test_members_of_today_are_those_of_another_list(group):
    listed, only_theirs, only_ours = GROUPS[group]
    ours = set(
        MEMBERSHIPS.filter(pl.col("group_code") == group, pl.col("left_on") == NEVER)["state"]
    )
    theirs = {code for code in listed_group(listed) if code}
    assert theirs - ours == set(only_theirs.split())
    assert ours - theirs == set(only_ours.split())


@pytest.mark.parametrize(
    ("region", "listed", "only_theirs", "only_ours"),
    [
        ("African Group", "ag", "", "COD"),
        ("Asia-Pacific Group", "ap", "TUR", ""),  # which votes in WEOG
        ("Eastern European Group", "eeg", "", ""),
        ("GRULAC", "grulac", "", "VEN"),
        ("WEOG", "weog", "", ""),
    ],
)
def test_regional_groups_are_those_of_another_list(region, listed, only_theirs, only_ours):
    ours = set(PRESENT.filter(pl.col("region_group") == region)["state"])
    theirs = {code for code in listed_group(listed) if code}
    assert theirs - ours == set(only_theirs.split())
    assert ours - theirs == set(only_ours.split())


def test_who_joined_the_group_of_77_late():
    joined = dict(
        MEMBERSHIPS.filter(pl.col("group_code") == "G77").select("state", "joined_on").iter_rows()
    )
    late = {
        state: joined[state].year
        for state, admitted in MEMBERS.group_by("state")
        .agg(pl.col("member_from").min())
        .iter_rows()
        if state in joined and joined[state] > max(admitted, date(1964, 6, 15))
    }
    assert late == {
        "CIV": 1967,
        "CUB": 1971,
        "KIR": 2013,
        "MLT": 1976,
        "MNG": 1989,
        "NRU": 2011,
        "PLW": 2002,
        "ROU": 1976,
        "SSD": 2014,
        "TJK": 2011,
        "ZAF": 1994,
    }


@pytest.mark.parametrize(
    ("day", "published"),
    [
        (date(2010, 12, 31), 130),
        (date(2012, 12, 31), 132),
        (date(2013, 12, 31), 133),
        (date(2014, 12, 31), 134),
    ],
)
def test_the_group_of_77_grew_as_published(day, published):
    held = MEMBERSHIPS.filter(
        pl.col("group_code") == "G77", pl.col("joined_on") <= day, pl.col("left_on") > day
    )
    # Its lists of those years have China, Palestine, and Bosnia and Herzegovina besides.
    assert held.height + 3 == published


def first_tuesday(day: date) -> date:
    return day + timedelta((1 - day.weekday()) % 7)


def opening_by_rule(number: int, year: int) -> date:
    """The day on which rule 1 of the rules of procedure lets a regular session open.

    The third Tuesday of September; from session 57 the Tuesday after its second Monday, from 58
    that of the third week and from 78 of the second, from the first week with a working day on.
    """
    start = date(year, 9, 1)
    if number < 57:
        return first_tuesday(start) + timedelta(14)
    if number == 57:
        return first_tuesday(start + timedelta((0 - start.weekday()) % 7 + 7))
    week = (
        start - timedelta(start.weekday())
        if start.weekday() < 5
        else start + timedelta(7 - start.weekday())
    )
    return week + timedelta(1, weeks=2 if number < 78 else 1)


def test_sessions_open_by_the_rule_but_for_the_known_ones():
    regular = SESSIONS.filter(pl.col("kind") == "regular", pl.col("number") > 1)
    others = {
        number: opened
        for number, opened in regular.select("number", "opened").iter_rows()
        if opened != opening_by_rule(number, opened.year)
    }
    assert others == {
        6: date(1951, 11, 6),  # in Paris
        7: date(1952, 10, 14),
        11: date(1956, 11, 12),  # after the elections in the United States
        19: date(1964, 12, 1),
        23: date(1968, 9, 24),
        53: date(1998, 9, 9),
        54: date(1999, 9, 14),
        55: date(2000, 9, 5),  # the Millennium Summit
        56: date(2001, 9, 12),  # put off by a day
    }


def test_a_regular_session_closes_before_the_next_opens():
    regular = SESSIONS.filter(pl.col("kind") == "regular").select("opened", "closed").rows()
    assert all(closed and closed < opened for (_, closed), (opened, _) in pairwise(regular))
