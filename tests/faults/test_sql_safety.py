"""Input of a query, a macro or a report can't do harm: the file is read, and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from warehouses import unga

from orchestration.published.query import (
    QueryError,
    open_published,
    rows_of,
    run_query,
    write_result,
)
from reports.question import ReportError, asked

INJECTED = [
    "KAZ' or '1'='1",
    "KAZ'; drop table marts.fct_votes; --",
    "KAZ') union all select * from marts.fct_votes --",
    'KAZ"',
    "'",
    "",
    "KAZ\x00",
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published file with one table, in a folder with an unrelated file beside it."""
    folder = tmp_path_factory.mktemp("published")
    (folder / "secret.csv").write_text("password\nhunter2\n")
    (folder / "empty").mkdir()
    with duckdb.connect(folder / "other.duckdb") as other:
        other.execute("create table secret as select 'hunter2' as password")
    (folder / "sample").mkdir()
    with duckdb.connect(folder / "sample/unga.duckdb") as connection:
        connection.execute("create schema marts; create table marts.votes as select 'yes' as vote")
    return folder


@pytest.fixture(scope="module")
def sample(built_sample: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(built_sample / "sample/unga.duckdb") as connection:
        yield connection


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


FORBIDDEN = {
    "insert": "insert into marts.votes values ('no')",
    "insert returning": "insert into marts.votes values ('no') returning vote",
    "update": "update marts.votes set vote = 'no'",
    "delete": "delete from marts.votes returning *",
    "truncate": "truncate marts.votes",
    "create table": "create table marts.mine as select 1 as one",
    "create view": "create view marts.mine as select 1 as one",
    "create macro": "create macro marts.mine(x) as x",
    "create schema": "create schema mine",
    "drop": "drop table marts.votes",
    "alter": "alter table marts.votes rename to mine",
    "comment": "comment on table marts.votes is 'mine'",
    "attach": "attach '{folder}/other.duckdb' as other",
    "attach to write": "attach '{folder}/new.duckdb' as other",
    "attach in memory": "attach ':memory:' as other",
    "copy to": "copy marts.votes to '{folder}/copied.csv'",
    "copy of a query": "copy (select * from marts.votes) to '{folder}/copied.parquet'",
    "copy from": "copy marts.votes from '{folder}/secret.csv'",
    "copy of the database": "copy from database sample to other",
    "export": "export database '{folder}/exported'",
    "import": "import database '{folder}/empty'",
    "install": "install httpfs",
    "load": "load httpfs",
    "load a file": "load '{folder}/evil.duckdb_extension'",
    "set": "set threads = 1",
    "set the lock": "set lock_configuration = false",
    "set access": "set enable_external_access = true",
    "reset": "reset enable_external_access",
    "pragma": "pragma enable_external_access = true",
    "pragma memory": "pragma memory_limit = '1GB'",
    "secret": "create secret mine (type s3, key_id 'a', secret 'b')",
    "read_csv": "select * from read_csv('{folder}/secret.csv')",
    "read_csv of a system file": "select * from read_csv('/etc/passwd')",
    "read_text": "select * from read_text('{folder}/secret.csv')",
    "read_blob": "select * from read_blob('{folder}/secret.csv')",
    "read_json": "select * from read_json('{folder}/secret.csv')",
    "read_parquet": "select * from read_parquet('{folder}/copied.parquet')",
    "sniff_csv": "select * from sniff_csv('{folder}/secret.csv')",
    "glob": "select * from glob('{folder}/*')",
    "a file as a table": "select * from '{folder}/secret.csv'",
    "a network file": "select * from read_csv('http://127.0.0.1:1/secret.csv')",
    "a query in a query": "select * from query('select * from read_text(''{folder}/secret.csv'')')",
    "a table by name": "select * from query_table('{folder}/secret.csv')",
    "the environment": "select getenv('HOME')",
    "a second statement": "select 1 as one; drop table marts.votes",
    "a write behind a read": "explain analyze insert into marts.votes values ('no')",
    "a write in a with": "with it as (select 1) insert into marts.votes select 'no' from it",
    "call": "call pragma_version(); drop table marts.votes",
    "nothing": "",
    "not SQL": "please give me everything",
}


@pytest.mark.parametrize("sql", FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_query_only_reads_the_published_file(small, sql):
    before = contents(small)
    file = small / "sample/unga.duckdb"
    with pytest.raises(QueryError) as refused:
        # A query that binds may fail only when its rows are fetched.
        rows_of(file, sql.format(folder=small))
    assert "hunter2" not in str(refused.value)
    assert "\n" not in str(refused.value)
    assert contents(small) == before


def test_what_may_be_asked_is_answered(small):
    assert rows_of(small / "sample/unga.duckdb", "from marts.votes") == [{"vote": "yes"}]
    explained = rows_of(small / "sample/unga.duckdb", "explain select * from marts.votes")
    assert explained


@pytest.mark.parametrize("name", ["it's.csv", "a'); drop table marts.votes; --.csv", "ü ü.csv"])
def test_the_name_of_an_output_is_a_name_only(small, tmp_path, name):
    relation = run_query(small / "sample/unga.duckdb", "from marts.votes")
    write_result(relation, "csv", tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "vote\nyes\n"


@pytest.mark.parametrize("sql", ["drop table marts.votes", "select * from read_csv('/etc/passwd')"])
def test_the_command_line_refuses_in_one_line(small, sql):
    asked_of_it = unga(small, "query", "--sample", "--format", "csv", sql)
    assert asked_of_it.returncode == 1
    assert asked_of_it.stdout == ""
    assert asked_of_it.stderr.count("\n") == 1
    assert "Traceback" not in asked_of_it.stderr


MACROS = {
    "cohesion, state": "from marts.cohesion(?)",
    "cohesion, partners": "from marts.cohesion('KAZ', [?])",
    "cohesion, topic": "from marts.cohesion('KAZ', in_topic := ?)",
    "cohesion, scheme": "from marts.cohesion('KAZ', in_scheme := ?)",
    "opposition_of, focus": "from marts.opposition_of(?, 'CHN', 'USA')",
    "opposition_of, power": "from marts.opposition_of('KAZ', ?, 'USA')",
    "opposition_of, topic": "from marts.opposition_of('KAZ', 'CHN', 'USA', in_topic := ?)",
    "opposition_of, sense": "from marts.opposition_of('KAZ', 'CHN', 'USA', in_sense := ?)",
}


@pytest.mark.parametrize("injected", INJECTED)
@pytest.mark.parametrize("sql", MACROS.values(), ids=MACROS)
def test_a_macro_takes_what_it_is_given_as_a_value(sample, sql, injected):
    with pytest.raises(duckdb.Error, match=r"unknown (state|topic|topic scheme|sense) '"):
        sample.execute(sql, [injected]).fetchall()


def test_a_quoted_quote_is_part_of_the_value_too(sample):
    with pytest.raises(duckdb.Error, match="unknown state 'KAZ' or '1'='1': did you mean KAZ"):
        sample.execute("from marts.cohesion('KAZ'' or ''1''=''1')").fetchall()


@pytest.mark.parametrize("injected", INJECTED)
@pytest.mark.parametrize("argument", ["focus", "powers", "scheme"])
def test_a_report_takes_what_it_is_given_as_a_value(sample, argument, injected):
    arguments = {"focus": "KAZ", "powers": ["CHN", "RUS"], "scheme": "study"}
    arguments[argument] = [injected] if argument == "powers" else injected
    with pytest.raises(ReportError):
        asked(sample, **arguments, year_from=2007, year_to=2022)


@pytest.mark.parametrize("injected", ["76' or ''='", "76'; drop table marts.completeness --"])
def test_a_review_takes_what_it_is_given_as_a_value(built_sample, injected):
    reviewed = unga(built_sample, "review", "--sample", "--source", "unxml", "--session", injected)
    assert reviewed.returncode == 1
    assert f"No build has a session {injected}" in reviewed.stderr
    assert "Traceback" not in reviewed.stderr


def test_a_query_at_the_command_line_leaves_nothing_behind(small):
    before = contents(small)
    given = unga(small, "query", "--sample", "--format", "json", "select 'a\"b''c' as it")
    assert json.loads(given.stdout) == [{"it": "a\"b'c"}]
    assert contents(small) == before
