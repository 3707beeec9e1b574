"""The command line in a later year, for an invented Assembly that goes on as the real one does.

Belongs here: writing the Assembly's files up to a day, and the command on that day. Not here: what
happens in which year (faults/test_ten_years.py). As a script it is the command `unga`, with the
invented Assembly taken for the real one, whose reviewed numbers it would not have.
"""

import gzip
import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from functools import cache
from pathlib import Path
from unittest import mock

import numpy as np
import polars as pl

from orchestration.sample import files
from orchestration.sample.agenda import Decision, decisions_of_all_sessions
from orchestration.sample.voting import votes_on

# The last session that can come.
LAST = 95
PLACES = {"place": pl.Int32, "new": pl.Int32}


def clock() -> Path | None:
    """The library that sets the clock of one process (Debian: faketime); None if it is missing."""
    return next(iter(sorted(Path("/usr/lib").rglob("libfaketime.so.1"))), None)


def write_assembly(mirror: Path, today: date, unxml_to: int) -> None:
    """Write what the Secretariat and the Dataverse serve on a day, as a mirror.

    What was decided later is not there yet, nor are the Secretariat's sessions after
    `unxml_to`.
    """
    files.write_fetched(mirror, *decided_by(today), range(74, unxml_to + 1))


def write_official(folder: Path, today: date, undl_to: int) -> None:
    """Drop the Digital Library's file of a day into a folder, with sessions up to `undl_to`."""
    content = files.undl_csv(*decided_by(today), range(74, undl_to + 1))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{today:%Y_%m_%d}_ga_voting.csv").write_bytes(content)


def decided_by(today: date) -> tuple[list[Decision], pl.DataFrame]:
    """What was decided up to a day, and the votes on it, which later days do not change."""
    decisions, votes = _decided()
    places = [place for place, decision in enumerate(decisions) if decision.day <= today]
    new = pl.DataFrame({"place": places, "new": range(len(places))}, schema_overrides=PLACES)
    votes = (
        votes.join(new, on="place", maintain_order="left").drop("place").rename({"new": "place"})
    )
    return [decisions[place] for place in places], votes


@cache
def _decided() -> tuple[list[Decision], pl.DataFrame]:
    decisions = decisions_of_all_sessions(1, range(74, LAST + 1))
    return decisions, votes_on(decisions, np.random.default_rng(1946))


def without_column(file: Path, column: str) -> None:
    """Take a column out of a packed table."""
    with gzip.open(file) as packed:
        table = pl.read_csv(io.BytesIO(packed.read()), infer_schema=False)
    files.write_gzip(file, table.drop(column).write_csv().encode())


def environment(warehouse: Path, mirror: Path, day: date, **variables: str) -> dict[str, str]:
    """The environment of a command on a day, from eight in the morning on."""
    return (
        os.environ
        | {
            "UNGA_WAREHOUSE": str(warehouse),
            "UNGA_MIRROR": str(mirror),
            "LD_PRELOAD": str(clock()),
            "FAKETIME": f"@{day} 08:00:00",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # Else every wait with a timeout ends at once, and DuckDB's threads wait by spinning.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            # The ages of files are left alone: tools compare them with each other.
            "NO_FAKE_STAT": "1",
        }
        | variables
    )


def start(
    warehouse: Path, mirror: Path, day: date, *arguments: str, **variables: str
) -> subprocess.Popen[str]:
    """Start a command on a day, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, __file__, *arguments],
        env=environment(warehouse, mirror, day, **variables),
        cwd=warehouse,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def kill(run: subprocess.Popen[str]) -> None:
    """Kill a command with all that it started; what it left running if it has ended."""
    with suppress(ProcessLookupError):
        os.killpg(run.pid, signal.SIGKILL)
    run.wait()


@contextmanager
def taken_for_real() -> Iterator[None]:
    """Have dbt compare an invented Assembly, whoever publishes it, with its own numbers."""
    from orchestration.run.warehouse import Warehouse

    passed = Warehouse.environment

    @contextmanager
    def environment_of_synthetic(self: Warehouse) -> Iterator[None]:
        with passed(self), mock.patch.dict(os.environ, {"UNGA_SYNTHETIC": "true"}):
            yield

    with mock.patch.object(Warehouse, "environment", environment_of_synthetic):
        yield


if __name__ == "__main__":
    import resource

    from orchestration.cli.app import app

    if room := os.environ.get("LARGEST_FILE"):
        # A full disk, as a process meets it that may write no larger file.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(room), int(room)))
    with taken_for_real():
        app()
