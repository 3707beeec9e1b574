"""The verdict of `unga status` and what is below it, on published files made from the sample.

Belongs here: each verdict with its exit status, the one screen, files of older versions. Not here:
what a refresh tells (test_refresh_sources.py).
"""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from orchestration.cli.app import app
from orchestration.cli.terminal import HEIGHT, WIDTH, sessions_in_words
from orchestration.layout import Layout
from orchestration.published import review
from orchestration.published.status import STALE_AFTER, decades
from orchestration.sources import (
    SOURCES,
    Origin,
    landed_releases,
    refused_release,
    reviews,
    tell_refused_releases,
)

COVERAGE = """
    create or replace table marts.coverage as
    select * from (values
        (1990, 100, 90, 10, 0), (2007, 80, 77, 3, 0), (2008, 60, 66, 0, 6), (2009, null, 5, 0, 0)
    ) as rows (year, counted_by_library, found, missing, too_many)
"""
DOUBTS = """
    create or replace table marts.doubts as
    select case when n < 900 then 'totals that disagree' when n < 990 then 'vote of a non-member'
        else 'rule ' || n end as rule
    from range(1000) as rows (n)
"""
WITHOUT = "drop table if exists marts.coverage; drop table if exists marts.doubts"


@pytest.fixture
def warehouse(built_sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A warehouse whose published file is the sample's, passed off as real and published today."""
    shutil.copy(built_sample / "sample/unga.duckdb", tmp_path / "unga.duckdb")
    change(tmp_path, "update marts.publication set synthetic = false, published_at = now()")
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path))
    return tmp_path


def change(warehouse: Path, sql: str) -> None:
    with duckdb.connect(warehouse / "unga.duckdb") as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(sql)


def status(*options: str) -> Result:
    return CliRunner().invoke(app, ["status", *options])


def said(*options: str) -> dict:
    return json.loads(status("--json", *options).output)


def refuse(warehouse: Path, run: str = "the-last-run") -> None:
    """Record in the log that the last build was refused."""
    entry = {
        "run_id": run,
        "at": "2026-01-15T06:00:00",
        "table": "marts.completeness",
        "check": "Every session has the roll calls that are expected of it",
        "kind": "expectations",
        "passed": False,
        "severity": "error",
        "rows": None,
        "detail": "source unxml, session 82",
    }
    log = Layout(warehouse).checks_log(synthetic=False)
    with log.open("a", encoding="utf-8") as lines:
        lines.write(json.dumps(entry) + "\n")


def land(warehouse: Path, mirror: Path, source: str = "unxml") -> None:
    SOURCES[source].land(Layout(warehouse).landing(False), Origin(str(mirror)))


@pytest.fixture
def served(built_sample: Path, tmp_path: Path) -> Path:
    """A mirror that serves the files behind the published file."""
    mirror = tmp_path / "mirror"
    shutil.copytree(built_sample / "sample" / "mirror", mirror)
    return mirror


def test_a_file_of_today_is_fresh(warehouse, served):
    land(warehouse, served)
    # What has just landed is new; at the next visit it is in the published file.
    land(warehouse, served)
    ended = status()
    assert ended.exit_code == 0, ended.output
    assert ended.output.startswith("fresh: votes through ")
    assert said()["verdict"]["health"] == "fresh"


def test_a_source_that_refused_a_file_is_named(warehouse, served):
    land(warehouse, served)
    (served / "unxml" / "78.json").write_text("no resolutions", encoding="utf-8")
    land(warehouse, served)
    ended = status()
    assert ended.exit_code == 3, ended.output
    assert ended.output.startswith("fresh, but unxml refused 78.json")
    assert any("78.json" in need for need in said()["needs_a_person"])


