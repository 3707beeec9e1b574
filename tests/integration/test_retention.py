"""What is kept of the past: releases, pages of changes, the log of checks, Dagster's runs.

Belongs here: what goes and what stays, and that a warehouse stops growing. Not here: leftovers of
killed runs (test_clean.py), or the published files of before (test_changes.py).
"""

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import date
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from typer.testing import CliRunner
from warehouses import UNGA, environment, unga

from orchestration.cli.app import app
from orchestration.layout import Layout
from orchestration.published.retention import PAGES, outdated, remove_outdated
from orchestration.run.check_results import CheckResult, append_to_log, blocking_of_last_run
from orchestration.run.in_process import dagster_home
from orchestration.run.old_runs import remove_old_runs
from orchestration.sources.landing import Landing, copy_in

# How many refreshes the last test does; retention is set to two runs.
REFRESHES = int(os.environ.get("UNGA_REFRESHES", "4"))
# Dagster's files beside those of a run each.
RECORDS = ("index.db", "runs.db", "schedules.db")


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A warehouse with five releases of a source, of which the published file uses the oldest."""
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path))
    layout = Layout(tmp_path)
    landing = Landing(layout.landing(False), "undl")
    dropped = tmp_path / "votes.csv"
    for day in range(1, 6):
        dropped.write_text(f"votes of day {day}")
        with landing.locked(), landing.staging() as staged:
            file = copy_in(dropped, staged)
            landing.take_in(
                staged, landing.new_release(f"2026-01-0{day}", date(2026, 1, day), [file])
            )
    with duckdb.connect(layout.published(False)) as published:
        published.execute("create schema raw")
        published.execute(
            "create table raw.releases as select 'undl' as source, '2026-01-01' as release"
        )
    return layout


def landed(layout: Layout) -> list[str]:
    return [release.name for release in Landing(layout.landing(False), "undl").releases()]


def test_the_newest_releases_stay_and_the_one_that_is_published(layout: Layout):
    gone = remove_outdated(layout)
    assert [path.name for path in gone] == ["2026-01-02"]
    assert landed(layout) == ["2026-01-01", "2026-01-03", "2026-01-04", "2026-01-05"]
    assert remove_outdated(layout) == []


def test_more_releases_stay_where_a_person_says_so(layout: Layout, monkeypatch):
    monkeypatch.setenv("UNGA_KEEP_RELEASES", "4")
    assert outdated(layout) == []
    monkeypatch.setenv("UNGA_KEEP_RELEASES", "0")
    with pytest.raises(ValueError, match="UNGA_KEEP_RELEASES=0: give the number of releases of a"):
        outdated(layout)


def test_all_releases_stay_while_it_is_not_known_which_are_published(layout: Layout):
    with duckdb.connect(layout.published(False)) as writer:
        writer.execute("select 1")
        opened = subprocess.run(
            [UNGA, "clean"], env=environment(layout.folder), capture_output=True, text=True
        )
    assert opened.returncode == 0, opened.stderr
    assert len(landed(layout)) == 5
    layout.published(False).write_bytes(b"damaged")
    assert remove_outdated(layout) == []


def test_the_oldest_pages_of_changes_go(layout: Layout):
    folder = layout.changes(False)
    folder.mkdir()
    for number in range(PAGES + 2):
        page = folder / f"{9 - number % 10}-{number}.md"
        page.write_text("changed")
        os.utime(page, (number, number))
    shutil.rmtree(layout.landing(False))
    assert [page.stem.rpartition("-")[2] for page in remove_outdated(layout)] == ["0", "1"]


def test_the_log_of_checks_keeps_the_last_runs_whole(layout: Layout, monkeypatch):
    monkeypatch.setenv("UNGA_KEEP_RUNS", "2")
    log = layout.checks_log(False)
    for run in ("first", "second", "third"):
        for check in ("a", "b"):
            result = CheckResult("marts.x", check, "dbt test", passed=run != "third")
            append_to_log(log, run, "2026-01-01", [result])
    remove_outdated(layout)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [(line["run_id"], line["check"]) for line in lines] == [
        ("second", "a"),
        ("second", "b"),
        ("third", "a"),
        ("third", "b"),
    ]
    assert len(blocking_of_last_run(log)[1]) == 2
    assert [file.name for file in log.parent.glob(".checks_log*")] == []


def test_a_line_of_the_log_that_was_cut_off_hides_nothing(layout: Layout, monkeypatch):
    monkeypatch.setenv("UNGA_KEEP_RUNS", "1")
    log = layout.checks_log(False)
    for run in ("first", "second"):
        append_to_log(log, run, "2026-01-01", [CheckResult("marts.x", "a", "dbt test", False)])
        with log.open("a") as lines:
            lines.write('{"run_id": "sec\n[]\n')
    assert blocking_of_last_run(log)[0] == "second"
    remove_outdated(layout)
    assert [json.loads(line)["run_id"] for line in log.read_text().splitlines()] == ["second"]


def test_clean_tells_what_is_old_and_removes_it(layout: Layout):
    told = CliRunner().invoke(app, ["clean", "--dry-run"])
    assert str(layout.landing(False) / "undl" / "2026-01-02") in told.output
    assert len(landed(layout)) == 5
    CliRunner().invoke(app, ["clean"])
    assert len(landed(layout)) == 4


@dg.asset(check_specs=[dg.AssetCheckSpec("holds", asset="votes")])
def votes(context: dg.AssetExecutionContext):
    yield dg.Output(1)
    yield dg.AssetCheckResult(passed=True)


def test_of_old_runs_dagster_keeps_nothing(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("UNGA_KEEP_RUNS", "2")
    layout = Layout(tmp_path)
    dagster_home(layout)
    job = dg.Definitions(assets=[votes]).resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.get() as instance:
        ran = [job.execute_in_process(instance=instance).run_id for _ in range(4)]
        under_way = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED).run_id
        assert remove_old_runs(instance, layout) == 2
        assert [run.run_id for run in instance.get_runs()] == [under_way, *reversed(ran[2:])]
        assert remove_old_runs(instance, layout) == 0
    named = [file for run in ran[:2] for file in layout.dagster_home.rglob(f"{run}*")]
    assert named == []
    # What SQLite has freed still stands in its files; no row of any table has it.
    records = layout.dagster_home.rglob("*.db")
    assert {table for file in records for run in ran[:2] for table in with_text(file, run)} == set()


def with_text(file: Path, text: str) -> list[str]:
    """The tables of a SQLite file in which a row has this text."""
    with closing(sqlite3.connect(file)) as opened:
        tables = [row[0] for row in opened.execute("select name from sqlite_master")]
        found = []
        for table in tables:
            try:
                rows = opened.execute(f'select * from "{table}"').fetchall()
            except sqlite3.OperationalError:  # an index
                continue
            if any(text in str(row) for row in rows):
                found.append(table)
    return found


@pytest.mark.long
def test_a_warehouse_stops_growing(first_sample: Path, tmp_path: Path):
    """Set UNGA_REFRESHES to 50 for the long run."""
    warehouse = tmp_path / "warehouse"
    shutil.copytree(first_sample, warehouse)
    counts = []
    for _ in range(REFRESHES):
        made = unga(warehouse, "sample", UNGA_KEEP="1", UNGA_KEEP_RUNS="2")
        assert made.returncode == 0, made.stdout + made.stderr
        counts.append(counted(warehouse))
    # One run more than is kept stands in Dagster's record until the next one ends.
    settled = counts[2:]
    for what, first in settled[0].items():
        # Dagster writes an event more or fewer of the thousand of a run.
        bound = 1.1 if what == "bytes" else 1.01 if what.endswith(": event_logs") else 1
        assert max(count[what] for count in settled) <= bound * first, (what, counts)


def counted(warehouse: Path) -> dict[str, int]:
    """What a refresh adds to: files, rows of Dagster's record, lines of the log; and all bytes."""
    files = [file for file in warehouse.rglob("*") if file.is_file()]
    # Pages of changes are kept by fifties, and a database's log is there or not.
    told = {"files": 0, "bytes": sum(file.stat().st_size for file in files)}
    for file in files:
        if file.parent.name == "changes" or file.name.endswith(("-wal", "-shm")):
            continue
        told["files"] += 1
        if file.suffix == ".db":
            # Closed at once: closing removes the database's log, which the next count reads.
            with closing(sqlite3.connect(file)) as record:
                tables = record.execute("select name from sqlite_master where type = 'table'")
                for (table,) in tables.fetchall():
                    name = f"{file.name if file.name in RECORDS else 'runs'}: {table}"
                    ((rows,),) = record.execute(f'select count(*) from "{table}"')
                    told[name] = told.get(name, 0) + rows
        if file.name == "checks_log.jsonl":
            told["checks"] = len(file.read_text(encoding="utf-8").splitlines())
    return told
