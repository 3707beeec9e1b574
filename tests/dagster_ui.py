"""The Dagster UI for tests: a port for it, whether it answers, a request to it.

Belongs here: what tests of the UI share. Not here: starting the command line (warehouses.py), or
the browser (e2e/conftest.py).
"""

import json
import socket
import urllib.request
from typing import Any

from warehouses import wait_until

# Launches the refresh as it is, and tells its run.
LAUNCH = """
mutation { launchRun(executionParams: {
  selector: {
    repositoryLocationName: "orchestration.definitions", repositoryName: "__repository__",
    jobName: "refresh"
  },
  runConfigData: {}
}) { __typename ... on LaunchRunSuccess { run { runId } } } }
"""


def free_port() -> int:
    """A free port of 127.0.0.1."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for_ui(address: str) -> None:
    """Wait until the web server answers."""

    def answers() -> bool:
        try:
            urllib.request.urlopen(f"{address}/server_info").close()
        except OSError:
            return False
        return True

    wait_until(answers, f"something answers at {address}")


def graphql(address: str, query: str) -> dict[str, Any]:
    """The data with which the UI's own interface answers a query."""
    asked = urllib.request.Request(
        f"{address}/graphql",
        json.dumps({"query": query}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked) as answer:
        return json.loads(answer.read())["data"]
