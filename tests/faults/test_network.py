"""Failing servers: time is bounded, the fault is named, and what has landed is still used.

Belongs here: how each source handles a failing server. Not here: the client alone
(tests/unit/sources/test_http.py).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from unit.sources.making import resolution, session_json, undl_csv, voeten_csv
from unit.sources.serving import HURRIED, Answer, Server

from orchestration.automation.updates import updates
from orchestration.layout import Layout
from orchestration.sources import SOURCES, Landed, Origin, landed_releases, read_visit

# By source: what a mirror serves, and the request that fails.
SERVED = {
    "undl": ("undl/2026_02_06_ga_voting.csv", undl_csv()),
    "unxml": ("unxml/77.json", session_json()),
    "voeten": ("dataverse/UNVotes.csv.gz", voeten_csv()),
}
FAULTS = {
    "hung": (Answer(hang=True), "no answer in time"),
    "slow": (Answer(drip=True), "given up|out of time"),
    "cut": (Answer(cut=True), "cut off"),
    "403": (Answer(403), "403"),
    "429 for ever": (Answer(429, headers={"Retry-After": "1"}), "429"),
    "500s": (Answer(500), "500"),
    "redirect loop": (Answer(302, headers={"Location": "/loop"}), "in circles"),
    "XHTML": (Answer(body=b"x", headers={"Content-Type": "application/xhtml+xml"}), "a web page"),
    "HTML by its type": (Answer(body=b"x", headers={"Content-Type": "text/html"}), "a web page"),
    "HTML by its looks": (Answer(body=b" <!doctype html><p>Human?"), "a web page"),
}


def unreached(landed: Landed) -> str:
    """What was not in reach, and why; nothing may be refused because of it."""
    assert not landed.refused
    return " ".join(file.reason for file in landed.not_in_reach)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with Server(tmp_path / "served") as serving:
        serving.always("loop", Answer(302, headers={"Location": "/loop"}))
        for path, data in SERVED.values():
            serving.put(path, data)
        yield serving


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("fault", FAULTS)
def test_failing_server(server: Server, tmp_path: Path, source: str, fault: str):
    answer, words = FAULTS[fault]
    landing, origin = tmp_path / "landing", Origin(server.url, HURRIED)
    path = SERVED[source][0]

    server.always(path, answer)
    nothing = SOURCES[source].land(landing, origin)
    assert nothing.release is None and not nothing.is_new
    assert any(word in unreached(nothing) for word in words.split("|"))
    assert read_visit(landing, source).last_reached is None
    assert not list(landing.rglob("*.part")) and not landed_releases(landing, source)

    server.always(path, Answer(body=SERVED[source][1]))
    landed = SOURCES[source].land(landing, origin).release
    assert landed is not None

    server.always(path, answer)
    still = SOURCES[source].land(landing, origin)
    assert still.release == landed and not still.is_new
    assert any(word in unreached(still) for word in words.split("|"))
    SOURCES[source].parse(landed)
    # These look like a changed file until it is read.
    if fault not in ("slow", "cut", "HTML by its looks"):
        probed = SOURCES[source].probe(landing, origin)
        assert not probed.is_new
        assert any(word in unreached(probed) for word in words.split("|"))


@pytest.mark.parametrize("source", SOURCES)
def test_nobody_listening(tmp_path: Path, source: str):
    with Server(tmp_path / "served") as gone:
        pass
    landed = SOURCES[source].land(tmp_path / "landing", Origin(gone.url, HURRIED))
    assert landed.release is None
    assert "no connection" in unreached(landed)


@pytest.mark.parametrize("source", ["unxml", "voeten"])
def test_the_internet_is_not_there(tmp_path: Path, source: str):
    with Server(tmp_path / "served") as gone:
        pass
    origin = Origin(retry=HURRIED, unxml_url=gone.url, dataverse_url=gone.url)
    landed = SOURCES[source].land(tmp_path / "landing", origin)
    assert landed.release is None and "no connection" in unreached(landed)


def test_a_server_that_is_gone_is_asked_for_one_session_only(tmp_path: Path):
    with Server(tmp_path / "served") as gone:
        pass
    landed = SOURCES["unxml"].land(tmp_path / "landing", Origin(gone.url, HURRIED))
    assert unreached(landed).count("no connection") == 1


@pytest.mark.parametrize("source", SOURCES)
def test_passing_fault(server: Server, tmp_path: Path, source: str):
    path = SERVED[source][0]
    server.behave(path, Answer(500), Answer(429, headers={"Retry-After": "0"}))
    landed = SOURCES[source].land(tmp_path / "landing", Origin(server.url, HURRIED))
    assert landed.is_new and server.times(path) == 3


def test_the_other_sessions_are_used_when_one_fails(server: Server, tmp_path: Path):
    later = resolution("A/RES/78/1", session="Seventy-eighth session", adoption_date="1 May 2024")
    server.put("unxml/78.json", session_json(later))
    server.always("unxml/77.json", Answer(403))
    landed = SOURCES["unxml"].land(tmp_path / "landing", Origin(server.url, HURRIED))
    assert landed.is_new and [file.name for file in landed.release.files] == ["78.json"]
    assert "77.json: 403" in unreached(landed)


def test_a_missing_file_of_a_mirror_is_told(server: Server, tmp_path: Path):
    for path, _ in SERVED.values():
        (server.folder / path).unlink()
    for source in SOURCES:
        landed = SOURCES[source].land(tmp_path / "landing", Origin(server.url, HURRIED))
        assert landed.release is None and (landed.not_in_reach or landed.note)


@pytest.mark.parametrize("source", SOURCES)
def test_a_mirror_that_is_no_folder_is_told(tmp_path: Path, source: str):
    landed = SOURCES[source].land(tmp_path / "landing", Origin(str(tmp_path / "mirrror")))
    assert "mirrror is not a folder: check what UNGA_MIRROR names" in unreached(landed)


@pytest.mark.parametrize("source", SOURCES)
def test_retries_are_told_to_the_log_alone(
    tmp_path: Path, source: str, capfd: pytest.CaptureFixture, caplog: pytest.LogCaptureFixture
):
    with Server(tmp_path / "served") as gone:
        pass
    with caplog.at_level("INFO", "orchestration.sources.http"):
        SOURCES[source].land(tmp_path / "landing", Origin(gone.url, HURRIED))
    assert any("retry in" in line for line in caplog.messages)
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("source", SOURCES)
def test_a_probe_gives_up_on_a_silent_server_sooner_than_a_visit(
    server: Server, tmp_path: Path, source: str
):
    asked_first = {"undl": "undl/", "unxml": "unxml/74.json", "voeten": SERVED["voeten"][0]}
    for path in (asked_first[source], SERVED[source][0]):
        server.always(path, Answer(hang=True))
    probed = SOURCES[source].probe(tmp_path / "landing", Origin(server.url, HURRIED))
    assert not probed.is_new
    # HURRIED would ask three times.
    assert "tried up to 2 times" in unreached(probed)


def test_a_probe_is_over_before_dagster_ends_it():
    policy = Origin().to_probe().retry
    assert policy.attempts == 2
    # The last request begins within the visit; its connection and silence timeouts end with it.
    assert policy.whole_visit + policy.longest_wait + policy.longest_retry_after < 60
    # Limits that are already tighter are not relaxed.
    assert Origin(retry=HURRIED).to_probe().retry.whole_visit == HURRIED.whole_visit


def test_silent_sources_are_probed_side_by_side(server: Server, tmp_path: Path):
    for path in ("undl/", "unxml/74.json", *(path for path, _ in SERVED.values())):
        server.always(path, Answer(hang=True))
    found = updates(Layout(tmp_path / "warehouse"), Origin(server.url, HURRIED))
    assert list(found.outcomes) == list(SOURCES)
    assert found.newer == []
    for landed in found.outcomes.values():
        assert landed.not_in_reach
