"""The reference of members, names, codes and sessions: known counts, keys, and an outside list.

Belongs here: what can be checked on the seeds alone. Not here: whether the sources' votes fit them
(tests/integration/test_member_states_mirror.py).
"""

from datetime import date
from importlib.resources import files

import polars as pl
import pytest
from seeds import CODES, FORMER_CODES, KEPT, MEMBERS, NAMES, NEVER, SEATED, SESSIONS, name_key


def overlaps(spells: pl.DataFrame, by: list[str], start: str, end: str) -> pl.DataFrame:
    """The spells that begin before the one before them, of the same `by`, has ended."""
    return (
        spells.with_columns(pl.col(start).fill_null(date(1900, 1, 1)), pl.col(end).fill_null(NEVER))
        .sort(*by, start)
        .filter(pl.col(start) < pl.col(end).shift(1).over(by))
    )


@pytest.mark.parametrize(
    ("day", "members"),
    [
        (date(1945, 12, 31), 51),
        (date(1950, 12, 31), 60),
        (date(1955, 12, 31), 76),
        (date(1960, 12, 31), 99),
        (date(1965, 12, 31), 117),  # 118 with Indonesia, which had withdrawn
        (date(1970, 12, 31), 127),
        (date(1975, 12, 31), 144),
        (date(1980, 12, 31), 154),
        (date(1985, 12, 31), 159),
        (date(1990, 12, 31), 159),
        (date(1995, 12, 31), 185),
        (date(2000, 12, 31), 189),
        (date(2002, 12, 31), 191),
        (date(2006, 12, 31), 192),
        (date(2011, 12, 31), 193),
        (date(2026, 1, 1), 193),
    ],
)
def test_the_number_of_members_is_the_one_the_un_states(day, members):
    of_the_day = MEMBERS.filter(
        pl.col("member_from") <= day, pl.col("member_to").fill_null(NEVER) > day
    )
    assert of_the_day["state"].n_unique() == of_the_day.height == members


def test_members_of_today_and_their_years_are_those_of_country_converter():
    # The library's table and not its converter, which today's pandas breaks.
    table = pl.read_csv(
        (files("country_converter") / "country_data.tsv").read_bytes(),
        separator="\t",
        infer_schema=False,
    ).filter(pl.col("UNmember").is_not_null())
    theirs = dict(table.select("ISO3", pl.col("UNmember").cast(pl.Int64)).iter_rows())
    present = MEMBERS.filter(pl.col("member_to").is_null())["state"]
    first_year = MEMBERS.group_by("state").agg(pl.col("member_from").min().dt.year())
    assert dict(first_year.filter(pl.col("state").is_in(present.implode())).iter_rows()) == theirs

    ours = dict(NAMES.select("name_key", "state").iter_rows())
    for column in ("name_short", "name_official"):
        keys = name_key(table[column].to_list())
        assert {k: ours.get(k) for k in keys} == dict(zip(keys, table["ISO3"], strict=True))


def test_spells_of_a_state_follow_each_other():
    assert MEMBERS.filter(pl.col("member_from") >= pl.col("member_to").fill_null(NEVER)).is_empty()
    assert overlaps(MEMBERS, ["state"], "member_from", "member_to").is_empty()


def test_a_state_that_ended_says_who_took_its_place():
    last = MEMBERS.sort("member_from").group_by("state").last()
    ended = last.filter(pl.col("member_to").is_not_null())
    assert set(ended["state"]) == {"CSK", "DDR", "EAZ", "YMD", "YUG"}
    assert ended["succeeded_by"].null_count() == 0
    known = set(MEMBERS["state"])
    for column in ("predecessor", "succeeded_by"):
        assert set(MEMBERS[column].drop_nulls().str.split("; ").explode()) <= known


def test_regional_groups_have_their_sizes():
    groups = MEMBERS.filter(pl.col("member_to").is_null())["region_group"].value_counts()
    assert dict(groups.iter_rows()) == {
        "African Group": 54,
        "Asia-Pacific Group": 54,
        "Eastern European Group": 23,
        "GRULAC": 33,
        "WEOG": 29,  # with the United States
    }


def test_every_key_is_what_the_macro_makes_of_the_name():
    assert name_key(NAMES["name"].to_list()) == NAMES["name_key"].to_list()
    assert NAMES["name_key"].is_unique().all()


def test_every_state_has_a_name_of_its_own():
    named = NAMES.filter(pl.col("kind").is_in(["present", "former"]))
    assert set(named["state"]) == set(MEMBERS["state"])
    members = MEMBERS.filter(pl.col("member_to").is_null()).select("state", "name")
    names = NAMES.filter(pl.col("kind") == "present").select("state", "name")
    assert set(names.iter_rows()) == set(members.iter_rows())


