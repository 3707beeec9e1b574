"""A refresh with readers, a rival and accidents: real processes on the synthetic Assembly."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from warehouses import UNGA, environment, unga

from orchestration.published.swap import replace_published

pytestmark = pytest.mark.kills

NO_MIRROR = "/no/such/mirror"
RUN_STAMPS = {
    "raw.releases": ["landed_at"],
    "marts.freshness": ["built_at", "checked_at", "run_id"],
    "marts.checks_log": ["checked_at", "detail"],
    "marts.publication": ["run_id", "published_at"],
}

# Reads, reports it, waits for input, and reads again over the same connection.
READER = """
import sys, duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
ask = "select run_id, (select count(*) from marts.fct_votes) from marts.publication"
print(connection.sql(ask).fetchall(), flush=True)
sys.stdin.readline()
print(connection.sql(ask).fetchall(), flush=True)
"""


def start(warehouse: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start the command line with no source in reach, in its own process group."""
    return subprocess.Popen(
        [UNGA, *arguments],
        env=environment(warehouse, NO_MIRROR),
        cwd=warehouse,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_until(true: Callable[[], object], run: subprocess.Popen[str]) -> None:
    """Wait until a condition is true; fail if the run ends first."""
    while not true():
        assert run.poll() is None, run.communicate()[0]
        time.sleep(0.05)


def tables(file: Path) -> dict[str, tuple[int, int]]:
    """Number of rows and their hash, regardless of order, of each table except run stamps."""
    found = {}
    with duckdb.connect(file, read_only=True) as connection:
        names = connection.sql(
            "select table_schema || '.' || table_name from information_schema.tables"
        ).fetchall()
        for (name,) in names:
            stamps = ", ".join(RUN_STAMPS.get(name, []))
            columns = f"* exclude ({stamps})" if stamps else "*"
            ((rows, hashed),) = connection.sql(
                f"with it as (select {columns} from {name}) "
                "select count(*), coalesce(sum(hash(it)), 0) from it"
            ).fetchall()
            found[name] = (rows, hashed)
    return found


@dataclass(frozen=True)
class Story:
    """What was observed while one run was killed and the next one finished."""

    before: dict[str, tuple[int, int]]
    after_kill: dict[str, tuple[int, int]]
    leftovers_after_kill: list[Path]
    rival: subprocess.CompletedProcess[str]
    process: int
    during: dict[str, tuple[int, int]]
    ended: int
    said: str
    reader: list[str]
    after: dict[str, tuple[int, int]]
    leftovers: list[Path]
    run_ids: tuple[str, str]
    real_files: list[Path]


def run_id(file: Path) -> str:
    with duckdb.connect(file, read_only=True) as connection:
        ((found,),) = connection.sql("select run_id from marts.publication").fetchall()
    return found


@pytest.fixture(scope="module")
def story(built_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    warehouse = tmp_path_factory.mktemp("story") / "warehouse"
    shutil.copytree(built_sample, warehouse)
    published, build = warehouse / "sample/unga.duckdb", warehouse / "build"
    before, first = tables(published), run_id(published)

    killed = start(warehouse, "sample")
    wait_until(lambda: list(build.glob("*/dbt/run/**/*.sql")), killed)
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    after_kill = tables(published)
    leftovers_after_kill = [path for path in build.iterdir() if path.is_dir()]

    reader = subprocess.Popen(
        [sys.executable, "-c", READER, str(published)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdout
    seen = [reader.stdout.readline()]
    run = start(warehouse, "refresh")
    wait_until(lambda: list(build.glob("*/sample/unga.duckdb")), run)
    rival = unga(warehouse, "sample")
    during = tables(published)
    said = run.communicate()[0]
    seen.append(reader.communicate("again\n")[0])
    return Story(
        before=before,
        after_kill=after_kill,
        leftovers_after_kill=leftovers_after_kill,
        rival=rival,
        process=run.pid,
        during=during,
        ended=run.returncode,
        said=said,
        reader=seen,
        after=tables(published),
        leftovers=[
            path for path in build.iterdir() if path.is_dir() and any(path.rglob("*.duckdb"))
        ],
        run_ids=(first, run_id(published)),
        real_files=[*warehouse.glob("unga.duckdb"), *warehouse.glob("exports")],
    )


def test_a_killed_run_leaves_the_last_good_file(story):
    assert story.leftovers_after_kill, "the run was killed before it built anything"
    assert story.after_kill == story.before


def test_the_run_after_a_killed_one_finishes_and_clears_up(story):
    assert "Not published" not in story.said
    assert story.leftovers == []


def test_a_second_refresh_is_refused_and_told_who_runs(story):
    assert story.rival.returncode == 1
    assert re.search(rf"in use by run \S+: process {story.process}, since", story.rival.stdout)
    assert "Traceback" not in story.rival.stdout + story.rival.stderr
    assert "unga clean" not in story.rival.stdout


def test_the_file_can_be_read_while_a_refresh_runs(story):
    assert story.during == story.before


def test_a_reader_held_open_keeps_its_data_and_a_new_one_sees_the_new(story):
    first, second = story.run_ids
    assert first != second
    assert first in story.reader[0]
    assert story.reader[1] == story.reader[0]


def test_with_no_source_in_reach_the_sample_is_built_and_said_so(story):
    assert "NO SOURCE IS IN REACH" in story.said
    assert "SYNTHETIC" in story.said
    assert story.real_files == []


def test_a_refresh_that_only_built_the_sample_does_not_end_well(story):
    *_, last = story.said.splitlines()
    assert last.startswith("No source could be reached and none has landed: only the SYNTHETIC")
    assert last.endswith("There are no real votes in it.")
    assert story.ended == 4


def test_the_end_tells_what_went_in_and_came_out(story, built_sample):
    for word in ("undl", "unxml", "voeten", "fct_votes", "checks passed", "data through"):
        assert word in story.said
    (line,) = [line for line in story.said.splitlines() if line.startswith("try ")]
    answered = unga(built_sample, *shlex.split(line.partition("unga ")[2]))
    assert answered.returncode == 0, answered.stderr
    assert "A/RES/" in answered.stdout


def test_the_same_inputs_give_the_same_tables(story):
    assert story.after == story.before
    assert story.after["marts.fct_votes"][0] > 0


def test_a_file_that_is_not_closed_is_not_published(tmp_path):
    build, published = tmp_path / "build.duckdb", tmp_path / "published.duckdb"
    published.write_text("the last good file")
    with duckdb.connect(build) as connection:
        connection.execute("create table votes (vote varchar)")
        connection.execute("insert into votes values ('yes')")
        assert build.with_name("build.duckdb.wal").exists()
        with pytest.raises(RuntimeError, match="not closed"):
            replace_published(build, published)
    assert published.read_text() == "the last good file"
    replace_published(build, published)
    with duckdb.connect(published, read_only=True) as connection:
        assert connection.sql("select * from votes").fetchall() == [("yes",)]
