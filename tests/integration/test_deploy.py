"""What is in deploy/: the units of systemd and the proxy's settings, checked and used.

Belongs here: the files as their own tools read them, the unit's command started for real with the
UI read-only and behind nginx, and the end of a part of it. Not here: refreshes on a service
(faults/test_serve.py).
"""

import base64
import configparser
import fcntl
import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.remote_origin import (
    RegisteredCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    TickData,
    TickStatus,
)
from dagster._utils.error import SerializableErrorInfo
from dagster_ui import LAUNCH, free_port, graphql
from receivers import certificate
from services import Service, serving, started_on
from typer.testing import CliRunner
from warehouses import UNGA, wait_until

from orchestration.cli.app import app
from orchestration.layout import Layout
from orchestration.run.code_location import CODE_LOCATION, REPOSITORY
from orchestration.run.lock import InUseError, sign_of_service
from orchestration.run.serving import failed_ticks

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
NGINX = ROOT / "deploy" / "nginx" / "unga.conf"
# Where the units expect the project.
PLACE = "/opt/unga"


def section(unit: Path, name: str) -> dict[str, list[str]]:
    """A section of a unit: the values of each setting."""
    parser = configparser.RawConfigParser(strict=False, dict_type=_Several, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit, encoding="utf-8")
    return {key: value.split("\n") for key, value in parser.items(name)}


class _Several(dict):
    """Settings given several times are kept, a line each."""

    def __setitem__(self, key, value):
        if isinstance(value, list) and key in self and isinstance(self[key], list):
            value = self[key] + value
        super().__setitem__(key, value)


def test_systemd_accepts_the_units(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("there is no systemd-analyze: the units are not checked here")
    for unit in UNITS:
        # It looks for the command, which is not at its place here.
        text = unit.read_text(encoding="utf-8").replace(f"{PLACE}/.venv/bin", str(UNGA.parent))
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / unit.name) for unit in UNITS)],
        capture_output=True,
        text=True,
    )
    said = [line for line in verified.stderr.splitlines() if "unga" in line]
    assert (verified.returncode, said) == (0, []), verified.stderr


