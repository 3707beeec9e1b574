"""The whole refresh on the files as the sources serve them, with the official file dropped in.

Belongs here: serving the files and running `unga refresh` on them. Not here: the mirror's refresh
and what its steps take (refresh.py).
"""

import gzip
import os
import shutil
import sys
from pathlib import Path

from benchmarks.refresh import refreshed
from benchmarks.tables import megabytes, seconds, table
from orchestration.layout import ROOT

sys.path.insert(0, str(ROOT / "tests"))
from served import served_sources  # noqa: E402

TITLE = "A new user's first refresh, on the files as they are served"


def section(folder: Path) -> str:
    """Refresh an empty warehouse from servers on the loopback: all new, then nothing new.

    Raises RuntimeError if UNGA_MIRROR names no folder, has no folder `rehearsal` beside it, or a
    refresh fails.
    """
    mirror = Path(os.environ.get("UNGA_MIRROR", ""))
    rehearsal = Path(os.environ.get("UNGA_REHEARSAL") or mirror.parent / "rehearsal")
    if not os.environ.get("UNGA_MIRROR") or not rehearsal.is_dir():
        raise RuntimeError("UNGA_MIRROR and UNGA_REHEARSAL name no folders of real votes")
    warehouse = folder / "world"
    dropped = warehouse / "landing" / "undl"
    dropped.mkdir(parents=True)
    for packed in (rehearsal / "undl").glob("*.csv.gz"):
        with gzip.open(packed) as read, (dropped / packed.stem).open("wb") as plain:
            shutil.copyfileobj(read, plain)
    with served_sources(mirror, rehearsal, folder / "served") as sources:
        runs = {
            "everything new": refreshed(warehouse, sources.environment),
            "nothing new": refreshed(warehouse, sources.environment),
        }
    return table(
        ["refresh", "seconds", "peak memory"],
        [[what, seconds(run.seconds), megabytes(run.peak)] for what, run in runs.items()],
    )