def test_a_source_out_of_reach_is_named_with_since_when(warehouse, served):
    land(warehouse, served)
    land(warehouse, served / "gone")
    ended = status()
    assert ended.exit_code == 3, ended.output
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert ended.output.startswith(f"fresh, but unxml not reached since {today}")
    (unxml,) = [row for row in said()["sources"] if row["source"] == "unxml"]
    assert unxml["last_asked"] >= unxml["last_reached"] > "2026"
    assert unxml["last_visit"][0]["outcome"] == "not in reach"
    (need,) = [need for need in said()["needs_a_person"] if need.startswith("unxml")]
    assert "check what UNGA_MIRROR names" in need


def test_what_is_landed_and_not_published_makes_it_stale(warehouse, served):
    text = (served / "unxml" / "78.json").read_text(encoding="utf-8")
    moved = text.replace("A/RES/78/", "A/RES/79/")
    (served / "unxml" / "79.json").write_text(moved, encoding="utf-8")
    land(warehouse, served)
    ended = status()
    assert ended.exit_code == 4, ended.output
    assert ended.output.startswith("stale: no vote newer than ")
    assert "although unxml has 79.json" in ended.output.splitlines()[0]


def test_a_file_that_other_code_built_is_told(warehouse):
    assert "another version" not in status().output
    change(warehouse, "update marts.publication set code_version = 'of last year'")
    assert any("unga refresh builds again" in need for need in said()["needs_a_person"])


@pytest.mark.parametrize(("days", "stale"), [(-1, False), (1, True)])
def test_an_old_build_is_stale_after_the_days_of_the_freshness_policy(warehouse, days, stale):
    at = datetime.now(UTC) - STALE_AFTER - timedelta(days=days)
    change(warehouse, f"update marts.publication set published_at = '{at:%Y-%m-%d %H:%M:%S}'")
    ended = status()
    assert ended.exit_code == (4 if stale else 0), ended.output
    assert ("more than 400 days ago" in ended.output) == stale


def test_a_refused_build_is_said_with_its_reason(warehouse):
    refuse(warehouse)
    ended = status()
    assert ended.exit_code == 5, ended.output
    first = ended.output.splitlines()[0]
    assert first.startswith("last build refused")
    assert "marts.completeness" in first
    assert "session 82" in said()["refused"][0]


def test_a_refused_build_leads_whatever_else_is_wrong(warehouse, served):
    land(warehouse, served / "gone")
    at = datetime.now(UTC) - 2 * STALE_AFTER
    change(warehouse, f"update marts.publication set published_at = '{at:%Y-%m-%d %H:%M:%S}'")
    refuse(warehouse)
    assert status().exit_code == 5


def test_a_session_that_nobody_reviewed_comes_with_the_command_to_type(warehouse):
    build = warehouse / "build" / "the-last-run"
    build.mkdir(parents=True)
    shutil.copy(warehouse / "unga.duckdb", build / "unga.duckdb")
    with duckdb.connect(build / "unga.duckdb") as connection:
        connection.execute(
            "update marts.completeness set status = 'unexpected', found_roll_calls = 112 "
            "where source = 'unxml' and session = '78'"
        )
    refuse(warehouse)
    told = "unga review --source unxml --session 78 --write"
    assert told in status().output
    arguments = told.split()[1:]
    written = CliRunner().invoke(app, arguments)
    assert written.exit_code == 0, written.output
    assert "found     112" in written.output
    assert "next: unga refresh" in written.output


@pytest.mark.parametrize("content", [None, b"", b"no database"])
def test_nothing_to_read_has_a_status_of_its_own(tmp_path, monkeypatch, content):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path))
    if content is not None:
        (tmp_path / "unga.duckdb").write_bytes(content)
    refuse(tmp_path)
    for options in ([], ["--json"], ["--sessions"]):
        ended = status(*options)
        assert ended.exit_code == 1
        assert "unga.duckdb" in ended.output
        assert "marts.completeness" in ended.output
    assert said()["verdict"]["exit_status"] == 1


