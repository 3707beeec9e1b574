"""All dyads of all years and topics as Parquet, and the other files, from a published file.

Belongs here: writing the files in a process of their own, and its cost. Not here: the files
(orchestration/published/exports/).
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.tables import megabytes, seconds, table
from benchmarks.watch import watch
from orchestration.published.exports import BIG, FILES

TITLE = "Files for other programs"
WRITE = """
import sys
from pathlib import Path
from orchestration.published.exports import export
published, folder, public, *files = sys.argv[1:]
export(Path(published), Path(folder), files, public=public == "public")
"""
USUAL = [name for name in FILES if name not in BIG]


def section(published: Path) -> str:
    """Write the files of a refresh, each of the long ones, and all public ones.

    Raises RuntimeError if one can't be written.
    """
    asked = {
        "what a refresh writes": ("all", USUAL),
        "dyads by year, Parquet": ("all", ["dyads"]),
        "all dyads of all years and topics, Parquet": ("all", ["dyads", "dyads_by_topic"]),
        "pairs, Parquet": ("all", ["pairs"]),
        "all public files": ("public", list(FILES)),
    }
    rows = []
    for what, (public, files) in asked.items():
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-c", WRITE, str(published), folder, public, *files]
            ran = watch(command)
            if ran.returncode:
                raise RuntimeError(ran.said)
            size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
        rows.append([what, seconds(ran.seconds), megabytes(ran.peak), megabytes(size)])
    head = "Each row is a process of its own, including start-up, in the files' usual formats."
    return f"{head}\n\n{table(['files', 'seconds', 'peak memory', 'on disk'], rows)}"
