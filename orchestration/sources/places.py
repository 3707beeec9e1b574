"""Files before they land: on a disk, or on a server.

Belongs here: recognising without reading whether a file is unchanged, and fetching it.
Not here: which files a source has and where (each source), or what is in them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from orchestration.sources.http import Client
from orchestration.sources.landing import Landing, copy_in
from orchestration.sources.release import (
    FileOutcome,
    LandedFile,
    NotInReachError,
    Outcome,
    SourceError,
)
from orchestration.sources.visits import Seen, Visit


class Place(Protocol):
    """A file at its place of origin."""

    @property
    def label(self) -> str:
        """Its name in an outcome."""

    @property
    def name(self) -> str:
        """The name it would land under."""

    @property
    def address(self) -> str:
        """Its unique address."""

    def is_as(self, seen: Seen) -> bool:
        """Whether it is unchanged. Raises NotInReachError if that can't be determined."""

    def fetch(self, folder: Path, seen: Seen | None) -> LandedFile | None:
        """The file in a staging folder; None if it is unchanged. Raises NotInReachError."""

    def looks(self) -> Seen:
        """What it looked like when fetched, to recognize it the next time."""


@dataclass
class OnDisk:
    """A file of a mirror's folder, or one that a person dropped (`by_hand`)."""

    path: Path
    by_hand: bool = False

    @property
    def label(self) -> str:
        """Its name."""
        return self.path.name

    @property
    def name(self) -> str:
        """Its name on disk."""
        return self.path.name

    @property
    def address(self) -> str:
        """A file: address."""
        return self.path.absolute().as_uri()

    def is_as(self, seen: Seen) -> bool:
        """By size and time of change."""
        looks = self.looks()
        return (looks.size, looks.mtime_ns) == (seen.size, seen.mtime_ns)

    def fetch(self, folder: Path, seen: Seen | None) -> LandedFile | None:
        """A copy, hashed on the way."""
        if seen and self.is_as(seen):
            return None
        try:
            return copy_in(self.path, folder, None if self.by_hand else self.address)
        except PermissionError as error:
            raise NotInReachError(f"{self.path}: {error.strerror}") from error

    def looks(self) -> Seen:
        """Size and time of change."""
        try:
            state = self.path.stat()
        except OSError as error:
            raise NotInReachError(f"{self.path}: {error.strerror}") from error
        return Seen(Outcome.NEW, size=state.st_size, mtime_ns=state.st_mtime_ns)


@dataclass
class OnServer:
    """A file that a server serves at an address."""

    client: Client
    url: str
    file_name: str
    _fetched: LandedFile | None = None

    @property
    def label(self) -> str:
        """The name that it would land under."""
        return self.file_name

    @property
    def name(self) -> str:
        """The name that it gets on disk."""
        return self.file_name

    @property
    def address(self) -> str:
        """Its URL."""
        return self.url

    def is_as(self, seen: Seen) -> bool:
        """By the server's answer to a conditional request, for which it sends no file."""
        return not self.client.has_changed(self.url, seen)

    def fetch(self, folder: Path, seen: Seen | None) -> LandedFile | None:
        """The file, or None if the server says that it is unchanged."""
        self._fetched = self.client.download(self.url, folder / self.file_name, seen)
        return self._fetched

    def looks(self) -> Seen:
        """What the server said of it when it was fetched."""
        file = self._fetched
        if file is None:
            return Seen(Outcome.NEW)
        return Seen(Outcome.NEW, size=file.size, etag=file.etag, last_modified=file.last_modified)


@dataclass
class Visiting:
    """One visit to a source, file by file: what is unchanged is recognized without fetching it.

    In a visit that only probes, nothing is fetched: what `land` would fetch is new.
    """

    landing: Landing
    before: Visit
    parser: int
    probe: bool
    log: Callable[[str], object]

    def __post_init__(self) -> None:
        self.seen: dict[str, Seen] = {}
        self.landed = {file.sha256 for release in self.landing.releases() for file in release.files}

    def outcome_without_reading(self, place: Place) -> FileOutcome | None:
        """A file's outcome, if it is known without reading, or in a probe; else None.

        Raises NotInReachError.
        """
        known = self.known(place)
        if known and known.outcome is Outcome.REFUSED:
            # Only size, time and tags are compared: it is read again when they, or the parser,
            # differ.
            if place.is_as(known):
                return FileOutcome(place.label, Outcome.REFUSED, known.reason)
        elif known and self.probe and place.is_as(known):
            return FileOutcome(place.label, Outcome.UNCHANGED, known.reason)
        if self.probe:
            if known is None:
                place.is_as(Seen(Outcome.NEW))
            return FileOutcome(place.label, Outcome.NEW)
        return None

    def known(self, place: Place) -> Seen | None:
        """What a file looked like when last read, if its outcome still holds."""
        known = self.before.seen.get(place.address)
        if known is None:
            return self._known_from_release(place)
        if known.outcome is Outcome.REFUSED:
            return known if known.parser == self.parser else None
        return known if known.sha256 in self.landed else None

    def _known_from_release(self, place: Place) -> Seen | None:
        """For a landing without visits: what a release says of the file from that address."""
        for release in reversed(self.landing.releases()):
            for file in release.files:
                if file.url == place.address and (file.etag or file.last_modified):
                    return Seen(
                        Outcome.UNCHANGED,
                        sha256=file.sha256,
                        size=file.size,
                        etag=file.etag,
                        last_modified=file.last_modified,
                    )
        return None

    def remember(
        self, place: Place, outcome: Outcome, reason: str = "", sha256: str | None = None
    ) -> FileOutcome:
        """Record the outcome of a file that was read."""
        self.seen[place.address] = replace(
            place.looks(), outcome=outcome, reason=reason, sha256=sha256, parser=self.parser
        )
        return FileOutcome(place.label, outcome, reason)

    def refused(self, place: Place, error: SourceError) -> FileOutcome:
        """Record a file that can't be used."""
        self.log(f"{self.landing.source}: refused: {error}")
        return self.remember(place, Outcome.REFUSED, str(error))


def not_in_reach(name: str, error: NotInReachError) -> FileOutcome:
    """The outcome where nothing answered."""
    return FileOutcome(name, Outcome.NOT_IN_REACH, str(error))
