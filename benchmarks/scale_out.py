"""Counting the pairs of larger chambers: the engine local against Spark with one and two workers.

Belongs here: running `unga pairs` on invented parliaments and measuring it. Not here: the
parliaments (parliament.py), or what the engines do (the package scale_out).

    python -m benchmarks.scale_out --times 1,10 --members 200,700 --limit 300
"""

import argparse
import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.parliament import write_parliament
from benchmarks.tables import megabytes, seconds, table
from benchmarks.watch import watch

TITLE = "Pairs of larger chambers"
ROLL_CALLS = 1_000
TIMES = (1, 10, 100)
MEMBERS = (200, 700, 2_000)
# Seconds after which a cell is given up.
LIMIT = 300
ENGINES = {
    "local": ("--engine", "local"),
    "Spark, 1 worker": ("--engine", "spark", "--master", "local[1]"),
    "Spark, 2 workers": ("--engine", "spark", "--master", "local[2]"),
}
COLUMNS = ("roll calls", "members", *ENGINES)


def section(
    times: Sequence[int] = TIMES,
    members: Sequence[int] = MEMBERS,
    limit: int = LIMIT,
    engines: Iterable[str] = ENGINES,
) -> str:
    """The table of all cells, each a process of its own: seconds and peak memory."""
    return (
        f"`unga pairs` on an invented parliament, {ROLL_CALLS:,} roll calls and "
        f"{', '.join(map(str, times))} times as many, in 14 groups (two years by seven topics). "
        "Each cell is a process of its own, start-up and Java's memory included; a dash was not "
        f"measured, or not done after {limit} s.\n\n"
        + table(COLUMNS, measured(times, members, limit, tuple(engines)))
    )


def measured(
    times: Sequence[int], members: Sequence[int], limit: int, engines: Sequence[str]
) -> Iterator[list[str]]:
    """A row for each size, each told as soon as it is measured."""
    with tempfile.TemporaryDirectory() as name:
        for many in members:
            for more in times:
                source, target = Path(name) / "in", Path(name) / "out"
                write_parliament(source, many, ROLL_CALLS * more, seed=1)
                cells = [
                    _cell(ENGINES[engine], source, target, limit) if engine in engines else "-"
                    for engine in ENGINES
                ]
                shutil.rmtree(source)
                row = [f"{ROLL_CALLS * more:,}", f"{many:,}", *cells]
                print(" | ".join(row), file=sys.stderr, flush=True)
                yield row


def _cell(options: Sequence[str], source: Path, target: Path, limit: int) -> str:
    if "spark" in options and importlib.util.find_spec("pyspark") is None:
        return "-"
    command = ["timeout", str(limit), sys.executable, "-m", "orchestration.cli", "pairs", *options]
    run = watch([*command, "--in", source, "--out", target])
    shutil.rmtree(target, ignore_errors=True)
    if run.returncode == 124:
        return "-"
    if run.returncode:
        raise RuntimeError(run.said)
    return f"{seconds(run.seconds)}, {megabytes(run.peak)}"


if __name__ == "__main__":
    asked = argparse.ArgumentParser("python -m benchmarks.scale_out")
    asked.add_argument("--times", default=",".join(map(str, TIMES)))
    asked.add_argument("--members", default=",".join(map(str, MEMBERS)))
    asked.add_argument("--limit", type=int, default=LIMIT)
    given = asked.parse_args()
    print(
        section(
            [int(number) for number in given.times.split(",")],
            [int(number) for number in given.members.split(",")],
            given.limit,
        )
    )
