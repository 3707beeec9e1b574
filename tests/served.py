"""The sources as they are served: a Dataverse and the Secretariat's raw files, on the loopback.

Belongs here: servers that answer as the public ones do, from files of the mirror and the rehearsal.
Not here: ways a server can fail (unit/sources/serving.py), or what the warehouse does then.
"""

import gzip
import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

UNVOTES = {"10295576": "UNVotes-1.RData", "9656257": "UNVotes.csv.gz", "7654321": "UNVotes.csv.gz"}


@dataclass
class Sources:
    """What is served and where, and which requests came."""

    unxml_folder: Path
    dataverse_folder: Path
    url: str = ""
    asked: list[str] = field(default_factory=list)
    # Files that the Dataverse lists and does not serve.
    withheld: set[str] = field(default_factory=set)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that name these servers instead of the public ones."""
        return {
            "UNGA_MIRROR": "",
            "UNGA_UNXML": f"{self.url}/raw",
            "UNGA_DATAVERSE": self.url,
            "NO_PROXY": "127.0.0.1",
        }


@contextmanager
def served_sources(mirror: Path, rehearsal: Path, folder: Path) -> Iterator[Sources]:
    """Serve the mirror's sessions, and the versions of the rehearsal's Dataverse.

    The sessions are copied into `folder`, so that a test can add to them or change them.
    """
    shutil.copytree(mirror / "unxml", folder / "unxml")
    sources = Sources(folder / "unxml", rehearsal / "dataverse")
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Asked", (_Handler,), {"of": sources}))
    server.daemon_threads = True
    sources.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield sources
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    of: Sources

    def do_GET(self) -> None:  # noqa: N802
        self.of.asked.append(self.path)
        self._answer()

    def do_HEAD(self) -> None:  # noqa: N802
        self._answer()

    def _answer(self) -> None:
        path = self.path.split("?")[0]
        if path.startswith("/raw/"):
            self._raw(self.of.unxml_folder / path.removeprefix("/raw/"))
        elif path == "/api/datasets/:persistentId/versions":
            data = (self.of.dataverse_folder / "versions.json").read_bytes()
            self._send(200, data, {"Content-Type": "application/json"})
        elif path.startswith("/api/access/datafile/"):
            self._send(303, b"", {"Location": f"/storage/{path.rpartition('/')[2]}"})
        elif path.rpartition("/")[2] in self.of.withheld:
            self._send(403, b"{}", {"Content-Type": "application/json"})
        elif path.startswith("/storage/") and (name := UNVOTES.get(path.rpartition("/")[2])):
            file = self.of.dataverse_folder / name
            # The csv is served unpacked.
            data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
            self._send(200, data, {"Content-Type": "application/octet-stream"})
        else:
            said = json.dumps({"status": "ERROR"}).encode()
            self._send(404, said, {"Content-Type": "application/json"})

    def _raw(self, file: Path) -> None:
        if not file.is_file():
            self._send(404, b"404: Not Found", {"Content-Type": "text/plain; charset=utf-8"})
            return
        data = file.read_bytes()
        tag = f'"{hashlib.sha256(data).hexdigest()}"'
        kind = {"Content-Type": "text/plain; charset=utf-8", "ETag": tag}
        unchanged = self.headers.get("If-None-Match") == tag
        self._send(304 if unchanged else 200, b"" if unchanged else data, kind)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