def test_what_the_units_write_to_is_what_they_may_write_to():
    for unit in UNITS:
        if unit.suffix == ".service":
            settings = section(unit, "Service")
            assert settings["ProtectSystem"] == ["strict"] and settings["NoNewPrivileges"] == [
                "yes"
            ]
            warehouse = dict(line.split("=", 1) for line in settings["Environment"])[
                "UNGA_WAREHOUSE"
            ]
            assert settings["ReadWritePaths"] == [warehouse]
            assert settings["ExecStart"][0].startswith(f"{PLACE}/.venv/bin/unga serve")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The unit's command with its variables, read-only, under a prefix, as plain supervision.

    What it finds is a log of checks that is no text, so that a sensor can't do its work.
    """
    folder, port = tmp_path_factory.mktemp("deployed"), free_port()
    (folder / "warehouse").mkdir()
    (folder / "warehouse" / "checks_log.jsonl").write_bytes(b"\xff")
    (unit,) = [unit for unit in UNITS if unit.name == "unga.service"]
    settings = section(unit, "Service")
    (command,) = settings["ExecStart"]
    (before,) = settings["ExecStartPre"]
    # `+` is for systemd: as root, outside of what the service may do.
    before = before.removeprefix("+").replace(f"{PLACE}/.venv/bin/python", sys.executable)
    subprocess.run(shlex.split(before), check=True, cwd=ROOT)
    variables = dict(line.split("=", 1) for line in settings["Environment"])
    here = {
        "UNGA_WAREHOUSE": str(folder / "warehouse"),
        "NUMBA_CACHE_DIR": str(folder / "numba"),
        # Nobody listens there: without a channel the sensor would have nothing to do.
        "UNGA_ALERT_WEBHOOK": "http://127.0.0.1:9/",
    }
    with serving(
        folder / "warehouse",
        folder / "nothing",
        f"http://127.0.0.1:{port}/unga",
        [
            *shlex.split(command.replace(f"{PLACE}/.venv/bin/unga", str(UNGA))),
            *("--port", str(port), "--path-prefix", "/unga", "--read-only"),
        ],
        variables | {"HOME": str(folder)} | here,
    ) as it:
        yield it


@pytest.mark.kills
def test_the_units_command_serves_under_its_prefix_only(service):
    assert service.check()[1]["service"]["address"] == service.address
    page = urllib.request.urlopen(f"{service.address}/runs").read().decode()
    assert '"/unga/' in page
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{service.address.removesuffix('/unga')}/runs")


@pytest.mark.kills
def test_the_check_names_a_sensor_whose_tick_failed(service):
    def tick() -> dict[str, Any]:
        (found,) = [it for it in service.check()[1]["ticks"] if it["name"] == "alert_state"]
        return found

    wait_until(lambda: tick()["outcome"] == "FAILURE", "the sensor has failed")
    assert "can't decode byte 0xff" in tick()["says"]
    code, said = service.check()
    assert (code, said["verdict"]["exit_status"]) == (3, 3)
    assert said["verdict"]["line"] == "live, but the last tick of alert_state failed"
    assert said["webserver"]["live"] and said["daemon"]["live"]
    told = subprocess.run(
        [UNGA, "serve", "--check"], env=service.environment, capture_output=True, text=True
    )
    assert told.returncode == 3 and told.stdout.startswith(said["verdict"]["line"])
    assert re.search(r"^sensor +killed_runs +\d{4}-.* skipped ", told.stdout, re.MULTILINE)


@pytest.mark.kills
def test_the_check_counts_no_sensor_that_the_code_no_longer_has(service):
    home = service.warehouse / "dagster_home"
    origin = RemoteInstigatorOrigin(
        RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(CODE_LOCATION), REPOSITORY), "of_before"
    )
    state = InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.RUNNING)
    tick = TickData(
        origin.get_id(),
        state.instigator_name,
        InstigatorType.SENSOR,
        TickStatus.FAILURE,
        time.time(),
        error=SerializableErrorInfo("it went wrong", [], "Exception"),
        selector_id=state.selector_id,
    )
    with dg.DagsterInstance.from_config(str(home)) as instance:
        instance.add_instigator_state(state)
        instance.create_tick(tick)
    assert "of_before" not in {it["name"] for it in service.check()[1]["ticks"]}


def test_a_tick_counts_while_its_sensor_runs():
    tick = {"name": "new_sessions", "outcome": "FAILURE", "running": True}
    assert failed_ticks([tick, tick | {"outcome": "SKIPPED"}]) == ["new_sessions"]
    assert failed_ticks([tick | {"running": False}]) == []


def test_a_service_starts_though_someone_looks_whether_there_is_one(tmp_path):
    layout = Layout(tmp_path)
    layout.serving.parent.mkdir(parents=True)
    with layout.serving.open("a") as looking:
        fcntl.flock(looking, fcntl.LOCK_EX)
        threading.Timer(0.3, fcntl.flock, (looking, fcntl.LOCK_UN)).start()
        with (
            sign_of_service(layout, "unga serve", "http://127.0.0.1:3000"),
            pytest.raises(InUseError, match="served already: `unga serve`, process"),
        ):
            sign_of_service(layout, "unga ui", "http://127.0.0.1:3001")


@pytest.mark.kills
def test_nobody_can_change_anything_in_a_read_only_ui(service):
    assert graphql(service.address, "{ version }")["version"]
    refused = graphql(service.address, LAUNCH)["launchRun"]["__typename"]
    assert refused == "UnauthorizedError"
    states = graphql(
        service.address,
        '{ sensorsOrError(repositorySelector: { repositoryName: "__repository__", '
        'repositoryLocationName: "orchestration.definitions" }) '
        "{ ... on Sensors { results { name sensorState { status "
        "hasStopPermission hasStartPermission } } } } }",
    )["sensorsOrError"]["results"]
    assert len(states) > 3
    for sensor in states:
        assert sensor["sensorState"] == {
            "status": "RUNNING",
            "hasStopPermission": False,
            "hasStartPermission": False,
        }


@contextmanager
def nginx(folder: Path, upstream: str) -> Iterator[tuple[int, Path]]:
    """nginx with the documented settings in front of a service: its port, and its certificate."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not program:
        pytest.skip("there is no nginx: the proxy's settings are not checked here")
    cert, key = certificate(folder)
    hashed = subprocess.run(
        ["openssl", "passwd", "-apr1", "secret"], check=True, capture_output=True, text=True
    ).stdout.strip()
    (folder / "htpasswd").write_text(f"reader:{hashed}\n", encoding="utf-8")
    port = free_port()
    text = NGINX.read_text(encoding="utf-8")
    for documented, here in {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "/etc/ssl/certs/votes.example.org.pem": str(cert),
        "/etc/ssl/private/votes.example.org.key": str(key),
        "/etc/nginx/unga.htpasswd": str(folder / "htpasswd"),
        "http://127.0.0.1:3000": upstream,
    }.items():
        assert text.count(documented) == 1, documented
        text = text.replace(documented, here)
    (folder / "unga.conf").write_text(text, encoding="utf-8")
    places = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user}pid {folder}/pid;\nerror_log stderr;\ndaemon off;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{places}include {folder}/unga.conf;\n}}\n",
        encoding="utf-8",
    )
    command = [program, "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: _listens(port), "nginx listens")
        yield port, cert
    finally:
        running.terminate()
        running.wait(30)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.kills
def test_nginx_serves_the_ui_to_those_with_the_password(service, tmp_path):
    with nginx(tmp_path, service.address.removesuffix("/unga")) as (port, cert):
        trusting = ssl.create_default_context(cafile=str(cert))
        page = f"https://127.0.0.1:{port}/unga/server_info"
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(page, context=trusting)
        login = {"Authorization": "Basic " + base64.b64encode(b"reader:secret").decode()}
        asked = urllib.request.Request(page, headers=login)
        with urllib.request.urlopen(asked, context=trusting) as answer:
            assert b"dagster_webserver_version" in answer.read()
        upgraded = _upgrade(port, trusting, login["Authorization"])
        assert upgraded.startswith("HTTP/1.1 101 "), upgraded


def _upgrade(port: int, trusting: ssl.SSLContext, login: str) -> str:
    """The first line of the answer to a request for a web socket."""
    lines = [
        "GET /unga/graphql HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: {login}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: graphql-ws",
        f"Sec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}",
    ]
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        trusting.wrap_socket(plain, server_hostname="127.0.0.1") as opened,
    ):
        opened.sendall("\r\n".join([*lines, "", ""]).encode())
        return opened.recv(1000).decode().splitlines()[0]


