"""The command line as users see it."""

import csv
import json
import shutil
import subprocess
from datetime import date
from importlib.metadata import version
from pathlib import Path

import duckdb
import polars as pl
import pytest
from typer.testing import CliRunner, Result
from warehouses import UNGA, environment

from orchestration.cli.app import app
from orchestration.published import review


@pytest.fixture
def run(built_sample: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(built_sample))

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(app, arguments)

    return invoke


COUNT = "select vote, count(*) as votes from marts.fct_votes group by vote order by vote"


def test_a_query_as_table(run):
    asked = run("query", "--sample", COUNT)
    assert asked.exit_code == 0
    assert "abstain" in asked.output


def test_a_query_in_each_format_gives_the_same_rows(run, tmp_path):
    for form in ("csv", "json", "parquet"):
        output = tmp_path / f"votes.{form}"
        asked = run("query", "--sample", COUNT, "--output", str(output))
        assert asked.exit_code == 0, asked.output
        other = tmp_path / f"{form}.votes"
        assert run("query", "--sample", COUNT, "--output", str(other)).exit_code == 1
        assert not other.exists()
        run("query", "--sample", COUNT, "--format", form, "--output", str(other))
        assert other.read_bytes() == output.read_bytes()
    rows = pl.read_parquet(tmp_path / "votes.parquet").to_dicts()
    assert [row["vote"] for row in rows] == ["absent", "abstain", "no", "yes"]
    assert json.loads((tmp_path / "votes.json").read_text()) == rows
    assert pl.read_csv(tmp_path / "votes.csv").to_dicts() == rows


def test_a_query_as_csv_on_standard_output(run):
    asked = run("query", "--sample", COUNT, "--format", "csv")
    assert [row["vote"] for row in csv.DictReader(asked.output.splitlines())] == [
        "absent",
        "abstain",
        "no",
        "yes",
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "delete from marts.fct_votes",
        "create table marts.mine as select 1",
        "drop table marts.fct_votes",
        "copy marts.fct_votes to '/tmp/unga_copied.csv'",
        "attach '/tmp/unga_attached.duckdb'",
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "set enable_external_access = true",
        "load httpfs",
        "select nothing_like_it from marts.fct_votes",
        "not sql",
        "",
    ],
)
def test_nothing_but_reading_is_answered_and_in_one_line(run, built_sample, sql):
    before = (built_sample / "sample/unga.duckdb").stat().st_mtime_ns
    asked = run("query", "--sample", sql)
    assert asked.exit_code == 1
    assert len(asked.output.strip().splitlines()) == 1
    assert "Traceback" not in asked.output
    assert (built_sample / "sample/unga.duckdb").stat().st_mtime_ns == before
    assert not list(Path("/tmp").glob("unga_*ed.*"))


def test_a_drawn_table_goes_to_a_terminal_only(run, tmp_path):
    file = tmp_path / "votes.csv"
    asked = run("query", "--sample", COUNT, "--format", "table", "--output", str(file))
    assert asked.exit_code == 1
    assert not file.exists()


def test_a_query_comes_as_an_argument_from_a_file_or_from_standard_input(
    run, built_sample, tmp_path, monkeypatch
):
    file = tmp_path / "count.sql"
    file.write_text(COUNT, encoding="utf-8")
    said = run("query", "--sample", COUNT).output
    assert run("query", "--sample", "--file", str(file)).output == said
    piped = CliRunner().invoke(app, ["query", "--sample", "-"], input=COUNT)
    assert piped.output == said
    assert run("query", "--sample").exit_code == 1
    assert run("query", "--sample", COUNT, "--file", str(file)).exit_code == 1


def test_two_statements_are_refused(run):
    asked = run("query", "--sample", "select 1; select 2")
    assert asked.exit_code == 1
    assert "2 statements" in asked.output


