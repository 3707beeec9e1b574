"""Leftovers of refused and killed runs, and `unga clean`.

Belongs here: what is reported, what is removed, and when not. Not here: runs that are killed
(faults/test_kill.py).
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration.cli.app import app
from orchestration.layout import Layout
from orchestration.run.lock import RefreshRefusedError, take_lock

MB = 1_000_000
ROOT = Path(__file__).parents[2]


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A warehouse with a published file, a refused build of 12 MB, and two things half written."""
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path))
    layout = Layout(tmp_path)
    for file, size in {
        layout.published(False): MB,
        layout.build / "refused" / "unga.duckdb": 12 * MB,
        layout.build / "refused" / "dbt" / "dbt.log": MB // 2,
        layout.exports(False) / ".unfinished" / "votes.parquet": MB // 4,
        layout.kept(False) / ".unfinished" / "unga.duckdb": MB // 4,
        layout.kept(False) / "2026-01-01T000000-before.duckdb": MB,
        layout.exports(False) / "votes.parquet": MB,
    }.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"0" * size)
    return layout


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def files(layout: Layout) -> set[str]:
    return {str(file.relative_to(layout.folder)) for file in layout.folder.rglob("*.*")}


def test_leftovers_are_removed_and_nothing_else(layout: Layout):
    before = files(layout)
    told = run("clean", "--dry-run")
    assert (told.exit_code, files(layout) - {"build/.lock"}) == (0, before)
    assert "13 MB would be freed." in told.output
    assert f" 12 MB  {layout.build / 'refused'}" in told.output
    told = run("clean")
    assert told.exit_code == 0
    assert "13 MB freed." in told.output
    assert files(layout) == {
        "build/.lock",
        "unga.duckdb",
        "exports/votes.parquet",
        "kept/2026-01-01T000000-before.duckdb",
    }
    assert run("clean").output == "Nothing is left over.\n"


def test_nothing_is_removed_while_a_refresh_runs(layout: Layout):
    before = files(layout)
    with take_lock(layout, "that builds"):
        for options in ([], ["--dry-run"]):
            told = run("clean", *options)
            assert told.exit_code == 1
            assert "The warehouse is in use by that builds: process" in told.output
    assert files(layout) - {"build/.lock"} == before


def test_a_refresh_is_told_what_cleans(layout: Layout, monkeypatch: pytest.MonkeyPatch):
    def refused(layout: Layout) -> None:
        with pytest.raises(RefreshRefusedError, match="in use by `unga clean`: process"):
            take_lock(layout, "run that comes")

    monkeypatch.setattr("orchestration.run.lock.LOCK_TIMEOUT", 0)
    monkeypatch.setattr("orchestration.run.leftovers.remove_leftovers", refused)
    assert run("clean").exit_code == 0


@pytest.mark.parametrize("synthetic", [False, True])
def test_status_tells_of_a_build_that_is_kept(layout: Layout, synthetic: bool):
    folder = str(layout.build / "refused")
    if synthetic:
        (layout.build / "refused" / "sample").mkdir()
        layout.build_file("refused", False).rename(layout.build_file("refused", True))
    told = json.loads(run("status", "--json").output)
    assert told["unpublished_builds"] == {folder: 12 * MB + MB // 2}
    said = f"12 MB kept of a build that was not published (`unga clean` removes it): {folder}"
    assert said in told["needs_a_person"]
    with take_lock(layout, "that builds"):
        assert json.loads(run("status", "--json").output)["unpublished_builds"] == {}
    run("clean")
    assert json.loads(run("status", "--json").output)["unpublished_builds"] == {}


# Writes a report, says so, and waits.
WRITER = """
import sys
from pathlib import Path
from reports.shelf import replaced
with replaced(Path(sys.argv[1])) as new:
    (new / "years.png").write_text("drawn")
    print("half", flush=True)
    sys.stdin.read()
    (new / "report.html").write_text("written")
"""


@pytest.mark.parametrize("synthetic", [False, True])
def test_what_a_killed_report_left_goes_and_not_what_is_being_written(
    layout: Layout, synthetic: bool
):
    reports = layout.reports(synthetic)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(reports / name)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for name in ("killed", "finished")
    ]
    for writer in writers:
        assert writer.stdout and writer.stdout.readline() == "half\n"
    killed, finished = writers
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert len(list(reports.glob(".report-*"))) == 2
    told = run("clean")
    assert told.exit_code == 0
    assert told.output.count(str(reports / ".report-")) == 1
    finished.communicate("")
    assert finished.returncode == 0
    assert {file.name for file in (reports / "finished").iterdir()} == {"report.html", "years.png"}
    assert [folder.name for folder in reports.iterdir()] == ["finished"]


def test_without_a_warehouse_nothing_is_left_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path / "none"))
    assert run("clean").output == "Nothing is left over.\n"
    assert not (tmp_path / "none").exists()