@pytest.mark.parametrize("sql", [WITHOUT, f"{COVERAGE};{DOUBTS}"])
def test_status_fits_one_screen_whatever_there_is_to_say(warehouse, served, sql):
    change(warehouse, sql)
    for session in range(74, 79):
        (served / "unxml" / f"{session}.json").write_text("no resolutions\n" * 9, encoding="utf-8")
    land(warehouse, served)
    for nth in range(20):
        refuse(warehouse, "one-run")
        (warehouse / "landing" / "undl").mkdir(exist_ok=True)
        (warehouse / "landing" / "undl" / f"{nth}.csv").write_text("no votes", encoding="utf-8")
    land(warehouse, served, "undl")
    lines = status().output.splitlines()
    assert len(lines) < HEIGHT
    *told, file = lines
    assert [line for line in told if len(line) > WIDTH] == []
    assert file.endswith(str(warehouse / "unga.duckdb"))
    assert any("more: unga status --json" in line for line in told)
    assert len(said()["needs_a_person"]) > 20


def test_coverage_and_doubts_are_told_in_numbers(warehouse):
    change(warehouse, f"{COVERAGE};{DOUBTS}")
    told = status().output
    assert "137 of 140 recorded votes of 2007 to 2008, and 6 others are in this file;" in told
    assert "227 of 240 of 1990 to 2008, and 6 others\n" in told
    (line,) = [line for line in told.splitlines() if line.startswith("doubts")]
    assert "1,000: 900 totals that disagree; 90 vote of a non-member; 10 by 10 other rules" in line
    assert len(line) <= WIDTH
    facts = said()
    assert facts["doubts"][0] == {"rule": "totals that disagree", "doubts": 900}
    assert [row["found"] for row in facts["coverage"]] == [137, 227]


def test_topics_that_are_right_too_seldom_are_named_and_others_are_not(warehouse):
    assert not [line for line in status().output.splitlines() if line.startswith("topics")]
    change(
        warehouse,
        "insert into marts.topics_measured by name select 'study' as scheme, topic, "
        "'all years' as period, precision, recall, date '2026-11-28' as measured_on from (values "
        "('environment', 0.95, 0.84), ('disarmament', 0.99, 0.98), ('other', 0.1, 0.1)) "
        "as rows (topic, precision, recall)",
    )
    (line,) = [line for line in status().output.splitlines() if line.startswith("topics")]
    assert line == f"{'topics':16}under 0.90 (precision/recall): environment 0.95/0.84"
    assert said()["topics"] == [{"topic": "environment", "precision": 0.95, "recall": 0.84}]


def test_a_file_of_an_older_version_is_read(warehouse):
    change(warehouse, WITHOUT)
    ended = status()
    assert ended.exit_code == 0, ended.output
    for name in ("coverage", "doubts"):
        assert f"{name:16}not in this file" in ended.output
        assert said()[name] is None


def test_each_gap_is_told_once(warehouse):
    change(
        warehouse,
        "delete from seeds.known_gaps; insert into seeds.known_gaps by name "
        "select 'unxml' as source, session, 'One and the same reason' as reason "
        "from range(74, 78) as rows (session)",
    )
    told = status("--sessions").output
    assert told.count("One and the same reason") == 1
    (line,) = [line for line in told.splitlines() if "One and the same reason" in line]
    assert "74 to 77" in line


@pytest.mark.parametrize(
    ("expected", "rule", "shown"),
    [("0", "at_least", "-"), ("0", "exact", "0"), ("3", "at_least", "3"), ("null", None, "-")],
)
def test_at_least_none_is_no_expected_number(warehouse, expected, rule, shown):
    named = f"'{rule}'" if rule else "null"
    change(
        warehouse,
        f"update marts.completeness set expected_roll_calls = {expected}, expected_rule = {named} "
        "where (source, session) = ('unxml', '77')",
    )
    told = status("--sessions").output
    rows = [[cell.strip() for cell in line.split("│")] for line in told.splitlines()]
    # The table of gaps, which may name it too, has fewer columns.
    (row,) = [row for row in rows if row[1:3] == ["unxml", "77"] and len(row) == 7]
    assert row[3] == shown
    assert int(row[4]) > 0


