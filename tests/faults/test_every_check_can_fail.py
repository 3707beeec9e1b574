"""Every check can fail: for each expectation and dbt test, a change of the data that trips it.

Belongs here: the changes, one a check, made to a copy of a built sample. A new check without one
fails here. Not here: what a refused build leaves behind (test_refused.py), or dbt's unit tests,
which check models and not data.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from expectations.results import Failure
from expectations.runner import SUITES, read_suite, run_suite
from ideal_points.estimates import SHORT
from orchestration.assets.dbt import manifest
from orchestration.layout import Layout
from orchestration.published.estimates import estimate_and_publish

# The changes that trip the expectations, by table and description.
EXPECTATIONS = {
    "bridge_roll_call_topics": {
        "Every roll call has 'all' once in each scheme": """
            delete from marts.bridge_roll_call_topics
            where scheme = 'study' and topic = 'all' and roll_call_id = 'A/RES/77/9001'""",
        "The study's topics leave out at most 75 of 100 roll calls": """
            update marts.bridge_roll_call_topics set topic = 'other'
            where scheme = 'study' and topic <> 'all'""",
        "Voeten's codes reach every session": """
            update marts.bridge_roll_call_topics set topic = 'none'
            where scheme = 'voeten' and topic <> 'all'""",
    },
    "completeness": {
        "At least one source is in reach": """
            delete from marts.completeness;
            delete from intermediate.int_source_roll_calls;
            delete from raw.undl_votes;
            delete from raw.unxml_votes;
            delete from raw.voeten_votes""",
        "Every session was reviewed by a person, and none is missing entirely": """
            update marts.completeness set status = 'missing'
            where source = 'unxml' and session = '77'""",
        "Every roll call of a source is in the warehouse exactly once": """
            delete from marts.dim_roll_calls where roll_call_id = 'A/RES/77/9001'""",
        "Every vote of the files is in the warehouse, once and as it was cast": """
            delete from intermediate.int_source_votes
            where source = 'undl' and source_key = (
                select undl_key from intermediate.int_roll_calls
                where roll_call_id = 'A/RES/77/9001'
            )""",
    },
    "dim_member_states": {
        "There are as many members as the UN states": """
            delete from marts.dim_member_states where state = 'KAZ'""",
    },
    "dim_roll_calls": {
        "There are roll calls": "delete from marts.dim_roll_calls",
        "A symbol denotes one resolution only": """
            insert into marts.dim_roll_calls
            select * replace ('voeten:0' as roll_call_id) from marts.dim_roll_calls
            where symbol = 'A/RES/77/9001'""",
        "A roll call comes from the highest-ranking of its sources": """
            update marts.dim_roll_calls set source = 'voeten' where symbol = 'A/RES/77/9001'""",
        "A roll call has the symbol, session, day, kind and totals that its source gives": """
            update marts.dim_roll_calls set yes_stated = yes_stated + 1
            where symbol = 'A/RES/77/9001'""",
    },
    "doubts": {
        "No rule doubts more of a session than its limit": """
            insert into marts.doubts
            select
                source, release, roll_call_id, null, year, session, 'totals differ', '', '',
                'certain'
            from marts.dim_roll_calls where source = 'undl' and session = '77'""",
        "Every fault visible in the marts is reported": """
            update marts.dim_roll_calls set yes_stated = yes_stated + 1
            where symbol = 'A/RES/77/9001'""",
    },
    "fct_votes": {
        "Every member of the day has a vote or an absence": """
            delete from marts.fct_votes where roll_call_id = 'A/RES/77/9001' and state = 'KAZ'""",
        "No state appears twice in a roll call": """
            insert into marts.fct_votes select * from marts.fct_votes
            where roll_call_id = 'A/RES/77/9001' and state = 'KAZ'""",
        "Every vote cast is as its source gives it, and none is left out": """
            update marts.fct_votes set state = 'XXX'
            where roll_call_id = 'A/RES/77/9001' and state = 'KAZ'""",
        "No vote differs from the one given without a documented correction": """
            update marts.fct_votes set vote = if(vote = 'yes', 'no', 'yes')
            where roll_call_id = 'A/RES/77/9001' and state = 'KAZ'""",
        "The votes of a roll call add up to the counts in dim_roll_calls": """
            update marts.fct_votes set vote = if(vote = 'yes', 'no', 'yes')
            where roll_call_id = 'A/RES/77/9001' and state = 'KAZ'""",
    },
    "freshness": {
        "Every mart has one row of freshness": """
            delete from marts.freshness where mart = 'fct_votes'""",
        "Every mart with a row in freshness exists": """
            insert into marts.freshness
            select * replace ('no_such_mart' as mart) from marts.freshness limit 1""",
        "All marts are of the same Assembly, real or synthetic": """
            update marts.freshness set synthetic = false""",
        "No vote is later than the build": """
            update marts.freshness set data_through = date '2999-01-01'""",
    },
    "ideal_points": {
        "Every state has an ideal point in every session in which it voted, and no other has": """
            delete from marts.ideal_points where state = 'KAZ' and session = 77""",
        "They stand on all votes of their roll calls": """
            update marts.ideal_points set votes = votes - 1 where state = 'KAZ' and session = 77""",
        "The scale has mean 0": "update marts.ideal_points set estimate = estimate + 0.05",
        "The scale has standard deviation 1": """
            update marts.ideal_points set estimate = 1.05 * estimate, sd = 1.05 * sd""",
        "No estimate is impossible": """
            update marts.ideal_points set q50 = q95 + 1 where state = 'KAZ' and session = 77""",
        "Until 1989 the USA stands right of the Soviet Union": """
            update marts.ideal_points set estimate = -estimate""",
        "The draws that are kept are those of the estimates": """
            update raw.ideal_point_draws
            set draws = list_transform(draws, lambda draw: (draw + 500)::smallint)
            where state = 'KAZ' and session = 77""",
        "The chains are not apart": "update marts.ideal_points set rhat = 1.2",
    },
    "key_votes": {
        "Every key vote in reach is there, or is itself a known gap": """
            delete from marts.key_votes where symbol = 'A/RES/ES-11/9001'""",
        "Key votes have the votes of their roll calls": """
            update marts.key_votes set vote = 'no' where symbol = 'A/RES/ES-11/9001'""",
    },
    "source_agreement": {
        "The counted differences are the listed ones": """
            update marts.source_agreement set votes_different = votes_different + 1
            where symbol = 'A/RES/77/9001'""",
        "Every roll call that two sources have was compared vote by vote": """
            update marts.source_agreement set votes_compared = 0
            where symbol = 'A/RES/77/9001'""",
    },
    "vote_pairs": {
        "The nine counts add up to the pairs of votes cast": """
            update marts.vote_pairs set yy = yy + 1
            where (state_a, state_b, year, topic) = ('KAZ', 'USA', 2022, 'all')""",
    },
}

# What the changes name in the invented Assembly, and in the real one.
REAL = {
    "A/RES/77/9001": "A/RES/77/229",
    "A/RES/ES-11/9001": "A/RES/ES-11/1",
    "synthetic = false": "synthetic = true",
    # Views in the published file.
    "update marts.ideal_points": "update raw.ideal_points",
    "delete from marts.ideal_points": "delete from raw.ideal_points",
    "update marts.vote_pairs": "update intermediate.int_pair_counts",
    "(state_a, state_b, year, topic) = ('KAZ', 'USA', 2022, 'all')": """
        (state_a, state_b) = ('KAZ', 'USA') and set_id in (
            select set_id from intermediate.int_roll_call_sets
            where (year, topic) = (2022, 'all')
        )""",
}

# The most obvious faults: the change, the suite that fails, and its message.
NAMED_FAULTS = {
    "a session dropped": (
        "delete from marts.dim_roll_calls where session = '77'",
        "completeness",
        ["source unxml, session 77", "A/RES/77/9001"],
    ),
    "a state dropped": (
        "delete from marts.fct_votes where state = 'KAZ'",
        "fct_votes",
        ["session 46", "members without a vote KAZ", "more"],
    ),
    "a vote turned around": (
        """
        update intermediate.int_source_votes set vote = if(vote = 'yes', 'no', 'yes')
        where source = 'undl' and state = 'KAZ' and source_key = (
            select undl_key from intermediate.int_roll_calls where roll_call_id = 'A/RES/77/9001'
        )""",
        "completeness",
        ["source undl, session 77", "A/RES/77/9001 has", "in the file and"],
    ),
    "a symbol doubled": (
        """
        insert into marts.dim_roll_calls
        select * replace ('voeten:0' as roll_call_id) from marts.dim_roll_calls
        where symbol = 'A/RES/77/9001'""",
        "dim_roll_calls",
        ["A/RES/77/9001", "times the symbol stands 2"],
    ),
}

# dbt tests of an expression: values to set in a row to make each part of the expression false.
EXPRESSIONS = {
    "gap_from <= coalesce(gap_to, date 'infinity') or (gap_from is null and gap_to is null)": [
        "gap_from = date '2020-01-02', gap_to = date '2020-01-01'"
    ],
    "(year is null) = (roll_calls is null)": ["year = 1980, roll_calls = null"],
    "given is distinct from holds": ["holds = given"],
    "(kind = 'duplicate') = (duplicate_of is not null)": [
        "kind = 'duplicate', duplicate_of = null",
        "kind = 'resolution', duplicate_of = roll_call_id",
    ],
    "coalesce(reason, '') not like '%not among the known gaps%'": [
        "reason = '3 not known by name, and not among the known gaps'"
    ],
    "q05 <= q10 and q10 <= q50 and q50 <= q90 and q90 <= q95": [
        "q05 = q10 + 1",
        "q10 = q50 + 1",
        "q50 = q90 + 1",
        "q90 = q95 + 1",
    ],
    "yes_below <= no_above": ["yes_below = no_above + 1"],
    "kept_from < kept_to": ["kept_to = kept_from"],
    "member_from < coalesce(member_to, date 'infinity')": ["member_to = member_from"],
    "seated_from < coalesce(seated_to, date 'infinity')": ["seated_to = seated_from"],
    "opened <= coalesce(closed, date 'infinity')": ["closed = opened - 1"],
    "joined_on < coalesce(left_on, date 'infinity')": ["left_on = joined_on"],
    "roll_calls >= 0": ["roll_calls = -1"],
    "(roll_calls is null) = (days_from is not null and days_to is not null "
    "and days_from <= days_to)": [
        "roll_calls = null, days_from = date '2020-01-02', days_to = date '2020-01-01'",
        "roll_calls = 'A/RES/77/9001', days_from = date '2020-01-01', days_to = date '2020-01-01'",
    ],
    "holds is null or holds_of is null": ["holds = 'yes', holds_of = 'KAZ'"],
    "certainty between 0 and 100": ["certainty = 101"],
    "agreed + half_agreed + opposed = n": ["n = n + 1"],
    "state_a < state_b and unanimous between 0 and yy + aa + nn "
    "and absent_a + absent_b + yy + ya + yn + ay + aa + an + ny + na + nn > 0": [
        "state_a = state_b",
        "unanimous = yy + aa + nn + 1",
        "unanimous = 0, absent_a = 0, absent_b = 0, yy = 0, ya = 0, yn = 0, ay = 0, aa = 0, "
        "an = 0, ny = 0, na = 0, nn = 0",
    ],
    "year is not null or session is not null": ["year = null, session = null"],
    "(plurality is null) = (distance is null) "
    "and (distance is null or (distance = 0) = (vote = plurality))": [
        "plurality = null, distance = 1",
        "plurality = vote, distance = 1",
        "plurality = 'yes', vote = 'no', distance = 0",
    ],
    "with_a + with_b + neither + absent = n": ["n = n + 1"],
    "agreement_index between 0 and 1 and coalesce(rice, 0) between 0 and 1": [
        "agreement_index = 2",
        "rice = -1",
    ],
    "unanimity_share <= agreement_index + 1e-9": ["unanimity_share = agreement_index + 1"],
    "against_plurality_share <= mean_distance + 1e-9 "
    "and mean_distance <= 2 * against_plurality_share + 1e-9": [
        "mean_distance = against_plurality_share - 1",
        "mean_distance = 2 * against_plurality_share + 1",
    ],
}

# dbt tests that are separate queries.
SINGULAR = {
    "bridge_roll_call_topics_known_topics": [
        "delete from marts.dim_topics where topic = 'all'",
    ],
    "int_pair_counts_are_unique": [
        "insert into intermediate.int_pair_counts from intermediate.int_pair_counts limit 1",
    ],
    "bridge_roll_call_topics_complete": [
        "delete from marts.bridge_roll_call_topics where topic = 'all'",
        "insert into marts.bridge_roll_call_topics "
        "select * replace ('none' as topic) from marts.bridge_roll_call_topics "
        "where scheme = 'voeten' and topic = 'di'",
    ],
    "study_opposition_is_opposition": [
        "update marts.study_opposition set with_a = with_a + 1",
        "delete from marts.opposition where scheme = 'study'",
    ],
    "topic_series_do_not_waver": [
        "update intermediate.int_roll_call_topics set topic = 'environment' "
        "where scheme = 'study' and topic not in ('all', 'environment') and roll_call_id = ("
        "select min(roll_call_id) from intermediate.int_roll_call_titles where title_key = ("
        "select title_key from intermediate.int_roll_call_titles where kind = 'resolution' "
        "group by title_key having count(distinct year) >= 3 order by title_key limit 1))",
    ],
    "topic_rules_known_topics": [
        "update seeds.topic_rules set topic = 'all'",
    ],
}

NODES = json.loads(manifest().read_text(encoding="utf-8"))
DBT_TESTS = {
    node["name"]: node for node in NODES["nodes"].values() if node["resource_type"] == "test"
}
DESCRIBED = [
    (table, expectation["description"])
    for table in SUITES
    for expectation in read_suite(table)["expectations"]
]


def table_of(test: dict[str, Any]) -> str:
    """The table that a test checks, or the first of several."""
    tested = test.get("attached_node") or test["depends_on"]["nodes"][0]
    node = (NODES["nodes"] | NODES["sources"])[tested]
    return f"{node['schema']}.{node['name']}"


def changes(test: dict[str, Any]) -> list[tuple[str, str]]:
    """Statements that each trip the dbt test, with the rule each breaks; none if unknown here."""
    if "test_metadata" not in test:
        return [(statement, "") for statement in SINGULAR.get(test["name"], [])]
    table = table_of(test)
    kind, arguments = test["test_metadata"]["name"], test["test_metadata"]["kwargs"]
    column = arguments.get("column_name")
    where = test["config"].get("where") or "true"
    row = f"where rowid = (select min(rowid) from {table} where {where})"
    found: list[tuple[str, str]] = []
    match kind:
        case "valid_rows":
            return list(broken_rules(table, row, arguments))
        case "unique_combination":
            found += [(f"insert into {table} from {table} where {where} limit 1", "")]
        case "relationships":
            found += [(f"update {table} set {column} = 'unheard of' {row}", "")]
        case "accepted_values":
            unheard = "'unheard of'" if arguments.get("quote", True) else "-1"
            found += [(f"update {table} set {column} = {unheard} {row}", "")]
        case "expression_is_true":
            found += [(said, "") for said, _ in untrue(table, row, arguments["expression"])]
        case "columns_are":
            types = arguments["columns"]  # one that is no text, to be made one
            column = min(types, key=lambda name: (types[name] == "VARCHAR", name))
            found += [
                (f"alter table {table} drop column {column}", ""),
                (f"alter table {table} add column surplus integer", ""),
                (f"alter table {table} alter column {column} type varchar", ""),
            ]
    return found


def broken_rules(table: str, row: str, rules: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Statements that each break one rule of valid_rows, and the rule."""
    for columns in rules.get("unique", []):
        twice = f"insert into {table} from {table} limit 1"
        # Nulls may repeat in a key of one column.
        filled = f"; update {table} set {columns[0]} = coalesce({columns[0]}, '1')"
        yield twice + (filled if len(columns) == 1 else ""), "not unique"
    for column in rules.get("never_null", []):
        yield f"update {table} set {column} = null {row}", f"{column} is null"
    for column, values in rules.get("accepted_values", {}).items():
        unheard = "'unheard of'" if isinstance(values[0], str) else "-1"
        yield f"update {table} set {column} = {unheard} {row}", f"{column} is not accepted"
    for expression in rules.get("always_true", []):
        yield from untrue(table, row, expression)


