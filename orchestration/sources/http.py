"""Requests to a server for a file, with a retry policy.

Belongs here: retries, conditional requests, what a response must satisfy before a file is kept.
Not here: which addresses a source has, or what is in its files.
"""

import email.utils
import hashlib
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import stamina

from orchestration.sources.release import LandedFile, NotInReachError, RetryPolicy
from orchestration.sources.visits import Seen

# Far above the largest file known (364 MB); a small answer is a list of files.
LARGEST_FILE = 4_000_000_000
LARGEST_ANSWER = 16 << 20
MOST_REDIRECTS = 5
# What servers that don't support HEAD answer.
NO_HEAD = (405, 501)
T = TypeVar("T")
LOG = logging.getLogger(__name__)
# The only types that are refused: each server has its own name for its data, Dataverse even for R's
# (application/x-rlang-transport), and the content of a file is checked when it is read.
WEB_PAGES = ("text/html", "application/xhtml+xml")
# Bytes at the start of a file that tell a web page from data.
PAGE_STARTS = (b"<!doctype html", b"<html")


def _log_retry(details: stamina.instrumentation.RetryDetails) -> None:
    """One line in the log for each retry; stamina's own would go to the terminal."""
    LOG.info("retry in %.1f s: %s", details.wait_for, details.caused_by)


stamina.instrumentation.set_on_retry_hooks([_log_retry])


class NotThereError(NotInReachError):
    """The server has no such file (404, 410)."""


class NoAnswerError(NotInReachError):
    """The server can't be reached or is silent: asking it for another file is no use."""


class _TryAgainError(NotInReachError):
    """A transient error; `wait` is how long the server asks to wait, in seconds."""

    def __init__(self, words: str, wait: float | None = None, answered: bool = True) -> None:
        super().__init__(words)
        self.wait = wait
        self.answered = answered


class Client:
    """One visit to a server: the retry policy bounds the time of all its requests together."""

    def __init__(self, policy: RetryPolicy) -> None:
        self._policy = policy
        self._deadline = time.monotonic() + policy.whole_visit
        self._http = httpx.Client(
            follow_redirects=True,
            max_redirects=MOST_REDIRECTS,
            headers={"User-Agent": "unga-vote-warehouse", "Accept-Encoding": "identity"},
        )

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def download(
        self, url: str, target: Path, known: Seen | LandedFile | None = None
    ) -> LandedFile | None:
        """Stream a file to `target`; None if it is unchanged since `known` (304).

        `target` exists only once the file is complete. Raises NotInReachError, with a message for
        people, for any answer other than data.
        """
        headers = _conditions(known)
        return self._retrying(lambda: self._download(url, target, headers))

    def has_changed(self, url: str, known: Seen | LandedFile, method: str = "HEAD") -> bool:
        """Whether a file differs from the `known` one; its content is not requested.

        Raises NotInReachError if the server does not serve it.
        """

        def ask() -> bool:
            with self._answer(url, _conditions(known), method) as answer:
                if answer.status_code == httpx.codes.NOT_MODIFIED:
                    return False
                if answer.status_code in NO_HEAD:
                    with self._answer(url, _conditions(known)) as whole:
                        return _differs(whole, known)
                return _differs(answer, known)

        return self._retrying(ask)

    def read(self, url: str, page: bool = False) -> str:
        """A small answer as text: data, or with `page` a web page that lists files."""

        def ask() -> str:
            with self._answer(url, {}) as answer:
                _check_kind(answer, pages_too=page)
                return b"".join(self._chunks(answer, LARGEST_ANSWER)).decode("utf-8", "replace")

        return self._retrying(ask)

    def read_json(self, url: str) -> Any:
        """A small answer in JSON."""
        text = self.read(url)
        try:
            return json.loads(text)
        except ValueError as error:
            raise NotInReachError(f"{url}: expected JSON, found {text[:60]!r}") from error

    def _retrying(self, ask: Callable[[], T]) -> T:
        """Retry transient errors: network errors, 429 and 5xx, and nothing else."""
        policy = self._policy

        def again(error: Exception) -> bool | float:
            if not isinstance(error, _TryAgainError):
                return False
            return True if error.wait is None else min(error.wait, policy.longest_retry_after)

        try:
            for attempt in stamina.retry_context(
                on=again,
                attempts=policy.attempts,
                timeout=max(self._deadline - time.monotonic(), 0.001),
                wait_initial=policy.first_wait,
                wait_max=policy.longest_wait,
                wait_jitter=policy.first_wait,
            ):
                with attempt:
                    return ask()
        except _TryAgainError as error:
            kind = NotInReachError if error.answered else NoAnswerError
            raise kind(f"{error} (tried up to {policy.attempts} times)") from error
        raise AssertionError("every attempt returns or raises")

    def _download(self, url: str, target: Path, headers: dict[str, str]) -> LandedFile | None:
        part = target.with_name(target.name + ".part")
        try:
            with self._answer(url, headers) as answer:
                if answer.status_code == httpx.codes.NOT_MODIFIED:
                    return None
                _check_kind(answer)
                digest = hashlib.sha256()
                size = 0
                with part.open("wb") as write:
                    for chunk in self._chunks(answer, LARGEST_FILE):
                        if not size and chunk.lstrip().lower().startswith(PAGE_STARTS):
                            raise _web_page(url)
                        digest.update(chunk)
                        size += len(chunk)
                        write.write(chunk)
                part.replace(target)
                return LandedFile(
                    target.name,
                    size,
                    digest.hexdigest(),
                    url,
                    answer.headers.get("ETag"),
                    answer.headers.get("Last-Modified"),
                )
        finally:
            part.unlink(missing_ok=True)

    @contextmanager
    def _answer(
        self, url: str, headers: dict[str, str], method: str = "GET"
    ) -> Iterator[httpx.Response]:
        """An answer of 200 or 304, or that HEAD is not supported; network faults as our errors."""
        host = urlsplit(url).netloc
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise NoAnswerError(f"{host}: out of time, {self._policy.whole_visit:g} s per visit")
        # A silent server is given up when the visit's time is up.
        timeout = httpx.Timeout(
            min(self._policy.silence, left), connect=min(self._policy.connect, left)
        )
        try:
            with self._http.stream(method, url, headers=headers, timeout=timeout) as answer:
                if method != "HEAD" or answer.status_code not in NO_HEAD:
                    _check_status(answer, url)
                yield answer
        except httpx.ConnectError as error:
            raise _TryAgainError(f"{host}: no connection ({error})", answered=False) from error
        except httpx.TimeoutException as error:
            raise _TryAgainError(
                f"{host}: no answer in time ({type(error).__name__})", answered=False
            ) from error
        except httpx.TransportError as error:
            raise _TryAgainError(f"{url}: cut off ({error})") from error
        except httpx.TooManyRedirects as error:
            raise NotInReachError(f"{url}: redirected in circles ({error})") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotInReachError(f"{url}: {error}") from error

    def _chunks(self, answer: httpx.Response, most: int) -> Iterator[bytes]:
        """The complete body: bounded in size and time, and as long as the server announced."""
        url = answer.request.url
        stated = answer.headers.get("Content-Length", "")
        size = 0
        # As it arrives: in chunks of a fixed size, a body that drips in would never be timed out.
        for chunk in answer.iter_bytes():
            size += len(chunk)
            if size > most or (stated.isdecimal() and int(stated) > most):
                raise NotInReachError(
                    f"{url}: more than {most:,} bytes, beyond any file of this source"
                )
            if time.monotonic() > self._deadline:
                raise NoAnswerError(
                    f"{url}: incomplete after {self._policy.whole_visit:g} s, given up"
                )
            yield chunk
        if stated.isdecimal() and answer.num_bytes_downloaded != int(stated):
            raise _TryAgainError(
                f"{url}: cut off after {answer.num_bytes_downloaded:,} of {int(stated):,} bytes"
            )


