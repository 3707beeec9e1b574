"""The warehouse that is being built: what one run fetches for it, its build file and its results.

Belongs here: what holds for a whole run and is set up and torn down once. Not here: the lock
itself (lock.py), what the steps do (assets/), or publication (published/swap.py).
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import dagster as dg
import duckdb
from pydantic import Field, PrivateAttr

from orchestration.layout import Layout, mirror_from_environment
from orchestration.run.check_results import CheckResult, append_to_log
from orchestration.run.dead_runs import close_records, end_orphans
from orchestration.run.lock import now, refuse_what_is_in_the_way, take_lock
from orchestration.sources import Origin, dataverse_from_environment, unxml_from_environment

# The oldest DuckDB that reads what is published.
OLDEST_READER = "v1.3.0"


class Warehouse(dg.ConfigurableResource):
    """The warehouse of one run: its folder, what is fetched for it, and its build file."""

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
    _check_results: list[CheckResult] = PrivateAttr(default_factory=list)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Take the lock, and remove what failed or killed runs left behind."""
        self._run_id = context.run.run_id if context.run else "by hand"
        refuse_what_is_in_the_way(self.layout)
        self._lock = take_lock(self.layout, self._run_id)
        self._on_sample = self.synthetic
        self._check_results = []
        end_orphans(self.layout.build)
        if context.instance and context.run:
            close_records(context.instance, self._run_id)
        for leftover in self.layout.build.iterdir():
            if leftover.is_dir():
                shutil.rmtree(leftover)
        self.run_folder.mkdir()

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Release the lock. A refused build stays, to be looked at, until the next run."""
        if self._lock:
            self._lock.close()

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
        return self.layout.build_file(self._run_id, self._on_sample)

    @contextmanager
    def connect(self, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
        """A short-lived connection to the build file: while it is open, dbt can't open the file."""
        if not self.build_file.exists():
            self.build_file.parent.mkdir(exist_ok=True)
            # The file keeps the version it is made with, whatever writes it then.
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
        need not parse the whole project anew, as it does when its profile changes.
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
        """Keep check results for publication, and in the log that outlives a refused build."""
        results = list(results)
        self._check_results += results
        append_to_log(
            self.layout.checks_log(self._on_sample), self._run_id, now().isoformat(), results
        )

    @property
    def check_results(self) -> list[CheckResult]:
        """The results of this run's checks so far."""
        return list(self._check_results)
