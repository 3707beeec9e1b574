"""A measure notes which government was seated if the years of its votes include such a period.

Belongs here: the notes of the published file's table macros, on a copy of the sample with an
invented period. Not here: who was seated when (the seed and its sources), or the yearly note
(state_years' unit tests).
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

SAT = "CHN 2021-06-01 to 2022-05-31: Taipei sat, Beijing governed"


@pytest.fixture(scope="module")
def sample(
    built_sample: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    copy = tmp_path_factory.mktemp("seats") / "unga.duckdb"
    shutil.copy(built_sample / "sample" / copy.name, copy)
    with duckdb.connect(copy) as connection:
        connection.execute(
            "insert into seeds.governments_seated by name select 'CHN' as state, 'Taipei' as "
            "government, 'Beijing' as governed_by, date '2021-06-01' as seated_from, "
            "date '2022-06-01' as seated_to"
        )
        yield connection


def notes(connection: duckdb.DuckDBPyConnection, sql: str) -> list:
    return connection.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("years", "note"),
    [("2020, 2023", SAT), ("2022, 2022", SAT), ("2020, 2020", None), ("2023, 2023", None)],
)
def test_an_answer_over_such_a_time_says_so(sample, years, note):
    cohesion = f"from marts.cohesion('KAZ', ['CHN', 'USA'], {years}) select partner, note"
    assert set(notes(sample, cohesion)) == {("CHN", note), ("USA", None)}
    opposition = f"from marts.opposition_of('KAZ', 'CHN', 'USA', {years}) select n > 0, note"
    assert notes(sample, opposition) == [(True, note)]
    study = (
        f"from marts.study_cohesion_of(['KAZ'], ['CHN', 'USA'], {years}) "
        "select power, note where year is null and topic = 'all'"
    )
    assert set(notes(sample, study)) == {("CHN", note), ("USA", None)}


def test_each_year_has_its_own_note(sample):
    study = (
        "from marts.study_cohesion_of(['CHN'], ['KAZ'], 2020, 2023) "
        "select year, note where year is not null and topic = 'all' order by year"
    )
    assert notes(sample, study) == [(2020, None), (2021, SAT), (2022, SAT), (2023, None)]


def test_a_time_in_which_one_of_them_did_not_vote_is_no_matter(sample):
    # Kazakhstan has voted since 1992; Taipei was seated earlier.
    assert notes(sample, "from marts.cohesion('KAZ', ['CHN'], 1946, 2020) select n > 0, note") == [
        (True, None)
    ]


def test_every_state_and_year_with_votes_has_a_row_of_codes(sample):
    without = sample.sql(
        """
        select distinct state, year from marts.fct_votes
        anti join marts.state_years using (state, year)
        """
    ).fetchall()
    assert without == []
