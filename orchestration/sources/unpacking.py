"""Unpacking: the one table in a csv, csv.gz or zip, as plain text.

Belongs here: archives, encodings, implausible sizes. Not here: how a table is read (tables.py), or
where files are kept (landing.py).
"""

import codecs
import gzip
import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from orchestration.sources.release import SourceError

CHUNK = 1 << 20
# The largest known file is 364 MB unpacked; votes compress to a thirtieth.
LARGEST_UNPACKED = 4_000_000_000
LARGEST_RATIO = 250
# Below this size a compression ratio says nothing.
RATIO_FROM = 64 << 20
LARGEST_NOTE = 1 << 20


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """The UTF-8 text of a csv, csv.gz or zip, without a byte order mark, in a temporary file.

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
    """The bytes of the one table in a file; its first bytes tell how it is packed."""
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
    members = [member for member in archive.infolist() if not member.is_dir()]
    for member in members:
        inner = PurePosixPath(member.filename.replace("\\", "/"))
        if inner.is_absolute() or ".." in inner.parts:
            raise SourceError(
                f"{path.name}: holds {member.filename!r}, a path that leads out of the archive. "
                "Do not use this archive; download the file again from its source."
            )
    tables = [
        member
        for member in members
        if member.filename.lower().endswith((".csv", ".tab"))
        and not member.filename.startswith("__MACOSX")
    ]
    if len(tables) != 1:
        raise SourceError(
            f"{path.name}: expected one table (.csv or .tab), found {len(tables)} "
            f"({', '.join(member.filename for member in members[:5]) or 'nothing'}). Pack just the "
            "one."
        )
    if tables[0].file_size > LARGEST_UNPACKED:
        raise _too_large(path, tables[0].file_size)
    return tables[0]


def hash_of_text(plain: Path) -> str:
    """The hash of what was unpacked, the same however it was packed."""
    with plain.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def note_in(path: Path) -> str | None:
    """The text of the one .md in a zip; None if there is none, or the file is no zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            notes = [
                member
                for member in archive.infolist()
                if member.filename.lower().endswith(".md")
                and not member.filename.startswith("__MACOSX")
                and member.file_size <= LARGEST_NOTE
            ]
            return archive.read(notes[0]).decode("utf-8-sig") if len(notes) == 1 else None
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, UnicodeDecodeError):
        return None


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
        "as it came, not one saved again by another program."
    )


def _too_large(path: Path, size: int) -> SourceError:
    return SourceError(
        f"{path.name}: {path.stat().st_size:,} bytes that unpack to {size:,} or more, which no "
        "file of this source does. It is not unpacked; download the file again from its source."
    )
