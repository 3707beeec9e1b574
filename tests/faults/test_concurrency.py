"""Many at once: readers through publications, two refreshes, the UI beside the command line.

Belongs here: what holds while several processes use one warehouse. Not here: processes that die
(test_kill.py).
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest
from warehouses import UNGA, environment, holder, start, stopped, unga, wait_for_line, wait_until

from orchestration.automation import sensors
from orchestration.automation.sensors import killed_runs
from orchestration.definitions import build_defs
from orchestration.layout import Layout
from orchestration.published.kept import put_back, replace_and_keep
from orchestration.published.swap import replace_published
from orchestration.run.dead_runs import UNDER_WAY
from orchestration.run.lock import is_held, take_lock
from orchestration.run.warehouse import Warehouse

pytestmark = pytest.mark.kills

READERS, PUBLICATIONS = 10, 20
# Alongside a refresh, which they slow down.
FEW_READERS = 3

# All twenty take a quarter of an hour; set it to 20 to run them.
REFRESHES = int(os.environ.get("UNGA_WHOLE_REFRESHES", "1"))

# Asks over and over, each time over a new connection, until its input ends. Each time it says which
# build it began with, which builds the rows of a long query are from, and which it ended with.
READER = """
import select, sys, time, duckdb
_, file, one, many = sys.argv
while not select.select([sys.stdin], [], [], 0)[0]:
    with duckdb.connect(file, read_only=True, config={"threads": 1}) as connection:
        # A query that takes long would draw a bar among the answers.
        connection.execute("set enable_progress_bar = false")
        first, rows, last = (connection.sql(sql).fetchall()[0][0] for sql in (one, many, one))
    print(first, *rows, last, flush=True)
    time.sleep(0.5)
"""
STAMP = "select build from marts.stamp limit 1"
STAMPS = """
    select list(distinct build order by build)
    from (
        select build, count(*) from marts.stamp as a
        inner join marts.fct_votes as votes on a.place = hash(votes.roll_call_id) % 1000
        group by build, votes.state
    )
"""
RUN = "select run_id from marts.publication"
RUNS = """
    select list(distinct run_id order by run_id)
    from (
        select run_id, a.state, b.state, count(*)
        from marts.freshness cross join marts.fct_votes as a
        inner join marts.fct_votes as b using (roll_call_id)
        where mart = 'fct_votes' and a.year = 2022 group by all
    )
