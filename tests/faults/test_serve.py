"""`unga serve` with Dagster's record in PostgreSQL: refreshes, the queue, kills, alerts, the end.

One story, on one service: a run is killed while another waits for it, which then publishes; the
service is told to end while a third runs. Not here: the same without PostgreSQL, behind a proxy,
under systemd (integration/test_deploy.py).
"""

import os
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dagster as dg
import duckdb
import pytest
from dagster_ui import LAUNCH, free_port, graphql
from postgres import postgres
from receivers import Hook, hook
from services import Service, serving, started_on
from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url
from typer.testing import CliRunner
from warehouses import UNGA, holder, stopped, unga, wait_until

from orchestration.automation.alerts import alert_state
from orchestration.automation.schedules import yearly_refresh
from orchestration.cli.app import app
from orchestration.run.dead_runs import UNDER_WAY
from orchestration.run.postgres import DRIVER, PASSED_ON, VARIABLE
from orchestration.run.warehouse import Warehouse

pytestmark = [
    pytest.mark.kills,
    pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are in /proc"),
]

# With the characters that an address has to escape.
PASSWORD = "sword/fish@7c1f:#"
HOOK_SECRET = "T0KEN-5ba1"


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgres(PASSWORD) as address:
        yield address


@pytest.fixture(scope="module")
def posted() -> Iterator[Hook]:
    with hook(f"/services/{HOOK_SECRET}") as it:
        yield it


@pytest.fixture(scope="module")
def service(
    database: str, posted: Hook, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A service on an empty warehouse with no source in reach, so that it builds the sample."""
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    with serving(
        folder / "warehouse",
        folder / "nothing",
        f"http://127.0.0.1:{port}",
        [str(UNGA), "serve", "--port", str(port)],
        {VARIABLE: database, "UNGA_ALERT_WEBHOOK": posted.url},
    ) as it:
        yield it


def launch(service: Service) -> str:
    launched = graphql(service.address, LAUNCH)["launchRun"]
    assert launched["__typename"] == "LaunchRunSuccess", launched
    return str(launched["run"]["runId"])


def status(service: Service, run: str) -> str:
    query = f'{{ runOrError(runId: "{run}") {{ ... on Run {{ status }} }} }}'
    return str(graphql(service.address, query)["runOrError"]["status"])


@pytest.fixture
def record(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """Dagster's record, as the service has it."""
    address = make_url(service.environment[VARIABLE]).set(drivername=DRIVER)
    monkeypatch.setenv(PASSED_ON, address.render_as_string(hide_password=False))
    with dg.DagsterInstance.from_config(str(service.warehouse / "dagster_home")) as instance:
        yield instance


def schedule_tick(instance: dg.DagsterInstance, folder: Path, mirror: Path):
    """A tick of the schedule on a day in January."""
    context = dg.build_schedule_context(
        instance=instance, scheduled_execution_time=datetime(2026, 1, 15, 6, tzinfo=UTC)
    )
    return yearly_refresh(Warehouse(folder=str(folder), mirror=str(mirror))).evaluate_tick(context)


def ticked(said: dict[str, Any]) -> set[str]:
    """The schedules and sensors that have ticked."""
    return {tick["name"] for tick in said["ticks"] if tick["last_tick"]}


def tables(database: str) -> set[str]:
    engine = create_engine(make_url(database).set(drivername=DRIVER))
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_it_lives_ticks_and_records_in_postgres(service, database):
    code, said = service.check()
    assert code == 0
    assert said["verdict"]["line"].startswith("live: `unga serve`, process ")
    assert said["service"]["process"] == service.process.pid
    assert {"SENSOR", "SCHEDULER", "QUEUED_RUN_COORDINATOR"} <= set(said["daemon"]["heartbeats"])
    kinds = {tick["name"]: tick["kind"] for tick in said["ticks"]}
    assert kinds["killed_runs"] == kinds["alert_failed_runs"] == "sensor"
    assert kinds["yearly_refresh"] == "schedule"
    wait_until(
        lambda: ticked(service.check()[1]) >= {"killed_runs", "alert_state"}, "the sensors tick"
    )
    assert {"runs", "event_logs", "job_ticks", "daemon_heartbeats"} <= tables(database)
    assert list(service.warehouse.rglob("*.db")) == []


def test_a_warehouse_is_served_once(service):
    for command in ("serve", "ui"):
        second = subprocess.run(
            [UNGA, command, "--port", str(free_port())],
            env=service.environment,
            capture_output=True,
            text=True,
        )
        assert second.returncode == 1
        assert second.stderr.startswith("This warehouse is served already: `unga serve`, process ")
        assert service.address in second.stderr


def test_a_run_waits_for_one_that_is_killed_and_then_publishes(
    service, posted, record, first_sample, tmp_path, monkeypatch
):
    killed = launch(service)
    wait_until(
        lambda: holder(service.warehouse).get("by") == f"run {killed}",
        "the first run has the warehouse",
    )
    waiting = launch(service)
    refused = unga(service.warehouse, "sample", **{VARIABLE: service.environment[VARIABLE]})
    assert refused.returncode == 1 and f"in use by run {killed}" in refused.stdout
    assert status(service, killed) == "STARTED"
    assert status(service, waiting) == "QUEUED"
    mirror = first_sample / "sample" / "mirror"
    assert schedule_tick(record, service.warehouse, mirror).skip_message == UNDER_WAY

    os.kill(holder(service.warehouse)["process"], signal.SIGKILL)
    wait_until(lambda: status(service, killed) == "FAILURE", "the killed run is recorded as failed")
    wait_until(
        lambda: holder(service.warehouse).get("by") == f"run {waiting}",
        "the second run has the warehouse",
    )
    checked = service.warehouse / "sample" / "checks_log.jsonl"
    wait_until(lambda: posted.posts or checked.exists(), "the killed run is told, or checks begin")
    # It may not succeed before the daemon has told of the first, which that would outdate.
    with stopped(holder(service.warehouse)["process"]):
        wait_until(lambda: posted.posts, "the killed run is told")
    wait_until(lambda: status(service, waiting) in ("SUCCESS", "FAILURE"), "the second run ends")
    assert status(service, waiting) == "SUCCESS"
    with duckdb.connect(service.warehouse / "sample/unga.duckdb", read_only=True) as published:
        assert published.sql("select run_id from marts.publication").fetchall() == [(waiting,)]
    (request,) = schedule_tick(record, tmp_path, mirror).run_requests
    assert request.run_key == "yearly:2026-01-15"

    (told,) = posted.said
    assert [cause["key"] for cause in told["begun"]] == ["run:refresh"]
    # The look that the daemon takes every ten minutes.
    monkeypatch.setenv("UNGA_ALERT_WEBHOOK", posted.url)
    look = alert_state(Warehouse(folder=str(service.warehouse)), ["refresh"])
    look.evaluate_tick(dg.build_sensor_context(instance=record))
    assert [cause["key"] for cause in posted.said[1]["over"]] == ["run:refresh"]


def test_a_signal_ends_all_of_it_also_a_refresh(service, record):
    run = launch(service)
    wait_until(
        lambda: holder(service.warehouse).get("by") == f"run {run}", "a run has the warehouse"
    )
    shown = graphql(service.address, "{ instance { info } }")["instance"]["info"]
    assert "max_concurrent_runs: 1" in shown
    arguments = [
        Path(f"/proc/{process}/cmdline").read_text() for process in started_on(service.warehouse)
    ]
    assert len(arguments) > 4
    service.process.send_signal(signal.SIGTERM)
    assert service.wait() == 0
    assert started_on(service.warehouse) == set()
    ended = record.get_run_by_id(run)
    assert ended and ended.status in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)
    code, said = service.check()
    assert code == 1 and said["verdict"]["line"].startswith("not served: ")

    written = [file.read_bytes() for file in service.warehouse.rglob("*") if file.is_file()]
    written += [part.encode() for part in (shown, *arguments)]
    for secret in (PASSWORD, make_url(service.environment[VARIABLE]).password, HOOK_SECRET):
        assert not [part for part in written if str(secret).encode() in part]
        assert not [part for part in written if quote(str(secret), safe="").encode() in part]


