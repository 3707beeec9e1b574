"""Definitions of source, release and outcome, and where sources are asked.

Belongs here: the terms that all sources share. Not here: how files are moved and named on disk
(landing.py), how a server is asked (http.py), or what is in any one source's files.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

import polars as pl


class SourceError(Exception):
    """A file that can't be used: which, in what row, what was expected, and what to do."""


class NotInReachError(SourceError):
    """A place that did not serve what was requested; what has landed stays in use."""


class ByHandError(SourceError):
    """The file has to be supplied by the user. Not a fault."""


class LandingError(SourceError):
    """The landing itself can't be used: not a fault of any file."""


@dataclass(frozen=True)
class Source:
    """A place that votes come from, with its terms and the schema versions that can be read."""

    name: str
    title: str
    licence: str
    citation: str
    terms: str
    url: str
    schema_versions: tuple[str, ...]


@dataclass(frozen=True)
class LandedFile:
    """One file of a release, unchanged; `url` is its origin, None if a person dropped it.

    `content` is the hash of the text in it, the same however it is packed; None if it has none.
    """

    name: str
    size: int
    sha256: str
    url: str | None
    etag: str | None = None
    last_modified: str | None = None
    content: str | None = None


@dataclass(frozen=True)
class Release:
    """One fetched state of a source; `date` is the last day that it covers.

    `version` and `citation` are the release's own, where it states them; `notes` are the files in
    which it does, kept beside the others.
    """

    source: str
    name: str
    date: date | None
    folder: Path
    files: tuple[LandedFile, ...]
    landed_at: datetime
    version: str | None = None
    citation: str | None = None
    notes: tuple[LandedFile, ...] = ()


class Outcome(StrEnum):
    """The outcome of a request for one file."""

    NEW = "new"
    UNCHANGED = "unchanged"
    NOT_IN_REACH = "not in reach"
    REFUSED = "refused"


@dataclass(frozen=True)
class FileOutcome:
    """The outcome of one file, or of the address where it should be, with the reason."""

    name: str
    outcome: Outcome
    reason: str = ""

    def __str__(self) -> str:
        # Most reasons begin with the name of the file or its address.
        named = self.reason if self.name in self.reason else f"{self.name}: {self.reason}"
        return f"{self.outcome}: {named if self.reason else self.name}"


@dataclass(frozen=True)
class Landed:
    """The result of asking a source: the release in use, each file, and what the user has to do."""

    release: Release | None
    files: tuple[FileOutcome, ...] = ()
    note: str = ""

    @property
    def is_new(self) -> bool:
        """Whether there is something new that is used from now on."""
        return any(file.outcome is Outcome.NEW for file in self.files)

    @property
    def refused(self) -> tuple[FileOutcome, ...]:
        """The files that can't be used."""
        return tuple(file for file in self.files if file.outcome is Outcome.REFUSED)

    @property
    def not_in_reach(self) -> tuple[FileOutcome, ...]:
        """The files and addresses that could not be asked."""
        return tuple(file for file in self.files if file.outcome is Outcome.NOT_IN_REACH)

    def words(self) -> str:
        """All of it in one line; of files with the same outcome only the first, with a count."""
        alike: dict[tuple[Outcome, str], list[FileOutcome]] = {}
        for file in self.files:
            alike.setdefault((file.outcome, file.reason), []).append(file)
        said = [
            f"{files[0]}" + (f", and {len(files) - 1} more" if len(files) > 1 else "")
            for files in alike.values()
        ]
        return "; ".join([*said, *([self.note] if self.note else [])]) or "nothing"


@dataclass(frozen=True)
class Correction:
    """A defect that parsing corrected by a stated rule: how many rows had it, and an example."""

    source: str
    release: str
    file: str
    rule: str
    rows: int
    example: str


@dataclass
class Parsed:
    """A release as raw tables, by table name, and the corrections made in parsing."""

    tables: dict[str, pl.DataFrame]
    corrections: list[Correction] = field(default_factory=list)


