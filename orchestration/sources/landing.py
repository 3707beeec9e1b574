"""The landing: releases on disk, each kept as it came, never changed.

Belongs here: how files enter the landing, what a release's folder holds, hashes. Not here: where
files come from (places.py, http.py), what is in them (each source), or how they are parsed once
(parsed.py).
"""

import fcntl
import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from orchestration.sources.release import LandedFile, LandingError, Release, SourceError
from orchestration.sources.visits import VISITS

MANIFEST = "release.json"
# Raised when an older version of the project could not read a release; without one it is 1.
MANIFEST_VERSION = 1
# Extensions of incomplete files of browsers and editors.
UNFINISHED = (".part", ".crdownload", ".download", ".tmp", ".swp")
CHUNK = 1 << 20


class Landing:
    """The landing of one source: a folder with a folder for each release.

    Whatever lists releases raises LandingError for one that a newer version of the project wrote:
    to pass over it would be to land its files again, or to publish older votes.
    """

    def __init__(self, landing: Path, source: str) -> None:
        self.landing = landing
        self.source = source
        self.folder = landing / source

    def releases(self) -> list[Release]:
        """The releases, oldest first; those of the same day in the order they landed."""
        releases = []
        for manifest in self.folder.glob(f"[!.]*/{MANIFEST}"):
            try:
                releases.append(_read_manifest(manifest))
            except (OSError, ValueError, KeyError, TypeError) as error:
                logging.getLogger(__name__).warning("%s is no release: %s", manifest, error)
        return sorted(
            releases, key=lambda release: (_day(release), release.landed_at, release.name)
        )

    def newest(self) -> Release | None:
        """The release that is used; None if nothing is landed."""
        releases = self.releases()
        return releases[-1] if releases else None

    def dropped(self) -> list[Path]:
        """The files that a person dropped into the landing and that no release has yet."""
        if not self.folder.is_dir():
            return []
        return sorted(
            path
            for path in self.folder.iterdir()
            if path.is_file()
            and path.name[0] != "."
            and path.name != VISITS
            and not path.name.endswith(UNFINISHED)
        )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Lock the landing for one process, which first removes leftovers of killed ones.

        Raises LandingError, which says what to do, for any error of the file system.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / ".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                for leftover in self.folder.glob(".incoming-*"):
                    shutil.rmtree(leftover)
                yield
        except OSError as error:
            raise LandingError(
                f"{error.filename or self.folder}: {error.strerror or error}. The landing "
                f"{self.folder} has to be a writable folder with enough space; nothing "
                "has landed."
            ) from error

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """A temporary folder to gather a release in. Only for the holder of the lock."""
        with tempfile.TemporaryDirectory(
            prefix=".incoming-", dir=self.folder, ignore_cleanup_errors=True
        ) as folder:
            yield Path(folder)

    def same_bytes(self, files: Iterable[LandedFile]) -> Release | None:
        """The landed release with exactly these bytes, whatever its name."""
        wanted = sorted(file.sha256 for file in files)
        for release in reversed(self.releases()):
            if sorted(file.sha256 for file in release.files) == wanted:
                return release
        return None

    def same_content(self, file: LandedFile) -> Release | None:
        """The landed release of one file with exactly this text, however it was packed."""
        for release in reversed(self.releases()):
            if file.content and [one.content for one in release.files] == [file.content]:
                return release
        return None

    def with_file(self, sha256: str | None) -> Release | None:
        """The newest release that has a file of this hash."""
        for release in reversed(self.releases()):
            if any(file.sha256 == sha256 for file in release.files):
                return release
        return None

    def new_release(self, name: str, day: date | None, files: Iterable[LandedFile]) -> Release:
        """The release that a staging folder will become.

        Raises SourceError if the name is taken.
        """
        release = Release(
            self.source,
            name,
            day,
            self.folder / name,
            tuple(sorted(files, key=lambda file: file.name)),
            _now_after(self.releases()),
        )
        if release.folder.exists():
            raise _other_bytes(release.folder, release.files)
        return release

    def take_in(self, staged: Path, release: Release) -> None:
        """Turn a staging folder into a release atomically; its files become read-only."""
        _write_manifest(staged / MANIFEST, release)
        for path in staged.iterdir():
            if path.is_file():
                path.chmod(0o444)
        staged.chmod(0o755)
        staged.rename(release.folder)


