"""The warehouse that is being built: one run's lock, build file and state.

Belongs here: what holds for a whole run and is set up and torn down once. Not here: what the steps
do with it (assets/), or how the finished file reaches its place (publish.py).
"""

import fcntl
import json
import os
import shutil
import signal
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

import dagster as dg
import duckdb
from pydantic import Field, PrivateAttr

from orchestration.layout import Layout, mirror_from_environment
from orchestration.outcomes import Outcome, append_to_log
from orchestration.sources import Origin, dataverse_from_environment, unxml_from_environment

# The tag of a run that something newer is the reason of, and what is said instead of a second one.
NEWER = "newer"
UNDER_WAY = "A refresh is running or waits to run already."
# Whoever only looks whether the lock is held, or notes killed runs, has it for less than this.
LOCK_PATIENCE = 2.0
# From the launch of a run to its first sign of life.
LONGEST_START = 300


class RefreshRefusedError(Exception):
    """The warehouse can't be had: another refresh holds it, or something is in its way."""


def now() -> datetime:
    """This moment in UTC, to the second, without a zone: as DuckDB's TIMESTAMP keeps it."""
    return datetime.now(UTC).replace(microsecond=0, tzinfo=None)


def take_lock(layout: Layout, run_id: str) -> IO[str]:
    """Take the warehouse's lock, which the kernel frees when this process ends, however it ends.

    Raises RefreshRefusedError, which names the holder, if another process has it.
    """
    layout.build.mkdir(parents=True, exist_ok=True)
    lock = layout.lock.open("a+", encoding="utf-8")
    until = time.monotonic() + LOCK_PATIENCE
    while not _locked(lock):
        if time.monotonic() > until:
            lock.seek(0)
            holder = json.loads(lock.read() or "{}")
            lock.close()
            raise RefreshRefusedError(
                f"Another refresh is running: process {holder.get('process', '?')}, run "
                f"{holder.get('run', '?')}, since {holder.get('since', '?')} UTC. It holds "
                f"{layout.lock}; wait until it ends, then start again."
            )
        time.sleep(0.05)
    lock.truncate(0)
    json.dump({"process": os.getpid(), "run": run_id, "since": str(now())}, lock)
    lock.flush()
    return lock


