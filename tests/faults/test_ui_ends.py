"""`unga ui` as a script starts and ends it: a port in use, and the signals.

Belongs here: how the command begins and ends. Not here: what its pages show (e2e/test_ui.py).
"""

import os
import shlex
import signal
import socket
import subprocess
from pathlib import Path

import pytest
from dagster_ui import LAUNCH, free_port, graphql, wait_for_ui
from services import started_on
from typer.testing import CliRunner
from warehouses import UNGA, environment, wait_until

from orchestration.cli.app import app


def test_a_port_in_use_is_told_before_anything_starts(tmp_path, monkeypatch):
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path / "warehouse"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = CliRunner().invoke(app, ["ui", "--port", str(port)])
    assert told.exit_code == 1
    assert f"Port {port} of 127.0.0.1 can't be used: Address already in use." in told.output
    assert not (tmp_path / "warehouse").exists()


@pytest.mark.kills
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are read in /proc")
@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_all_that_a_script_started_also_a_refresh(told, tmp_path):
    warehouse, nothing = tmp_path / "warehouse", tmp_path / "nothing"
    nothing.mkdir()
    port = free_port()
    # A non-interactive shell starts background commands with SIGINT ignored.
    script = f"{shlex.join([str(UNGA), 'ui', '--port', str(port)])} & echo $!; wait $!"
    with subprocess.Popen(
        ["bash", "-c", script],
        env=environment(warehouse, str(nothing)),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as shell:
        assert shell.stdout
        ui = int(shell.stdout.readline())
        address = f"http://127.0.0.1:{port}"
        wait_for_ui(address)
        assert graphql(address, LAUNCH)["launchRun"]["__typename"] == "LaunchRunSuccess"
        wait_until(lambda: list(warehouse.glob("build/*/dbt/dbt.log")), "dbt runs")
        assert len(started_on(warehouse) - {shell.pid}) > 5
        os.kill(ui, told)
        shell.stdout.read()
    assert started_on(warehouse) == set()
    assert shell.returncode == 0
