"""The channels of alerts: e-mail by SMTP, and a webhook; both are set by the environment.

Belongs here: their variables, and delivering one message. Not here: what is told (causes.py), or to
whom it was told already (record.py).

An address may hold a password or be one: what is shown of it is the host.
"""

import http.client
import json
import os
import smtplib
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from typing import Any, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from orchestration.alerts.causes import AlertError

SMTP, TO, FROM = "UNGA_ALERT_SMTP", "UNGA_ALERT_TO", "UNGA_ALERT_FROM"
WEBHOOK, SHAPE = "UNGA_ALERT_WEBHOOK", "UNGA_ALERT_WEBHOOK_SHAPE"
TOKEN = "UNGA_ALERT_WEBHOOK_TOKEN"
SHAPES = ("json", "slack", "ntfy")
# Seconds for each answer of a server.
PATIENCE = 10
SMTP_EXAMPLE = "smtp://user:password@host:587"


@dataclass(frozen=True)
class Message:
    """One alert: what has begun and what is over, each as key and words."""

    subject: str
    text: str
    begun: Sequence[tuple[str, str]] = ()
    over: Sequence[tuple[str, str]] = ()


class Channel(Protocol):
    """A way to reach people."""

    @property
    def name(self) -> str:
        """Its name in the record of what was told."""

    @property
    def words(self) -> str:
        """Where it leads, without a secret."""

    def deliver(self, message: Message) -> None:
        """Deliver a message. Raises AlertError, without a secret, if it could not be."""


@dataclass(frozen=True)
class Email:
    """E-mail by an SMTP server, encrypted unless `starttls=no` says otherwise."""

    host: str
    port: int
    to: tuple[str, ...]
    sender: str
    tls_from_start: bool = False
    starttls: bool = True
    user: str = ""
    password: str = field(default="", repr=False)
    name: str = "e-mail"

    @property
    def words(self) -> str:
        """To whom, by which server."""
        return f"e-mail to {', '.join(self.to)} by {self.host}:{self.port}"

    def deliver(self, message: Message) -> None:
        """Send it to all addresses. Raises AlertError if the server accepts it for none or some."""
        try:
            mail = self._mail(message)
            with self._connected() as server:
                self._encrypt(server)
                if self.user:
                    server.login(self.user, self.password)
                refused = server.send_message(mail)
        except smtplib.SMTPAuthenticationError as wrong:
            # What the server says to a login may repeat it.
            raise AlertError(f"{self.words}: login refused ({wrong.smtp_code})") from None
        except (smtplib.SMTPException, OSError, ValueError) as wrong:
            raise AlertError(f"{self.words}: {self._redacted(wrong)}") from None
        if refused:
            raise AlertError(f"{self.words}: refused for {', '.join(refused)}")

    def _mail(self, message: Message) -> EmailMessage:
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = message.subject, self.sender, ", ".join(self.to)
        mail["Date"], mail["Message-ID"] = formatdate(localtime=True), make_msgid(domain="unga")
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        return mail

    def _connected(self) -> smtplib.SMTP:
        if self.tls_from_start:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=PATIENCE)

    def _encrypt(self, server: smtplib.SMTP) -> None:
        """Turn to TLS. Without it, a password is not sent unless the address says so."""
        server.ehlo()
        if self.tls_from_start or not self.starttls:
            return
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        elif self.user:
            raise AlertError(
                f"{self.words}: it offers no STARTTLS, and the password is not sent in the clear. "
                f"Use smtps://, or add ?starttls=no to {SMTP}."
            )

    def _redacted(self, wrong: Exception) -> str:
        said = " ".join(str(wrong).split()) or type(wrong).__name__
        return said.replace(self.password, "***") if self.password else said


