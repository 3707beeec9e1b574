"""The whole refresh on the mirror, as users run it: seconds per step, memory, size.

Belongs here: running `unga refresh` and reading its lines. Not here: what the steps do.
"""

import json
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks.tables import megabytes, seconds, table
from benchmarks.watch import Watched, watch

UNGA = Path(sys.executable).with_name("unga")
TITLE = "The whole refresh"


def section(warehouse: Path) -> str:
    """Refresh a new warehouse three times: all new, nothing new, one session new.

    Leaves the published file in `warehouse`. Raises RuntimeError if UNGA_MIRROR names no folder or
    a refresh fails.
    """
    named = os.environ.get("UNGA_MIRROR", "")
    if not named or not Path(named).is_dir():
        raise RuntimeError("UNGA_MIRROR names no folder: it holds the real votes to refresh from")
    mirror = warehouse / "mirror"
    shutil.copytree(named, mirror, copy_function=shutil.copyfile)
    for folder in (mirror, *mirror.iterdir()):
        if folder.is_dir():
            folder.chmod(0o755)
    first = refreshed(warehouse, {"UNGA_MIRROR": str(mirror)})
    inside = dbt_inside(warehouse)
    published = (warehouse / "unga.duckdb").stat().st_size
    exports = sum(file.stat().st_size for file in (warehouse / "exports").iterdir())
    nothing = refreshed(warehouse, {"UNGA_MIRROR": str(mirror)})
    newest = _change_newest_session(mirror)
    again = refreshed(warehouse, {"UNGA_MIRROR": str(mirror)})
    landing = sum(
        file.stat().st_size for file in (warehouse / "landing").rglob("*") if file.is_file()
    )
    runs = table(
        ["refresh", "seconds", "peak memory"],
        [
            [what, seconds(run.seconds), megabytes(run.peak)]
            for what, run in {
                "everything new": first,
                f"one session new ({newest})": again,
                "nothing new": nothing,
            }.items()
        ],
    )
    sizes = table(
        ["on disk", "size"],
        [
            ["landed files, every release", megabytes(landing)],
            ["published file", megabytes(published)],
            ["exports (Parquet)", megabytes(exports)],
        ],
    )
    return (
        f"{runs}\nWhere the time of the first one goes:\n\n{_steps(first)}\n"
        f"Inside dbt:\n\n{inside}\n{sizes}"
    )


def refreshed(warehouse: Path, sources: Mapping[str, str]) -> Watched:
    """Run `unga refresh`, with the variables that say where the sources are.

    Raises RuntimeError, with its output, if it fails.
    """
    run = watch([UNGA, "refresh"], {"UNGA_WAREHOUSE": str(warehouse), **sources})
    if run.returncode:
        raise RuntimeError(run.said)
    return run


def _change_newest_session(mirror: Path) -> str:
    """Rewrite the newest session's file with other bytes, same content; returns the session."""
    newest = max((mirror / "unxml").glob("[0-9]*.json"), key=lambda path: int(path.stem))
    lines = newest.read_text(encoding="utf-8").splitlines()
    newest.write_text("".join(f"{json.dumps(json.loads(line))}\n" for line in lines if line))
    return newest.stem


def steps(run: Watched) -> dict[str, float]:
    """Seconds per step, from the lines that begin each step, start-up and end included."""
    starts = [(0.0, "start (imports, Dagster)")]
    starts += [(at, line[2:]) for at, line in run.lines if line.startswith("… ")]
    last = max(at for at, line in run.lines if line.startswith("✓ "))
    starts += [(last, "the summary, and Python's end")]
    ends = [at for at, _ in starts[1:]] + [run.seconds]
    return {
        name: end - start for (start, name), end in zip(starts, ends, strict=True) if end > start
    }


def _steps(run: Watched) -> str:
    return table(
        ["step", "seconds", "share"],
        [[name, seconds(took), f"{took / run.seconds:.0%}"] for name, took in steps(run).items()],
    )


def dbt_inside(warehouse: Path) -> str:
    """How dbt spent its step, from the results of the last run."""
    (results,) = (warehouse / "build").glob("*/dbt/run_results.json")
    said = json.loads(results.read_text(encoding="utf-8"))
    took: dict[str, list[float]] = {"seed": [], "model": [], "test": []}
    slowest = sorted(said["results"], key=lambda node: -node["execution_time"])[:6]
    for node in said["results"]:
        took.setdefault(node["unique_id"].split(".")[0], []).append(node["execution_time"])
    rows = [[f"{len(times)} {kind}s", seconds(sum(times))] for kind, times in took.items()]
    rows += [
        [f"of these, `{node['unique_id'].split('.')[2]}`", seconds(node["execution_time"])]
        for node in slowest
    ]
    rows.append(["elapsed, two at a time", seconds(said["elapsed_time"])])
    return table(["what", "seconds"], rows)