def landed_releases(landing: Path, source: str) -> list[Release]:
    """The releases of a source, oldest first; those of the same day in the order they landed."""
    return Landing(landing, source).releases()


def dropped_files(landing: Path, source: str) -> list[Path]:
    """The files that a person dropped into a source's landing and that no release has yet."""
    return Landing(landing, source).dropped()


def copy_in(path: Path, folder: Path, url: str | None = None) -> LandedFile:
    """Copy and hash a file into a staging folder; without a `url`, a person dropped it."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as read, (folder / path.name).open("wb") as write:
        while chunk := read.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            write.write(chunk)
    return LandedFile(path.name, size, digest.hexdigest(), url)


def carry_over(release: Release, file: LandedFile, folder: Path) -> LandedFile:
    """Copy a file of a landed release into a staging folder, with what is known of it."""
    copied = copy_in(release.folder / file.name, folder)
    if copied.sha256 != file.sha256:
        raise _changed(release, file)
    return file


def check_whole(release: Release) -> None:
    """Raise SourceError if a landed file is gone or is not what it was when it landed."""
    for file in release.files:
        try:
            with (release.folder / file.name).open("rb") as stream:
                found = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            raise SourceError(
                f"{release.folder / file.name}: {error.strerror}. The release was landed with this "
                f"file; remove the folder {release.folder} to have it fetched again."
            ) from error
        if found != file.sha256:
            raise _changed(release, file)


def staged(release: Release, folder: Path) -> Release:
    """A release that is still in its staging folder."""
    return replace(release, folder=folder)


def _day(release: Release) -> date:
    return release.date or date.min


def _changed(release: Release, file: LandedFile) -> SourceError:
    return SourceError(
        f"{release.folder / file.name}: not the bytes that were landed (sha256 {file.sha256}). "
        "A landed file is never changed; to have it fetched again, remove the folder "
        f"{release.folder}."
    )


def _other_bytes(folder: Path, files: tuple[LandedFile, ...]) -> SourceError:
    try:
        known = {file.name: file.sha256 for file in _read_manifest(folder / MANIFEST).files}
    except (OSError, ValueError, KeyError, TypeError):
        known = {}
    differing = [
        f"{file.name} (landed sha256 {known.get(file.name, 'none')}, now {file.sha256})"
        for file in files
        if known.get(file.name) != file.sha256
    ]
    return SourceError(
        f"{folder.name}: another file under the name of a landed release: {'; '.join(differing)}. "
        f"The landed one stays. If the new one is right, remove {folder} and start again."
    )


def _now_after(releases: list[Release]) -> datetime:
    """This second, or one after the newest release's, so that the order of landing is kept."""
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    return max([now, *(release.landed_at + timedelta(seconds=1) for release in releases)])


def _read_manifest(path: Path) -> Release:
    read = json.loads(path.read_text(encoding="utf-8"))
    if (version := read.get("manifest_version", 1)) > MANIFEST_VERSION:
        raise LandingError(
            f"{path}: a newer version of the project landed this release (manifest version "
            f"{version}, read here are those up to {MANIFEST_VERSION}). Update the project."
        )
    return Release(
        source=read["source"],
        name=path.parent.name,
        date=date.fromisoformat(read["date"]) if read["date"] else None,
        folder=path.parent,
        files=tuple(LandedFile(**file) for file in read["files"]),
        landed_at=datetime.fromisoformat(read["landed_at"]),
        version=read.get("version"),
        citation=read.get("citation"),
        notes=tuple(LandedFile(**file) for file in read.get("notes", [])),
    )


def _write_manifest(path: Path, release: Release) -> None:
    written = {
        "manifest_version": MANIFEST_VERSION,
        "source": release.source,
        "date": release.date.isoformat() if release.date else None,
        "version": release.version,
        "citation": release.citation,
        "landed_at": release.landed_at.isoformat(),
        "files": [asdict(file) for file in release.files],
        "notes": [asdict(file) for file in release.notes],
    }
    with path.open("w", encoding="utf-8") as stream:
        json.dump(written, stream, indent=2, ensure_ascii=False)
        stream.flush()
        os.fsync(stream.fileno())