def test_a_reader_that_has_enough_is_no_error(built_sample):
    sql = "select * from marts.fct_votes"
    piped = f'"{UNGA}" query --sample --format csv "{sql}" | head -1; exit "${{PIPESTATUS[0]}}"'
    ended = subprocess.run(
        ["bash", "-c", piped], env=environment(built_sample), capture_output=True, text=True
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("roll_call_id,")


def test_the_version_is_told(run):
    assert run("--version").output == f"unga {version('unga-vote-warehouse')}\n"


def test_parquet_is_not_for_a_terminal(run):
    asked = run("query", "--sample", COUNT, "--format", "parquet")
    assert asked.exit_code == 1
    assert "--output" in asked.output


@pytest.mark.parametrize("command", [["query", "select 1"], ["status"]])
def test_before_the_first_refresh_a_person_is_told_what_to_do(command, tmp_path, monkeypatch):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path))
    asked = CliRunner().invoke(app, command)
    assert asked.exit_code == 1
    assert "unga refresh" in asked.output


def test_sources_tell_licence_and_citation(run):
    said = run("sources").output
    for word in ("undl", "unxml", "voeten", "licence", "citation", "nothing landed"):
        assert word in said
    landed = run("sources", "--sample").output
    assert "nothing landed" not in landed


def test_an_unknown_source_is_refused(run):
    asked = run("refresh", "--source", "wikipedia")
    assert asked.exit_code == 1
    assert "No such source: wikipedia" in asked.output


def rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


def test_a_review_without_write_only_compares(run, built_sample):
    told = run("review", "--sample", "--source", "unxml", "--session", "77")
    assert told.exit_code == 0, told.output
    assert "in the project's seed" in told.output
    assert "As reviewed: nothing to do." in told.output
    assert not list(built_sample.rglob("reviews.csv"))


@pytest.fixture
def passed_off(built_sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A warehouse whose published file is the sample's, passed off as real."""
    shutil.copy(built_sample / "sample/unga.duckdb", tmp_path / "unga.duckdb")
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path))
    return tmp_path


def test_a_review_is_kept_in_the_warehouse_over_the_seed(passed_off):
    seed = review.SEED.read_bytes()

    def reviewed(session: str, *options: str) -> str:
        asked = ["review", "--source", "unxml", "--session", session, *options]
        ended = CliRunner().invoke(app, asked)
        assert ended.exit_code == 0, ended.output
        return ended.output

    assert "in the project's seed" in reviewed("77")
    assert "next: unga refresh" in reviewed("77", "--write", "--note", "counted by hand, 'twice'")
    reviewed("78", "--write")
    reviewed("77", "--write")
    first, second = rows(passed_off / "reviews.csv")
    assert (first["session"], second["session"]) == ("77", "78")
    assert first["note"] == "counted by hand, 'twice'"
    with duckdb.connect(passed_off / "unga.duckdb", read_only=True) as connection:
        (expected,) = connection.sql(
            "select found_roll_calls, last_vote from marts.completeness "
            "where source = 'unxml' and session = '77'"
        ).fetchall()
    assert (int(first["roll_calls"]), first["counted_through"]) == (expected[0], str(expected[1]))
    assert "in this warehouse" in reviewed("77")
    assert review.SEED.read_bytes() == seed


def test_a_review_with_the_same_number_changes_nothing(passed_off):
    file = passed_off / "reviews.csv"

    def write(*options: str) -> str:
        asked = ["review", "--source", "unxml", "--session", "77", "--write", *options]
        ended = CliRunner().invoke(app, asked)
        assert ended.exit_code == 0, ended.output
        return ended.output

    assert "next: unga refresh" in write("--note", "counted by hand")
    # As if reviewed on another day.
    text = file.read_text(encoding="utf-8").replace(str(date.today()), "2026-01-15")
    file.write_text(text, encoding="utf-8")
    for options in ([], ["--note", "counted by hand"]):
        assert "Nothing changed" in write(*options)
        assert file.read_text(encoding="utf-8") == text
    assert "next: unga refresh" in write("--note", "counted twice")
    (row,) = rows(file)
    assert (row["note"], row["reviewed_on"]) == ("counted twice", str(date.today()))


