"""What a source, a release and a parsed release are, and where a source is asked.

Belongs here: the words that every source shares. Not here: how files are moved and named on disk
(landing.py), how a server is asked (http.py), or what is in any one source's files.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import polars as pl


class SourceError(Exception):
    """A file that can't be used: which, in what row, what was expected, and what to do."""


class NotInReachError(SourceError):
    """A place that did not hand out what was asked of it; what is landed stays in use."""


@dataclass(frozen=True)
class Source:
    """A place that votes come from, with its terms and the layouts of it that can be read."""

    name: str
    title: str
    licence: str
    citation: str
    terms: str
    url: str
    layouts: tuple[str, ...]


@dataclass(frozen=True)
class LandedFile:
    """One file of a release as it came; `url` is where from, None if a person put it there."""

    name: str
    size: int
    sha256: str
    url: str | None
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True)
class Release:
    """One fetched state of a source; `date` is the day up to which it reaches."""

    source: str
    name: str
    date: date | None
    folder: Path
    files: tuple[LandedFile, ...]
    landed_at: datetime


@dataclass(frozen=True)
class Landed:
    """What came of asking a source: the release to use, whether it is new, and why, in words."""

    release: Release | None
    is_new: bool
    reason: str


@dataclass(frozen=True)
class Repair:
    """A defect that parsing mended by a stated rule, how many rows had it, and one of them."""

    source: str
    release: str
    file: str
    rule: str
    rows: int
    example: str


@dataclass
class Parsed:
    """A release as raw tables, by table name, and what was mended on the way."""

    tables: dict[str, pl.DataFrame]
    repairs: list[Repair] = field(default_factory=list)


@dataclass(frozen=True)
class Patience:
    """How long a server is waited for. All in seconds but `attempts`."""

    attempts: int = 4
    first_wait: float = 0.5
    longest_wait: float = 20.0
    longest_retry_after: float = 60.0
    connect: float = 10.0
    silence: float = 30.0
    whole_visit: float = 900.0


@dataclass(frozen=True)
class Origin:
    """Where sources are asked: a mirror (a folder or a base URL) if there is one, or the internet.

    A mirror keeps the files as `unxml/<session>.json`, `dataverse/UNVotes.csv.gz` and
    `undl/<date>_ga_voting.csv.gz`; while one is named, the internet is not asked.
    """

    mirror: str | None = None
    patience: Patience = Patience()
    unxml_url: str = "https://raw.githubusercontent.com/UNxml/GAresolutions/main/data_extract"
    dataverse_url: str = "https://dataverse.harvard.edu"

    @classmethod
    def from_environment(cls) -> "Origin":
        """The mirror that UNGA_MIRROR names, or the internet."""
        return cls(os.environ.get("UNGA_MIRROR") or None)

    @property
    def mirror_url(self) -> str | None:
        """The mirror's base URL, if it is one."""
        return self.mirror.rstrip("/") if self.mirror and "://" in self.mirror else None

    @property
    def mirror_folder(self) -> Path | None:
        """The mirror's folder, if it is one. Raises NotInReachError if it is not there."""
        if not self.mirror or "://" in self.mirror:
            return None
        folder = Path(self.mirror)
        if not folder.is_dir():
            raise NotInReachError(f"the mirror {folder} is no folder")
        return folder


class SourceModule(Protocol):
    """What each source's module offers."""

    source: Source

    def land(
        self,
        landing: Path,
        origin: Origin,
        sessions: Sequence[str] | None = None,
        log: Callable[[str], object] = ...,
    ) -> Landed:
        """Ask for something newer and keep it. Raises SourceError if what came can't be used."""

    def parse(self, release: Release) -> Parsed:
        """Read a landed release into raw tables. Raises SourceError if it can't be read whole."""


def quiet(_: str) -> None:
    """Log nothing."""
