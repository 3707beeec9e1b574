"""Those who receive alerts: a real SMTP server and a real web server, on the loopback.

Belongs here: the servers, and what they received. Not here: what is sent (integration/
test_alerts.py).
"""

import json
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from dagster_ui import free_port


@dataclass
class Inbox:
    """An SMTP server for one user, and the mails that it accepted."""

    port: int
    user: str = ""
    password: str = ""
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"

    def authenticate(self, _server, _session, _envelope, _mechanism, given) -> AuthResult:
        right = (given.login.decode(), given.password.decode()) == (self.user, self.password)
        return AuthResult(success=right, handled=False)


@contextmanager
def inbox(
    user: str = "", password: str = "", tls: ssl.SSLContext | None = None, from_start: bool = False
) -> Iterator[Inbox]:
    """An SMTP server while it is in use; with TLS by STARTTLS, or from the start."""
    it = Inbox(free_port(), user, password)
    login = {"authenticator": it.authenticate, "auth_required": True} if user else {}
    encrypted = {"ssl_context": tls} if from_start else {"tls_context": tls}
    server = Controller(
        it,
        hostname="127.0.0.1",
        port=it.port,
        # What is encrypted from the start has no STARTTLS, without which aiosmtpd wants no login.
        auth_require_tls=tls is not None and not from_start,
        **login,
        **encrypted,
    )
    server.start()
    try:
        yield it
    finally:
        server.stop()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine that it signed itself, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        + ["-nodes", "-days", "2", "-subj", "/CN=localhost"]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        + ["-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )
    return cert, key


@dataclass
class Hook:
    """A web server that accepts posts, and what was posted; `status` is what it answers."""

    url: str = ""
    status: int = 200
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    other: list[str] = field(default_factory=list)

    @property
    def said(self) -> list[dict[str, Any]]:
        """The posts as JSON."""
        return [json.loads(body) for _, body in self.posts]


@contextmanager
def hook(path: str = "/") -> Iterator[Hook]:
    """A web server while it is in use."""
    it = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if it.status == 200:
                it.posts.append((dict(self.headers), body))
            self.send_response(it.status)
            if 300 <= it.status < 400:
                self.send_header("Location", "/elsewhere")
            self.end_headers()

        def do_GET(self) -> None:  # noqa: N802
            it.other.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    it.url = f"http://127.0.0.1:{server.server_port}{path}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield it
    finally:
        server.shutdown()
        server.server_close()