def untrue(table: str, row: str, expression: str) -> list[tuple[str, str]]:
    """Statements that make an expression untrue, and the rule; fails for one not listed here."""
    assert expression in EXPRESSIONS, f"no values are known that make this untrue: {expression}"
    return [
        (f"update {table} set {assignment} {row}", f"untrue: {expression}")
        for assignment in EXPRESSIONS[expression]
    ]


@pytest.fixture(scope="module")
def build(built_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built sample, views made tables, without the pairs of states that never both voted."""
    database = tmp_path_factory.mktemp("build") / "unga.duckdb"
    with duckdb.connect(database) as connection:
        connection.execute(f"attach '{built_sample / 'sample/unga.duckdb'}' as built (read_only)")
        relations = connection.sql(
            """
            select table_schema, table_name, list(column_name) from information_schema.columns
            where table_catalog = 'built' group by all
            """
        ).fetchall()
        for schema, table, columns in relations:
            both_voted = "where n > 0" if {"state_a", "state_b", "n"} <= set(columns) else ""
            connection.execute(f"create schema if not exists {schema}")
            connection.execute(
                f"create table {schema}.{table} as from built.{schema}.{table} {both_voted}"
            )
    return database


@pytest.fixture(scope="module")
def compiled(built_sample: Path) -> dict[str, str]:
    """The queries of the dbt tests, as the build ran them, by the tests' names."""
    (ran,) = built_sample.glob("build/*/dbt/manifest.json")
    nodes = json.loads(ran.read_text(encoding="utf-8"))["nodes"]
    return {
        node["name"]: node["compiled_code"] for node in nodes.values() if node.get("compiled_code")
    }


@pytest.fixture(scope="module")
def connection(
    build: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    copy = tmp_path_factory.mktemp("dbt") / build.name
    shutil.copy(build, copy)
    with duckdb.connect(copy) as opened:
        yield opened


@pytest.fixture(scope="module")
def real_votes(
    built_mirror: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The real votes, with ideal points of one series."""
    copy = tmp_path_factory.mktemp("real votes") / "unga.duckdb"
    shutil.copy(built_mirror / copy.name, copy)
    estimate_and_publish(Layout(copy.parent), False, ["final_passage"], SHORT)
    with duckdb.connect(copy) as opened:
        yield opened


@pytest.mark.parametrize("name", sorted(DBT_TESTS))
def test_every_dbt_test_can_fail(name, compiled, connection):
    statements = changes(DBT_TESTS[name])
    assert statements, "no change of the data is known to trip this test: add one to this file"
    table = table_of(DBT_TESTS[name])
    for statement, rule in statements:
        connection.begin()
        before = len(connection.sql(compiled[name]).fetchall())
        if not connection.sql(f"from {table} limit 1").fetchall():
            connection.execute(f"insert into {table} default values")
        connection.execute(statement)
        after = connection.sql(compiled[name]).fetchall()
        connection.rollback()
        assert (before, len(after) > 0) == (0, True), f"not tripped by: {statement}"
        assert not rule or any(rule in row[0] for row in after), f"{after} does not name {rule}"


@pytest.mark.parametrize(("table", "description"), DESCRIBED)
def test_every_expectation_can_fail(table, description, connection):
    failed = {
        failure.expectation
        for failure in failures_after(change(table, description), table, connection)
    }
    assert description in failed


# The same changes on the real votes, where too lenient a check would not fail.
@pytest.mark.mirror
@pytest.mark.parametrize(("table", "description"), DESCRIBED)
def test_every_expectation_can_fail_on_real_votes(table, description, real_votes):
    statement = change(table, description)
    for invented, real in REAL.items():
        statement = statement.replace(invented, real)
    failed = {failure.expectation for failure in failures_after(statement, table, real_votes)}
    assert description in failed


@pytest.mark.parametrize("fault", NAMED_FAULTS)
def test_a_fault_is_named(fault, connection):
    statement, table, words = NAMED_FAULTS[fault]
    said = "\n".join(failure.detail for failure in failures_after(statement, table, connection))
    assert all(word in said for word in words), said


@pytest.mark.parametrize("table", SUITES)
def test_the_build_itself_passes(table, connection):
    assert run_suite(connection, table).passed


def change(table: str, description: str) -> str:
    """The statement that trips an expectation."""
    statement = EXPECTATIONS.get(table, {}).get(description)
    assert statement, (
        "no change of the data is known to trip this expectation: add one to this file"
    )
    return statement


def failures_after(
    statement: str, table: str, connection: duckdb.DuckDBPyConnection
) -> list[Failure]:
    """What a suite finds after a change, which is then rolled back."""
    connection.begin()
    try:
        connection.execute(statement)
        return run_suite(connection, table).failures
    finally:
        connection.rollback()
