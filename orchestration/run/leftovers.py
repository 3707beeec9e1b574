"""What refused and killed runs leave in the warehouse's folders: how much it is, and removing it.

Belongs here: files, folders and processes of runs that have ended, of killed reports too. Not here:
what Dagster still believes of a killed run (dead_runs.py), or anything of Dagster, which `unga
status` must not wait for.
"""

import fcntl
import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

from orchestration.layout import Layout


def leftovers(layout: Layout) -> list[Path]:
    """The folders that runs have left; while one is under way, its own are among them."""
    found = list(layout.build.iterdir()) if layout.build.is_dir() else []
    found = sorted(path for path in [*found, layout.exports / ".unfinished"] if path.is_dir())
    return [*found, *_unfinished_reports(layout)]


def unpublished_builds(layout: Layout) -> list[Path]:
    """Those of the folders in which a build is kept, to be looked at; a copy is none."""
    return [
        folder
        for folder in leftovers(layout)
        if any(layout.build_file(folder.name, synthetic).exists() for synthetic in (False, True))
    ]


def _unfinished_reports(layout: Layout) -> list[Path]:
    """What killed reports were writing; not what a living one writes, which needs no lock."""
    both = map(layout.reports, (False, True))
    return sorted(
        path for reports in both for path in reports.glob(".report-*") if not _is_held(path)
    )


def _is_held(folder: Path) -> bool:
    """Whether a process holds a folder's own lock at this moment."""
    try:
        opened = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:  # it was finished meanwhile
        return True
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(opened)
    return False


def size(folder: Path) -> int:
    """The bytes of all files in a folder."""
    found = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # it has gone meanwhile
            found += 0 if path.is_dir() else path.lstat().st_size
    return found


def size_in_words(bytes_: int) -> str:
    """A size as a person reads it: 363 MB."""
    return f"{bytes_ / 1e6:,.0f} MB" if bytes_ >= 10e6 else f"{bytes_ / 1e6:.1f} MB"


def remove_leftovers(layout: Layout, builds: bool = True) -> None:
    """Remove them, after ending what still writes to them; only for the lock's holder.

    Without `builds` those in which a build is kept stay.
    """
    end_orphans(layout.build)
    kept = [] if builds else unpublished_builds(layout)
    for folder in leftovers(layout):
        if folder not in kept:
            shutil.rmtree(folder)


def end_orphans(build: Path) -> None:
    """Kill the dbt processes that killed runs left behind; only for the lock's holder.

    They are recognized by the target folder in their environment. Without /proc nothing is done:
    such a dbt runs to its end, on a file that nobody reads.
    """
    target = f"\0DBT_TARGET_PATH={build}/".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it has ended, or is another user's
            if target in b"\0" + environment.read_bytes():
                os.kill(int(environment.parent.name), signal.SIGKILL)
