"""The published file as users read it: attached to their own, and with their version of DuckDB.

Belongs here: that tables, views and functions answer wherever the file is opened. Not here: what
they answer (test_docs_questions.py and the tests of the measures).
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from warehouses import unga

# Made by `make setup`: the oldest DuckDB that is guaranteed to read the file.
OLDEST = Path(sys.prefix) / "oldest"
EVERYTHING = """
import sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
tables = connection.execute(
    "select table_schema || '.' || table_name from information_schema.tables"
).fetchall()
queries = [f"from {table} limit 1" for (table,) in tables]
queries += [query for (query,) in connection.execute("select example from start_here").fetchall()]
for query in queries:
    try:
        connection.execute(query).fetchall()
    except duckdb.Error as wrong:
        print(query, "->", wrong)
print(duckdb.__version__, len(queries))
"""


def test_the_oldest_duckdb_promised_reads_every_table_and_runs_every_function(built_sample: Path):
    assert OLDEST.is_dir(), "the oldest DuckDB is missing: run make setup"
    ran = subprocess.run(
        [sys.executable, "-c", EVERYTHING, built_sample / "sample/unga.duckdb"],
        env=os.environ | {"PYTHONPATH": str(OLDEST)},
        capture_output=True,
        text=True,
        check=True,
    )
    *wrong, last = ran.stdout.splitlines()
    version, queries = last.split()
    assert version.startswith("1.3.")
    assert int(queries) > 100
    assert wrong == []


@pytest.fixture
def attached(built_sample: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A user's own database, the published file attached to it under its own name."""
    with duckdb.connect() as connection:
        connection.execute("create table codes as select 'KAZ' as iso3, 705 as cow_code")
        connection.execute(f"attach '{built_sample / 'sample/unga.duckdb'}' (read_only)")
        yield connection


def test_every_function_answers_where_the_file_is_attached(attached):
    examples = attached.execute("select name, example from unga.start_here").fetchall()
    functions = [example for name, example in examples if f"{name}(" in example]
    assert len(functions) >= 8
    for example in functions:
        attached.execute(example.replace("from marts.", "from unga.marts.")).fetchall()


def test_answers_join_with_a_users_own_table(attached):
    rows = attached.execute(
        """
        select cow_code, partner from codes
        inner join unga.marts.cohesion('KAZ') as cohesion on codes.iso3 = cohesion.state
        """
    ).fetchall()
    assert (705, "USA") in rows


def test_under_another_name_tables_and_views_answer(built_sample):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{built_sample / 'sample/unga.duckdb'}' as votes (read_only)")
        assert connection.execute("select count(*) from votes.marts.vote_pairs").fetchone() > (0,)
        with pytest.raises(duckdb.CatalogException, match='"unga.marts'):
            connection.execute("from votes.marts.cohesion('KAZ')")


def test_the_command_line_asks_a_function(built_sample):
    asked = unga(built_sample, "query", "--sample", "--format", "csv", "from marts.cohesion('kaz')")
    assert asked.stdout.startswith("state,partner,")


CALLS = {
    "cohesion": "'KAZ', {}",
    "opposition_of": "'KAZ', 'CHN', 'USA', {}",
}


@pytest.mark.parametrize("function", CALLS)
@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("in_topic := 'bananas'", "unknown topic 'bananas' in scheme 'study'"),
        ("in_scheme := 'vooten'", "it is study, voeten or unbis"),
        ("from_year := 2022, to_year := 2007", "the years 2022 to 2007 are not a period"),
    ],
)
def test_what_a_function_is_asked_is_checked(built_sample, function, argument, told):
    call = f"from marts.{function}({CALLS[function].format(argument)})"
    with (
        duckdb.connect(built_sample / "sample/unga.duckdb", read_only=True) as connection,
        pytest.raises(duckdb.InvalidInputException, match=told),
    ):
        connection.execute(call).fetchall()