@dataclass(frozen=True)
class RetryPolicy:
    """Limits of the requests to a server. All in seconds except `attempts`."""

    attempts: int = 4
    first_wait: float = 0.5
    longest_wait: float = 20.0
    longest_retry_after: float = 60.0
    connect: float = 10.0
    silence: float = 30.0
    whole_visit: float = 900.0

    def at_most(self, other: "RetryPolicy") -> "RetryPolicy":
        """This policy, with no limit above another's."""
        mine, others = asdict(self), asdict(other)
        return RetryPolicy(**{name: min(mine[name], others[name]) for name in mine})


# Dagster gives a sensor or schedule 60 s in all.
PROBING = RetryPolicy(
    attempts=2,
    longest_wait=2.0,
    longest_retry_after=5.0,
    connect=5.0,
    silence=10.0,
    whole_visit=20.0,
)

UNXML_URL = "https://raw.githubusercontent.com/UNxml/GAresolutions/main/data_extract"
DATAVERSE_URL = "https://dataverse.harvard.edu"


@dataclass(frozen=True)
class Origin:
    """Where sources are asked: a mirror (a folder or a base URL) if one is named, or the internet.

    A mirror keeps the files as `unxml/<session>.json`, `dataverse/UNVotes.csv.gz` and
    `undl/<date>_ga_voting.csv.gz`; while one is named, the internet is not asked.
    """

    mirror: str | None = None
    retry: RetryPolicy = RetryPolicy()
    unxml_url: str = UNXML_URL
    dataverse_url: str = DATAVERSE_URL

    @classmethod
    def from_environment(cls) -> "Origin":
        """The mirror that UNGA_MIRROR names, or the servers that UNGA_UNXML, UNGA_DATAVERSE do."""
        return cls(
            os.environ.get("UNGA_MIRROR") or None,
            unxml_url=unxml_from_environment(),
            dataverse_url=dataverse_from_environment(),
        )

    def to_probe(self) -> "Origin":
        """The same places, within the time limits of a probe."""
        return replace(self, retry=self.retry.at_most(PROBING))

    @property
    def mirror_url(self) -> str | None:
        """The mirror's base URL, if it is one."""
        return self.mirror.rstrip("/") if self.mirror and "://" in self.mirror else None

    @property
    def mirror_folder(self) -> Path | None:
        """The mirror's folder, if it is one. Raises NotInReachError if it is not there."""
        if not self.mirror or "://" in self.mirror:
            return None
        folder = Path(self.mirror).absolute()
        if not folder.is_dir():
            raise NotInReachError(
                f"the mirror {self.mirror} is not a folder: check what UNGA_MIRROR names"
            )
        return folder


def unxml_from_environment() -> str:
    """The base URL of the Secretariat's files: UNGA_UNXML, else the public one."""
    return os.environ.get("UNGA_UNXML", "").rstrip("/") or UNXML_URL


def dataverse_from_environment() -> str:
    """The base URL of the Dataverse: UNGA_DATAVERSE, else the public one."""
    return os.environ.get("UNGA_DATAVERSE", "").rstrip("/") or DATAVERSE_URL


def quiet(_: str) -> None:
    """Log nothing."""


class SourceModule(Protocol):
    """What each source offers."""

    @property
    def source(self) -> Source:
        """What it is."""

    @property
    def parser(self) -> int:
        """The version of its parser: raised when the same file gives different tables."""

    def land(
        self,
        landing: Path,
        origin: Origin,
        sessions: Sequence[str] | None = None,
        log: Callable[[str], object] = quiet,
    ) -> Landed:
        """Look for updates and keep them. Raises LandingError if they can't be kept."""

    def probe(self, landing: Path, origin: Origin, sessions: Sequence[str] | None = None) -> Landed:
        """Look for updates; what `land` would fetch is called new.

        Names, sizes and conditional requests alone: no file is fetched or read.
        """

    def waiting(self, landing: Path) -> list[Path]:
        """The dropped files that `land` would read: all but those known to be refused."""

    def parse(self, release: Release) -> Parsed:
        """Read a landed release into raw tables. Raises SourceError if any of it can't be read."""