WRONG = {
    "no address": ("nonsense", "is no address of a database: give postgresql://user:"),
    "another database": ("mysql://u:mackerel@host/d", "names no PostgreSQL database: give "),
    "no database": ("postgresql://user@host", "names no PostgreSQL database: give "),
    "a port that is none": ("postgresql://u:p@host:x/d", "is no address of a database: give "),
    "an @ in the password": (
        "postgresql://u:macke@rel@host@there/d",
        "has more than one @: write %40",
    ),
}


@pytest.mark.parametrize(("address", "told"), WRONG.values(), ids=WRONG)
def test_an_address_that_is_none_is_told_in_one_line(address, told, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, address)
    assert_refused(tmp_path, monkeypatch, told)


def assert_refused(folder: Path, monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    """Commands that record runs refuse to start, in one line without any part of a password."""
    monkeypatch.setenv("UNGA_WAREHOUSE", str(folder))
    for command in (["serve", "--check"], ["serve", "--port", str(free_port())]):
        refused = CliRunner().invoke(app, command)
        assert refused.exit_code == 1
        assert len(refused.output.splitlines()) == 1 and told in refused.output
        assert "macke" not in refused.output and "rel@" not in refused.output
    assert list(folder.glob("dagster_home/*.db")) == []


def test_a_wrong_password_and_a_server_that_is_not_there_are_told(database, tmp_path, monkeypatch):
    url = make_url(database)
    for address, told in (
        (url.set(password="mackerel"), "password authentication failed for user"),
        (url.set(port=free_port()), "Connection refused"),
    ):
        monkeypatch.setenv(VARIABLE, address.render_as_string(hide_password=False))
        assert_refused(tmp_path, monkeypatch, told)


def test_a_record_in_postgres_is_not_continued_elsewhere_unasked(database, tmp_path, monkeypatch):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path))
    monkeypatch.setenv(VARIABLE, database)
    assert CliRunner().invoke(app, ["serve", "--check"]).exit_code == 1
    monkeypatch.delenv(VARIABLE)
    assert_refused(tmp_path, monkeypatch, f"recorded in PostgreSQL: set {VARIABLE}")
    (tmp_path / "dagster_home" / "dagster.yaml").unlink()
    back = CliRunner().invoke(app, ["serve", "--check"])
    assert back.exit_code == 1 and back.output.startswith("not served: ")
