"""`unga doctor`, and files of other versions of the project.

Belongs here: what stands in the way of a refresh is found and comes with what to do; a newer file
or landing is refused in one line. Not here: refreshes that meet these faults (faults/).
"""

import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result
from warehouses import fingerprint, unga

from orchestration.automation import doctor
from orchestration.cli.app import app
from orchestration.layout import Layout
from orchestration.published.query import SCHEMA_VERSION
from orchestration.run.lock import take_lock
from orchestration.sources import LandingError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty warehouse, out of reach of any source."""
    monkeypatch.setenv("UNGA_WAREHOUSE", str(tmp_path / "warehouse"))
    monkeypatch.setenv("UNGA_MIRROR", str(tmp_path / "no mirror"))
    return tmp_path / "warehouse"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def found(*options: str) -> tuple[dict[str, dict[str, str]], int]:
    """The findings by what was looked at, and the exit status."""
    told = run("doctor", "--json", *options)
    return {row["what"]: row for row in json.loads(told.output)}, told.exit_code


def publish(file: Path, columns: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(file) as connection:
        connection.execute(
            f"create schema marts; create table marts.publication as select {columns}"
        )


def test_on_a_sound_machine_nothing_is_a_fault(warehouse):
    findings, status = found("--offline")
    assert status == 0
    assert {row["level"] for name, row in findings.items() if name != "published"} <= {
        "good",
        "warning",
    }
    assert findings["published"]["do"] == "Run `unga refresh`."
    assert run("doctor", "--offline").output.count("\n") >= len(findings)


def test_a_source_out_of_reach_is_named_and_is_no_fault(warehouse):
    findings, status = found()
    assert status == 0
    for source in ("unxml", "voeten"):
        assert findings[source]["level"] == "warning"
        assert "no mirror is not a folder" in findings[source]["says"]


def test_a_misspelt_setting_is_named(warehouse, monkeypatch):
    monkeypatch.setenv("UNGA_MIROR", "/somewhere")
    findings, status = found("--offline")
    assert findings["settings"]["says"] == "nothing reads UNGA_MIROR"
    assert findings["settings"]["do"] == "Did you mean UNGA_MIRROR?"
    assert status == 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UNGA_KEEP", "three"),
        ("UNGA_ALERT_WEBHOOK", "gopher://example.org"),
        ("UNGA_ALERT_AFTER_DAYS", "soon"),
    ],
)
def test_a_setting_that_would_be_refused_is_a_fault_beside_a_misspelt_one(
    warehouse, monkeypatch, name, value
):
    monkeypatch.setenv("UNGA_MIROR", "/somewhere")
    monkeypatch.setenv(name, value)
    told = run("doctor", "--json", "--offline")
    of_settings = [row for row in json.loads(told.output) if row["what"] == "settings"]
    assert [row["level"] for row in of_settings] == ["fault", "warning"]
    assert name in of_settings[0]["says"] + of_settings[0]["do"]
    assert told.exit_code == 1


def test_a_record_that_cant_be_kept_is_a_fault(warehouse, monkeypatch):
    monkeypatch.setenv("UNGA_DAGSTER_POSTGRES", "nonsense")
    findings, status = found()
    assert (findings["Dagster's record"]["level"], status) == ("fault", 1)


def test_nothing_is_made_where_there_is_no_warehouse_yet(warehouse):
    assert found("--offline")[1] == 0
    assert not warehouse.exists()


def test_every_setting_that_is_read_is_known():
    read = {
        name
        for file in (ROOT / "orchestration").rglob("*.py")
        for name in re.findall(r"\bUNGA_[A-Z_]+\b", file.read_text(encoding="utf-8"))
    }
    assert read - {*doctor.KNOWN, *doctor.OF_OURS} == set()


def test_a_file_where_the_warehouse_belongs_is_a_fault(warehouse):
    warehouse.write_text("in the way")
    findings, status = found("--offline")
    assert (findings["folder"]["level"], status) == ("fault", 1)
    assert "UNGA_WAREHOUSE" in findings["folder"]["do"]


def test_a_folder_where_the_file_belongs_is_a_fault(warehouse):
    (warehouse / "unga.duckdb").mkdir(parents=True)
    findings, status = found("--offline")
    assert (findings["folder"]["level"], status) == ("fault", 1)
    assert findings["folder"]["do"].startswith("Move it away")


def test_a_clock_that_is_behind_the_file_is_a_fault(warehouse):
    publish(warehouse / "unga.duckdb", "timestamp '2199-01-01' as published_at")
    findings, status = found("--offline")
    assert (findings["clock"]["level"], status) == ("fault", 1)
    assert "2199-01-01 00:00" in findings["clock"]["says"]


def test_a_lock_that_is_held_is_told_with_its_holder(warehouse):
    with take_lock(Layout(warehouse), "run 42"):
        findings, _ = found("--offline")
    assert findings["lock"]["says"] == "held by run 42"


def test_too_little_room_and_memory_are_told(warehouse, monkeypatch):
    monkeypatch.setattr(doctor, "ROOM", 10**18)
    monkeypatch.setattr(doctor, "MEMORY", 10**18)
    findings, status = found("--offline")
    assert (findings["disk"]["level"], findings["memory"]["level"]) == ("fault", "warning")
    assert status == 1


def test_packages_that_are_not_as_locked_are_named(warehouse, monkeypatch, tmp_path):
    (tmp_path / "requirements.lock").write_text(
        "duckdb==0.1  # via unga\nno-such-package==1\ntyper>0\nold==1 ; python_version < '3'\n"
    )
    monkeypatch.setattr(doctor, "ROOT", tmp_path)
    findings, status = found("--offline")
    assert findings["packages"]["says"].startswith("duckdb ")
    assert findings["packages"]["says"].endswith(", locked ==0.1; no-such-package is missing")
    assert status == 0


def test_a_file_of_a_newer_version_is_refused_in_one_line(warehouse):
    newer = SCHEMA_VERSION + 1
    publish(
        warehouse / "unga.duckdb",
        f"timestamp '2026-01-01' as published_at, {newer} as schema_version",
    )
    for command in (["query", "select 1"], ["tables"], ["status"], ["cite"]):
        told = run(*command)
        assert told.exit_code == 1
        assert f"has schema version {newer}" in told.output.replace("\n", " ")
        assert "Update the project." in told.output.replace("\n", " ")
    findings, status = found("--offline")
    assert (findings["published"]["level"], status) == ("fault", 1)


def test_a_file_without_a_schema_version_is_read(warehouse):
    publish(warehouse / "unga.duckdb", "timestamp '2026-01-01' as published_at")
    assert run("query", "select published_at from marts.publication").exit_code == 0


def test_a_published_file_states_its_versions(first_sample):
    with duckdb.connect(first_sample / "sample/unga.duckdb", read_only=True) as connection:
        (stated,) = connection.sql(
            "select schema_version, readable_from from marts.publication"
        ).fetchall()
        ((storage,),) = connection.sql(
            "select tags['storage_version'] from duckdb_databases() where database_name = 'unga'"
        ).fetchall()
    assert stated == (SCHEMA_VERSION, "v1.3.0")
    assert storage.startswith(stated[1])


# As this version writes it: a later one has to read it.
MANIFEST = {
    "manifest_version": 1,
    "source": "undl",
    "date": "2026-07-10",
    "version": None,
    "citation": None,
    "landed_at": "2026-07-11T08:00:00",
    "files": [
        {
            "name": "votes.csv",
            "size": 3,
            "sha256": "0" * 64,
            "url": None,
            "etag": None,
            "last_modified": None,
            "content": None,
        }
    ],
    "notes": [],
}


@pytest.mark.parametrize("without", [(), ("manifest_version",), ("manifest_version", "notes")])
def test_a_release_that_this_or_an_older_version_landed_is_read(warehouse, without):
    folder = warehouse / "landing" / "undl" / "2026-07-10"
    folder.mkdir(parents=True)
    said = {key: value for key, value in MANIFEST.items() if key not in without}
    (folder / "release.json").write_text(json.dumps(said))
    assert "2026-07-10" in run("sources").output


def test_a_file_of_a_newer_version_is_never_replaced(first_sample, tmp_path):
    """Not even where a build is asked for, which replaces a damaged file."""
    copy = tmp_path / "warehouse"
    shutil.copytree(first_sample, copy)
    file = copy / "sample" / "unga.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute("update marts.publication set schema_version = 99")
    before = fingerprint(file)
    refused = unga(copy, "sample")
    assert refused.returncode == 1
    assert "schema version 99" in refused.stdout
    assert "Update the project." in refused.stdout
    assert fingerprint(file) == before


@pytest.mark.parametrize("rows", ["", "(null)", "('one')", "(1), (1)"])
def test_a_publication_that_says_nothing_of_use_is_a_file_that_cant_be_read(warehouse, rows):
    file = warehouse / "unga.duckdb"
    file.parent.mkdir(parents=True)
    with duckdb.connect(file) as connection:
        connection.execute("create schema marts")
        connection.execute("create table marts.publication (schema_version varchar)")
        if rows:
            connection.execute(f"insert into marts.publication values {rows}")
    told = run("query", "select 1")
    assert told.exit_code == 1
    assert "marts.publication is not as it was published" in told.output.replace("\n", " ")


@pytest.mark.parametrize("command", ["sources", "clean", "doctor", "status"])
def test_a_release_of_a_newer_version_is_one_line_to_every_command(warehouse, command):
    folder = warehouse / "landing" / "undl" / "2026-07-10"
    folder.mkdir(parents=True)
    (folder / "release.json").write_text(json.dumps(MANIFEST | {"manifest_version": 2}))
    publish(warehouse / "unga.duckdb", "timestamp '2026-01-01' as published_at")
    told = run(command)
    assert told.exit_code == 1
    assert not isinstance(told.exception, LandingError)


def test_a_release_that_a_newer_version_landed_is_refused(warehouse):
    folder = warehouse / "landing" / "undl" / "2026-07-10"
    folder.mkdir(parents=True)
    (folder / "release.json").write_text(json.dumps(MANIFEST | {"manifest_version": 2}))
    # In a process of its own: a refresh takes the terminal for itself.
    told = unga(warehouse, "refresh")
    assert told.returncode == 1
    assert "a newer version of the project landed this release" in told.stdout