@pytest.mark.parametrize(
    ("spelling", "state"),
    [
        ("CÔTE D’IVOIRE", "CIV"),
        ("COTE D'IVOIRE", "CIV"),
        ("Ivory Coast", "CIV"),
        ("T\u00dcRKI\u0307YE", "TUR"),
        ("TÜRKİYE", "TUR"),
        ("TÜRKÝYE", "TUR"),
        ("TURKEY", "TUR"),
        ("BAHAMAS (THE)", "BHS"),
        ("The Gambia", "GMB"),
        ("COMOROS\u00a0", "COM"),
        ("Guinea Bissau", "GNB"),
        ("LAO PEOPLE’S DEMOCRATIC REPUBLIC", "LAO"),
        ("BURMA", "MMR"),
        ("CEYLON", "LKA"),
        ("UPPER VOLTA", "BFA"),
        ("DAHOMEY", "BEN"),
        ("BYELORUSSIAN SSR", "BLR"),
        ("UKRAINIAN SSR", "UKR"),
        ("USSR", "RUS"),
        ("SWAZILAND", "SWZ"),
        ("ZAIRE", "COD"),
        ("CONGO (LEOPOLDVILLE)", "COD"),
        ("CONGO (BRAZZAVILLE)", "COG"),
        ("CONGO", "COG"),
        ("DEMOCRATIC KAMPUCHEA", "KHM"),
        ("CAPE VERDE", "CPV"),
        ("FEDERATION OF MALAYA", "MYS"),
        ("UNITED ARAB REPUBLIC", "EGY"),
        ("TANGANYIKA", "TZA"),
        ("YUGOSLAVIA", "YUG"),
        ("SERBIA AND MONTENEGRO", "SRB"),
        ("THE FORMER YUGOSLAV REPUBLIC OF MACEDONIA", "MKD"),
        ("CZECH REPUBLIC", "CZE"),
        ("GERMANY, FEDERAL REPUBLIC OF", "DEU"),
        ("GERMAN DEMOCRATIC REPUBLIC", "DDR"),
        ("DEMOCRATIC YEMEN", "YMD"),
        ("LIBYAN ARAB JAMAHIRIYA", "LBY"),
        ("SIAM", "THA"),
    ],
)
def test_a_spelling_finds_its_state(spelling, state):
    [key] = name_key([spelling])
    assert NAMES.filter(pl.col("name_key") == key)["state"].to_list() == [state]


def test_a_code_means_one_state_on_a_day():
    assert overlaps(CODES, ["system", "code"], "valid_from", "valid_to").is_empty()
    assert set(CODES["state"]) <= set(MEMBERS["state"])
    own = CODES.filter(pl.col("system") == "iso3", pl.col("code") == pl.col("state"))
    assert set(own["state"]) == set(MEMBERS["state"])


def state_of(system: str, code: str, day: date) -> list[str]:
    return CODES.filter(
        pl.col("system") == system,
        pl.col("code") == code,
        pl.col("valid_from").fill_null(date(1900, 1, 1)) <= day,
        pl.col("valid_to").fill_null(NEVER) > day,
    )["state"].to_list()


@pytest.mark.parametrize(
    ("system", "code", "day", "state"),
    [
        ("cow", "345", date(1992, 9, 22), ["YUG"]),
        ("cow", "345", date(2000, 11, 1), ["SRB"]),
        ("iso3", "YUG", date(2001, 1, 1), ["SRB"]),
        ("cow", "260", date(1980, 1, 1), ["DEU"]),
        ("cow", "255", date(2000, 1, 1), ["DEU"]),
        ("cow", "678", date(1980, 1, 1), ["YEM"]),
        ("cow", "680", date(1980, 1, 1), ["YMD"]),
        ("cow", "713", date(1971, 10, 7), ["CHN"]),
        ("cow", "710", date(1971, 10, 7), []),
        ("cow", "710", date(1971, 11, 3), ["CHN"]),
        ("cow", "713", date(1971, 11, 3), []),
        ("iso3", "SUN", date(1980, 1, 1), ["RUS"]),
    ],
)
def test_codes_that_changed_hands(system, code, day, state):
    assert state_of(system, code, day) == state


def test_every_number_that_a_source_may_use_is_one_that_the_state_has_or_had():
    read = CODES.filter(pl.col("system") == "cow").select("state", pl.col("code").cast(pl.Int64))
    held = pl.concat(
        [
            MEMBERS.select("state", code="cow_code"),
            FORMER_CODES.filter(pl.col("system") == "cow").select("state", "code"),
        ]
    )
    assert set(read.iter_rows()) == set(held.iter_rows())


def number_of(system: str, state: str, day: date) -> int:
    """The number that a state had on a day, as the marts have it."""
    former = FORMER_CODES.filter(
        pl.col("system") == system, pl.col("state") == state, pl.col("valid_to") > day
    ).sort("valid_to")
    if former.height:
        return former["code"][0]
    spells = MEMBERS.filter(pl.col("state") == state, pl.col("member_from") <= day)
    return spells.sort("member_from")[{"cow": "cow_code", "gw": "gw_code"}[system]][-1]


