"""Alerts, received by a real SMTP server and a real web server.

Belongs here: each cause, once when it begins and once when it is over; the channels, their settings
and their failures. Not here: the daemon that looks by itself (faults/test_serve.py).
"""

import errno
import json
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import dagster as dg
import duckdb
import pytest
from receivers import Hook, Inbox, certificate, hook, inbox
from rich.console import Console
from typer.testing import CliRunner, Result
from warehouses import unga

from orchestration.alerts.channels import channels_from_environment
from orchestration.alerts.tell import tell_mended, trial
from orchestration.automation.alerts import alert_failed_runs, alert_state
from orchestration.automation.updates import updates
from orchestration.cli.app import app
from orchestration.cli.refresh import _alert
from orchestration.definitions import build_defs
from orchestration.layout import code_version
from orchestration.published.kept import replace_and_keep
from orchestration.published.status import STALE_AFTER
from orchestration.run.in_process import Run
from orchestration.run.lock import take_lock
from orchestration.run.warehouse import Warehouse

SECRET = "swordfish-7c1f"
# A process that has a database open to write until its input ends.
WRITER = (
    "import duckdb, sys; it = duckdb.connect(sys.argv[1]); print('open', flush=True); "
    "sys.stdin.read()"
)
TO = "board@example.org"
# Estimates of other votes, and of those that are published.
NOT_CURRENT = "update raw.ideal_points_run set votes_key = 'of other votes'"
CURRENT = (
    "update raw.ideal_points_run as runs set votes_key = series.votes_key "
    "from intermediate.int_ideal_point_series as series where series.series = runs.series"
)


@pytest.fixture(autouse=True)
def no_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is set but what a test sets."""
    for part in ("SMTP", "TO", "FROM", "WEBHOOK", "WEBHOOK_SHAPE", "WEBHOOK_TOKEN", "AFTER_DAYS"):
        monkeypatch.delenv(f"UNGA_ALERT_{part}", raising=False)


@pytest.fixture
def warehouse(
    built_sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Warehouse]:
    """A warehouse whose published file, passed off as real, is built from what its mirror serves.

    It is up to date: there is no cause for an alert.
    """
    folder = tmp_path / "warehouse"
    folder.mkdir()
    shutil.copy(built_sample / "sample/unga.duckdb", folder / "unga.duckdb")
    change(folder, "update marts.publication set synthetic = false, published_at = now()")
    shutil.copytree(built_sample / "sample" / "mirror", tmp_path / "mirror")
    monkeypatch.setenv("UNGA_WAREHOUSE", str(folder))
    made = Warehouse(folder=str(folder), mirror=str(tmp_path / "mirror"))
    for _ in range(2):  # what has just landed counts as new until the next visit
        updates(made.layout, made.origin, land=True)
    return made


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    """A webhook that is set."""
    with hook(f"/services/{SECRET}") as it:
        monkeypatch.setenv("UNGA_ALERT_WEBHOOK", it.url)
        yield it


@pytest.fixture
def mailed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A mail server that is set, for whoever may read plain text."""
    with inbox() as it:
        monkeypatch.setenv("UNGA_ALERT_SMTP", f"smtp://127.0.0.1:{it.port}")
        monkeypatch.setenv("UNGA_ALERT_TO", TO)
        yield it


def change(folder: Path, sql: str) -> None:
    with duckdb.connect(folder / "unga.duckdb") as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(sql)


def look(warehouse: Warehouse, instance: dg.DagsterInstance) -> str:
    """A tick of the sensor that looks every ten minutes; what it says."""
    sensor = alert_state(warehouse, ["refresh", "estimate"])
    return str(sensor.evaluate_tick(dg.build_sensor_context(instance=instance)).skip_message)


def serve(warehouse: Warehouse, name: str, text: str) -> None:
    """Have the mirror serve a session of unxml, and have it asked for."""
    (Path(warehouse.mirror) / "unxml" / name).write_text(text, encoding="utf-8")
    updates(warehouse.layout, warehouse.origin, ["unxml"], land=True)