def test_a_number_that_the_seed_has_is_not_written_again(passed_off, monkeypatch, tmp_path):
    seed = tmp_path / "expected_roll_calls.csv"
    with duckdb.connect(passed_off / "unga.duckdb", read_only=True) as connection:
        ((count, through),) = connection.sql(
            "select found_roll_calls, last_vote from marts.completeness "
            "where source = 'unxml' and session = '77'"
        ).fetchall()
    seed.write_text(
        "assembly,source,session,roll_calls,rule,counted_through,reviewed_on,note\n"
        f"real,unxml,77,{count},exact,{through},2026-01-15,first\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(review, "SEED", seed)
    before = seed.read_bytes()
    for option in ("--write", "--to-seed"):
        asked = ["review", "--source", "unxml", "--session", "77", option]
        told = CliRunner().invoke(app, asked)
        assert "Nothing changed" in told.output
    assert not (passed_off / "reviews.csv").exists()
    assert seed.read_bytes() == before


def test_the_sample_keeps_no_review_of_its_own(run, built_sample):
    asked = run("review", "--sample", "--source", "unxml", "--session", "77", "--write")
    assert asked.exit_code == 1
    assert "--to-seed" in asked.output
    assert not list(built_sample.rglob("reviews.csv"))


def test_a_maintainer_writes_the_seed(run, tmp_path, monkeypatch):
    seed = tmp_path / "expected_roll_calls.csv"
    columns = "assembly,source,session,roll_calls,rule,counted_through,reviewed_on,note\n"
    known = "synthetic,unxml,77,1,at_least,2020-01-01,2026-01-15,first\n"
    seed.write_text(columns + known, encoding="utf-8")
    monkeypatch.setattr(review, "SEED", seed)
    told = run("review", "--sample", "--source", "unxml", "--session", "77").output
    assert "reviewed  1, in the project's seed" in told
    assert "nothing to do" in told
    seed.write_text(columns + known.replace("at_least", "exact"), encoding="utf-8")
    told = run("review", "--sample", "--source", "unxml", "--session", "77").output
    assert "More than reviewed: if the number found is right, --write saves it" in told
    seed.write_text(columns + known, encoding="utf-8")
    assert seed.read_text(encoding="utf-8") == columns + known
    for session in ("77", "78"):
        asked = ["review", "--sample", "--source", "unxml", "--session", session, "--to-seed"]
        assert run(*asked).exit_code == 0
    first, second = rows(seed)
    assert (first["session"], first["rule"], first["note"]) == ("77", "at_least", "first")
    assert (second["session"], second["rule"]) == ("78", "exact")
    assert int(first["roll_calls"]) > 1
    assert first["counted_through"] > "2020-01-01"
    assert {row["assembly"] for row in (first, second)} == {"synthetic"}


def test_review_of_a_session_that_no_build_has(run):
    asked = run("review", "--sample", "--source", "unxml", "--session", "99")
    assert asked.exit_code == 1
    assert "No build has a session 99 of unxml" in asked.output
    asked = run("review", "--sample", "--source", "wikipedia", "--session", "77")
    assert asked.exit_code == 1
    assert "No such source: wikipedia" in asked.output


@pytest.mark.parametrize("bad", ["source,session\nunxml,81\n", "\xff\xfe", 'a,"b\n'])
def test_reviews_that_cannot_be_read_are_named_and_left_alone(passed_off, bad):
    file = passed_off / "reviews.csv"
    file.write_bytes(bad.encode("latin-1"))
    asked = CliRunner().invoke(app, ["review", "--source", "unxml", "--session", "77", "--write"])
    assert asked.exit_code == 1
    assert str(file) in asked.output
    assert file.read_bytes() == bad.encode("latin-1")