@pytest.mark.parametrize(
    ("state", "day", "cow", "gw"),
    [
        ("DEU", date(1980, 1, 1), 260, 260),
        ("DEU", date(1990, 10, 2), 260, 260),
        ("DEU", date(1990, 10, 3), 255, 260),
        ("DDR", date(1980, 1, 1), 265, 265),
        ("YEM", date(1980, 1, 1), 678, 678),
        ("YEM", date(1990, 5, 21), 678, 678),
        ("YEM", date(1990, 5, 22), 679, 678),
        ("YMD", date(1980, 1, 1), 680, 680),
        ("YUG", date(1980, 1, 1), 345, 345),
        ("SRB", date(2003, 1, 1), 345, 345),
        ("SRB", date(2007, 1, 1), 345, 340),
        ("MNE", date(2007, 1, 1), 341, 341),
        ("VNM", date(1980, 1, 1), 816, 816),
        ("TZA", date(1963, 1, 1), 510, 510),
        ("TZA", date(1980, 1, 1), 510, 510),
        ("EAZ", date(1964, 1, 1), 511, 511),
        ("RUS", date(1980, 1, 1), 365, 365),
        ("RUS", date(2000, 1, 1), 365, 365),
        ("CSK", date(1980, 1, 1), 315, 315),
        ("CZE", date(2000, 1, 1), 316, 316),
        ("SVK", date(2000, 1, 1), 317, 317),
        ("LIE", date(2000, 1, 1), 223, 223),
        ("MCO", date(2000, 1, 1), 221, 221),
        ("SMR", date(2000, 1, 1), 331, 331),
        ("AND", date(2000, 1, 1), 232, 232),
        ("KIR", date(2000, 1, 1), 946, 970),
        ("NRU", date(2000, 1, 1), 970, 971),
        ("TON", date(2000, 1, 1), 955, 972),
        ("TUV", date(2001, 1, 1), 947, 973),
        ("MHL", date(2000, 1, 1), 983, 983),
        ("FSM", date(2000, 1, 1), 987, 987),
        ("PLW", date(2000, 1, 1), 986, 986),
        ("WSM", date(2000, 1, 1), 990, 990),
    ],
)
def test_numbers_of_successors_and_microstates_on_a_day(state, day, cow, gw):
    """Against countrycode and country_converter, which have no days: test_seed_sources.py."""
    assert (number_of("cow", state, day), number_of("gw", state, day)) == (cow, gw)


def test_governments_sit_while_the_state_is_a_member_and_one_after_the_other():
    assert overlaps(SEATED, ["state"], "seated_from", "seated_to").is_empty()
    admitted = MEMBERS.group_by("state").agg(pl.col("member_from").min())
    early = SEATED.join(admitted, on="state").filter(pl.col("seated_from") < pl.col("member_from"))
    assert early.is_empty()


def test_whose_government_sat_for_china_is_said_on_every_day():
    china = SEATED.filter(pl.col("state") == "CHN").sort("seated_from")
    assert china["seated_from"].to_list()[0] == date(1945, 10, 24)
    assert china["seated_to"].to_list() == [*china["seated_from"].to_list()[1:], None]
    by_spell = MEMBERS.filter(pl.col("state") == "CHN")["member_to"].to_list()
    assert set(by_spell) <= set(china["seated_to"].to_list())


def test_no_state_is_kept_from_voting_while_no_member():
    spells = KEPT.join(MEMBERS, on="state").filter(
        pl.col("member_from") <= pl.col("kept_from"),
        pl.col("kept_to") <= pl.col("member_to").fill_null(NEVER),
    )
    assert spells.height == KEPT.height


def test_sessions_are_whole_and_in_order():
    for kind, last in (("regular", 81), ("special", 32), ("emergency", 11)):
        of_kind = SESSIONS.filter(pl.col("kind") == kind)
        assert of_kind["number"].to_list() == list(range(1, last + 1))
        assert of_kind["opened"].is_sorted()
    regular = SESSIONS.filter(pl.col("kind") == "regular")
    assert (regular["opened"].shift(-1) > regular["closed"]).drop_nulls().all()
    assert (SESSIONS["opened"] <= SESSIONS["closed"]).drop_nulls().all()


def test_regular_sessions_open_on_a_tuesday_but_for_the_known_ones():
    others = SESSIONS.filter(pl.col("kind") == "regular", pl.col("opened").dt.weekday() != 2)
    assert others["session"].to_list() == ["1", "11", "53", "56"]


def test_roman_numerals_of_sessions():
    romans = dict(SESSIONS.select("session", "roman").iter_rows())
    assert [romans[s] for s in ("1", "4", "15", "19", "30", "31")] == [
        "I", "IV", "XV", "XIX", "XXX", None,
    ]  # fmt: skip
    assert (romans["S-6"], romans["ES-5"], romans["ES-6"]) == ("S-VI", "ES-V", None)
