"""Sources of a single file: the official file of the Digital Library, and Voeten's.

Belongs here: what the two share, from looking for a file (a person's, then a mirror's or a
server's) through taking it in to reading it. Not here: where either has its file, or what is in it
(undl.py, voeten.py).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from orchestration.sources.landing import Landing, check_whole, staged
from orchestration.sources.parsed import write_parsed
from orchestration.sources.places import OnDisk, Place, Visiting, not_in_reach
from orchestration.sources.release import (
    ByHandError,
    Correction,
    FileOutcome,
    Landed,
    LandedFile,
    NotInReachError,
    Origin,
    Outcome,
    Parsed,
    Release,
    Source,
    SourceError,
    quiet,
)
from orchestration.sources.visits import Visit, after, read_visit, write_visit


@dataclass
class Read:
    """The content of a file: rows by raw table, the newest vote, corrections by rule.

    The rows have neither release nor file. A correction is the number of rows and an example.
    `content` is the hash of the file's text, None if it is no text file.
    """

    tables: dict[str, pl.DataFrame]
    newest_vote: date
    corrections: dict[str, tuple[int, str]]
    content: str | None = None


@dataclass(frozen=True)
class Details:
    """What a place states about a release beside its file: name, version, citation, notes."""

    name: str | None = None
    version: str | None = None
    citation: str | None = None
    note: Path | None = None


class SingleFileSource(ABC):
    """A source whose release is one file."""

    source: Source
    parser: int
    suffixes: tuple[str, ...]

    @abstractmethod
    def read(self, path: Path) -> Read:
        """The content of a file. Raises SourceError, naming the row, if any of it can't be read."""

    @abstractmethod
    def ask(self, visit: "Taking", origin: Origin) -> Iterable[FileOutcome]:
        """The outcomes of asking the mirror or the server.

        Raises NotInReachError, or ByHandError if the user has to supply the file.
        """

    def named(self, file: LandedFile, newest_vote: date) -> tuple[str, date]:
        """The name of a release and the last day it covers, if its place has no name for it."""
        return f"{newest_vote}.{file.sha256[:8]}", newest_vote

    def details(self, path: Path) -> Details:
        """Further details of the release, from beside the file or packed with it."""
        return Details()

    def is_note(self, path: Path) -> bool:
        """Whether a dropped file is only a note on another."""
        return False

    def land(
        self,
        landing: Path,
        origin: Origin,
        sessions: Sequence[str] | None = None,
        log: Callable[[str], object] = quiet,
    ) -> Landed:
        """Take in the files that a person dropped, else those of the mirror or the server.

        `sessions` has no effect: the file holds them all. Raises LandingError if the landing can't
        be written to.
        """
        place = Landing(landing, self.source.name)
        with place.locked():
            return self._visit(place, origin, probe=False, log=log)

    def probe(self, landing: Path, origin: Origin, sessions: Sequence[str] | None = None) -> Landed:
        """Look for updates; what `land` would fetch is called new."""
        place = Landing(landing, self.source.name)
        return self._visit(place, origin.to_probe(), probe=True)

    def parse(self, release: Release) -> Parsed:
        """Read a release into its raw tables. Raises SourceError for a file that can't be read."""
        check_whole(release)
        return self.parsed(release, self.read(release.folder / release.files[0].name))

    def waiting(self, landing: Path) -> list[Path]:
        """The dropped files that `land` would read: neither notes nor known to be refused."""
        place = Landing(landing, self.source.name)
        visit = Visiting(place, read_visit(landing, self.source.name), self.parser, True, quiet)
        return [
            path
            for path in place.dropped()
            if not self.is_note(path)
            and (found := visit.outcome_without_reading(OnDisk(path, by_hand=True)))
            and found.outcome is Outcome.NEW
        ]

    def _visit(
        self, landing: Landing, origin: Origin, probe: bool, log: Callable[[str], object] = quiet
    ) -> Landed:
        before = read_visit(landing.landing, self.source.name)
        visit = Taking(landing, before, self.parser, probe, log, self)
        dropped = [path for path in landing.dropped() if not self.is_note(path)]
        files = [
            visit.take(OnDisk(path, by_hand=True), self.details(path))
            for path in sorted(dropped, key=self.order)
        ]
        note = ""
        # A person's file takes precedence; one that can't be used does not block the others.
        if not any(file.outcome in (Outcome.NEW, Outcome.UNCHANGED) for file in files):
            try:
                files += self.ask(visit, origin)
            except ByHandError as error:
                note = str(error)
            except NotInReachError as error:
                files.append(not_in_reach(origin.mirror or self.source.url, error))
        for file in files:
            if file.outcome is Outcome.NOT_IN_REACH:
                log(f"{self.source.name}: {file}")
        is_new = not probe and any(file.outcome is Outcome.NEW for file in files)
        _write(landing, after(before, files, note, visit.seen, is_new), probe, log)
        return Landed(landing.newest(), tuple(files), note)

    def order(self, path: Path) -> tuple[date, str]:
        """The order in which dropped files are taken in."""
        return date.min, path.name

    def parsed(self, release: Release, read: Read) -> Parsed:
        """The raw tables of a release, from what is in its file."""
        from orchestration.sources.schemas import RAW_TABLES

        (file,) = release.files
        named = (pl.lit(release.name).alias("release"), pl.lit(file.name).alias("file"), pl.all())
        return Parsed(
            {name: read.tables[name].select(named) for name in RAW_TABLES[self.source.name]},
            [
                Correction(self.source.name, release.name, file.name, rule, rows, example)
                for rule, (rows, example) in read.corrections.items()
            ],
        )


