"""Whether Dagster is served on a warehouse: web server, daemon, and the last ticks.

Belongs here: asking a running `unga serve` and Dagster's record about it. Not here: starting it
(cli/serve.py), or the state of the published file (published/status.py).
"""

import json
import urllib.request
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Any

import dagster as dg

from orchestration.layout import Layout
from orchestration.run.failures import root_message
from orchestration.run.lock import Service, service

# Dagster's daemon writes a heartbeat every half minute; Dagster itself waits for half an hour.
SILENT_AFTER = timedelta(minutes=5)
# Seconds for the web server to answer.
PATIENCE = 10

# Dagster's word for a tick that raised an error.
TICK_FAILURE = "FAILURE"

# The schedules and sensors of the code that is served; Dagster's record has those of before too.
IN_CODE = """{ repositoriesOrError { ... on RepositoryConnection { nodes {
    sensors { name } schedules { name } } } } }"""

LIVE, DOWN, TICK_FAILED = 0, 1, 3


def serving(layout: Layout, instance: dg.DagsterInstance) -> dict[str, Any]:
    """Everything that `unga serve --check` prints, with the verdict and its exit status.

    Both have to live: a web server that answers, and a daemon all parts of which gave a sign of
    life since the service began, at most five minutes ago.
    """
    found = service(layout)
    webserver = _webserver(found)
    daemon = _daemon(found, instance)
    in_code = _in_code(found) if found and webserver["live"] else None
    ticks = [tick for tick in _ticks(instance) if in_code is None or tick["name"] in in_code]
    failed = failed_ticks(ticks)
    silent = [
        f"{name} {why}"
        for name, why in (("web server", webserver["fault"]), ("daemon", daemon["fault"]))
        if why
    ]
    if found is None:
        status, line = DOWN, "not served: no `unga serve` runs on this warehouse"
    elif silent:
        status, line = DOWN, f"down: {'; '.join(silent)}"
    elif failed:
        status, line = TICK_FAILED, f"live, but the last tick of {', '.join(failed)} failed"
    else:
        status, line = LIVE, f"live: {found}"
    return {
        "verdict": {"line": line, "exit_status": status},
        "service": found and vars(found),
        "webserver": webserver,
        "daemon": daemon,
        "ticks": ticks,
    }


def failed_ticks(ticks: Iterable[dict[str, Any]]) -> list[str]:
    """The names of running schedules and sensors whose last tick failed."""
    return [it["name"] for it in ticks if it["running"] and it["outcome"] == TICK_FAILURE]


def _in_code(found: Service) -> set[str] | None:
    """The schedules and sensors that the code has, as the web server says; None if it does not."""
    request = urllib.request.Request(
        f"{found.address}/graphql",
        json.dumps({"query": IN_CODE}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with _directly().open(request, timeout=PATIENCE) as answer:
            nodes = json.load(answer)["data"]["repositoriesOrError"].get("nodes")
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return None
    if not nodes:  # the code can't be loaded
        return None
    return {it["name"] for node in nodes for it in (*node["sensors"], *node["schedules"])}


def _directly() -> urllib.request.OpenerDirector:
    """No proxy of the environment stands between this machine and itself."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _webserver(found: Service | None) -> dict[str, Any]:
    if found is None:
        return {"live": False, "fault": "is not running"}
    try:
        _directly().open(f"{found.address}/server_info", timeout=PATIENCE).close()
    except (OSError, HTTPException) as wrong:
        why = getattr(wrong, "reason", wrong)
        return {"live": False, "fault": f"does not answer at {found.address}: {why}"}
    return {"live": True, "fault": ""}


def _daemon(found: Service | None, instance: dg.DagsterInstance) -> dict[str, Any]:
    """Whether each part of the daemon gave a sign of life, and when it last did."""
    beats = {
        name: datetime.fromtimestamp(beat.timestamp, UTC).replace(tzinfo=None)
        for name, beat in instance.get_daemon_heartbeats().items()
    }
    now = datetime.now(UTC).replace(tzinfo=None)
    since = datetime.fromisoformat(found.since) if found else now
    needed = sorted(instance.get_required_daemon_types())
    silent = [
        name for name in needed if name not in beats or beats[name] < max(since, now - SILENT_AFTER)
    ]
    if found is None:
        fault = "is not running"
    elif silent and now - since < SILENT_AFTER:
        fault = f"is starting: no sign of life of {', '.join(silent)} yet"
    elif silent:
        minutes = int(SILENT_AFTER.total_seconds() // 60)
        fault = f"gave no sign of life for {minutes} minutes: {', '.join(silent)}"
    else:
        fault = ""
    heartbeats = {name: str(beats[name])[:19] for name in needed if name in beats}
    return {"live": not fault, "fault": fault, "heartbeats": heartbeats}


def _ticks(instance: dg.DagsterInstance) -> Iterator[dict[str, Any]]:
    """The last tick of each schedule and sensor that the daemon knows, by name."""
    for state in sorted(instance.all_instigator_state(), key=lambda state: state.instigator_name):
        yield _last_tick(instance, state)


def _last_tick(instance: dg.DagsterInstance, state: Any) -> dict[str, Any]:
    ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
    said: dict[str, Any] = {
        "name": state.instigator_name,
        "kind": state.instigator_type.value.lower(),
        "running": state.is_running,
        "last_tick": None,
        "outcome": None,
        "says": "",
    }
    if not ticks:
        return said
    last = ticks[0]
    error = last.tick_data.error
    return said | {
        "last_tick": str(datetime.fromtimestamp(last.timestamp, UTC))[:19],
        "outcome": last.status.value,
        "says": (root_message(error) if error else last.skip_reason) or "",
    }
