"""The text of a report, from made-up facts."""

import pytest
from facts import estimated, made, placed, resolutions

from reports import narrative


def cohesion(power, rank, year, agreement, n=20, note=None):
    return {
        "power": power,
        "power_rank": rank,
        "year": year,
        "topic": "all",
        "agreement_half": agreement,
        "n": n,
        "note": note,
    }


def finding(convention, year, topic, holds, figures=""):
    return {
        "finding": "R1",
        "convention": convention,
        "year": year,
        "topic": topic,
        "holds": holds,
        "figures": figures,
    }


@pytest.mark.parametrize(
    ("years", "said"),
    [
        ([2007], "2007"),
        ([2008, 2007, 2010], "2007 to 2008, 2010"),
        (range(1946, 1950), "1946 to 1949"),
    ],
)
def test_neighbouring_years_are_drawn_together(years, said):
    assert narrative.years_in_words(years) == said


@pytest.mark.parametrize(
    ("names", "said"), [(["A"], "A"), (["A", "B"], "A and B"), ("ABC", "A, B and C")]
)
def test_a_list_in_words(names, said):
    assert narrative.listed(names) == said


def test_names_are_short_and_stand_in_a_sentence():
    facts = made()
    assert narrative.name_of(facts, "BBB") == "Bland"
    assert narrative.in_text(facts, "USA") == "the United States"
    assert narrative.name_of(facts, "ZZZ") == "ZZZ"


def test_the_headline_names_the_closest_and_the_farthest_with_their_n():
    rows = [cohesion("BBB", 1, None, 0.4, 1234), cohesion("USA", 2, None, 0.75, 30)]
    title, numbers = narrative.headline(made(cohesion=rows))
    assert (
        title == "Aland voted most like the United States and least like Bland from 2000 to 2003."
    )
    assert "75% over 30 roll calls" in numbers
    assert "with Bland it was 40% over 1,234" in numbers


def test_the_last_ideal_point_is_told_beside_the_nearest_and_the_farthest():
    rows = [
        placed("AAA", 2001, 1.5),
        placed("AAA", 2002, -0.004),
        placed("BBB", 2002, -0.5),
        placed("USA", 2002, 2.5),
        placed("USA", 2003, 0.0),
    ]
    assert narrative.ideal_points(made(ideal_points=rows, ideal_points_run=estimated())) == (
        "In the session that opened in 2002, Aland stood at 0.00 (90% interval "
        "\N{MINUS SIGN}0.25 to 0.25), nearest to Bland, at \N{MINUS SIGN}0.50, and farthest "
        "from the United States, at 2.50. The ideal points are estimated from the votes through "
        "9 December 2003."
    )


def test_ideal_points_of_other_votes_or_that_have_not_converged_are_told_as_such():
    rows = [placed("AAA", 2002, 1.0, 1.2), placed("BBB", 2002, 1.5, 1.05)]
    said = narrative.ideal_points(made(ideal_points=rows, ideal_points_run=estimated(False)))
    assert "stood at 1.00 (90% interval 0.75 to 1.25), nearest to Bland, at 1.50. The" in said
    assert "through 9 December 2003, not from those that this file has now." in said
    assert "Of the 2 in the figure, 1 has not converged (R-hat above 1.05)" in said


def test_nothing_is_told_of_ideal_points_that_are_not_there():
    assert narrative.ideal_points(made()) == ""
    others = made(ideal_points=[placed("BBB", 2002, 1.5)], ideal_points_run=estimated())
    assert narrative.ideal_points(others) == ""


def test_the_headline_of_one_power_and_one_year_compares_nothing():
    title, _ = narrative.headline(
        made(powers=("BBB",), years=(2000, 2000), cohesion=[cohesion("BBB", 1, None, 0.4)])
    )
    assert title == "Aland voted most like Bland in 2000."


def test_what_came_before_a_state_was_a_member_is_no_part_of_the_answer():
    facts = made(
        focus="BBB",
        powers=("USA",),
        years=(1980, 1999),
        cohesion=[cohesion("USA", 1, None, 0.4)],
        resolutions=resolutions(1990, 1999, as_member=25),
    )
    facts.years.clear()
    facts.years.update({1990: 5, 1991: 7})
    title, _ = narrative.headline(facts)
    assert title == "Bland voted most like the United States from 1990 to 1999."
    assert narrative.participation(facts) == (
        "Bland voted on 12 of 25 resolutions put to a recorded vote from 1990 to 1999 while it was "
        "a member, since 1 May 1990."
    )
    assert facts.period == "1990-1999"


