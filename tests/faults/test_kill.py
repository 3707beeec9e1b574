"""A refresh that is killed at any of its steps, and the one that comes after it.

One story: run after run is killed, each at the next step and on top of what its predecessor left
behind, until one may finish. A reader queries the published file throughout.
"""

import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from warehouses import environment, fingerprint, start, unga, wait_for_line, wait_until

from orchestration.layout import ROOT, Layout
from orchestration.published.kept import kept_files, replace_and_keep
from orchestration.run.leftovers import dbt_processes, leftovers, remove_leftovers
from orchestration.run.lock import is_estimating, is_held

pytestmark = pytest.mark.kills

# The line with which each step begins.
STEPS = {
    "landing": "… ask the sources",
    "raw": "… read unxml",
    "dbt": "… build and test the models",
    "checks": "… checks",
    "publication": "… publish",
}

# A secret that must not appear in anything that a run writes.
SECRET = "swordfish-7c1f"
SECRETS = dict.fromkeys(
    ("DATAVERSE_API_TOKEN", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "DBT_PASSWORD"), SECRET
)

# Opens the file as any user does, queries it and prints the answers, until its input ends.
READER = """
import select, sys, time, duckdb
while not select.select([sys.stdin], [], [], 0.2)[0]:
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        told = connection.sql(
            "select run_id, (select count(*) from marts.fct_votes) from marts.publication"
        ).fetchall()
    print(*told, sep="\\n", flush=True)
"""

# Publishes copies of two builds in turn until it is killed.
PUBLISHER = """
import itertools, shutil, sys
from pathlib import Path
from orchestration.published.swap import replace_published
folder = Path(sys.argv[1])
for build in itertools.cycle(["first", "second"]):
    shutil.copy(folder / build, folder / "build.duckdb")
    replace_published(folder / "build.duckdb", folder / "published.duckdb")
    print(build, flush=True)
"""

# Publishes copies of two builds in turn and puts the one before back, until it is killed.
KEEPER = """
import itertools, os, shutil, sys
from pathlib import Path
from orchestration.layout import Layout
from orchestration.published.kept import put_back, replace_and_keep
folder, how = Path(sys.argv[1]), sys.argv[2]
if how == "copy":
    def refused(*_):
        raise PermissionError
    os.link = refused
layout = Layout(folder)
for build in itertools.cycle(["first", "second"]):
    shutil.copy(folder / build, folder / "build.duckdb")
    replace_and_keep(layout, False, folder / "build.duckdb")
    print(build, flush=True)
    put_back(layout, False)
"""


@dataclass(frozen=True)
class Killed:
    """What was left after a run was killed."""

    published: str
    runs: set[str]


@dataclass(frozen=True)
class Story:
    """What was observed: before, after each kill, and after the run that finished."""

    warehouse: Path
    before: str
    killed: dict[str, Killed]
    said: str
    ended: int
    told: set[str]
    reader: subprocess.CompletedProcess[str]


def run_id(file: Path) -> str:
    with duckdb.connect(file, read_only=True) as connection:
        ((found,),) = connection.sql("select run_id from marts.publication").fetchall()
    return found


def runs_in(build: Path) -> set[str]:
    return {path.name for path in build.iterdir() if path.is_dir()}


