"""What the project relies on in libraries beyond what is public; fails when a library changes."""

import ast
import inspect
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import altair as alt
import dagster as dg
import pytest
import sqlalchemy
from sqlalchemy import Engine, event

from orchestration.assets.dbt_command import Dbt, DbtCliResource
from orchestration.run.code_location import CODE_LOCATION, REPOSITORY, claim_runs
from orchestration.run.dagster_storage import write_without_waiting
from reports.vega import VEGA_LITE

# Nothing else private is imported.
PRIVATE = [
    "orchestration/run/code_location.py: dagster._core.remote_origin",
    "orchestration/run/dagster_storage.py: dagster._core.storage.event_log.sqlite",
    "orchestration/run/dagster_storage.py: dagster._core.storage.runs.sqlite",
]
OVERRIDDEN = {"_cli_version", "_initialize_dbt_core_adapter"}
PACKAGES = ("orchestration", "expectations", "reports")
ROOT = Path(__file__).parents[2]


def test_dagster_dbt_has_and_calls_what_is_overridden():
    assert {name for name in vars(Dbt) if name in vars(DbtCliResource)} >= OVERRIDDEN
    command = inspect.getsource(DbtCliResource.cli)
    assert [name for name in OVERRIDDEN if f"self.{name}" not in command] == []


def test_dagster_dbt_asks_dbt_for_its_version():
    """Once it no longer does, the override of `_cli_version` can go."""
    assert "check_output" in inspect.getsource(vars(DbtCliResource)["_cli_version"].func)


@pytest.fixture
def waits() -> Iterator[list[int]]:
    """The pragma of each connection to SQLite that is made meanwhile: 1 is normal, 2 full."""
    seen: list[int] = []

    def look(connection: Any, _: Any) -> None:
        if isinstance(connection, sqlite3.Connection):
            seen.extend(*connection.execute("pragma synchronous").fetchall())

    write_without_waiting()
    event.listen(Engine, "connect", look)
    yield seen
    event.remove(Engine, "connect", look)


def test_dagster_writes_its_record_without_waiting(waits, tmp_path):
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        instance.add_dynamic_partitions("sessions", ["79"])
        assert instance.get_runs() == []
        # Who closes a file last deletes its log: somebody still has it open.
        assert "index" in [file.stem for file in tmp_path.rglob("*.db-wal")]
    assert set(waits) == {1}


def test_dagster_keeps_the_engine_of_a_file(tmp_path):
    """It has one for each of its files, however many events are written."""
    write_without_waiting()
    made = []
    make = sqlalchemy.create_engine

    def count(url: str, **settings: Any) -> Engine:
        made.append(url)
        return make(url, **settings)

    @dg.job
    def nothing():
        """A job without a step."""

    with (
        mock.patch.object(sqlalchemy, "create_engine", count),
        dg.DagsterInstance.local_temp(str(tmp_path)) as instance,
    ):
        nothing.execute_in_process(instance=instance)
    assert len(made) == len(set(made)) == 3, made


def test_a_run_in_process_belongs_to_the_code_location(tmp_path):
    """By what the UI asks for: the origin in Overview, the label on the page of a job."""

    @dg.job
    def nothing():
        """A job without a step."""

    label = f"{REPOSITORY}@{CODE_LOCATION}"
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        nothing.execute_in_process(instance=instance)
        claim_runs(instance, nothing.name)
        ended = nothing.execute_in_process(instance=instance)
        (run,) = instance.get_runs(dg.RunsFilter(tags={".dagster/repository": label}))
    assert run.run_id == ended.run_id
    assert run.remote_job_origin.repository_origin.get_label() == label


def test_nothing_private_is_imported_from_a_library():
    private = []
    for package in PACKAGES:
        for file in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                if isinstance(node, ast.Import):
                    modules = [alias.name for alias in node.names]
                private += [
                    f"{file.relative_to(ROOT)}: {module}"
                    for module in modules
                    if any(part.startswith("_") for part in module.split("."))
                    and module != "__future__"
                ]
    assert sorted(private) == PRIVATE


def test_vl_convert_draws_with_the_vega_lite_that_altair_writes():
    assert alt.SCHEMA_VERSION.startswith(f"v{VEGA_LITE}.")