def command(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_a_refused_file_is_told_once_and_once_when_it_is_over(warehouse, instance, posted, mailed):
    assert look(warehouse, instance) == "Nothing new to tell."
    served = Path(warehouse.mirror) / "unxml" / "78.json"
    good = served.read_text(encoding="utf-8")
    serve(warehouse, "78.json", "no resolutions")
    for _ in range(2):
        look(warehouse, instance)
    (begun,) = posted.said
    assert [cause["key"] for cause in begun["begun"]] == ["state:refused unxml 78.json"]
    assert begun["over"] == []
    assert begun["subject"].startswith("UNGA votes: unxml refused 78.json: ")
    (mail,) = mailed.mails
    assert mail["Subject"] == begun["subject"] and mail["To"] == TO
    assert "- unxml refused 78.json: " in mail.get_content()
    told = command("alert").output
    assert "unxml refused 78.json" in told and "told by e-mail and webhook" in told

    serve(warehouse, "78.json", good)
    for _ in range(2):
        look(warehouse, instance)
    _, over = posted.said
    assert [cause["key"] for cause in over["over"]] == ["state:refused unxml 78.json"]
    assert over["begun"] == [] and over["subject"].startswith("UNGA votes: over: unxml refused")
    assert [mail["Subject"] for mail in mailed.mails[1:]] == [over["subject"]]
    assert command("alert").output.endswith("Nothing needs attention.\n")

    serve(warehouse, "78.json", "no resolutions")
    look(warehouse, instance)
    assert len(posted.posts) == len(mailed.mails) == 3, "what comes back is told again"


def test_several_causes_come_in_one_message(warehouse, instance, posted):
    for name in ("78.json", "81.json"):
        serve(warehouse, name, "no resolutions")
    look(warehouse, instance)
    (said,) = posted.said
    assert said["subject"] == "UNGA votes: 2 begun"
    assert len(said["begun"]) == 2 and said["text"].count("\n- unxml refused") == 2


def test_votes_that_are_not_published_are_told_after_the_days_that_are_set(
    warehouse, instance, posted, monkeypatch
):
    text = (Path(warehouse.mirror) / "unxml" / "78.json").read_text(encoding="utf-8")
    serve(warehouse, "79.json", text.replace("A/RES/78/", "A/RES/79/"))
    assert look(warehouse, instance) == "Nothing new to tell."
    monkeypatch.setenv("UNGA_ALERT_AFTER_DAYS", "0")
    with take_lock(warehouse.layout, "a refresh that is about to publish them"):
        assert look(warehouse, instance) == "Nothing new to tell."
    look(warehouse, instance)
    (said,) = posted.said
    assert said["begun"][0]["says"].startswith(
        "unxml has 79.json, which is not published; the published votes end on "
    )
    monkeypatch.setenv("UNGA_ALERT_AFTER_DAYS", "soon")
    wrong = "UNGA_ALERT_AFTER_DAYS=soon: give a whole number of days."
    assert look(warehouse, instance) == wrong
    assert command("alert").output.strip() == wrong


def test_a_stale_file_is_told(warehouse, instance, posted):
    at = datetime.now(UTC) - STALE_AFTER - timedelta(days=1)
    change(
        warehouse.layout.folder,
        f"update marts.publication set published_at = '{at:%Y-%m-%d %H:%M:%S}'",
    )
    look(warehouse, instance)
    (said,) = posted.said
    assert said["begun"][0]["key"] == "file:stale"
    assert "more than 400 days ago" in said["begun"][0]["says"]

    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(warehouse.layout.published(False))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert writer.stdout and writer.stdout.readline() == b"open\n"
    assert look(warehouse, instance) == "Nothing new to tell.", "it can't be read, so who knows"
    known = json.loads(warehouse.layout.alerts.read_text())["causes"]
    assert set(known) == {"file:stale", "state:unreadable"}
    writer.communicate()
    change(warehouse.layout.folder, "update marts.publication set published_at = now()")
    look(warehouse, instance)
    assert [cause["key"] for cause in posted.said[1]["over"]] == ["file:stale"]


def test_doubts_that_rose_are_told_until_a_build_has_no_more_than_its_predecessor(
    warehouse, instance, posted, tmp_path
):
    def publish(doubts: int, day: int) -> None:
        build = tmp_path / "build.duckdb"
        shutil.copy(warehouse.layout.published(False), build)
        with duckdb.connect(build) as connection:
            connection.execute(
                "create or replace table marts.doubts as "
                f"select 'totals that disagree' as rule from range({doubts})"
            )
            connection.execute(
                "update marts.publication set "
                f"published_at = now()::timestamp + interval {day} day, run_id = 'run {day}'"
            )
        replace_and_keep(warehouse.layout, False, build)

    publish(doubts=3, day=1)
    publish(doubts=5, day=2)
    look(warehouse, instance)
    (said,) = posted.said
    assert "totals that disagree: 5, before 3" in said["begun"][0]["says"]
    publish(doubts=5, day=3)
    look(warehouse, instance)
    assert [cause["key"] for cause in posted.said[1]["over"]] == ["file:doubts"]


@pytest.fixture
def failing(warehouse: Warehouse) -> Iterator[None]:
    """A file where a folder belongs, so that a refresh fails at its start."""
    kept = warehouse.layout.kept(synthetic=False)
    kept.write_text("in the way", encoding="utf-8")
    yield
    kept.unlink(missing_ok=True)


def run_of(
    warehouse: Warehouse, instance: dg.DagsterInstance, **config: object
) -> dg.ExecuteInProcessResult:
    """A refresh, which fails."""
    config = {"folder": warehouse.folder, "mirror": warehouse.mirror} | config
    ran = (
        build_defs(warehouse)
        .resolve_job_def("refresh")
        .execute_in_process(
            run_config={"resources": {"warehouse": {"config": config}}},
            instance=instance,
            raise_on_error=False,
        )
    )
    assert not ran.success
    return ran


def tell_failure(
    warehouse: Warehouse, instance: dg.DagsterInstance, ran: dg.ExecuteInProcessResult
) -> None:
    """Evaluate the run-failure sensor as the daemon does."""
    context = dg.build_run_status_sensor_context(
        sensor_name="alert_failed_runs",
        dagster_event=ran.get_run_failure_event(),
        dagster_instance=instance,
        dagster_run=ran.dagster_run,
    )
    alert_failed_runs(warehouse, [])(context.for_run_failure())


def test_a_failed_run_is_told_once_until_one_succeeds(warehouse, instance, posted, failing):
    tell_failure(warehouse, instance, run_of(warehouse, instance))
    tell_failure(warehouse, instance, run_of(warehouse, instance))
    look(warehouse, instance)
    (said,) = posted.said
    assert [cause["key"] for cause in said["begun"]] == ["run:refresh"]
    assert "The refresh failed: " in said["text"]
    assert f"{warehouse.layout.kept(False)} is a file where a folder belongs" in said["text"]

    job = build_defs(warehouse).resolve_job_def("refresh")
    sample = {"resources": {"warehouse": {"config": {"synthetic": True}}}}
    done = dg.DagsterRunStatus.SUCCESS
    instance.create_run_for_job(job, run_config=sample, status=done)
    assert look(warehouse, instance) == "Nothing new to tell.", "that was the sample"
    instance.create_run_for_job(job, status=done)
    look(warehouse, instance)
    assert [cause["key"] for cause in posted.said[1]["over"]] == ["run:refresh"]


def test_runs_that_are_no_ones_concern_are_not_told(warehouse, instance, posted, failing):
    tell_failure(warehouse, instance, run_of(warehouse, instance, synthetic=True))
    warehouse.layout.kept(synthetic=False).unlink()
    with take_lock(warehouse.layout, "another refresh"):
        refused = run_of(warehouse, instance)
    assert instance.get_run_by_id(refused.run_id).tags["refused"] == "in use"
    tell_failure(warehouse, instance, refused)
    assert posted.posts == []


def test_a_refused_build_is_told_as_that_and_not_also_as_a_failed_run(
    warehouse, instance, posted, failing
):
    ran = run_of(warehouse, instance)
    entry = {
        "run_id": ran.run_id,
        "at": "2026-01-15T06:00:00",
        "table": "marts.completeness",
        "check": "Every session has the roll calls that are expected of it",
        "kind": "expectations",
        "passed": False,
        "severity": "error",
        "rows": None,
        "detail": "source unxml, session 82",
    }
    log = warehouse.layout.checks_log(synthetic=False)
    log.write_text(json.dumps(entry) + "\n", encoding="utf-8")
    tell_failure(warehouse, instance, ran)
    look(warehouse, instance)
    (said,) = posted.said
    assert [cause["key"] for cause in said["begun"]] == ["state:refused build"]
    assert "source unxml, session 82" in said["text"]


def test_a_refresh_from_cron_tells_by_itself(warehouse, posted, failing):
    ended = unga(warehouse.layout.folder, "refresh", "--force", mirror=warehouse.mirror)
    assert ended.returncode == 1
    (said,) = posted.said
    assert [cause["key"] for cause in said["begun"]] == ["run:refresh"]
    assert "is a file where a folder belongs" in said["text"]
    assert "alert: told webhook (json) to 127.0.0.1: 1 begun, 0 over" in ended.stdout
    written = [
        file
        for file in warehouse.layout.folder.rglob("*")
        if file.is_file() and SECRET.encode() in file.read_bytes()
    ]
    assert written == [] and SECRET not in ended.stdout + ended.stderr

    _alert(Console(quiet=True), warehouse.layout, [], "")
    assert len(posted.posts) == 1, "a refresh without updates says nothing about the last run"
    _alert(Console(quiet=True), warehouse.layout, [Run(None, True, run_id="a later one")], "")
    assert [cause["key"] for cause in posted.said[1]["over"]] == ["run:refresh"]


def test_a_failed_refresh_is_told_though_no_reason_was_recorded(warehouse, posted):
    _alert(Console(quiet=True), warehouse.layout, [Run(None, False, run_id="one")], "")
    (said,) = posted.said
    (cause,) = said["begun"]
    assert cause == {
        "key": "run:refresh",
        "says": "The refresh failed; no reason was recorded.",
    }
    _alert(Console(quiet=True), warehouse.layout, [Run(None, False, second=True)], "")
    assert len(posted.posts) == 1, "the other refresh tells of itself"


def test_a_refresh_that_could_not_ask_is_over_when_one_can_and_finds_nothing(warehouse, posted):
    _alert(Console(quiet=True), warehouse.layout, [], "reviews.csv can't be read.")
    (said,) = posted.said
    (cause,) = said["begun"]
    assert cause == {
        "key": "ask:refresh",
        "says": "The refresh failed: reviews.csv can't be read.",
    }
    assert "reviews.csv can't be read" in command("alert").output
    _alert(Console(quiet=True), warehouse.layout, [], "")
    assert [cause["key"] for cause in posted.said[1]["over"]] == ["ask:refresh"]


def failed_run_of(warehouse: Warehouse, instance: dg.DagsterInstance, job: str) -> dg.DagsterRun:
    """A run of a job that Dagster recorded as failed, now."""
    defined = build_defs(warehouse).resolve_job_def(job)
    run = instance.create_run_for_job(defined)
    instance.report_run_failed(run, "the disk was full")
    return run


def test_what_a_person_mends_on_the_command_line_is_over(warehouse, instance, posted):
    change(warehouse.layout.folder, NOT_CURRENT)
    for job in ("exports_public", "estimate"):
        failed_run_of(warehouse, instance, job)
    sensor = alert_state(warehouse, ["estimate", "exports_public"])

    def look() -> None:
        sensor.evaluate_tick(dg.build_sensor_context(instance=instance))

    look()
    (said,) = posted.said
    begun = {cause["key"]: cause["says"] for cause in said["begun"]}
    assert set(begun) == {"run:exports_public", "run:estimate"}
    assert begun["run:estimate"].endswith("failed: the disk was full.")

    # As `unga export --public` and `unga estimate` do at their end.
    tell_mended(warehouse.layout, "exports_public")
    assert [cause["key"] for cause in posted.said[1]["over"]] == ["run:exports_public"]
    look()
    assert len(posted.posts) == 2, "the same failed run is not told again"
    change(warehouse.layout.folder, CURRENT)
    look()
    assert [cause["key"] for cause in posted.said[2]["over"]] == ["run:estimate"]

    later = failed_run_of(warehouse, instance, "exports_public")
    ended = instance.get_run_record_by_id(later.run_id).end_time
    record = json.loads(warehouse.layout.alerts.read_text())
    record["mended"]["run:exports_public"] = str(datetime.fromtimestamp(ended - 60, UTC))[:19]
    warehouse.layout.alerts.write_text(json.dumps(record), encoding="utf-8")
    look()
    assert [cause["key"] for cause in posted.said[3]["begun"]] == ["run:exports_public"]


def test_a_whole_export_tells_that_it_mended_the_failed_one(warehouse, monkeypatch, tmp_path):
    told: list[str] = []
    monkeypatch.setattr(
        "orchestration.cli.export.tell_mended", lambda _layout, job: told.append(job)
    )
    monkeypatch.setattr(
        "orchestration.published.exports.export",
        lambda *_: SimpleNamespace(files=[], size=0, folder=tmp_path, left_out=""),
    )
    for options in ([], ["--public"], ["--sample"], ["states", "--output", str(tmp_path)]):
        assert command("export", *options).exit_code == 0
    assert told == ["exports", "exports_public"]


def test_an_estimation_tells_that_it_mended_the_failed_one(warehouse, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(
        "orchestration.cli.estimate.tell_mended", lambda _layout, job: told.append(job)
    )
    for sql in (NOT_CURRENT, CURRENT):
        change(warehouse.layout.folder, NOT_CURRENT)
        monkeypatch.setattr(
            "orchestration.published.estimates.estimate_and_publish",
            lambda layout, *_, sql=sql: change(layout.folder, sql) or [],
        )
        assert command("estimate").exit_code == 0
    assert told == ["estimate"], "not while some are of other votes"


def test_without_a_channel_a_command_that_mends_records_nothing(warehouse):
    tell_mended(warehouse.layout, "exports")
    assert not warehouse.layout.alerts.exists()


def test_a_refresh_without_updates_tells_of_a_refused_file(warehouse, posted):
    (Path(warehouse.mirror) / "unxml" / "78.json").write_text("no resolutions", encoding="utf-8")
    change(
        warehouse.layout.folder,
        f"update marts.publication set code_version = '{code_version()}'",
    )
    ended = unga(warehouse.layout.folder, "refresh", mirror=warehouse.mirror)
    assert ended.returncode == 3, ended.stdout
    (said,) = posted.said
    assert [cause["key"] for cause in said["begun"]] == ["state:refused unxml 78.json"]


def test_a_channel_that_fails_is_tried_again_and_holds_up_no_other(
    warehouse, instance, posted, mailed, caplog
):
    serve(warehouse, "78.json", "no resolutions")
    posted.status = 500
    said = look(warehouse, instance)
    failed = "webhook (json) to 127.0.0.1: it answered 500"
    assert f"not delivered, tried again at the next look: {failed}" in said
    assert failed in caplog.text
    assert len(mailed.mails) == 1
    needs = json.loads(command("status", "--json").output)["needs_a_person"]
    (line,) = [need for need in needs if "could not be delivered" in need]
    assert line.endswith(failed)
    posted.status = 200
    look(warehouse, instance)
    assert len(posted.posts) == len(mailed.mails) == 1
    assert "could not be delivered" not in command("status").output
    assert SECRET not in caplog.text + said + line


def test_what_was_told_to_nobody_is_not_told_to_be_over(warehouse, instance, posted):
    served = Path(warehouse.mirror) / "unxml" / "78.json"
    good = served.read_text(encoding="utf-8")
    posted.status = 500
    serve(warehouse, "78.json", "no resolutions")
    look(warehouse, instance)
    serve(warehouse, "78.json", good)
    posted.status = 200
    assert look(warehouse, instance) == "Nothing new to tell."
    assert json.loads(warehouse.layout.alerts.read_text())["causes"] == {}


def test_what_cannot_be_recorded_is_not_told_at_each_look(warehouse, instance, posted, monkeypatch):
    serve(warehouse, "78.json", "no resolutions")
    with monkeypatch.context() as full:
        full.setattr("orchestration.alerts.record.json.dump", _no_space)
        for _ in range(2):
            assert look(warehouse, instance).endswith("No space left on device")
    assert posted.posts == []
    assert list(warehouse.layout.folder.glob(".alerts.json-*")) == []
    look(warehouse, instance)
    assert len(posted.posts) == 1


def test_a_look_that_is_interrupted_has_told_nobody(warehouse, instance, posted, monkeypatch):
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    serve(warehouse, "78.json", "no resolutions")
    with monkeypatch.context() as ended:
        ended.setattr("orchestration.alerts.channels.Webhook.deliver", interrupted)
        with pytest.raises(KeyboardInterrupt):
            look(warehouse, instance)
    look(warehouse, instance)
    assert len(posted.posts) == 1


def _no_space(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_without_a_channel_nothing_is_recorded(warehouse, instance):
    serve(warehouse, "78.json", "no resolutions")
    assert look(warehouse, instance) == "No channel is set: see docs/running.md."
    assert not warehouse.layout.alerts.exists()


def test_a_record_that_cannot_be_read_is_begun_anew(warehouse, instance, posted):
    warehouse.layout.alerts.write_text("{", encoding="utf-8")
    serve(warehouse, "78.json", "no resolutions")
    look(warehouse, instance)
    assert len(posted.posts) == 1
    assert json.loads(warehouse.layout.alerts.read_text())["causes"]


@pytest.mark.parametrize("shape", ["slack", "ntfy"])
def test_a_webhook_gets_the_shape_that_it_wants(posted, monkeypatch, shape):
    monkeypatch.setenv("UNGA_ALERT_WEBHOOK_SHAPE", shape)
    monkeypatch.setenv("UNGA_ALERT_WEBHOOK_TOKEN", SECRET)
    tried = command("alert", "--test")
    assert tried.exit_code == 0, tried.output
    assert tried.output == f"delivered  webhook ({shape}) to 127.0.0.1\n"
    ((headers, body),) = posted.posts
    assert headers["Authorization"] == f"Bearer {SECRET}"
    if shape == "slack":
        (text,) = json.loads(body).values()
        assert text.startswith("UNGA votes: test\nThis is a test")
    else:
        assert headers["Title"] == "UNGA votes: test"
        assert body.decode().startswith("This is a test")


def test_slack_gets_no_markup_of_a_file_name(posted, monkeypatch):
    monkeypatch.setenv("UNGA_ALERT_WEBHOOK_SHAPE", "slack")
    (channel,) = channels_from_environment()
    channel.deliver(trial().__class__("a & b", "<!channel> refused"))
    assert posted.said == [{"text": "a &amp; b\n&lt;!channel&gt; refused"}]


def test_a_webhook_that_sends_elsewhere_has_failed(posted):
    posted.status = 302
    tried = command("alert", "--test")
    assert tried.exit_code == 1
    assert tried.output == "failed     webhook (json) to 127.0.0.1: it answered 302\n"
    assert posted.posts == [] and posted.other == []


def test_a_server_that_does_not_speak_http_is_told_without_the_address(monkeypatch):
    def answer(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(f"no HTTP {SECRET}\r\n\r\n".encode())

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=answer, args=(listening,), daemon=True).start()
        port = listening.getsockname()[1]
        monkeypatch.setenv("UNGA_ALERT_WEBHOOK", f"http://127.0.0.1:{port}/{SECRET}")
        tried = command("alert", "--test")
    assert tried.exit_code == 1
    assert tried.output == "failed     webhook (json) to 127.0.0.1: BadStatusLine\n"


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The encryption of a mail server that this machine trusts."""
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl: mail over TLS is not tested here")
    cert, key = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context


def mail_by(monkeypatch: pytest.MonkeyPatch, address: str) -> Result:
    """A test mail to two people by a server."""
    monkeypatch.setenv("UNGA_ALERT_SMTP", address)
    monkeypatch.setenv("UNGA_ALERT_TO", f"{TO}, Clerk <clerk@example.org>")
    monkeypatch.setenv("UNGA_ALERT_FROM", "unga@example.org")
    return command("alert", "--test")


@pytest.mark.parametrize("from_start", [False, True], ids=["starttls", "smtps"])
def test_mail_is_sent_encrypted_with_a_login(tls, monkeypatch, from_start):
    scheme = "smtps" if from_start else "smtp"
    with inbox("unga", "p@ss/word", tls, from_start) as received:
        host = f"127.0.0.1:{received.port}"
        tried = mail_by(monkeypatch, f"{scheme}://unga:p%40ss%2Fword@{host}")
        assert tried.exit_code == 0, tried.output
        assert received.recipients == [[TO, "clerk@example.org"]]
        assert received.mails[0]["From"] == "unga@example.org"
        assert received.mails[0]["Auto-Submitted"] == "auto-generated"

        wrong = mail_by(monkeypatch, f"{scheme}://unga:{SECRET}@{host}")
        assert wrong.exit_code == 1 and "login refused (535)" in wrong.output
        assert SECRET not in wrong.output and len(wrong.output.splitlines()) == 1

        monkeypatch.delenv("SSL_CERT_FILE")
        unknown = mail_by(monkeypatch, f"{scheme}://unga:{SECRET}@{host}")
        assert unknown.exit_code == 1 and "certificate verify failed" in unknown.output
    assert len(received.mails) == 1


def test_no_password_is_sent_in_the_clear_unless_told(monkeypatch):
    with inbox("unga", SECRET) as received:
        address = f"smtp://unga:{SECRET}@127.0.0.1:{received.port}"
        refused = mail_by(monkeypatch, address)
        assert refused.exit_code == 1 and "the password is not sent in the clear" in refused.output
        assert SECRET not in refused.output
        assert mail_by(monkeypatch, f"{address}?starttls=no").exit_code == 0
    assert len(received.mails) == 1


def test_a_recipient_that_is_refused_is_named(monkeypatch):
    with inbox() as received:
        received.refused.add("clerk@example.org")
        tried = mail_by(monkeypatch, f"smtp://127.0.0.1:{received.port}")
    assert tried.exit_code == 1
    assert tried.output.rstrip().endswith("refused for clerk@example.org")


def test_a_server_that_is_not_there_is_told(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        tried = mail_by(monkeypatch, f"smtp://unga:{SECRET}@127.0.0.1:{taken.getsockname()[1]}")
    assert tried.exit_code == 1
    assert "Connection refused" in tried.output and SECRET not in tried.output


WRONG = {
    "smtp without recipients": (
        {"SMTP": f"smtp://u:{SECRET}@host"},
        "UNGA_ALERT_SMTP is set, but not UNGA_ALERT_TO: e-mail needs both.",
    ),
    "recipients without smtp": (
        {"TO": TO},
        "UNGA_ALERT_TO is set, but not UNGA_ALERT_SMTP: e-mail needs both.",
    ),
    "no mail scheme": (
        {"SMTP": f"https://u:{SECRET}@host", "TO": TO},
        "UNGA_ALERT_SMTP is no address that can be used: give smtp://user:password@host:587.",
    ),
    "a password with a slash": (
        {"SMTP": f"smtp://u:{SECRET}/x@host", "TO": TO},
        "UNGA_ALERT_SMTP is no address that can be used: give smtp://user:password@host:587.",
    ),
    "no recipient": (
        {"SMTP": "smtp://host", "TO": "board"},
        "UNGA_ALERT_TO: 'board' is no e-mail address.",
    ),
    "only a comma": (
        {"SMTP": "smtp://host", "TO": ","},
        "UNGA_ALERT_TO: '' is no e-mail address.",
    ),
    "no starttls": (
        {"SMTP": "smtp://host?starttls=maybe", "TO": TO},
        "UNGA_ALERT_SMTP: starttls is yes or no.",
    ),
    "no web scheme": (
        {"WEBHOOK": f"ftp://host/{SECRET}"},
        "UNGA_ALERT_WEBHOOK is no address that can be used: give https://host/path.",
    ),
    "a port beyond all": (
        {"WEBHOOK": f"https://host:99999/{SECRET}"},
        "UNGA_ALERT_WEBHOOK is no address that can be used: give https://host/path.",
    ),
    "a password in the address": (
        {"WEBHOOK": f"https://u:{SECRET}@host/"},
        "UNGA_ALERT_WEBHOOK: give a password or token as UNGA_ALERT_WEBHOOK_TOKEN, not in the "
        "address.",
    ),
    "a recipient with a carriage return": (
        {"SMTP": "smtp://host", "TO": "a\r@example.org"},
        "UNGA_ALERT_TO: 'a\\r@example.org' is no e-mail address.",
    ),
    "a control character in the address": (
        {"WEBHOOK": f"https://host/\x01{SECRET}"},
        "UNGA_ALERT_WEBHOOK is no address that can be used: give https://host/path.",
    ),
    "a line break in the token": (
        {"WEBHOOK": "https://host/", "WEBHOOK_TOKEN": f"{SECRET}\n"},
        "UNGA_ALERT_WEBHOOK_TOKEN has a character that is not printable.",
    ),
    "an unknown shape": (
        {"WEBHOOK": "https://host/", "WEBHOOK_SHAPE": "teams"},
        "UNGA_ALERT_WEBHOOK_SHAPE=teams: there are json, slack, ntfy.",
    ),
    "nothing": ({}, "No channel is set: see docs/running.md."),
}


@pytest.mark.parametrize(("variables", "told"), WRONG.values(), ids=WRONG)
def test_settings_that_are_wrong_are_told_in_one_line(monkeypatch, variables, told):
    for name, value in variables.items():
        monkeypatch.setenv(f"UNGA_ALERT_{name}", value)
    tried = command("alert", "--test")
    assert (tried.exit_code, tried.output) == (1, f"{told}\n")


def test_a_service_does_not_start_with_a_wrong_setting(monkeypatch, tmp_path):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path))
    monkeypatch.setenv("UNGA_ALERT_WEBHOOK", f"gopher://{SECRET}")
    refused = command("serve")
    assert (refused.exit_code, refused.output) == (1, f"{WRONG['no web scheme'][1]}\n")
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_setting_stops_no_look_and_is_in_the_status(warehouse, instance, monkeypatch):
    monkeypatch.setenv("UNGA_ALERT_WEBHOOK", f"gopher://{SECRET}")
    said = look(warehouse, instance)
    assert "UNGA_ALERT_WEBHOOK is no address" in said and SECRET not in said
    assert "UNGA_ALERT_WEBHOOK is no address" in command("status", "--json").output
    monkeypatch.delenv("UNGA_ALERT_WEBHOOK")
    with hook() as posted:
        monkeypatch.setenv("UNGA_ALERT_WEBHOOK", posted.url)
        look(warehouse, instance)
    assert "UNGA_ALERT_WEBHOOK" not in command("status", "--json").output


def test_while_settings_are_wrong_nothing_is_forgotten(warehouse, instance, posted, monkeypatch):
    served = Path(warehouse.mirror) / "unxml" / "78.json"
    good = served.read_text(encoding="utf-8")
    serve(warehouse, "78.json", "no resolutions")
    look(warehouse, instance)
    serve(warehouse, "78.json", good)
    monkeypatch.setenv("UNGA_ALERT_TO", TO)
    assert "but not UNGA_ALERT_SMTP" in look(warehouse, instance)
    monkeypatch.delenv("UNGA_ALERT_TO")
    look(warehouse, instance)
    assert [cause["key"] for cause in posted.said[1]["over"]] == ["state:refused unxml 78.json"]