def _locked(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_held(layout: Layout) -> bool:
    """Whether a refresh holds the warehouse's lock at this moment."""
    if not layout.lock.exists():
        return False
    with layout.lock.open("a", encoding="utf-8") as lock:
        return not _locked(lock)


def refuse_what_is_in_the_way(layout: Layout) -> None:
    """Raise RefreshRefusedError for a folder in the place of a file, or a file in a folder's.

    Found out at once, and not when the build that took a minute is to be written there.
    """
    both = (False, True)
    files = [*map(layout.published, both), *map(layout.checks_log, both)]
    folders = [*map(layout.landing, both), layout.data_docs, layout.exports, layout.reports]
    for path, wanted in [*((it, "file") for it in files), *((it, "folder") for it in folders)]:
        if path.exists() and path.is_dir() != (wanted == "folder"):
            found = "file" if wanted == "folder" else "folder"
            raise RefreshRefusedError(
                f"{path} is a {found} where a {wanted} belongs: move it away, then start again."
            )


def end_orphans(build: Path) -> None:
    """Kill each dbt that a killed run left at work in the build folder; only for the lock's holder.

    They are told by the target folder in their environment. Where there is no /proc nothing is
    done: such a dbt goes on to its end, on a file that nobody reads.
    """
    target = f"\0DBT_TARGET_PATH={build}/".encode()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # it has ended, or is another user's
            if target in b"\0" + environment.read_bytes():
                os.kill(int(environment.parent.name), signal.SIGKILL)


def dead_runs(
    instance: dg.DagsterInstance, own: str = "", seconds: float = 0
) -> list[dg.DagsterRun]:
    """The runs that Dagster takes to be at work, given that none but `own` has the lock.

    Only those that began more than `seconds` ago are dead for sure: a run takes the lock soon after
    it has begun, and begins within minutes of being launched.
    """
    running = [dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    found: list[dg.DagsterRun] = []
    for statuses, age in ((running, seconds), ([dg.DagsterRunStatus.STARTING], LONGEST_START)):
        before = datetime.now(UTC) - timedelta(seconds=age)
        found += instance.get_runs(dg.RunsFilter(statuses=statuses, updated_before=before))
    return [run for run in found if run.run_id != own]


def close_records(instance: dg.DagsterInstance, own: str = "", seconds: float = 0) -> int:
    """Note as failed each run that was killed before it could say so; only for the lock's holder.

    Dagster takes them to be running still, and would let the next run from the UI wait for ever.
    Returns how many there were.
    """
    dead = dead_runs(instance, own, seconds)
    for run in dead:
        instance.report_run_failed(run, "Its process was killed.")
    return len(dead)


def under_way(instance: dg.DagsterInstance, layout: Layout) -> bool:
    """Whether a refresh runs, whoever began it, or one waits to run because something is newer."""
    waiting_or_running = dg.RunsFilter(
        job_name="refresh",
        statuses=[
            dg.DagsterRunStatus.QUEUED,
            dg.DagsterRunStatus.STARTING,
            dg.DagsterRunStatus.STARTED,
        ],
    )
    return is_held(layout) or any(NEWER in it.tags for it in instance.get_runs(waiting_or_running))


class Warehouse(dg.ConfigurableResource):
    """The warehouse of one run: where it lies, what is fetched for it, and its build file."""

    folder: str = Field(
        default_factory=lambda: str(Layout.from_environment().folder),
        description="The warehouse's folder.",
    )
    mirror: str = Field(
        default_factory=mirror_from_environment,
        description="A folder or base URL that is asked instead of the sources themselves.",
    )
    unxml: str = Field(
        default_factory=unxml_from_environment,
        description="The base URL of the Secretariat's files.",
    )
    dataverse: str = Field(
        default_factory=dataverse_from_environment,
        description="The base URL of the Dataverse that has Voeten's file.",
    )
    synthetic: bool = Field(
        default=False,
        description="Build the sample, from a synthetic Assembly, beside the real warehouse.",
    )
    fetch: list[str] = Field(
        default_factory=list,
        description="The only sources to ask for something newer; all if empty. What is landed "
        "already is built in any case.",
    )
    asked: bool = Field(
        default=False,
        description="The sources were asked just before: build what is landed, and ask nobody.",
    )
    sessions: list[str] = Field(
        default_factory=list,
        description="The only sessions to fetch, from sources with a file a session; all if empty.",
    )

    _lock: IO[str] | None = PrivateAttr(default=None)
    _run_id: str = PrivateAttr(default="")
    _on_sample: bool = PrivateAttr(default=False)
    _outcomes: list[Outcome] = PrivateAttr(default_factory=list)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Take the lock, and clear what runs that failed or were killed left behind."""
        self._run_id = context.run.run_id if context.run else "by hand"
        refuse_what_is_in_the_way(self.layout)
        self._lock = take_lock(self.layout, self._run_id)
        self._on_sample = self.synthetic
        self._outcomes = []
        end_orphans(self.layout.build)
        if context.instance and context.run:
            close_records(context.instance, self._run_id)
        for leftover in self.layout.build.iterdir():
            if leftover.is_dir():
                shutil.rmtree(leftover)
        self.run_folder.mkdir()

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Let go of the lock. A build that was refused stays for its reader until the next run."""
        if self._lock:
            self._lock.close()

    @property
    def layout(self) -> Layout:
        """Where everything of this warehouse lies."""
        return Layout(Path(self.folder))

    @property
    def run_id(self) -> str:
        """The run that builds."""
        return self._run_id

    @property
    def on_sample(self) -> bool:
        """Whether this run builds the sample: it was asked for, or no source is in reach."""
        return self._on_sample

    def turn_to_sample(self) -> None:
        """From here on this run builds the sample, into a file of its own."""
        self._on_sample = True

    @property
    def origin(self) -> Origin:
        """Where sources are asked; for the sample, its own mirror."""
        if self._on_sample:
            return Origin(str(self.layout.sample_mirror))
        return Origin(
            self.mirror or None,
            unxml_url=self.unxml.rstrip("/"),
            dataverse_url=self.dataverse.rstrip("/"),
        )

    @property
    def run_folder(self) -> Path:
        """What this run has made and not yet published."""
        return self.layout.build / self._run_id

    @property
    def build_file(self) -> Path:
        """The database being built, named as it will be published."""
        return self.run_folder / Layout.database_name(self._on_sample)

    @contextmanager
    def connect(self, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """A short connection to the build file: while one is open, dbt can't have the file."""
        connection = duckdb.connect(self.build_file, read_only=read_only)
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def environment(self) -> Iterator[None]:
        """Name the build file to dbt, which reads it from the environment."""
        before = os.environ.get("UNGA_DATABASE")
        os.environ["UNGA_DATABASE"] = str(self.build_file)
        try:
            yield
        finally:
            del os.environ["UNGA_DATABASE"]
            if before is not None:
                os.environ["UNGA_DATABASE"] = before

    def tables(self) -> set[str]:
        """The tables, views and functions in the build file, as schema.name."""
        if not self.build_file.exists():
            return set()
        with self.connect(read_only=True) as connection:
            found = connection.sql(
                "select table_schema || '.' || table_name from information_schema.tables "
                "union select schema_name || '.' || function_name from duckdb_functions() "
                "where not internal"
            )
            return {name for (name,) in found.fetchall()}

    def keep(self, outcomes: Iterable[Outcome]) -> None:
        """Keep outcomes for publication, and in the log that outlives a refused build."""
        outcomes = list(outcomes)
        self._outcomes += outcomes
        append_to_log(
            self.layout.checks_log(self._on_sample), self._run_id, now().isoformat(), outcomes
        )

    @property
    def outcomes(self) -> list[Outcome]:
        """The outcomes of this run's checks up to now."""
        return list(self._outcomes)