def test_of_a_state_that_always_was_a_member_no_day_is_told():
    assert narrative.participation(made(focus="USA", powers=("AAA",))) == (
        "The United States voted on 40 of 40 resolutions put to a recorded vote from 2000 to 2003."
    )


def test_how_much_one_subject_weighs_is_counted():
    told = narrative.weight_of_one_subject(made(resolutions=resolutions(2000, 2003, 40, 7)))
    assert told.startswith("17.5% of the resolutions from 2000 to 2003 are on Palestine and")


def test_the_list_of_reports_tells_what_each_asks():
    assert narrative.about(made()) == (
        "Aland compared with Bland and the United States, 2000-2003, by topics of the "
        "scheme study; votes through 9 December 2003, built on 15 January 2004."
    )


def test_the_headline_says_when_too_few_votes_are_shared():
    title, _ = narrative.headline(made(cohesion=[cohesion("BBB", 1, None, None, 2)]))
    assert title == "Aland shared too few votes with the powers from 2000 to 2003 for an answer."


@pytest.mark.parametrize(
    ("years", "said"), [((2000, 2003), "2000 to 2003"), ((2003, 2003), "2003")]
)
def test_coverage_is_told_of_the_years_that_are_counted(years, said):
    counted = {"counted": 1319, "found": 1264, "surplus": 0}
    counted |= {"first_year": years[0], "last_year": years[1]}
    assert narrative.coverage(made(coverage=counted)) == (
        f"1,264 of 1,319 recorded votes of {said} are in this file, by the count of the UN Digital "
        "Library."
    )
    counted["surplus"] = 8
    assert ", and 8 others are in" in narrative.coverage(made(coverage=counted))


def test_nothing_is_said_of_coverage_that_the_file_does_not_tell():
    assert narrative.coverage(made()) == ""


def test_years_without_votes_are_said_with_the_reason():
    facts = made(focus="OLD", years=(1990, 1996))
    facts.years.clear()
    facts.years.update({1990: 5, 1991: 5, 1992: 5})
    first, *_ = narrative.notes(facts)
    assert first == (
        "No vote of Oldland is recorded in 1993 to 1996. "
        "It was a member from 24 October 1945 to 1 January 1993."
    )


def test_a_power_that_was_not_there_is_said():
    rows = [cohesion("BBB", 1, year, 0.5) for year in (2002, 2003)]
    assert narrative.notes(made(cohesion=rows)) == [
        "Bland and Aland share no roll call in 2000 to 2001.",
        "The United States and Aland share no roll call in these years.",
    ]


def test_a_government_that_sat_and_did_not_govern_is_said_once():
    seat = "AAA 2000-01-01 to 2001-01-01: the old sat, the new governed"
    rows = [cohesion(power, 1, year, 0.5) for power in ("BBB", "USA") for year in range(2000, 2004)]
    rows += [cohesion("BBB", 1, None, 0.5, note=seat)]
    rows += [
        cohesion("USA", 1, None, 0.5, note=f"{seat}; USA 2002-01-01 to now: x sat, y governed")
    ]
    assert narrative.notes(made(cohesion=rows)) == [
        f"{seat}.",
        "USA 2002-01-01 to now: x sat, y governed.",
    ]


def test_a_finding_tells_where_it_holds_by_the_shorter_list():
    rows = [
        finding("agreement_half", None, "all", True, "BBB 0.900 > USA 0.100; n of all 9"),
        finding("agreement_half", 2000, "all", True),
        finding("agreement_half", 2001, "all", False),
        finding("agreement_half", 2002, "all", True),
        finding("agreement_half", 2003, "all", None),
        finding("agreement_half", None, "war", False),
        finding("agreement_half", None, "law", True),
        finding("agreement_half", None, "sea", False),
    ]
    first, second, third = narrative.findings(made(findings=rows))
    assert first["claim"] == "Cohesion with Aland falls in the order Bland > United States."
    assert first["conventions"] == [
        {
            "convention": "An abstention is half agreement",
            "holds": True,
            "verdict": "holds",
            "figures": "Bland 0.900 > United States 0.100; n of all 9",
            "years": "2 of 3 years; not 2001",
            "topics": "1 of 3 topics: Law",
        }
    ]
    assert second["conventions"] == third["conventions"] == []


def test_the_citation_names_version_day_and_releases():
    release = {"source": "unxml", "release": "2026-07-10", "citation": "UN (2026)."}
    own, source = narrative.citations(made(releases=[release, release | {"release": "x"}]))
    assert "votes through 9 December 2003, from UN Secretariat 2026-07-10, UN Secretariat x" in own
    assert own.endswith("Report: Aland and Bland and United States, 2000-2003.")
    assert source == "UN (2026)."
