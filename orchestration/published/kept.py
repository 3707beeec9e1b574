"""The published files of before: keeping them, and putting one back.

Belongs here: which are kept, under which names, and replacing the published file so that the one
it replaces is kept. Not here: the replacement itself (swap.py), or what differs between two files
(changes.py).
"""

import os
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.layout import Layout, keep_from_environment
from orchestration.published.query import QueryError, open_any_version
from orchestration.published.swap import replace_published
from orchestration.run.leftovers import UNFINISHED
from orchestration.run.lock import take_lock

_STAMP = "%Y-%m-%dT%H%M%S"
_NAME = re.compile(r"(\d{4}-\d\d-\d\dT\d{6})-(.+)\.duckdb")


class KeptError(Exception):
    """No kept file can be put back or compared; the message is for the user."""


@dataclass(frozen=True)
class Kept:
    """A published file of before, or the one of now: when it was published, and by which run."""

    file: Path
    published_at: datetime
    run_id: str

    def __str__(self) -> str:
        return f"run {self.run_id}, published {self.published_at} UTC"


def of_file(file: Path) -> Kept:
    """What a published file of any schema version says of itself.

    Raises QueryError if it can't be read.
    """
    try:
        with open_any_version(file) as connection:
            rows = connection.sql("select published_at, run_id from marts.publication").fetchall()
    except duckdb.Error as wrong:
        raise QueryError(f"{file} can't be read: {str(wrong).splitlines()[0]}") from None
    if len(rows) != 1:
        raise QueryError(f"{file} has no run in marts.publication: it was never published.")
    return Kept(file, *rows[0])


def kept_files(layout: Layout, synthetic: bool) -> list[Kept]:
    """The kept files, the newest first; without one that is the published file itself."""
    published = layout.published(synthetic)
    return [kept for kept in _all(layout, synthetic) if not _same(kept.file, published)]


def newer_kept(layout: Layout, synthetic: bool) -> Kept | None:
    """The newest kept file if it is newer than the published one, an older build put back."""
    kept = kept_files(layout, synthetic)
    if not kept:
        return None
    now = of_file(layout.published(synthetic))
    return kept[0] if kept[0].published_at > now.published_at else None


def find(layout: Layout, synthetic: bool, run: str = "") -> Kept:
    """The kept file of a run, named by the first letters of its id; the newest if none is named.

    Raises KeptError if there is none, or more than one.
    """
    there = kept_files(layout, synthetic)
    found = [kept for kept in there if kept.run_id.startswith(run)]
    if not there:
        raise KeptError(f"No published file of before is kept in {layout.kept(synthetic)}.")
    if not found or (run and len(found) > 1):
        many = "More than one kept file is" if found else "No kept file is"
        listed = "\n".join(f"  {kept}" for kept in there)
        raise KeptError(f"{many} of run {run}. Kept are:\n{listed}")
    return found[0]


def replace_and_keep(layout: Layout, synthetic: bool, build: Path) -> None:
    """Replace the published file by a closed build, and keep it; for the lock holder only.

    Killed at any moment, or with the disk full, it leaves the published file whole: a kept file
    gets its name once it is whole, the published one is replaced after that, and older kept files
    are removed last.
    """
    keep = keep_from_environment()
    if keep:
        _keep(layout, synthetic)
    replace_published(build, layout.published(synthetic))
    _remove_older(layout, synthetic, keep)


def put_back(layout: Layout, synthetic: bool, run: str = "") -> tuple[Kept, Kept | None]:
    """Put a kept file back in place of the published one, which is kept; returns both.

    None for the latter if it could not be read. Raises KeptError if there is no such file,
    QueryError if it can't be read, RefreshRefusedError if the lock is held.
    """
    with take_lock(layout, "`unga rollback`"):
        chosen = find(layout, synthetic, run)
        of_file(chosen.file)
        back = _beside(layout, synthetic, chosen.file)
        replaced = _keep(layout, synthetic)
        replace_published(back, layout.published(synthetic))
        # What was replaced stays at least until the next publication, or nothing could undo this.
        _remove_older(layout, synthetic, max(keep_from_environment(), 1))
        shutil.rmtree(layout.kept(synthetic) / UNFINISHED, ignore_errors=True)
    return chosen, replaced


def _keep(layout: Layout, synthetic: bool) -> Kept | None:
    """Keep the published file; None if there is none that can be read.

    Estimates are published with a copy of the same build. Of a build one file is kept, the newest.
    """
    published = layout.published(synthetic)
    if not published.exists():
        return None
    try:
        now = of_file(published)
    except QueryError:  # damaged: nothing to go back to
        return None
    kept = layout.kept(synthetic) / f"{now.published_at.strftime(_STAMP)}-{now.run_id}.duckdb"
    if not _same(kept, published):
        _beside(layout, synthetic, published).replace(kept)
        with suppress(OSError):  # the file to put back is in it
            (layout.kept(synthetic) / UNFINISHED).rmdir()
    return Kept(kept, now.published_at, now.run_id)


def _beside(layout: Layout, synthetic: bool, file: Path) -> Path:
    """The same file under another name, not counted as kept: a hard link, else a copy."""
    beside = layout.kept(synthetic) / UNFINISHED / file.name
    beside.parent.mkdir(parents=True, exist_ok=True)
    beside.unlink(missing_ok=True)
    try:
        os.link(file, beside)
    except OSError:  # not on every file system, nor for a file of another user
        try:
            shutil.copy2(file, beside)
            with beside.open("rb") as copied:
                os.fsync(copied.fileno())
        except OSError:
            beside.unlink(missing_ok=True)
            raise
    return beside


def _remove_older(layout: Layout, synthetic: bool, keep: int) -> None:
    """Remove all but the newest kept files, and what is the published file itself."""
    stay = kept_files(layout, synthetic)[:keep]
    for kept in _all(layout, synthetic):
        if kept not in stay:
            with suppress(OSError):  # the new file is in place: tried again at the next publication
                kept.file.unlink()


def _all(layout: Layout, synthetic: bool) -> list[Kept]:
    found = []
    for file in sorted(layout.kept(synthetic).glob("*.duckdb"), reverse=True):
        if named := _NAME.fullmatch(file.name):
            found.append(Kept(file, datetime.strptime(named[1], _STAMP), named[2]))
    return found


def _same(one: Path, other: Path) -> bool:
    """Whether two files are links to one file, or a copy made here, which has its times."""
    if not (one.exists() and other.exists()):
        return False
    stats = one.stat(), other.stat()
    return len({(stat.st_size, stat.st_mtime_ns) for stat in stats}) == 1
