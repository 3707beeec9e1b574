"""What a refresh says about each source, and its exit status, in real processes.

Belongs here: new, unchanged, not in reach and refused, as users or a scheduler see them. Not
here: how a source is asked (unit/sources, faults/test_network.py), or the verdict of status
(test_status.py).
"""

import json
import shutil
from pathlib import Path

import duckdb
import pytest
from warehouses import fingerprint, unga

NOTHING = "No updates:"


@pytest.fixture
def served(built_sample: Path, tmp_path: Path) -> Path:
    """A mirror that serves the files behind the published file."""
    mirror = tmp_path / "mirror"
    shutil.copytree(built_sample / "sample" / "mirror", mirror)
    return mirror


@pytest.fixture
def warehouse(built_sample: Path, tmp_path: Path) -> Path:
    """A warehouse whose published file is the sample's, passed off as real."""
    folder = tmp_path / "warehouse"
    folder.mkdir()
    shutil.copy(built_sample / "sample/unga.duckdb", folder / "unga.duckdb")
    with duckdb.connect(folder / "unga.duckdb") as connection:
        connection.execute("update marts.publication set synthetic = false")
    return folder


def test_nothing_newer_tells_each_source(warehouse, served):
    ended = unga(warehouse, "refresh", mirror=str(served))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.startswith(NOTHING)
    again = unga(warehouse, "refresh", "--strict", mirror=str(served))
    assert again.returncode == 0, again.stdout + again.stderr
    told = {line.split()[0]: line for line in again.stdout.splitlines()[1:]}
    for name in ("undl", "unxml", "voeten"):
        assert "unchanged" in told[name]


def test_a_mirror_that_is_not_there_is_never_nothing_newer(warehouse, served):
    assert unga(warehouse, "refresh", mirror=str(served)).returncode == 0
    before = fingerprint(warehouse / "unga.duckdb")
    typo = str(served) + "s"
    ended = unga(warehouse, "refresh", mirror=typo)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert NOTHING not in ended.stdout
    for name in ("undl", "unxml", "voeten"):
        (line,) = [line for line in ended.stdout.splitlines() if line.startswith(f"{name} ")]
        assert "not in reach since 20" in line
        assert typo in line
    assert unga(warehouse, "refresh", "--strict", mirror=typo).returncode == 4
    told = unga(warehouse, "status")
    assert told.returncode == 3
    assert told.stdout.startswith("fresh, but undl, unxml, voeten not reached since 20")
    assert fingerprint(warehouse / "unga.duckdb") == before


def test_only_the_sources_that_were_asked_for_are_told(warehouse, served):
    typo = str(served) + "s"
    ended = unga(warehouse, "refresh", "--strict", "--source", "voeten", mirror=typo)
    assert ended.returncode == 4, ended.stdout + ended.stderr
    assert "unxml" not in ended.stdout


def test_a_dead_address_says_nothing_of_libraries(warehouse):
    """Retries are the library's own lines: they belong in the log."""
    ended = unga(warehouse, "refresh", "--source", "voeten", mirror="http://127.0.0.1:9")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "not in reach" in ended.stdout
    assert "retry" not in ended.stdout.lower()
    assert ended.stderr == ""


def test_a_refused_file_beside_good_ones_is_named(warehouse, served):
    assert unga(warehouse, "refresh", mirror=str(served)).returncode == 0
    (served / "unxml" / "79.json").write_text('{"symbol": ', encoding="utf-8")
    for _ in range(2):  # it stays refused until it is corrected
        ended = unga(warehouse, "refresh", mirror=str(served))
        assert ended.returncode == 3, ended.stdout + ended.stderr
        assert NOTHING not in ended.stdout
        lines = [line for line in ended.stdout.splitlines() if line.startswith("u")]
        (line,) = [line for line in lines if "refused" in line]
        assert line.startswith("unxml")
        assert "79.json" in line
    told = unga(warehouse, "status")
    assert told.returncode == 3
    assert told.stdout.startswith("fresh, but unxml refused 79.json")
    (served / "unxml" / "79.json").unlink()
    assert unga(warehouse, "refresh", mirror=str(served)).returncode == 0
    assert unga(warehouse, "status").returncode == 0


def test_the_command_that_a_refused_build_asks_for_can_be_typed(warehouse):
    """The refused build is made up: the seed has every session of the sample."""
    log = warehouse / "checks_log.jsonl"
    build = warehouse / "build" / "refused"
    build.mkdir(parents=True)
    shutil.copy(warehouse / "unga.duckdb", build / "unga.duckdb")
    with duckdb.connect(build / "unga.duckdb") as connection:
        connection.execute(
            "update marts.completeness set status = 'not reviewed' "
            "where (source, session) = ('unxml', '78')"
        )
    check = {
        "table": "marts.completeness",
        "check": "Every session has the roll calls that are expected of it",
        "kind": "expectations",
        "passed": False,
        "detail": "source unxml, session 78",
    }
    entry = {"run_id": "refused", "at": "2026-01-15T06:00:00", "rows": None} | check
    log.write_text(json.dumps(entry) + "\n", encoding="utf-8")
    told = unga(warehouse, "status")
    assert told.returncode == 5
    (command,) = [line for line in told.stdout.splitlines() if "never reviewed" in line]
    typed = command.partition("unga ")[2].partition("(")[0].split()
    assert unga(warehouse, *typed).returncode == 0
    assert (warehouse / "reviews.csv").exists()
