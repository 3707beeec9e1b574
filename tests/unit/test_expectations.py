"""The suites' files, and the runner on small databases that the tests make.

Belongs here: what runs without a built warehouse. Not here: that each expectation can fail on a
build (tests/faults/test_every_check_can_fail.py).
"""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from expectations.results import SuiteResult
from expectations.runner import FOLDER, SUITES, read_suite, run_suites

MEMBERS = Path(__file__).parents[2] / "dbt_project" / "seeds" / "reference" / "member_states.csv"


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build file that holds the members and nothing else."""
    database = tmp_path / "build.duckdb"
    with duckdb.connect(database) as connection:
        connection.execute("create schema marts")
        connection.execute(
            f"create table marts.dim_member_states as from read_csv('{MEMBERS}', all_varchar=false)"
        )
    return database


def run_suite(database: Path, docs: Path) -> SuiteResult:
    (result,) = run_suites(database, docs, ["dim_member_states"])
    return result


def change(database: Path, sql: str) -> None:
    with duckdb.connect(database) as connection:
        connection.execute(sql)


def test_every_suite_has_its_query_and_every_query_its_suite():
    assert set(SUITES) == {path.stem for path in FOLDER.glob("*.sql")}
    assert {"completeness", "dim_roll_calls", "fct_votes", "vote_pairs", "freshness"} <= set(SUITES)


@pytest.mark.parametrize("table", SUITES)
def test_a_suite_says_why_and_what_to_do(table):
    suite = read_suite(table)
    assert suite["name"] == table
    assert suite["notes"] and suite["meta"]["row_is_named_by"]
    for expectation in suite["expectations"]:
        assert expectation["description"]
        assert expectation["meta"]["notes"] and expectation["meta"]["advice"]
    rules = [expectation["description"] for expectation in suite["expectations"]]
    assert len(rules) == len(set(rules)), "two expectations of a suite have the same description"


def test_a_table_that_is_as_expected_passes(build, tmp_path):
    result = run_suite(build, tmp_path / "docs")
    assert (result.passed, result.expectations, result.failures) == (True, 1, [])
    assert (tmp_path / "docs" / "index.html").is_file()


def test_a_failure_names_its_rows_and_says_what_to_do(build, tmp_path):
    change(build, "delete from marts.dim_member_states where state = 'FJI'")
    result = run_suite(build, tmp_path / "docs")
    (failure,) = result.failures
    assert not result.passed
    assert failure.expectation == "There are as many members as the UN states"
    assert "day 1970-12-31: members found 126, members stated 127" in failure.detail
    assert "1960-12-31" not in failure.detail  # Fiji was not a member then
    assert failure.detail.endswith("Correct the dates in member_states.csv.")


def test_a_build_without_the_table_fails_by_its_name(build, tmp_path):
    results = {result.table: result for result in run_suites(build, tmp_path / "docs")}
    assert set(results) == set(SUITES)
    assert results["dim_member_states"].passed
    (failure,) = results["vote_pairs"].failures
    assert not results["vote_pairs"].passed
    assert failure.expectation == "The build holds what the suite reads"
    assert "fct_votes" in failure.detail


def test_the_data_docs_show_the_last_result_only(build, tmp_path):
    docs = tmp_path / "docs"
    for _ in range(2):
        run_suite(build, docs)
    change(build, "delete from marts.dim_member_states")
    run_suite(build, docs)
    (page,) = docs.glob("validations/dim_member_states/**/*.html")
    assert "Failed" in page.read_text(encoding="utf-8")


def test_the_data_docs_need_nothing_from_the_internet(build, tmp_path):
    docs = tmp_path / "docs"
    run_suite(build, docs)
    pages = {
        page.relative_to(docs).parts[0]: page.read_text("utf-8") for page in docs.rglob("*.html")
    }
    assert set(pages) == {"index.html", "expectations", "validations"}
    assert "dim_member_states" in pages["index.html"] and "1 of 1" in pages["index.html"]
    for page in pages.values():
        assert not re.search(r"(src|href)=.https?:|url\(.?https?:", page)


def test_the_data_docs_name_the_table_and_the_day(build, tmp_path):
    docs = tmp_path / "docs"
    run_suite(build, docs)
    today = datetime.now(UTC).date()
    (page,) = docs.glob("validations/**/*.html")
    said = page.read_text(encoding="utf-8")
    assert f"<title>marts.dim_member_states, checked {today}" in said
    assert "Data asset: marts.dim_member_states" in said
    assert "None" not in said and "__none__" not in str(page)
    index = (docs / "index.html").read_text(encoding="utf-8")
    assert re.search(rf"build\.duckdb, checked {today} \d\d:\d\d UTC", index)
    assert "width=device-width" in index


def test_the_data_docs_say_which_of_two_files_of_the_same_name_was_checked(build, tmp_path):
    run_suites(build, tmp_path / "docs", ["dim_member_states"], of="sample/unga.duckdb, SYNTHETIC")
    index = (tmp_path / "docs" / "index.html").read_text(encoding="utf-8")
    assert "<p>sample/unga.duckdb, SYNTHETIC, checked " in index


def test_the_data_docs_say_in_words_which_rows_are_as_expected(build, tmp_path):
    """Of a column that holds nothing when all is well, Great Expectations says 100% null."""
    change(
        build,
        """
        create table marts.dim_roll_calls as select 'a' as roll_call_id, '70' as session;
        create table marts.source_agreement as
            select 'a' as roll_call_id, 'x' as sources, 9 as votes_compared, 0 as votes_different;
        create table marts.source_differences as select 'a' as roll_call_id, 'FJI' as state;
        """,
    )
    (result,) = run_suites(build, tmp_path, ["source_agreement"])
    assert len(result.failures) == 1
    (page,) = tmp_path.glob("validations/**/*.html")
    said = page.read_text(encoding="utf-8")
    assert "as expected in 1 of 1 rows" in said
    assert "as expected in 0 of 1 rows" in said
    assert "% null" not in said


def test_a_table_that_cannot_be_read_loses_its_page(build, tmp_path):
    docs = tmp_path / "docs"
    run_suite(build, docs)
    change(build, "drop table marts.dim_member_states")
    run_suite(build, docs)
    assert not list(docs.glob("validations/**/*.html"))
    assert "0 of 1" in (docs / "index.html").read_text(encoding="utf-8")


def test_nothing_is_left_open(build, tmp_path):
    run_suite(build, tmp_path / "docs")
    change(build, "drop table marts.dim_member_states")


def test_loading_the_runner_does_not_load_great_expectations():
    loaded = "import sys, expectations.runner; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loaded]).returncode == 0
