"""The answers of docs/questions.md are what the real votes give, to the last printed digit.

Belongs here: the page's answers against a file built from the mirror. Not here: whether the queries
run at all (test_docs.py).
"""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from pages import script

from orchestration.published.query import open_published

answers = script("answer_questions")
ESTIMATES = """
    create schema marts;
    create table marts.ideal_points_run as select 'all_votes' as series, ?::boolean as is_current
"""
QUESTIONS = answers.questions(answers.PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def real_votes(built_mirror: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(built_mirror / "unga.duckdb") as connection:
        yield connection


def test_no_question_is_overlooked() -> None:
    page = answers.PAGE.read_text(encoding="utf-8")
    assert len(QUESTIONS) == len(re.findall(r"^## ", page, re.MULTILINE)) == 23


def test_answers_take_the_place_of_the_old_ones() -> None:
    page = (
        "# T\n\n## 1. Who?\n\nWords.\n\n```sql\nselect 1 as n, null as m\n```\n\n| old |\n\n## 2."
    )
    with duckdb.connect() as connection:
        connection.execute(ESTIMATES, [True])
        once = answers.answered(page, connection)
        assert answers.answered(once, connection) == once
    assert once == page.replace("| old |\n", "| n | m |\n| --- | --- |\n| 1 |  |\n")


def test_an_estimated_answer_stays_where_nothing_current_is_estimated() -> None:
    page = "# T\n\n## 1. Who?\n\n<!-- estimated -->\n```sql\nselect 1 as n\n```\n\n| old |\n"
    with duckdb.connect() as connection:
        connection.execute(ESTIMATES, [False])
        assert answers.answered(page, connection) == page
        connection.execute("update marts.ideal_points_run set is_current = true")
        told = answers.answered(page, connection)
        connection.execute("delete from marts.ideal_points_run")
        assert answers.answered(page, connection) == page
    assert told == page.replace("| old |\n", "| n |\n| --- |\n| 1 |\n")


def test_what_depends_on_an_estimation_is_marked() -> None:
    asked = [each for each in QUESTIONS if re.search(r"ideal_point|roll_call_param", each["sql"])]
    assert asked == [each for each in QUESTIONS if each["estimated"]] != []


@pytest.mark.mirror
@pytest.mark.parametrize(
    "question", QUESTIONS, ids=lambda question: question["title"].split(".")[0]
)
def test_answers_are_those_of_the_real_votes(
    question: re.Match[str], real_votes: duckdb.DuckDBPyConnection
) -> None:
    told = "\n" + answers.answer(real_votes, question["sql"])
    if question["estimated"] and not answers.has_estimates(real_votes):
        assert question["answer"].splitlines()[:3] == told.splitlines()
        pytest.skip("the file has no ideal points: only the columns are compared")
    assert question["answer"] == told


@pytest.mark.mirror
def test_the_page_names_the_releases(real_votes: duckdb.DuckDBPyConnection) -> None:
    page = answers.PAGE.read_text(encoding="utf-8")
    used = real_votes.sql("select distinct source, release from raw.releases").fetchall()
    assert [pair for pair in used if "| {} | {} |".format(*pair) not in page] == []