"""


@contextmanager
def readers_of(
    file: Path, one: str, many: str, count: int = READERS
) -> Iterator[list[subprocess.Popen[str]]]:
    """Running readers, which are stopped even if the test fails."""
    with ExitStack() as ended:
        readers = []
        for _ in range(count):
            reader = subprocess.Popen(
                [sys.executable, "-c", READER, str(file), one, many],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            ended.callback(reader.kill)
            readers.append(reader)
        yield readers


def builds_seen(readers: list[subprocess.Popen[str]], heads: list[str]) -> set[str]:
    """Stop readers; the builds that their answers came from. Fails if an answer mixes two."""
    seen = set()
    for reader, head in zip(readers, heads, strict=True):
        assert reader.stdin and reader.stdout
        reader.stdin.close()
        # Not communicate(): it would miss what readline() has already read from the pipe.
        answers = reader.stdout.read()
        assert reader.wait() == 0
        for answer in filter(str.strip, (head + answers).splitlines()):
            builds = set(answer.split())
            assert len(builds) == 1, f"an answer from several builds: {answer}"
            seen |= builds
    return seen


def stamped(sample: Path, target: Path, build: int) -> None:
    """A copy of the sample with an extra table whose every row names the build."""
    shutil.copy(sample, target)
    with duckdb.connect(target) as connection:
        connection.execute(
            "create or replace table marts.stamp as "
            "select ?::integer as build, place from range(1000) as places (place)",
            [build],
        )
        connection.execute("checkpoint")


def test_readers_are_answered_from_one_whole_build_through_many_publications(
    built_sample, tmp_path
):
    published, following = tmp_path / "unga.duckdb", tmp_path / "build" / "unga.duckdb"
    following.parent.mkdir()
    stamped(built_sample / "sample/unga.duckdb", published, 0)
    with readers_of(published, STAMP, STAMPS) as readers:
        heads = [reader.stdout.readline() for reader in readers if reader.stdout]
        for build in range(1, PUBLICATIONS + 1):
            stamped(published, following, build)
            replace_published(following, published)
        assert len(builds_seen(readers, heads)) > 2, "the readers saw nothing of the publications"


def test_readers_are_answered_from_one_whole_build_while_files_are_put_back(built_sample, tmp_path):
    layout, following = Layout(tmp_path), tmp_path / "build" / "unga.duckdb"
    following.parent.mkdir()
    published = layout.published(synthetic=False)
    for build in range(2):
        stamped(built_sample / "sample/unga.duckdb", following, build)
        with duckdb.connect(following) as connection:
            connection.execute("update marts.publication set run_id = ?", [f"run {build}"])
            connection.execute(
                "update marts.publication set published_at = published_at + to_days(?)", [build]
            )
        replace_and_keep(layout, False, following)
    with readers_of(published, STAMP, STAMPS) as readers:
        heads = [reader.stdout.readline() for reader in readers if reader.stdout]
        for nth in range(PUBLICATIONS):
            back, replaced = put_back(layout, False)
            assert (back.run_id, replaced.run_id) == (f"run {nth % 2}", f"run {1 - nth % 2}")
            time.sleep(0.3)
        assert builds_seen(readers, heads) == {"0", "1"}
    assert unga(tmp_path, "rollback").returncode == 0
    with take_lock(layout, "run that builds"):
        refused = unga(tmp_path, "rollback")
    assert refused.returncode == 1
    assert "The warehouse is in use by run that builds: process" in refused.stderr


def test_readers_are_answered_from_one_whole_build_through_whole_refreshes(sample_warehouse):
    file = sample_warehouse / "sample/unga.duckdb"
    with readers_of(file, RUN, RUNS, FEW_READERS) as readers:
        heads = [reader.stdout.readline() for reader in readers if reader.stdout]
        for _ in range(REFRESHES):
            refreshed = unga(sample_warehouse, "sample")
            assert refreshed.returncode == 0, refreshed.stdout
        with duckdb.connect(file, read_only=True) as connection:
            ((newest,),) = connection.sql(RUN).fetchall()
        for nth, reader in enumerate(readers):
            while newest not in heads[nth] and reader.poll() is None:
                heads[nth] += reader.stdout.readline()
        assert len(builds_seen(readers, heads)) == REFRESHES + 1, (
            "not each build was seen, and no other"
        )


ESTIMATES = "select hash(list(estimate order by series, session, state)) from raw.ideal_points"
# The same by way of the marts, whose views join them with the run that they are of.
OF_MARTS = """
    select [hash(list(estimate order by series, session, state))]
    from marts.ideal_points where is_current
