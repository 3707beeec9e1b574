"""The warehouse being built: what one run fetches for it, its build file and its check results.

Belongs here: what applies to a whole run and is set up and torn down once. Not here: the lock
itself (lock.py), what the steps do (assets/), or publication (published/swap.py).
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path
from typing import IO

import dagster as dg
import duckdb
from pydantic import Field, PrivateAttr

from orchestration.layout import (
    DATABASE,
    OLDEST_READER,
    Layout,
    mirror_from_environment,
    refuse_wrong_numbers,
)
from orchestration.run.check_results import CheckResult, append_to_log
from orchestration.run.dead_runs import close_records
from orchestration.run.failures import tag_as_second
from orchestration.run.leftovers import remove_leftovers
from orchestration.run.lock import (
    InUseError,
    RefreshRefusedError,
    now,
    refuse_what_is_in_the_way,
    take_lock,
)
from orchestration.sources import Origin, dataverse_from_environment, unxml_from_environment
from orchestration.sources.schemas import RAW_TABLES, SCHEMAS

# The tag that shows in the UI's list of runs what a run is about.
DATA = "data"
# The first part of a build: as assets, and as steps.
RAW_KEYS = {dg.AssetKey(["raw", table]) for table in SCHEMAS}
RAW_STEPS = {*(f"raw_{name}" for name in RAW_TABLES), "raw_estimates", "raw_ledgers"}
LANDING_STEP = "landing"


class Scope(Enum):
    """The scope of a run."""

    WHOLE = auto()
    LANDING = auto()
    PART = auto()


class Warehouse(dg.ConfigurableResource):
    """The warehouse of one run: its folder, what is fetched for it, and its build file."""

    folder: str = Field(
        default_factory=lambda: str(Layout.from_environment().folder),
        description="The warehouse's folder.",
    )
    mirror: str = Field(
        default_factory=mirror_from_environment,
        description="A folder or base URL to use instead of the sources themselves.",
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
        description="Build the sample, from a synthetic Assembly, apart from the real warehouse.",
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
    accept_loss: bool = Field(
        default=False,
        description="Publish even if a closed session loses votes that the published file has.",
    )
    sessions: list[str] = Field(
        default_factory=list,
        description="The only sessions to fetch, from sources with a file a session; all if empty.",
    )

    _lock: IO[str] | None = PrivateAttr(default=None)
    _run_id: str = PrivateAttr(default="")
    _on_sample: bool = PrivateAttr(default=False)
    _on_copy: bool = PrivateAttr(default=False)
    _instance: dg.DagsterInstance | None = PrivateAttr(default=None)
    _check_results: list[CheckResult] = PrivateAttr(default_factory=list)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Take the lock, and remove leftovers of failed or killed runs.

        A refused build stays until the next full refresh.
        """
        self._run_id = context.run.run_id if context.run else "by hand"
        refuse_what_is_in_the_way(self.layout)
        refuse_wrong_numbers()  # now, not after the minute that a build takes
        try:
            self._lock = take_lock(self.layout, f"run {self._run_id}")
        except InUseError:
            if context.instance and context.run:
                tag_as_second(context.instance, self._run_id)
            raise
        self._instance = context.instance if context.run else None
        self._on_sample = self.synthetic
        self._on_copy = False
        self._check_results = []
        scope = scope_of(context.run) if context.run else Scope.WHOLE
        remove_leftovers(self.layout, builds=scope is Scope.WHOLE)
        if context.instance and context.run:
            close_records(context.instance, self.layout, self._run_id)
        self.run_folder.mkdir()
        if scope is Scope.PART:
            self._start_from_copy()
        self._tell_data()

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Release the lock. A refused build is kept for inspection until the next full refresh.

        A copy of the published file is removed at once.
        """
        if self._lock:
            if self._on_copy:
                self.build_file.unlink(missing_ok=True)
            self._lock.close()

    def _start_from_copy(self) -> None:
        """Begin a partial run with a copy of the published file, in which everything else is built.

        Raises RefreshRefusedError if nothing is published.
        """
        either = (True,) if self.synthetic else (False, True)
        published = [file for file in map(self.layout.published, either) if file.exists()]
        if not published:
            raise RefreshRefusedError(
                "Nothing is published yet for a partial refresh to start from. "
                "Materialize all assets together first."
            )
        self._on_copy, self._on_sample = True, published[0] == self.layout.published(True)
        self.build_file.parent.mkdir(exist_ok=True)
        shutil.copyfile(published[0], self.build_file)

    def _tell_data(self) -> None:
        if self._instance:
            votes = "sample" if self._on_sample else "real votes"
            data = f"copy of the {votes}" if self._on_copy else votes
            self._instance.add_run_tags(self._run_id, {DATA: data})

    @property
    def layout(self) -> Layout:
        """The paths of this warehouse."""
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
        """Build the sample in this run from now on, into its own file."""
        self._on_sample = True
        self._tell_data()

    @property
    def on_copy(self) -> bool:
        """Whether the run is partial: built in a copy, with nothing published."""
        return self._on_copy

    @property
    def data_docs(self) -> Path:
        """Where the results of the expectations are shown; those on a copy apart."""
        return self.run_folder / "data_docs" if self._on_copy else self.layout.data_docs

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
        """What this run has built but not yet published."""
        return self.layout.build / self._run_id

    @property
    def build_file(self) -> Path:
        """The database being built, named as it will be published; copies are kept separately."""
        if self._on_copy:
            return self.run_folder / "copy" / DATABASE
        return self.layout.build_file(self._run_id, self._on_sample)

    @contextmanager
    def connect(self, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """A short-lived connection to the build file: while it is open, dbt can't open the file."""
        if not self.build_file.exists():
            self.build_file.parent.mkdir(exist_ok=True)
            # The file keeps the format version it is created with, even if a newer one writes it.
            duckdb.connect(
                self.build_file, config={"storage_compatibility_version": OLDEST_READER}
            ).close()
        connection = duckdb.connect(self.build_file, read_only=read_only)
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def environment(self) -> Iterator[None]:
        """Pass the build file and the run to dbt, through the environment.

        DuckDB resolves `~` by HOME. So the path in dbt's profile is the same in every run, and dbt
        need not reparse the whole project, as it does when its profile changes.
        """
        passed = {
            "HOME": str(self.build_file.parent),
            "UNGA_DATABASE": f"~/{self.build_file.name}",
            "UNGA_RUN_ID": self.run_id,
            "UNGA_SYNTHETIC": str(self.on_sample).lower(),
        }
        before = {name: os.environ.get(name) for name in passed}
        os.environ.update(passed)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value

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

    def keep(self, results: Iterable[CheckResult]) -> None:
        """Keep check results for publication, and in the log that outlives a refused build.

        The log records how the last build ended; a run on a copy is not a build.
        """
        results = list(results)
        self._check_results += results
        if not self._on_copy:
            append_to_log(
                self.layout.checks_log(self._on_sample), self._run_id, now().isoformat(), results
            )

    @property
    def check_results(self) -> list[CheckResult]:
        """The results of this run's checks so far."""
        return list(self._check_results)


def scope_of(run: dg.DagsterRun) -> Scope:
    """The scope of a run, by its assets and its steps.

    A run that loads every raw table begins a build of its own, whether or not it goes on to publish
    it; a run re-executed from its point of failure continues without what it had built.
    """
    scopes = set()
    # Empty, not None, in a run of the whole job from the command line.
    if run.asset_selection or run.asset_check_selection:
        assets = set(run.asset_selection or ())
        assets |= {check.asset_key for check in run.asset_check_selection or ()}
        landing_only = all(key.path[0] == "landing" for key in assets)
        scopes.add(_scope(assets >= RAW_KEYS, landing_only))
    if run.step_keys_to_execute is not None:
        steps = set(run.step_keys_to_execute)
        scopes.add(_scope(steps >= RAW_STEPS, steps == {LANDING_STEP}))
    if Scope.LANDING in scopes:
        return Scope.LANDING
    return Scope.PART if Scope.PART in scopes else Scope.WHOLE


def _scope(whole: bool, landing_only: bool) -> Scope:
    if landing_only:
        return Scope.LANDING
    return Scope.WHOLE if whole else Scope.PART