@dataclass(frozen=True)
class Webhook:
    """A POST to an address, in the shape that the receiver wants."""

    url: str = field(repr=False)
    shape: str
    token: str = field(default="", repr=False)
    name: str = "webhook"

    @property
    def words(self) -> str:
        """Which host, in which shape."""
        return f"webhook ({self.shape}) to {urlsplit(self.url).hostname}"

    def deliver(self, message: Message) -> None:
        """Post it. Raises AlertError if the server does not answer with success."""
        body, headers = _shaped(message, self.shape)
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        try:
            request = urllib.request.Request(self.url, body, headers, method="POST")
            urllib.request.build_opener(_NoRedirects()).open(request, timeout=PATIENCE).close()
        except urllib.error.HTTPError as wrong:
            wrong.close()
            raise AlertError(f"{self.words}: it answered {wrong.code}") from None
        except (OSError, ValueError, http.client.HTTPException) as wrong:
            # Only what is below HTTP is shown in words: others may repeat the address.
            why = getattr(wrong, "reason", None) or type(wrong).__name__
            raise AlertError(f"{self.words}: {why}") from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirected POST would become a GET elsewhere, which delivers nothing."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _shaped(message: Message, shape: str) -> tuple[bytes, dict[str, str]]:
    """The body and headers of a message in a shape."""
    if shape == "ntfy":
        # Headers are ASCII; ntfy shows the title over the text.
        title = message.subject.encode("ascii", "replace").decode()
        tags = "warning" if message.begun or not message.over else "white_check_mark"
        return message.text.encode(), {"Title": title, "Tags": tags, "Content-Type": "text/plain"}
    said: dict[str, Any]
    if shape == "slack":
        # The three characters that Slack asks to escape.
        text = f"{message.subject}\n{message.text}"
        for character, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            text = text.replace(character, escaped)
        said = {"text": text}
    else:
        said = {
            "subject": message.subject,
            "text": message.text,
            "begun": [{"key": key, "says": says} for key, says in message.begun],
            "over": [{"key": key, "says": says} for key, says in message.over],
        }
    return json.dumps(said, ensure_ascii=False).encode(), {"Content-Type": "application/json"}


def are_set() -> bool:
    """Whether any channel is set, rightly or not."""
    return any(os.environ.get(variable) for variable in (SMTP, TO, WEBHOOK))


def channels_from_environment() -> list[Channel]:
    """The channels that are set, none if none is. Raises AlertError if one is not set right."""
    return [*_email(), *_webhook()]


def _email() -> list[Channel]:
    named, to = os.environ.get(SMTP, ""), os.environ.get(TO, "")
    if not named and not to:
        return []
    if not named or not to:
        missing, there = (SMTP, TO) if to else (TO, SMTP)
        raise AlertError(f"{there} is set, but not {missing}: e-mail needs both.")
    url = _split(SMTP, named, ("smtp", "smtps"), SMTP_EXAMPLE)
    starttls = parse_qs(url.query).get("starttls", ["yes"])[-1]
    if starttls not in ("yes", "no"):
        raise AlertError(f"{SMTP}: starttls is yes or no.")
    addresses = tuple(address.strip() for address in to.split(","))
    sender = os.environ.get(FROM) or f"unga@{socket.getfqdn()}"
    for variable, address in [*((TO, address) for address in addresses), (FROM, sender)]:
        if "@" not in parseaddr(address)[1] or not address.isprintable():
            raise AlertError(f"{variable}: {address!r} is no e-mail address.")
    implicit = url.scheme == "smtps"
    return [
        Email(
            host=str(url.hostname),
            port=url.port or (465 if implicit else 587),
            to=addresses,
            sender=sender,
            tls_from_start=implicit,
            starttls=starttls == "yes",
            user=unquote(url.username or ""),
            password=unquote(url.password or ""),
        )
    ]


def _webhook() -> list[Channel]:
    named, shape = os.environ.get(WEBHOOK, ""), os.environ.get(SHAPE) or "json"
    if not named:
        return []
    url = _split(WEBHOOK, named, ("https", "http"), "https://host/path")
    if url.username or url.password:
        raise AlertError(f"{WEBHOOK}: give a password or token as {TOKEN}, not in the address.")
    if shape not in SHAPES:
        raise AlertError(f"{SHAPE}={shape}: there are {', '.join(SHAPES)}.")
    token = os.environ.get(TOKEN, "")
    if not token.isprintable():
        raise AlertError(f"{TOKEN} has a character that is not printable.")
    return [Webhook(named, shape, token)]


def _split(variable: str, named: str, schemes: Sequence[str], example: str) -> SplitResult:
    """The parts of an address. Raises AlertError, which does not repeat it, if it is none."""
    try:
        url = urlsplit(named)
        good = url.scheme in schemes and bool(url.hostname) and (url.port or 1) > 0
    except ValueError:
        good = False
    if not good or " " in named or not named.isprintable():
        raise AlertError(f"{variable} is no address that can be used: give {example}.")
    return url