"""


def test_readers_are_answered_from_one_whole_file_through_estimations(sample_warehouse):
    file = sample_warehouse / "sample/unga.duckdb"
    with readers_of(file, ESTIMATES, OF_MARTS, FEW_READERS) as readers:
        heads = [reader.stdout.readline() for reader in readers if reader.stdout]
        for seed in ("1", "2"):
            estimated = unga(
                sample_warehouse, "estimate", "--sample", "--short", "--again", "--seed", seed
            )
            assert estimated.returncode == 0, estimated.stderr
            with duckdb.connect(file, read_only=True) as connection:
                ((newest,),) = connection.sql(ESTIMATES).fetchall()
            for nth, reader in enumerate(readers):
                while str(newest) not in heads[nth] and reader.poll() is None:
                    heads[nth] += reader.stdout.readline()
        assert len(builds_seen(readers, heads)) == 3


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class Ui:
    """`unga ui` on a warehouse, queried as its own pages do."""

    def __init__(self, warehouse: Path) -> None:
        self.warehouse = warehouse
        self.port = free_port()
        self.log = (warehouse / "ui.log").open("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [UNGA, "ui", "--port", str(self.port)],
            env=environment(warehouse),
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        wait_until(self._answers, "the UI answers")

    def _answers(self) -> bool:
        assert self.process.poll() is None, Path(self.log.name).read_text(encoding="utf-8")
        try:
            return bool(self.ask("{ version }")["version"])
        except OSError:
            return False

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The result of a GraphQL query."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            said = json.load(answer)
        assert not said.get("errors"), said
        return said["data"]

    def launch(self) -> str:
        """Launch the refresh of the sample; the id of its run."""
        (repository,) = self.ask(
            "{ repositoriesOrError { ... on RepositoryConnection "
            "{ nodes { name location { name } } } } }"
        )["repositoriesOrError"]["nodes"]
        launched = self.ask(
            "mutation($it: ExecutionParams!) { launchRun(executionParams: $it) { __typename "
            "... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }",
            it={
                "selector": {
                    "repositoryName": repository["name"],
                    "repositoryLocationName": repository["location"]["name"],
                    "jobName": "refresh",
                },
                "runConfigData": {
                    "resources": {
                        "warehouse": {
                            "config": {
                                "folder": str(self.warehouse),
                                "synthetic": True,
                                "mirror": "",
                            }
                        }
                    }
                },
            },
        )["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return str(launched["run"]["runId"])

    def status(self, run: str) -> str:
        """QUEUED, STARTED, SUCCESS, FAILURE, ..."""
        query = "query($run: ID!) { runOrError(runId: $run) { ... on Run { status } } }"
        return str(self.ask(query, run=run)["runOrError"]["status"])

    def end(self, run: str) -> None:
        """Terminate a run, and wait until it has ended."""
        self.ask(
            "mutation($run: String!) { terminateRun(runId: $run, "
            "terminatePolicy: MARK_AS_CANCELED_IMMEDIATELY) { __typename } }",
            run=run,
        )

    def processes(self) -> list[int]:
        """The UI's process and all that it started, in a process session of its own."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            process = int(folder.name)
            with suppress(ProcessLookupError, FileNotFoundError):
                leader = os.getsid(process)
                started_by = int(
                    Path(f"/proc/{leader}/stat").read_text().rpartition(")")[2].split()[1]
                )
                if self.process.pid in (leader, started_by):
                    found.append(process)
        return found

    def close(self) -> None:
        """End it with all its child processes."""
        started = self.processes()
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(60)
        finally:
            for process in started:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            self.log.close()