@pytest.fixture(scope="module")
def story(built_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    warehouse = tmp_path_factory.mktemp("killed")
    published, build = warehouse / "sample/unga.duckdb", warehouse / "build"
    published.parent.mkdir()
    shutil.copy(built_sample / "sample/unga.duckdb", published)
    told = {run_id(published)}
    before = fingerprint(published)
    with subprocess.Popen(
        [sys.executable, "-c", READER, str(published)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as reader:
        killed = {}
        for step, line in STEPS.items():
            with start(warehouse, "sample") as run:
                wait_for_line(run, line)
                if step == "dbt":  # during the build, with dbt in its own process
                    wait_until(lambda: list(build.glob("*/dbt/run/**/*.sql")), "dbt builds")
                run.kill()
            killed[step] = Killed(fingerprint(published), runs_in(build))
        with start(warehouse, "sample", **SECRETS) as run:
            said, _ = run.communicate()
        told.add(run_id(published))
        answers, errors = reader.communicate("")
    return Story(
        warehouse=warehouse,
        before=before,
        killed=killed,
        said=said,
        ended=run.returncode,
        told=told,
        reader=subprocess.CompletedProcess([], reader.returncode, answers, errors),
    )


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_run_leaves_the_last_good_file(story, step):
    assert story.killed[step].published == story.before


@pytest.mark.parametrize("step", STEPS)
def test_a_run_clears_what_the_killed_one_before_it_left(story, step):
    """Each run left only its own folder: those of earlier runs are gone."""
    (left,) = story.killed[step].runs
    assert [name for name, killed in story.killed.items() if left in killed.runs] == [step]


def test_the_run_after_them_finishes_without_a_hand(story):
    assert story.ended == 0, story.said
    assert len(story.told) == 2


def test_nothing_unpublished_is_left(story):
    assert not list(story.warehouse.rglob("*.wal"))
    kept = list(story.warehouse.glob("sample/kept/*.duckdb"))
    assert [fingerprint(file) for file in kept] == [story.before]
    assert {*story.warehouse.rglob("*.duckdb")} == {story.warehouse / "sample/unga.duckdb", *kept}


def test_no_killed_run_is_taken_to_be_running_still(story):
    """Dagster would make the next run from the UI wait for it forever."""
    with dg.DagsterInstance.from_config(str(story.warehouse / "dagster_home")) as instance:
        ended = {run.run_id: run.status.value for run in instance.get_runs()}
    assert len(ended) == len(STEPS) + 1
    assert sorted(ended.values()) == ["FAILURE"] * len(STEPS) + ["SUCCESS"]


def test_whoever_asked_meanwhile_was_answered_from_one_whole_file(story):
    assert story.reader.returncode == 0, story.reader.stderr
    answers = story.reader.stdout.split("\n")
    assert {answer.split("'")[1] for answer in answers if answer} <= story.told
    assert len({answer.split(",")[1] for answer in answers if answer}) == 1


def test_no_secret_of_the_environment_is_written_anywhere(story):
    assert SECRET not in story.said
    written = [path for path in story.warehouse.rglob("*") if path.is_file()]
    assert written
    assert [path for path in written if SECRET.encode() in path.read_bytes()] == []


def test_a_run_that_a_person_interrupts_says_so_and_nothing_else(sample_warehouse):
    before = fingerprint(sample_warehouse / "sample/unga.duckdb")
    with start(sample_warehouse, "sample") as run:
        wait_for_line(run, STEPS["dbt"])
        wait_until(lambda: list((sample_warehouse / "build").glob("*/dbt/*.log")), "dbt runs")
        run.send_signal(signal.SIGINT)
        said, _ = run.communicate()
    assert run.returncode == 1
    assert list(dbt_processes(sample_warehouse / "build")) == []
    assert "interrupted" in said
    assert "Not published: the last good file is unchanged." in said
    assert "Error" not in said
    (kept,) = (sample_warehouse / "build").glob("*/")
    assert f"kept of a build that was not published (`unga clean` removes it): {kept}" in said
    assert fingerprint(sample_warehouse / "sample/unga.duckdb") == before


# Sampling shows its sign, and takes a minute; the copy holds the lock, and waits to be written.
SAMPLING = ["estimate", "--sample", "--again", "--sweeps", "100000"]
COPYING = """
import shutil, sys
from orchestration.cli.app import app
def half(source, target):
    target.write_bytes(source.read_bytes()[:1_000_000])
    print("half", flush=True)
    sys.stdin.read()
shutil.copyfile = half
app(["estimate", "--sample", "--short", "--again", "--series", "final_passage"])
"""


def killed_and_clean(warehouse: Path, run: subprocess.Popen[str], left: int) -> None:
    """Kill an estimation: the file stays as it was, and nothing is in the way of the next one."""
    layout, before = Layout(warehouse), fingerprint(warehouse / "sample/unga.duckdb")
    run.kill()
    run.wait()
    assert fingerprint(warehouse / "sample/unga.duckdb") == before
    assert not is_held(layout) and not is_estimating(layout)
    folders = [folder for folder in leftovers(layout) if folder.name.startswith("estimate-")]
    assert len(folders) == left
    cleaned = unga(warehouse, "clean").stdout
    assert all(str(folder) in cleaned for folder in folders)
    assert leftovers(layout) == []
    again = unga(warehouse, "estimate", "--sample", "--short", "--again")
    assert again.returncode == 0, again.stderr


def test_an_estimation_killed_while_it_samples_leaves_the_last_good_file(sample_warehouse):
    with start(sample_warehouse, *SAMPLING) as run:
        wait_until(lambda: is_estimating(Layout(sample_warehouse)), "it samples")
        killed_and_clean(sample_warehouse, run, left=0)


def test_an_estimation_killed_while_it_copies_leaves_the_last_good_file(sample_warehouse):
    with subprocess.Popen(
        [sys.executable, "-c", COPYING],
        env=environment(sample_warehouse),
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as run:
        wait_for_line(run, "half")
        assert is_held(Layout(sample_warehouse))
        killed_and_clean(sample_warehouse, run, left=1)


def test_an_estimation_that_a_person_interrupts_leaves_the_last_good_file(sample_warehouse):
    before = fingerprint(sample_warehouse / "sample/unga.duckdb")
    with start(sample_warehouse, *SAMPLING) as run:
        wait_until(lambda: is_estimating(Layout(sample_warehouse)), "it samples")
        time.sleep(2)
        run.send_signal(signal.SIGINT)
        said, _ = run.communicate()
    assert run.returncode == 130, said
    assert "Traceback" not in said
    assert fingerprint(sample_warehouse / "sample/unga.duckdb") == before


# Stops in the midst of an export, with some files written, until it is killed or interrupted.
EXPORTING = """
import os, sys, time
from orchestration.cli.app import app
from orchestration.published.exports import folder
write, written = folder.write, []
def slow(*arguments):
    write(*arguments)
    written.append(1)
    if len(written) == 3:
        os.write(1, b"half\\n")  # not through the progress bar
        time.sleep(600)
folder.write = slow
app(["export", "states", "topics", "groups", "--sample", "--output", sys.argv[1]])
"""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill"])
def test_an_export_ended_in_the_midst_leaves_the_exports_as_they_were(sample_warehouse, how):
    layout = Layout(sample_warehouse)
    folder = layout.exports(True)
    few = ["export", "states", "topics", "--sample", "--output", str(folder)]
    first = unga(sample_warehouse, *few)
    assert first.returncode == 0, first.stderr
    before = {file: fingerprint(file) for file in folder.rglob("*") if file.is_file()}
    unfinished = folder / ".unfinished"
    with subprocess.Popen(
        [sys.executable, "-c", EXPORTING, str(folder)],
        env=environment(sample_warehouse),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as run:
        assert run.stdout
        wait_for_line(run, "half")
        while_it_runs = leftovers(layout)
        other = unga(sample_warehouse, *few)
        run.send_signal(how)
        said, _ = run.communicate()
    assert unfinished not in while_it_runs
    assert other.returncode == 1
    assert "Another export is being written" in other.stderr
    assert "Traceback" not in said
    assert run.returncode == (130 if how == signal.SIGINT else -how)
    assert (unfinished in leftovers(layout)) == (how == signal.SIGKILL)
    after = {file: fingerprint(file) for file in before}
    assert after == before
    if how == signal.SIGKILL:
        assert unga(sample_warehouse, "clean").returncode == 0
    assert not unfinished.exists()
    again = unga(sample_warehouse, *few)
    assert again.returncode == 0, again.stderr


def test_a_publication_killed_at_any_moment_leaves_a_whole_file(tmp_path):
    for build in ("first", "second"):
        with duckdb.connect(tmp_path / build) as connection:
            connection.execute(
                "create table votes as select ? as build, i from range(1000000) as rows (i)",
                [build],
            )
    shutil.copy(tmp_path / "first", tmp_path / "published.duckdb")
    whole = {fingerprint(tmp_path / build) for build in ("first", "second")}
    moments = random.Random(1946)
    for _ in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", PUBLISHER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as publisher:
            assert publisher.stdout
            assert publisher.stdout.readline()
            time.sleep(moments.uniform(0, 0.05))
            publisher.kill()
        assert fingerprint(tmp_path / "published.duckdb") in whole


@pytest.mark.parametrize("how", ["link", "copy"])
def test_keeping_and_putting_back_killed_at_any_moment_leave_whole_files(tmp_path, how):
    for day, build in enumerate(("first", "second"), start=1):
        with duckdb.connect(tmp_path / build) as connection:
            connection.execute(
                "create schema marts; create table marts.publication as "
                "select ? as run_id, make_timestamp(2026, 1, ?, 0, 0, 0) as published_at, i "
                "from range(1) as rows (i)",
                [build, day],
            )
            connection.execute(
                "create table votes as select ? as build, i from range(1000000) as rows (i)",
                [build],
            )
        shutil.copy(tmp_path / build, tmp_path / "build.duckdb")
        replace_and_keep(Layout(tmp_path), False, tmp_path / "build.duckdb")
    whole = {fingerprint(tmp_path / build) for build in ("first", "second")}
    moments, seen = random.Random(1946), set()
    for _ in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", KEEPER, str(tmp_path), how], stdout=subprocess.PIPE, text=True
        ) as keeper:
            assert keeper.stdout
            assert keeper.stdout.readline()
            time.sleep(moments.uniform(0, 0.05))
            keeper.kill()
        assert fingerprint(tmp_path / "unga.duckdb") in whole
        kept = kept_files(Layout(tmp_path), synthetic=False)
        seen |= {fingerprint(file.file) for file in kept}
    assert seen == whole
    remove_leftovers(Layout(tmp_path))
    assert not list((tmp_path / "kept").glob(".*"))
