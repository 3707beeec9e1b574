"""Leftovers of refused and killed runs in the warehouse's folders: their size, and removing them.

Belongs here: files, folders and processes of ended runs, including killed reports and pairs. Not
here: killed runs that Dagster takes for running (dead_runs.py), or any import of Dagster, which
`unga status` must not wait for.
"""

import fcntl
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from orchestration.layout import Layout

# In a folder of whole files, the folder of those that are not whole yet.
UNFINISHED = ".unfinished"
BOTH = (False, True)


def leftovers(layout: Layout) -> list[Path]:
    """The folders that runs have left behind, including those of a run under way."""
    found = list(layout.build.iterdir()) if layout.build.is_dir() else []
    found += [layout.kept(synthetic) / UNFINISHED for synthetic in BOTH]
    found = sorted(path for path in found if path.is_dir())
    return [*found, *_unfinished_exports(layout), *_unfinished_beside(layout)]


def unpublished_builds(layout: Layout) -> list[Path]:
    """Those of the folders in which a build is kept for inspection; a copy is not a build."""
    return [
        folder
        for folder in leftovers(layout)
        if any(layout.build_file(folder.name, synthetic).exists() for synthetic in (False, True))
    ]


def _unfinished_exports(layout: Layout) -> list[Path]:
    """Unfinished files of killed exports; not of running ones, which need no lock."""
    both = [folder for of in (layout.exports, layout.exports_public) for folder in map(of, BOTH)]
    folders = [folder / UNFINISHED for folder in both]
    return sorted(path for path in folders if path.is_dir() and not _is_held(path))


def _unfinished_beside(layout: Layout) -> list[Path]:
    """Unfinished output of killed reports and pairs; not of running ones, which need no lock."""
    found = [path for of in BOTH for path in layout.reports(of).glob(".report-*")]
    found += [path for of in BOTH for path in layout.vote_pairs(of).parent.glob(".pairs-*")]
    return sorted(path for path in found if not _is_held(path))


def _is_held(folder: Path) -> bool:
    """Whether a process is holding a folder's own lock."""
    try:
        opened = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:  # finished in the meantime
        return True
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(opened)
    return False


def size(folder: Path) -> int:
    """The bytes of all files in a folder, or of one file."""
    found = 0
    for path in folder.rglob("*") if folder.is_dir() else [folder]:
        with suppress(OSError):  # removed in the meantime
            found += 0 if path.is_dir() else path.lstat().st_size
    return found


def size_in_words(bytes_: int) -> str:
    """A size in readable form: 363 MB."""
    return f"{bytes_ / 1e6:,.0f} MB" if bytes_ >= 10e6 else f"{bytes_ / 1e6:.1f} MB"


def remove_leftovers(layout: Layout, builds: bool = True) -> None:
    """Remove them, after stopping processes that still write to them; for the lock holder only.

    With `builds` false, folders in which a build is kept stay.
    """
    end_orphans(layout.build)
    kept = [] if builds else unpublished_builds(layout)
    for folder in leftovers(layout):
        if folder not in kept:
            shutil.rmtree(folder)


def end_orphans(build: Path) -> None:
    """Kill the dbt processes that killed runs left behind; for the lock holder only.

    Without /proc nothing is done: such a process runs to its end, on a file that nobody reads.
    """
    for process in dbt_processes(build):
        with suppress(OSError):  # it has ended, or belongs to another user
            os.kill(process, signal.SIGKILL)


def dbt_processes(build: Path) -> Iterator[int]:
    """The dbt processes that work in `build`, by the target folder in their environment.

    None without /proc.
    """
    target = f"\0DBT_TARGET_PATH={build}/".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it has ended, or belongs to another user
            if target in b"\0" + environment.read_bytes():
                yield int(environment.parent.name)
