"""What refused and killed runs leave in the warehouse's folders: how much it is, and removing it.

Belongs here: files, folders and processes of runs that have ended. Not here: what Dagster still
believes of a killed run (dead_runs.py), or anything of Dagster, which `unga status` must not wait
for.
"""

import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

from orchestration.layout import Layout


def leftovers(layout: Layout) -> list[Path]:
    """The folders that runs have left; while one is under way, its own are among them."""
    found = list(layout.build.iterdir()) if layout.build.is_dir() else []
    return sorted(path for path in [*found, layout.exports / ".unfinished"] if path.is_dir())


def unpublished_builds(layout: Layout) -> list[Path]:
    """Those of the folders in which a whole build is kept, to be looked at."""
    return [folder for folder in leftovers(layout) if list(folder.glob("*.duckdb"))]


def size(folder: Path) -> int:
    """The bytes of all files in a folder."""
    found = 0
    for path in folder.rglob("*"):
        with suppress(OSError):  # it has gone meanwhile
            found += 0 if path.is_dir() else path.lstat().st_size
    return found


def in_words(bytes_: int) -> str:
    """A size as a person reads it: 363 MB."""
    return f"{bytes_ / 1e6:,.0f} MB" if bytes_ >= 10e6 else f"{bytes_ / 1e6:.1f} MB"


def remove_leftovers(layout: Layout) -> None:
    """Remove them, after ending what still writes to them; only for the lock's holder."""
    end_orphans(layout.build)
    for folder in leftovers(layout):
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
