"""The topic rules on titles whose topics anyone can name, and the spelling that they rely on.

Belongs here: the seed of rules and the macros for titles, by themselves. Not here: the order of
evidence and the carrying forward (dbt's unit tests beside the models), the real titles.
"""

import re
from pathlib import Path

import duckdb
import jinja2
import pytest

DBT = Path(__file__).parents[2] / "dbt_project"
RULES = DBT / "seeds" / "topics" / "topic_rules.csv"
MACROS = jinja2.Environment().from_string((DBT / "macros" / "keys" / "title_key.sql").read_text())


def macro(name: str, column: str = "title") -> str:
    return str(getattr(MACROS.module, name)(column)).strip()


@pytest.fixture(scope="module")
def rules():
    con = duckdb.connect()
    con.execute("create table rules as select * from read_csv(?, all_varchar = true)", [str(RULES)])
    yield con
    con.close()


def topics(con, scheme, title, committee="", agenda_item=""):
    """The topics that the strongest tier of rules gives, as a set."""
    found = con.execute(
        f"""
        with texts as (
            select {macro("title_text", "$title")} as title,
                {macro("title_text", "$agenda_item")} as agenda_item,
                {macro("title_text", "$committee")} as committee
        )
        select topic, tier::integer
        from rules, texts
        where scheme = $scheme
            and regexp_matches(
                case field when 'title' then title when 'agenda_item' then agenda_item
                    when 'committee' then committee else '' end, pattern)
            and not coalesce(regexp_matches(title || ' | ' || agenda_item, unless), false)
        """,
        {
            "scheme": scheme,
            "title": title,
            "committee": committee,
            "agenda_item": agenda_item,
        },
    ).fetchall()
    strongest = min((tier for _, tier in found), default=None)
    return {topic for topic, tier in found if tier == strongest}


LAW_AND_RIGHTS = {"human_rights", "international_law"}
STUDY = [
    ("Treaty on the Prohibition of Nuclear Weapons", {"disarmament"}),
    ("Implementation of the Declaration of the Indian Ocean as a Zone of Peace", {"disarmament"}),
    ("Dissemination of information on decolonization", {"decolonisation"}),
    ("Question of the Falkland Islands (Malvinas)", {"decolonisation"}),
    ("Question of Namibia", {"decolonisation"}),
    ("Moratorium on the use of the death penalty", {"human_rights"}),
    ("Policies of apartheid of the Government of South Africa", {"human_rights"}),
    ("Commodities", {"development"}),
    (
        "Necessity of ending the economic, commercial and financial embargo imposed by the United "
        "States of America against Cuba",
        {"development"},
    ),
    ("Assistance to Palestine refugees", {"middle_east"}),
    ("The Syrian Golan", {"middle_east"}),
    ("Territorial integrity of Ukraine", {"armed_conflicts"}),
    ("The situation in Kampuchea", {"armed_conflicts"}),
    ("The situation in Bosnia and Herzegovina", {"armed_conflicts"}),
    ("Question of Hungary", {"armed_conflicts"}),
    ("Report of the International Criminal Court", {"international_law"}),
    ("Report of the International Law Commission", {"international_law"}),
    ("Programme budget for the biennium 2006-2007", {"administration_budget"}),
    ("Admission of the State of Palestine", {"cooperation_organisations", "middle_east"}),
    ("Representation of China in the United Nations", {"cooperation_organisations"}),
    ("Question of Antarctica", {"cooperation_organisations", "environment"}),
    ("Declaration on the Strengthening of International Security", {"other"}),
    ("Status of Palestine in the United Nations", {"cooperation_organisations", "middle_east"}),
    ("Non-applicability of statutory limitations to war crimes", LAW_AND_RIGHTS),
    ("Financing of the International Tribunal for Rwanda", {"administration_budget"}),
    ("Economic effects of inflation", {"development"}),
    ("Oceans and the law of the sea", {"environment", "international_law"}),
    (
        "Cooperation between the United Nations and the Shanghai Cooperation Organization",
        {"cooperation_organisations"},
    ),
    ("Report of the International Atomic Energy Agency", {"cooperation_organisations"}),
    ("International Day of Hope", {"cooperation_organisations"}),
    ("Situation of human rights in the Syrian Arab Republic", {"human_rights"}),
    ("Situation of human rights in the Islamic Republic of Iran", {"human_rights"}),
    ("The risk of nuclear proliferation in the Middle East", {"disarmament", "middle_east"}),
    (
        "Status of internally displaced persons and refugees from Abkhazia, Georgia, and the "
        "Tskhinvali region/South Ossetia, Georgia",
        {"armed_conflicts"},
    ),
]


