"""The client against a real server: what is retried, what is kept, what is refused."""

import gzip
import time
from email.utils import formatdate
from pathlib import Path

import pytest
from unit.sources.serving import HURRIED, Answer, Server

from orchestration.sources import NotInReachError
from orchestration.sources.http import Client, NoAnswerError, NotThereError

FILE = "unxml/77.json"
BODY = b'{"symbol": "A/RES/77/1"}\n' * 200


def download(server: Server, folder: Path, path: str = FILE, **more):
    with Client(HURRIED) as client:
        return client.download(f"{server.url}/{path}", folder / "77.json", **more)


def test_whole_file_with_its_hash_and_tags(server: Server, tmp_path: Path):
    server.put(FILE, BODY)
    file = download(server, tmp_path)
    assert (tmp_path / "77.json").read_bytes() == BODY
    assert file.size == len(BODY)
    assert file.etag and file.last_modified and file.url == f"{server.url}/{FILE}"


def test_unchanged_file_is_not_sent_again(server: Server, tmp_path: Path):
    server.put(FILE, BODY)
    known = download(server, tmp_path)
    assert download(server, tmp_path, known=known) is None
    server.put(FILE, BODY + b"\n")
    changed = download(server, tmp_path, known=known)
    assert changed.sha256 != known.sha256


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_passing_faults_are_tried_again(server: Server, tmp_path: Path, status: int):
    server.put(FILE, BODY)
    server.behave(FILE, Answer(status))
    assert download(server, tmp_path).size == len(BODY)
    assert server.times(FILE) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418])
def test_refusals_are_not_tried_again(server: Server, tmp_path: Path, status: int):
    server.always(FILE, Answer(status))
    with pytest.raises(NotInReachError, match=str(status)):
        download(server, tmp_path)
    assert server.times(FILE) == 1


def test_missing_file_is_told_from_others(server: Server, tmp_path: Path):
    with pytest.raises(NotThereError, match="404"):
        download(server, tmp_path)


@pytest.mark.parametrize(
    "asked",
    ["0.01", "3600", "rubbish", formatdate(time.time() + 3600, usegmt=True)],
    # All processes of a test run must see the same names.
    ids=["a moment", "an hour", "rubbish", "a time"],
)
def test_retry_after_is_honoured_within_bounds(server: Server, tmp_path: Path, asked: str):
    server.put(FILE, BODY)
    server.behave(FILE, Answer(429, headers={"Retry-After": asked}))
    assert download(server, tmp_path).size == len(BODY)
    assert server.times(FILE) == 2


def test_lasting_fault_ends_after_the_attempts(server: Server, tmp_path: Path):
    server.always(FILE, Answer(500))
    with pytest.raises(NotInReachError, match="500.*tried up to 3 times"):
        download(server, tmp_path)
    assert server.times(FILE) == 3


def test_cut_body_is_fetched_again(server: Server, tmp_path: Path):
    server.put(FILE, BODY)
    server.behave(FILE, Answer(cut=True))
    assert download(server, tmp_path).size == len(BODY)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(cut=True), "cut off"),
        (Answer(body=b"<!DOCTYPE html><p>Are you human?"), "a web page instead of data"),
        (Answer(body=b"x", headers={"Content-Type": "text/html; charset=utf-8"}), "a web page"),
        (Answer(body=b"x", headers={"Content-Type": "application/xhtml+xml"}), "a web page"),
        (Answer(202, headers={"Content-Type": "text/html"}), "202"),
        (Answer(206, body=b"x"), "206"),
        (Answer(302, headers={"Location": f"/{FILE}"}), "in circles"),
        (Answer(302, headers={"Location": "ftp://127.0.0.1/x"}), "ftp"),
        (Answer(body=b"zz", headers={"Content-Encoding": "gzip"}), "77.json"),
    ],
)
def test_what_is_no_data_leaves_no_file(server: Server, tmp_path: Path, answer: Answer, words: str):
    server.put(FILE, BODY)
    server.always(FILE, answer)
    with pytest.raises(NotInReachError, match=words):
        download(server, tmp_path)
    assert not list(tmp_path.glob("77.json*"))


@pytest.mark.parametrize(
    "kind",
    [
        "application/x-rlang-transport",
        "application/x-rdata",
        "text/comma-separated-values; charset=utf-8",
        "text/csv",
        "application/vnd.anything",
        "",
    ],
)
def test_data_is_taken_whatever_a_server_calls_it(server: Server, tmp_path: Path, kind: str):
    server.always(FILE, Answer(body=BODY, headers={"Content-Type": kind}))
    file = download(server, tmp_path)
    assert file is not None and file.size == len(BODY)
    with Client(HURRIED) as client:
        # Its size is unchanged, and its type is no reason to treat it as out of reach.
        assert not client.has_changed(f"{server.url}/{FILE}", file)


@pytest.mark.parametrize("answer", [Answer(hang=True), Answer(drip=True)])
def test_a_server_that_never_ends_is_given_up(server: Server, tmp_path: Path, answer: Answer):
    server.put(FILE, BODY)
    server.always(FILE, answer)
    with pytest.raises(NoAnswerError):
        download(server, tmp_path)
    assert not list(tmp_path.glob("77.json*"))


def test_nobody_listening(tmp_path: Path):
    with Server(tmp_path / "served") as gone:
        pass
    with pytest.raises(NoAnswerError, match="no connection"):
        download(gone, tmp_path)


def test_larger_than_any_file(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("orchestration.sources.http.LARGEST_FILE", 100)
    server.put(FILE, BODY)
    with pytest.raises(NotInReachError, match="more than 100 bytes"):
        download(server, tmp_path)


def test_packed_on_the_way(server: Server, tmp_path: Path):
    server.always(FILE, Answer(body=gzip.compress(BODY), headers={"Content-Encoding": "gzip"}))
    assert download(server, tmp_path).size == len(BODY)
    assert (tmp_path / "77.json").read_bytes() == BODY


def test_redirect_is_followed(server: Server, tmp_path: Path):
    server.put("elsewhere.json", BODY)
    server.always(FILE, Answer(302, headers={"Location": "/elsewhere.json"}))
    assert download(server, tmp_path).size == len(BODY)


def test_small_answers(server: Server):
    server.put("list.json", b'{"a": 1}')
    server.put("rubbish.json", b"{")
    with Client(HURRIED) as client:
        assert client.read_json(f"{server.url}/list.json") == {"a": 1}
        with pytest.raises(NotInReachError, match="expected JSON"):
            client.read_json(f"{server.url}/rubbish.json")
        assert "list.json" in client.read(f"{server.url}/", page=True)