def test_a_landed_release_that_was_passed_over_is_a_refused_file(warehouse, served):
    # Twice: a file landed in the second after publication would count as new, and so as stale.
    for _ in range(2):
        land(warehouse, served, "undl")
    landing = Layout(warehouse).landing(False)
    change(warehouse, "delete from raw.releases where source = 'undl'")
    assert said()["verdict"]["health"] == "stale"
    (release,) = landed_releases(landing, "undl")
    tell_refused_releases(landing, "undl", [refused_release(release, "a file of it is damaged")])
    verdict = said()["verdict"]
    assert verdict["line"] == f"fresh, but undl refused release {release.name}"
    assert verdict["exit_status"] == 3
    assert any("a file of it is damaged" in need for need in said()["needs_a_person"])


def test_the_digital_librarys_file_is_asked_for_where_it_is_missing(warehouse):
    # The sample's ends a session before the Secretariat's files.
    (need,) = [need for need in said()["needs_a_person"] if need.startswith("undl")]
    assert "undl ends on 2023-09-05" in need
    change(warehouse, "delete from raw.releases where source = 'undl'")
    (need,) = [need for need in said()["needs_a_person"] if need.startswith("undl")]
    assert need.startswith("undl is not in this file")
    assert SOURCES["undl"].source.url in need


@pytest.mark.parametrize("missing", [[1990], [1990, 1991], []])
def test_years_without_a_source_are_found(warehouse, missing):
    change(
        warehouse,
        "delete from marts.dim_roll_calls where year in "
        f"(select unnest({missing}::integer[])); {COVERAGE}",
    )
    found = {row["first_year"]: row for row in decades(warehouse / "unga.duckdb")}
    assert found[1946]["without_source"] == [1946, 1947, 1948, 1949]
    # Of the years from 1990 to 2008 the Library here counts a vote in three.
    assert found[1990]["without_source"] == [year for year in missing if year == 1990]


@pytest.mark.parametrize(
    ("sessions", "words"),
    [
        (["72", "74", "73", "9"], "9, 72 to 74"),
        (["ES-9", "ES-10", "S-2", "80"], "80, ES-9 to ES-10, S-2"),
        ([], ""),
    ],
)
def test_sessions_are_drawn_together(sessions, words):
    assert sessions_in_words(sessions) == words


def test_changed_reviews_are_a_reason_to_build(warehouse):
    layout, published = Layout(warehouse), warehouse / "unga.duckdb"
    columns = ",".join(reviews.columns())
    change(warehouse, "drop table if exists raw.reviews")
    assert not review.is_changed(layout, published)
    layout.reviews.write_text(
        f"{columns}\nunxml,81,112,exact,2026-12-24,2027-01-15,\n",
        encoding="utf-8",
    )
    assert review.is_changed(layout, published)
    change(
        warehouse,
        "create table raw.reviews as select 'unxml' as source, '81' as session, "
        "112 as roll_calls, 'exact' as rule, date '2026-12-24' as counted_through, "
        "date '2027-01-15' as reviewed_on, null::varchar as note",
    )
    assert not review.is_changed(layout, published)
    change(warehouse, "update raw.reviews set roll_calls = 113")
    assert review.is_changed(layout, published)


def test_status_of_the_sample(built_sample, monkeypatch):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(built_sample))
    ended = status("--sample")
    assert ended.exit_code == 0, ended.output
    assert "SYNTHETIC" in ended.output
    facts = said("--sample")
    assert facts["publication"]["synthetic"] is True
    assert facts["refused"] == []
    assert {row["mart"] for row in facts["freshness"]} >= {"fct_votes", "vote_pairs"}
    assert {row["source"] for row in facts["completeness"]} == {"undl", "unxml", "voeten"}
    kinds = {"comparison", "dbt test", "expectations"}
    assert {row["kind"] for row in facts["checks"]} == kinds