REFUSED = {
    "from marts.cohesion('KAZ', partners := ['CHN', 'XXX'])": "unknown state 'XXX'",
    "from marts.study_cohesion_of('KAZ', 'CHN', 2022, 2007)": "not a period",
    "from marts.study_opposition_of('KAZ', ['CHN', 'USA'], 2022, 2007)": "not a period",
    "from marts.study_key_votes_of('KAZ', 'CHN', 2022, 2007)": "not a period",
    "from marts.study_findings_of('KAZ', ['CHN', 'XXX'], 2007, 2022)": "unknown state 'XXX'",
    "from marts.agreement_with_group('KAZ', 'EUU')": "unknown group 'EUU'",
    "from marts.agreement_with_group('KAZ', 'EU', 2022, 2007)": "not a period",
    "from marts.ideal_point_distances('XXX')": "unknown state 'XXX'",
    "from marts.ideal_point_distances('KAZ', partners := ['CHN', null])": "a state is null",
    "from marts.ideal_point_distances('KAZ', from_year := 2022, to_year := 2007)": "not a period",
    "from marts.ideal_point_distances('KAZ', in_series := 'study')": (
        "unknown series 'study': it is one of all_votes, final_passage"
    ),
    "from marts.ideal_point_distances('KAZ', in_series := null)": "unknown series 'null'",
    "from marts.change_between('CHN', 2009, 2000, 2015, 2024)": "not a period",
    "from marts.opposition_of('KAZ', 'CHN', 'USA', in_sense := 'narrow')": "strict or wide",
    "from marts.opposition_of('KAZ', null, 'USA')": "a state is null",
    "from marts.opposition_of('KAZ', 'CHN', 'USA', from_year := null)": "null to 9999 are not",
    "from marts.cohesion('KAZ', partners := ['CHN', null])": "a state is null",
    "from marts.cohesion('KAZ', to_year := null)": "1946 to null are not",
    "from marts.cohesion('KAZ', in_certainty := 2)": "the certainty 2 is not",
    "from marts.opposition_of('KAZ', 'USA', 'CHN', in_certainty := null)": "certainty null is not",
    "from marts.study_opposition_of('KAZ', ['CHN', 'USA'], null, 2022)": "null to 2022 are not",
    "from marts.study_cohesion_of('KAZ', 'CHN', 2007, 2022, 'unbis')": "study or voeten",
    "from marts.study_findings_of('KAZ', ['CHN', 'USA'], 2007, 2022, 'unbis')": "study or voeten",
}


@pytest.mark.parametrize("call", REFUSED)
def test_what_no_function_can_answer_is_refused(built_sample, call):
    with (
        duckdb.connect(built_sample / "sample/unga.duckdb", read_only=True) as connection,
        pytest.raises(duckdb.InvalidInputException, match=REFUSED[call]),
    ):
        connection.execute(call).fetchall()


ALIKE = [
    ("'KAZ', partners := ['RUS', 'USA']", "'kaz', partners := ['Russian Federation', 'usa']"),
    ("'RUS', partners := ['USA']", "'Russia', partners := 'USA'"),
    ("'KAZ', in_topic := 'hr'", "'Kazakhstan', in_topic := 'HR'"),
]


@pytest.mark.parametrize(("plain", "other"), ALIKE)
def test_a_state_is_named_by_code_or_name_alone_or_in_a_list(built_sample, plain, other):
    with duckdb.connect(built_sample / "sample/unga.duckdb", read_only=True) as connection:
        expected = connection.execute(f"from marts.cohesion({plain})").fetchall()
        assert expected
        assert connection.execute(f"from marts.cohesion({other})").fetchall() == expected


def test_no_partner_is_not_all_of_them(built_sample):
    with duckdb.connect(built_sample / "sample/unga.duckdb", read_only=True) as connection:
        assert connection.execute("from marts.cohesion('KAZ', partners := [])").fetchall() == []


POSITION = {"yes": 1, "abstain": 0, "no": -1}


