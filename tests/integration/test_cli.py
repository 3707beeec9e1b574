"""The command line as a person meets it."""

import csv
import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from orchestration import cli


@pytest.fixture
def run(built_sample: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(built_sample))

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(cli.app, arguments)

    return invoke


COUNT = "select vote, count(*) as votes from marts.fct_votes group by vote order by vote"


def test_a_query_as_table(run):
    asked = run("query", "--sample", COUNT)
    assert asked.exit_code == 0
    assert "abstain" in asked.output


def test_a_query_in_each_format_gives_the_same_rows(run, tmp_path):
    for form in ("csv", "json", "parquet"):
        output = tmp_path / f"votes.{form}"
        asked = run("query", "--sample", COUNT, "--format", form, "--output", str(output))
        assert asked.exit_code == 0, asked.output
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
    before = (built_sample / "sample.duckdb").stat().st_mtime_ns
    asked = run("query", "--sample", sql)
    assert asked.exit_code == 1
    assert len(asked.output.strip().splitlines()) == 1
    assert "Traceback" not in asked.output
    assert (built_sample / "sample.duckdb").stat().st_mtime_ns == before
    assert not list(Path("/tmp").glob("unga_*ed.*"))


def test_parquet_is_not_for_a_terminal(run):
    asked = run("query", "--sample", COUNT, "--format", "parquet")
    assert asked.exit_code == 1
    assert "--output" in asked.output


@pytest.mark.parametrize("command", [["query", "select 1"], ["status"]])
def test_before_the_first_refresh_a_person_is_told_what_to_do(command, tmp_path, monkeypatch):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path))
    asked = CliRunner().invoke(cli.app, command)
    assert asked.exit_code == 1
    assert "unga refresh" in asked.output


def test_status_as_json(run):
    said = json.loads(run("status", "--sample", "--json").output)
    assert said["publication"]["synthetic"] is True
    assert said["refused"] == []
    assert {it["mart"] for it in said["freshness"]} >= {"fct_votes", "vote_pairs"}
    assert {it["source"] for it in said["completeness"]} == {"undl", "unxml", "voeten"}
    assert {it["kind"] for it in said["checks"]} == {"dbt test", "expectations"}


def test_status_for_people(run):
    said = run("status", "--sample").output
    for word in ("published", "data through", "marts fresh", "sessions"):
        assert word in said


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


def test_review_compares_and_takes_in(run, tmp_path, monkeypatch):
    seed = tmp_path / "expected_roll_calls.csv"
    known = "assembly,source,session,roll_calls,rule,reviewed_on,note\n"
    seed.write_text(known + "synthetic,unxml,77,1,exact,2026-01-15,first\n", encoding="utf-8")
    monkeypatch.setattr(cli, "EXPECTED", seed)

    told = run("review", "--sample", "--source", "unxml", "--session", "77").output
    assert "reviewed  1" in told
    found = told.split()[-1]
    assert int(found) > 1
    assert "first" in seed.read_text(encoding="utf-8")

    for session in ("77", "78"):
        written = run("review", "--sample", "--source", "unxml", "--session", session, "--write")
        assert written.exit_code == 0, written.output
    rows = list(csv.DictReader(seed.read_text(encoding="utf-8").splitlines()))
    assert [(row["session"], row["rule"]) for row in rows] == [("77", "exact"), ("78", "exact")]
    assert rows[0]["roll_calls"] == found
    assert rows[0]["note"] == "first"


def test_review_of_a_session_that_no_build_has(run):
    asked = run("review", "--sample", "--source", "unxml", "--session", "99")
    assert asked.exit_code == 1
    assert "No build has a session 99 of unxml" in asked.output
