"""When the dbt project is parsed anew.

Belongs here: the decision, with a command in dbt's place that only counts. Not here: what dbt makes
of the project (integration/).
"""

import os
from pathlib import Path

import pytest

from orchestration.assets import dbt

COUNTS = """#!/bin/sh
echo parsed >> {log}
while [ "$1" != --target-path ]; do shift; done
touch "$2/manifest.json" "$2/partial_parse.msgpack"
"""


@pytest.fixture
def parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log with a line for each time that the project was parsed."""
    log, command = tmp_path / "parsed.log", tmp_path / "dbt"
    command.write_text(COUNTS.format(log=log))
    command.chmod(0o755)
    monkeypatch.setattr(dbt, "DBT", command)
    for name in ("MANIFEST", "PARSED", "PARSED_IN"):
        monkeypatch.setattr(dbt, name, tmp_path / "target" / getattr(dbt, name).name)
    dbt.manifest()
    return log


def test_a_project_that_nobody_changed_is_parsed_once(parsed: Path):
    dbt.manifest()
    assert parsed.read_text().count("parsed") == 1


def test_a_project_with_a_newer_file_is_parsed_again(parsed: Path):
    os.utime(dbt.MANIFEST, (0, 0))
    dbt.manifest()
    assert parsed.read_text().count("parsed") == 2


def test_a_project_that_was_copied_with_what_was_parsed_is_parsed_again(parsed: Path):
    dbt.PARSED_IN.write_text("/where/it/was/before")
    dbt.manifest()
    assert parsed.read_text().count("parsed") == 2
    dbt.manifest()
    assert parsed.read_text().count("parsed") == 2
