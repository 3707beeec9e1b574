"""The study's questions on the real votes: Kazakhstan and five powers, 2007 to 2022.

Belongs here: what the real votes say about the three findings, and that the marts, the table macros
and a recount agree. Not here: the arithmetic of a finding (its dbt unit test).
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from orchestration.published.query import open_published
from reports.page import build_report

pytestmark = pytest.mark.mirror

POWERS = ["CHN", "RUS", "TUR", "DEU", "USA"]
QUESTION = "(['KAZ'], ['CHN', 'RUS', 'TUR', 'DEU', 'USA'], 2007, 2022)"
CONVENTIONS = {"agreement_strict", "agreement_half", "opposition_strict", "opposition_wide"}


@pytest.fixture(scope="module")
def file(built_mirror: Path) -> Path:
    return built_mirror / "unga.duckdb"


@pytest.fixture(scope="module")
def votes(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(file) as connection:
        yield connection


@pytest.mark.parametrize("table", ["cohesion", "opposition", "key_votes", "findings"])
def test_the_macros_answer_as_the_marts_do(votes, table):
    mart, macro = f"marts.study_{table}", f"marts.study_{table}_of{QUESTION}"
    assert votes.sql(f"from {mart} limit 1").fetchall() != []
    assert votes.sql(f"(from {mart} except from {macro})").fetchall() == []
    assert votes.sql(f"(from {macro} except from {mart})").fetchall() == []


def test_cohesion_over_the_period_is_that_of_the_general_macro(votes):
    period = votes.sql(
        "select power, n, agreement_strict, agreement_half, kappa_squared "
        "from marts.study_cohesion where year is null and topic = 'all' order by power"
    ).fetchall()
    general = votes.execute(
        "select partner, n, agreement_strict, agreement_half, kappa_squared "
        "from marts.cohesion('KAZ', ?, from_year := 2007, to_year := 2022) order by partner",
        [POWERS],
    ).fetchall()
    assert period == general


def test_agreement_is_that_of_a_recount(votes):
    cast = {
        (state, roll_call): vote
        for state, roll_call, vote in votes.sql(
            "select state, roll_call_id, vote from marts.fct_votes "
            "inner join marts.dim_roll_calls using (roll_call_id, year) "
            "where state in ('KAZ', 'CHN') and year between 2007 and 2022 "
            "and kind = 'resolution' and vote <> 'absent'"
        ).fetchall()
    }
    pairs = Counter(
        (vote, cast["CHN", roll_call])
        for (state, roll_call), vote in cast.items()
        if state == "KAZ" and ("CHN", roll_call) in cast
    )
    n = pairs.total()
    same = sum(count for (first, second), count in pairs.items() if first == second)
    opposed = pairs["yes", "no"] + pairs["no", "yes"]
    found = votes.sql(
        "select n, agreement_strict, agreement_half, opposition_share from marts.study_cohesion "
        "where power = 'CHN' and year is null and topic = 'all'"
    ).fetchall()
    assert found == [
        (n, pytest.approx(same / n), pytest.approx((n + same - opposed) / (2 * n)), opposed / n)
    ]


def test_cohesion_falls_in_the_order_of_the_study_under_every_convention(votes):
    holds = votes.sql(
        "select convention, holds from marts.study_findings "
        "where finding = 'R1' and year is null and topic = 'all'"
    ).fetchall()
    assert dict(holds) == dict.fromkeys(CONVENTIONS, True)


def test_where_china_was_opposed_kazakhstan_was_more_often_with_it(votes):
    holds = votes.sql(
        "select convention, holds from marts.study_findings "
        "where finding = 'R2' and year is null and topic = 'all'"
    ).fetchall()
    assert dict(holds) == dict.fromkeys(CONVENTIONS, True)


def test_support_for_russia_is_avoided_unless_an_abstention_is_half_of_it(votes):
    found = votes.sql(
        "select convention, holds from marts.study_findings where finding = 'R3' and year is null"
    ).fetchall()
    assert dict(found) == dict.fromkeys(CONVENTIONS, True) | {"agreement_half": False}


def test_key_votes_are_those_the_press_reported(votes):
    found = votes.sql(
        "select symbol, focus_vote, stance from marts.study_key_votes where power = 'RUS'"
    ).fetchall()
    stances = {symbol: (vote, stance) for symbol, vote, stance in found}
    assert stances["A/RES/68/262"] == ("abstain", "aside")
    assert stances["A/RES/72/190"] == ("no", "with")
    assert stances["A/RES/ES-11/1"] == ("abstain", "aside")
    assert stances["A/RES/ES-11/3"] == ("no", "with")
    assert "A/RES/ES-11/6" not in stances, "2023 is after the period"


@pytest.mark.parametrize(
    ("focus", "powers", "first", "last"),
    [
        ("KAZ", POWERS, 2007, 2022),
        ("FRA", ["GBR", "USA", "RUS", "CHN"], 1946, 2022),
        ("SSD", POWERS, 2007, 2022),
        ("CSK", ["RUS", "USA", "KAZ"], 1946, 2000),
    ],
)
def test_any_state_has_a_report(file, tmp_path, focus, powers, first, last):
    made = build_report(file, tmp_path, focus, powers, first, last)
    assert len(made.figures) == 8
    text = made.page.read_text(encoding="utf-8")
    assert "SYNTHETIC" not in text
    assert not re.search(r">\s*None\b(?! of the listed)", text)