@dataclass
class Taking(Visiting):
    """A visit to a source of a single file: each file that is new is read and becomes a release."""

    of: SingleFileSource

    def take(
        self,
        place: Place,
        details: Details | None = None,
        raising: tuple[type[NotInReachError], ...] = (),
    ) -> FileOutcome:
        """The outcome of one file. Raises LandingError if the landing can't be written to.

        Errors of the kinds in `raising` are raised rather than recorded as not in reach.
        """
        details = details or Details()
        try:
            found = self.outcome_without_reading(place)
            if found is None:
                with self.landing.staging() as folder:
                    found = self._take(place, details, folder)
        except raising:
            raise
        except NotInReachError as error:
            return not_in_reach(place.label, error)
        except SourceError as error:
            return self.refused(place, error)
        return found

    def _take(self, place: Place, details: Details, folder: Path) -> FileOutcome:
        by_hand = isinstance(place, OnDisk) and place.by_hand
        if by_hand and not place.name.lower().endswith(self.of.suffixes):
            raise SourceError(
                f"{place.name}: expected one of {', '.join(self.of.suffixes)}. Put the file there "
                "as the source serves it (or packed), or take it away."
            )
        # A dropped file has to be removed, even if it is unchanged.
        known = None if by_hand else self.known(place)
        file = place.fetch(folder, known)
        if file is None:
            assert known is not None
            return self.unchanged(place, self.landing.with_file(known.sha256))
        if known_release := self.landing.same_bytes([file]):
            return self.unchanged(place, known_release, file.sha256)
        self.log(f"{self.of.source.name}: reading {file.name} ({file.size:,} bytes)")
        read = self.of.read(folder / file.name)
        file = replace(file, content=read.content)
        if known_release := self.landing.same_content(file):
            return self.unchanged(place, known_release, known_release.files[0].sha256)
        release = self._release(folder, file, details, read)
        parsed = self.of.parsed(release, read)
        write_parsed(staged(release, folder), parsed, self.of.parser)
        self.landing.take_in(folder, release)
        self.landed.add(file.sha256)
        newest = self.landing.newest()
        assert newest is not None
        if newest.name == release.name:
            outcome, reason = Outcome.NEW, f"landed as {release.name}"
        else:
            outcome = Outcome.UNCHANGED
            reason = f"landed as {release.name}, not used: older than {newest.name}"
        found = self.remember(place, outcome, reason, file.sha256)
        self._clear(place, details)
        return found

    def _release(self, folder: Path, file: LandedFile, details: Details, read: Read) -> Release:
        """The release to land. Raises SourceError if its name is taken."""
        name, day = self.of.named(file, read.newest_vote)
        if details.name:
            name, day = details.name, read.newest_vote
        release = self.landing.new_release(name, day, [file])
        release = replace(release, version=details.version, citation=details.citation)
        if details.note:
            note = OnDisk(details.note, by_hand=True).fetch(folder, None)
            release = replace(release, notes=(note,) if note else ())
        return release

    def unchanged(
        self, place: Place, release: Release | None, sha256: str | None = None
    ) -> FileOutcome:
        """The outcome of a file whose bytes are landed already."""
        assert release is not None
        newest = self.landing.newest()
        older = newest and newest.name != release.name
        reason = f"landed already as {release.name}" + (
            f", not used: older than {newest.name}" if newest and older else ""
        )
        other_name = release.files[0].name
        if other_name != place.name:
            reason = f"the same votes as in {other_name}, {reason}"
        if sha256:
            self.remember(place, Outcome.UNCHANGED, reason, sha256)
            self._clear(place, Details())
        return FileOutcome(place.label, Outcome.UNCHANGED, reason)

    def _clear(self, place: Place, details: Details) -> None:
        """Remove what a person dropped, once a release has it."""
        if isinstance(place, OnDisk) and place.by_hand:
            place.path.unlink()
            if details.note and details.note.parent == place.path.parent:
                details.note.unlink()


def _write(landing: Landing, visit: Visit, probe: bool, log: Callable[[str], object]) -> None:
    """Save a visit; a probe goes on even if the landing can't be written to."""
    try:
        write_visit(landing.landing, landing.source, visit)
    except OSError as error:
        if not probe:
            raise
        log(f"{landing.source}: this visit is not remembered: {error}")
