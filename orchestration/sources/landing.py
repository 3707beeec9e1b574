"""The landing: releases on disk, each kept as it came, never changed.

Belongs here: how files enter the landing, what a release's folder holds, unpacking, hashes. Not
here: where files come from (http.py and each source), or what is in them (each source).
"""

import codecs
import fcntl
import gzip
import hashlib
import json
import logging
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import IO

from orchestration.sources.base import Landed, LandedFile, Release, SourceError

MANIFEST = "release.json"
# What browsers and editors leave while a file is not whole yet.
UNFINISHED = (".part", ".crdownload", ".download", ".tmp", ".swp")

CHUNK = 1 << 20
# The largest file known is 364 MB unpacked; votes repeat much, packed to a thirtieth.
LARGEST_UNPACKED = 4_000_000_000
LARGEST_RATIO = 250
# Below this a ratio says nothing.
RATIO_FROM = 64 << 20


def landed_releases(landing: Path, source: str) -> list[Release]:
    """The releases of a source, oldest to newest; of the same day, in the order they landed."""
    releases = []
    for manifest in (landing / source).glob(f"[!.]*/{MANIFEST}"):
        try:
            releases.append(_read_manifest(manifest))
        except (OSError, ValueError, KeyError, TypeError) as error:
            logging.getLogger(__name__).warning("%s is no release: %s", manifest, error)
    return sorted(releases, key=lambda it: (it.date or date.min, it.landed_at, it.name))


def dropped_files(landing: Path, source: str) -> list[Path]:
    """The files that a person put into a source's landing and that no release has taken in yet."""
    folder = landing / source
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if path.is_file() and path.name[0] != "." and not path.name.endswith(UNFINISHED)
    )