@pytest.mark.kills
def test_the_service_ends_with_the_part_of_it_that_ends(service):
    """The last test on it."""
    daemon = service.part("dagster-daemon")
    os.kill(daemon, signal.SIGKILL)
    assert service.wait() == 1
    last = service.log.read_text(encoding="utf-8").strip().splitlines()[-1]
    assert last == (
        f"The daemon (process {daemon}) was killed by signal 9; the service ends, so that its "
        "supervisor can start it again."
    )
    assert started_on(service.warehouse) == set()
    code, said = service.check()
    assert code == 1 and said["verdict"]["line"].startswith("not served: ")
    assert not said["webserver"]["live"] and not said["daemon"]["live"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--path-prefix", "unga"], "it begins with a slash and ends without one: /unga."),
        (["--path-prefix", "/unga/"], "it begins with a slash and ends without one: /unga."),
        (["--json"], "--json goes with --check."),
        (["--host", "nowhere.invalid"], "of nowhere.invalid can't be used: "),
    ],
)
def test_options_that_are_wrong_are_told_in_one_line(options, told, tmp_path, monkeypatch):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path / "warehouse"))
    refused = CliRunner().invoke(app, ["serve", *options])
    assert refused.exit_code == 1
    assert told in refused.output and len(refused.output.splitlines()) == 1
    assert not (tmp_path / "warehouse").exists()


def test_a_port_in_use_is_told_before_anything_starts(tmp_path, monkeypatch):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path / "warehouse"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = CliRunner().invoke(app, ["serve", "--port", str(port)])
    assert refused.exit_code == 1
    assert re.match(rf"Port {port} of 127.0.0.1 can't be used: Address already", refused.output)
    assert not (tmp_path / "warehouse").exists()