def _conditions(known: Seen | LandedFile | None) -> dict[str, str]:
    """The headers that ask for a file only if it differs from the known one."""
    headers = {}
    if known and known.etag:
        headers["If-None-Match"] = known.etag
    if known and known.last_modified:
        headers["If-Modified-Since"] = known.last_modified
    return headers


def _differs(answer: httpx.Response, known: Seen | LandedFile) -> bool:
    """Whether an answer is of a changed file, by tag, time or size: some servers ignore conditions.

    An answer that is no data file counts as not in reach.
    """
    if answer.status_code == httpx.codes.NOT_MODIFIED:
        return False
    _check_kind(answer)
    if known.etag and (tag := answer.headers.get("ETag")):
        return bool(tag != known.etag)
    if known.last_modified and (changed := answer.headers.get("Last-Modified")):
        return bool(changed != known.last_modified)
    stated = answer.headers.get("Content-Length", "")
    return not (stated.isdecimal() and int(stated) == known.size)


def _check_status(answer: httpx.Response, url: str) -> None:
    status = answer.status_code
    said = f"{url}: {status} {answer.reason_phrase}".rstrip()
    if status in (httpx.codes.OK, httpx.codes.NOT_MODIFIED):
        return
    if status == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error:
        raise _TryAgainError(said, _retry_after(answer))
    if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
        raise NotThereError(said)
    raise NotInReachError(f"{said}: the server does not serve it")


def _retry_after(answer: httpx.Response) -> float | None:
    """How long the server asks to be left alone: in seconds, or until a date."""
    said = answer.headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return float(said)
    try:
        until = email.utils.parsedate_to_datetime(said)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max((until - datetime.now(UTC)).total_seconds(), 0)


def _check_kind(answer: httpx.Response, pages_too: bool = False) -> None:
    kind = answer.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if kind in WEB_PAGES and not pages_too:
        raise _web_page(str(answer.request.url))


def _web_page(url: str) -> NotInReachError:
    return NotInReachError(
        f"{url}: a web page instead of data, as from a server that blocks programs. "
        "Download the file in a browser and put it into the source's landing folder."
    )
