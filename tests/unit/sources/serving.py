"""A real HTTP server on the loopback that serves a folder, well or badly as instructed.

Belongs here: ways a server can misbehave. Not here: how a client should handle them.
"""

import hashlib
import mimetypes
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

from orchestration.sources import RetryPolicy

# Short enough for tests; every fault still runs its full course.
HURRIED = RetryPolicy(
    attempts=3,
    first_wait=0.01,
    longest_wait=0.02,
    longest_retry_after=0.05,
    connect=2.0,
    silence=0.3,
    whole_visit=2.0,
)


@dataclass(frozen=True)
class Answer:
    """The response instead of the file."""

    status: int = 200
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    # Stop in the middle of the body and hang up.
    cut: bool = False
    # Say nothing at all.
    hang: bool = False
    # A few bytes now and then, endlessly.
    drip: bool = False


class Server:
    """Serves the files in `folder` at `url`; `behave` sets what the next requests of a path get."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.closing = threading.Event()
        self._answers: defaultdict[str, list[Answer]] = defaultdict(list)
        self._always: dict[str, Answer] = {}
        self._http = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self})
        )
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def __enter__(self) -> "Server":
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()

    def put(self, path: str, data: bytes) -> str:
        """Serve a file; its URL."""
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(data)
        return f"{self.url}/{path}"

    def behave(self, path: str, *answers: Answer) -> None:
        """The next requests of a path get these, one each; then the file is served again."""
        self._answers["/" + path] += answers

    def always(self, path: str, answer: Answer) -> None:
        """Every request of a path gets this."""
        self._always["/" + path] = answer

    def times(self, path: str) -> int:
        """How often a path's content was requested."""
        return [asked for asked, _ in self.asked].count("/" + path)

    def answer_to(self, path: str) -> Answer | None:
        queued = self._answers[path]
        return queued.pop(0) if queued else self._always.get(path)


class _Handler(BaseHTTPRequestHandler):
    """Answers one connection as instructed."""

    protocol_version = "HTTP/1.1"
    owner: Server

    def do_HEAD(self) -> None:  # noqa: N802
        self.answer()

    def do_GET(self) -> None:  # noqa: N802
        self.owner.asked.append((self.path, dict(self.headers)))
        self.answer()

    def answer(self) -> None:
        told = self.owner.answer_to(self.path)
        if told is None:
            self._serve(self.owner.folder / unquote(self.path.split("?")[0]).lstrip("/"))
        elif told.hang:
            self.owner.closing.wait()
            self.close_connection = True
        elif told.drip:
            self._drip()
        else:
            self._as_told(told)

    def _serve(self, file: Path) -> None:
        if file.is_dir():
            names = "".join(f'<a href="{entry.name}">{entry.name}</a>' for entry in file.iterdir())
            self._send(200, names.encode(), {"Content-Type": "text/html"})
        elif not file.is_file():
            self._send(404, b"no such file", {"Content-Type": "text/plain"})
        else:
            data = file.read_bytes()
            kind = "application/gzip" if file.suffix == ".gz" else mimetypes.guess_type(file)[0]
            headers = {
                "ETag": f'"{hashlib.sha256(data).hexdigest()[:16]}"',
                "Last-Modified": formatdate(file.stat().st_mtime, usegmt=True),
                "Content-Type": kind or "application/octet-stream",
            }
            unchanged = self.headers.get("If-None-Match") == headers["ETag"]
            self._send(304 if unchanged else 200, b"" if unchanged else data, headers)

    def _as_told(self, told: Answer) -> None:
        file = self.owner.folder / self.path.lstrip("/")
        whole = told.body
        if whole is None:
            whole = file.read_bytes() if file.is_file() and told.status == 200 else b"no"
        sent = whole[: len(whole) // 2] if told.cut else whole
        headers = {"Content-Type": "text/plain"} | dict(told.headers)
        self._send(told.status, sent, headers, stated=len(whole))
        self.close_connection = self.close_connection or told.cut

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "10000000")
        self.end_headers()
        while not self.owner.closing.wait(0.05):
            try:
                self.wfile.write(b"drip")
            except OSError:
                break
        self.close_connection = True

    def _send(
        self, status: int, body: bytes, headers: Mapping[str, str], stated: int | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body) if stated is None else stated))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
