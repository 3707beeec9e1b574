"""Commands that answer at once: they avoid slow imports."""

import json
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from warehouses import environment

SLOW = ("altair", "dagster", "dataframely", "dbt", "great_expectations", "pandas", "pyarrow")

# Runs a command and writes its exit status, and which of the modules it loaded, to a file.
COMMAND = """
import json, sys
from pathlib import Path
from orchestration.cli.app import app
told, slow, *arguments = sys.argv[1:]
try:
    app(arguments)
except SystemExit as ended:
    loaded = [name for name in slow.split() if name in sys.modules]
    Path(told).write_text(json.dumps([ended.code, loaded]))
"""


@pytest.fixture
def told(tmp_path: Path):
    """Runs a command on a warehouse: its exit status, and the slow modules it loaded."""

    def run(warehouse: Path, *arguments: str, mirror: str = "") -> tuple[int, list[str]]:
        answer = tmp_path / "told.json"
        subprocess.run(
            [sys.executable, "-c", COMMAND, str(answer), " ".join(SLOW), *arguments],
            env=environment(warehouse, mirror),
            cwd=warehouse,
            check=True,
            capture_output=True,
        )
        status, loaded = json.loads(answer.read_text())
        return status, loaded

    return run


@pytest.fixture
def up_to_date(built_sample: Path, tmp_path: Path) -> Path:
    """A warehouse with the sample's file passed off as real, and the releases it was built from."""
    warehouse = tmp_path / "warehouse"
    warehouse.mkdir()
    shutil.copy(built_sample / "sample/unga.duckdb", warehouse / "unga.duckdb")
    shutil.copytree(built_sample / "sample" / "landing", warehouse / "landing")
    return warehouse


def test_help(told, tmp_path):
    assert told(tmp_path, "--help") == (0, [])


def test_status(told, built_sample):
    assert told(built_sample, "status", "--sample") == (0, [])


def test_query(told, built_sample):
    sql = "select count(*) as votes from marts.fct_votes"
    assert told(built_sample, "query", "--sample", sql) == (0, [])


def test_sources(told, built_sample):
    assert told(built_sample, "sources", "--sample") == (0, [])


def test_clean(told, built_sample):
    assert told(built_sample, "clean", "--dry-run") == (0, [])


def test_a_refresh_when_nothing_is_newer(told, up_to_date, built_sample):
    mirror = str(built_sample / "sample" / "mirror")
    before = (up_to_date / "unga.duckdb").stat().st_mtime_ns
    assert told(up_to_date, "refresh", mirror=mirror) == (0, [])
    assert (up_to_date / "unga.duckdb").stat().st_mtime_ns == before


@pytest.mark.parametrize("name", SLOW)
def test_what_must_not_be_loaded_is_installed(name):
    """A misspelt name would never be reported as loaded."""
    assert find_spec(name)