@pytest.mark.parametrize(("state", "group"), [("DEU", "EU"), ("TUR", "EU"), ("KAZ", "CIS")])
def test_agreement_with_a_group_is_that_of_a_plain_definition(built_sample, state, group):
    with duckdb.connect(built_sample / "sample/unga.duckdb", read_only=True) as connection:
        votes = connection.execute(
            "select roll_call_id, vote_date, state, vote from marts.fct_votes "
            "inner join marts.dim_roll_calls using (roll_call_id) "
            "where kind = 'resolution' and vote <> 'absent'"
        ).fetchall()
        spells = connection.execute(
            "select state, joined_on, coalesce(left_on, date '9999-12-31') "
            "from marts.dim_group_members where group_code = ?",
            [group],
        ).fetchall()
        (found,) = connection.execute(
            "select n, with_group, against_group, group_split, agreement_half, members_alike "
            "from marts.agreement_with_group(?, ?) where topic = 'all' and year is null",
            [state, group],
        ).fetchall()
    ballots: dict[str, dict[str, str]] = {}
    for roll_call, day, voter, vote in votes:
        member = any(voter == who and start <= day < end for who, start, end in spells)
        if member or voter == state:
            ballots.setdefault(roll_call, {})[voter] = vote
    with_group = against = split = 0
    agreement, alike = [], []
    for cast in ballots.values():
        # A member is compared with the others.
        own = cast.pop(state, None)
        if own is None or len(cast) < 2:
            continue
        counted = Counter(cast.values()).most_common()
        alike.append(list(cast.values()).count(own) / len(cast))
        if len(counted) > 1 and counted[0][1] == counted[1][1]:
            split += 1
            continue
        distance = abs(POSITION[own] - POSITION[counted[0][0]])
        with_group, against = with_group + (distance == 0), against + (distance == 2)
        agreement.append(1 - distance / 2)
    assert agreement
    assert found == (
        len(agreement),
        with_group,
        against,
        split,
        pytest.approx(sum(agreement) / len(agreement)),
        pytest.approx(sum(alike) / len(alike)),
    )


def test_change_between_two_periods_is_the_difference_of_their_agreements(built_sample):
    with duckdb.connect(built_sample / "sample/unga.duckdb", read_only=True) as connection:
        rows = connection.execute(
            "select partner, n_first, n_second, agreement_first, agreement_second, change "
            "from marts.change_between('KAZ', 1992, 2012, 2013, 2024) where change is not null"
        ).fetchall()
        assert rows
        for period, n, agreement in (((1992, 2012), 1, 3), ((2013, 2024), 2, 4)):
            alone = connection.execute(
                "select partner, n, agreement_half from marts.cohesion('KAZ', from_year := ?, "
                "to_year := ?)",
                period,
            ).fetchall()
            told = {row[0]: (row[n], row[agreement]) for row in rows}
            assert told.items() <= {partner: tuple(rest) for partner, *rest in alone}.items()
        changes = [row[5] for row in rows]
        assert changes == sorted(changes, reverse=True)
        assert changes == pytest.approx([row[4] - row[3] for row in rows])


def test_every_example_of_the_list_answers(built_sample):
    with duckdb.connect(built_sample / "sample/unga.duckdb", read_only=True) as connection:
        assert connection.execute("show tables").fetchall() == [("start_here",)]
        for (example,) in connection.execute("select example from start_here").fetchall():
            connection.execute(example).fetchall()


def test_tables_lists_what_queries_stand_on(built_sample):
    told = unga(built_sample, "tables", "--sample").stdout
    assert "marts.fct_votes" in told
    assert "marts.cohesion " in told
    assert "known_state" not in told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("cohesion", ["marts.cohesion, a function", "of_state", "partners", "unga query"]),
        ("marts.fct_votes", ["marts.fct_votes, a table", "One row per", "roll_call_id", "varchar"]),
        ("raw.undl_votes", ["raw.undl_votes, a table", "One row per roll call and state"]),
    ],
)
def test_describe_tells_grain_parts_and_an_example(built_sample, name, told):
    said = unga(built_sample, "describe", "--sample", name).stdout
    assert [words for words in told if words not in said] == []


def test_describe_names_the_nearest(built_sample):
    said = unga(built_sample, "describe", "--sample", "fct_vote")
    assert said.returncode == 1
    assert "Did you mean fct_votes" in said.stderr