@pytest.mark.parametrize(("title", "expected"), STUDY)
def test_study_topics_of_well_known_items(rules, title, expected):
    assert topics(rules, "study", title) == expected


def test_general_titles_speak_only_where_the_subject_is_not_named(rules):
    assert topics(rules, "study", "World Wetlands Day") == {"cooperation_organisations"}
    assert topics(rules, "study", "World Day against the Death Penalty") == {"human_rights"}


@pytest.mark.parametrize(
    ("committee", "topic"),
    [
        ("First Committee", "disarmament"),
        ("Second Committee", "development"),
        ("Third Committee", "human_rights"),
        ("Fifth Committee", "administration_budget"),
        ("Sixth Committee", "international_law"),
    ],
)
def test_a_main_committee_gives_its_topic(rules, committee, topic):
    assert topics(rules, "study", "An item like no other", committee) == {topic}


@pytest.mark.parametrize("committee", ["Fourth Committee", "Without reference to a Main Committee"])
def test_a_committee_of_many_subjects_gives_none(rules, committee):
    assert topics(rules, "study", "An item like no other", committee) == set()


def test_what_is_voted_on_under_sustainable_development_has_the_environment_too(rules):
    item = "A/72/251 19 Sustainable development"
    assert topics(rules, "study", "Entrepreneurship", "", item) == {"development", "environment"}
    item = "Eradication of poverty: 2030 Agenda for Sustainable Development"
    assert topics(rules, "study", "Rural poverty", "", item) == {"development"}


def test_the_agenda_item_speaks_where_the_title_does_not(rules):
    assert topics(rules, "study", "A new start", "", "Question of Palestine") == {"middle_east"}


@pytest.mark.parametrize(
    ("title", "codes"),
    [
        ("Nuclear disarmament verification", {"nu", "di"}),
        ("The Arms Trade Treaty", {"di", "ec"}),
        ("Rights of indigenous peoples", {"hr"}),
        ("Question of French Polynesia", {"co"}),
        ("Permanent mission of Israel to Lebanon", {"me"}),
        ("Report of the Fifth Committee", set()),
    ],
)
def test_voeten_rules(rules, title, codes):
    assert topics(rules, "voeten", title) == codes


def test_patterns_are_in_the_spelling_of_the_texts(rules):
    """A pattern in another spelling could never match: no small letter, no -ize, no punctuation."""
    for rule_id, field, pattern, unless in rules.execute(
        "select rule_id, field, pattern, coalesce(unless, '') from rules"
    ).fetchall():
        for written in (pattern, unless):
            words = re.sub(r"\\[bds]|\[[^]]*\]", " ", written)
            if field != "voeten_code":
                assert not re.search(r"[a-z]", words), rule_id
            assert not re.search(r"IZ(E|ING|ATION)", words), rule_id
            assert not re.search(r"[-'’/,:;\"]", words), rule_id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Dissemination of information on decolonization",
            "Dissemination of information on decolonisation ",
        ),
        ("The right to food", "RIGHT TO FOOD : resolution / adopted by the General Assembly"),
        ("Programme budget for 2024", "Programme budget for 2025"),
        ("Côte d'Ivoire", "Cote d’Ivoire"),
        ("Report of the Third Committee on torture", "Report of the Second Committee on torture"),
        ("The fifty-eighth session of the Commission", "The sixtieth session of the Commission"),
    ],
)
def test_titles_of_one_item_share_their_key(one, other):
    query = f"select {macro('title_key', '$title')}"
    keys = {duckdb.execute(query, {"title": title}).fetchone()[0] for title in (one, other)}
    assert len(keys) == 1
    assert keys != {None}


def test_different_items_keep_different_keys():
    titles = ("The right to food", "The right to development", "The right to peace")
    query = f"select {macro('title_key', '$title')}"
    assert len({duckdb.execute(query, {"title": title}).fetchone() for title in titles}) == 3


def test_the_words_of_the_president_are_no_title():
    query = f"select {macro('title_key', '$title')}"
    spoken = "The Acting President (spoke in French): I now put to the vote paragraph 2."
    assert duckdb.execute(query, {"title": spoken}).fetchone() == (None,)