@contextmanager
def staging(landing: Path, source: str) -> Iterator[Path]:
    """A folder in the landing to gather a release in, one process at a time, gone afterwards.

    Whatever a killed process left is cleared first. Raises SourceError, which says what to do, for
    whatever the file system refuses.
    """
    try:
        (landing / source).mkdir(parents=True, exist_ok=True)
        with (landing / source / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for leftover in (landing / source).glob(".incoming-*"):
                shutil.rmtree(leftover)
            with tempfile.TemporaryDirectory(
                prefix=".incoming-", dir=landing / source, ignore_cleanup_errors=True
            ) as folder:
                yield Path(folder)
    except OSError as error:
        raise SourceError(
            f"{error.filename or landing / source}: {error.strerror or error}. The landing "
            f"{landing / source} has to be a folder that can be written to and has room; nothing "
            "was taken in."
        ) from error


def copy_in(path: Path, folder: Path, url: str | None = None) -> LandedFile:
    """Copy a file into a staging folder, hashed on the way; no `url` says a person put it there."""
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


def same_bytes(landing: Path, source: str, files: Iterable[LandedFile]) -> Release | None:
    """The landed release that holds just these bytes, whatever it is called."""
    wanted = sorted(file.sha256 for file in files)
    for release in reversed(landed_releases(landing, source)):
        if sorted(file.sha256 for file in release.files) == wanted:
            return release
    return None


def landed_from(landing: Path, source: str, url: str) -> tuple[Release, LandedFile] | None:
    """The landed release, and its file, that was fetched from an address last."""
    for release in reversed(landed_releases(landing, source)):
        for file in release.files:
            if file.url == url:
                return release, file
    return None


def take_in(
    landing: Path,
    staged: Path,
    source: str,
    name: str,
    day: date | None,
    files: Iterable[LandedFile],
) -> Landed:
    """Make a staging folder a release, whole or not at all; its files can't be written to after.

    A release that is older than the newest landed one is kept, but the newest stays in use.
    Raises SourceError if the name is taken by other bytes.
    """
    files = tuple(sorted(files, key=lambda file: file.name))
    folder = landing / source / name
    if folder.exists():
        raise _other_bytes(folder, files)
    before = landed_releases(landing, source)
    release = Release(source, name, day, folder, files, _now_after(before))
    _write_manifest(staged / MANIFEST, release)
    for path in staged.iterdir():
        path.chmod(0o444)
    staged.chmod(0o755)
    staged.rename(folder)
    newest = landed_releases(landing, source)[-1]
    if newest.name != name:
        return Landed(
            newest, False, f"{name} is landed but not used: it is older than {newest.name}"
        )
    return Landed(release, True, f"new release {name}")


def not_new(landing: Path, found: Release) -> Landed:
    """The answer when what came is landed already: the newest release stays in use."""
    newest = landed_releases(landing, found.source)[-1]
    if newest.name == found.name:
        return Landed(found, False, f"nothing newer: {found.name} is landed already")
    return Landed(
        newest, False, f"{found.name} is landed already and older than {newest.name}, which is used"
    )


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


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The plain UTF-8 text of a csv, csv.gz or zip, without a byte order mark, in a passing file.

    Raises SourceError if it is cut off, would unpack to more than can be, holds anything but one
    table, or is not UTF-8 (with the line).
    """
    with tempfile.TemporaryDirectory(prefix="unga-") as folder:
        plain = Path(folder) / "plain"
        try:
            with _opened(path) as stream, plain.open("wb") as write:
                _copy_text(path, stream, write)
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
            raise SourceError(
                f"{path.name}: cut off or damaged, it can't be unpacked to its end ({error}). "
                "Fetch or download it again."
            ) from error
        except (OSError, RuntimeError, NotImplementedError) as error:
            raise SourceError(f"{path.name}: can't be unpacked: {error}") from error
        if not plain.stat().st_size:
            raise SourceError(f"{path.name}: empty. Fetch or download it again.")
        yield plain


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of the one table in a file, whatever it is packed in: told by its first bytes."""
    with path.open("rb") as stream:
        start = stream.read(4)
        stream.seek(0)
        if start[:2] == b"\x1f\x8b":
            with gzip.open(stream) as inner:
                yield inner  # type: ignore[misc]
        elif start == b"PK\x03\x04" or start == b"PK\x05\x06":
            with zipfile.ZipFile(stream) as archive, archive.open(_member(path, archive)) as inner:
                yield inner
        else:
            yield stream


def _member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [it for it in archive.infolist() if not it.is_dir()]
    for it in members:
        inner = PurePosixPath(it.filename.replace("\\", "/"))
        if inner.is_absolute() or ".." in inner.parts:
            raise SourceError(
                f"{path.name}: holds {it.filename!r}, a path that leads out of the archive. "
                "Do not use this archive; download the file anew from its source."
            )
    tables = [
        it
        for it in members
        if it.filename.lower().endswith((".csv", ".tab")) and not it.filename.startswith("__MACOSX")
    ]
    if len(tables) != 1:
        raise SourceError(
            f"{path.name}: expected one table (.csv or .tab), found {len(tables)} "
            f"({', '.join(it.filename for it in members[:5]) or 'nothing'}). Pack just the one."
        )
    if tables[0].file_size > LARGEST_UNPACKED:
        raise _too_large(path, tables[0].file_size)
    return tables[0]


def _copy_text(path: Path, stream: IO[bytes], write: IO[bytes]) -> None:
    """Copy, checking size and encoding as it goes."""
    packed = path.stat().st_size
    decoder = codecs.getincrementaldecoder("utf-8")()
    size = lines = 0
    while chunk := stream.read(CHUNK):
        if not size and chunk.startswith(codecs.BOM_UTF8):
            chunk = chunk[len(codecs.BOM_UTF8) :]
        size += len(chunk)
        if size > LARGEST_UNPACKED or (size > RATIO_FROM and size > packed * LARGEST_RATIO):
            raise _too_large(path, size)
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise _not_utf8(
                path, lines + chunk[: max(error.start - pending, 0)].count(b"\n")
            ) from error
        lines += chunk.count(b"\n")
        write.write(chunk)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _not_utf8(path, lines) from error


def _not_utf8(path: Path, lines_before: int) -> SourceError:
    return SourceError(
        f"{path.name}, line {lines_before + 1}: not UTF-8. The source serves UTF-8: take the file "
        "as it came, not one that another program has saved anew."
    )


def _too_large(path: Path, size: int) -> SourceError:
    return SourceError(
        f"{path.name}: {path.stat().st_size:,} bytes that unpack to {size:,} or more, which no "
        "file of this source does. It is not unpacked; download the file anew from its source."
    )


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
    """This second, or one later than any landed release: the order of landing is kept."""
    now = datetime.now(UTC).replace(microsecond=0, tzinfo=None)
    return max([now, *(it.landed_at + timedelta(seconds=1) for it in releases)])


def _read_manifest(path: Path) -> Release:
    read = json.loads(path.read_text(encoding="utf-8"))
    return Release(
        source=read["source"],
        name=path.parent.name,
        date=date.fromisoformat(read["date"]) if read["date"] else None,
        folder=path.parent,
        files=tuple(LandedFile(**file) for file in read["files"]),
        landed_at=datetime.fromisoformat(read["landed_at"]),
    )


def _write_manifest(path: Path, release: Release) -> None:
    written = {
        "source": release.source,
        "date": release.date.isoformat() if release.date else None,
        "landed_at": release.landed_at.isoformat(),
        "files": [asdict(file) for file in release.files],
    }
    with path.open("w", encoding="utf-8") as stream:
        json.dump(written, stream, indent=2, ensure_ascii=False)
        stream.flush()
        os.fsync(stream.fileno())