@pytest.fixture(scope="module")
def ui(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    it = Ui(tmp_path_factory.mktemp("ui"))
    yield it
    it.close()


def test_the_command_line_is_refused_while_the_ui_refreshes(ui):
    run = ui.launch()
    wait_until(
        lambda: holder(ui.warehouse).get("by") == f"run {run}",
        "the run from the UI has the warehouse",
    )
    with stopped(holder(ui.warehouse)["process"]):
        waiting = ui.launch()
        refused = unga(ui.warehouse, "sample")
        assert refused.returncode == 1
        assert f"The warehouse is in use by run {run}: process" in refused.stdout
        assert "Traceback" not in refused.stdout + refused.stderr
        assert ui.status(run) == "STARTED"
        assert ui.status(waiting) == "QUEUED"
        ui.end(waiting)
    ui.end(run)
    wait_until(lambda: not is_held(Layout(ui.warehouse)), "the run lets go of the warehouse")


def test_the_ui_waits_while_the_command_line_refreshes(ui):
    with start(ui.warehouse, "sample") as refresh:
        try:
            wait_for_line(refresh, "… ask the sources")
            with stopped(refresh.pid):
                run = ui.launch()
            wait_for_line(refresh, "… build and test the models")
            with stopped(refresh.pid):
                assert ui.status(run) == "QUEUED"
                ui.end(run)
        finally:
            refresh.kill()


def test_a_killed_run_is_noted_so_that_none_waits_for_it(tmp_path, monkeypatch):
    sensor = killed_runs(Warehouse(folder=str(tmp_path)))
    with start(tmp_path, "sample") as refresh:
        wait_for_line(refresh, "… ask the sources")
        with dg.DagsterInstance.from_config(str(tmp_path / "dagster_home")) as instance:
            (run,) = instance.get_runs()

            def tick() -> str | None:
                return sensor.evaluate_tick(dg.build_sensor_context(instance=instance)).skip_message

            nothing = "No run seems to be running."
            try:
                assert tick() == nothing, "it began seconds ago"
                monkeypatch.setattr(sensors, "A_MINUTE", 0)
                assert tick() == "A refresh is running."
                assert instance.get_run_by_id(run.run_id).status == dg.DagsterRunStatus.STARTED
            finally:
                refresh.kill()
            refresh.wait()
            assert tick() == "1 killed runs are now recorded as failed."
            assert instance.get_run_by_id(run.run_id).status == dg.DagsterRunStatus.FAILURE
            assert tick() == nothing


def test_all_of_the_ui_listens_on_this_machine_only(ui):
    listening = set()
    for process in ui.processes():
        sockets = set()
        for descriptor in Path(f"/proc/{process}/fd").iterdir():
            try:
                sockets.add(str(descriptor.readlink()))
            except FileNotFoundError:
                continue
        for table in ("tcp", "tcp6"):
            for line in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]:
                _, local, _, state, *_, inode = line.split()[:10]
                if state == "0A" and f"socket:[{inode}]" in sockets:
                    address, port = local.split(":")
                    listening.add((address, int(port, 16)))
    assert ui.port in {port for _, port in listening}
    loopback = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}
    assert {(address, port) for address, port in listening if address not in loopback} == set()


def test_schedule_and_sensors_firing_together_start_one_refresh(built_sample, tmp_path):
    folder, mirror = tmp_path / "warehouse", tmp_path / "mirror"
    folder.mkdir()
    shutil.copy(built_sample / "sample/unga.duckdb", folder / "unga.duckdb")
    shutil.copytree(built_sample / "sample" / "mirror", mirror)
    newest = max((mirror / "unxml").glob("[0-9]*.json"))
    text = newest.read_text(encoding="utf-8")
    (mirror / "unxml" / "79.json").write_text(text.replace(f"A/RES/{newest.stem}/", "A/RES/79/"))
    dropped = folder / "landing" / "undl"
    dropped.mkdir(parents=True)
    shutil.copy(next((mirror / "undl").iterdir()), dropped)

    definitions = build_defs(Warehouse(folder=str(folder), mirror=str(mirror)))
    job = definitions.resolve_job_def("refresh")
    ticks = {
        "new_undl_file": lambda instance: definitions.resolve_sensor_def("new_undl_file")
        .evaluate_tick(dg.build_sensor_context(instance=instance)),
        "new_sessions": lambda instance: definitions.resolve_sensor_def("new_sessions")
        .evaluate_tick(dg.build_sensor_context(instance=instance)),
        "yearly_refresh": lambda instance: definitions.resolve_schedule_def("yearly_refresh")
        .evaluate_tick(
            dg.build_schedule_context(
                instance=instance, scheduled_execution_time=datetime(2026, 1, 15, 6, tzinfo=UTC)
            )
        ),
    }  # fmt: skip
    started, skipped = [], []
    with dg.DagsterInstance.local_temp() as instance:
        for name, tick in ticks.items():
            answered = tick(instance)
            skipped.append(answered.skip_message)
            for request in answered.run_requests or []:
                started.append(name)
                instance.create_run_for_job(
                    job, tags=request.tags, status=dg.DagsterRunStatus.STARTING
                )
    assert started == ["new_undl_file"]
    assert skipped[1:] == [UNDER_WAY] * 2
